import { canceled, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { BodySink } from '../http/spillBuffer.ts';
import type { HttpResponse, Transport } from '../http/transport.ts';
import { ACCEPT, asksFirst, matchesPathTemplate, isRepeatable, isWrite, type ApiRequest } from './apiRequest.ts';
import { explainNotFound } from './notFoundError.ts';
import { displayedHeaders, type ApiResponse } from './apiResponse.ts';
import { listHeadersOf } from './listHeaders.ts';
import { MIN_PAUSE } from './throttling.ts';
import { openMultipartBody, type FormFiles } from './multipartBody.ts';
import { WatchedSink } from './watchedSink.ts';
import {
  judgeResponse,
  neverResent,
  requestNotConfirmed,
  readOnlyConnection,
  tokenRenewed,
  writeFailure,
  wrongTarget,
} from './apiErrors.ts';

/** Returns a valid access token; `force` renews it whatever its age. */
export type AccessTokenSource = (options: { readonly force: boolean }) => Promise<string>;

/** The connection and token of a request. The token may be sent only to the connection's origin. */
export interface ApiSession {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly accessToken: AccessTokenSource;
}

export interface WritePermission {
  /** Whether writes are currently allowed for the connection (E9). */
  mayWrite(connection: Connection): boolean;
}

export interface ApiClientOptions {
  readonly transport: Transport;
  readonly writes: WritePermission;
  /**
   * Whether the API description of the connection's instance has the operation with this key; undefined without a
   * description. Never rejects.
   */
  readonly isDescribed?: (connection: Connection, key: string) => Promise<boolean | undefined>;
  /** Opens the files of forms. Without it, forms with files are refused. */
  readonly files?: FormFiles | undefined;
  /** Timeout of one exchange in milliseconds (`ninjaone.http.timeout`). */
  readonly timeout: () => number;
  readonly now: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
}

export interface SendOptions {
  readonly session: ApiSession;
  /** A read is sent once: neither retried after a pause nor repeated with a renewed token. */
  readonly once?: boolean;
  /** The target of a redirected GET is a response, to be shown. Otherwise a redirect of a read is an error. */
  readonly keepRedirect?: boolean;
  /** Required for secrets, device actions, bulk changes, and destructive operations; created by `confirm`. */
  readonly confirmation?: Confirmation | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Maximum size of the body in memory, in bytes; the default is 20 MB. */
  readonly maxBytes?: number | undefined;
  /** Receives a larger body. */
  readonly overflow?: BodySink | undefined;
  /** Called while a form is sent, with the number of bytes so far. */
  readonly onSent?: ((bytes: number) => void) | undefined;
  /** Awaited before a write leaves. If `send` then rejects, except with `api.unknownOutcome`, the write did not leave. */
  readonly beforeWrite?: (() => Promise<void>) | undefined;
  /** Called before each pause that precedes a retry of a read, with its length in milliseconds. */
  readonly onPause?: ((milliseconds: number, failure: NinjaOneError) => void) | undefined;
}

/** Proof that the user confirmed one request. Only the client that created it accepts it. */
export interface Confirmation {
  readonly key: string;
}

/**
 * Sends all API requests. It enforces the restrictions for every view, document, and command: no writes while the
 * connection is read-only, and no secrets, device actions, bulk changes, or deletions without confirmation (E9).
 */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #confirmed = new WeakMap<Confirmation, string>();

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** Whether `send` requires a confirmation of this request. */
  needsConfirmation(request: ApiRequest): boolean {
    return asksFirst(request);
  }

  /** Confirms a request with `ask`; `undefined` if declined. Covers exactly one write, or a read with all its pages. */
  async confirm(request: ApiRequest, ask: () => Promise<boolean>): Promise<Confirmation | undefined> {
    if (!(await ask())) {
      return undefined;
    }
    const confirmation = Object.freeze({ key: request.operation.key });
    this.#confirmed.set(confirmation, fingerprint(request));
    return confirmation;
  }

  /**
   * Resolves with every response of the server, including error responses (`failure`). Rejects with a NinjaOneError if
   * there is none: `api.readOnly`, `api.notConfirmed`, `api.unknownOutcome`, `network.*`, `canceled`, or an error of the
   * token source.
   */
  async send(request: ApiRequest, options: SendOptions): Promise<ApiResponse> {
    this.#check(request, options);
    const response = await (isWrite(request) ? this.#write(request, options) : this.#readOrRenew(request, options));
    const { failure } = response;
    if (failure?.code !== 'api.notFound') {
      return response;
    }
    const isDescribed = await this.#options.isDescribed?.(request.connection, request.operation.key);
    return { ...response, failure: explainNotFound(failure, request, isDescribed) };
  }

  async #readOrRenew(request: ApiRequest, options: SendOptions): Promise<ApiResponse> {
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
      throw readOnlyConnection(request);
    }
    if (this.needsConfirmation(request)) {
      if (!confirmation || this.#confirmed.get(confirmation) !== fingerprint(request)) {
        throw requestNotConfirmed(request);
      }
      if (isWrite(request)) {
        this.#confirmed.delete(confirmation);
      }
    }
  }

  /** Sends at most once, whatever happens. */
  async #write(request: ApiRequest, options: SendOptions): Promise<ApiResponse> {
    const { session, signal } = options;
    const accessToken = await session.accessToken({ force: false }).catch(throwNeverResent);
    await options.beforeWrite?.();
    // The permission may have expired in the meantime.
    if (signal?.aborted) {
      throw canceled();
    }
    if (!this.#options.writes.mayWrite(request.connection)) {
      throw readOnlyConnection(request);
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
    await session.accessToken({ force: true }).catch(throwNeverResent);
    return { ...response, failure: tokenRenewed(request.connection) };
  }

  /** Retries after a pause if the server is busy or the network failed. */
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
      if (!failure || once || attempt === MAX_ATTEMPTS || !isRepeatable(request) || !isPassing(failure)) {
        if (outcome instanceof Error) {
          throw outcome;
        }
        return outcome;
      }
      const asked = failure.retryAfter ?? FIRST_PAUSE * 2 ** (attempt - 1);
      const pause = Math.min(Math.max(asked, MIN_PAUSE), MAX_PAUSE);
      onPause?.(pause, failure);
      await this.#options.sleep(pause, signal);
      if (signal?.aborted) {
        throw canceled();
      }
    }
  }

  async #exchange(request: ApiRequest, options: SendOptions, accessToken: string): Promise<ApiResponse> {
    const { transport, files, timeout, now } = this.#options;
    const { operation, url, body, form } = request;
    const multipart = form && (await openMultipartBody(form, files));
    const watched = options.overflow && isWrite(request) ? new WatchedSink(options.overflow) : undefined;
    const started = now();
    let response: HttpResponse;
    try {
      response = await transport({
        url,
        method: operation.method,
        headers: {
          accept: ACCEPT,
          authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { 'content-type': multipart?.contentType ?? 'application/json' }),
        },
        ...(multipart
          ? { stream: { ...multipart.stream, onSent: options.onSent } }
          : body === undefined
            ? {}
            : { body }),
        timeout: timeout(),
        maxBytes: options.maxBytes ?? MAX_BYTES,
        overflow: watched ?? options.overflow,
        signal: options.signal,
        keepRedirect: (options.keepRedirect === true && operation.method === 'GET') || isWrite(request),
      });
    } finally {
      await multipart?.close();
    }
    const { status, headers } = response;
    const ended = now();
    const listHeaders = listHeadersOf(headers);
    const context = { request, scopes: options.session.scopes, accessToken, now: ended, isProof: watched?.isProof };
    return {
      request,
      status,
      headers: displayedHeaders(headers),
      body: response.body,
      size: response.overflow ?? response.body.byteLength,
      ms: Math.max(0, ended - started),
      ...judgeResponse(response, context),
      ...(listHeaders && { listHeaders }),
      ...(operation.method === 'GET' && redirectTarget(response, url)),
    };
  }
}

const MAX_ATTEMPTS = 4;
const MAX_BYTES = 20_000_000;
const FIRST_PAUSE = 1000;
const MAX_PAUSE = 300_000;

function throwNeverResent(error: unknown): never {
  throw neverResent(error);
}

/** The target is shown as JSON, because a redirect has no body that is worth reading. */
function redirectTarget(
  { status, headers }: HttpResponse,
  url: string,
): Pick<ApiResponse, 'headers' | 'body' | 'size' | 'isRedirect'> | undefined {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || location === null) {
    return undefined;
  }
  const body = new TextEncoder().encode(JSON.stringify({ location: URL.parse(location, url)?.href ?? location }));
  return { headers: { 'content-type': 'application/json' }, body, size: body.byteLength, isRedirect: true };
}

function isPassing({ code, support }: NinjaOneError): boolean {
  return PASSING.has(code) || (support.status === 503 && code === 'server.unavailable');
}

const PASSING: ReadonlySet<string> = new Set(['server.busy', 'network.reset', 'network.failed', 'network.timeout']);

/** Ignores the query of a read, because pages differ in it and the user confirms the whole list. */
function fingerprint(request: ApiRequest): string {
  const { connection, operation, url, body, form } = request;
  const target = isWrite(request) ? [url, body ?? '', form ?? []] : [new URL(url).pathname];
  return JSON.stringify([connection.id, operation.key, ...target]);
}
