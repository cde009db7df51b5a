/**
 * How JSON text in an encoding that contains ASCII ends: `inside` a list, an object or a string, as the text of a cut
 * response does, or with `more` after its list or object, as JSON Lines do. Reads each byte once and stores none, because
 * the text can be larger than the memory. `undefined` if it ends as JSON does, or is no list and no object.
 */
export async function oddJsonEnd(bytes: AsyncIterable<Uint8Array>): Promise<'inside' | 'more' | undefined> {
  const end = new JsonEnd();
  for await (const part of bytes) {
    if (!end.take(part)) {
      return undefined;
    }
  }
  return end.isInside ? 'inside' : end.hasMore ? 'more' : undefined;
}

class JsonEnd {
  #depth = 0;
  #isFirst = true;
  #isInString = false;
  #isEscaped = false;

  /** Whether a list or an object has ended before the last text. */
  hasMore = false;

  get isInside(): boolean {
    return this.#isInString || this.#depth > 0;
  }

  /** False if the text is not JSON. */
  take(part: Uint8Array): boolean {
    // Not an iterator, which makes an object for each byte: gigabytes of garbage for a large response.
    for (let at = 0; at < part.length; at++) {
      const byte = part[at] ?? 0;
      this.hasMore ||= this.#depth === 0 && !this.#isFirst && !this.#isInString && byte > SPACE;
      if (this.#isInString) {
        this.#isInString = this.#isEscaped || byte !== QUOTE;
        this.#isEscaped = !this.#isEscaped && byte === BACKSLASH;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.#depth++;
        this.#isFirst = false;
      } else if (this.#isFirst && !isBlank(byte)) {
        return false;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        this.#depth--;
      }
    }
    return true;
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
