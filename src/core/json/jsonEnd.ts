import { JsonGrammar } from './jsonGrammar.ts';

/**
 * How JSON text in an encoding that contains ASCII ends: `inside` a list, an object or a string, as the text of a cut
 * response does; with `lines` that each have one more JSON value after its list or object, as in JSON Lines, or with `more`
 * if it is other text; `invalid` if the list or object itself is not JSON (RFC 8259). `undefined` if it is valid, or is no
 * list and no object.
 */
export type OddJsonEnd = 'inside' | 'invalid' | 'lines' | 'more' | undefined;

/** Takes text in parts. Looks at each byte once and stores none, because the text can be larger than the memory. */
export class OddEnd {
  #depth = 0;
  #isFirst = true;
  #isInString = false;
  #isEscaped = false;
  #isOther = false;
  #isInvalid = false;
  #hasMore = false;
  #hasLines = false;
  /** Whether a value has begun in this line, or in earlier ones and is still open. */
  #isBegun = false;
  readonly #grammar = new JsonGrammar();

  get found(): OddJsonEnd {
    if (this.#isOther) {
      return undefined;
    }
    if (this.#isInString || this.#depth > 0) {
      return 'inside';
    }
    const isInvalid = this.#isBegun && !this.#grammar.isComplete;
    if (this.#isInvalid || (isInvalid && !this.#hasLines)) {
      return 'invalid';
    }
    return this.#hasMore || isInvalid ? 'more' : this.#hasLines ? 'lines' : undefined;
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
      if (this.#isFirst && !this.#begin(byte)) {
        continue;
      }
      if (this.#depth === 0 && !this.#isInString) {
        this.#takeOutside(byte);
      }
      if (!this.#hasMore) {
        this.#grammar.take(byte);
      }
      if (this.#isInString) {
        this.#isInString = this.#isEscaped || byte !== QUOTE;
        this.#isEscaped = !this.#isEscaped && byte === BACKSLASH;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.#depth++;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        this.#depth--;
      }
    }
    return !this.#isOther;
  }

  /** False if the list or object does not begin with this byte. */
  #begin(byte: number): boolean {
    this.#isFirst = byte !== OPEN_LIST && byte !== OPEN_OBJECT;
    this.#isOther = this.#isFirst && !isBlank(byte);
    this.#isBegun = !this.#isFirst;
    return !this.#isFirst;
  }

  /** A byte that is in no list, object or string. */
  #takeOutside(byte: number): void {
    const { isComplete, hasEnded } = this.#grammar;
    if (byte === LINE_FEED && this.#isBegun) {
      this.#isInvalid ||= !isComplete && !this.#hasLines;
      this.#hasMore ||= !isComplete && this.#hasLines;
      this.#isBegun = false;
      this.#grammar.reset();
    } else if (byte > SPACE && !this.#isBegun) {
      this.#hasLines = true;
      this.#isBegun = true;
    } else if (byte > SPACE && hasEnded) {
      this.#hasMore = true;
    }
  }
}

/** White space of JSON, or a byte of the byte order mark of UTF-8. */
function isBlank(byte: number): boolean {
  return byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

const LINE_FEED = 10;
const SPACE = 32;
const QUOTE = 34;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
