import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Check, Diagnosis, Verdict } from './diagnosis.ts';

/** The verdict of a check in the text, for colors. */
export interface Mark {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly verdict: Exclude<Verdict, 'fact'>;
}

export interface FormattedDiagnosis {
  readonly text: string;
  readonly marks: readonly Mark[];
}

export interface FormatOptions {
  /** The text in the user's language, without secrets. */
  readonly show: (text: LocalizableMessage | string) => string;
  /** A date and time for the user. */
  readonly formatDate: (milliseconds: number) => string;
}

/** Markdown, because reports are pasted into issues. No value is interpreted as Markdown. */
export function formatDiagnosis({ createdAt, sections }: Diagnosis, options: FormatOptions): FormattedDiagnosis {
  const show = (text: LocalizableMessage | string): string => escapeMarkdown(options.show(text));
  const title = l10n.t({
    message: 'NinjaOne sign-in diagnosis, {0}',
    args: [options.formatDate(createdAt)],
    comment: 'Title of a report. {0} is a date and time.',
  });
  const lines = [`# ${show(title)}`, '', show(summary(sections.flatMap(({ checks }) => checks))), '', show(privacy())];
  const marks: Mark[] = [];
  for (const { title, checks } of sections) {
    lines.push('', `## ${show(title)}`, '');
    for (const { name, verdict, texts } of checks) {
      const result = `${show(name)}: ${texts.map(show).join(' ')}`;
      if (verdict === 'fact') {
        lines.push(`- ${result}`);
      } else {
        const label = show(VERDICTS[verdict]);
        marks.push({ line: lines.length, start: 2, end: 2 + label.length + 4, verdict });
        lines.push(`- **${label}** ${result}`);
      }
    }
  }
  return { text: lines.map((line) => `${line}\n`).join(''), marks };
}

const VERDICTS: { readonly [K in Mark['verdict']]: LocalizableMessage } = {
  ok: l10n.t({ message: 'OK', comment: 'Result of a check.' }),
  problem: l10n.t({ message: 'Problem', comment: 'Result of a check.' }),
  unknown: l10n.t({ message: 'Unknown', comment: 'Result of a check.' }),
};

function summary(checks: readonly Check[]): LocalizableMessage {
  const problems = checks.filter(({ verdict }) => verdict === 'problem').length;
  return problems === 0
    ? l10n.t('No problem was found.')
    : l10n.t(
        '{0, plural, one {# problem was found. Its line says what to do.} other {# problems were found. Their lines say what to do.}}',
        problems,
      );
}

function privacy(): LocalizableMessage {
  return l10n.t(
    'This report contains no token, secret or password, and only parts of client IDs. It contains the names and addresses of your connections and proxies. Remove what is confidential before you publish it.',
  );
}

/** One line of text. An underscore in a word is no markup, and names of variables are full of them. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
}
