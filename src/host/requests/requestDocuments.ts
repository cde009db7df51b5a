import * as vscode from 'vscode';
import { Coalescer, type Disposable } from '../../core/base/lifecycle.ts';
import { getOwn } from '../../core/base/untrusted.ts';
import type { Operation, Schemas } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { requestText } from '../../core/requests/requestText.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';
import { schemaAddress } from './requestSchemas.ts';

export interface RequestDocumentsOptions {
  /** Where drafts outlive a reload of the window. */
  readonly memory: vscode.Memento;
  readonly changed: vscode.EventEmitter<vscode.FileChangeEvent[]>;
}

/**
 * Request documents as files of our own scheme, which exist in memory and, while their tab is open, as drafts in the
 * extension's storage. They are saved for the person after each change, so that closing one asks nothing (E6).
 */
export class RequestDocuments
  implements Pick<vscode.FileSystemProvider, 'stat' | 'readFile' | 'writeFile'>, Disposable
{
  readonly #options: RequestDocumentsOptions;
  readonly #drafts = new Map<string, Draft>();
  /** Which connection a document is tied to in this window, also a saved one. Ids of connections by address. */
  readonly #bound = new Map<string, string>();
  readonly #disposable: vscode.Disposable;
  readonly #saving = new Coalescer(SAVE_AFTER, () => {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === REQUEST_SCHEME && document.isDirty) {
        void save(document);
      }
    }
  });

  constructor(options: RequestDocumentsOptions) {
    this.#options = options;
    for (const [address, value] of Object.entries(options.memory.get<object>(DRAFTS) ?? {})) {
      const [text, connectionId] = [getOwn(value, 'text'), getOwn(value, 'connectionId')];
      if (typeof text === 'string' && typeof connectionId === 'string') {
        this.#drafts.set(address, { text, changes: Date.now() });
        if (connectionId !== '') {
          this.#bound.set(address, connectionId);
        }
      }
    }
    this.#disposable = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === REQUEST_SCHEME && document.isDirty) {
          this.#saving.run();
        }
      }),
      onDidCloseLastTab(({ scheme }) => {
        if (scheme === REQUEST_SCHEME) {
          void this.#store();
        }
      }),
    );
  }

  /** Shows the operation's document as a preview, as it was left if it is open. Sends nothing. */
  async open(operation: Operation, connection: Connection | undefined, schemas: Schemas): Promise<void> {
    const uri = addressOf(operation);
    if (!this.#drafts.has(uri.toString()) || !openAddresses().has(uri.toString())) {
      this.#put(uri, requestText(operation, { schema: schemaAddress(operation), schemas }));
      this.#bound.delete(uri.toString());
      if (connection) {
        this.bind(uri, connection);
      }
      this.#options.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const empty = document.getText().indexOf('""');
    const place = document.positionAt(empty + 1);
    await vscode.window.showTextDocument(document, {
      preview: true,
      ...(empty < 0 ? {} : { selection: new vscode.Range(place, place) }),
    });
    await this.#store();
  }

  /** False if it was tied to this connection already. */
  bind(uri: vscode.Uri, { id }: Connection): boolean {
    const address = uri.toString();
    if (this.#bound.get(address) === id) {
      return false;
    }
    this.#bound.set(address, id);
    if (this.#drafts.has(address)) {
      void this.#store();
    }
    return true;
  }

  /** Id of the connection. */
  boundConnection(uri: vscode.Uri): string | undefined {
    return this.#bound.get(uri.toString());
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const draft = this.#drafts.get(uri.toString());
    if (!draft) {
      const isFolder = !uri.path.endsWith(REQUEST_FILES);
      if (isFolder) {
        return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      }
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return { type: vscode.FileType.File, ctime: 0, mtime: draft.changes, size: Buffer.byteLength(draft.text) };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const draft = this.#drafts.get(uri.toString());
    if (!draft) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return Buffer.from(draft.text);
  }

  /** A document is saved when its draft is stored: what looks saved is there after a reload. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    if (!this.#drafts.has(uri.toString())) {
      throw vscode.FileSystemError.NoPermissions(uri);
    }
    this.#put(uri, Buffer.from(content).toString('utf8'));
    await this.#store();
    this.#options.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** Deletes the stored drafts. A document that is open stays so, and is stored again with the next change of any. */
  async forget(): Promise<void> {
    await this.#options.memory.update(DRAFTS, undefined);
  }

  dispose(): void {
    this.#saving.dispose();
    this.#disposable.dispose();
  }

  #put(uri: vscode.Uri, text: string): void {
    const address = uri.toString();
    const changes = (this.#drafts.get(address)?.changes ?? Date.now()) + 1;
    this.#drafts.set(address, { text, changes });
  }

  /** Only what is open: a closed draft is kept for Reopen Closed Editor, and only as long as the window lives. */
  async #store(): Promise<void> {
    const open = openAddresses();
    const drafts = [...this.#drafts]
      .filter(([address]) => open.has(address))
      .map(([address, { text }]) => [address, { text, connectionId: this.#bound.get(address) ?? '' }] as const);
    await this.#options.memory.update(DRAFTS, Object.fromEntries(drafts));
  }
}

interface Draft {
  readonly text: string;
  /** Grows with each change, which is all that the editor asks of a time. */
  readonly changes: number;
}

const DRAFTS = 'request.drafts';

/** Milliseconds from a change to its being saved: short enough that nobody closes the tab before. */
const SAVE_AFTER = 50;

/**
 * What a person is typing is saved as it stands: formatting or trimming it on each save would move the text below the
 * cursor. Only a command leaves them out, and it takes no document: it saves whatever the active tab has, of a comparison
 * both sides. So it runs only while that tab is known to have this document and nothing else. What remains: a person who
 * goes to another tab, or to the list of open editors, between this look and the command, a few milliseconds, has that
 * saved, unformatted, and this document is then saved by itself.
 */
async function save(document: vscode.TextDocument): Promise<void> {
  const { version } = document;
  if (isTypedIn(document)) {
    await vscode.commands.executeCommand('workbench.action.files.saveWithoutFormatting');
  }
  // What was typed meanwhile has a save of its own.
  if (document.isDirty && document.version === version) {
    await document.save();
  }
}

/** Whether the tab in front has this document and nothing else, and the cursor is in it. */
function isTypedIn(document: vscode.TextDocument): boolean {
  const { activeTextEditor, tabGroups } = vscode.window;
  const input = tabGroups.activeTabGroup.activeTab?.input;
  const inFront = input instanceof vscode.TabInputText ? input.uri.toString() : undefined;
  return activeTextEditor?.document === document && inFront === document.uri.toString();
}

/** The operation stands in the folder, so that two of one title are two documents. */
function addressOf({ key, title }: Operation): vscode.Uri {
  const plain = (text: string): string => text.replaceAll(/[\\/:]+/g, ' ');
  return vscode.Uri.from({ scheme: REQUEST_SCHEME, path: `/${plain(key)}/${plain(title)}${REQUEST_FILES}` });
}
