import * as vscode from 'vscode';
import { needsTypedText, returnsSecrets, riskLevelOf, type ApiRequest } from '../../core/api/apiRequest.ts';
import { givesSecrets, type ApiResponse } from '../../core/api/apiResponse.ts';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { historyRequestDraft, requestValues, type HistoryEntry } from '../../core/history/historyEntry.ts';
import type { HistoryStore, StoredExchange } from '../../core/history/historyStore.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import { HistoryComparison } from './historyComparison.ts';
import { pickEntry, pickHistoryEntry, titleOf, type ListedEntry } from './historyPick.ts';
import { confirm } from '../platform/confirm.ts';
import { showPick } from '../platform/quickInputs.ts';
import { showInformation } from '../platform/windowMessages.ts';
import { askUndeclared } from '../requests/requestQuestions.ts';
import type { RequestRunner } from '../requests/requestRunner.ts';
import type { ResponseDocuments } from '../responses/responseDocuments.ts';
import { activeFirst, pickConnection, type ConnectionPickContext } from '../selection/pickConnection.ts';

export interface HistoryControllerOptions extends ConnectionPickContext {
  readonly store: HistoryStore;
  /** Finds an operation in the catalog of a connection. */
  readonly operation: (key: string, connection: Connection) => Promise<Operation | undefined>;
  readonly connections: () => readonly Connection[];
  readonly mayWrite: (connection: Connection) => boolean;
  readonly runner: RequestRunner;
  readonly documents: ResponseDocuments;
  readonly maxItems: () => number;
  readonly now: () => number;
}

/** Lists, opens, resends and compares the requests and responses of the history (E13). */
export class HistoryController implements Disposable {
  readonly #options: HistoryControllerOptions;
  readonly #comparison: HistoryComparison;

  constructor(options: HistoryControllerOptions) {
    this.#options = options;
    this.#comparison = new HistoryComparison(options);
  }

  /** Resolves to the request that the user wants to send again. Rejects with a NinjaOneError, as canceled if the user closes the list. */
  async show(): Promise<ApiRequest | undefined> {
    const listed = await this.#listed();
    const picked = await pickHistoryEntry(listed, {
      title: vscode.l10n.t('History: Select a Request to Open Its Response'),
      actions: ['rerun', 'compare'],
      now: this.#options.now(),
    });
    if (!picked) {
      throw canceled();
    }
    const { chosen, action } = picked;
    if (action === 'compare') {
      await this.#comparison.withPrevious(chosen, listed);
      return undefined;
    }
    if (action === 'rerun' || !(await this.#open(chosen))) {
      return this.#requestOf(chosen);
    }
    return undefined;
  }

  /**
   * The request to send again: of the named entry, or else of the active response, or else of the entry that the user
   * picks. Rejects with a NinjaOneError, as canceled if the user closes the pick.
   */
  async toRunAgain(argument: unknown): Promise<ApiRequest> {
    const active = this.#options.documents.requestOf(argument);
    if (active) {
      return this.#forConnection(await this.#check(active.connection.id, active.operation.key, { request: active }));
    }
    const listed = await this.#listed();
    const title = vscode.l10n.t('Run which request again?');
    const entry = named(argument, listed) ?? (await pickEntry(listed, { title, now: this.#options.now() }));
    return this.#forConnection(await this.#requestOf(entry));
  }

  /** Sends the request like a new one. Asks before a plain write, which needs no confirmation the first time, because it is repeated. */
  async send(request: ApiRequest): Promise<void> {
    const { operation, connection, url } = request;
    const isPlainWrite = riskLevelOf(request) === 'write' && !returnsSecrets(request) && !needsTypedText(request);
    if (isPlainWrite && this.#options.mayWrite(connection)) {
      const { host, pathname } = new URL(url);
      const target = [`${operation.method} ${pathname}`, connection.name, host];
      const hasFiles = request.form?.some((part) => 'file' in part) === true;
      await confirm(
        {
          message: vscode.l10n.t('Send "{0}" again? This request changes data.', operation.title),
          detail: hasFiles
            ? vscode.l10n.t({
                message: '{0} is sent to {1} ({2}) with the same values and with the files as they are now.',
                args: target,
                comment: '{0} is a method and a path, {1} the name of a connection and {2} a host.',
              })
            : vscode.l10n.t({
                message: '{0} is sent to {1} ({2}) with the same body.',
                args: target,
                comment: '{0} is a method and a path, {1} the name of a connection and {2} a host.',
              }),
        },
        vscode.l10n.t('Send Again'),
      );
    }
    await this.#options.runner.send(request, { isRepeated: true });
  }

  /**
   * Compares the response that the argument names, or else the active one, with the previous one of the same request, or
   * two that the user picks. Rejects as canceled if the user closes a pick.
   */
  async compare(argument: unknown): Promise<void> {
    const listed = await this.#listed();
    const active = this.#options.documents.requestOf(argument);
    const entry =
      named(argument, listed) ?? (active && listed.find(({ entry: each }) => this.#options.store.isOf(each, active)));
    await (entry ? this.#comparison.withPrevious(entry, listed) : this.#comparison.ofPicked(listed));
  }

  /** Asks first, unless there is nothing to clear. Rejects as canceled. */
  async clear(): Promise<void> {
    if ((await this.#options.store.entries()).length === 0) {
      showNoRequests();
      return;
    }
    await confirm(
      {
        message: vscode.l10n.t('Clear the history of NinjaOne requests?'),
        detail: vscode.l10n.t('This deletes the entries of all connections and all stored responses.'),
      },
      vscode.l10n.t('Clear'),
    );
    await this.#options.store.clear();
    showInformation(vscode.l10n.t('The history was cleared.'));
  }

  dispose(): void {
    this.#comparison.dispose();
  }

  /** The entries of existing connections. If there are none, says so and rejects as canceled. */
  async #listed(): Promise<readonly ListedEntry[]> {
    const { store, operation, connections } = this.#options;
    const [entries, isStored] = await Promise.all([store.entries(), store.storedIds()]);
    const connected = entries.flatMap((entry) => {
      const connection = connections().find(({ id }) => id === entry.connectionId);
      return connection ? [{ entry, connection, isStored: entry.status !== 0 && isStored(entry) }] : [];
    });
    const listed: readonly ListedEntry[] = await Promise.all(
      connected.map(async (each) => ({ ...each, operation: await operation(each.entry.operation, each.connection) })),
    );
    if (listed.length === 0) {
      showNoRequests();
      throw canceled();
    }
    return listed;
  }

  /** Resolves to false if the response was not kept and the user wants to send the request again. Rejects as canceled. */
  async #open(listed: ListedEntry): Promise<boolean> {
    const { store, documents, maxItems } = this.#options;
    const exchange = await store.exchange(listed.entry);
    if (exchange) {
      const response = exchange.response ?? (await this.#rebuilt(listed, exchange));
      await documents.show(response, { maxItems: maxItems(), mask: givesSecrets(response) });
      return true;
    }
    await askToRunAgain(listed);
    return false;
  }

  async #rebuilt(listed: ListedEntry, exchange: StoredExchange): Promise<ApiResponse> {
    const { responseBody, headers, listHeaders } = exchange;
    const { status, ms } = listed.entry;
    const request = await this.#requestOf(listed);
    this.#options.store.assign(request, listed.entry);
    return {
      request,
      status,
      headers,
      body: responseBody,
      size: responseBody.byteLength,
      ms,
      failure: undefined,
      outcome: 'known',
      ...(listHeaders && { listHeaders }),
    };
  }

  async #requestOf(listed: ListedEntry): Promise<ApiRequest> {
    const { entry, connection } = listed;
    const exchange = await this.#options.store.exchange(entry);
    const values = exchange?.response ? requestValues(exchange.response.request) : entry.values;
    if (!values || (entry.hasBody && !exchange)) {
      throw notStored(titleOf(listed));
    }
    return this.#check(connection.id, entry.operation, { values, body: exchange?.request });
  }

  /** Asks for the connection if another one is active now, because the user may mean either. Rejects as canceled. */
  async #forConnection(request: ApiRequest): Promise<ApiRequest> {
    const { selection, connections } = this.#options;
    if (selection.current?.id === request.connection.id) {
      return request;
    }
    const { id } = await pickConnection(
      activeFirst(connections(), this.#options, (connection) => connection),
      { ...this.#options, title: vscode.l10n.t('Send this request to which connection?') },
    );
    return id === request.connection.id ? request : this.#check(id, request.operation.key, { request }, 'ask');
  }

  /**
   * Stored requests are checked like those that the user enters (E11). The user agreed to parameters that the API
   * description lacks when they were sent, but to that connection only. Rejects as canceled.
   */
  async #check(
    connectionId: string,
    key: string,
    source: Source,
    undeclared: 'agreed' | 'ask' = 'agreed',
  ): Promise<ApiRequest> {
    const connection = this.#options.connections().find(({ id }) => id === connectionId);
    const operation = connection && (await this.#options.operation(key, connection));
    if (!connection || !operation) {
      throw gone(key);
    }
    const values = 'request' in source ? requestValues(source.request) : source.values;
    const draft = historyRequestDraft(key, values, 'request' in source ? source.request.body : source.body);
    const strict = buildRequest(draft, { operation, connection });
    const names = strict.ok ? [] : strict.problems.flatMap((problem) => problem.undeclared ?? []);
    const result = names.length > 0 ? buildRequest(draft, { operation, connection, allowUndeclared: true }) : strict;
    if (!result.ok) {
      throw requestNotComplete(result);
    }
    if (undeclared === 'ask' && names.length > 0 && !(await askUndeclared(names))) {
      throw canceled();
    }
    return result.request;
  }
}

type Source =
  | { readonly request: ApiRequest }
  | { readonly values: HistoryEntry['values'] & object; readonly body: string | undefined };

function named(argument: unknown, listed: readonly ListedEntry[]): ListedEntry | undefined {
  return typeof argument === 'string' ? listed.find(({ entry }) => entry.id === argument) : undefined;
}

function showNoRequests(): void {
  showInformation(vscode.l10n.t('No requests yet.'));
}

/** A list of one row, because a dialog would stop the user for an information. Rejects as canceled. */
async function askToRunAgain(listed: ListedEntry): Promise<void> {
  const { status, allPages } = listed.entry;
  const detail =
    status === 0
      ? vscode.l10n.t('No response came.')
      : allPages
        ? vscode.l10n.t('A list of all pages is not kept. This requests one page.')
        : vscode.l10n.t(
            'The response was not kept. The setting {0} keeps those of operations that only read.',
            'ninjaone.history.keepBodies',
          );
  const title = vscode.l10n.t({
    message: 'Run "{0}" Again',
    args: [titleOf(listed)],
    comment: '{0} is the title of an operation.',
  });
  if (!(await showPick([{ label: vscode.l10n.t('Run Again'), detail }], { title }))) {
    throw canceled();
  }
}

function notStored(title: string): NinjaOneError {
  return new NinjaOneError({
    code: 'history.notAvailable',
    intent: 'invalidInput',
    message: l10n.t(
      'The values and the body of "{0}" are no longer available. Enter them in a request document and send it from there.',
      title,
    ),
  });
}

function gone(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'history.gone',
    intent: 'invalidInput',
    message: l10n.t(
      'The operation {0} or its connection no longer exists. Select an operation in the API Explorer.',
      key,
    ),
  });
}
