import { Buffer } from 'node:buffer';
import type { Connection, Scope } from '../../src/core/connections/connection.ts';
import { ApiClient, type ApiSession } from '../../src/core/api/apiClient.ts';
import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { Operation } from '../../src/core/catalog/operation.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/http/transport.ts';
import { connectionOf, ORIGIN } from './connectionFixtures.ts';

export type FakeResponse = HttpResponse | Error | ((request: HttpRequest) => HttpResponse | Promise<HttpResponse>);

/**
 * An API client with a fake transport that records each request and returns the given responses in order; the last one
 * repeats.
 */
export class ApiClientFixture {
  readonly sent: HttpRequest[] = [];
  readonly pauses: number[] = [];
  readonly forced: boolean[] = [];
  readonly #responses: FakeResponse[];
  mayWrite = false;
  /** Whether the description of the instance has the operation. */
  isDescribed: boolean | undefined;
  scopes: readonly Scope[] = ['monitoring'];
  /** Called during each pause. */
  onSleep: () => void = () => {};
  accessToken: (options: { readonly force: boolean }) => Promise<string> = () =>
    Promise.resolve(`token-${this.forced.length}`);

  readonly client = new ApiClient({
    transport: (request) => this.#respond(request),
    writes: { mayWrite: () => this.mayWrite },
    isDescribed: () => Promise.resolve(this.isDescribed),
    timeout: () => 1000,
    now: () => 1_767_225_600_000,
    sleep: (milliseconds) => {
      this.pauses.push(milliseconds);
      this.onSleep();
      return Promise.resolve();
    },
  });

  constructor(...responses: readonly FakeResponse[]) {
    this.#responses = [...responses];
  }

  session(connection: Connection = connectionOf()): ApiSession {
    return {
      connection,
      scopes: this.scopes,
      accessToken: (options) => {
        this.forced.push(options.force);
        return this.accessToken(options);
      },
    };
  }

  async #respond(request: HttpRequest): Promise<HttpResponse> {
    this.sent.push(request);
    const response = this.#responses.length > 1 ? this.#responses.shift() : this.#responses[0];
    if (response instanceof Error) {
      throw response;
    }
    return typeof response === 'function' ? response(request) : (response ?? json([]));
  }
}

export function json(
  value: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): HttpResponse {
  return {
    status,
    headers: new Headers({ 'content-type': 'application/json', ...headers }),
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function text(
  body: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): HttpResponse {
  return { status, headers: new Headers(headers), body: Buffer.from(body) };
}

/** JSON that is too large for memory: all bytes go to the file of the request, and only the first stay in memory. */
export function largeAnswer(bytes: Uint8Array, kept = 1000): FakeResponse {
  return async ({ overflow }) => {
    await overflow?.start();
    await overflow?.write(bytes);
    return { ...json([]), body: bytes.subarray(0, kept), overflow: bytes.byteLength };
  };
}

/** With a harmless value for each path parameter. */
export function requestOf(
  operation: Operation,
  { query = '', body }: { query?: string; body?: string } = {},
): ApiRequest {
  const path = operation.path.replace(/\{[^}]+\}/g, '1');
  return { connection: connectionOf(), operation, url: `${ORIGIN}${path}${query}`, body };
}
