import type { NamedObject } from './nameSources.ts';

export interface RankOptions {
  /** Names of what an object belongs to. */
  readonly ownersOf: (object: NamedObject) => readonly string[];
  /** How many objects are returned at most. */
  readonly limit: number;
}

/**
 * The objects that have all words of a text in their name, their ID or the names of what they belong to, the best ones
 * first: the whole name, its beginning, the beginning of a word, any place. All objects for an empty text.
 */
export function rankNames(objects: readonly NamedObject[], text: string, options: RankOptions): readonly NamedObject[] {
  const typed = text.trim().toLowerCase();
  const words = typed.split(/\s+/).filter((word) => word !== '');
  const ranks: NamedObject[][] = [[], [], [], [], []];
  for (const object of words.length === 0 ? objects.slice(0, options.limit) : objects) {
    const name = object.name.toLowerCase();
    const rank = words.length === 0 ? 0 : rankOf(name, typed, words);
    const isFound = rank !== undefined || hasAll(object, words, options.ownersOf);
    if (isFound) {
      ranks[rank ?? 4]?.push(object);
    }
  }
  return ranks.flat().slice(0, options.limit);
}

function rankOf(name: string, typed: string, words: readonly string[]): number | undefined {
  if (name === typed) {
    return 0;
  }
  if (name.startsWith(typed)) {
    return 1;
  }
  if (!words.every((word) => name.includes(word))) {
    return undefined;
  }
  return words.every((word) => beginsWord(name, word)) ? 2 : 3;
}

function beginsWord(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name.charAt(at - 1))) {
      return true;
    }
  }
  return false;
}

function hasAll(object: NamedObject, words: readonly string[], ownersOf: RankOptions['ownersOf']): boolean {
  const texts = [object.name, object.id, object.note ?? '', ...ownersOf(object)].join(' ').toLowerCase();
  return words.every((word) => texts.includes(word));
}
