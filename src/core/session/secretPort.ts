import { NinjaOneError } from '../base/errors.ts';
import { within, type Event } from '../base/lifecycle.ts';

/** The part of `vscode.SecretStorage` that we use. */
export interface SecretPort {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  keys(): PromiseLike<string[]>;
  readonly onDidChange: Event<{ readonly key: string }>;
}

/** A secret storage that throws or does not answer within `timeout` milliseconds is one kind of failure (A14). */
export async function askStorage<T>(timeout: number, answer: () => PromiseLike<T>): Promise<T> {
  try {
    return await within(timeout, Promise.resolve(answer()), () => new Error('it did not answer in time'));
  } catch (cause) {
    throw new NinjaOneError({
      code: 'storage.failed',
      intent: 'storage',
      template:
        'The secret storage of the editor did not work, so nothing was changed. Unlock the keyring of your system and try again.',
      action: 'showLog',
      cause,
    });
  }
}

/** Milliseconds that a secret storage gets to answer; a locked keyring may ask its user first. */
export const STORAGE_TIMEOUT = 5000;
