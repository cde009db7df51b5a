import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { anyOf, formatMessage, type LocalizableMessage } from '../base/messages.ts';
import { resourceTypeName } from '../catalog/idKinds.ts';
import { dateFormatOf, isActivityId } from '../catalog/dateParameters.ts';
import { SEPARATORS } from '../catalog/listSeparators.ts';
import type { DateFormat, Parameter } from '../catalog/operation.ts';
import { readDate, wireDate, type DateReading } from './dateFormats.ts';
import type { Scalar } from './requestDraft.ts';

export type Checked =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: LocalizableMessage };

/** The value as it is sent, before encoding, or a problem. */
export function checkParameterValue(parameter: Parameter, value: Scalar): Checked {
  const text = typeof value === 'string' ? value.trim() : String(value);
  const name = plainText(parameter.name, 60);
  if (UNSENDABLE.test(String(value))) {
    return refuse(l10n.t('{0} contains characters that cannot be sent, such as line breaks. Remove them.', name));
  }
  if (text.length > MAX_CHARACTERS) {
    return refuse(l10n.t('{0} is longer than {1} characters. Shorten it.', name, MAX_CHARACTERS));
  }
  const given = { parameter, name, value, text };
  const checked = parameter.list === undefined ? checkItem(given) : checkList(given);
  return checked.ok && parameter.in === 'path' ? checkSegment(parameter, checked.text) : checked;
}

/** The items of a list in the form that `checkParameterValue` returns. None of them contains a comma. */
export function listItems(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}

/** All items, with commas between them. */
function checkList(given: Given): Checked {
  const { list = 'repeated' } = given.parameter;
  const separator = list === 'repeated' ? ',' : SEPARATORS[list];
  if (listItems(given.text).some((item) => item.includes(separator))) {
    return refuse(
      l10n.t({
        message: '{0} is a list whose items cannot contain "{1}". Put commas between the items.',
        args: [given.name, separator],
        comment: '{0} is the name of a parameter and {1} a vertical bar or a space.',
      }),
    );
  }
  const checked = listItems(given.text).map((text) =>
    checkItem({ ...given, text, value: given.parameter.type === 'boolean' ? given.value : text }),
  );
  const refused = checked.find(({ ok }) => !ok);
  return refused ?? { ok: true, text: checked.map((each) => (each.ok ? each.text : '')).join(',') };
}

function checkItem(given: Given): Checked {
  const { parameter } = given;
  const format = dateFormatOf(parameter);
  return format === undefined ? checkChoice(given, TYPES[parameter.type](given)) : checkDate(given, format);
}

/**
 * The prompt for a parameter. VS Code renders `[x](command:y)` in an input box as a command link, and parameter names can
 * come from a server, so only this function and the next two put them into a prompt.
 */
export function parameterQuestion(parameter: Parameter): LocalizableMessage {
  const { name, type, kind } = parameter;
  const shown = plainText(name, 60);
  if (dateFormatOf(parameter) !== undefined) {
    return l10n.t({
      message: '{0}: a date, such as {1}',
      args: [shown, '2025-06-30'],
      comment: '{0} is the name of a parameter.',
    });
  }
  return kind === undefined
    ? l10n.t('{0} ({1})', shown, type)
    : l10n.t({
        message: '{0}: {1} ID ({2})',
        args: [shown, plainText(formatMessage(resourceTypeName(kind)), 60), type],
        comment: '{0} is the name of a parameter, {1} a kind of item such as device, {2} a data type such as integer.',
      });
}

/** The prompt for a parameter that takes the ID of an object with a name. */
export function nameQuestion({ name, kind = '' }: Parameter): LocalizableMessage {
  return l10n.t({
    message: '{0}: {1} ID, or type a part of the name',
    args: [plainText(name, 60), plainText(formatMessage(resourceTypeName(kind)), 60)],
    comment: '{0} is the name of a parameter, {1} a kind of item such as device.',
  });
}

/** Validates the entered text. */
export function parameterProblem(parameter: Parameter, text: string): LocalizableMessage | undefined {
  if (text === '') {
    return l10n.t('Enter a value for {0}.', plainText(parameter.name, 60));
  }
  const checked = checkParameterValue(parameter, text);
  return checked.ok ? undefined : checked.message;
}

/** Control characters, and lone surrogates, which have no UTF-8 encoding. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const MAX_CHARACTERS = 4000;

interface Given {
  readonly parameter: Parameter;
  readonly name: string;
  readonly value: Scalar;
  readonly text: string;
}

const TYPES: { readonly [K in Parameter['type']]: (given: Given) => Checked } = {
  integer: checkInteger,
  number: ({ name, text, value }) =>
    typeof value !== 'boolean' && NUMBER.test(text)
      ? { ok: true, text }
      : refuse(l10n.t('{0} must be a number, such as {1}.', name, '1.5')),
  boolean: ({ name, text }) =>
    text === 'true' || text === 'false' ? { ok: true, text } : refuse(l10n.t('{0} must be true or false.', name)),
  string: checkText,
};

/** Any clear form of a date is sent in the form of the operation (E5). */
function checkDate({ name, text }: Given, format: DateFormat): Checked {
  const read = readDate(text, format, new Date());
  return read.ok
    ? { ok: true, text: wireDate(read.moment, format) }
    : refuse(DATE_PROBLEMS[read.problem](name, plainText(text, 40), read.suggestion ?? ''));
}

const DATE_PROBLEMS: {
  readonly [P in Extract<DateReading, { ok: false }>['problem']]: (
    name: string,
    text: string,
    suggestion: string,
  ) => LocalizableMessage;
} = {
  text: (name) => l10n.t('{0} must be a date, such as {1} or {2}.', name, '2025-06-30', '2025-06-30T08:00Z'),
  relative: (name, text, day) =>
    l10n.t({
      message: '{0} must be a date, and "{1}" would be another day tomorrow. Enter the day itself: {2}.',
      args: [name, text, day],
      comment: '{1} is a word such as yesterday and {2} a day such as 2025-06-30.',
    }),
  range: (name, text) =>
    l10n.t({
      message: '{0} must be a date after 1973, and {1} is not. Enter a date, such as {2}.',
      args: [name, text, '2025-06-30'],
      comment: '{1} is a number or a date.',
    }),
  seconds: (name, text, milliseconds) =>
    l10n.t('{0} is in milliseconds since 1970, and {1} is in seconds. Enter {2}.', name, text, milliseconds),
  milliseconds: (name, text, seconds) =>
    l10n.t('{0} is in seconds since 1970, and {1} is in milliseconds. Enter {2}.', name, text, seconds),
};

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function checkInteger({ parameter, name, value, text }: Given): Checked {
  const bits = parameter.format === 'int32' ? 32 : 64;
  const limit = 2n ** BigInt(bits - 1);
  const isWhole = typeof value === 'number' ? Number.isInteger(value) : /^-?\d+$/.test(text);
  const number = isWhole ? BigInt(typeof value === 'number' ? value : text) : 0n;
  const least = larger(-limit, parameter.minimum === undefined ? undefined : BigInt(Math.ceil(parameter.minimum)));
  const most = -larger(
    1n - limit,
    parameter.maximum === undefined ? undefined : -BigInt(Math.floor(parameter.maximum)),
  );
  const isWithin = number >= least && number <= most;
  // A JSON number beyond 2^53 has already lost digits.
  const hasLostDigits = isWithin && typeof value === 'number' && !Number.isSafeInteger(value);
  if (typeof value === 'boolean' || !isWhole || hasLostDigits) {
    return refuse(
      isActivityId(parameter)
        ? l10n.t('{0} is the ID of an activity, not a time. Enter a whole number, such as {1}.', name, 42)
        : l10n.t('{0} must be a whole number, such as {1}.', name, 42),
    );
  }
  return isWithin
    ? { ok: true, text: number.toString() }
    : refuse(l10n.t('{0} must be between {1} and {2}.', name, `${least}`, `${most}`));
}

/** Of numbers, because `checkText()` knows lists of words, too. */
function checkChoice({ name, parameter: { type, values } }: Given, checked: Checked): Checked {
  const isKnown =
    !checked.ok ||
    type === 'string' ||
    values === undefined ||
    values.length === 0 ||
    values.some((value) => Number(value) === Number(checked.text));
  return isKnown ? checked : refuse(notOneOf(name, values));
}

function larger(a: bigint, b: bigint | undefined): bigint {
  return b !== undefined && b > a ? b : a;
}

function checkText({ parameter, name, text }: Given): Checked {
  if (parameter.format === 'uuid' && !UUID.test(text)) {
    return refuse(l10n.t('{0} must be a UUID, such as {1}.', name, '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a'));
  }
  const { values } = parameter;
  if (!values || values.length === 0 || values.includes(text)) {
    return { ok: true, text };
  }
  // Some descriptions declare a list of values as one value with commas.
  const single = values.flatMap((known) => known.split(','));
  const several = single.length > values.length && text.split(',').every((part) => single.includes(part.trim()));
  return several ? { ok: true, text } : refuse(notOneOf(name, single));
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function notOneOf(name: string, values: readonly string[]): LocalizableMessage {
  const shown = values.slice(0, MAX_LISTED).map((value) => plainText(value, 40));
  return values.length > MAX_LISTED
    ? l10n.t('{0} must be one of {1} values, such as {2}.', name, values.length, anyOf(shown))
    : l10n.t('{0} must be {1}.', name, anyOf(shown));
}

const MAX_LISTED = 12;

/**
 * Checks a value for a path segment. Encoding is not enough, because servers in between decode, normalize, and split at
 * semicolons before routing, some of them twice (E11).
 */
function checkSegment({ name: parameterName, kind }: Parameter, text: string): Checked {
  const name = plainText(parameterName, 60);
  const plain = text.normalize('NFKC').trim();
  if (/^\.*$/.test(plain) || /[/\\?#;%]/.test(plain)) {
    if (kind === 'customField') {
      return refuse(
        l10n.t(
          '{0} is part of the path, so it cannot contain {1} or consist of dots. A custom field with such a name can only be used in an operation for several custom fields, such as {2}.',
          name,
          '/ \\ ? # ; %',
          'PUT /v2/custom-fields/bulk',
        ),
      );
    }
    return refuse(
      l10n.t('{0} is part of the path, so it cannot contain {1} or consist of dots.', name, '/ \\ ? # ; %'),
    );
  }
  return { ok: true, text };
}

function refuse(message: LocalizableMessage): Checked {
  return { ok: false, message };
}
