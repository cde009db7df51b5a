import type { Disposable } from './lifecycle.ts';

/** The subset of `vscode.LogOutputChannel` in use. Pass messages only; a third-party error object may hold a token. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Removes every registered secret from a text, in all encodings in which it is transmitted, and whatever looks like a
 * secret. Used for every log level and for reports that a user can copy.
 */
export class Redactor {
  readonly #values = new Map<string, number>();

  /** Registers a secret until disposed. Values of fewer than 6 characters are too common to redact. */
  add(secret: string): Disposable {
    if (secret.length < 6) {
      return { dispose() {} };
    }
    const encodings = encodingsOf(secret);
    for (const encoding of encodings) {
      this.#values.set(encoding, (this.#values.get(encoding) ?? 0) + 1);
    }
    let isRegistered = true;
    return {
      dispose: () => {
        if (!isRegistered) {
          return;
        }
        isRegistered = false;
        for (const encoding of encodings) {
          const count = (this.#values.get(encoding) ?? 1) - 1;
          if (count > 0) {
            this.#values.set(encoding, count);
          } else {
            this.#values.delete(encoding);
          }
        }
      },
    };
  }

  redact(text: string): string {
    let result = text;
    for (const value of [...this.#values.keys()].sort((a, b) => b.length - a.length)) {
      result = result.replaceAll(value, MASK);
    }
    for (const [pattern, replacement] of PATTERNS) {
      result = result.replace(pattern, replacement);
    }
    return result;
  }
}

export function redactingLogger(target: Logger, redactor: Redactor): Logger {
  return {
    trace(message) {
      target.trace(redactor.redact(message));
    },
    debug(message) {
      target.debug(redactor.redact(message));
    },
    info(message) {
      target.info(redactor.redact(message));
    },
    warn(message) {
      target.warn(redactor.redact(message));
    },
    error(message) {
      target.error(redactor.redact(message));
    },
  };
}

const MASK = '[redacted]';

/** The value as it appears in a header, a form body or URL, JSON, and Basic credentials. */
function encodingsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  return [
    ...new Set([
      secret,
      encoded,
      encoded.replaceAll('%20', '+'),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('base64url'),
    ]),
  ];
}

const PARAMETERS =
  'code|state|access_token|refresh_token|client_secret|code_verifier|code_challenge|id_token|token|assertion';

/** Idempotent: applied to a redacted text, the replacements change nothing. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [new RegExp(`\\b(${PARAMETERS})=(?!\\[redacted\\])[^&\\s"'<>\\\\]+`, 'gi'), `$1=${MASK}`],
  [new RegExp(`("(?:${PARAMETERS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${MASK}"`],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[\w+/=-]{8,}/gi, MASK],
];
