import Agent from 'undici/lib/dispatcher/agent.js';
import { isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Logger } from '../base/log.ts';
import { Deadline } from './deadline.ts';
import { toNetworkError, networkError } from './networkErrors.ts';

export interface HttpRequest {
  /** https, or http to a loopback host; without user name and password. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole exchange, the body included; where it overflows, for each further part of it. */
  readonly timeout: number;
  /** What the body may have, after decompression. */
  readonly maxBytes: number;
  /** Takes a body that has more; without it such a body is an error. */
  readonly overflow?: BodySink | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a large body goes, part by part. The next part waits until the last one was taken; its errors end the exchange. */
export interface BodySink {
  /** A body begins; what came before it belongs to an exchange that failed. */
  start(): void | Promise<void>;
  write(part: Uint8Array): void | Promise<void>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Bytes of the whole body when it went to `overflow`; `body` is then its first `maxBytes`. */
  readonly overflow?: number | undefined;
}

/**
 * One exchange with a server; any status but a redirect is an answer. Rejects with a NinjaOneError `network.*` only: its
 * intent is `transient`, `canceled` if the caller's signal was aborted, or `invalidInput` if nothing was sent because
 * the request itself must not be.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface TransportOptions {
  /** The host's own `fetch`: VS Code patches it to go through the user's proxy and to trust the user's certificates. */
  readonly fetch: typeof globalThis.fetch;
  readonly logger: Logger;
  /** The present value of VS Code's setting `http.proxySupport`. */
  readonly proxySupport: () => string;
}

export function createTransport(options: TransportOptions): { readonly send: Transport; close(): Promise<void> } {
  const agent = new Agent(AGENT_OPTIONS);
  return {
    send: (request) => send(request, options, agent),
    close: () => agent.close(),
  };
}

/**
 * The time-outs are a backstop for connections that nobody waits for; each request brings its own, shorter one. An idle
 * connection is dropped early: a POST that meets a connection which the server is just closing may not be repeated.
 */
const AGENT_OPTIONS = {
  connections: 6,
  connect: { timeout: 15_000 },
  headersTimeout: 600_000,
  bodyTimeout: 600_000,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
};

async function send(request: HttpRequest, options: TransportOptions, agent: Agent): Promise<HttpResponse> {
  const url = checkedUrl(request.url);
  const headers = checkedHeaders(request.headers);
  const deadline = new Deadline(request);
  const started = performance.now();
  // The query may hold names of people and machines; the path holds none and is enough to understand a log.
  const what = `${request.method} ${url.origin}${url.pathname}`;
  const spent = (): string => `${Math.round(performance.now() - started)} ms`;
  try {
    const exchange = async (): Promise<HttpResponse> => {
      const response = await options.fetch(url.href, {
        method: request.method,
        headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        // Nothing is followed: Node sends the body of a POST, and with it tokens and secrets, again on 307 and 308.
        redirect: 'manual',
        credentials: 'omit',
        signal: deadline.signal,
        ...dispatcher(options.proxySupport(), agent),
      });
      try {
        return await responseOf(response, url, request, deadline);
      } catch (error) {
        deadline.abort();
        throw error;
      }
    };
    // The host looks up the proxy before it looks at the signal, so the deadline is raced as well.
    const response = await Promise.race([exchange(), deadline.passed]);
    options.logger.debug(
      `${what}: ${response.status}, ${spent()}, ${response.overflow ?? response.body.byteLength} bytes`,
    );
    return response;
  } catch (error) {
    const failure = deadline.failure(url) ?? (isNinjaOneError(error) ? error : toNetworkError(error, url));
    options.logger.debug(`${what}: ${failure.code}, ${spent()}`);
    throw failure;
  } finally {
    deadline.dispose();
  }
}

/**
 * With `http.proxySupport: "on"` VS Code leaves a request alone that brings a dispatcher, and it would go past the proxy.
 * With every other value the proxy and the certificates are applied to ours.
 */
function dispatcher(proxySupport: string, agent: Agent): Pick<RequestInit, 'dispatcher'> {
  // The types of the host's fetch describe another version of undici; the agents of version 7 fit all hosts we support.
  return proxySupport === 'on' ? {} : { dispatcher: agent as unknown as NonNullable<RequestInit['dispatcher']> };
}

async function responseOf(
  response: Response,
  url: URL,
  request: HttpRequest,
  deadline: Deadline,
): Promise<HttpResponse> {
  const { status, headers } = response;
  if (response.type === 'opaqueredirect' || status === 0 || (status >= 300 && status < 400)) {
    throw redirectFailure(headers.get('location'), url);
  }
  if (status === 407) {
    // RFC 9110 §15.5.8: only a proxy answers so.
    throw networkError('proxyPassword', url);
  }
  return request.method === 'HEAD'
    ? { status, headers, body: new Uint8Array() }
    : { status, headers, ...(await readBody(response, url, request, deadline)) };
}

async function readBody(
  response: Response,
  url: URL,
  { maxBytes, overflow }: HttpRequest,
  deadline: Deadline,
): Promise<Pick<HttpResponse, 'body' | 'overflow'>> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const kept: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const before = size;
    size += part.value.byteLength;
    if (size > maxBytes && !overflow) {
      throw tooLarge(url, maxBytes);
    }
    if (overflow && size > maxBytes) {
      if (before <= maxBytes) {
        await overflow.start();
        for (const earlier of kept) {
          await overflow.write(earlier);
        }
      }
      await overflow.write(part.value);
      // A body of many megabytes may take long; a server that stops in its midst may not.
      deadline.postpone();
    }
    if (before < maxBytes) {
      kept.push(part.value.subarray(0, maxBytes - before));
    }
  }
  const body = Buffer.concat(kept);
  return size > maxBytes ? { body, overflow: size } : { body };
}
function tooLarge(url: URL, maxBytes: number): NinjaOneError {
  return new NinjaOneError({
    code: 'network.tooLarge',
    intent: 'transient',
    message: l10n.t(
      'The answer of {0} is larger than {1} kB and was not read to its end. Ask for less at once.',
      url.host,
      Math.floor(maxBytes / 1024),
    ),
    action: 'showLog',
  });
}

function redirectFailure(location: string | null, url: URL): NinjaOneError {
  const target = location !== null && URL.canParse(location, url.href) ? new URL(location, url.href).host : '';
  return new NinjaOneError({
    code: 'network.redirect',
    intent: 'transient',
    message:
      target === ''
        ? l10n.t(
            '{0} answered with a redirect, which is never followed. Check the instance of the connection, or whether this network asks you to sign in first.',
            url.host,
          )
        : l10n.t(
            '{0} redirects to {1}, which is never followed. Check the instance of the connection, or whether this network asks you to sign in first.',
            url.host,
            plainText(target, 100),
          ),
    action: 'editConnection',
  });
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.username !== '' || url.password !== '') {
    throw forbidden(
      l10n.t('The address of a request is not valid, so it was not sent. Check the instance of the connection.'),
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.has(url.hostname))) {
    throw forbidden(
      l10n.t('Only https addresses are called, so the request was not sent. Check the instance of the connection.'),
    );
  }
  return url;
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Checked here, because the error that `fetch` throws quotes the value, which may be a token. */
function checkedHeaders(headers: Readonly<Record<string, string>> = {}): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw forbidden(
      l10n.t('A header of the request has characters that cannot be sent, so the request was not sent. Sign in again.'),
    );
  }
}

function forbidden(message: LocalizableMessage): NinjaOneError {
  return new NinjaOneError({ code: 'network.forbidden', intent: 'invalidInput', message });
}
