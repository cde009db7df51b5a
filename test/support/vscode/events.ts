import type * as vscode from 'vscode';

export class Disposable {
  readonly #callOnDispose: () => unknown;
  #isDisposed = false;

  static from(...items: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const item of items) {
        item.dispose();
      }
    });
  }

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): void {
    if (!this.#isDisposed) {
      this.#isDisposed = true;
      this.#callOnDispose();
    }
  }
}

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: vscode.Event<T> = (listener, thisArgs, disposables) => {
    const entry = (value: T): unknown => listener.call(thisArgs, value) as unknown;
    this.#listeners.add(entry);
    const subscription = new Disposable(() => this.#listeners.delete(entry));
    disposables?.push(subscription);
    return subscription;
  };

  /** As in the editor, a listener that throws keeps the value from nobody; mocha fails the test that is running. */
  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export class CancellationTokenSource {
  readonly #canceled = new EventEmitter<unknown>();
  #isCanceled = false;
  readonly token: vscode.CancellationToken;

  constructor() {
    const isCanceled = (): boolean => this.#isCanceled;
    this.token = {
      get isCancellationRequested() {
        return isCanceled();
      },
      onCancellationRequested: this.#canceled.event,
    };
  }

  cancel(): void {
    if (!this.#isCanceled) {
      this.#isCanceled = true;
      this.#canceled.fire(undefined);
    }
  }

  dispose(): void {
    this.#canceled.dispose();
  }
}

export class CancellationError extends Error {
  constructor() {
    super('Canceled');
    this.name = 'Canceled';
  }
}
