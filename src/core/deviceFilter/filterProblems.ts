import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf, anyOf, type LocalizableMessage } from '../base/messages.ts';
import { FILTER_KEYS, type FilterKey } from './filterKeys.ts';

/** A part of a filter that is replaced. Offsets in the filter. */
export interface FilterFix {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What NinjaOne would ignore, misread or refuse. */
export interface FilterProblem {
  readonly start: number;
  readonly end: number;
  readonly message: LocalizableMessage;
  /** What can be written instead. More than one where the filter does not say which is meant. */
  readonly fixes: readonly FilterFix[];
}

/** The sentences about device filters. What stands in a document is not trusted. */
export const FILTER_MESSAGES = {
  unknownKey: (word: string) =>
    l10n.t(
      'A device filter has no key "{0}". The keys are {1}.',
      shown(word),
      allOf(FILTER_KEYS.map(({ name }) => name)),
    ),
  keyCase: (right: string) => l10n.t('Write the key in lower case: {0}.', right),
  bareValue: (word: string, examples: readonly string[]) =>
    l10n.t({
      message: '"{0}" is a value without a key. Write for example {1}.',
      args: [shown(word), anyOf(examples.map(shown))],
      comment: '{1} is one or several clauses of a filter, such as id = 5.',
    }),
  or: () => l10n.t('A device filter has no OR. For several values of a key, use {0}.', 'in (…)'),
  capitalAnd: () => l10n.t('Write {0} in capitals.', 'AND'),
  missingAnd: () => l10n.t('Put {0} between two clauses, with blanks around it.', 'AND'),
  instead: (sign: string, right: string) => l10n.t('Write {0} instead of "{1}".', right, shown(sign)),
  lonelyAnd: () => l10n.t('A clause is missing beside {0}.', 'AND'),
  unknownOperator: (word: string, key: FilterKey) =>
    l10n.t({
      message: '{0} has no operator "{1}". Use {2}.',
      args: [key.name, shown(word), anyOf(key.operators)],
      comment: '{0} is a key of a filter and {2} a list of operators.',
    }),
  operatorCase: (operator: string) => l10n.t('Write the operator in lower case: {0}.', operator),
  missingOperator: (key: FilterKey) =>
    l10n.t({
      message: 'An operator is missing after {0}. Write for example {1}.',
      args: [key.name, key.example],
      comment: '{0} is a key of a filter and {1} a clause of it.',
    }),
  missingValue: (key: FilterKey | undefined) =>
    key
      ? l10n.t({
          message: 'A value is missing. Write for example {0}.',
          args: [key.example],
          comment: '{0} is a clause of a filter.',
        })
      : l10n.t('A value is missing.'),
  missingParentheses: (list: string) =>
    l10n.t({
      message: 'Put the values in parentheses: {0}.',
      args: [shown(list)],
      comment: '{0} is a list of values in parentheses.',
    }),
  missingComma: () => l10n.t('Put a comma between two values.'),
  notClosed: () => l10n.t('The closing parenthesis is missing.'),
  strayParenthesis: () => l10n.t('Only the values of in and notin stand in parentheses. Remove this one.'),
  severalValues: (operator: string) => l10n.t('For several values, use {0}.', `${operator} (…)`),
  quotes: () => l10n.t('Write values of a device filter without quotation marks.'),
  notAnId: (word: string, key: FilterKey) =>
    l10n.t({
      message: '{0} takes an ID, which is a whole number, and "{1}" is not.',
      args: [key.name, shown(word)],
      comment: '{0} is a key of a filter.',
    }),
  valueCase: (value: string) => l10n.t('Write the value in capitals: {0}.', shown(value)),
  unknownValue: (word: string, key: FilterKey) =>
    l10n.t({
      message: 'The API description has no value "{1}" of {0}.',
      args: [key.name, shown(word)],
      comment: '{0} is a key of a filter.',
    }),
  wrongDate: (word: string, right: string) =>
    l10n.t({
      message: '"{0}" is not a date that a device filter takes. Write for example {1}.',
      args: [shown(word), right],
      comment: '{1} is a date such as 2025-06-30.',
    }),
  noValue: (key: FilterKey) => l10n.t('{0} is a clause by itself. Remove the operator and the value.', key.name),
  noOperator: (key: FilterKey) =>
    l10n.t({
      message: 'The ID follows without an operator. Write for example {0}.',
      args: [key.example],
      comment: '{0} is a clause of a filter.',
    }),
  classIgnored: () =>
    l10n.t('Reports are known not to apply this clause: the result can be empty or contain devices of all classes.'),
  unexpected: (word: string) => l10n.t('"{0}" does not belong to a clause. Remove it.', shown(word)),
} satisfies Readonly<Record<string, (...args: never[]) => LocalizableMessage>>;

function shown(text: string): string {
  return plainText(text, 80);
}
