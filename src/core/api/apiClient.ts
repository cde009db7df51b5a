import { canceled, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { BodySink } from '../http/spillBuffer.ts';
import type { HttpResponse, Transport } from '../http/transport.ts';
import { matchesPathTemplate, isWrite, needsTypedText, riskLevelOf, type ApiRequest } from './apiRequest.ts';
import { displayedHeaders, type ApiResponse } from './apiResponse.ts';
import { responseFailure, notConfirmed, readOnly, tokenRenewed, writeFailure, wrongTarget } from './apiErrors.ts';

/** A valid access token; `force` renews it whatever its age. */
export type AccessTokenSource = (options: { readonly force: boolean }) => Promise<string>;

/** As whom a request is sent. The token is good for the connection's origin only. */
export interface ApiSession {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly accessToken: AccessTokenSource;
}

export interface WritePermission {
  /** Whether writes are allowed for the connection at this moment (E9). */
  mayWrite(connection: Connection): boolean;
}

export interface ApiClientOptions {
  readonly transport: Transport;
  readonly writes: WritePermission;
  /** Milliseconds that one exchange may take (`ninjaone.http.timeout`). */
  readonly timeout: () => number;
  readonly now: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface SendOptions {
  readonly session: ApiSession;
  /** A read is sent once, whatever comes of it: neither after a pause nor with a renewed token. */
  readonly once?: boolean;
  /** Needed for secrets, device actions, bulk changes and whatever destroys; made by `confirm`. */
  readonly confirmation?: Confirmation | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of the body that are kept in memory; the default is 20 MB. */
  readonly maxBytes?: number | undefined;
  /** Takes a larger body. */
  readonly overflow?: BodySink | undefined;
  /** Told before each pause after which a read is sent again, with its length in milliseconds. */
  readonly onPause?: ((milliseconds: number, failure: NinjaOneError) => void) | undefined;
}

/** That a person has said yes to one request. It means something only to the client that made it. */
export interface Confirmation {
  readonly key: string;
}

/**
 * The one door to the API. What may not be sent is refused here, below every view, document and command: writes while
 * the connection is read-only, and secrets, device actions, bulk changes and deletions that nobody confirmed (E9).
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #confirmed = new WeakMap<Confirmation, string>();

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Whether `send` asks for a confirmation of this request. */
  needsConfirmation(request: ApiRequest): boolean {
    const riskLevel = riskLevelOf(request);
    return (riskLevel !== 'read' && riskLevel !== 'write') || needsTypedText(request);
  }

  /** Asks through `ask`; `undefined` if the answer is no. A write is confirmed once and exactly, a read with all its pages. */
  async confirm(request: ApiRequest, ask: () => Promise<boolean>): Promise<Confirmation | undefined> {
    if (!(await ask())) {
      return undefined;
    }
    const confirmation = Object.freeze({ key: request.operation.key });
    this.#confirmed.set(confirmation, fingerprint(request));
    return confirmation;
  }

  /**
   * Resolves with every answer of the server, also with one that says no (`failure`). Rejects with a NinjaOneError when
   * there is none: `api.readOnly`, `api.notConfirmed`, `api.unknownOutcome`, `network.*`, what the token source throws,
   * `canceled`.
   */
  async send(request: ApiRequest, options: SendOptions): Promise<ApiResponse> {
    this.#check(request, options);
    if (isWrite(request)) {
      return this.#write(request, options);
    }
    let response = await this.#read(request, options, false);
    if (response.failure?.code === 'api.notAuthenticated' && request.operation.method === 'GET' && !options.once) {
      response = await this.#read(request, options, true);
    }
    return response;
  }

  #check(request: ApiRequest, { session, confirmation, signal }: SendOptions): void {
    const { connection, operation, url } = request;
    const { id, instance } = session.connection;
    const isTarget = matchesPathTemplate(url, operation.path, instance.origin);
    if (connection.id !== id || !isTarget || operation.key !== `${operation.method} ${operation.path}`) {
      throw wrongTarget(request);
    }
    if (signal?.aborted) {
      throw canceled();
    }
    if (isWrite(request) && !this.#options.writes.mayWrite(connection)) {
      throw readOnly(request);
    }
    if (this.needsConfirmation(request)) {
      if (!confirmation || this.#confirmed.get(confirmation) !== fingerprint(request)) {
        throw notConfirmed(request);
      }
      if (isWrite(request)) {
        this.#confirmed.delete(confirmation);
      }
    }
  }

  /** Sent at most once, whatever happens. */
  async #write(request: ApiRequest, options: SendOptions): Promise<ApiResponse> {
    const { session, signal } = options;
    const accessToken = await session.accessToken({ force: false });
    // The token may have taken its time, and the permission may have ended meanwhile.
    if (signal?.aborted) {
      throw canceled();
    }
    if (!this.#options.writes.mayWrite(request.connection)) {
      throw readOnly(request);
    }
    let response: ApiResponse;
    try {
      response = await this.#exchange(request, options, accessToken);
    } catch (error) {
      throw writeFailure(error, request);
    }
    if (response.failure?.code !== 'api.notAuthenticated') {
      return response;
    }
    await session.accessToken({ force: true });
    return { ...response, failure: tokenRenewed(request.connection) };
  }

  /** Reads are sent again after a pause when the server is busy or the network broke. */
  async #read(request: ApiRequest, options: SendOptions, force: boolean): Promise<ApiResponse> {
    const { session, signal, onPause, once } = options;
    for (let attempt = 1; ; attempt++) {
      const accessToken = await session.accessToken({ force: force && attempt === 1 });
      const outcome = await this.#exchange(request, options, accessToken).catch((error: unknown) => {
        if (isNinjaOneError(error)) {
          return error;
        }
        throw error;
      });
      const failure = outcome instanceof Error ? outcome : outcome.failure;
      if (!failure || once || attempt === MOST_ATTEMPTS || !isRepeatable(request) || !isPassing(failure)) {
        if (outcome instanceof Error) {
          throw outcome;
        }
        return outcome;
      }
      const pause = Math.min(failure.retryAfter ?? FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
      onPause?.(pause, failure);
      await this.#options.sleep(pause, signal);
      if (signal?.aborted) {
        throw canceled();
      }
    }
  }

  async #exchange(request: ApiRequest, options: SendOptions, accessToken: string): Promise<ApiResponse> {
    const { transport, timeout, now } = this.#options;
    const { operation, url, body } = request;
    const started = now();
    const response: HttpResponse = await transport({
      url,
      method: operation.method,
      headers: {
        accept: 'application/json, */*;q=0.5',
        authorization: `Bearer ${accessToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      timeout: timeout(),
      maxBytes: options.maxBytes ?? MOST_BYTES,
      overflow: options.overflow,
      signal: options.signal,
    });
    const { status, headers } = response;
    const ended = now();
    const context = { request, scopes: options.session.scopes, accessToken, now: ended };
    return {
      request,
      status,
      headers: displayedHeaders(headers),
      body: response.body,
      size: response.overflow ?? response.body.byteLength,
      ms: Math.max(0, ended - started),
      failure: responseFailure(response, context),
    };
  }
}

const MOST_ATTEMPTS = 4;
const MOST_BYTES = 20_000_000;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 300_000;

/** A POST that only reads may be sent twice; one that hands out an installer or a link makes a second one. */
function isRepeatable(request: ApiRequest): boolean {
  return request.operation.method === 'GET' || riskLevelOf(request) === 'read';
}

function isPassing({ code, support }: NinjaOneError): boolean {
  return PASSING.has(code) || (support.status === 503 && (code === 'server.unavailable' || code === 'server.webPage'));
}

const PASSING: ReadonlySet<string> = new Set(['server.busy', 'network.reset', 'network.failed', 'network.timeout']);

/** The pages of a read differ in their query, and a person confirms the list and not each page. */
function fingerprint(request: ApiRequest): string {
  const { connection, operation, url, body } = request;
  const target = isWrite(request) ? [url, body ?? ''] : [new URL(url).pathname];
  return JSON.stringify([connection.id, operation.key, ...target]);
}
