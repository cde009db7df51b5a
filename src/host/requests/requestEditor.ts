import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { NinjaOneError, plainText } from '../../core/base/errors.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Catalog } from '../../core/catalog/catalog.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { requestNotComplete, type RefusedRequest, type RequestProblem } from '../../core/requests/requestDraft.ts';
import { missingMembers, type MissingMember } from '../../core/requests/missingMembers.ts';
import { emptyPasswordProblems, missingPasswordProblems } from '../../core/requests/missingPasswords.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { presentRead } from '../../core/requests/presentValue.ts';
import { sourceSpan } from '../../core/requests/requestSource.ts';
import { readRequestText } from '../../core/requests/requestText.ts';
import { operationIn } from '../../core/requests/valuePlace.ts';
import { REQUEST_FILES, REQUEST_SCHEME } from '../platform/contributions.ts';
import type { RequestDocuments } from './requestDocuments.ts';
import type { RequestFiles } from './requestFiles.ts';
import { RequestAgreements } from './requestAgreements.ts';
import { requestLenses } from './requestLenses.ts';
import { askEmptyPasswords } from './requestQuestions.ts';
import { localize } from '../platform/localize.ts';
import { onDidCloseLastTab, openAddresses } from '../platform/tabs.ts';

export interface RequestEditorOptions {
  /** The catalog of a connection; without one, that of the selected connection. */
  readonly catalogOf: (connection: Connection | undefined) => Promise<Catalog>;
  readonly connections: () => readonly Connection[];
  readonly documents: RequestDocuments;
  readonly files: RequestFiles;
}

/** Finds request documents and their connections, checks them, and marks their problems. */
export class RequestEditor implements Disposable {
  readonly #options: RequestEditorOptions;
  readonly #diagnostics = vscode.languages.createDiagnosticCollection('ninjaone');
  readonly #subscriptions: readonly Disposable[];
  readonly #agreements = new RequestAgreements();

  constructor(options: RequestEditorOptions) {
    this.#options = options;
    const forget = ({ uri }: vscode.TextDocument): void => {
      this.#diagnostics.delete(uri);
    };
    this.#subscriptions = [
      this.#diagnostics,
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        forget(document);
        this.#markMissing(document);
      }),
      // After a reload, the user sees which passwords were not stored before they send the request.
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#markMissing(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        forget(document);
        this.#agreements.forget(document);
      }),
      // VS Code closes the document later than its tab, and would list its problems until then.
      onDidCloseLastTab((uri) => {
        this.#diagnostics.delete(uri);
      }),
    ];
  }

  /** The open document that the argument names by its address, or else the active one. Throws a NinjaOneError. */
  document(argument: unknown): vscode.TextDocument {
    const document =
      argument instanceof vscode.Uri
        ? vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === argument.toString())
        : vscode.window.activeTextEditor?.document;
    if (!document || !isRequestDocument(document)) {
      throw noDocument();
    }
    if (!mayBeSent(document)) {
      throw notTrusted();
    }
    return document;
  }

  /** Whether a command with this argument acts on a document instead of a row of the tree. */
  isAboutDocument(argument: unknown): boolean {
    const { activeTextEditor } = vscode.window;
    return argument === undefined
      ? activeTextEditor !== undefined && isRequestDocument(activeTextEditor.document)
      : argument instanceof vscode.Uri;
  }

  get connections(): readonly Connection[] {
    return this.#options.connections();
  }

  /**
   * The connection that the document is bound to in this window. If it was never bound, the only connection there is. If
   * its connection was removed, undefined, because only the user may send the request to another connection.
   */
  connectionOf({ uri }: vscode.TextDocument): Connection | undefined {
    const { connections } = this;
    const id = this.#options.documents.boundConnection(uri);
    return id === undefined && connections.length === 1 ? connections[0] : connections.find((each) => each.id === id);
  }

  /** The open document that sends this request to its connection. */
  async documentOf({ connection: { id }, url, body, operation }: ApiRequest): Promise<vscode.TextDocument | undefined> {
    const open = openAddresses();
    const bound = vscode.workspace.textDocuments.filter(
      (each) => isRequestDocument(each) && open.has(each.uri.toString()) && this.connectionOf(each)?.id === id,
    );
    const connection = this.connections.find((each) => each.id === id);
    const catalog = await this.#options.catalogOf(connection);
    return bound.find((document) => {
      const checked = connection && checkText(document.getText(), { catalog, connection, allowUndeclared: true });
      const sent = checked?.ok ? checked.request : undefined;
      return sent?.operation.key === operation.key && sent.url === url && sent.body === body;
    });
  }

  /** The catalog of the connection that the document is for, which may be another than the selected one. */
  catalogOf(document: vscode.TextDocument): Promise<Catalog> {
    return this.#options.catalogOf(this.connectionOf(document));
  }

  /** The catalog of the open document of an operation, or of any: of the active one if there are several. */
  catalogOfKey(key: string | undefined): Promise<Catalog> {
    const { activeTextEditor } = vscode.window;
    const documents = [
      ...(activeTextEditor ? [activeTextEditor.document] : []),
      ...vscode.workspace.textDocuments,
    ].filter(
      (document) => isRequestDocument(document) && (key === undefined || operationIn(document.getText()) === key),
    );
    return this.#options.catalogOf(documents[0] && this.connectionOf(documents[0]));
  }

  /**
   * Reads the document, which is not trusted, and checks the files that it names. Asks once before it accepts query
   * parameters that the API description does not have, and each time before it accepts an empty password, or a body
   * without a required member. Marks all problems in the document and rejects with the first one (E6, E11, E15).
   */
  async read(document: vscode.TextDocument, connection: Connection): Promise<ApiRequest> {
    this.#diagnostics.delete(document.uri);
    const [missing, ...more] = this.#markMissing(document);
    if (missing) {
      throw requestNotComplete({ ok: false, problems: [missing, ...more] }, 'showProblems');
    }
    const text = document.getText();
    const catalog = await this.#options.catalogOf(connection);
    const strict = checkText(text, { catalog, connection, allowUndeclared: false });
    const undeclared = strict.ok ? [] : strict.problems.map((problem) => problem.undeclared);
    const isAgreed =
      undeclared.every((name) => name !== undefined) &&
      (await this.#agreements.mayUse(document, connection, undeclared));
    const result =
      isAgreed && undeclared.length > 0 ? checkText(text, { catalog, connection, allowUndeclared: true }) : strict;
    const lacking = await this.#lacking(document, catalog);
    if (!result.ok) {
      throw this.#mark(document, { ok: false, problems: [...result.problems, ...lacking] });
    }
    const [lack, ...moreLacking] = lacking;
    if (lack && !(await this.#agreements.mayLack(document, lacking))) {
      throw this.#mark(document, { ok: false, problems: [lack, ...moreLacking] });
    }
    const [empty, ...moreEmpty] = emptyPasswordProblems(text, result.request.operation);
    if (empty && !(await askEmptyPasswords([empty, ...moreEmpty].map(({ password }) => password)))) {
      throw this.#mark(document, { ok: false, problems: [empty, ...moreEmpty] });
    }
    const [problem, ...others] = await this.#options.files.problemsOf(result.request);
    if (problem) {
      throw this.#mark(document, { ok: false, problems: [problem, ...others] });
    }
    return result.request;
  }

  #mark(document: vscode.TextDocument, result: RefusedRequest): NinjaOneError {
    this.#show(document, result.problems);
    // VS Code truncates a message without a button after one line, and the button leads to all problems.
    return requestNotComplete(result, 'showProblems');
  }

  /** Marks the passwords that were not stored before a reload. */
  #markMissing(document: vscode.TextDocument): readonly RequestProblem[] {
    const missing = this.#options.documents.missingPasswords(document.uri);
    const problems = missing.length === 0 ? [] : missingPasswordProblems(document.getText(), missing);
    if (problems.length > 0) {
      this.#show(document, problems);
    }
    return problems;
  }

  #show(document: vscode.TextDocument, problems: readonly RequestProblem[]): void {
    const markers = problems.map(({ location, occurrence, message }) => {
      const { start, end } = sourceSpan(document.getText(), location, occurrence);
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return new vscode.Diagnostic(range, localize(message));
    });
    this.#diagnostics.set(document.uri, markers);
  }

  async lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isRequestDocument(document) || !mayBeSent(document)) {
      return [];
    }
    const catalog = await this.catalogOf(document);
    // While the user types, the text may be no JSON, and the actions have to stay where they are.
    const operation = catalog.find(operationIn(document.getText()) ?? '');
    return requestLenses(document.uri, {
      connection: this.connectionOf(document),
      canChangeConnection: this.connections.length > 1,
      operation,
      canLoad: presentRead(operation, (key) => catalog.find(key)) !== undefined,
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }

  /** The members of the body that the description requires and that have no value. */
  async #lacking(document: vscode.TextDocument, catalog: Catalog): Promise<readonly MissingMember[]> {
    const operation = operationOf(document, catalog);
    return operation ? missingMembers(document.getText(), operation, await catalog.schemas()) : [];
  }
}

function operationOf(document: vscode.TextDocument, catalog: Catalog): Operation | undefined {
  const read = readRequestText(document.getText());
  return read.ok ? catalog.find(read.draft.operation) : undefined;
}

function checkText(
  text: string,
  {
    catalog,
    ...options
  }: { readonly catalog: Catalog; readonly connection: Connection; readonly allowUndeclared: boolean },
): ReturnType<typeof buildRequest> {
  const read = readRequestText(text);
  if (!read.ok) {
    return read;
  }
  const operation = catalog.find(read.draft.operation);
  if (!operation) {
    const name = plainText(read.draft.operation, 200);
    const message = l10n.t('The operation {0} does not exist. Select another one in the API Explorer.', name);
    return { ok: false, problems: [{ location: ['operation'], message }] };
  }
  return buildRequest(read.draft, { operation, ...options });
}

export function isRequestDocument({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === REQUEST_SCHEME || uri.path.endsWith(REQUEST_FILES);
}

/** A request document in a folder that is not trusted can be viewed but not sent. */
export function mayBeSent({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === REQUEST_SCHEME || vscode.workspace.isTrusted;
}

function noDocument(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.noDocument',
    intent: 'invalidInput',
    message: l10n.t('No request document is open. Select an operation in the API Explorer to open one.'),
  });
}

function notTrusted(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.notTrusted',
    intent: 'permission',
    action: 'manageTrust',
    message: l10n.t('Requests that are saved in a folder can be sent only if you trust the folder.'),
  });
}
