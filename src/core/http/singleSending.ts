import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isAbout, type UndiciMessage } from './undiciMessages.ts';

/**
 * Keeps `fetch` from sending a request a second time by itself, as it does after status 421 (Fetch Standard,
 * HTTP-network-or-cache fetch, step 16). The first one may have used up a code or a refresh token, or have changed data,
 * whatever the status says (A7, E9).
 */
export class SingleSending {
  readonly #current = new AsyncLocalStorage<Sending>();

  constructor() {
    subscribe(BEFORE_REQUEST, this.#beforeRequest);
  }

  /**
   * Runs `send`, which calls `fetch` once for this request. When `fetch` is about to send it again, `stop` has to abort it,
   * and the result is undefined.
   */
  async run<T>(request: Sending['request'], send: () => Promise<T>, stop: () => void): Promise<T | undefined> {
    const sending: Sending = { request, count: 0, stop };
    try {
      return await this.#current.run(sending, send);
    } catch (error) {
      if (sending.count > 1) {
        return undefined;
      }
      throw error;
    }
  }

  dispose(): void {
    unsubscribe(BEFORE_REQUEST, this.#beforeRequest);
    // Otherwise, every promise of the process goes on carrying its value, in Node.js before 24.
    this.#current.disable();
  }

  readonly #beforeRequest = (message: unknown): void => {
    const sending = this.#current.getStore();
    // A proxy is first asked for a tunnel in the same call, and an extension that has replaced `fetch` may ask for more.
    if (sending && isAbout(message as UndiciMessage, sending.request) && ++sending.count > 1) {
      sending.stop();
    }
  };
}

interface Sending {
  readonly request: { readonly url: URL; readonly method: string };
  count: number;
  readonly stop: () => void;
}

/**
 * Every undici of the process publishes here, also the one in Node.js, when it prepares a request. That happens within the
 * call of `fetch`, so that the requests of others are not confused with ours.
 */
const BEFORE_REQUEST = 'undici:request:create';
