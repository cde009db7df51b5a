import type { Disposable } from './lifecycle.ts';
import type { Logger, Redactor } from './log.ts';
import { SecretSearch } from './secretSearch.ts';

export { withoutSecrets } from './secretSearch.ts';

/**
 * Removes every registered secret from a text, in the usual encodings, and whatever looks like a secret. Used for every log
 * level and for reports that a user can copy.
 */
export class SecretRedactor implements Redactor {
  readonly #secrets = new SecretSearch();

  /** Registers a secret until disposed. */
  add(secret: string): Disposable {
    return this.#secrets.add(secret);
  }

  /** Removes the registered secrets only, because data has harmless members such as `state`. */
  removeKnown(text: string): string {
    return this.#secrets.replace(text, MASK);
  }

  redact(text: string): string {
    let result = this.removeKnown(text);
    for (const [pattern, replacement] of PATTERNS) {
      result = result.replace(pattern, replacement);
    }
    return result;
  }

  /** A line for the log. Long text is from others, and it takes time to look for secrets in it. */
  redactLine(text: string): string {
    const line = this.#secrets.cut(text, MAX_LINE, (beginning) => this.redact(beginning));
    return text.length > MAX_LINE ? `${line}…` : line;
  }
}

export function redactingLogger(target: Logger, redactor: SecretRedactor): Logger {
  const write =
    (level: keyof Logger) =>
    (message: string): void => {
      const line = redactor.redactLine(message);
      try {
        target[level](line);
      } catch {
        // VS Code closes the log before the last token response is stored, and a closed log throws.
      }
    };
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

/** Characters of a line in the log. */
const MAX_LINE = 4000;

const MASK = '[redacted]';

const PARAMETERS =
  'code|state|access_token|refresh_token|client_secret|code_verifier|code_challenge|id_token|token|assertion';

/** Idempotent: applied to a redacted text, the replacements change nothing. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MASK}`],
  [new RegExp(`\\b(${PARAMETERS})=(?!\\[redacted\\])[^&\\s"'<>\\\\]+`, 'gi'), `$1=${MASK}`],
  [new RegExp(`("(?:${PARAMETERS})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `$1"${MASK}"`],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.[\w+/=-]{8,}/gi, MASK],
];
