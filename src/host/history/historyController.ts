import * as vscode from 'vscode';
import { needsTypedText, riskLevelOf, type ApiRequest } from '../../core/api/apiRequest.ts';
import type { ApiResponse } from '../../core/api/apiResponse.ts';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { draftOf, isSameKind, previousOf, valuesOf, type HistoryEntry } from '../../core/history/historyEntry.ts';
import type { HistoryStore, StoredExchange } from '../../core/history/historyStore.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import { HistoryComparison, nothingToCompare } from './historyComparison.ts';
import { pickEntry, type ListedEntry } from './historyPick.ts';
import { confirm } from '../platform/confirm.ts';
import type { RequestRunner } from '../requests/requestRunner.ts';
import type { ResponseDocuments } from '../responses/responseDocuments.ts';

export interface HistoryControllerOptions {
  readonly store: HistoryStore;
  readonly operation: (key: string) => Operation | undefined;
  readonly connections: () => readonly Connection[];
  readonly mayWrite: (connection: Connection) => boolean;
  readonly runner: RequestRunner;
  readonly documents: ResponseDocuments;
  readonly maxItems: () => number;
  readonly now: () => number;
}

/** What was sent and answered: listed, opened, sent again and compared (E13). */
export class HistoryController implements Disposable {
  readonly #options: HistoryControllerOptions;
  readonly #comparison: HistoryComparison;

  constructor(options: HistoryControllerOptions) {
    this.#options = options;
    this.#comparison = new HistoryComparison(options.store);
  }

  /** Answers the request that a person wants to send again. Rejects with a NinjaOneError, as canceled when left. */
  async show(): Promise<ApiRequest | undefined> {
    const listed = await this.#listed();
    const picked = await pickEntry(listed, {
      title: vscode.l10n.t('History: Enter opens the answer'),
      actions: ['rerun', 'compare'],
      now: this.#options.now(),
    });
    if (!picked) {
      throw canceled();
    }
    const { chosen, action } = picked;
    if (action === 'compare') {
      await this.#compareWithPrevious(chosen, listed);
      return undefined;
    }
    if (action === 'rerun' || !(await this.#open(chosen))) {
      return this.#requestOf(chosen);
    }
    return undefined;
  }

  /**
   * The request to send again: of the entry that is named, else of the answer in front, else of the one that is picked.
   * Rejects with a NinjaOneError, as canceled when it is left.
   */
  async toRunAgain(argument: unknown): Promise<ApiRequest> {
    const inFront = this.#inFront(argument);
    if (inFront) {
      return this.#check(inFront.connection.id, inFront.operation.key, { request: inFront });
    }
    const listed = await this.#listed();
    const title = vscode.l10n.t('Run which request again?');
    return this.#requestOf(named(argument, listed) ?? (await this.#pick(listed, title)));
  }

  /** As if it was sent for the first time; a plain write, which asks nothing then, asks here: it happens twice. */
  async send(request: ApiRequest): Promise<void> {
    const { operation, connection, url } = request;
    const isPlainWrite = riskLevelOf(request) === 'write' && !needsTypedText(request);
    if (isPlainWrite && this.#options.mayWrite(connection)) {
      await confirm(
        {
          message: vscode.l10n.t('{0}: change data once more?', operation.title),
          detail: vscode.l10n.t(
            '{0} is sent again to {1} on {2}, with the same body.',
            `${operation.method} ${new URL(url).pathname}`,
            connection.name,
            connection.instance.host,
          ),
        },
        vscode.l10n.t('Send Again'),
      );
    }
    await this.#options.runner.send(request);
  }

  /** Two answers of one operation: those that the argument or the answer in front stands for, else two that are picked. */
  async compare(argument: unknown): Promise<void> {
    const listed = await this.#listed();
    const inFront = this.#inFront(argument);
    const entry =
      named(argument, listed) ??
      listed.find(
        (each) => each.entry.operation === inFront?.operation.key && each.connection.id === inFront.connection.id,
      );
    if (entry) {
      await this.#compareWithPrevious(entry, listed);
      return;
    }
    const isPair = (a: ListedEntry, b: ListedEntry): boolean => a !== b && a.entry.operation === b.entry.operation;
    const stored = listed.filter(({ isStored }) => isStored);
    const pairs = stored.filter((each) => stored.some((other) => isPair(each, other)));
    if (pairs.length === 0) {
      throw nothingToCompare();
    }
    const later = await this.#pick(pairs, vscode.l10n.t('Compare which answer?'));
    const others = pairs.filter((each) => isPair(each, later));
    await this.#comparison.show(await this.#pick(others, vscode.l10n.t('Compare it with which other answer?')), later);
  }

  /** Asks first. Rejects as canceled. */
  async clear(): Promise<void> {
    await confirm(
      {
        message: vscode.l10n.t('Clear the history of NinjaOne requests?'),
        detail: vscode.l10n.t('This deletes every entry of all connections, and the answers that are kept.'),
      },
      vscode.l10n.t('Clear'),
    );
    await this.#options.store.clear();
    void vscode.window.showInformationMessage(vscode.l10n.t('The history is empty.'));
  }

  dispose(): void {
    this.#comparison.dispose();
  }

  /** Those of the connections that there are. */
  async #listed(): Promise<readonly ListedEntry[]> {
    const { store, operation, connections } = this.#options;
    const [entries, isStored] = await Promise.all([store.entries(), store.storedIds()]);
    const listed = entries.flatMap((entry) => {
      const connection = connections().find(({ id }) => id === entry.connectionId);
      const isResponseStored = entry.status !== 0 && isStored(entry);
      return connection
        ? [
            {
              entry,
              connection,
              operation: operation(entry.operation),
              isStored: isResponseStored,
            } satisfies ListedEntry,
          ]
        : [];
    });
    if (listed.length === 0) {
      throw nothingRemembered();
    }
    return listed;
  }

  async #pick(listed: readonly ListedEntry[], title: string): Promise<ListedEntry> {
    const picked = await pickEntry(listed, { title, actions: [], now: this.#options.now() });
    if (!picked) {
      throw canceled();
    }
    return picked.chosen;
  }

  /** Of the answer whose address the argument is, as it is in a menu of the editor, else of the one in front. */
  #inFront(argument: unknown): ApiRequest | undefined {
    const { activeTextEditor } = vscode.window;
    const address = argument === undefined ? activeTextEditor?.document.uri : argument;
    return address instanceof vscode.Uri ? this.#options.documents.requestOf(address) : undefined;
  }

  /** False if the answer is gone and a person wants the request sent again. Rejects as canceled. */
  async #open(listed: ListedEntry): Promise<boolean> {
    const { store, documents, maxItems } = this.#options;
    const exchange = await store.exchange(listed.entry);
    if (exchange) {
      const response = exchange.response ?? (await this.#rebuilt(listed, exchange));
      await documents.show(response, { maxItems: maxItems(), mask: riskLevelOf(response.request) === 'secretRead' });
      return true;
    }
    const again = vscode.l10n.t('Run Again');
    const choice = await vscode.window.showInformationMessage(
      vscode.l10n.t('This answer is no longer kept.'),
      {
        modal: true,
        detail: vscode.l10n.t(
          'Answers that are not too large are kept in the memory of the window that got them, the latest first. The setting {0} keeps those of plain reads longer.',
          'ninjaone.history.keepBodies',
        ),
      },
      again,
    );
    if (choice !== again) {
      throw canceled();
    }
    return false;
  }

  async #rebuilt(listed: ListedEntry, { responseBody }: StoredExchange): Promise<ApiResponse> {
    const { status, ms } = listed.entry;
    return {
      request: await this.#requestOf(listed),
      status,
      headers: { 'content-type': 'application/json' },
      body: responseBody,
      size: responseBody.byteLength,
      ms,
      failure: undefined,
    };
  }

  async #requestOf({ entry, operation, connection }: ListedEntry): Promise<ApiRequest> {
    const exchange = await this.#options.store.exchange(entry);
    const values = exchange?.response ? valuesOf(exchange.response.request) : entry.values;
    if (!values || (entry.hasBody && !exchange)) {
      throw notStored(operation?.title ?? entry.operation);
    }
    return this.#check(connection.id, entry.operation, { values, body: exchange?.request });
  }

  /** What is stored is checked like what a person writes (E11). */
  #check(connectionId: string, key: string, source: Source): ApiRequest {
    const connection = this.#options.connections().find(({ id }) => id === connectionId);
    const operation = this.#options.operation(key);
    if (!connection || !operation) {
      throw gone(key);
    }
    const values = 'request' in source ? valuesOf(source.request) : source.values;
    const body = 'request' in source ? source.request.body : source.body;
    const result = buildRequest(draftOf(key, values, body), { operation, connection });
    if (!result.ok) {
      throw requestNotComplete(result);
    }
    return result.request;
  }

  async #compareWithPrevious(later: ListedEntry, listed: readonly ListedEntry[]): Promise<void> {
    const stored = listed.filter((each) => each.isStored && isSameKind(each.entry, later.entry));
    const entry = previousOf(
      later.entry,
      stored.map((each) => each.entry),
    );
    const earlier = stored.find((each) => each.entry === entry);
    if (!earlier || !later.isStored) {
      throw nothingToCompare();
    }
    await this.#comparison.show(earlier, later);
  }
}

type Source =
  | { readonly request: ApiRequest }
  | { readonly values: HistoryEntry['values'] & object; readonly body: string | undefined };

function named(argument: unknown, listed: readonly ListedEntry[]): ListedEntry | undefined {
  return typeof argument === 'string' ? listed.find(({ entry }) => entry.id === argument) : undefined;
}

function nothingRemembered(): NinjaOneError {
  return new NinjaOneError({
    code: 'history.empty',
    intent: 'invalidInput',
    message: l10n.t('The history is empty. Run an operation first; what gives out secrets is never remembered.'),
  });
}

function notStored(title: string): NinjaOneError {
  return new NinjaOneError({
    code: 'history.notKept',
    intent: 'invalidInput',
    message: l10n.t(
      'What {0} was sent with is no longer kept. Write it again in a request document and send it from there.',
      title,
    ),
  });
}

function gone(key: string): NinjaOneError {
  return new NinjaOneError({
    code: 'history.gone',
    intent: 'invalidInput',
    message: l10n.t(
      'The operation {0} or its connection does not exist any more. Choose one in the API Explorer.',
      key,
    ),
  });
}
