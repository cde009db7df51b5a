import type { Traits } from '../catalog/operation.ts';
import { JsonReader, stringValue } from '../json/jsonReader.ts';

/** A string or number in a JSON text that is a password or another secret. */
export interface PasswordValue {
  /** Offsets of the token, with the quotes of a string. */
  readonly start: number;
  readonly end: number;
  /** The name of the nearest member, such as `totpSecret`, or of the pair of a name and a value. */
  readonly name: string;
  /** Names of the members that lead to it; lists and their items have none. */
  readonly location: readonly string[];
}

/** An operation, or only its marks. */
interface Marked {
  readonly traits: Pick<Traits, 'passwords'>;
}

/**
 * The passwords in a request body or a whole request document, in the order of the text. A member is a password, with all
 * that is in it, if the overlay or the API description marks it (`traits.passwords`), or if its name says so, because
 * custom fields have names of their own, such as `localAdminPassword`. So is the value of a pair, such as
 * `{"name": "localAdminPassword", "value": "…"}`, whose own name is none. Empty strings are left out. Returns undefined if
 * the text is not JSON, so that the caller has to treat all of it as a secret.
 */
export function passwordValues(text: string, operation: Marked): readonly PasswordValue[] | undefined {
  return passwordPlaces(text, operation)?.filter(({ start, end }) => text.slice(start, end) !== '""');
}

/** Like `passwordValues()`, but with empty strings. */
export function passwordPlaces(text: string, { traits }: Marked): readonly PasswordValue[] | undefined {
  const marks = traits.passwords ?? [];
  const places: Place[] = [];
  const open: OpenPart[] = [];
  let name = '';
  const names = (): readonly string[] => [...open.map((part) => part.name), name];
  const isSecret = (): boolean => open.at(-1)?.isSecret === true || isMarked(names(), marks);
  const reader = new JsonReader(text);
  while (reader.next()) {
    const { role, token, start, end } = reader;
    if (role === 'open') {
      open.push({ name, isSecret: isSecret(), members: [] });
    } else if (role === 'close') {
      const part = open.pop();
      name = part?.name ?? '';
      judgePair(part?.members ?? [], places);
    } else if (role === 'name') {
      name = stringValue(token);
      open.at(-1)?.members.push({ name, from: places.length });
    } else if (role === 'value' && /^["\d-]/.test(token)) {
      const value = token.startsWith('"') ? stringValue(token) : token;
      places.push({ start, end, name, location: withoutRepeats(names()).slice(1), value, isSecret: isSecret() });
    }
  }
  return reader.ending === 'complete' ? places.filter((place) => place.isSecret) : undefined;
}

interface Place extends PasswordValue {
  name: string;
  readonly value: string;
  isSecret: boolean;
}

interface OpenPart {
  readonly name: string;
  readonly isSecret: boolean;
  /** The members of an object so far, each with the index of the first place in it. */
  readonly members: { readonly name: string; readonly from: number }[];
}

/** In a pair, the name says whether the value is a secret. It is shown, because it tells the secrets of a list apart. */
function judgePair(members: OpenPart['members'], places: Place[]): void {
  const labels = members.filter(({ name }) => PAIR_NAME.test(name)).map(({ from }) => places[from]);
  const label = labels.find((each) => each && isPasswordName(each.value));
  for (const [index, { name, from }] of members.entries()) {
    const inValue = PAIR_VALUE.test(name) ? places.slice(from, members[index + 1]?.from) : [];
    for (const place of inValue) {
      place.isSecret ||= label !== undefined;
      place.name = label && place.name === name ? label.value : place.name;
    }
  }
  if (!members.some(({ name }) => PAIR_VALUE.test(name))) {
    return;
  }
  for (const each of labels) {
    if (each?.name === 'name') {
      each.isSecret = false;
    }
  }
}

export const PAIR_NAME = /^(?:name|key|field|fieldName|variable)$/i;
export const PAIR_VALUE = /^values?$/i;

/** The text with a string in place of each password, empty by default; undefined if the text is not JSON. */
export function withoutPasswords(text: string, operation: Marked, instead = ''): string | undefined {
  const shown = JSON.stringify(instead);
  const values = passwordValues(text, operation);
  return values?.reduceRight((rest, { start, end }) => `${rest.slice(0, start)}${shown}${rest.slice(end)}`, text);
}

/**
 * Whether the name of a member or a parameter says that its value is a secret. Short words count only as whole words of a
 * name such as `bitlockerPin` or `WIFI_PSK`, so that `mapping` and `compass` do not.
 */
export function isPasswordName(name: string): boolean {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  return PASSWORD_PART.test(name) || PASSWORD_WORD.test(words);
}

export const PASSWORD_PART = new RegExp(
  [
    'token|secret|passw|passphrase|passcode|pwd|totp|kennwort|credential|authori[sz]ation|signature|session|cookie',
    '(?:api|access|private|recovery|shared|encryption|product|license|bitlocker|master|ssh|wifi|wpa)[ _-]?key',
    '(?:recovery|backup|access|security|unlock|verification)[ _-]?code',
  ].join('|'),
  'i',
);

export const PASSWORD_WORD = /(?<![a-z])(?:pass|pins?|psk|otp|jwt|community|creds?)(?![a-z])/i;

/** A mark is a name, or several that lead to the member, such as `a.value`. Lists have the name of their member. */
function isMarked(names: readonly string[], marks: readonly string[]): boolean {
  const path = `.${withoutRepeats(names).join('.')}`;
  return isPasswordName(names.at(-1) ?? '') || marks.some((mark) => path.endsWith(`.${mark}`));
}

function withoutRepeats(names: readonly string[]): string[] {
  return names.filter((name, index) => name !== names[index - 1]);
}
