import { NinjaOneError, errorMessage } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { withTimeout, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';

/** The subset of `vscode.SecretStorage` in use. */
export interface SecretPort {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
  keys(): PromiseLike<string[]>;
  readonly onDidChange: Event<{ readonly key: string }>;
}

/**
 * Converts errors of the secret storage, and calls that take longer than `timeout` milliseconds, to a NinjaOneError
 * (A14).
 */
export function withDeadline(secrets: SecretPort, timeout = STORAGE_TIMEOUT): SecretPort {
  return {
    get: (key) => run(timeout, () => secrets.get(key)),
    store: (key, value) => run(timeout, () => storeUnquoted(secrets, key, value)),
    delete: (key) => run(timeout, () => secrets.delete(key)),
    keys: () => run(timeout, () => secrets.keys()),
    onDidChange: (listener) => secrets.onDidChange(listener),
  };
}

export interface WriterOptions {
  readonly secrets: SecretPort;
  readonly logger: Logger;
  /** Pauses in milliseconds between the attempts. */
  readonly retries?: readonly number[];
  /** Whether the window is closing: then VS Code refuses every call, and another attempt would only take time. */
  readonly isClosing?: () => boolean;
}

/** Writes one secret; resolves to whether it was stored. */
export type SecretWriter = (key: string, text: string) => Promise<boolean>;

export function createSecretWriter({
  secrets,
  logger,
  retries = [200, 500, 1000, 2000],
  isClosing = () => false,
}: WriterOptions): SecretWriter {
  return async (key, text) => {
    for (let attempt = 0; ; attempt++) {
      try {
        await secrets.store(key, text);
        return true;
      } catch (error) {
        logger.warn(`The secret storage did not take a record: ${storageErrorMessage(error)}`);
        const pause = retries[attempt];
        if (pause === undefined || isClosing()) {
          return false;
        }
        await sleep(pause);
      }
    }
  };
}

/** The message of the cause. Errors of `withDeadline` contain keys, and no value that was to be stored. */
export function storageErrorMessage(error: unknown): string {
  return errorMessage(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

/** Milliseconds; a locked keyring may prompt the user first. */
const STORAGE_TIMEOUT = 5000;

async function run<T>(timeout: number, response: () => PromiseLike<T>): Promise<T> {
  try {
    return await withTimeout(timeout, Promise.resolve(response()), () => new Error('it did not respond in time'));
  } catch (cause) {
    throw new NinjaOneError({
      code: 'storage.failed',
      intent: 'storage',
      message: l10n.t(
        'Could not access the secret storage of VS Code. Nothing was changed. Unlock the keyring of your operating system and try again.',
      ),
      action: 'showLog',
      cause,
    });
  }
}

/** An error can quote what was to be stored, and the log does not know a new token yet (P9). */
function storeUnquoted(secrets: SecretPort, key: string, value: string): Promise<void> {
  const store = async (): Promise<void> => secrets.store(key, value);
  return store().catch(async (error: unknown) => {
    const { withoutSecrets } = await import('../base/redaction.ts');
    throw new Error(withoutSecrets(errorMessage(error), stringsOf(value), '…'));
  });
}

/** The strings in a value that is JSON, or the value itself. */
function stringsOf(value: string): readonly string[] {
  const strings = [value];
  try {
    JSON.parse(value, (_, each: unknown) => {
      if (typeof each === 'string') {
        strings.push(each);
      }
      return each;
    });
  } catch {
    // A client secret.
  }
  return strings;
}
