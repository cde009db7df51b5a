import { lazy, type Disposable } from './lifecycle.ts';
import type { SecretRedactor } from './redaction.ts';

/** The subset of `vscode.LogOutputChannel` in use. Pass messages only; a third-party error object may hold a token. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Knows the secrets that must not be in the log. */
export interface Redactor {
  /** Registers a secret until disposed. */
  add(secret: string): Disposable;
}

/**
 * Keeps the registered secrets, and loads what removes them from a text when the first line is written. Lines wait until
 * then, in their order.
 */
export class LazyRedaction implements Redactor {
  #loaded: SecretRedactor | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #secrets = new Set<Registered>();

  readonly load = lazy(async () => {
    const { SecretRedactor } = await import('./redaction.ts');
    const redactor = new SecretRedactor();
    for (const each of this.#secrets) {
      each.registration = redactor.add(each.secret);
    }
    this.#secrets.clear();
    this.#loaded = redactor;
    this.#waiting.splice(0).forEach((write) => {
      write();
    });
    return redactor;
  });

  add(secret: string): Disposable {
    if (this.#loaded) {
      return this.#loaded.add(secret);
    }
    const registered: Registered = { secret, registration: undefined };
    this.#secrets.add(registered);
    return {
      dispose: () => {
        this.#secrets.delete(registered);
        registered.registration?.dispose();
      },
    };
  }

  /** Writes redacted lines to the target. */
  logger(target: Logger): Logger {
    const writer = (level: keyof Logger) => (message: string) => {
      const write = (): void => {
        if (this.#loaded) {
          target[level](this.#loaded.redact(message));
        }
      };
      if (this.#loaded) {
        write();
        return;
      }
      this.#waiting.push(write);
      // After a failure, the next line tries again.
      this.load().catch(() => {});
    };
    return {
      trace: writer('trace'),
      debug: writer('debug'),
      info: writer('info'),
      warn: writer('warn'),
      error: writer('error'),
    };
  }
}

interface Registered {
  readonly secret: string;
  registration: Disposable | undefined;
}
