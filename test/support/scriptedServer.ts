import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '../../src/core/connections/connection.ts';
import { connectionOf } from './connectionFixtures.ts';

export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Closes the connection in place of an answer, or in the middle of one. */
  readonly cut?: 'before' | 'within';
  /** Never answers. */
  readonly isSilent?: boolean;
}

/** What one caller gets; `index` counts its requests from 0. */
export type Answerer = (arrived: Arrived, index: number) => ScriptedAnswer;

interface Caller {
  readonly answer: Answerer;
  readonly arrived: Arrived[];
}

/**
 * A server for other programs than the extension. Each caller has its own answers and its own list of what arrived: its
 * name is the access token, or the client ID in a token request, whose token is the same name.
 */
export class ScriptedServer {
  readonly connection: Connection;
  readonly #server: Server;
  readonly #callers = new Map<string, Caller>();

  static async start(): Promise<ScriptedServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.connection = connectionOf({
      instance: { origin, label: 'local', kind: 'loopback', host: new URL(origin).host },
    });
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const body = Buffer.concat(parts).toString();
        const name = headers.authorization?.replace(/^Bearer /, '') ?? new URLSearchParams(body).get('client_id') ?? '';
        const caller: Caller = this.#callers.get(name) ?? { answer: () => ({ status: 404 }), arrived: [] };
        const arrived: Arrived = { method, url, headers, body, at: performance.now() };
        caller.arrived.push(arrived);
        const answer = caller.answer(arrived, caller.arrived.length - 1);
        if (answer.isSilent) {
          return;
        }
        if (answer.cut === 'before') {
          request.socket.destroy();
          return;
        }
        const bytes = Buffer.from(answer.body ?? '');
        const length = answer.cut === 'within' ? { 'content-length': bytes.length + 100 } : {};
        response.writeHead(answer.status ?? 200, {
          ...(answer.type === '' ? {} : { 'content-type': answer.type ?? 'application/json' }),
          ...length,
          ...answer.headers,
        });
        if (answer.cut === 'within') {
          response.write(bytes, () => request.socket.destroy());
        } else {
          response.end(bytes);
        }
      });
    });
  }

  /** Returns what will have arrived from the caller. */
  expect(name: string, answer: Answerer): readonly Arrived[] {
    const arrived: Arrived[] = [];
    this.#callers.set(name, { answer, arrived });
    return arrived;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
