import { l10n } from '../base/l10n.ts';
import { plainText } from '../base/errors.ts';
import { passwordPlaces, passwordValues, withoutPasswords } from '../api/passwordValues.ts';
import type { Traits } from '../catalog/operation.ts';
import type { RequestProblem } from './requestDraft.ts';
import { occurrenceAt } from './requestSource.ts';

/** Names of the members that lead to a value, such as `['body', 'password']`; lists and their items have none. */
export type Location = readonly string[];

/** A request document as it is stored. */
export interface StoredText {
  /** With an empty string in place of each password. */
  readonly text: string;
  /** A location for each password that the text lacks. */
  readonly missing: readonly Location[];
}

/**
 * What is stored of a request document that itself may lack passwords since an earlier reload (E6). Undefined if the text
 * is not JSON, because all of it may be part of a password.
 */
export function storedText(
  text: string,
  { passwords }: Pick<Traits, 'passwords'>,
  missing: readonly Location[],
): StoredText | undefined {
  const operation = { traits: { passwords } };
  const stored = withoutPasswords(text, operation);
  const left = passwordValues(text, operation) ?? [];
  return stored === undefined
    ? undefined
    : { text: stored, missing: [...stillMissing(text, missing), ...left.map(({ location }) => location)] };
}

/**
 * Which of the missing passwords the text still lacks: those whose place is there and is empty. In a list, one is no
 * longer missing for each item that is filled or removed. All of them if the text is not JSON, because the user is typing.
 */
export function stillMissing(text: string, missing: readonly Location[]): readonly Location[] {
  return emptyPlaces(text, missing)?.map(({ location }) => location) ?? missing;
}

/** The place of each password that the text still lacks. Undefined if the text is not JSON. */
function emptyPlaces(text: string, missing: readonly Location[]): readonly EmptyPlace[] | undefined {
  // The operation is not asked, because another description of the API may mark other members.
  const passwords = missing.map((location) => location.at(-1) ?? '');
  const places = missing.length === 0 ? [] : passwordPlaces(text, { traits: { passwords } });
  const empty = places?.filter(({ start, end }) => text.slice(start, end) === '""');
  return (
    empty &&
    missing.flatMap((location) => {
      const index = empty.findIndex((place) => keyOf(place.location) === keyOf(location));
      return empty.splice(index, index < 0 ? 0 : 1).map(({ start }) => ({ location, start }));
    })
  );
}

interface EmptyPlace {
  readonly location: Location;
  /** Offset of the empty string. */
  readonly start: number;
}

/** The problems that prevent sending: an empty string would delete the password in NinjaOne. */
export function missingPasswordProblems(text: string, missing: readonly Location[]): readonly RequestProblem[] {
  const places = emptyPlaces(text, missing) ?? missing.map((location) => ({ location, start: 0 }));
  return places.map(({ location, start }) => ({
    location,
    occurrence: occurrenceAt(text, location, start),
    message: l10n.t({
      message: 'The value of "{0}" may be a secret, so it was not stored. Enter it again, or remove the member.',
      args: [plainText(location.at(-1) ?? '', 60)],
      comment: '{0} is the name of a member of a JSON document, such as password.',
    }),
  }));
}

/**
 * The empty strings in place of passwords. In a file, and in a text that was pasted from another document, nothing else
 * says that a password was left out. None if the text is not JSON.
 */
export function emptyPasswordProblems(
  text: string,
  { traits: { passwords } }: { readonly traits: Pick<Traits, 'passwords'> },
): readonly EmptyPassword[] {
  const places = passwordPlaces(text, { traits: { passwords } }) ?? [];
  return places
    .filter(({ start, end }) => text.slice(start, end) === '""')
    .map(({ location, name, start }) => ({
      password: name,
      location,
      occurrence: occurrenceAt(text, location, start),
      message: l10n.t({
        message: 'The value of "{0}" is empty. Enter the secret, or remove the member.',
        args: [plainText(name, 60)],
        comment: '{0} is the name of a member of a JSON document, such as password.',
      }),
    }));
}

interface EmptyPassword extends RequestProblem {
  /** The name of the member, or of the pair of a name and a value. */
  readonly password: string;
}

/** Locations from the storage, which is not trusted. */
export function readLocations(value: unknown): readonly Location[] {
  const isLocation = (each: unknown): each is Location =>
    Array.isArray(each) && each.every((name) => typeof name === 'string');
  return Array.isArray(value) ? value.filter(isLocation) : [];
}

function keyOf(location: Location): string {
  return JSON.stringify(location);
}
