import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { parseJson } from '../base/untrusted.ts';
import { JsonScanner } from './jsonScanner.ts';

/**
 * Finds the elements of a list in JSON text that arrives in parts, and returns the source text of each: digits are
 * unchanged, and only one element is in memory. The list is the value itself or its first member `name` that is a list.
 * Invalid JSON ends the list without an error.
 */
export class JsonItems {
  readonly #name: string;
  readonly #scanner = new JsonScanner();
  #depth = 0;
  /** Depth of the elements, once the list has started. */
  #listDepth: number | undefined;
  #isDone = false;
  #hasSecondList = false;
  #hasRest = false;
  /** The last string of the outermost object, with quotes: the key of the next value. */
  #key = '';
  /** The start of the current element from earlier parts, or that of a key. */
  #begun = '';
  /** Characters in earlier parts, and where the current element starts. */
  #taken = 0;
  #startAt = 0;
  #place: ItemPlace = { start: 0, end: 0 };

  constructor(name: string | undefined) {
    this.#name = name ?? '';
  }

  /** Where the element that was returned last is in the whole text. Spaces may surround it. */
  get place(): ItemPlace {
    return this.#place;
  }

  /** Whether the list was found. */
  get hasList(): boolean {
    return this.#listDepth !== undefined;
  }

  /** Whether the end of the list was found. */
  get isComplete(): boolean {
    return this.#isDone;
  }

  /** Whether another member `name` is a list, too. Known when the whole text was taken. */
  get hasSecondList(): boolean {
    return this.#hasSecondList;
  }

  /** Whether text follows the value with the list. Known when the whole text was taken. */
  get hasRest(): boolean {
    return this.#hasRest;
  }

  /** Returns the elements that end in this part. Throws `response.itemTooLarge`. */
  *take(part: string): Generator<string> {
    const scanner = this.#scanner;
    let start = 0;
    scanner.continueWith(part);
    // What follows a list that is the value itself is not JSON. Beside a member, there can be another one of this name.
    while (!(this.#isDone && this.#listDepth === 1) && scanner.next()) {
      const { kind, end } = scanner;
      this.#hasRest ||= this.#isDone && this.#depth === 0;
      switch (kind) {
        case '[':
        case '{':
          this.#depth++;
          if (kind === '[' && !this.#isInList && this.#isList()) {
            this.#hasSecondList = this.#isDone;
            this.#listDepth = this.#depth;
            this.#begun = '';
            start = end;
            this.#startAt = this.#taken + end;
          }
          break;
        case ']':
        case '}':
        case ',':
          if (this.#isInList && this.#depth === this.#listDepth) {
            const item = (this.#begun + part.slice(start, end - 1)).trim();
            this.#begun = '';
            start = end;
            this.#place = { start: this.#startAt, end: this.#taken + end - 1 };
            this.#startAt = this.#taken + end;
            this.#isDone = kind !== ',';
            if (item !== '') {
              yield item;
            }
          }
          this.#depth -= kind === ',' ? 0 : 1;
          break;
        case 'string':
          if (!this.#isInList) {
            this.#key = this.#depth === 1 ? this.#begun + part.slice(scanner.start, end) : this.#key;
            this.#begun = '';
          }
          break;
        case ':':
        case 'word':
      }
    }
    this.#hasRest ||= this.#isDone && this.#listDepth === 1 && part.slice(start).trim() !== '';
    this.#keep(part, this.#isInList ? start : scanner.start);
    this.#taken += part.length;
  }

  get #isInList(): boolean {
    return this.hasList && !this.#isDone;
  }

  #isList(): boolean {
    return this.#depth === 1 || (this.#depth === 2 && this.#name !== '' && parseJson(this.#key) === this.#name);
  }

  /** Stores the start of an incomplete element, or as much of a key as is needed to recognize it. */
  #keep(part: string, start: number): void {
    if (this.#isInList) {
      this.#begun += part.slice(start);
      if (this.#begun.length > MAX_CHARACTERS) {
        throw itemTooLarge();
      }
    } else if (this.#scanner.isInString) {
      this.#begun = (this.#begun + part.slice(start, start + MAX_KEY_LENGTH)).slice(0, MAX_KEY_LENGTH);
    } else {
      this.#begun = '';
    }
  }
}

/** Offsets in characters. */
export interface ItemPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * The elements of a list in bytes that arrive in parts, such as those of a file. Throws `response.itemTooLarge`,
 * `response.notJson` if the list does not end or text follows the JSON, and `response.listTwice` after its last element.
 */
export async function* readJsonItems(
  bytes: AsyncIterable<Uint8Array>,
  name: string | undefined,
  decoder: InstanceType<typeof TextDecoder> = new TextDecoder(),
): AsyncGenerator<string> {
  const items = new JsonItems(name);
  for await (const part of bytes) {
    yield* items.take(decoder.decode(part, { stream: true }));
  }
  if ((items.hasList && !items.isComplete) || items.hasRest) {
    throw notJson();
  }
  if (items.hasSecondList) {
    throw listTwice();
  }
}

const MAX_KEY_LENGTH = 200;
const MAX_CHARACTERS = 20_000_000;

function itemTooLarge(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.itemTooLarge',
    intent: 'invalidInput',
    message: l10n.t('An item of the list is too large for a table. Save the response as JSON instead.'),
  });
}

/** Nobody knows which of two lists with the same name counts. */
export function listTwice(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.listTwice',
    intent: 'invalidInput',
    message: l10n.t(
      'The response contains its list twice, and nobody knows which one counts. Save the response as JSON to see both.',
    ),
  });
}

/** The list is not valid JSON, or incomplete. */
export function notJson(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.notJson',
    intent: 'invalidInput',
    message: l10n.t(
      'The list is incomplete or contains an item that is not valid JSON, so the CSV file was not saved. Save the response as JSON.',
    ),
  });
}
