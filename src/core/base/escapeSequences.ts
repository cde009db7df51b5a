/**
 * A text in which some characters may be escaped. Programs do not agree on which characters they escape and how, so each
 * character is read in every way: as it is, and as an escape sequence in a text that was escaped once or several times.
 */
export class EscapedText {
  readonly #text: string;
  readonly #read = new Map<number, Reading>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The position of the first character from here on with which an escape sequence can begin; infinite without one. */
  nextEscape(from: number): number {
    for (let at = from; at < this.#text.length; at++) {
      if (isBegin(this.#text.charAt(at))) {
        return at;
      }
    }
    return Infinity;
  }

  /** What the first `length` characters from here on can be. */
  startsAt(at: number, length: number): readonly string[] {
    let starts = new Map([['', { character: '', end: at }]]);
    for (let count = 0; count < length; count++) {
      const longer = [...starts.values()].flatMap((start) =>
        this.#readingsAt(start.end).map(({ character, end }) => ({ character: start.character + character, end })),
      );
      starts = new Map(longer.map((each) => [`${each.end} ${each.character}`, each]));
    }
    return [...new Set([...starts.values()].map(({ character }) => character))];
  }

  /** The end of the longest piece that begins at this position and can be this value; 0 if there is none. */
  endOf(value: string, at: number): number {
    let ends = new Set([at]);
    for (const expected of value) {
      const found = [...ends].flatMap((from) => this.#readingsAt(from));
      ends = new Set(found.filter(({ character }) => character === expected).map(({ end }) => end));
    }
    return Math.max(0, ...ends);
  }

  #readingsAt(at: number): readonly Reading[] {
    const depths = isBegin(this.#text.charAt(at)) ? [0, 1, 2, MAX_DEPTH] : [0];
    return depths.map((depth) => this.#readAt(at, depth));
  }

  /** Reads one character of a text that was escaped `depth` times. What is no escape sequence stands for itself. */
  #readAt(at: number, depth: number): Reading {
    const first = this.#text.charAt(at);
    if (depth === 0 || !isBegin(first)) {
      const character = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
      return { character, end: at + character.length };
    }
    const key = at * (MAX_DEPTH + 1) + depth;
    let reading = this.#read.get(key);
    if (!reading) {
      let characters = '';
      const ends: number[] = [];
      for (let end = at; characters.length < MAX_LENGTH && end < this.#text.length;) {
        const each = this.#readAt(end, depth - 1);
        ({ end } = each);
        characters += each.character;
        ends.push(end);
      }
      const sequence = ESCAPE.exec(characters)?.[0];
      reading =
        sequence === undefined
          ? this.#readAt(at, depth - 1)
          : { character: unescape(sequence), end: ends[sequence.length - 1] ?? at };
      if (this.#read.size > MAX_READ) {
        this.#read.clear();
      }
      this.#read.set(key, reading);
    }
    return reading;
  }
}

interface Reading {
  /** One Unicode code point. */
  readonly character: string;
  readonly end: number;
}

/** How often a text can be escaped: JSON in JSON in JSON, or an address in an address in a page. */
const MAX_DEPTH = 3;

/** Limits the memory. Positions are read in their order, so that the older ones are not needed again. */
const MAX_READ = 10_000;

function isBegin(character: string): boolean {
  return character !== '' && '%&\\+'.includes(character);
}

/**
 * Form data, RFC 3986 §2.1 with UTF-8, RFC 8259 §7 and what programming languages have besides, and HTML: of the names only
 * those that must be escaped.
 */
const ESCAPE =
  /^(?:\+|%[c-f][\da-f](?:%[89ab][\da-f])+|%[\da-f]{2}|\\u(?:d[89ab]..\\ud[c-f]..|[\da-f]{4})|\\x[\da-f]{2}|\\[^a-z\d]|\\[bfnrt]|&(?:#x[\da-f]+|#\d+|amp|lt|gt|quot|apos);)/i;

/** Characters of the longest escape sequence: four bytes, or two halves of a code point. */
const MAX_LENGTH = 12;

function unescape(sequence: string): string {
  const name = sequence.slice(1, -1).toLowerCase();
  try {
    switch (sequence.charAt(0)) {
      case '+':
        return ' ';
      case '%':
        return decodeURIComponent(sequence);
      case '&':
        return ENTITIES[name] ?? String.fromCodePoint(Number(name.replace('#', '').replace('x', '0x')));
      default:
        return JSON.parse(`"${sequence.replace('x', 'u00')}"`) as string;
    }
  } catch {
    // Such as \' in a program.
    return sequence.slice(1);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
