import Agent from 'undici/lib/dispatcher/agent.js';
import { isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Logger } from '../base/log.ts';
import { CertificateGuard } from './certificateGuard.ts';
import { checkedHeaders, checkedUrl } from './checkedRequest.ts';
import { ContentCodings, decompressed, type Coding } from './contentCodings.ts';
import { Deadline } from './deadline.ts';
import { ExternalMemory } from './externalMemory.ts';
import { toNetworkError, networkError } from './networkErrors.ts';
import { SingleSending } from './singleSending.ts';
import { SpillBuffer, type BodySink } from './spillBuffer.ts';

export interface HttpRequest {
  /** https, or http to a loopback host; without a user name and password. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A body in place of `body`. */
  readonly stream?: BodyStream | undefined;
  /** Milliseconds for the whole exchange including the bodies; if one of them is long, for each further part of it. */
  readonly timeout: number;
  /** Maximum size of the body after decompression. */
  readonly maxBytes: number;
  /** Receives a larger body. Without it, a larger body is an error. */
  readonly overflow?: BodySink | undefined;
  readonly signal?: AbortSignal | undefined;
  /** A redirect that names its target is a response, too, and not an error. It is never followed. */
  readonly keepRedirect?: boolean | undefined;
  /** Connections of its own, so that a token never waits for API responses that are slow. */
  readonly pool?: 'tokens' | undefined;
}

/** A body that is read while it is sent, so that it needs little memory. */
export interface BodyStream {
  /** Bytes. */
  readonly size: number;
  readonly chunks: () => AsyncIterable<Uint8Array>;
  /** Called with the number of bytes that were handed over so far. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** Bytes of the whole body if it went to `overflow`; `body` then holds its first `maxBytes`. */
  readonly overflow?: number | undefined;
}

/**
 * One exchange with a server. Any status is a response, a redirect only with `keepRedirect`. Rejects only with a
 * NinjaOneError `network.*`: its intent is `transient`, `canceled` if the caller's signal was aborted, or `invalidInput`
 * if the request was not sent because it is not allowed.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface TransportOptions {
  /** The extension host's `fetch`: VS Code patches it to use the user's proxy and certificates. */
  readonly fetch: typeof globalThis.fetch;
  readonly logger: Logger;
  /** The current value of VS Code's setting `http.proxySupport`. */
  readonly proxySupport: () => string;
}

export function createTransport(options: TransportOptions): { readonly send: Transport; close(): Promise<void> } {
  const agents = { api: new Agent(AGENT_OPTIONS), tokens: new Agent(AGENT_OPTIONS) };
  const certificates = new CertificateGuard();
  const singleSending = new SingleSending();
  const contentCodings = new ContentCodings();
  return {
    send: (request) => send(request, { ...options, agents, certificates, singleSending, contentCodings }),
    close: async () => {
      try {
        await Promise.all([agents.api.close(), agents.tokens.close()]);
      } finally {
        certificates.dispose();
        singleSending.dispose();
        contentCodings.dispose();
      }
    },
  };
}

/**
 * The timeouts are a backstop for abandoned connections; each request has its own, shorter timeout. Idle connections are
 * closed early, because a POST that is sent while the server closes the connection cannot be repeated.
 */
const AGENT_OPTIONS = {
  connections: 6,
  connect: { timeout: 15_000, rejectUnauthorized: true },
  headersTimeout: 600_000,
  bodyTimeout: 600_000,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 30_000,
};

/** RFC 9110 §9.2.1. Nothing is lost if one of these is sent twice. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

interface TransportParts extends TransportOptions {
  readonly agents: { readonly api: Agent; readonly tokens: Agent };
  readonly certificates: CertificateGuard;
  readonly singleSending: SingleSending;
  readonly contentCodings: ContentCodings;
}

async function send(request: HttpRequest, options: TransportParts): Promise<HttpResponse> {
  const { agents, certificates, singleSending, contentCodings } = options;
  const url = checkedUrl(request.url);
  const headers = checkedHeaders(request.headers);
  const { body, stream } = request;
  if (stream) {
    // Without a length, `fetch` would use chunked transfer coding, which not every server accepts.
    headers.set('content-length', String(stream.size));
  }
  certificates.checkEnvironment(url);
  const watched = certificates.watch(url, request.method);
  const deadline = new Deadline(request);
  const started = performance.now();
  // Without the query, which may contain names of users and devices. The path is enough to understand the log.
  const description = `${request.method} ${url.origin}${url.pathname}`;
  const spent = (): string => `${Math.round(performance.now() - started)} ms`;
  try {
    const exchange = async (): Promise<HttpResponse> => {
      const fetching = (): Promise<Response> =>
        options.fetch(url.href, {
          method: request.method,
          headers,
          ...(stream ? { body: sentParts(stream, deadline), duplex: 'half' } : body === undefined ? {} : { body }),
          // Redirects are not followed: on 307 and 308 Node would send the body of a POST again, with tokens and secrets.
          redirect: 'manual',
          credentials: 'omit',
          signal: deadline.signal,
          ...dispatcher(options.proxySupport(), agents[request.pool ?? 'api']),
        });
      const sent = { url, method: request.method };
      const { result: response, codings } = await contentCodings.run(
        sent,
        async () =>
          READS.has(request.method)
            ? fetching()
            : singleSending.run(sent, fetching, () => {
                deadline.abort();
              }),
        (status, error) => (status === PROXY_PASSWORD ? networkError('proxyAnswer', url) : error),
      );
      if (!response) {
        // `fetch` has thrown the response away.
        return { status: 421, headers: new Headers(), body: new Uint8Array() };
      }
      try {
        return await responseOf({ response, codings }, url, request, deadline);
      } catch (error) {
        deadline.abort();
        throw error;
      }
    };
    // The extension host looks up the proxy before it checks the signal, so the deadline takes part in the race.
    const response = await Promise.race([exchange(), deadline.passed]);
    options.logger.debug(
      `${description}: ${response.status}, ${spent()}, ${response.overflow ?? response.body.byteLength} bytes`,
    );
    return response;
  } catch (error) {
    const failure = watched.refused
      ? networkError('unchecked', url)
      : (deadline.failure(url) ?? (isNinjaOneError(error) ? error : toNetworkError(error, url)));
    options.logger.debug(`${description}: ${failure.code}, ${spent()}`);
    throw failure;
  } finally {
    certificates.unwatch(watched);
    deadline.dispose();
  }
}

/** Each part that the server takes gives it more time, because a large body takes long. */
function sentParts({ chunks, onSent }: BodyStream, deadline: Deadline): ReadableStream<Uint8Array> {
  const parts = async function* (): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const chunk of chunks()) {
      deadline.postpone();
      yield chunk;
      bytes += chunk.byteLength;
      onSent?.(bytes);
    }
  };
  return ReadableStream.from(parts());
}

/**
 * With `http.proxySupport: "on"`, VS Code does not change a request that has its own dispatcher, so it would bypass the
 * proxy. With every other value, VS Code applies the proxy and the certificates to the dispatcher.
 */
function dispatcher(proxySupport: string, agent: Agent): Pick<RequestInit, 'dispatcher'> {
  // The types of `fetch` belong to another version of undici. Agents of version 7 work in all supported hosts.
  return proxySupport === 'on' ? {} : { dispatcher: agent as unknown as NonNullable<RequestInit['dispatcher']> };
}

/**
 * RFC 9110 §15.5.8: only a proxy sends this status. If it is not the response to CONNECT, some versions of `fetch` say
 * only that they failed.
 */
const PROXY_PASSWORD = 407;

interface Answer {
  readonly response: Response;
  /** Those of the body that may be left to decode. */
  readonly codings: readonly Coding[];
}

async function responseOf(
  { response, codings }: Answer,
  url: URL,
  request: HttpRequest,
  deadline: Deadline,
): Promise<HttpResponse> {
  const { status } = response;
  const headers = new Headers(response.headers);
  // A `fetch` that still knows the codings has decoded the body.
  const left = headers.has('content-encoding') ? [] : codings;
  if (left.length > 0) {
    headers.set('content-encoding', left.join(', '));
  }
  const isKept = request.keepRedirect === true && headers.has('location');
  if (response.type === 'opaqueredirect' || status === 0 || (status >= 300 && status < 400 && !isKept)) {
    throw redirectFailure(headers.get('location'), url);
  }
  if (status === PROXY_PASSWORD) {
    throw networkError('proxyAnswer', url);
  }
  return request.method === 'HEAD'
    ? { status, headers, body: new Uint8Array() }
    : { status, headers, ...(await readBody({ response, codings: left }, url, request, deadline)) };
}

async function readBody(
  { response, codings }: Answer,
  url: URL,
  { maxBytes, overflow }: HttpRequest,
  deadline: Deadline,
): Promise<Pick<HttpResponse, 'body' | 'overflow'>> {
  const received = response.body as (ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) | null;
  const decoded = received && codings.length > 0 ? ReadableStream.from(decompressed(received, codings)) : received;
  const reader = decoded?.getReader();
  const refuse = (): never => {
    throw tooLarge(url, maxBytes);
  };
  const body = new SpillBuffer(maxBytes, overflow ?? { start: refuse, write: refuse });
  const memory = new ExternalMemory();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    await body.write(part.value);
    if (body.hasSpilled) {
      // A body of many megabytes can take long, but a server must not stall in the middle of it.
      deadline.postpone();
      await memory.release(body.size);
    }
  }
  return body.hasSpilled ? { body: body.first(), overflow: body.size } : { body: body.first() };
}

function tooLarge(url: URL, maxBytes: number): NinjaOneError {
  return new NinjaOneError({
    code: 'network.tooLarge',
    intent: 'transient',
    message: l10n.t({
      message:
        'The response from {0} is larger than {1} KB and was not loaded completely. Request less data at a time.',
      args: [url.host, Math.floor(maxBytes / 1024)],
      comment: '{0} is a host name.',
    }),
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
            '{0} responded with a redirect, which is not followed for security reasons. Check the instance of the connection, and whether your network requires you to sign in first.',
            url.host,
          )
        : l10n.t(
            '{0} redirected to {1}. Redirects are not followed for security reasons. Check the instance of the connection, and whether your network requires you to sign in first.',
            url.host,
            plainText(target, 100),
          ),
    action: 'editConnection',
  });
}
