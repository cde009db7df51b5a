import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';

/**
 * Finds the elements of the list in JSON text that comes part by part, and answers each as it stands there: no digit is
 * changed, and no more than one element is held. The list is the value itself or its member `name`; whatever is no JSON
 * ends it without an error, as what came is what there is.
 */
export class JsonItems {
  readonly #name: string;
  #depth = 0;
  /** How deep the elements stand, once the list has begun. */
  #listDepth: number | undefined;
  #isDone = false;
  #isInString = false;
  #isEscaped = false;
  /** The last string of the outermost object, without its quotes: the key of what follows. */
  #key = '';
  /** The part of the present element that came before. */
  #begun = '';

  constructor(name: string | undefined) {
    this.#name = name ?? '';
  }

  /** Whether the list was found. */
  get hasList(): boolean {
    return this.#listDepth !== undefined;
  }

  /** The elements that end in this part. Throws `response.itemTooLarge`. */
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

  /** Whether the string ends here, and might be a key that is asked for. */
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

  /** Of an element what is still to be ended; of a key no more than would be needed to know it. */
  #keep(part: string, start: number): void {
    if (this.hasList && !this.#isDone) {
      this.#begun += part.slice(start);
      if (this.#begun.length > MOST_CHARACTERS) {
        throw itemTooLarge();
      }
    } else if (this.#isInString) {
      this.#begun = (this.#begun + part.slice(start, start + LONGEST_KEY)).slice(0, LONGEST_KEY);
    } else {
      this.#begun = '';
    }
  }
}

/** The elements of the list in bytes of UTF-8 that come part by part, such as those of a file. */
export async function* itemsIn(bytes: AsyncIterable<Uint8Array>, name: string | undefined): AsyncGenerator<string> {
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

const LONGEST_KEY = 200;
const MOST_CHARACTERS = 20_000_000;

function itemTooLarge(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.itemTooLarge',
    intent: 'invalidInput',
    message: l10n.t('An item of the list is too large for a table. Save the response as JSON instead.'),
  });
}
