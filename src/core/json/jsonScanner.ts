export type JsonTokenKind = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'word';

/**
 * Finds the tokens of JSON text (RFC 8259), which may arrive in parts. It copies nothing, so every digit, escape and
 * duplicate name stays as it was written. A word is a constant, a number, or text that is not JSON; a word that is divided
 * between two parts is two tokens. Whoever needs valid JSON uses `JsonReader`.
 */
export class JsonScanner {
  kind: JsonTokenKind = 'word';
  /** Offsets of the token in the latest part. */
  start = 0;
  end = 0;
  /** Whether a string started in this part or an earlier one, and has not ended. */
  isInString = false;
  /** Whether all escapes and characters of the string so far are allowed. */
  isValidString = true;
  #text: string;
  /** What the next character of a string belongs to: `ESCAPE_BEGUN`, or the number of missing hexadecimal digits. */
  #escape = 0;

  constructor(text = '') {
    this.#text = text;
  }

  /** The next part of the text. The tokens of the last part must have been read. */
  continueWith(part: string): void {
    this.#text = part;
    this.start = 0;
    this.end = 0;
  }

  /** False if the text has no further complete token. */
  next(): boolean {
    if (this.isInString) {
      return this.#passString(this.end);
    }
    const text = this.#text;
    const start = skipBlanks(text, this.end);
    this.start = start;
    if (start >= text.length) {
      this.end = start;
      return false;
    }
    const code = text.charCodeAt(start);
    if (code === QUOTE) {
      this.kind = 'string';
      this.isInString = true;
      this.isValidString = true;
      this.#escape = 0;
      return this.#passString(start + 1);
    }
    if (isPunctuation(code)) {
      this.kind = text.charAt(start) as JsonTokenKind;
      this.end = start + 1;
      return true;
    }
    this.kind = 'word';
    this.end = endOfWord(text, start);
    return true;
  }

  #passString(from: number): boolean {
    const text = this.#text;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#escape > 0 && this.#passEscape(code)) {
        continue;
      }
      if (code === QUOTE) {
        this.isInString = false;
        this.end = at + 1;
        return true;
      }
      if (code === BACKSLASH) {
        this.#escape = ESCAPE_BEGUN;
      } else if (code < 32) {
        this.isValidString = false;
      }
    }
    this.end = text.length;
    return false;
  }

  /** False if the character is not part of the escape, and has to be read as an ordinary one. */
  #passEscape(code: number): boolean {
    if (this.#escape === ESCAPE_BEGUN) {
      this.#escape = code === LETTER_U ? HEX_DIGITS : 0;
      this.isValidString &&= code === LETTER_U || isSimpleEscape(code);
      return true;
    }
    const isHex = isHexDigit(code);
    this.#escape = isHex ? this.#escape - 1 : 0;
    this.isValidString &&= isHex;
    return isHex;
  }
}

export function skipBlanks(source: string, from: number): number {
  let at = from;
  for (let code = source.charCodeAt(at); isBlank(code);) {
    code = source.charCodeAt(++at);
  }
  return at;
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || isPunctuation(code) || isBlank(code)) {
      break;
    }
  }
  return at;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** `{ } [ ] , :` */
function isPunctuation(code: number): boolean {
  return code === 44 || code === 58 || code === 91 || code === 93 || code === 123 || code === 125;
}

/** `" \ / b f n r t` */
function isSimpleEscape(code: number): boolean {
  return (
    code === QUOTE ||
    code === BACKSLASH ||
    code === 47 ||
    code === 98 ||
    code === 102 ||
    code === 110 ||
    code === 114 ||
    code === 116
  );
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

const QUOTE = 34;
const BACKSLASH = 92;
const LETTER_U = 117;
const HEX_DIGITS = 4;
const ESCAPE_BEGUN = 5;
