/**
 * Whether the bytes of one value, and after `reset()` of the next, keep to the grammar of JSON (RFC 8259). They arrive one by one and none is
 * stored, because the text can be larger than the memory: `JsonReader` needs the whole text, and makes a string of each
 * token. Claims nothing about text with a NUL character, such as UTF-16, or with more than 100,000 levels.
 */
export class JsonGrammar {
  isBroken = false;
  #isOff = false;
  #expected: Expected = 'value';
  #state: State = 'none';
  /** The rest of a constant: its text, and the offset of its next letter. */
  #constant = '';
  #at = 0;
  /** Missing hexadecimal digits of an escape. */
  #digits = 0;
  /** For each open list and object, whether it is a list. */
  readonly #lists: boolean[] = [];

  /** Whether the last byte was one of an escape that goes on. */
  get isInEscape(): boolean {
    return this.#state === 'escape';
  }

  /** Whether the value has ended, or nothing is claimed about it. Only a number or a constant can be complete before. */
  get hasEnded(): boolean {
    const isEnd = this.#state === 'none' && this.#expected === 'commaOrEnd' && this.#lists.length === 0;
    return this.#isOff ? !this.isBroken : isEnd;
  }

  get isComplete(): boolean {
    const isNumber = ENDS_OF_NUMBERS.includes(this.#state);
    const isWord = this.#state === 'constant' ? this.#at === this.#constant.length : isNumber;
    return this.hasEnded || (isWord && !this.#isOff && this.#lists.length === 0);
  }

  /** Another value begins, as in JSON Lines. */
  reset(): void {
    this.isBroken = false;
    this.#isOff = false;
    this.#expected = 'value';
    this.#state = 'none';
    this.#lists.length = 0;
  }

  /** Bytes of a string that have no meaning of their own can be left out. */
  take(byte: number): void {
    if (this.#isOff) {
      return;
    }
    if (this.#state === 'string') {
      this.#takeOfString(byte);
    } else if (this.#state === 'escape') {
      this.#takeOfEscape(byte);
    } else if (!this.#takeOfWord(byte)) {
      this.#takePunctuation(byte);
    }
  }

  #takeOfString(byte: number): void {
    if (byte === QUOTE) {
      this.#state = 'none';
    } else if (byte === BACKSLASH) {
      this.#state = 'escape';
      this.#digits = 0;
    } else if (byte < SPACE) {
      this.#break();
    }
  }

  #takeOfEscape(byte: number): void {
    if (this.#digits > 0) {
      this.#digits--;
      this.#state = this.#digits > 0 ? 'escape' : 'string';
      this.#require(isDigit(byte) || ((byte | 32) >= LETTER_A && (byte | 32) <= LETTER_F));
    } else if (byte === LETTER_U) {
      this.#digits = 4;
    } else {
      this.#state = 'string';
      this.#require(ESCAPED.includes(byte));
    }
  }

  /** False if the byte is not part of a constant or a number. Ends the one before it. */
  #takeOfWord(byte: number): boolean {
    const state = this.#state;
    if (state === 'none' || state === 'string' || state === 'escape') {
      return false;
    }
    if (state === 'constant') {
      if (this.#at < this.#constant.length) {
        this.#require(byte === this.#constant.charCodeAt(this.#at++));
        return true;
      }
    } else {
      const next = nextOfNumber(state, byte);
      if (next !== undefined) {
        this.#state = next;
        return true;
      }
      this.#require(ENDS_OF_NUMBERS.includes(state));
    }
    this.#state = 'none';
    this.#expected = 'commaOrEnd';
    return false;
  }

  #takePunctuation(byte: number): void {
    const expected = this.#expected;
    const isValueDue = expected === 'value' || expected === 'valueOrEnd';
    if (byte === SPACE || byte === 9 || byte === 10 || byte === 13) {
      return;
    }
    if (byte === QUOTE) {
      const isName = expected === 'name' || expected === 'nameOrEnd';
      this.#require(isValueDue || isName);
      this.#state = 'string';
      this.#expected = isName ? 'colon' : 'commaOrEnd';
    } else if (byte === COMMA) {
      this.#require(expected === 'commaOrEnd');
      this.#expected = this.#lists.at(-1) === true ? 'value' : 'name';
    } else if (byte === COLON) {
      this.#require(expected === 'colon');
      this.#expected = 'value';
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#require(isValueDue);
      this.#lists.push(byte === OPEN_LIST);
      this.#isOff ||= this.#lists.length > MAX_DEPTH;
      this.#expected = byte === OPEN_LIST ? 'valueOrEnd' : 'nameOrEnd';
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      const isList = byte === CLOSE_LIST;
      const empty = isList ? 'valueOrEnd' : 'nameOrEnd';
      this.#require((expected === 'commaOrEnd' || expected === empty) && this.#lists.pop() === isList);
      this.#expected = 'commaOrEnd';
    } else if (byte === 0) {
      this.#isOff = true;
    } else {
      this.#require(isValueDue && this.#startWord(byte));
    }
  }

  #startWord(byte: number): boolean {
    const constant = CONSTANTS.find((each) => each.charCodeAt(0) === byte);
    if (constant !== undefined) {
      this.#state = 'constant';
      this.#constant = constant;
      this.#at = 1;
      return true;
    }
    this.#state = byte === MINUS ? 'minus' : byte === ZERO ? 'zero' : 'integer';
    return byte === MINUS || isDigit(byte);
  }

  #require(isAllowed: boolean): void {
    if (!isAllowed) {
      this.#break();
    }
  }

  #break(): void {
    this.isBroken = true;
    this.#isOff = true;
  }
}

/** What may follow in a number; `undefined` if the byte does not belong to it. */
function nextOfNumber(state: NumberPart, byte: number): NumberPart | undefined {
  if (isDigit(byte)) {
    return state === 'minus' ? (byte === ZERO ? 'zero' : 'integer') : AFTER_DIGIT[state];
  }
  const isWhole = state === 'zero' || state === 'integer';
  if (byte === POINT) {
    return isWhole ? 'point' : undefined;
  }
  if ((byte | 32) === LETTER_E) {
    return isWhole || state === 'fraction' ? 'exponent' : undefined;
  }
  return state === 'exponent' && (byte === MINUS || byte === PLUS) ? 'exponentSign' : undefined;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 57;
}

type Expected = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd';
type NumberPart = 'minus' | 'zero' | 'integer' | 'point' | 'fraction' | 'exponent' | 'exponentSign' | 'power';
type State = 'none' | 'string' | 'escape' | 'constant' | NumberPart;

const AFTER_DIGIT: { readonly [P in NumberPart]: NumberPart | undefined } = {
  minus: 'integer',
  zero: undefined,
  integer: 'integer',
  point: 'fraction',
  fraction: 'fraction',
  exponent: 'power',
  exponentSign: 'power',
  power: 'power',
};
const ENDS_OF_NUMBERS: readonly State[] = ['zero', 'integer', 'fraction', 'power'];
const CONSTANTS = ['true', 'false', 'null'];
const MAX_DEPTH = 100_000;

const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const LETTER_A = 97;
const LETTER_E = 101;
const LETTER_F = 102;
const LETTER_U = 117;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
/** `" / \ b f n r t` */
const ESCAPED: readonly number[] = [QUOTE, 47, BACKSLASH, 98, LETTER_F, 110, 114, 116];
