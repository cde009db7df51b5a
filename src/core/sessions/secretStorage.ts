import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { within, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';

/** The part of `vscode.SecretStorage` that we use. */
export interface SecretPort {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  keys(): PromiseLike<string[]>;
  readonly onDidChange: Event<{ readonly key: string }>;
}

/**
 * A secret storage that throws or does not answer within `timeout` milliseconds is one kind of failure, a NinjaOneError
 * (A14).
 */
export function withDeadline(secrets: SecretPort, timeout = STORAGE_TIMEOUT): SecretPort {
  return {
    get: (key) => ask(timeout, () => secrets.get(key)),
    store: (key, value) => ask(timeout, () => secrets.store(key, value)),
    delete: (key) => ask(timeout, () => secrets.delete(key)),
    keys: () => ask(timeout, () => secrets.keys()),
    onDidChange: (listener) => secrets.onDidChange(listener),
  };
}

export interface WriterOptions {
  readonly secrets: SecretPort;
  readonly logger: Logger;
  /** Pauses in milliseconds between the attempts. */
  readonly retries?: readonly number[];
}

/** Writes one secret; resolves to whether the storage took it in the end. */
export type SecretWriter = (key: string, text: string) => Promise<boolean>;

export function createWriter({ secrets, logger, retries = [200, 500, 1000, 2000] }: WriterOptions): SecretWriter {
  return async (key, text) => {
    for (let attempt = 0; ; attempt++) {
      try {
        await secrets.store(key, text);
        return true;
      } catch (error) {
        logger.warn(`The secret storage did not take a record: ${describe(error)}`);
        const pause = retries[attempt];
        if (pause === undefined) {
          return false;
        }
        await new Promise((resolve) => {
          setTimeout(resolve, pause);
        });
      }
    }
  };
}

/** The message of our own error or of its cause; storage errors name keys, never values. */
export function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : 'unknown error';
}

/** Milliseconds that a secret storage gets to answer; a locked keyring may ask its user first. */
const STORAGE_TIMEOUT = 5000;

async function ask<T>(timeout: number, response: () => PromiseLike<T>): Promise<T> {
  try {
    return await within(timeout, Promise.resolve(response()), () => new Error('it did not answer in time'));
  } catch (cause) {
    throw new NinjaOneError({
      code: 'storage.failed',
      intent: 'storage',
      message: l10n.t(
        'The secret storage of the editor did not work, so nothing was changed. Unlock the keyring of your system and try again.',
      ),
      action: 'showLog',
      cause,
    });
  }
}
