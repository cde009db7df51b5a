/**
 * A text for the user that is not yet in a language: an English template and what goes into its places. `core` makes
 * it with `l10n.t`, the log writes it in English, and the host translates it when it is shown.
 *
 * The places of a template are `{0}` and, where a number decides between words, the plural of ICU MessageFormat:
 * `{0, plural, one {# item} other {# items}}`.
 */
export interface LocalizableMessage {
  readonly template: string;
  readonly args: readonly MessageArgument[];
  /** For translators; part of the key under which VS Code looks a translation up. */
  readonly comment?: string | undefined;
}

export type MessageArgument = string | number | List;

/** Names that are joined as the language of the text joins them. */
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
  /** The language of the template, for plurals and lists. */
  readonly language: string;
  /** The language whose numbers the user reads. */
  readonly locale: string;
}

/** In English, for the log and for programs. */
export function formatMessage(message: Filled): string {
  return formatMessageIn(ENGLISH, message);
}

type Filled = Pick<LocalizableMessage, 'template' | 'args'>;

/** A place without an argument stays as it is. */
export function formatMessageIn(languages: Languages, { template, args }: Filled): string {
  return template.replace(PLACE, (place, index: string, forms: string | undefined) => {
    const value = args[Number(index)];
    if (value === undefined) {
      return place;
    }
    const text = formatArgument(value, languages);
    if (forms === undefined) {
      return text;
    }
    const rules = new Intl.PluralRules(languages.language);
    const form = formsOf(forms);
    const chosen = form.get(rules.select(Number(value))) ?? form.get('other') ?? '#';
    return formatMessageIn(languages, { template: chosen.replaceAll('#', text), args });
  });
}

const ENGLISH: Languages = { language: 'en', locale: 'en' };
const PLACE = /\{(\d+)(?:, plural,((?:\s*\w+ \{(?:[^{}]|\{\d+\})*\})+))?\}/g;

function formsOf(forms: string): ReadonlyMap<string, string> {
  return new Map(
    [...forms.matchAll(/(\w+) \{((?:[^{}]|\{\d+\})*)\}/g)].map(([, category = '', form = '']) => [category, form]),
  );
}

function formatArgument(value: MessageArgument, { language, locale }: Languages): string {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'number'
    ? new Intl.NumberFormat(locale).format(value)
    : new Intl.ListFormat(language, { type: value.type }).format(value.names);
}
