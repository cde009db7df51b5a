import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LoopbackHost } from '../connections/redirectUri.ts';
import { PAGE_HEADERS, callbackPage } from './callbackPages.ts';
import type { CallbackOutcome } from './pendingCallbacks.ts';

export interface LoopbackServerOptions {
  readonly host: LoopbackHost;
  /** 0 for any free port. */
  readonly port: number;
  /** The only path that the server accepts. */
  readonly path: string;
  /**
   * Receives the query of every other request to that path than those for its own pages. Returns whether it is the
   * expected authorization response.
   */
  readonly settle: (query: string) => CallbackOutcome;
  /** Plain text of the pages. The first one is also shown after a refused sign-in; VS Code shows the outcome. */
  readonly text: {
    /** Of all texts, in BCP 47. */
    readonly language: string;
    readonly signedInTitle: string;
    readonly signedInBody: string;
    readonly waitingTitle: string;
    readonly waitingBody: string;
    /** Answers a page of an earlier sign-in, which used the same registered address. */
    readonly endedTitle: string;
    readonly endedBody: string;
  };
  /** Milliseconds for which the page stays available after the response. */
  readonly grace: number;
  /** Another origin from which a form can be posted: the instance, which redirects with 307. */
  readonly allowedOrigin?: string | undefined;
}

export interface LoopbackServer {
  readonly port: number;
  /** If port forwarding gives the browser another port, `Host` must match this redirect URI. */
  reachedAs(redirectUri: string): void;
  /** Ends the sign-in: closes immediately, or after the grace period if the browser still has to load the page. */
  finish(): void;
  /** Closes immediately, with all connections. */
  close(): Promise<void>;
}

/**
 * Receives the redirect of the browser (RFC 8252 §7.3) during one sign-in. Rejects with a NinjaOneError `loopback.*` if
 * it cannot use the address exclusively (§8.3); it never falls back to another port.
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { host, path, text } = options;
  const { language } = text;
  const waiting = callbackPage({ language, title: text.waitingTitle, body: text.waitingBody });
  const signedIn = callbackPage({ language, title: text.signedInTitle, body: text.signedInBody });
  const ended = callbackPage({ language, title: text.endedTitle, body: text.endedBody });
  let origin = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed: Promise<unknown> | undefined;

  const replyTo = (request: IncomingMessage): Reply => {
    const query = queryOf(request, { origin, path, allowedOrigin: options.allowedOrigin });
    if (typeof query === 'number') {
      return { status: query };
    }
    if (query === '') {
      return { status: 200, page: timer ? signedIn : waiting };
    }
    if (query === UNEXPECTED) {
      return { status: 400, page: waiting };
    }
    if (query === ENDED) {
      return { status: 410, page: ended };
    }
    const outcome = settled(options.settle, query);
    if (outcome === 'settled') {
      timer ??= setTimeout(() => void close(), options.grace);
    }
    // Redirect to an address without the code, so that it stays neither in the address bar nor in the browser history.
    const page = outcome === 'ended' ? `?${ENDED}` : timer ? '' : `?${UNEXPECTED}`;
    return { status: 303, location: origin + path + page };
  };

  const servers = await bind(options, (request, response) => {
    const reply = replyTo(request);
    response.on('error', () => {});
    discardBody(request, () => {
      respond(response, reply);
    });
  });
  const port = portOf(servers[0]);
  origin = `http://${host}:${port}`;
  const close = async (): Promise<void> => {
    clearTimeout(timer);
    closed ??= Promise.all(servers.map(stop));
    await closed;
  };
  return {
    port,
    close,
    reachedAs: (redirectUri) => {
      ({ origin } = new URL(redirectUri));
    },
    finish: () => {
      if (!timer) {
        void close();
      }
    },
  };
}

/** The queries of the addresses to which the listener sends the browser itself. */
const UNEXPECTED = 'unexpected';
const ENDED = 'ended';

interface Reply {
  readonly status: number;
  readonly page?: string;
  readonly location?: string;
}

function respond(response: ServerResponse, { status, page = '', location }: Reply): void {
  response.writeHead(status, {
    ...PAGE_HEADERS,
    ...(location === undefined ? {} : { location }),
    ...(status === 405 ? { allow: 'GET, POST' } : {}),
    connection: 'close',
  });
  response.end(page);
}

/** The query of an accepted request, or the status with which to refuse it. */
function queryOf(
  request: IncomingMessage,
  own: { readonly origin: string; readonly path: string; readonly allowedOrigin: string | undefined },
): string | number {
  const { method = '', url = '', headersDistinct } = request;
  const [host = '', ...hosts] = headersDistinct['host'] ?? [];
  // A page can resolve its own name to this machine (DNS rebinding), but it cannot change the Host header.
  if (hosts.length > 0 || `http://${host.toLowerCase()}` !== own.origin) {
    return 403;
  }
  // Browsers send `null` when a form goes from https to http, which NinjaOne's consent page does with its 307.
  if (!(headersDistinct['origin'] ?? []).every((origin) => ['null', own.origin, own.allowedOrigin].includes(origin))) {
    return 403;
  }
  if (url.length > MAX_URL_LENGTH) {
    return 414;
  }
  const [path, ...query] = url.split('?');
  if (path !== own.path) {
    return 404;
  }
  return method === 'GET' || method === 'POST' ? query.join('?') : 405;
}

/** An unhandled error here would end the extension host. */
function settled(settle: LoopbackServerOptions['settle'], query: string): CallbackOutcome {
  try {
    return settle(query);
  } catch {
    return 'ignored';
  }
}

/**
 * With a 307, the browser also posts the consent form (RFC 9700 §4.12). The body is not used, but it must be read:
 * closing the connection earlier resets it, and the browser would show an error instead of the page.
 */
function discardBody(request: IncomingMessage, onEnd: () => void): void {
  let size = 0;
  request.on('data', ({ length }: Buffer) => {
    size += length;
    if (size > MAX_BODY_BYTES) {
      request.destroy();
    }
  });
  request.on('error', () => {});
  request.on('end', onEnd);
}

/** `localhost` resolves to two addresses; a program that listens on the other one would receive the code. */
async function bind({ host, port }: LoopbackServerOptions, listener: RequestListener): Promise<[Server, ...Server[]]> {
  const first = await listen(host === '[::1]' ? '::1' : '127.0.0.1', port, listener).catch(refuse);
  if (host !== 'localhost') {
    return [first];
  }
  try {
    return [first, await listen('::1', portOf(first), listener)];
  } catch (error) {
    if (NO_IPV6.has(codeOf(error))) {
      return [first];
    }
    await stop(first);
    return refuse(error);
  }

  function refuse(error: unknown): never {
    // With port 0, the system chooses a free port, so no other program can be in the way.
    const busy = port !== 0 && (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES');
    throw new NinjaOneError({
      code: busy ? 'loopback.portBusy' : 'loopback.failed',
      intent: 'transient',
      message: busy
        ? l10n.t(
            'Another program is using {0}, which is needed to complete the sign-in. Close that program and try again, or paste the final address from the browser.',
            `${host}:${port}`,
          )
        : l10n.t(
            'Could not listen on {0} ({1}) to complete the sign-in. Paste the final address from the browser instead.',
            port === 0 ? host : `${host}:${port}`,
            codeOf(error),
          ),
    });
  }
}

async function listen(host: string, port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(LIMITS, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A program that holds idle connections open must not block the browser.
    const [oldest] = sockets;
    if (oldest && sockets.size > MAX_CONNECTIONS) {
      sockets.delete(oldest);
      oldest.destroy();
    }
  });
  server.on('clientError', (_, socket) => {
    socket.destroy();
  });
  server.listen({ host, port, exclusive: true, ipv6Only: host === '::1' });
  await once(server, 'listening');
  server.on('error', () => {});
  return server;
}

function stop(server: Server): Promise<void> {
  return new Promise((stopped) => {
    server.close(() => {
      stopped();
    });
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

/** Milliseconds and bytes. Headers may be large, because browsers send the cookies of all ports of this host. */
const LIMITS = {
  maxHeaderSize: 65_536,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 1000,
  connectionsCheckingInterval: 1000,
};
const MAX_CONNECTIONS = 64;
const MAX_URL_LENGTH = 16_384;
const MAX_BODY_BYTES = 65_536;

/** Without IPv6, no other program can listen on the second address either. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);
