import { Emitter, FreshRead, type Disposable, type Event } from '../base/lifecycle.ts';
import type { SecretPort } from './secretStorage.ts';
import type { SessionStore } from './sessionStore.ts';

export interface StorageRecoveryOptions {
  readonly store: SessionStore;
  readonly secrets: Pick<SecretPort, 'onDidChange'>;
  /** Minimum time in milliseconds between two attempts; 2 s. */
  readonly pause?: number;
}

/**
 * Reads the sessions that could not be read from the secret storage, and writes those that it did not take, until both
 * succeed: when a secret changes, when a token is needed, and when the window gets the focus (A14).
 */
export class StorageRecovery implements Disposable {
  readonly #store: SessionStore;
  readonly #pause: number;
  readonly #loaded = new Emitter<void>();
  readonly #subscription: Disposable;
  readonly #attempts = new FreshRead(() => this.#attempt());
  #last = -Infinity;

  /** Fires when the sessions could be read after all. */
  readonly onDidLoad: Event<void> = this.#loaded.event;

  constructor({ store, secrets, pause = 2000 }: StorageRecoveryOptions) {
    this.#store = store;
    this.#pause = pause;
    this.#subscription = secrets.onDidChange(() => {
      void this.run();
    });
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const isPausing = performance.now() - this.#last < this.#pause;
    if (this.#isNeeded && !isPausing) {
      await this.#attempts.run();
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#loaded.dispose();
  }

  get #isNeeded(): boolean {
    return this.#store.hasLoadFailed || this.#store.isBehind;
  }

  async #attempt(): Promise<void> {
    if (this.#store.hasLoadFailed && !(await this.#store.load()).failed) {
      this.#loaded.fire();
    }
    await this.#store.catchUp();
    this.#last = performance.now();
  }
}
