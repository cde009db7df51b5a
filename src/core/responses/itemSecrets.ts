import { isPasswordName, PAIR_VALUE } from '../api/passwordNames.ts';
import { passwordsInResponse } from '../api/passwordValues.ts';
import type { Operation } from '../catalog/operation.ts';
import { maskPlaces } from './namedSecrets.ts';

/** Hides the passwords in the items of a list, by the rule for documents (A16, E4). */
export interface ItemSecrets {
  /** Whether an item with such a member may have a password. `json` is the value of the member. */
  readonly mayHave: (name: string, json: string) => boolean;
  /** The item with the passwords masked. */
  readonly mask: (item: string) => string;
}

export function itemSecrets(operation: Pick<Operation, 'traits'>): ItemSecrets {
  const isMarked = (operation.traits.passwords ?? []).length > 0;
  const judged = new Map<string, boolean>();
  const isSuspect = (name: string): boolean => {
    const known = judged.get(name) ?? (isMarked || isPasswordName(name) || PAIR_VALUE.test(name));
    judged.set(name, known);
    return known;
  };
  return {
    mayHave: (name, json) => isSuspect(name) || json.startsWith('{') || json.startsWith('['),
    mask: (item) => maskPlaces(item, passwordsInResponse(item, operation)).text,
  };
}
