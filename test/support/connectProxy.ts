import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ConnectProxyOptions {
  /** Who may pass; anybody when nothing is said. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** PEM. The way to the proxy itself is then encrypted, and its address begins with `https:`. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where each `host:port` leads: a port of 127.0.0.1. Everything else is answered with 502. */
  readonly routes: Readonly<Record<string, number>>;
}

/** One CONNECT request, in the order of arrival. */
export interface Tunnel {
  /** `host:port`, as it was asked for. */
  readonly target: string;
  /** What came in `Proxy-Authorization`, compared with what was expected; never the value itself. */
  readonly credentials: 'none' | 'wrong' | 'right';
  /** 200, 407 or 502. */
  readonly status: number;
}

export interface ConnectProxy {
  readonly port: number;
  readonly tunnels: readonly Tunnel[];
  /** The address for `http.proxy`, with these credentials in it. */
  readonly url: (credentials?: ConnectProxyOptions['credentials']) => string;
  readonly clear: () => void;
  readonly stop: () => Promise<void>;
}

/** A proxy on loopback that tunnels (RFC 9110 §9.3.6) and nothing else: it reads no byte of what goes through. */
export async function startConnectProxy({ credentials, routes, tls }: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const sockets = new Set<Socket>();
  const expected = credentials && basic(credentials);
  // What is not CONNECT would be a plain request: nothing that a test may send in the clear.
  const refuse: RequestListener = (_, response) => response.writeHead(405).end();
  const server = tls ? createTlsServer(tls, refuse) : createServer(refuse);
  server.on('connection', (socket: Socket) => {
    keep(sockets, socket);
  });
  server.on('connect', ({ url: target = '', headers }, client: Socket, head) => {
    const given = headers['proxy-authorization'];
    const port = routes[target];
    const isAllowed = expected === undefined || given === expected;
    const status = !isAllowed ? 407 : port === undefined ? 502 : 200;
    tunnels.push({ target, status, credentials: given === undefined ? 'none' : isAllowed ? 'right' : 'wrong' });
    client.on('error', () => {});
    if (status !== 200 || port === undefined) {
      // RFC 9110 §11.7.1: a 407 says how to authenticate.
      const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="tests"\r\n' : '';
      client.end(`HTTP/1.1 ${status} Refused\r\n${challenge}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    keep(sockets, upstream);
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    tunnels,
    url: (given) => {
      const login = given ? `${encodeURIComponent(given.user)}:${encodeURIComponent(given.password)}@` : '';
      return `${tls ? 'https' : 'http'}://${login}127.0.0.1:${port}`;
    },
    clear: () => {
      tunnels.length = 0;
    },
    stop: async () => {
      const closed = once(server.close(), 'close');
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

/** RFC 7617 §2. */
function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
