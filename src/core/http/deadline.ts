import type { NinjaOneError } from '../base/errors.ts';
import { networkError } from './networkErrors.ts';

export interface DeadlineOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** Combines the caller's signal and a timeout into one signal, and into a promise that rejects when it aborts. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #onAbort = (): void => {
    this.#end('aborted');
  };
  #reject: () => void = () => {};
  #reason: 'aborted' | 'timeout' | undefined;

  readonly signal = this.#controller.signal;
  readonly passed: Promise<never>;

  constructor({ timeout, signal }: DeadlineOptions) {
    this.passed = new Promise<never>((_, reject) => {
      this.#reject = () => {
        reject(new Error('deadline'));
      };
    });
    this.passed.catch(() => {});
    // Timers of more than 2^31-1 ms fire at once.
    this.#timer = setTimeout(
      () => {
        this.#end('timeout');
      },
      Math.min(timeout, 2 ** 31 - 1),
    );
    this.#caller = signal;
    if (signal?.aborted) {
      this.#end('aborted');
    } else {
      signal?.addEventListener('abort', this.#onAbort);
    }
  }

  /** Ends the exchange without recording a reason, so that the rest of a body is not downloaded. */
  abort(): void {
    this.#controller.abort();
  }

  /** Restarts the timeout. */
  postpone(): void {
    if (this.#reason === undefined) {
      this.#timer.refresh();
    }
  }

  /** The reason if the deadline ended the exchange; it replaces the error that the abort caused. */
  failure(url: URL): NinjaOneError | undefined {
    switch (this.#reason) {
      case undefined:
        return undefined;
      case 'aborted':
        return networkError('aborted', url);
      case 'timeout':
        return networkError('timeout', url);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }

  #end(reason: 'aborted' | 'timeout'): void {
    this.#reason ??= reason;
    this.#controller.abort();
    this.#reject();
  }
}
