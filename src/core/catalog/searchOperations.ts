import MiniSearch, { type SearchOptions, type SearchResult } from 'minisearch';
import { readConsoleAddress } from './consoleAddresses.ts';
import { objectValues, operationsTaking } from './objectOperations.ts';
import { isListRead, METHODS, type Operation } from './operation.ts';
import {
  FIELDS,
  isChangeVerb,
  operationWords,
  searchWords,
  type Field,
  type OperationWords,
} from './operationWords.ts';
import { pathFit, readPathQuery, type PathQuery } from './pathQuery.ts';

/**
 * Finds operations by what people type: a path, the words of a title, or other words for them (E3). An address of
 * NinjaOne's console, of any server, finds the operations of its object (E20).
 */
export interface OperationSearch {
  /** The operations that have all words, in the order of the catalog. An empty text finds all. */
  filter(text: string): readonly Operation[];
  /**
   * The best one first: exact method and path, exact path, beginning of a path, exact title, all words, some of them.
   * Words that no operation has are left out, and unknown words may have typing errors. An empty text finds all, in the
   * order of the catalog.
   */
  rank(text: string): readonly Operation[];
}

/** Builds the index, so that no key stroke waits for it. */
export function createOperationSearch(operations: readonly Operation[]): OperationSearch {
  const index = new WordIndex(operations);
  return {
    filter: (text) => {
      const address = readConsoleAddress(text);
      if (address) {
        return operations.filter((operation) => objectValues(operation, [address.object]) !== undefined);
      }
      const path = readPathQuery(text);
      const words = searchWords(path?.rest ?? text);
      if (!path && words.length === 0) {
        return text.trim() === '' ? operations : [];
      }
      const found = words.length > 0 ? index.all(words) : undefined;
      return operations.filter(
        (operation) =>
          (!path || fitsMethod(path, operation)) &&
          (!path || pathFit(path, operation) !== undefined) &&
          (!found || found.has(operation.key)),
      );
    },
    rank: (text) => {
      if (text.trim() === '') {
        return operations;
      }
      const address = readConsoleAddress(text);
      if (address) {
        return operationsTaking(operations, [address.object]).map(({ operation }) => operation);
      }
      const path = readPathQuery(text);
      const byPath = path ? rankByPath(path, operations, index) : [];
      return byPath.length > 0 ? byPath : index.rank(text);
    },
  };
}

function rankByPath(path: PathQuery, operations: readonly Operation[], index: WordIndex): readonly Operation[] {
  const rest = path.rest === '' ? [] : index.rank(path.rest);
  const places = new Map(rest.map((operation, place) => [operation, place]));
  return operations
    .flatMap((operation) => {
      const fit = pathFit(path, operation);
      const place = places.get(operation) ?? rest.length;
      // Of the operations below a pasted path, those with the words beside it are meant.
      const hasWords = place < rest.length;
      const tier =
        (hasWords || rest.length === 0 ? 0 : 4) +
        (fit?.isWhole === true ? 0 : 2) +
        (fitsMethod(path, operation) ? 0 : 1);
      return fit ? [{ operation, tier, likeness: fit.likeness, place }] : [];
    })
    .sort(
      (a, b) =>
        a.tier - b.tier ||
        a.place - b.place ||
        b.likeness - a.likeness ||
        a.operation.path.length - b.operation.path.length ||
        METHODS.indexOf(a.operation.method) - METHODS.indexOf(b.operation.method),
    )
    .map(({ operation }) => operation);
}

function fitsMethod({ method }: PathQuery, operation: Operation): boolean {
  return method === undefined || method === operation.method;
}

/** How much a word counts in each field. `npm run measure:search` shows what a change of these figures does. */
const WEIGHTS: { readonly [F in Field]: number } = {
  title: 3,
  operationId: 2,
  path: 2.5,
  tag: 0.8,
  parameters: 0.5,
  names: 0.5,
  method: 1,
  verbs: 2,
  synonyms: 2.5,
  description: 1,
};

/** A filter finds nothing by prose. */
const FILTER_FIELDS = FIELDS.filter((field) => field !== 'description');

/** Beginnings of words count, because people search while they type. */
const OPTIONS: SearchOptions = {
  boost: WEIGHTS,
  prefix: true,
  weights: { prefix: 0.2, fuzzy: 0.3 },
  // By default, MiniSearch splits and changes the words once more.
  tokenize: (word) => [word],
  processTerm: (word) => word,
};

class WordIndex {
  readonly #search = new MiniSearch<OperationWords>({
    idField: 'key',
    fields: [...FIELDS],
    extractField: (words, field) => (field === 'key' ? words.key : words[field as Field].join(' ')),
    tokenize: (text) => text.split(' '),
    processTerm: (word) => word,
  });
  readonly #entries: ReadonlyMap<unknown, Entry>;
  /** Every word that an operation has. */
  readonly #terms: ReadonlySet<string>;

  constructor(operations: readonly Operation[]) {
    const entries = operations.map((operation) => ({ operation, words: operationWords(operation) }));
    this.#search.addAll(entries.map(({ words }) => words));
    this.#entries = new Map(entries.map((entry) => [entry.words.key, entry]));
    this.#terms = new Set(entries.flatMap(({ words }) => FIELDS.flatMap((field) => words[field])));
  }

  /** Keys of the operations that have all of these words. */
  all(words: readonly string[]): ReadonlySet<unknown> {
    const found = this.#search.search(
      { combineWith: 'AND', queries: [...words] },
      { ...OPTIONS, fields: FILTER_FIELDS },
    );
    return new Set(found.map(({ id }) => id as unknown));
  }

  rank(text: string): readonly Operation[] {
    const words = searchWords(text);
    const typed = text.trim().toLowerCase();
    const isKnown = new Map(words.map((word) => [word, this.#terms.has(word)]));
    const found = this.#search.search(
      { combineWith: 'OR', queries: [...words] },
      {
        ...OPTIONS,
        // A word that is followed by others is complete, unless it is an abbreviation.
        prefix: (word) => word === words.at(-1) || isKnown.get(word) === false,
        fuzzy: (word) => word.length > 3 && isKnown.get(word) === false && !isBeginning(word, this.#terms) && 0.3,
      },
    );
    const query: Query = {
      found: new Set(found.flatMap(({ queryTerms }) => queryTerms)).size,
      isPlural: PLURAL.test(typed),
      changeVerb: isChangeVerb(words[0]) ? words[0] : undefined,
      typed,
    };
    return found
      .flatMap((result) => {
        const entry = this.#entries.get(result.id);
        return entry ? [{ operation: entry.operation, score: scoreOf(result, entry, query) }] : [];
      })
      .sort((a, b) => b.score - a.score)
      .map(({ operation }) => operation);
  }
}

/** What somebody looks for. */
interface Query {
  /** How many of its words any operation has. */
  readonly found: number;
  /** `devices` more likely means a list than `device`. */
  readonly isPlural: boolean;
  /** The verb with which it begins, such as `update`, which no read is for. */
  readonly changeVerb: string | undefined;
  /** In lower case. */
  readonly typed: string;
}

const PLURAL = /[^s]s$/i;

interface Entry {
  readonly operation: Operation;
  readonly words: OperationWords;
}

/** Better if more of the words match, and if less of the title or of the path is left over. */
function scoreOf({ score, queryTerms, match }: SearchResult, { operation, words }: Entry, query: Query): number {
  const names = [operation.title, operation.operationId];
  if (names.some((name) => name.toLowerCase() === query.typed)) {
    return Infinity;
  }
  const share = <T>(parts: readonly T[], isFound: (part: T) => boolean): number =>
    parts.length === 0 ? 0 : parts.filter(isFound).length / parts.length;
  const ofTitle = share(words.meanings, (phrases) => phrases.some((phrase) => phrase.every((word) => word in match)));
  const ofPath = share(words.path, (word) => word in match);
  const ofQuery = queryTerms.length / query.found;
  const begins = operation.title.toLowerCase().startsWith(query.typed) ? 1.3 : 1;
  return score * begins * ofQuery ** 2 * (1 + 2 * Math.max(ofTitle, ofPath) ** 2) * usualness(operation, words, query);
}

/**
 * Between equals, people look for lists, and a choice by mistake should change nothing. A word such as `patches` is no verb
 * for the reads that have it in their path.
 */
function usualness(operation: Operation, { path }: OperationWords, { isPlural, changeVerb }: Query): number {
  if (changeVerb !== undefined && operation.method === 'GET' && !path.includes(changeVerb)) {
    return 0.5;
  }
  if (isListRead(operation)) {
    return (operation.path.includes('{') ? 1.03 : 1.1) * (isPlural ? 1.25 : 1);
  }
  return operation.method === 'GET' ? 1 : operation.method === 'DELETE' ? 0.75 : 0.8;
}

function isBeginning(word: string, terms: ReadonlySet<string>): boolean {
  return [...terms].some((term) => term.startsWith(word));
}
