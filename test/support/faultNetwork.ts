import { once } from 'node:events';
import { request as callHttp, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import Agent from 'undici/lib/dispatcher/agent.js';
import { startFaultProxy, type FaultProxy, type NetworkFault } from '../../sandbox/faultProxy.ts';
import { createAuthority } from './certificates.ts';
import { startConnectProxy, type ConnectProxy } from './connectProxy.ts';

/** A fault of the server's side, or one on the way there, which the server never hears of. */
export type AnyFault =
  | NetworkFault
  | { readonly at: 'name'; readonly code: 'ENOTFOUND' | 'EAI_AGAIN' }
  | { readonly at: 'dial' }
  /** A proxy that wants a password, does not know the host, or is not running. */
  | { readonly at: 'proxy'; readonly kind: 'password' | 'unknownHost' | 'down' };

/**
 * The network of one machine: `fetch` reaches one host over https, through a fault proxy in front of a local server. No
 * request leaves loopback.
 */
export class FaultNetwork {
  readonly #host: string;
  readonly #authority: string;
  readonly #proxy: FaultProxy;
  readonly #connectProxy: ConnectProxy;
  readonly #closedPort: number;
  #fault: AnyFault | undefined;
  #metOnTheWay = 0;
  #dispatcher: Agent | undefined;

  static async start(host: string, target: number): Promise<FaultNetwork> {
    const authority = createAuthority();
    const certificates = {
      right: authority.issue(host),
      untrusted: createAuthority().issue(host),
      expired: authority.issueExpired(host),
      otherHost: authority.issue('portal.example'),
    };
    const proxy = await startFaultProxy({ target, certificates });
    const connectProxy = await startConnectProxy({
      credentials: LOGIN,
      routes: {},
    });
    const closed = createServer();
    await once(closed.listen(0, '127.0.0.1'), 'listening');
    const { port } = closed.address() as AddressInfo;
    await once(closed.close(), 'close');
    return new FaultNetwork({ host, authority: authority.cert, proxy, connectProxy, closedPort: port });
  }

  private constructor(parts: {
    readonly host: string;
    readonly authority: string;
    readonly proxy: FaultProxy;
    readonly connectProxy: ConnectProxy;
    readonly closedPort: number;
  }) {
    this.#host = parts.host;
    this.#authority = parts.authority;
    this.#proxy = parts.proxy;
    this.#connectProxy = parts.connectProxy;
    this.#closedPort = parts.closedPort;
  }

  readonly fetch: typeof globalThis.fetch = (input, init) => {
    this.#dispatcher ??= this.#createDispatcher();
    // The types of `fetch` belong to another version of undici.
    const dispatcher = this.#dispatcher as unknown as NonNullable<RequestInit['dispatcher']>;
    return globalThis.fetch(input, { ...init, dispatcher });
  };

  /** How often the fault was met since `arm`. */
  get met(): number {
    return this.#metOnTheWay + this.#proxy.met;
  }

  /** The requests that arrived at the server's side since `arm`. */
  get requests(): FaultProxy['requests'] {
    return this.#proxy.requests;
  }

  async arm(fault: AnyFault): Promise<void> {
    await this.#forgetConnections();
    this.#metOnTheWay = 0;
    this.#fault = fault;
    this.#proxy.arm(fault.at === 'name' || fault.at === 'dial' || fault.at === 'proxy' ? undefined : fault);
  }

  async disarm(): Promise<void> {
    this.#fault = undefined;
    await this.#proxy.disarm();
    await this.#forgetConnections();
  }

  async stop(): Promise<void> {
    await this.#forgetConnections();
    await Promise.all([this.#proxy.stop(), this.#connectProxy.stop()]);
  }

  async #forgetConnections(): Promise<void> {
    await this.#dispatcher?.destroy();
    this.#dispatcher = undefined;
  }

  #createDispatcher(): Agent {
    return new Agent({
      connect: ({ hostname }, callback) => {
        this.#connect(hostname).then(
          (socket) => callback(null, socket),
          (error: unknown) => callback(error as Error, null),
        );
      },
    });
  }

  async #connect(hostname: string): Promise<Socket> {
    const fault = this.#fault;
    if (fault?.at === 'proxy') {
      this.#metOnTheWay += 1;
      return this.#tunnel(hostname, fault.kind);
    }
    const isRefused = fault?.at === 'dial';
    this.#metOnTheWay += isRefused ? 1 : 0;
    const socket = connectTls({
      host: hostname,
      port: isRefused ? this.#closedPort : this.#proxy.port,
      servername: hostname,
      ca: this.#authority,
      lookup: this.#lookup,
    });
    try {
      await once(socket, 'secureConnect');
      return socket;
    } catch (error) {
      // The port stands for 443 of the host.
      throw error instanceof Error && 'port' in error ? Object.assign(error, { port: 443 }) : error;
    }
  }

  /** Fails as VS Code's fetch does when its proxy opens no tunnel. */
  async #tunnel(hostname: string, kind: 'password' | 'unknownHost' | 'down'): Promise<never> {
    const login = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString('base64');
    const request = callHttp({
      host: '127.0.0.1',
      port: kind === 'down' ? this.#closedPort : this.#connectProxy.port,
      method: 'CONNECT',
      path: `${hostname}:443`,
      headers: kind === 'unknownHost' ? { 'proxy-authorization': `Basic ${login}` } : {},
    });
    request.end();
    const [response, socket] = (await once(request, 'connect')) as [IncomingMessage, Socket];
    socket.destroy();
    throw new Error(`Proxy response (${response.statusCode}) !== 200 when HTTP Tunneling`);
  }

  readonly #lookup: LookupFunction = (hostname, { all }, callback) => {
    if (this.#fault?.at === 'name') {
      this.#metOnTheWay += 1;
      const { code } = this.#fault;
      const message = `getaddrinfo ${code} ${hostname}`;
      callback(Object.assign(new Error(message), { code, syscall: 'getaddrinfo', hostname }), '');
    } else if (hostname !== this.#host) {
      callback(new Error(`This test does not know the host ${hostname}.`), '');
    } else if (all) {
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    } else {
      callback(null, '127.0.0.1', 4);
    }
  };
}

const LOGIN = { user: 'somebody', password: 'else' };
