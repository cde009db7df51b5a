/** What `JsonBytes` finds. `Name` is what the listener knows of a name, and is kept for the next member with that name. */
export interface JsonListener<Name> {
  open(): void;
  close(): void;
  nameOf(text: string): Name;
  startMember(name: Name): void;
  /** Whether `JsonBytes.text` has to be the next string. Only its start if it is long. */
  readonly isTextNeeded: boolean;
  addString(isEmpty: boolean): void;
  addNumber(): void;
}

/**
 * Finds members and values in the bytes of JSON text in UTF-8, which arrive in parts. It makes a string only of names that
 * are new and where one is needed, so that a large text leaves no garbage. Text that is no JSON is read as far as its
 * brackets and quotes go, because whoever looks for secrets must not stop there. More values may follow the first one;
 * then a line break ends a string, as in JSON Lines.
 */
export class JsonBytes<Name> {
  readonly #listener: JsonListener<Name>;
  readonly #known = new Map<number, KnownName<Name>>();
  readonly #bytes = Buffer.allocUnsafeSlow(MAX_LENGTH);
  #length = 0;
  #hash = 0;
  #state: State = 'between';
  #isEscaped = false;
  #isEmpty = true;
  #isKept = false;
  /** The last bracket, comma or colon. */
  #before = 0;
  #depth = 0;
  #hasValue = false;
  #isLines = false;

  constructor(listener: JsonListener<Name>) {
    this.#listener = listener;
  }

  /** The text of the last string. */
  get text(): string {
    const text = this.#bytes.toString('utf8', 0, this.#length);
    return text.includes('\\') ? unescaped(text) : text;
  }

  take(part: Uint8Array): void {
    for (let at = 0; at < part.length; at++) {
      if (this.#state === 'string') {
        at = this.#passString(part, at);
      } else {
        this.#takeByte(part[at] ?? 0);
      }
    }
  }

  /** The text ends here. The start of a value that is cut counts as one. */
  end(): void {
    const isCutValue = this.#state === 'string' && this.#before === COLON && !this.#isEmpty;
    if (isCutValue || this.#state === 'afterString') {
      this.#listener.addString(this.#isEmpty);
    }
    this.#state = 'between';
    for (; this.#depth > 0; this.#depth--) {
      this.#listener.close();
    }
  }

  /** The offset of the last byte of the string in this part. */
  #passString(part: Uint8Array, from: number): number {
    let isEscaped = this.#isEscaped;
    let at = from;
    for (; at < part.length; at++) {
      const byte = part[at] ?? 0;
      if (isEscaped) {
        isEscaped = false;
      } else if (byte === QUOTE || (byte === LINE_FEED && this.#isLines)) {
        this.#state = byte === QUOTE ? 'afterString' : 'between';
        break;
      } else if (byte === BACKSLASH) {
        isEscaped = true;
      }
    }
    this.#isEscaped = isEscaped;
    this.#isEmpty &&= at === from;
    if (this.#isKept) {
      this.#keep(part, from, at);
    }
    return at;
  }

  #keep(part: Uint8Array, from: number, to: number): void {
    let length = this.#length;
    let hash = this.#hash;
    for (let at = from; at < to && length < MAX_LENGTH; at++) {
      const byte = part[at] ?? 0;
      this.#bytes[length++] = byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.#length = length;
    this.#hash = hash;
  }

  #takeByte(byte: number): void {
    if (byte === SPACE || byte === LINE_FEED || byte === 13 || byte === 9) {
      if (this.#state === 'word') {
        this.#state = 'between';
      }
      return;
    }
    const state = this.#state;
    if (byte === COLON && state === 'afterString') {
      this.#listener.startMember(this.#name());
    } else if (state === 'afterString') {
      this.#listener.addString(this.#isEmpty);
      // A string can be the first of several lines, too.
      this.#hasValue ||= this.#depth === 0;
    }
    if (byte === QUOTE) {
      this.#startString();
    } else if (byte === COMMA || byte === COLON) {
      this.#before = byte;
      this.#state = 'between';
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      this.#before = byte;
      this.#state = 'between';
      this.#isLines ||= this.#hasValue && this.#depth === 0;
      this.#hasValue = true;
      this.#depth++;
      this.#listener.open();
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      this.#before = byte;
      this.#state = 'between';
      if (this.#depth > 0) {
        this.#depth--;
        this.#listener.close();
      }
    } else {
      if (state !== 'word' && (byte === MINUS || (byte >= ZERO && byte <= NINE))) {
        this.#listener.addNumber();
      }
      this.#state = 'word';
    }
  }

  #startString(): void {
    const isValue = this.#before === COLON || this.#before === OPEN_LIST;
    this.#state = 'string';
    this.#isKept = !isValue || this.#listener.isTextNeeded;
    this.#isEmpty = true;
    this.#length = 0;
    this.#hash = 0;
  }

  #name(): Name {
    const known = this.#known.get(this.#hash);
    if (known && this.#hasBytes(known.bytes)) {
      return known.name;
    }
    const name = this.#listener.nameOf(this.#isKept ? this.text : '');
    if (this.#length <= MAX_KNOWN_LENGTH) {
      if (this.#known.size >= MAX_KNOWN) {
        this.#known.clear();
      }
      this.#known.set(this.#hash, { bytes: Uint8Array.from(this.#bytes.subarray(0, this.#length)), name });
    }
    return name;
  }

  /** Faster than `Buffer.compare()` for a few bytes. */
  #hasBytes(bytes: Uint8Array): boolean {
    let at = bytes.length === this.#length ? 0 : -1;
    while (at >= 0 && at < bytes.length && bytes[at] === this.#bytes[at]) {
      at++;
    }
    return at === bytes.length;
  }
}

interface KnownName<Name> {
  /** As written, between the quotes. */
  readonly bytes: Uint8Array;
  readonly name: Name;
}

type State = 'between' | 'string' | 'afterString' | 'word';

/** Only the start of a long string is known, and an instance may send an invalid one. */
function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** Bytes. */
const MAX_LENGTH = 4000;
const MAX_KNOWN_LENGTH = 200;
const MAX_KNOWN = 5000;

const LINE_FEED = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
