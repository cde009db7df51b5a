/**
 * Whether JSON text in an encoding that contains ASCII ends inside a list, an object or a string, as the text of a cut
 * response does. Reads each byte once and stores none, because the text can be larger than the memory. Text that is not
 * JSON has no such end.
 */
export async function endsInsideJson(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  let depth = 0;
  let isFirst = true;
  let isInString = false;
  let isEscaped = false;
  for await (const part of bytes) {
    for (const byte of part) {
      if (isInString) {
        isInString = isEscaped || byte !== QUOTE;
        isEscaped = !isEscaped && byte === BACKSLASH;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth++;
        isFirst = false;
      } else if (isFirst && !isBlank(byte)) {
        return false;
      } else if (byte === QUOTE) {
        isInString = true;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        depth--;
      }
    }
  }
  return isInString || depth > 0;
}

/** White space of JSON, or a byte of the byte order mark of UTF-8. */
function isBlank(byte: number): boolean {
  return byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}

const QUOTE = 34;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
