import * as vscode from 'vscode';
import type { ApiClient, Confirmation, SendOptions, WritePermission } from '../../core/api/apiClient.ts';
import { isWrite, returnsSecrets, type ApiRequest } from '../../core/api/apiRequest.ts';
import { givesSecrets, noResponse, successOrThrow, type ApiResponse } from '../../core/api/apiResponse.ts';
import { readOnlyConnection } from '../../core/api/apiErrors.ts';
import { withWiderSession } from '../../core/api/widerSession.ts';
import { canceled, isNinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { BodySink } from '../../core/http/spillBuffer.ts';
import { fetchAllPages } from '../../core/responses/fetchAllPages.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import { requestNotComplete } from '../../core/requests/requestDraft.ts';
import type { HistoryStore } from '../../core/history/historyStore.ts';
import type { TempFiles } from '../../core/files/tempFiles.ts';
import { askRequestConfirmation, type NameLookup } from './confirmRequest.ts';
import type { NameDirectory } from '../../core/names/nameDirectory.ts';
import { fetchNamedResource } from '../../core/names/namedResource.ts';
import type { RequestSessions } from './requestSessions.ts';
import { askMissingParameters, type LastValues } from './parameterPrompt.ts';
import { tellPause } from './pauseProgress.ts';
import { PendingWrites } from './pendingWrites.ts';
import type { RequestReview } from './requestReview.ts';
import { ReceivedFile } from './receivedFile.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import type { ResponseDocuments, ShowOptions } from '../responses/responseDocuments.ts';
import { formatSize } from '../platform/format.ts';
import { hasPages, noPages, type DisplayOptions } from '../../core/responses/displayedResponse.ts';
import { ReceivedJson } from '../../core/responses/receivedJson.ts';
import { localize } from '../platform/localize.ts';
import { showInStatusBarWhile } from '../platform/windowMessages.ts';

export interface RequestRunnerOptions {
  readonly client: ApiClient;
  /** Checked before the user is asked anything; the client checks it again. */
  readonly writes: WritePermission;
  readonly sessions: RequestSessions;
  /** For the questions about IDs and for confirmations. */
  readonly names: NameDirectory;
  readonly documents: ResponseDocuments;
  /** For responses that are too large for memory. */
  readonly tempFiles: TempFiles;
  readonly maxItems: () => number;
  /** Shows the request document of an operation, with the cursor where something is missing. */
  readonly openDocument: (operation: Operation) => Promise<void>;
  /** Called when the operation was sent; moves it to the top of Recent. */
  readonly remember: (key: string) => void;
  /** Records what may be stored. Its functions never reject. */
  readonly history: Pick<HistoryStore, 'begin' | 'withdraw' | 'record'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Runs an operation: asks for values, gets a session, asks for confirmation, sends the request, shows the response. */
export class RequestRunner {
  readonly #options: RequestRunnerOptions;
  readonly #writes = new PendingWrites();
  readonly #sessions: RequestSessions;
  readonly #lastValues = new Map<string, LastValues>();

  constructor(options: RequestRunnerOptions) {
    this.#options = options;
    this.#sessions = options.sessions;
  }

  /**
   * Opens the request document of an operation that takes a body, and sends any other one. Asks only for missing values
   * (E5). `typed` is what found the operation. Rejects with a NinjaOneError, as canceled if the user closes a prompt.
   */
  async run(operation: Operation, connection: Connection, typed?: string): Promise<void> {
    const isChange = isWrite({ operation });
    if (operation.body && (isChange || operation.body.required)) {
      await this.#options.openDocument(operation);
      return;
    }
    if (isChange && !this.#options.writes.mayWrite(connection)) {
      throw readOnlyConnection({ operation, connection });
    }
    await this.send(await this.prepare(operation, connection, typed));
  }

  /** Asks for missing values and sends nothing. Rejects with a NinjaOneError, as canceled if the user closes a prompt. */
  async prepare(operation: Operation, connection: Connection, typed?: string): Promise<ApiRequest> {
    // A change is never one Enter away from the object of the last one, whose path may be the filter still.
    const proposed = isWrite({ operation }) ? {} : { last: this.#lastValuesOf(operation, connection), typed };
    const names = { directory: this.#options.names, connection };
    const draft = await askMissingParameters(operation, { ...proposed, names });
    const result = buildRequest(draft, { operation, connection });
    if (!result.ok) {
      throw requestNotComplete(result);
    }
    return result.request;
  }

  /** Of this connection, because the next one has other IDs. */
  #lastValuesOf({ key }: Operation, { id }: Connection): LastValues {
    const values = this.#lastValues.get(`${id} ${key}`) ?? new Map<string, string>();
    this.#lastValues.set(`${id} ${key}`, values);
    return values;
  }

  /**
   * Signs in, asks for confirmation, sends the request and shows the response. Rejects with a NinjaOneError. An error
   * response is shown first and then rejected too, so that its message appears with a button and without lenses (A16).
   */
  async send(request: ApiRequest, { document, review, ...position }: SendPosition = {}): Promise<void> {
    await this.#writes.run(request, document, async () => {
      const send = await this.#sender(request, review);
      await this.#receive(request, document, async ({ overflow, signal, report, beforeWrite }) => ({
        response: await send(request, {
          ...{ signal, overflow, beforeWrite, onPause: tellPause(report, this.#options.now) },
          onSent: (bytes) => {
            report(vscode.l10n.t('{0} sent', formatSize(bytes)));
          },
          maxBytes: MAX_SHOWN_BYTES,
          keepRedirect: true,
        }),
        ...position,
      }));
    });
  }

  /** Sends the requests for all pages and shows one list (E8). Rejects with a NinjaOneError. */
  async fetchAll(request: ApiRequest, { document }: Pick<SendPosition, 'document'> = {}): Promise<void> {
    if (!hasPages(request.operation)) {
      throw noPages(request.operation);
    }
    const send = await this.#sender(request);
    await this.#receive(request, document, ({ overflow, signal, report }) =>
      fetchAllPages(
        request,
        (page, stop) => send(page, { signal: stop, onPause: tellPause(report, this.#options.now) }),
        {
          signal,
          overflow,
          maxBytes: MAX_SHOWN_BYTES,
          onPage: (progress) => {
            report(
              localize(
                l10n.t(
                  '{0, plural, one {# page} other {# pages}}, {1, plural, one {# item} other {# items}}',
                  progress.pages,
                  progress.items,
                ),
              ),
            );
          },
        },
      ),
    );
  }

  /** Sends a read whose response is not shown. Signs in and asks as Send does. Rejects with a NinjaOneError. */
  async readQuietly(request: ApiRequest): Promise<ApiResponse> {
    const send = await this.#sender(request);
    const running = withDelayedProgress(`${request.operation.key} · ${request.connection.name}`, (signal, report) =>
      send(request, { signal, onPause: tellPause(report, this.#options.now) }),
    );
    showInStatusBarWhile(vscode.l10n.t('Sending {0}…', request.operation.key), running);
    return successOrThrow(await running);
  }

  /**
   * Sends a read once, with a session that exists, because it is no reason to sign in. `title` is that of the progress.
   * Undefined without a session. Rejects with a NinjaOneError.
   */
  async lookUp(request: ApiRequest, title: string): Promise<ApiResponse | undefined> {
    const session = this.#sessions.existing(request.operation, request.connection);
    const { client } = this.#options;
    return (
      session &&
      successOrThrow(
        await withDelayedProgress(title, (signal) => client.send(request, { session, signal, once: true })),
      )
    );
  }

  /** Signs in and asks for confirmation. Resolves to a function that sends the request and further pages of its list. */
  async #sender(
    request: ApiRequest,
    review?: RequestReview,
  ): Promise<(request: ApiRequest, options: Omit<SendOptions, 'session' | 'confirmation'>) => Promise<ApiResponse>> {
    const { operation, connection } = request;
    if (isWrite(request) && !this.#options.writes.mayWrite(connection)) {
      throw readOnlyConnection({ operation, connection });
    }
    const session = await this.#sessions.sessionFor(operation, connection);
    const confirmation = await this.#confirm(request, review);
    await review?.check();
    const send = withWiderSession(this.#options.client, session, () => this.#sessions.wider(session));
    return (page, options) => send(page, { ...options, confirmation });
  }

  /** Shows the response. If it is too large for memory, it is written to a file, unless it contains secrets (E4, E7). */
  async #receive(
    request: ApiRequest,
    document: string | undefined,
    receive: (receiving: Receiving) => Promise<Received>,
  ): Promise<void> {
    const { tempFiles, documents, maxItems, remember, history, now } = this.#options;
    const { operation, connection } = request;
    const json = new ReceivedJson(operation);
    const stored = new ReceivedFile(returnsSecrets(request) ? undefined : tempFiles.file(), json);
    const started = now();
    let begun: string | undefined;
    let received: Received | undefined;
    const beforeWrite = async (): Promise<void> => {
      begun = await history.begin(request);
    };
    try {
      const running = withDelayedProgress(`${operation.key} · ${connection.name}`, (signal, report) =>
        receive({ signal, report, beforeWrite, overflow: stored.sink(report) }),
      );
      // The progress comes after a second, and until then a user would press Send again.
      showInStatusBarWhile(vscode.l10n.t('Sending {0}…', operation.key), running);
      received = await running;
      await stored.close();
      const { response, end } = received;
      if (response.size <= response.body.byteLength) {
        // A failed attempt may have started to write the file.
        await stored.discard();
      }
      remember(operation.key);
      // The history contains single requests, so the combined list of all pages is not stored.
      const allPages = end && (end.complete ? 'complete' : 'incomplete');
      void history.record(end ? { ...response, body: NOTHING, allPages } : response, begun, started);
      const { file, lost } = stored;
      const shown = { maxItems: maxItems(), mask: givesSecrets(response), file, received: json, lost };
      await documents.show(response, { ...received, ...shown, document, sent: started });
    } catch (error) {
      await stored.discard();
      if (isNinjaOneError(error) && error.code === 'api.unknownOutcome') {
        void history.record(noResponse(request, { ms: now() - started, failure: error }), begun, started);
      } else if (isNinjaOneError(error) && begun !== undefined && !received) {
        void history.withdraw(begun);
      }
      throw error;
    }
    if (received.response.failure) {
      throw received.response.failure;
    }
  }

  /** A review is always confirmed, because nobody would have the time to look at it otherwise. */
  async #confirm(request: ApiRequest, review: RequestReview | undefined): Promise<Confirmation | undefined> {
    const { client, names } = this.#options;
    if (!client.needsConfirmation(request) && !review) {
      return undefined;
    }
    await review?.show();
    const lookUp: NameLookup = (object, signal) => {
      const found = fetchNamedResource(object, names, { connection: request.connection, signal });
      showInStatusBarWhile(vscode.l10n.t('Looking up the names for the confirmation…'), found);
      return found;
    };
    const confirmation = await client.confirm(request, () => askRequestConfirmation(request, lookUp, review?.changes));
    if (!confirmation) {
      throw canceled();
    }
    return confirmation;
  }
}

/** The page of a list that a request asks for; the first page by default. */
export type PagePosition = Pick<DisplayOptions, 'page' | 'first'>;

export interface SendPosition extends PagePosition {
  /** Address of the request document from which the request is sent. */
  readonly document?: string | undefined;
  readonly isRepeated?: ShowOptions['isRepeated'];
  readonly tell?: ShowOptions['tell'];
  /** Of a write whose body was changed in the document after it was loaded. */
  readonly review?: RequestReview | undefined;
}

interface Receiving {
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
  readonly overflow: BodySink;
  readonly beforeWrite: () => Promise<void>;
}

type Received = { readonly response: ApiResponse } & Pick<
  ShowOptions,
  'page' | 'first' | 'end' | 'isRepeated' | 'tell'
>;

const NOTHING = new Uint8Array();

/** Maximum number of bytes of a response that are held in memory and shown. */
const MAX_SHOWN_BYTES = 5_000_000;
