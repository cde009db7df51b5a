import synonyms from '../../../media/synonyms.json' with { type: 'json' };
import { isListRead, type Operation } from './operation.ts';
import { singularOf, splitWords } from './operationTitles.ts';

export const FIELDS = [
  'title',
  'operationId',
  'path',
  'tag',
  'parameters',
  'names',
  'method',
  'verbs',
  'synonyms',
  'description',
] as const;
export type Field = (typeof FIELDS)[number];

/** One or several words, in lower case and in the singular. */
export type Phrase = readonly string[];

/** The words of an operation in each field that is searched. */
export type OperationWords = { readonly [F in Field]: Phrase } & {
  readonly key: string;
  /** For each word of the title, what means the same in it, the word itself included. */
  readonly meanings: readonly (readonly Phrase[])[];
};

export function operationWords(operation: Operation): OperationWords {
  const { key, method, operationId, path, tag, traits, parameters, description = '' } = operation;
  const title = wordsOf(operation.title);
  const own = {
    title,
    operationId: wordsOf(operationId),
    path: wordsOf(path.replaceAll(/^\/v\d+|\{[^{}]*\}/g, ' ')),
  };
  const inTitle = synonymsOf(title);
  const usual = [...(METHOD_VERBS[method] ?? []), ...(isListRead(operation) ? synonyms.list : [])];
  const verbs = [...usual, ...[...synonymsOf(usual), ...inTitle.slice(0, 1)].flat(2)];
  return {
    key,
    ...own,
    tag: wordsOf(`${tag} ${traits.group}`),
    // With the words that the tree has for effects, and for operations that a service cannot call.
    parameters: wordsOf(
      [
        ...parameters.map(({ name }) => name),
        ...(EFFECTS[traits.riskLevel] ?? []),
        ...(traits.needsUser ? ['needs user sign-in'] : []),
      ].join(' '),
    ),
    names: unique([operationId, ...path.split('/'), ...parameters.map(({ name }) => name)].flatMap(wholeName)),
    method: wordsOf(method),
    verbs: unique(verbs),
    synonyms: unique([
      ...[inTitle, synonymsOf(own.operationId), synonymsOf(own.path)].flat(3),
      ...(OF_OPERATIONS[key] ?? []),
    ]),
    description: wordsOf(description),
    meanings: title.flatMap((word, index) =>
      STOP_WORDS.has(word)
        ? []
        : [[[word], ...(inTitle[index] ?? []), ...(index === 0 ? verbs.map((verb) => [verb]) : [])]],
    ),
  };
}

/** Whether people begin with this word when they want to change something: `update`, `patch`, or a synonym. */
export function isChangeVerb(word: string | undefined): boolean {
  return word !== undefined && CHANGE_VERBS.has(word);
}

/** The words to search for. Words that say nothing are left out, unless there are no others. */
export function searchWords(text: string): readonly string[] {
  const words = unique(text.split(/\s+/).flatMap(typedWords));
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** `listDevices` is two words. `pOst` is one, in an odd case. */
function typedWords(text: string): Phrase {
  const words = wordsOf(text);
  return words.some((word) => word.length === 1) ? wordsOf(text.toLowerCase()) : words;
}

/** `pageSize` is also found as `pagesize`, and `os-patches` as `ospatches`. */
function wholeName(name: string): Phrase {
  const words = wordsOf(name);
  return words.length > 1 ? [words.join('')] : [];
}

/** `sign-in` is one word, which `signed` does not begin with. */
function wordsOf(text: string): Phrase {
  return splitWords(text.replaceAll(/\bsign-in\b/gi, 'signin')).map(singularOf);
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

const EFFECTS: Readonly<Record<string, readonly string[]>> = synonyms.effects;
/** What people look for in an operation whose name does not say it, because it is in a value. */
const OF_OPERATIONS: Readonly<Record<string, readonly string[]>> = synonyms.operations;
const METHOD_VERBS: Readonly<Record<string, readonly string[]>> = synonyms.methods;
const STOP_WORDS: ReadonlySet<string> = new Set(synonyms.stopWords.flatMap(wordsOf));

const CHANGE_VERBS: ReadonlySet<string> = new Set(
  [
    'put',
    'patch',
    ...synonyms.words.filter((group) => ['create', 'update', 'delete'].includes(group[0] ?? '')).flat(),
  ].flatMap(wordsOf),
);

/** From a word, or several words such as `custom field`, to the other words that people use for it. */
const SYNONYMS: ReadonlyMap<string, readonly Phrase[]> = synonymMap();
/** From the first word of a phrase that has synonyms to the number of words of the longest one. */
const LENGTHS: ReadonlyMap<string, number> = phraseLengths();

function synonymMap(): ReadonlyMap<string, readonly Phrase[]> {
  const others = new Map<string, Phrase[]>();
  for (const group of synonyms.words) {
    const phrases = group.map(wordsOf);
    for (const phrase of phrases) {
      const key = phrase.join(' ');
      others.set(key, [...(others.get(key) ?? []), ...phrases.filter((other) => other !== phrase)]);
    }
  }
  return others;
}

function phraseLengths(): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const phrase of SYNONYMS.keys()) {
    const [first = '', ...others] = phrase.split(' ');
    lengths.set(first, Math.max(lengths.get(first) ?? 0, others.length + 1));
  }
  return lengths;
}

/** For each word, the synonyms of the word and of the phrases that it is a part of. */
function synonymsOf(words: readonly string[]): readonly (readonly Phrase[])[] {
  const found: Phrase[][] = words.map(() => []);
  for (const [start, word] of words.entries()) {
    const last = Math.min(start + (LENGTHS.get(word) ?? 0), words.length);
    for (let end = start + 1; end <= last; end += 1) {
      const phrases = SYNONYMS.get(words.slice(start, end).join(' ')) ?? [];
      for (const list of found.slice(start, end)) {
        list.push(...phrases);
      }
    }
  }
  return found;
}
