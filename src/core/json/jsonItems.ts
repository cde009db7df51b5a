import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

/**
 * Finds the elements of a list in JSON text that arrives in parts, and returns the source text of each: digits are
 * unchanged, and only one element is in memory. The list is the value itself or its member `name`. Invalid JSON ends the
 * list without an error.
 */
export class JsonItems {
  readonly #name: string;
  #depth = 0;
  /** Depth of the elements, once the list has started. */
  #listDepth: number | undefined;
  #isDone = false;
  #isInString = false;
  #isEscaped = false;
  /** The last string of the outermost object, without quotes: the key of the next value. */
  #key = '';
  /** The start of the current element from earlier parts. */
  #begun = '';

  constructor(name: string | undefined) {
    this.#name = name ?? '';
  }

  /** Whether the list was found. */
  get hasList(): boolean {
    return this.#listDepth !== undefined;
  }

  /** Returns the elements that end in this part. Throws `response.itemTooLarge`. */
  *take(part: string): Generator<string> {
    let start = 0;
    for (let at = 0; at < part.length && !this.#isDone; at++) {
      const code = part.charCodeAt(at);
      if (this.#isInString) {
        if (this.#passString(code)) {
          this.#key = this.#begun + part.slice(start, at);
        }
        continue;
      }
      if (code === QUOTE) {
        this.#isInString = true;
        if (!this.hasList) {
          this.#begun = '';
          start = at + 1;
        }
      } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        this.#depth++;
        if (!this.hasList && code === OPEN_LIST && this.#isList()) {
          this.#listDepth = this.#depth;
          this.#begun = '';
          start = at + 1;
        }
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT || (code === COMMA && this.#depth === this.#listDepth)) {
        if (this.#depth === this.#listDepth) {
          const item = (this.#begun + part.slice(start, at)).trim();
          this.#begun = '';
          start = at + 1;
          this.#isDone = code !== COMMA;
          if (item !== '') {
            yield item;
          }
        }
        this.#depth -= code === COMMA ? 0 : 1;
      }
    }
    this.#keep(part, start);
  }

  /** Whether the string ends here and can be the requested key. */
  #passString(code: number): boolean {
    if (this.#isEscaped) {
      this.#isEscaped = false;
    } else if (code === BACKSLASH) {
      this.#isEscaped = true;
    } else if (code === QUOTE) {
      this.#isInString = false;
      return !this.hasList && this.#depth === 1;
    }
    return false;
  }

  #isList(): boolean {
    return this.#depth === 1 || (this.#depth === 2 && this.#name !== '' && this.#key === this.#name);
  }

  /** Stores the start of an incomplete element, or as much of a key as is needed to recognize it. */
  #keep(part: string, start: number): void {
    if (this.hasList && !this.#isDone) {
      this.#begun += part.slice(start);
      if (this.#begun.length > MAX_CHARACTERS) {
        throw itemTooLarge();
      }
    } else if (this.#isInString) {
      this.#begun = (this.#begun + part.slice(start, start + MAX_KEY_LENGTH)).slice(0, MAX_KEY_LENGTH);
    } else {
      this.#begun = '';
    }
  }
}

/** The elements of a list in UTF-8 bytes that arrive in parts, such as those of a file. */
export async function* readJsonItems(
  bytes: AsyncIterable<Uint8Array>,
  name: string | undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const items = new JsonItems(name);
  for await (const part of bytes) {
    yield* items.take(decoder.decode(part, { stream: true }));
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const MAX_KEY_LENGTH = 200;
const MAX_CHARACTERS = 20_000_000;

function itemTooLarge(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.itemTooLarge',
    intent: 'invalidInput',
    message: l10n.t('An item of the list is too large for a table. Save the response as JSON instead.'),
  });
}
