import * as vscode from 'vscode';
import { Coalescer, type Disposable } from '../../core/base/lifecycle.ts';
import { isPasswordName } from '../../core/api/passwordNames.ts';
import { getOwn, parseJson } from '../../core/base/untrusted.ts';
import type { Operation, Schemas } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import {
  readLocations,
  stillMissing,
  storedText,
  type Location,
  type StoredText,
} from '../../core/requests/missingPasswords.ts';
import { requestText } from '../../core/requests/requestText.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';
import type { LoadedValues } from './loadedValues.ts';
import { schemaAddress } from './requestSchemas.ts';
import { showAtGap } from './showAtGap.ts';

export interface RequestDocumentsOptions {
  /** Stores drafts, so that they survive a reload of the window. */
  readonly memory: vscode.Memento;
  readonly changed: vscode.EventEmitter<vscode.FileChangeEvent[]>;
  /** Names of members of an operation's body that the API description of any connection marks as passwords. */
  readonly passwordsOf: (key: string | undefined) => readonly string[];
  readonly loaded: Pick<LoadedValues, 'of' | 'restore' | 'forget'>;
}

/**
 * Request documents as files with our own URI scheme. They exist in memory and, while their tab is open, as drafts in the
 * extension's storage, without passwords. They are saved automatically after each change, so that closing one does not
 * ask to save (E6).
 */
export class RequestDocuments
  implements Pick<vscode.FileSystemProvider, 'stat' | 'readFile' | 'writeFile'>, Disposable
{
  readonly #options: RequestDocumentsOptions;
  readonly #drafts = new Map<string, Draft>();
  /** IDs of the connections that documents are bound to in this window, by address; includes files saved in a folder. */
  readonly #bound = new Map<string, string>();
  readonly #disposable: vscode.Disposable;
  readonly #saving = new Coalescer(SAVE_AFTER, () => {
    for (const document of unsavedDocuments()) {
      void save(document).then(() => {
        // Another tab that came to the front meanwhile can be in the way, and no further change may come.
        this.#checking.run();
      });
    }
  });
  readonly #checking = new Coalescer(CHECK_AFTER, () => {
    if (unsavedDocuments().length > 0) {
      this.#saving.run();
    }
  });

  constructor(options: RequestDocumentsOptions) {
    this.#options = options;
    for (const [address, value] of Object.entries(options.memory.get<object>(DRAFTS) ?? {})) {
      const [text, connectionId] = [getOwn(value, 'text'), getOwn(value, 'connectionId')];
      if (typeof text === 'string' && typeof connectionId === 'string') {
        const missing = readLocations(getOwn(value, 'missing'));
        const judged = this.#judge(text, missing, undefined);
        this.#drafts.set(address, { text, changes: Date.now(), ...judged });
        if (getOwn(value, 'isLoaded') === true) {
          options.loaded.restore(address, judged.operation ?? '');
        }
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

  /**
   * Shows the document of the operation as a preview, with its current content if it is open. The cursor is where
   * something is missing, else in the body or the query. Sends nothing.
   */
  async open(operation: Operation, { connection, schemas }: OpenOptions): Promise<void> {
    const uri = requestUri(operation);
    if (!this.#drafts.has(uri.toString()) || !openAddresses().has(uri.toString())) {
      this.#options.loaded.forget(uri);
      this.#put(uri, requestText(operation, { schema: schemaAddress(operation), schemas }), []);
      this.#bound.delete(uri.toString());
      if (connection) {
        this.bind(uri, connection);
      }
      this.#options.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    }
    await showAtGap(uri);
    await this.#store();
  }

  /** Shows a new document of the operation with this text, beside those that are open. Sends nothing. */
  async openNew(operation: Operation, text: string, connection: Connection, { atGap = false } = {}): Promise<void> {
    const open = openAddresses();
    const isOpen = (each: vscode.Uri): boolean => open.has(each.toString());
    let uri = requestUri(operation);
    for (let number = 2; isOpen(uri); number += 1) {
      uri = requestUri(operation, number);
    }
    this.#options.loaded.forget(uri);
    this.#put(uri, text, []);
    this.bind(uri, connection);
    this.#options.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    await (atGap ? showAtGap(uri) : vscode.window.showTextDocument(uri, { preview: true }));
    await this.#store();
  }

  /** Returns false if the document was already bound to this connection. */
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

  /** ID of the connection that the document is bound to. */
  boundConnection(uri: vscode.Uri): string | undefined {
    return this.#bound.get(uri.toString());
  }

  /** Where passwords were left out when the document was stored before a reload, as far as they were not entered again. */
  missingPasswords(uri: vscode.Uri): readonly Location[] {
    return this.#drafts.get(uri.toString())?.missing ?? [];
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

  /** Resolves when the draft is stored, so that a document that looks saved is still there after a reload. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    if (!this.#drafts.has(uri.toString())) {
      throw vscode.FileSystemError.NoPermissions(uri);
    }
    this.#put(uri, Buffer.from(content).toString('utf8'));
    await this.#store();
    this.#options.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** Deletes the stored drafts. Open documents stay open, and are stored again when any document changes. */
  async forget(): Promise<void> {
    await this.#options.memory.update(DRAFTS, undefined);
  }

  dispose(): void {
    this.#saving.dispose();
    this.#checking.dispose();
    this.#disposable.dispose();
  }

  #put(uri: vscode.Uri, text: string, missing = this.missingPasswords(uri)): void {
    const address = uri.toString();
    const before = this.#drafts.get(address);
    const changes = (before?.changes ?? Date.now()) + 1;
    this.#drafts.set(address, { text, changes, ...this.#judge(text, missing, before) });
  }

  /**
   * Text that is not JSON, because the user is typing, may contain part of a password. Then the last valid text is stored.
   */
  #judge(
    text: string,
    missing: readonly Location[],
    before: Draft | undefined,
  ): Pick<Draft, 'operation' | 'stored' | 'missing'> {
    const key = getOwn(parseJson(text), 'operation');
    const operation = typeof key === 'string' ? key : before?.operation;
    const passwords = this.#options.passwordsOf(operation);
    const mayHavePasswords = passwords.length > 0 || isPasswordName(text);
    const last = mayHavePasswords ? (before?.stored ?? { text: '', missing }) : { text, missing };
    const stored = storedText(text, { passwords }, missing) ?? last;
    return { operation, stored, missing: stillMissing(text, missing) };
  }

  /** Stores only open documents. A closed draft stays in memory for Reopen Closed Editor until the window is closed. */
  async #store(): Promise<void> {
    const open = openAddresses();
    const drafts = [...this.#drafts]
      .filter(([address]) => open.has(address))
      .map(([address, { stored }]) => {
        const isLoaded = this.#options.loaded.of(address) !== undefined;
        return [address, { ...stored, isLoaded, connectionId: this.#bound.get(address) ?? '' }] as const;
      });
    await this.#options.memory.update(DRAFTS, Object.fromEntries(drafts));
  }
}

interface OpenOptions {
  /** To which a new document is bound. */
  readonly connection: Connection | undefined;
  readonly schemas: Schemas;
}

interface Draft {
  readonly text: string;
  /** Used as the modification time. VS Code only requires that it grows with each change. */
  readonly changes: number;
  /** Key of the operation when the text was last valid. */
  readonly operation: string | undefined;
  /** The text without passwords, which are only in memory (E6). */
  readonly stored: StoredText;
  /** See `missingPasswords()`. */
  readonly missing: readonly Location[];
}

const DRAFTS = 'request.drafts';

/** Milliseconds between a change and the save; short enough that the user rarely closes the tab earlier. */
const SAVE_AFTER = 50;

/**
 * Milliseconds between a save and the check that it was one. Until then, VS Code could back the text up with its
 * passwords.
 */
const CHECK_AFTER = 250;

function unsavedDocuments(): readonly vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(({ uri, isDirty }) => uri.scheme === REQUEST_SCHEME && isDirty);
}

/**
 * Saves without formatting or trimming while the user types, because both would move the text under the cursor. VS Code
 * offers that only as a command that saves whatever is in the active tab, for a comparison both sides. So the command
 * runs only while the active tab contains this document and nothing else. One race remains: if the user switches to
 * another tab in the few milliseconds between the check and the command, that tab is saved unformatted, and this document
 * is then saved on its own.
 */
async function save(document: vscode.TextDocument): Promise<void> {
  const { version } = document;
  if (isTypedIn(document)) {
    await vscode.commands.executeCommand('workbench.action.files.saveWithoutFormatting');
  }
  // Text that was typed meanwhile is saved by a later call.
  if (document.isDirty && document.version === version) {
    await document.save();
  }
}

/** Whether the active tab contains this document and nothing else, and the cursor is in it. */
function isTypedIn(document: vscode.TextDocument): boolean {
  const { activeTextEditor, tabGroups } = vscode.window;
  const input = tabGroups.activeTabGroup.activeTab?.input;
  const activeAddress = input instanceof vscode.TabInputText ? input.uri.toString() : undefined;
  return activeTextEditor?.document === document && activeAddress === document.uri.toString();
}

/** The path contains the operation, so that two operations with the same title have different documents. */
function requestUri({ key, title }: Operation, number = 1): vscode.Uri {
  const plain = (text: string): string => text.replaceAll(/[\\/:]+/g, ' ');
  const name = number === 1 ? plain(title) : `${plain(title)} ${number}`;
  return vscode.Uri.from({ scheme: REQUEST_SCHEME, path: `/${plain(key)}/${name}${REQUEST_FILES}` });
}
