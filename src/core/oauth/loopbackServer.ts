import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { PAGE_HEADERS, pageOf } from './callbackPages.ts';

export interface LoopbackServerOptions {
  /** The literal of the redirect URI. */
  readonly host: '127.0.0.1' | 'localhost' | '[::1]';
  /** 0: any free one. */
  readonly port: number;
  /** The only path that is answered. */
  readonly path: string;
  /** Gets the query of every call on that path and says whether it is the answer that is waited for. */
  readonly settle: (query: string) => 'settled' | 'ignored';
  /** Plain text of the two pages. A refused sign-in ends on the first, too: what came of it is told in the editor. */
  readonly text: {
    readonly signedInTitle: string;
    readonly signedInBody: string;
    readonly waitingTitle: string;
    readonly waitingBody: string;
  };
  /** Milliseconds that the page stays up after the answer came. */
  readonly grace: number;
  /** Where a form may be posted from besides this address itself: the instance, which redirects with 307. */
  readonly allowedOrigin?: string | undefined;
}

export interface LoopbackServer {
  readonly port: number;
  /** A forwarded port may have another number for the browser; then `Host` has to be that of this redirect URI. */
  reachedAs(redirectUri: string): void;
  /** The sign-in is over: closes at once, or after the grace if the answer came here and its page is still to be shown. */
  finish(): void;
  /** Closes at once, with all connections. */
  close(): Promise<void>;
}

/**
 * The listener that a browser comes back to (RFC 8252 §7.3), up for the time of one sign-in. Rejects with a
 * NinjaOneError `loopback.*` if the address cannot be ours alone (§8.3); it never takes another port.
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const { host, path, text } = options;
  const waiting = pageOf({ title: text.waitingTitle, body: text.waitingBody });
  const signedIn = pageOf({ title: text.signedInTitle, body: text.signedInBody });
  let origin = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed: Promise<unknown> | undefined;

  const replyTo = (request: IncomingMessage): Reply => {
    const query = queryOf(request, { origin, path, allowedOrigin: options.allowedOrigin });
    if (typeof query === 'number') {
      return { status: query };
    }
    if (query !== '' && isSettled(options.settle, query)) {
      timer ??= setTimeout(() => void close(), options.grace);
    }
    if (query === '') {
      return { status: 200, page: timer ? signedIn : waiting };
    }
    // To an address without the code, which so stays neither in the address bar nor in the history.
    return timer ? { status: 303, location: origin + path } : { status: 400, page: waiting };
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

/** The query of a call that is for us, or the status that everything else is refused with. */
function queryOf(
  request: IncomingMessage,
  own: { readonly origin: string; readonly path: string; readonly allowedOrigin: string | undefined },
): string | number {
  const { method = '', url = '', headersDistinct } = request;
  const [host = '', ...hosts] = headersDistinct['host'] ?? [];
  // A page can make its own name point to this machine (DNS rebinding), but it cannot change what stands in Host.
  if (hosts.length > 0 || `http://${host.toLowerCase()}` !== own.origin) {
    return 403;
  }
  // Browsers send `null` when a form goes from https to http, which NinjaOne's consent page does with its 307.
  if (!(headersDistinct['origin'] ?? []).every((origin) => ['null', own.origin, own.allowedOrigin].includes(origin))) {
    return 403;
  }
  if (url.length > LONGEST_URL) {
    return 414;
  }
  const [path, ...query] = url.split('?');
  if (path !== own.path) {
    return 404;
  }
  return method === 'GET' || method === 'POST' ? query.join('?') : 405;
}

/** An error here would end the whole extension host. */
function isSettled(settle: LoopbackServerOptions['settle'], query: string): boolean {
  try {
    return settle(query) === 'settled';
  } catch {
    return false;
  }
}

/**
 * With a 307 the consent form comes along (RFC 9700 §4.12). It is none of our business and is not even looked at; but a
 * connection that is closed while it still comes is reset, and the browser would show that instead of our page.
 */
function discardBody(request: IncomingMessage, onEnd: () => void): void {
  let size = 0;
  request.on('data', ({ length }: Buffer) => {
    size += length;
    if (size > LONGEST_BODY) {
      request.destroy();
    }
  });
  request.on('error', () => {});
  request.on('end', onEnd);
}

/** `localhost` means two addresses, and whoever held the other one would get the code. */
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
    const busy = codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES';
    throw new NinjaOneError({
      code: busy ? 'loopback.portBusy' : 'loopback.failed',
      intent: 'transient',
      message: busy
        ? l10n.t(
            'Another program uses {0}, where the browser is to come back. Close it and try again, or paste the address on which the browser ends.',
            `${host}:${port}`,
          )
        : l10n.t(
            'This computer does not let us listen on {0} ({1}). Paste the address on which the browser ends.',
            `${host}:${port}`,
            codeOf(error),
          ),
      action: 'pasteRedirectUrl',
    });
  }
}

async function listen(host: string, port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(LIMITS, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever holds connections open without asking for anything must not keep the browser out.
    const [oldest] = sockets;
    if (oldest && sockets.size > MOST_CONNECTIONS) {
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

/** Milliseconds and bytes. Headers may be large: a browser sends the cookies of everything else on this host. */
const LIMITS = {
  maxHeaderSize: 65_536,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 1000,
  connectionsCheckingInterval: 1000,
};
const MOST_CONNECTIONS = 64;
const LONGEST_URL = 16_384;
const LONGEST_BODY = 65_536;

/** Without IPv6 nobody else can hold the other address either. */
const NO_IPV6: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);
