import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { readRequestText, spanOf } from '../../core/requests/requestText.ts';
import { REQUEST_FILES, REQUEST_SCHEME, type Command } from '../platform/contributions.ts';
import type { RequestDocuments } from './requestDocuments.ts';
import { localize } from '../platform/localize.ts';
import { onDidCloseLastTab } from '../platform/tabs.ts';

export interface RequestEditorOptions {
  readonly catalog: () => Catalog;
  readonly connections: () => readonly Connection[];
  readonly documents: RequestDocuments;
}

/** What is done with a request document: found, tied to a connection, checked, and its problems marked in it. */
export class RequestEditor implements Disposable {
  readonly #options: RequestEditorOptions;
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('ninjaone');
  readonly #subscriptions: readonly Disposable[];

  constructor(options: RequestEditorOptions) {
    this.#options = options;
    const forget = ({ uri }: vscode.TextDocument): void => {
      this.#diagnostics.delete(uri);
    };
    this.#subscriptions = [
      this.#diagnostics,
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        forget(document);
      }),
      vscode.workspace.onDidCloseTextDocument(forget),
      // Until the document is closed too, its problems would be listed.
      onDidCloseLastTab((uri) => {
        this.#diagnostics.delete(uri);
      }),
    ];
  }

  /** The open document that the argument names by its address, else the one that is being edited. Throws a NinjaOneError. */
  document(argument: unknown): vscode.TextDocument {
    const document =
      argument instanceof vscode.Uri
        ? vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument.toString())
        : vscode.window.activeTextEditor?.document;
    if (!document || !isRequest(document)) {
      throw noDocument();
    }
    if (!mayBeSent(document)) {
      throw notTrusted();
    }
    return document;
  }

  /** Whether a command with this argument is about a document, and not about a row of the tree. */
  isAboutDocument(argument: unknown): boolean {
    const { activeTextEditor } = vscode.window;
    return argument === undefined
      ? activeTextEditor !== undefined && isRequest(activeTextEditor.document)
      : argument instanceof vscode.Uri;
  }

  get connections(): readonly Connection[] {
    return this.#options.connections();
  }

  /**
   * The connection that the document is tied to in this window; the only one, when it was never tied. What was written for
   * a connection that is gone is not for another one, unless a person says so.
   */
  connectionOf({ uri }: vscode.TextDocument): Connection | undefined {
    const { connections } = this;
    const id = this.#options.documents.boundConnection(uri);
    return id === undefined && connections.length === 1 ? connections[0] : connections.find((each) => each.id === id);
  }

  /** Reads the document as text from anywhere. Throws the first problem, and marks all of them in it (E6, E11). */
  read(document: vscode.TextDocument, connection: Connection): ApiRequest {
    this.#diagnostics.delete(document.uri);
    const result = this.#check(document.getText(), connection);
    if (result.ok) {
      return result.request;
    }
    const markers = result.problems.map(({ place, message }) => {
      const { start, end } = spanOf(document.getText(), place);
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return new vscode.Diagnostic(range, localize(message));
    });
    this.#diagnostics.set(document.uri, markers);
    // All of them are marked in the document, and a message without a button is cut after one line.
    throw requestNotComplete(result, 'showProblems');
  }

  lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!isRequest(document) || !mayBeSent(document)) {
      return [];
    }
    const connection = this.connectionOf(document);
    const lens = (title: string, command: Command): vscode.CodeLens =>
      new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: [document.uri] });
    return [
      lens(
        connection ? vscode.l10n.t('Send to {0}', nameOf(connection)) : vscode.l10n.t('Send…'),
        'ninjaone.request.send',
      ),
      ...(connection && this.connections.length > 1
        ? [lens(vscode.l10n.t('Change Connection…'), 'ninjaone.request.changeConnection')]
        : []),
      ...(this.#hasPages(document) ? [lens(vscode.l10n.t('Fetch All'), 'ninjaone.request.fetchAll')] : []),
      lens(vscode.l10n.t('Copy as…'), 'ninjaone.request.copyAs'),
      lens(vscode.l10n.t('Save as PowerShell Script…'), 'ninjaone.explorer.saveAsPowerShell'),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  #hasPages(document: vscode.TextDocument): boolean {
    const read = readRequestText(document.getText());
    const operation = read.ok ? this.#options.catalog().find(read.draft.operation) : undefined;
    return operation?.traits.paging !== undefined;
  }

  #check(text: string, connection: Connection): ReturnType<typeof buildRequest> {
    const read = readRequestText(text);
    if (!read.ok) {
      return read;
    }
    const operation = this.#options.catalog().find(read.draft.operation);
    if (!operation) {
      const name = plainText(read.draft.operation, 200);
      const message = l10n.t('There is no operation {0}. Choose one in the API Explorer.', name);
      return { ok: false, problems: [{ place: ['operation'], message }] };
    }
    return buildRequest(read.draft, { operation, connection });
  }
}

function isRequest({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === REQUEST_SCHEME || uri.path.endsWith(REQUEST_FILES);
}

/** What comes with a folder that is not trusted is looked at and not sent. */
function mayBeSent({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === REQUEST_SCHEME || vscode.workspace.isTrusted;
}

/** "Acme · eu", without what a lens would draw as an icon. */
function nameOf({ name, instance }: Connection): string {
  return plainText(`${name} · ${instance.label}`, 80);
}

function noDocument(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.noDocument',
    intent: 'invalidInput',
    message: l10n.t('There is no request document to do this with. Open an operation in the API Explorer.'),
  });
}

function notTrusted(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.notTrusted',
    intent: 'permission',
    action: 'manageTrust',
    message: l10n.t('Requests that are saved in a folder are sent only when you trust the folder. Trust it first.'),
  });
}
