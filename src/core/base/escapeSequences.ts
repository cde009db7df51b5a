/**
 * A text in which some characters may be escaped. Programs do not agree on which characters they escape and how, so each
 * character is read in every way: as it is, and as an escape sequence in a text that was escaped once or several times.
 */
export class EscapedText {
  readonly #text: string;
  readonly #readings = new Map<number, readonly Read[]>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The position of the first character from here on with which an escape sequence can begin; infinite without one. */
  nextEscape(from: number): number {
    for (let at = from; at < this.#text.length; at++) {
      if (BEGIN.has(this.#text.charAt(at))) {
        return at;
      }
    }
    return Infinity;
  }

  /** What the first `length` characters from here on can be. */
  startsAt(at: number, length: number): readonly string[] {
    let starts: readonly Read[] = [{ character: '', end: at }];
    for (let count = 0; count < length; count++) {
      const longer = starts.flatMap((start) =>
        this.#readingsAt(start.end).map(({ character, end }) => ({ character: start.character + character, end })),
      );
      starts = longer.length > 1 ? unique(longer) : longer;
    }
    return [...new Set(starts.map(({ character }) => character))];
  }

  /** The end of the longest piece that begins at this position and can be this value; 0 if there is none. */
  endOf(value: string, at: number): number {
    let ends = [at];
    for (const expected of value) {
      const found = ends.flatMap((from) => this.#readingsAt(from).filter(({ character }) => character === expected));
      ends = [...new Set(found.map(({ end }) => end))];
      if (ends.length === 0) {
        return 0;
      }
    }
    return Math.max(...ends);
  }

  /** The different characters that begin at this position. */
  #readingsAt(at: number): readonly Read[] {
    const plain = readCharacter(this.#text, at, 0);
    if (!BEGIN.has(plain.character)) {
      return [plain];
    }
    const known = this.#readings.get(at);
    if (known) {
      return known;
    }
    const escaped = Array.from({ length: MAX_DEPTH }, (_, index) => readCharacter(this.#text, at, index + 1));
    const readings = unique([plain, ...escaped]);
    if (this.#readings.size > MAX_READINGS) {
      this.#readings.clear();
    }
    this.#readings.set(at, readings);
    return readings;
  }
}

/** How often a text can be escaped: JSON in JSON in JSON, or an address in an address in a page. */
const MAX_DEPTH = 3;

/** Limits the memory. Positions are read in their order, so that the older ones are not needed again. */
const MAX_READINGS = 10_000;

const BEGIN: ReadonlySet<string> = new Set('%&\\+');

interface Read {
  /** One Unicode code point; empty at the end of the text. */
  readonly character: string;
  readonly end: number;
}

function unique(readings: readonly Read[]): readonly Read[] {
  return [...new Map(readings.map((each) => [`${each.end} ${each.character}`, each])).values()];
}

type ReadAt = (at: number) => Read;

/** Reads one character of a text that was escaped `depth` times. What is no escape sequence stands for itself. */
function readCharacter(text: string, at: number, depth: number): Read {
  if (depth === 0) {
    const code = text.codePointAt(at);
    const character = code === undefined ? '' : String.fromCodePoint(code);
    return { character, end: at + character.length };
  }
  const read: ReadAt = (from) => readCharacter(text, from, depth - 1);
  const first = read(at);
  switch (first.character) {
    // Form data.
    case '+':
      return { character: ' ', end: first.end };
    case '%':
      return readPercent(read, at) ?? first;
    case '\\':
      return readBackslash(read, first.end) ?? first;
    case '&':
      return readEntity(read, first.end) ?? first;
    default:
      return first;
  }
}

/** RFC 3986 §2.1, of UTF-8. */
function readPercent(read: ReadAt, at: number): Read | undefined {
  const bytes: number[] = [];
  let end = at;
  do {
    const sign = read(end);
    const byte = sign.character === '%' ? readHex(read, sign.end, 2) : undefined;
    if (!byte) {
      return undefined;
    }
    bytes.push(byte.code);
    ({ end } = byte);
  } while (bytes.length < utf8Length(bytes[0]));
  return { character: Buffer.from(bytes).toString(), end };
}

/** RFC 8259 §7, and programming languages, which escape other characters in the same way. */
function readBackslash(read: ReadAt, next: number): Read | undefined {
  const letter = read(next);
  if (letter.character === 'x') {
    return toRead(readHex(read, letter.end, 2));
  }
  if (letter.character !== 'u') {
    const character = CONTROLS[letter.character];
    return character !== undefined || (letter.character !== '' && !/[A-Za-z0-9]/.test(letter.character))
      ? { character: character ?? letter.character, end: letter.end }
      : undefined;
  }
  const unit = readHex(read, letter.end, 4);
  if (!unit || unit.code < 0xd800 || unit.code > 0xdbff) {
    return toRead(unit);
  }
  const sign = read(unit.end);
  const second = sign.character === '\\' ? read(sign.end) : undefined;
  const low = second?.character === 'u' ? readHex(read, second.end, 4) : undefined;
  return low ? { character: String.fromCharCode(unit.code, low.code), end: low.end } : toRead(unit);
}

/** HTML Standard, character references; of the names only those that must be escaped. */
function readEntity(read: ReadAt, start: number): Read | undefined {
  let name = '';
  let each = read(start);
  while (each.character !== ';') {
    name += each.character;
    if (each.character === '' || name.length > MAX_ENTITY) {
      return undefined;
    }
    each = read(each.end);
  }
  const digits = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
  const code = digits?.[1] === undefined ? Number(digits?.[2] ?? NaN) : parseInt(digits[1], 16);
  const character = digits ? (code <= 0x10_ff_ff ? String.fromCodePoint(code) : undefined) : ENTITIES[name];
  return character === undefined ? undefined : { character, end: each.end };
}

function readHex(
  read: ReadAt,
  start: number,
  length: number,
): { readonly code: number; readonly end: number } | undefined {
  let digits = '';
  let end = start;
  while (digits.length < length) {
    const each = read(end);
    if (!/^[0-9a-f]$/i.test(each.character)) {
      return undefined;
    }
    digits += each.character;
    ({ end } = each);
  }
  return { code: parseInt(digits, 16), end };
}

function toRead(code: { readonly code: number; readonly end: number } | undefined): Read | undefined {
  return code && { character: String.fromCharCode(code.code), end: code.end };
}

function utf8Length(first = 0): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** `#x` and the six digits of the last code point, with one more zero. */
const MAX_ENTITY = 9;

const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
