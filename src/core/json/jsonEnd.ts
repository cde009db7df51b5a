import { JsonGrammar } from './jsonGrammar.ts';

/**
 * How JSON text in an encoding that contains ASCII ends: `inside` a list, an object or a string, as the text of a cut
 * response does, or with `more` after its list or object, as JSON Lines do; `invalid` if the list or object itself is not
 * JSON (RFC 8259). `undefined` if it is valid, or is no list and no object.
 */
export type OddJsonEnd = 'inside' | 'invalid' | 'more' | undefined;

/** Reads each byte once and stores none, because the text can be larger than the memory. */
export async function oddJsonEnd(bytes: AsyncIterable<Uint8Array>): Promise<OddJsonEnd> {
  const end = new OddEnd();
  for await (const part of bytes) {
    if (!end.take(part)) {
      return undefined;
    }
  }
  return end.found;
}

/** The same for text that arrives in parts. */
export class OddEnd {
  #depth = 0;
  #isFirst = true;
  #isInString = false;
  #isEscaped = false;
  #isOther = false;
  #hasMore = false;
  readonly #grammar = new JsonGrammar();

  get found(): OddJsonEnd {
    if (this.#isOther) {
      return undefined;
    }
    const isInside = this.#isInString || this.#depth > 0;
    return isInside ? 'inside' : this.#grammar.isBroken ? 'invalid' : this.#hasMore ? 'more' : undefined;
  }

  /** False if the text is no list and no object. */
  take(part: Uint8Array): boolean {
    // Not an iterator, which makes an object for each byte: gigabytes of garbage for a large response.
    for (let at = 0; at < part.length && !this.#isOther; at++) {
      const byte = part[at] ?? 0;
      // Most bytes of a response are such ones.
      if (this.#isInString && byte >= SPACE && byte !== QUOTE && byte !== BACKSLASH && !this.#grammar.isInEscape) {
        this.#isEscaped = false;
        continue;
      }
      this.#hasMore ||= this.#depth === 0 && !this.#isFirst && !this.#isInString && byte > SPACE;
      if (!this.#isFirst && !this.#hasMore) {
        this.#grammar.take(byte);
      }
      if (this.#isInString) {
        this.#isInString = this.#isEscaped || byte !== QUOTE;
        this.#isEscaped = !this.#isEscaped && byte === BACKSLASH;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (this.#isFirst) {
          this.#grammar.take(byte);
        }
        this.#depth++;
        this.#isFirst = false;
      } else if (this.#isFirst && !isBlank(byte)) {
        this.#isOther = true;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        this.#depth--;
      }
    }
    return !this.#isOther;
  }
}

/** White space of JSON, or a byte of the byte order mark of UTF-8. */
function isBlank(byte: number): boolean {
  return byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

const SPACE = 32;
const QUOTE = 34;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
