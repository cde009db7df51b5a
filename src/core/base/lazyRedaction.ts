import { lazy, type Disposable } from './lifecycle.ts';
import type { Logger, Redactor } from './log.ts';
import type { SecretRedactor } from './redaction.ts';

/**
 * Keeps the registered secrets, and loads what removes them from a text when the first line is written. Lines wait until
 * then, in their order, and the oldest are dropped if the code cannot be loaded.
 */
export class LazyRedaction implements Redactor {
  #loaded: Loaded | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #secrets = new Set<Registered>();
  /** No longer registered, but lines that wait may contain them. */
  readonly #forgotten: Registered[] = [];

  readonly load = lazy(async () => {
    const { redactingLogger, SecretRedactor } = await import('./redaction.ts');
    const redactor = new SecretRedactor();
    for (const each of this.#secrets) {
      each.registration = redactor.add(each.secret);
    }
    this.#secrets.clear();
    this.#loaded = { redactor, logger: (target) => redactingLogger(target, redactor) };
    this.#waiting.splice(0).forEach((write) => {
      write();
    });
    this.#forgotten.splice(0).forEach((each) => each.registration?.dispose());
    return redactor;
  });

  add(secret: string): Disposable {
    if (this.#loaded) {
      return this.#loaded.redactor.add(secret);
    }
    const registered: Registered = { secret, registration: undefined };
    this.#secrets.add(registered);
    return {
      dispose: () => {
        if (this.#waiting.length > 0) {
          this.#forgotten.push(registered);
          return;
        }
        this.#secrets.delete(registered);
        registered.registration?.dispose();
      },
    };
  }

  /** Writes redacted lines to the target. */
  logger(target: Logger): Logger {
    const writer = (level: keyof Logger) => (message: string) => {
      const write = (): void => {
        this.#loaded?.logger(target)[level](message);
      };
      if (this.#loaded) {
        write();
        return;
      }
      this.#waiting.push(write);
      if (this.#waiting.length > MAX_WAITING) {
        this.#waiting.shift();
      }
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

/** Lines. */
const MAX_WAITING = 1000;

interface Loaded {
  readonly redactor: SecretRedactor;
  readonly logger: (target: Logger) => Logger;
}

interface Registered {
  readonly secret: string;
  registration: Disposable | undefined;
}
