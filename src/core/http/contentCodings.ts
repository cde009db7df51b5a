import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { isAbout, type UndiciMessage } from './undiciMessages.ts';

/**
 * Keeps `fetch` from decompressing bodies by itself, because it takes compressed data that is cut for the whole (E7, E8).
 * Whoever reads the body decompresses it with `decompressed()`.
 */
export class ContentCodings {
  readonly #current = new AsyncLocalStorage<Receiving>();
  readonly #receiving = new WeakMap<object, Receiving>();

  constructor() {
    subscribe(BEFORE_REQUEST, this.#beforeRequest);
    subscribe(HEADERS, this.#headers);
  }

  /**
   * Runs `receive`, which calls `fetch` for this request. `codings` are those of the body that `fetch` has not decoded, in
   * the order in which the server applied them: none if it has decoded them or does not know one of them. If it rejects
   * although a response came, `hidden` makes the error for the status, which `fetch` does not tell.
   */
  async run<T>(
    request: Receiving['request'],
    receive: () => Promise<T>,
    hidden: (status: unknown, error: unknown) => unknown,
  ): Promise<{ readonly result: T; readonly codings: readonly Coding[] }> {
    const receiving: Receiving = { request, codings: [] };
    try {
      const result = await this.#current.run(receiving, receive);
      return { result, codings: receiving.codings };
    } catch (error) {
      throw hidden(receiving.status, error);
    }
  }

  dispose(): void {
    unsubscribe(BEFORE_REQUEST, this.#beforeRequest);
    unsubscribe(HEADERS, this.#headers);
    // Otherwise, every promise of the process goes on carrying its value, in Node.js before 24.
    this.#current.disable();
  }

  readonly #beforeRequest = (message: unknown): void => {
    const receiving = this.#current.getStore();
    const { request } = message as UndiciMessage;
    if (receiving && request && isAbout({ request }, receiving.request)) {
      this.#receiving.set(request, receiving);
    }
  };

  readonly #headers = (message: unknown): void => {
    const { request, response } = message as HeadersMessage;
    const receiving = request && this.#receiving.get(request);
    const headers = response?.headers;
    if (receiving) {
      receiving.status = response?.statusCode;
    }
    if (receiving && Array.isArray(headers)) {
      receiving.codings = takeCodings(headers);
    }
  };
}

export type Coding = keyof typeof DECODERS;

/**
 * The decompressed parts of a body. Throws an error with a code `Z_…` if the data is damaged or ends too early. A body
 * without any data stays one, because some servers send the header without it.
 */
export async function* decompressed(
  parts: AsyncIterable<Uint8Array>,
  codings: readonly Coding[],
): AsyncGenerator<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (first.done !== true && first.value.byteLength === 0) {
    first = await iterator.next();
  }
  if (first.done === true) {
    return;
  }
  const { value: start } = first;
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield start;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  let source: Readable = Readable.from(whole(), { objectMode: false });
  codings.toReversed().forEach((coding, index) => {
    // The errors of all streams reach the last one, which is read below.
    source = pipeline(source, DECODERS[coding](index === 0 ? start : undefined), () => {});
  });
  yield* source as AsyncIterable<Uint8Array>;
}

/** RFC 9110 §8.4.1, and RFC 7932. With their defaults, they refuse data that ends too early. */
const DECODERS = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Some servers leave out the header of zlib, as its method (RFC 1950 §2.2) in the first byte shows.
  deflate: (start: Uint8Array | undefined) =>
    start && ((start[0] ?? 0) & 0x0f) !== 8 ? createInflateRaw() : createInflate(),
  br: () => createBrotliDecompress(),
} satisfies Record<string, (start: Uint8Array | undefined) => Transform>;

/** As many as `fetch` accepts. */
const MAX_CODINGS = 5;

/** Removes the header from a list of names and values if all of its codings are known. */
function takeCodings(headers: unknown[]): readonly Coding[] {
  const names = headers.map((text, index) => (index % 2 === 0 ? String(text).toLowerCase() : ''));
  const values = names.flatMap((name, index) =>
    name === 'content-encoding'
      ? String(headers[index + 1])
          .toLowerCase()
          .split(',')
      : [],
  );
  const codings = values.map((value) => value.trim());
  if (codings.length === 0 || codings.length > MAX_CODINGS || !codings.every(isCoding)) {
    return [];
  }
  for (let index = names.length; index >= 0; index--) {
    if (names[index] === 'content-encoding') {
      headers.splice(index, 2);
    }
  }
  return codings;
}

function isCoding(text: string): text is Coding {
  return Object.hasOwn(DECODERS, text);
}

interface Receiving {
  readonly request: { readonly url: URL; readonly method: string };
  codings: readonly Coding[];
  status?: unknown;
}

/**
 * Every undici of the process publishes here, also the one in Node.js: when it prepares a request, within the call of
 * `fetch`, and when it has read the headers of the response. It goes on with the list of headers that it has published.
 */
const BEFORE_REQUEST = 'undici:request:create';
const HEADERS = 'undici:request:headers';

interface HeadersMessage extends UndiciMessage {
  /** Names and values in turn, as bytes. */
  readonly response?: { readonly statusCode?: unknown; readonly headers?: unknown };
}
