import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { ApiResponse } from '../../src/core/api/apiResponse.ts';
import { isNinjaOneError } from '../../src/core/base/errors.ts';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { connectionOf } from './connectionFixtures.ts';
import { silentLogger } from './silentLogger.ts';

/** What a server got, as it came over the socket. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type WireAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/** The API client with the real transport before a real server, which answers from a list: its last answer for ever. */
export class Wire {
  readonly arrived: Arrived[] = [];
  /** Milliseconds that the client would have waited. */
  readonly pauses: number[] = [];
  /** Of each token that was asked for: whether it had to be renewed. */
  readonly forced: boolean[] = [];
  readonly connection: Connection;
  scopes: readonly Scope[] = ['monitoring', 'management'];
  mayWrite = true;
  /** Milliseconds until a time-out, until the first pause. */
  patience = PATIENCE;
  answers: WireAnswer[] = [];
  readonly #client: ApiClient;
  readonly #server: Server;
  readonly #transport: ReturnType<typeof createTransport>;

  static async start(): Promise<Wire> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const wire = new Wire(server);
    server.on('request', (request, response) => void wire.#answer(request, response));
    return wire;
  }

  private constructor(server: Server) {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.connection = connectionOf({
      instance: { origin, label: 'local', kind: 'loopback', host: new URL(origin).host },
    });
    this.#server = server;
    this.#transport = createTransport({
      fetch: globalThis.fetch,
      logger: silentLogger,
      proxySupport: () => 'override',
    });
    this.#client = new ApiClient({
      transport: this.#transport.send,
      writes: { mayWrite: () => this.mayWrite },
      timeout: () => this.patience,
      now: () => 1_767_225_600_000,
      sleep: (milliseconds) => {
        this.pauses.push(milliseconds);
        this.patience = PATIENCE;
        return Promise.resolve();
      },
    });
  }

  /** Confirmed where it has to be. Answers a failure of either kind by its code, with the whole answer if there is one. */
  async send(request: ApiRequest): Promise<{ readonly code: string | undefined; readonly response?: ApiResponse }> {
    const session: ApiSession = {
      connection: this.connection,
      scopes: this.scopes,
      accessToken: ({ force }) => {
        this.forced.push(force);
        return Promise.resolve(`token-${this.forced.length}`);
      },
    };
    const confirmation = await this.#client.confirm(request, () => Promise.resolve(true));
    try {
      const response = await this.#client.send(request, { session, confirmation });
      return { code: response.failure?.code, response };
    } catch (error) {
      if (isNinjaOneError(error)) {
        return { code: error.code };
      }
      throw error;
    }
  }

  /** For the next case: nothing arrived, nothing asked for. */
  clear(): void {
    for (const list of [this.arrived, this.pauses, this.forced, this.answers]) {
      list.length = 0;
    }
    this.scopes = ['monitoring', 'management'];
    this.patience = PATIENCE;
  }

  async stop(): Promise<void> {
    await this.#transport.close();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    const { method = '', url = '', rawHeaders } = request;
    this.arrived.push({ method, url, rawHeaders, body: Buffer.concat(parts).toString() });
    const [answer] = this.answers;
    if (this.answers.length > 1) {
      this.answers.shift();
    }
    (answer ?? ok)(response, request);
  }
}

const PATIENCE = 10_000;

export function answering(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer {
  return (response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
  };
}

export const ok = answering(200, []);

/** The connection is cut when the request has come. */
export const reset: WireAnswer = (_response, request) => {
  request.socket.destroy();
};

/** The connection is cut in the midst of the body. */
export const half: WireAnswer = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"id":', () => request.socket.destroy());
};

/** Nothing comes. */
export const silence: WireAnswer = () => {};

/** A beginning comes, and no end. */
export const stall: WireAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
};
