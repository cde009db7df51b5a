import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

export interface ConnectProxyOptions {
  /** The accepted credentials; without them anybody may pass. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** PEM. Encrypts the connection to the proxy itself, whose address then begins with `https:`. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Maps each `host:port` to a port of 127.0.0.1. Everything else gets 502. */
  readonly routes: Readonly<Record<string, number>>;
}

/** One CONNECT request, in the order of arrival. */
export interface Tunnel {
  /** `host:port`, as requested. */
  readonly target: string;
  /** The result of comparing `Proxy-Authorization` with the expected value; never the value itself. */
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

/** A proxy on loopback that only tunnels (RFC 9110 §9.3.6) and does not read the data. */
export async function startConnectProxy({ credentials, routes, tls }: ConnectProxyOptions): Promise<ConnectProxy> {
  const tunnels: Tunnel[] = [];
  const sockets = new Set<Socket>();
  const expected = credentials && basic(credentials);
  // Any other method would be a plain request, which no test may send unencrypted.
  const refuse: RequestListener = (_, response) => response.writeHead(405).end();
  const server = tls ? createTlsServer(tls, refuse) : createServer(refuse);
  server.on('connection', (socket: Socket) => {
    track(sockets, socket);
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
    track(sockets, upstream);
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

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}
