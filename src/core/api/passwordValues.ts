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
 * `{"name": "localAdminPassword", "value": "…"}`, whose own name is none, and a text that contains one, such as an address
 * or a connection string (`isSecretText()`). Empty strings are left out. Returns undefined if
 * the text is not JSON, so that the caller has to treat all of it as a secret.
 */
export function passwordValues(text: string, operation: Marked): readonly PasswordValue[] | undefined {
  return passwordPlaces(text, operation)?.filter(({ start, end }) => text.slice(start, end) !== '""');
}

/** Like `passwordValues()`, but with empty strings. */
export function passwordPlaces(text: string, operation: Marked): readonly PasswordValue[] | undefined {
  const { places, isComplete } = readPlaces(text, operation.traits.passwords ?? [], { isSecretValue: isSecretText });
  return isComplete ? places : undefined;
}

/**
 * The values in a response, or in the first part of one, that are passwords by their names. The ids and names of what
 * is in a member such as `credentials` are none, because the other requests need them.
 */
export function passwordsInResponse(text: string, operation: Marked): readonly PasswordValue[] {
  return readPlaces(text, operation.traits.passwords ?? [], { shown: IDENTITY }).places.filter(
    ({ start, end }) => text.slice(start, end) !== '""',
  );
}

const IDENTITY: ReadonlySet<string> = new Set(['id', 'uid', 'name', 'displayName', 'type', 'status']);

interface ReadOptions {
  /** Names of members that are no passwords within a member that is one. */
  readonly shown?: ReadonlySet<string>;
  readonly isSecretValue?: (value: string) => boolean;
}

function readPlaces(
  text: string,
  marks: readonly string[],
  { shown = new Set(), isSecretValue = () => false }: ReadOptions,
): { readonly places: readonly PasswordValue[]; readonly isComplete: boolean } {
  const places: Place[] = [];
  const known = new Map<string, boolean>();
  const saysSo = (name: string): boolean => {
    const isPassword = known.get(name) ?? isPasswordName(name);
    known.set(name, isPassword);
    return isPassword;
  };
  let part: OpenPart | undefined;
  let name = '';
  const isSecret = (): boolean =>
    (part?.isSecret === true && !shown.has(name)) ||
    saysSo(name) ||
    (marks.length > 0 && isMarked(namesTo(part, name), marks));
  const close = (): void => {
    name = part?.name ?? '';
    judgePair(part?.members ?? [], places, text);
    part = part?.parent;
  };
  const reader = new JsonReader(text);
  while (reader.next()) {
    const { role, start, end } = reader;
    if (role === 'open') {
      part = { parent: part, name, isSecret: isSecret(), members: [] };
    } else if (role === 'close') {
      close();
    } else if (role === 'name') {
      name = stringValue(reader.token);
      part?.members.push({ name, from: places.length });
    } else if (role === 'value' && VALUE_START.test(text.charAt(start))) {
      const { token } = reader;
      const isText = token.startsWith('"') && isSecretValue(stringValue(token));
      places.push({ start, end, name, part, member: name, isSecret: isText || isSecret() });
    }
  }
  while (part) {
    close();
  }
  const secret = places.filter((place) => place.isSecret);
  return {
    places: secret.map((place) => ({
      start: place.start,
      end: place.end,
      name: place.name,
      location: withoutRepeats(namesTo(place.part, place.member)).slice(1),
    })),
    isComplete: reader.ending === 'complete',
  };
}

const VALUE_START = /["\d-]/;

interface Place {
  readonly start: number;
  readonly end: number;
  name: string;
  readonly part: OpenPart | undefined;
  /** The name of the nearest member. */
  readonly member: string;
  isSecret: boolean;
}

interface OpenPart {
  readonly parent: OpenPart | undefined;
  readonly name: string;
  readonly isSecret: boolean;
  /** The members of an object so far, each with the index of the first place in it. */
  readonly members: { readonly name: string; readonly from: number }[];
}

/** The names of the members that lead to a value, the nearest ones if there are many. */
function namesTo(part: OpenPart | undefined, name: string): readonly string[] {
  const names = [name];
  for (let at = part; at && names.length < MAX_LEVELS; at = at.parent) {
    names.push(at.name);
  }
  return names.reverse();
}

const MAX_LEVELS = 64;

/** In a pair, the name says whether the value is a secret. It is shown, because it tells the secrets of a list apart. */
function judgePair(members: OpenPart['members'], places: Place[], text: string): void {
  if (!members.some(({ name }) => PAIR_VALUE.test(name))) {
    return;
  }
  const labels = members.flatMap(({ name, from }, index) =>
    PAIR_NAME.test(name) ? places.slice(from, members[index + 1]?.from) : [],
  );
  const nameOf = ({ start, end }: Place): string =>
    text.startsWith('"', start) ? stringValue(text.slice(start, end)) : text.slice(start, end);
  const label = labels.map(nameOf).find(isPasswordName);
  for (const [index, { name, from }] of members.entries()) {
    const inValue = PAIR_VALUE.test(name) ? places.slice(from, members[index + 1]?.from) : [];
    for (const place of inValue) {
      place.isSecret ||= label !== undefined;
      place.name = label !== undefined && place.name === name ? label : place.name;
    }
  }
  for (const each of labels) {
    if (each.name === 'name') {
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

/**
 * Whether a text contains a password: in an address, as `https://user:password@host` or `?token=…`, or in a connection
 * string such as `Server=a;Password=…`.
 */
export function isSecretText(text: string): boolean {
  return (
    SECRET_USER.test(text) ||
    [...text.matchAll(SECRET_PAIR)].some(([, name = '']) => SECRET_PARAMETER.test(name) || isPasswordName(name))
  );
}

export const SECRET_USER = /:\/\/[^/?#\s@]*:[^/?#\s@]+@/;
export const SECRET_PAIR = /(?:^|[?&;,\s])([A-Za-z0-9_. -]{1,60})=(?=[^&;\s])/g;
/** Short names of addresses. Elsewhere, they are none of a password. */
export const SECRET_PARAMETER = /^(?:sig|key)$/i;

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
