import type { Disposable } from './lifecycle.ts';

/** The part of `vscode.LogOutputChannel` that we use. Messages are for people; never pass a foreign error object. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Takes every secret that is alive out of a text, in the encodings that it travels in, and whatever looks like one.
 * Used by the log at every level and by reports that a user may copy.
 */
export class Redactor {
  readonly #values = new Map<string, number>();

  /** Registers a live secret; dispose when it is gone. Values under 6 characters are too common to look for. */
  add(secret: string): Disposable {
    if (secret.length < 6) {
      return { dispose() {} };
    }
    const forms = formsOf(secret);
    for (const form of forms) {
      this.#values.set(form, (this.#values.get(form) ?? 0) + 1);
    }
    let alive = true;
    return {
      dispose: () => {
        if (!alive) {
          return;
        }
        alive = false;
        for (const form of forms) {
          const count = (this.#values.get(form) ?? 1) - 1;
          if (count > 0) {
            this.#values.set(form, count);
          } else {
            this.#values.delete(form);
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

/** The value as it stands in a header, a form body or URL, JSON, and Basic credentials. */
function formsOf(secret: string): string[] {
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

/** Idempotent: what a replacement writes is matched to the same text again. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [new RegExp(`\\b(${PARAMETERS})=(?!\\[redacted\\])[^&\\s"'<>\\\\]+`, 'gi'), `$1=${MASK}`],
  [new RegExp(`("(?:${PARAMETERS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${MASK}"`],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[\w+/=-]{8,}/gi, MASK],
];
