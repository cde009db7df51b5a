import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { FakeEditor, type FakeConnection } from './fakeEditor.ts';

export interface ReceivedRequest {
  readonly customer: string;
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
}

/** An editor whose connections lead to servers of their own, one for each customer, on loopback. */
export class FakeCustomers {
  readonly editor = new FakeEditor();
  readonly received: ReceivedRequest[] = [];
  /** Tokens that these servers refuse with 401. */
  readonly expired = new Set<string>();
  /** Answered to everything instead, when set. */
  status: number | undefined;
  /** Answered with `Retry-After`, each to one request, before everything else. */
  readonly busy: { readonly status: 429 | 503; readonly retryAfter: string }[] = [];
  readonly #servers: Server[] = [];

  async add(name: string): Promise<FakeConnection> {
    const server = createServer((request, response) => void this.#answer(name, request, response));
    this.#servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return this.editor.addConnection(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** The customers at whose servers requests arrived since the last call. */
  takeReceived(): readonly string[] {
    return this.received.splice(0).map(({ customer, method, path }) => `${customer}: ${method} ${path}`);
  }

  stop(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #answer(customer: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const body = await text(request);
    this.received.push({ customer, method, path: url, token, body: body === '' ? undefined : JSON.parse(body) });
    const busy = this.busy.shift();
    if (busy) {
      response.writeHead(busy.status, { 'retry-after': busy.retryAfter }).end();
      return;
    }
    response.statusCode = this.expired.has(token) ? 401 : (this.status ?? (method === 'GET' ? 200 : 204));
    response.setHeader('content-type', 'application/json');
    response.end(method === 'GET' ? JSON.stringify([{ id: 7, systemName: `PC of ${customer}` }]) : undefined);
  }
}
