import { isNinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** `fact`: there is nothing to judge. */
export type Verdict = 'ok' | 'problem' | 'unknown' | 'fact';

/** One line of the report. */
export interface Check {
  /** A string is the name of a setting or an environment variable, which is never translated. */
  readonly name: LocalizableMessage | string;
  readonly verdict: Verdict;
  /** Sentences: the result and, for a problem, what to do. A string is a value that is never translated. */
  readonly texts: readonly (LocalizableMessage | string)[];
}

export interface DiagnosisSection {
  readonly title: LocalizableMessage | string;
  readonly checks: readonly Check[];
}

export interface Diagnosis {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly sections: readonly DiagnosisSection[];
}

type Name = Check['name'];
type Texts = Check['texts'];

export function ok(name: Name, ...texts: Texts): Check {
  return { name, verdict: 'ok', texts };
}

export function problem(name: Name, ...texts: Texts): Check {
  return { name, verdict: 'problem', texts };
}

export function unknown(name: Name, ...texts: Texts): Check {
  return { name, verdict: 'unknown', texts };
}

export function fact(name: Name, ...texts: Texts): Check {
  return { name, verdict: 'fact', texts };
}

/**
 * The message of an error of this extension says what to do. An address that a server wrote into it is no link. Any other
 * error is not quoted, because it may contain a token.
 */
export function messageOf(error: unknown): LocalizableMessage {
  if (!isNinjaOneError(error)) {
    return l10n.t('This check failed unexpectedly. Run the diagnosis again and see the log.');
  }
  const { template, comment } = error;
  const args = error.args.map((arg) => (typeof arg === 'string' ? arg.replaceAll('://', ': //') : arg));
  return { template, args, comment };
}
