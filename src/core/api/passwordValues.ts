import { JsonReader, stringValue } from '../json/jsonReader.ts';
import { isSecretText } from './passwordNames.ts';
import {
  IDENTITY,
  MAX_LEVELS,
  PasswordRule,
  withoutRepeats,
  type MarkedOperation,
  type MemberName,
} from './passwordRule.ts';

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

/**
 * The passwords in a request body or a whole request document, in the order of the text. A member is a password, with all
 * that is in it, if the overlay or the API description marks it (`traits.passwords`), or if its name says so, because
 * custom fields have names of their own, such as `localAdminPassword`. So is the value of a pair, such as
 * `{"name": "localAdminPassword", "value": "…"}`, whose own name is none, and a text that contains one, such as an address
 * or a connection string (`isSecretText()`). Empty strings are left out. Returns undefined if
 * the text is not JSON, so that the caller has to treat all of it as a secret.
 */
export function passwordValues(text: string, operation: MarkedOperation): readonly PasswordValue[] | undefined {
  return passwordPlaces(text, operation)?.filter(({ start, end }) => text.slice(start, end) !== '""');
}

/** Like `passwordValues()`, but with empty strings. */
export function passwordPlaces(text: string, operation: MarkedOperation): readonly PasswordValue[] | undefined {
  const { places, isComplete } = readPlaces(text, operation, { isSecretValue: isSecretText });
  return isComplete ? places : undefined;
}

/**
 * The values in a response, or in the first part of one, that are passwords by their names. The ids and names of what
 * is in a member such as `credentials` are none, because the other requests need them.
 */
export function passwordsInResponse(text: string, operation: MarkedOperation): readonly PasswordValue[] {
  return readPlaces(text, operation, { shown: IDENTITY }).places.filter(
    ({ start, end }) => text.slice(start, end) !== '""',
  );
}

/** Like `passwordsInResponse()`, and the texts that contain a secret, for somebody other than the user. */
export function secretsInResponse(text: string, operation: MarkedOperation): readonly PasswordValue[] {
  return readPlaces(text, operation, { shown: IDENTITY, isSecretValue: isSecretText }).places.filter(
    ({ start, end }) => text.slice(start, end) !== '""',
  );
}

interface ReadOptions {
  /** Names of members that are no passwords within a member that is one. */
  readonly shown?: ReadonlySet<string>;
  readonly isSecretValue?: (value: string) => boolean;
}

function readPlaces(
  text: string,
  operation: MarkedOperation,
  { shown = new Set(), isSecretValue = () => false }: ReadOptions,
): { readonly places: readonly PasswordValue[]; readonly isComplete: boolean } {
  const rule = new TextRule(operation, shown);
  const reader = new JsonReader(text);
  while (reader.next()) {
    const { role, start, end } = reader;
    if (role === 'open') {
      rule.open();
    } else if (role === 'close') {
      rule.close();
    } else if (role === 'name') {
      rule.startMember(rule.knownName(stringValue(reader.token)));
    } else if (role === 'value' && VALUE_START.test(text.charAt(start))) {
      const string = text.startsWith('"', start) ? stringValue(reader.token) : undefined;
      if (string !== undefined && rule.isInLabel) {
        rule.takeLabel(string);
      }
      rule.add(start, end, string !== undefined && isSecretValue(string));
    }
  }
  return { places: rule.end(), isComplete: reader.ending === 'complete' };
}

const VALUE_START = /["\d-]/;

/** Stores all values, because their place in the text is needed when the pair ends in which they are. */
class TextRule extends PasswordRule {
  readonly #places: Place[] = [];
  readonly #known = new Map<string, MemberName>();
  #open: OpenPath | undefined;

  knownName(text: string): MemberName {
    const name = this.#known.get(text) ?? this.nameOf(text);
    this.#known.set(text, name);
    return name;
  }

  override open(): void {
    this.#open = { parent: this.#open, name: this.name.text, members: [] };
    super.open();
  }

  override close(): void {
    super.close();
    this.#open = this.#open?.parent;
  }

  override startMember(name: MemberName): void {
    this.#open?.members.push({ name, from: this.#places.length });
    super.startMember(name);
  }

  add(start: number, end: number, isSecretText: boolean): void {
    const name = this.name.text;
    this.#places.push({
      start,
      end,
      name,
      path: this.#open,
      member: name,
      isSecret: isSecretText || this.isSecretHere,
    });
  }

  end(): readonly PasswordValue[] {
    while (this.#open) {
      this.close();
    }
    return this.#places
      .filter(({ isSecret }) => isSecret)
      .map(({ start, end, name, path, member }) => ({ start, end, name, location: locationOf(path, member) }));
  }

  protected endPair(label: string | undefined): void {
    const members = this.#open?.members ?? [];
    for (const [index, { name, from }] of members.entries()) {
      const places = name.isPairValue || name.isLabel ? this.#places.slice(from, members[index + 1]?.from) : [];
      for (const place of places) {
        if (name.isPairValue && label !== undefined) {
          place.isSecret = true;
          place.name = place.name === name.text ? label : place.name;
        } else if (name.isLabel && place.name === 'name') {
          place.isSecret = false;
        }
      }
    }
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
  name: string;
  readonly path: OpenPath | undefined;
  /** The name of the nearest member. */
  readonly member: string;
  isSecret: boolean;
}

/** An open list or object. */
interface OpenPath {
  readonly parent: OpenPath | undefined;
  readonly name: string;
  /** The members of an object so far, each with the index of the first place in it. */
  readonly members: { readonly name: MemberName; readonly from: number }[];
}

/** The names of the members that lead to a value, the nearest ones if there are many. */
function locationOf(path: OpenPath | undefined, member: string): readonly string[] {
  const names = [member];
  for (let at = path; at && names.length < MAX_LEVELS; at = at.parent) {
    names.push(at.name);
  }
  return withoutRepeats(names.reverse()).slice(1);
}

/** The text with a string in place of each password, empty by default; undefined if the text is not JSON. */
export function withoutPasswords(text: string, operation: MarkedOperation, instead = ''): string | undefined {
  const shown = JSON.stringify(instead);
  const values = passwordValues(text, operation);
  return values?.reduceRight((rest, { start, end }) => `${rest.slice(0, start)}${shown}${rest.slice(end)}`, text);
}
