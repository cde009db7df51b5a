import * as vscode from 'vscode';
import type { ApiClient, ApiSession, Confirmation, SendOptions, WritePermission } from '../../core/api/apiClient.ts';
import { isWrite, riskLevelOf, type ApiRequest } from '../../core/api/apiRequest.ts';
import { noResponse, type ApiResponse } from '../../core/api/apiResponse.ts';
import { readOnly } from '../../core/api/apiErrors.ts';
import { items, pages, seconds } from '../../core/base/counts.ts';
import { canceled, isNinjaOneError, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { BodySink } from '../../core/http/transport.ts';
import { fetchAllPages } from '../../core/responses/fetchAllPages.ts';
import { buildRequest } from '../../core/requests/buildRequest.ts';
import type { TempFiles, TempFile } from '../../core/files/tempFiles.ts';
import { sessionsFor, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { askConfirmation } from './confirmRequest.ts';
import { offerAlternative } from '../platform/errorReporter.ts';
import { nameOf } from '../../core/requests/resourceName.ts';
import { askMissing } from './parameterPrompt.ts';
import { withDelayedProgress } from '../platform/delayedProgress.ts';
import type { ResponseDocuments } from '../responses/responseDocuments.ts';
import { sizeOf } from '../platform/format.ts';
import { mayFetchAll, type DisplayOptions } from '../../core/responses/displayedResponse.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';
import { localize } from '../platform/localize.ts';

export interface RequestRunnerOptions {
  readonly client: ApiClient;
  /** Asked before a person is asked anything; the client asks it again. */
  readonly writes: WritePermission;
  /** Of the catalog that the explorer shows. */
  readonly operation: (key: string) => Operation | undefined;
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  readonly documents: ResponseDocuments;
  /** Where answers go that are too large for memory. */
  readonly tempFiles: TempFiles;
  readonly maxItems: () => number;
  /** Shows the request document of an operation. */
  readonly openDocument: (operation: Operation) => Promise<void>;
  /** The operation was sent: it goes to the top of Recent. */
  readonly remember: (key: string) => void;
  /** It was answered: what may be remembered goes to the history. */
  readonly record: (response: ApiResponse) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** From an operation to an answer on the screen: values, session, confirmation, request, document. */
export class RequestRunner {
  readonly #options: RequestRunnerOptions;

  constructor(options: RequestRunnerOptions) {
    this.#options = options;
  }

  /** Asks only for what is missing (E5). Rejects with a NinjaOneError, as canceled when a question is left. */
  async run(operation: Operation, connection: Connection): Promise<void> {
    const isChange = isWrite({ operation });
    if (isChange && !this.#options.writes.mayWrite(connection)) {
      throw readOnly({ operation, connection });
    }
    if (isChange && operation.body) {
      if (!(await offerAlternative(needsDocument(operation), vscode.l10n.t('Open Request Document')))) {
        throw canceled();
      }
      await this.#options.openDocument(operation);
      return;
    }
    await this.send(await this.prepare(operation, connection));
  }

  /** Asks for what is missing, and sends nothing. Rejects with a NinjaOneError, as canceled when a question is left. */
  async prepare(operation: Operation, connection: Connection): Promise<ApiRequest> {
    const draft = await askMissing(operation);
    const result = buildRequest(draft, { operation, connection });
    if (!result.ok) {
      throw notComplete(operation, result.problems[0]?.message);
    }
    return result.request;
  }

  /**
   * Signs in, confirms, sends and shows the answer. Rejects with a NinjaOneError, also with that of an answer that says
   * no, once it is shown: so it is said with its button, and where lenses are switched off (A16).
   */
  async send(request: ApiRequest, place: ListPlace = {}): Promise<void> {
    const send = await this.#sender(request);
    await this.#receive(request, async ({ overflow, signal }) => ({
      response: await send(request, { signal, overflow, maxBytes: MOST_SHOWN }),
      ...place,
    }));
  }

  /** Sends the request and those of all further pages, and shows all in one list (E8). Rejects with a NinjaOneError. */
  async fetchAll(request: ApiRequest): Promise<void> {
    if (!mayFetchAll(request)) {
      throw hasNoPages(request.operation);
    }
    const send = await this.#sender(request);
    await this.#receive(request, ({ overflow, signal, say }) => {
      const onPause = (milliseconds: number): void => {
        say(vscode.l10n.t('NinjaOne is busy, waiting {0}…', localize(seconds(Math.ceil(milliseconds / 1000)))));
      };
      return fetchAllPages(request, (page) => send(page, { signal, onPause }), {
        signal,
        overflow,
        maxBytes: MOST_SHOWN,
        onPage: (progress) => {
          say([pages(progress.pages), items(progress.items)].map(localize).join(', '));
        },
      });
    });
  }

  /** What sends this request and the further pages of its list, once somebody is signed in and has confirmed. */
  async #sender(
    request: ApiRequest,
  ): Promise<(request: ApiRequest, options: Omit<SendOptions, 'session' | 'confirmation'>) => Promise<ApiResponse>> {
    const { operation, connection } = request;
    if (isWrite(request) && !this.#options.writes.mayWrite(connection)) {
      throw readOnly({ operation, connection });
    }
    const session = await this.#sessionFor(operation, connection);
    const confirmation = await this.#confirm(request);
    return (page, options) => this.#options.client.send(page, { ...options, session, confirmation });
  }

  /** Shows what `receive` brings. What is too large for memory goes to a file, unless it gives out secrets (E4, E7). */
  async #receive(request: ApiRequest, receive: (receiving: Receiving) => Promise<Received>): Promise<void> {
    const { tempFiles, documents, maxItems, remember, record, now } = this.#options;
    const { operation, connection } = request;
    const mask = riskLevelOf(request) === 'secretRead';
    const file = mask ? undefined : tempFiles.file();
    const started = now();
    let received: Received;
    try {
      received = await withDelayedProgress(`${operation.key} · ${connection.name}`, (signal, say) =>
        receive({ signal, say, overflow: counting(file, say) }),
      );
      await file?.close();
      if (received.response.size <= received.response.body.byteLength) {
        // An attempt that failed may have begun it.
        await file?.discard();
      }
      remember(operation.key);
      // A list of all pages is not what one request was answered.
      record(received.end ? { ...received.response, body: NOTHING } : received.response);
      await documents.show(received.response, { ...received, maxItems: maxItems(), mask, file });
    } catch (error) {
      await file?.discard();
      if (isNinjaOneError(error) && error.code === 'api.unknownOutcome') {
        record(noResponse(request, { ms: now() - started, failure: error }));
      }
      throw error;
    }
    if (received.response.failure) {
      throw received.response.failure;
    }
  }

  async #sessionFor(operation: Operation, connection: Connection): Promise<ApiSession> {
    const { scope } = operation.traits;
    if (!connection.scopes.includes(scope)) {
      throw lacksScope(connection, scope);
    }
    return (
      this.#sessionAtHand(operation, connection) ??
      this.#asSession(await this.#options.coordinator.signInTo(connection, 'program'), connection)
    );
  }

  /** The session with the fewest scopes that covers the operation. */
  #sessionAtHand({ traits }: Operation, connection: Connection): ApiSession | undefined {
    const usable = this.#options.tokens.usable().filter(({ connection: { id } }) => id === connection.id);
    const found =
      sessionsFor(usable, [traits.scope], undefined)[0] ??
      usable.find(({ session }) => session.scopes.includes(traits.scope));
    return found && this.#asSession(found, connection);
  }

  #asSession({ session: { id, scopes } }: UsableSession, connection: Connection): ApiSession {
    const { tokens } = this.#options;
    return {
      connection,
      scopes,
      accessToken: async (options) => (await tokens.getValidToken(id, options)).session.accessToken,
    };
  }

  async #confirm(request: ApiRequest): Promise<Confirmation | undefined> {
    const { client, operation } = this.#options;
    if (!client.needsConfirmation(request)) {
      return undefined;
    }
    const session = (named: Operation): ApiSession | undefined => this.#sessionAtHand(named, request.connection);
    const confirmation = await client.confirm(request, () =>
      askConfirmation(request, (object) => nameOf(object, { client, operation, session })),
    );
    if (!confirmation) {
      throw canceled();
    }
    return confirmation;
  }
}

/** Which page of a list a request asks for; the first one when nothing is said. */
export type ListPlace = Pick<DisplayOptions, 'page' | 'first'>;

interface Receiving {
  readonly signal: AbortSignal;
  readonly say: (message: string) => void;
  readonly overflow: BodySink;
}

type Received = { readonly response: ApiResponse } & Pick<DisplayOptions, 'page' | 'first' | 'end'>;

const NOTHING = new Uint8Array();

/** Bytes of an answer that are kept in memory and shown. */
const MOST_SHOWN = 5_000_000;

/** Says how much came. Without a file what comes is dropped. */
function counting(file: TempFile | undefined, say: (message: string) => void): BodySink {
  let size = 0;
  return {
    start: () => {
      size = 0;
      return file?.start();
    },
    write: (part) => {
      size += part.byteLength;
      say(sizeOf(size));
      return file?.write(part);
    },
  };
}

/** What changes something is never sent without the body that says how. */
function needsDocument({ title }: Operation): NinjaOneError {
  return new NinjaOneError({
    code: 'request.needsDocument',
    intent: 'invalidInput',
    message: l10n.t(
      '{0} takes a body, so it was not sent. Write the body in a request document and send it from there.',
      title,
    ),
  });
}

function hasNoPages({ title }: Operation): NinjaOneError {
  return new NinjaOneError({
    code: 'request.hasNoPages',
    intent: 'invalidInput',
    message: l10n.t('{0} gives its answer at once, not in pages. Send it instead.', title),
  });
}

function notComplete(
  operation: Operation,
  message = l10n.t('The request {0} is not complete.', operation.title),
): NinjaOneError {
  return new NinjaOneError({
    code: 'request.notComplete',
    intent: 'invalidInput',
    message,
  });
}

function lacksScope(connection: Connection, scope: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.lacksScope',
    intent: 'permission',
    message: l10n.t(
      '{0} does not allow {1}, which this operation needs. Add the scope to the connection and sign in again.',
      connection.name,
      scope,
    ),
    action: 'editConnection',
  });
}
