import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { formatMessage, type LocalizableMessage } from '../base/messages.ts';
import { resourceTypeName } from '../catalog/idKinds.ts';
import type { Parameter } from '../catalog/operation.ts';
import type { Scalar } from './requestDraft.ts';

export type Checked =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: LocalizableMessage };

/** A value in the form in which it is sent, before it is encoded; or what to write instead. */
export function checkValue(parameter: Parameter, value: Scalar): Checked {
  const text = typeof value === 'string' ? value.trim() : String(value);
  const name = plainText(parameter.name, 60);
  if (UNSENDABLE.test(String(value))) {
    return refuse(l10n.t('{0} has characters that cannot be sent, such as a line break. Remove them.', name));
  }
  if (text.length > MOST_CHARACTERS) {
    return refuse(l10n.t('{0} is longer than {1} characters. Shorten it.', name, MOST_CHARACTERS));
  }
  const checked = TYPES[parameter.type]({ parameter, name, value, text });
  return checked.ok && parameter.in === 'path' ? checkSegment(name, checked.text) : checked;
}

/**
 * What a person is asked for. The editor makes a link that runs a command of `[x](command:y)` in the text of a box, and
 * names of parameters may come from a server: whatever is said of one in a box is said by these two.
 */
export function questionOf({ name, type, kind, date }: Parameter): LocalizableMessage {
  const shown = plainText(name, 60);
  if (date !== undefined) {
    return l10n.t('{0}: a date, such as {1}', shown, '2025-06-30');
  }
  return kind === undefined
    ? l10n.t('{0} ({1})', shown, type)
    : l10n.t('{0}: id of the {1} ({2})', shown, plainText(formatMessage(resourceTypeName(kind)), 60), type);
}

/** Why a text is no answer to the question. */
export function problemOf(parameter: Parameter, text: string): LocalizableMessage | undefined {
  if (text === '') {
    return l10n.t('{0} is needed.', plainText(parameter.name, 60));
  }
  const checked = checkValue(parameter, text);
  return checked.ok ? undefined : checked.message;
}

/** Control characters, and halves of characters that have no UTF-8 form. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const MOST_CHARACTERS = 4000;

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
      : refuse(l10n.t('{0} is a number. Write one, such as {1}.', name, '1.5')),
  boolean: ({ name, text }) =>
    text === 'true' || text === 'false'
      ? { ok: true, text }
      : refuse(l10n.t('{0} is true or false. Write one of them.', name)),
  string: checkText,
};

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function checkInteger({ parameter, name, value, text }: Given): Checked {
  const bits = parameter.format === 'int32' ? 32 : 64;
  const most = 2n ** BigInt(bits - 1);
  // A JSON number beyond 2^53 has already lost its last digits.
  const exact = typeof value === 'number' ? Number.isSafeInteger(value) : /^-?\d{1,19}$/.test(text);
  if (typeof value === 'boolean' || !exact) {
    return refuse(l10n.t('{0} is a whole number. Write one, such as {1}.', name, 42));
  }
  const number = BigInt(text);
  return number >= -most && number < most
    ? { ok: true, text: number.toString() }
    : refuse(l10n.t('{0} must be between {1} and {2}. Check the number.', name, `${-most}`, `${most - 1n}`));
}

function checkText({ parameter, name, text }: Given): Checked {
  if (parameter.format === 'uuid' && !UUID.test(text)) {
    return refuse(l10n.t('{0} is a UUID. Write one, such as {1}.', name, '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a'));
  }
  const { values } = parameter;
  if (!values || values.length === 0 || values.includes(text)) {
    return { ok: true, text };
  }
  // Some lists of values are written down as one value with commas, and are then lists that may be chosen from.
  const single = values.flatMap((known) => known.split(','));
  const several = single.length > values.length && text.split(',').every((part) => single.includes(part.trim()));
  return several ? { ok: true, text } : refuse(notOneOf(name, single));
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function notOneOf(name: string, values: readonly string[]): LocalizableMessage {
  const shown = values.slice(0, MOST_SHOWN).map((value) => plainText(value, 40));
  return values.length > MOST_SHOWN
    ? l10n.t('{0} takes one of {1} values, such as {2}. Choose one of them.', name, values.length, shown.join(', '))
    : l10n.t('{0} takes one of {1}. Choose one of them.', name, shown.join(', '));
}

const MOST_SHOWN = 12;

/**
 * A value that becomes a segment of the path. Encoding alone is not enough: servers in between decode, normalize and cut
 * at a semicolon before they route, some of them twice (E11).
 */
function checkSegment(name: string, text: string): Checked {
  const plain = text.normalize('NFKC').trim();
  if (/^\.*$/.test(plain) || /[/\\?#;%]/.test(plain)) {
    return refuse(
      l10n.t('{0} is part of the path, so it cannot be dots or have {1}. Check the value.', name, '/ \\ ? # ; %'),
    );
  }
  return { ok: true, text };
}

function refuse(message: LocalizableMessage): Checked {
  return { ok: false, message };
}
