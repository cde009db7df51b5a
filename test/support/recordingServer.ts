import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { ApiResponse } from '../../src/core/api/apiResponse.ts';
import { isNinjaOneError } from '../../src/core/base/errors.ts';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { openLocalFile } from '../../src/core/files/localFile.ts';
import { createTransport } from '../../src/core/http/transport.ts';
import { connectionOf } from './connectionFixtures.ts';
import { silentLogger } from '../../tooling/silentLogger.ts';

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values alternate. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly content: Buffer;
}

export type Responder = (response: ServerResponse, request: IncomingMessage) => void;

/**
 * The API client with the real transport and a local HTTP server, which uses the responders in order; the last one
 * repeats.
 */
export class RecordingServer {
  readonly received: ReceivedRequest[] = [];
  /** Milliseconds that the client would have waited. */
  readonly pauses: number[] = [];
  /** For each access token that the client asked for: whether it forced a renewal. */
  readonly forced: boolean[] = [];
  readonly connection: Connection;
  scopes: readonly Scope[] = ['monitoring', 'management'];
  mayWrite = true;
  /** The files that forms may send are in this folder. */
  folder = '';
  /** Time-out in milliseconds; the first pause resets it. */
  timeout = TIMEOUT_MS;
  responders: Responder[] = [];
  readonly #client: ApiClient;
  readonly #server: Server;
  readonly #transport: ReturnType<typeof createTransport>;

  static async start(): Promise<RecordingServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const recorder = new RecordingServer(server);
    server.on('request', (request, response) => void recorder.#respond(request, response));
    return recorder;
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
      files: { open: (path) => openLocalFile(join(this.folder, path), () => {}) },
      timeout: () => this.timeout,
      now: () => 1_767_225_600_000,
      sleep: (milliseconds) => {
        this.pauses.push(milliseconds);
        this.timeout = TIMEOUT_MS;
        return Promise.resolve();
      },
    });
  }

  /**
   * Confirms the request if that is required. `code` is that of a failure, whether it was thrown or came with a
   * response.
   */
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

  /** Forgets everything, for the next case. */
  clear(): void {
    for (const list of [this.received, this.pauses, this.forced, this.responders]) {
      list.length = 0;
    }
    this.scopes = ['monitoring', 'management'];
    this.timeout = TIMEOUT_MS;
  }

  async stop(): Promise<void> {
    await this.#transport.close();
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    const { method = '', url = '', rawHeaders } = request;
    const content = Buffer.concat(parts);
    this.received.push({ method, url, rawHeaders, body: content.toString(), content });
    const [responder] = this.responders;
    if (this.responders.length > 1) {
      this.responders.shift();
    }
    (responder ?? ok)(response, request);
  }
}

const TIMEOUT_MS = 10_000;

export function respondWith(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Responder {
  return (response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(text);
  };
}

export const ok = respondWith(200, []);

/** Closes the connection once the request has arrived. */
export const reset: Responder = (_response, request) => {
  request.socket.destroy();
};

/** Closes the connection in the middle of the body. */
export const half: Responder = (response, request) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"id":', () => request.socket.destroy());
};

/** Never responds. */
export const silence: Responder = () => {};

/** Sends the start of a body and never ends it. */
export const stall: Responder = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
};
