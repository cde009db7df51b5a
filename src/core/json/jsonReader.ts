import { JsonScanner, skipBlanks, type JsonTokenKind } from './jsonScanner.ts';

/** What a token of valid JSON is; `value` is a string, a number or a constant. */
export type JsonRole = 'open' | 'close' | 'name' | 'colon' | 'comma' | 'value';

/** How the text ended: `more` if other text follows the value, `truncated` if the value is incomplete. */
export type JsonEnd = 'complete' | 'more' | 'truncated' | 'invalid';

/**
 * Reads the tokens of one JSON value and their roles (RFC 8259). It never throws, and uses no recursion, because the
 * server determines the depth.
 */
export class JsonReader {
  readonly #text: string;
  readonly #isPartial: boolean;
  readonly #scanner: JsonScanner;
  readonly #closers: (']' | '}')[] = [];
  #expected: Expected = 'value';
  role: JsonRole = 'value';
  /** Set when `next` has returned false. */
  ending: JsonEnd | undefined;

  /** `isPartial` says that the text is only a first part, so that a number at its end may be incomplete. */
  constructor(text: string, { isPartial = false }: { readonly isPartial?: boolean } = {}) {
    this.#text = text;
    this.#isPartial = isPartial;
    this.#scanner = new JsonScanner(text);
  }

  /** Offset of the token, or of the text that is not part of the value. */
  get start(): number {
    return this.#scanner.start;
  }

  get end(): number {
    return this.#scanner.end;
  }

  get token(): string {
    return this.#text.slice(this.#scanner.start, this.#scanner.end);
  }

  /** Number of open objects and lists after the token. */
  get depth(): number {
    return this.#closers.length;
  }

  /** What closes the innermost open object or list. */
  get closer(): ']' | '}' | undefined {
    return this.#closers.at(-1);
  }

  /** False at the end of the value, or where the text is no longer JSON. */
  next(): boolean {
    if (this.ending !== undefined) {
      return false;
    }
    const scanner = this.#scanner;
    const isToken = scanner.next();
    if (this.#expected === 'nothing') {
      this.ending = isToken || scanner.isInString ? 'more' : 'complete';
    } else if (!isToken) {
      this.ending = scanner.isInString && !scanner.isValidString ? 'invalid' : 'truncated';
    } else if (scanner.kind === 'word') {
      this.ending = this.#wordFault();
    } else if (scanner.kind === 'string' && !scanner.isValidString) {
      this.ending = 'invalid';
    }
    if (this.ending === undefined && !this.#take(scanner.kind)) {
      this.ending = 'invalid';
    }
    return this.ending === undefined;
  }

  #wordFault(): JsonEnd | undefined {
    const word = this.token;
    const isLast = this.#scanner.end === this.#text.length;
    if (CONSTANTS.includes(word) || NUMBER.test(word)) {
      return isLast && this.#isPartial ? 'truncated' : undefined;
    }
    const mayGoOn = CONSTANTS.some((constant) => constant.startsWith(word)) || NUMBER_BEGUN.test(word);
    return isLast && mayGoOn ? 'truncated' : 'invalid';
  }

  /** False if the token is not allowed here. */
  #take(kind: JsonTokenKind): boolean {
    const expected = this.#expected;
    const isValueDue = expected === 'value' || expected === 'valueOrEnd';
    switch (kind) {
      case '[':
      case '{':
        this.role = 'open';
        this.#closers.push(kind === '[' ? ']' : '}');
        this.#expected = kind === '[' ? 'valueOrEnd' : 'nameOrEnd';
        return isValueDue;
      case ']':
      case '}':
        this.role = 'close';
        return (
          (expected === 'commaOrEnd' || expected === 'valueOrEnd' || expected === 'nameOrEnd') &&
          this.#closers.pop() === kind &&
          this.#endValue()
        );
      case ',':
        this.role = 'comma';
        this.#expected = this.closer === ']' ? 'value' : 'name';
        return expected === 'commaOrEnd';
      case ':':
        this.role = 'colon';
        this.#expected = 'value';
        return expected === 'colon';
      case 'string':
      case 'word':
        if (isValueDue) {
          this.role = 'value';
          return this.#endValue();
        }
        this.role = 'name';
        this.#expected = 'colon';
        return kind === 'string' && (expected === 'name' || expected === 'nameOrEnd');
    }
  }

  #endValue(): true {
    this.#expected = this.#closers.length > 0 ? 'commaOrEnd' : 'nothing';
    return true;
  }
}

type Expected = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

const CONSTANTS = ['true', 'false', 'null'];
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_BEGUN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?)?)?$/;

/** A member of an object or an element of a list, as offsets in its text. */
export interface JsonChild {
  /** Decoded; undefined in a list. */
  readonly name: string | undefined;
  /** Offsets of the value. */
  readonly start: number;
  readonly end: number;
}

/**
 * The members or elements of a value, in their order and with duplicates; empty for other values. Returns undefined if the
 * text is not one valid JSON value.
 */
export function childrenOf(text: string): readonly JsonChild[] | undefined {
  const reader = new JsonReader(text);
  const children: JsonChild[] = [];
  let name: string | undefined;
  let start = 0;
  while (reader.next()) {
    const { role, depth } = reader;
    if (depth === 1 && role === 'name') {
      name = stringValue(reader.token);
    } else if (role === 'open' && depth === 2) {
      start = reader.start;
    } else if (depth === 1 && (role === 'value' || role === 'close')) {
      children.push({ name, start: role === 'value' ? reader.start : start, end: reader.end });
    }
  }
  return reader.ending === 'complete' ? children : undefined;
}

export interface JsonChildText {
  /** Decoded; undefined in a list. */
  readonly name: string | undefined;
  /** The value without whitespace between its tokens. */
  readonly text: string;
}

/** The values of the members or elements of a value; empty if the text is not valid JSON. */
export function childTexts(json: string): readonly JsonChildText[] {
  return (childrenOf(json) ?? []).map(({ name, start, end }) => ({ name, text: compactJson(json.slice(start, end)) }));
}

/** The JSON text without whitespace between its tokens; other text is returned as far as it is JSON. */
export function compactJson(text: string): string {
  const reader = new JsonReader(text);
  const tokens: string[] = [];
  while (reader.next()) {
    tokens.push(reader.token);
  }
  return tokens.join('');
}

/**
 * The text of an object with this JSON text as the value of a member. Nothing else in the text changes, not even a digit. A
 * duplicate member gets the value, too, and a missing one is added at the end. Returns undefined if the text is not a
 * valid JSON object.
 */
export function withMember(text: string, name: string, value: string): string | undefined {
  const children = text.charAt(skipBlanks(text, 0)) === '{' ? childrenOf(text) : undefined;
  if (!children) {
    return undefined;
  }
  const named = children.filter((child) => child.name === name);
  if (named.length === 0) {
    const at = children.at(-1)?.end ?? text.indexOf('{') + 1;
    const comma = children.length > 0 ? ',' : '';
    return `${text.slice(0, at)}${comma}${JSON.stringify(name)}:${value}${text.slice(at)}`;
  }
  const kept = named.map(({ start }, index) => text.slice(index === 0 ? 0 : named[index - 1]?.end, start));
  return `${kept.join(value)}${value}${text.slice(named.at(-1)?.end)}`;
}

/** The value of a valid JSON string. */
export function stringValue(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}
