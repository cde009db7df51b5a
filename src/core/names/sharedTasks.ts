import { canceled } from '../base/errors.ts';

interface Running<T> {
  readonly promise: Promise<T>;
  readonly ending: AbortController;
  waiting: number;
}

/** Concurrent calls with the same key share one task. It is aborted when nobody waits for it any longer. */
export class SharedTasks<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Rejects as canceled as soon as the signal of the caller is aborted. */
  async run(key: string, task: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) {
      throw canceled();
    }
    const running = this.#running.get(key) ?? this.#start(key, task);
    running.waiting++;
    let leave = (): void => {};
    try {
      return await Promise.race([
        running.promise,
        new Promise<never>((_, reject) => {
          leave = () => {
            reject(canceled());
          };
          signal.addEventListener('abort', leave, { once: true });
        }),
      ]);
    } finally {
      signal.removeEventListener('abort', leave);
      running.waiting--;
      if (running.waiting === 0) {
        this.#end(key, running);
      }
    }
  }

  /** Aborts all tasks. */
  abort(): void {
    for (const [key, running] of [...this.#running]) {
      this.#end(key, running);
    }
  }

  #start(key: string, task: (signal: AbortSignal) => Promise<T>): Running<T> {
    const ending = new AbortController();
    const running = { promise: task(ending.signal), ending, waiting: 0 };
    running.promise.catch(() => {});
    this.#running.set(key, running);
    return running;
  }

  #end(key: string, running: Running<T>): void {
    if (this.#running.get(key) === running) {
      this.#running.delete(key);
    }
    running.ending.abort();
  }
}
