/**
 * A user-visible message that is not translated yet: an English template and the arguments for its placeholders.
 * `core` creates it with `l10n.t`, the log formats it in English, and the host translates it for display.
 *
 * Placeholders are `{0}` and, where the wording depends on a number, an ICU MessageFormat plural:
 * `{0, plural, one {# item} other {# items}}`.
 */
export interface LocalizableMessage {
  readonly template: string;
  readonly args: readonly MessageArgument[];
  /** For translators; part of the key with which VS Code looks up the translation. */
  readonly comment?: string | undefined;
}

export type MessageArgument = string | number | List;

/** Names to be joined by the rules of the message's language. */
export interface List {
  readonly names: readonly string[];
  readonly type: 'conjunction' | 'disjunction';
}

/** `a, b, and c` */
export function allOf(names: readonly string[]): List {
  return { names, type: 'conjunction' };
}

/** `a, b, or c` */
export function anyOf(names: readonly string[]): List {
  return { names, type: 'disjunction' };
}

export interface Languages {
  /** Language of the template; determines plurals and lists. */
  readonly language: string;
  /** The user's language for numbers. */
  readonly locale: string;
}

/** English text, for the log and for programs. */
export function formatMessage(message: MessageContent): string {
  return formatMessageIn(ENGLISH, message);
}

type MessageContent = Pick<LocalizableMessage, 'template' | 'args'>;

/** A placeholder without an argument is left unchanged. */
export function formatMessageIn(languages: Languages, { template, args }: MessageContent): string {
  return template.replace(PLACEHOLDER, (placeholder, index: string, plural: string | undefined) => {
    const value = args[Number(index)];
    if (value === undefined) {
      return placeholder;
    }
    const text = formatArgument(value, languages);
    if (plural === undefined) {
      return text;
    }
    const rules = new Intl.PluralRules(languages.language);
    const forms = pluralForms(plural);
    const form = forms.get(rules.select(Number(value))) ?? forms.get('other') ?? '#';
    return formatMessageIn(languages, { template: form.replaceAll('#', text), args });
  });
}

const ENGLISH: Languages = { language: 'en', locale: 'en' };
const PLACEHOLDER = /\{(\d+)(?:, plural,((?:\s*\w+ \{(?:[^{}]|\{\d+\})*\})+))?\}/g;

function pluralForms(plural: string): ReadonlyMap<string, string> {
  return new Map(
    [...plural.matchAll(/(\w+) \{((?:[^{}]|\{\d+\})*)\}/g)].map(([, category = '', form = '']) => [category, form]),
  );
}

function formatArgument(value: MessageArgument, { language, locale }: Languages): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value !== 'number') {
    return new Intl.ListFormat(language, { type: value.type }).format(value.names);
  }
  // The first number format of a process takes 10 ms, and the first rows of a tree need none for their counts.
  return Number.isInteger(value) && value >= 0 && value < 1000 && WESTERN_DIGITS.test(locale)
    ? String(value)
    : new Intl.NumberFormat(locale).format(value);
}

/** Languages of VS Code's own language packs. All of them write these numbers in the same way. */
const WESTERN_DIGITS = /^(?:cs|de|en|es|fr|it|ja|ko|pl|pt|ru|tr|zh)\b/;
