import { endOfToken, skipBlanks } from './jsonTokens.ts';

/** JSON text set out for reading, without a digit or an escape of it changed, as `JSON.parse` would. */
export interface FormattedJson {
  readonly text: string;
  /** How the source ended: `more` if other text follows the value, `truncated` if the value does not end. */
  readonly end: 'complete' | 'more' | 'truncated' | 'invalid';
  /** Where it ended, in characters of the source. */
  readonly at: number;
  /** Length of the list, as far as the source goes, and how much of it is in the text. */
  readonly items: number | undefined;
  readonly shownItems: number | undefined;
  /** Whether the text has less than the source; it is valid JSON all the same. */
  readonly cut: boolean;
  readonly depth: number;
  readonly masked: readonly MaskedValue[];
}

/** A value that stands as dots in the text. */
export interface MaskedValue {
  /** Line of the text, from 0. */
  readonly line: number;
  /** Where in the text the dots begin, in characters, and how many characters they are. */
  readonly offset: number;
  readonly length: number;
  /** Names and numbers that lead to it, such as `results[0].fields.password`; the last ones where it is deep. */
  readonly path: string;
  /** JSON text of the value itself. */
  readonly value: string;
}

export interface FormatJsonOptions {
  /** Name of the member that is the list; a list at the top always is. */
  readonly items: string | undefined;
  readonly maxItems: number;
  /** After so many characters of text the rest is left out, at the end of the value that exceeds them. */
  readonly maxCharacters: number;
  /** Whether the source is only the first part of something, so that what is incomplete at its end is left out. */
  readonly partial: boolean;
  readonly mask: boolean;
}

/** Goes through the source once, without recursion: the depth is the server's choice. */
export function formatJson(source: string, options: FormatJsonOptions): FormattedJson {
  const layout = new Layout(options);
  let at = skipBlanks(source, 0);
  let end: FormattedJson['end'] | undefined;
  while (end === undefined) {
    if (at >= source.length) {
      end = 'truncated';
      break;
    }
    const tokenEnd = endOfToken(source, at);
    if (typeof tokenEnd === 'string') {
      end = tokenEnd;
    } else if (options.partial && tokenEnd === source.length && /[\w.+-]/.test(source.charAt(at))) {
      // The rest of the number may be in the part that is not here.
      end = 'truncated';
    } else if (layout.take(source.slice(at, tokenEnd))) {
      at = skipBlanks(source, tokenEnd);
      end = !layout.isDone ? undefined : at < source.length ? 'more' : 'complete';
    } else {
      end = 'invalid';
    }
  }
  return layout.finish(end, at);
}

interface Frame {
  readonly closer: ']' | '}';
  readonly isList: boolean;
  count: number;
  key: string;
}

type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

class Layout {
  readonly #options: FormatJsonOptions;
  readonly #frames: Frame[] = [];
  #masked: { readonly part: number; readonly masked: MaskedValue }[] = [];
  #parts: string[] = [];
  #size = 0;
  #line = 0;
  #expected: Expected = 'value';
  #items: number | undefined;
  #shownItems: number | undefined;
  #depth = 0;
  #cut = false;
  /** How many frames are open where the list's elements stand, while it is open. */
  #listDepth: number | undefined;
  /** The text after the last value that was complete, and how deep that value stood. */
  #complete = { parts: 0, depth: 0 };

  constructor(options: FormatJsonOptions) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#expected === 'nothing';
  }

  /** False if the token may not stand here. */
  take(token: string): boolean {
    const frame = this.#frames.at(-1);
    switch (token) {
      case '[':
      case '{':
        return this.#isValueDue() && this.#open(token);
      case ']':
      case '}':
        return frame?.closer === token && this.#isEndDue() && this.#close(frame);
      case ',':
        return this.#expected === 'commaOrEnd' && frame !== undefined && this.#comma(frame);
      case ':':
        if (this.#expected !== 'colon') {
          return false;
        }
        this.#emit(': ');
        this.#expected = 'value';
        return true;
      default:
        return this.#isValueDue() ? this.#scalar(token) : this.#key(token, frame);
    }
  }

  finish(end: FormattedJson['end'], at: number): FormattedJson {
    if (end === 'truncated' && this.#options.partial && !this.#cut && this.#complete.parts > 0) {
      this.#parts.length = this.#complete.parts;
      this.#frames.length = this.#complete.depth;
      this.#masked = this.#masked.filter(({ part }) => part < this.#complete.parts);
      this.#stop();
    }
    return {
      text: this.#parts.join(''),
      end,
      at,
      items: this.#items,
      shownItems: this.#shownItems,
      cut: this.#cut,
      depth: this.#depth,
      masked: this.#masked.map(({ masked }) => masked),
    };
  }

  #isValueDue(): boolean {
    return this.#expected === 'value' || this.#expected === 'valueOrEnd';
  }

  #isEndDue(): boolean {
    return this.#expected === 'commaOrEnd' || this.#expected === 'valueOrEnd' || this.#expected === 'keyOrEnd';
  }

  #open(token: '[' | '{'): boolean {
    const parent = this.#frames.at(-1);
    const isNamed = this.#frames.length === 1 && parent?.closer === '}' && parent.key === this.#options.items;
    const isList = token === '[' && this.#items === undefined && (!parent || isNamed);
    this.#beginElement();
    this.#emit(token);
    this.#frames.push({ closer: token === '[' ? ']' : '}', isList, count: 0, key: '' });
    this.#depth = Math.max(this.#depth, this.#frames.length);
    this.#expected = token === '[' ? 'valueOrEnd' : 'keyOrEnd';
    if (isList) {
      this.#items = 0;
      this.#shownItems = 0;
      this.#listDepth = this.#frames.length;
      this.#markComplete();
    }
    return true;
  }

  #close(frame: Frame): boolean {
    this.#frames.pop();
    if (frame.count > 0) {
      this.#breakLine();
    }
    this.#emit(frame.closer);
    if (frame.isList) {
      this.#listDepth = undefined;
    }
    return this.#endValue();
  }

  #comma(frame: Frame): boolean {
    const { maxItems, maxCharacters } = this.#options;
    // An element of the list is left out as a whole, unless it is gigantic itself.
    const most = this.#isInElement() ? 2 * maxCharacters : maxCharacters;
    if (!this.#cut && ((frame.isList && frame.count >= maxItems) || this.#size > most)) {
      this.#stop();
    }
    this.#emit(',');
    this.#expected = frame.closer === ']' ? 'value' : 'key';
    return true;
  }

  #key(token: string, frame: Frame | undefined): boolean {
    if (!frame || (this.#expected !== 'key' && this.#expected !== 'keyOrEnd') || !token.startsWith('"')) {
      return false;
    }
    frame.key = token.slice(1, -1);
    frame.count++;
    this.#breakLine();
    this.#emit(token);
    this.#expected = 'colon';
    return true;
  }

  #scalar(token: string): boolean {
    this.#beginElement();
    if (this.#options.mask && /^["\d-]/.test(token)) {
      if (!this.#cut) {
        const place = { line: this.#line, offset: this.#size, length: MASK.length };
        this.#masked.push({ part: this.#parts.length, masked: { ...place, path: this.#path(), value: token } });
      }
      this.#emit(MASK);
    } else {
      this.#emit(token);
    }
    return this.#endValue();
  }

  #path(): string {
    const frames = this.#frames.slice(-MOST_PATH);
    const steps = frames.map(({ closer, key, count }) => (closer === '}' ? `.${key}` : `[${count - 1}]`));
    return `${frames.length < this.#frames.length ? '…' : ''}${steps.join('')}`.replace(/^\./, '');
  }

  /** An element of a list begins on a line of its own; a member has begun with its key. */
  #beginElement(): void {
    const frame = this.#frames.at(-1);
    if (frame?.closer === ']') {
      frame.count++;
      this.#breakLine();
    }
  }

  #endValue(): boolean {
    const frame = this.#frames.at(-1);
    this.#expected = frame ? 'commaOrEnd' : 'nothing';
    if (frame?.isList) {
      this.#items = frame.count;
      this.#shownItems = this.#cut ? this.#shownItems : frame.count;
    }
    if (!this.#isInElement()) {
      this.#markComplete();
    }
    return true;
  }

  #isInElement(): boolean {
    return this.#listDepth !== undefined && this.#frames.length > this.#listDepth;
  }

  #markComplete(): void {
    if (!this.#cut) {
      this.#complete = { parts: this.#parts.length, depth: this.#frames.length };
    }
  }

  /** Ends the text here, behind a complete value, with the brackets that are open. */
  #stop(): void {
    for (let level = this.#frames.length - 1; level >= 0; level--) {
      this.#breakLine(level);
      this.#emit(this.#frames[level]?.closer ?? '');
    }
    this.#cut = true;
  }

  #breakLine(level = this.#frames.length): void {
    if (level <= MOST_INDENT) {
      this.#emit(`\n${'  '.repeat(level)}`);
      this.#line += this.#cut ? 0 : 1;
    }
  }

  #emit(text: string): void {
    if (!this.#cut) {
      this.#parts.push(text);
      this.#size += text.length;
    }
  }
}

const MASK = '"••••••••"';

/** Each masked value has a path, so that of a deep answer must be short. */
const MOST_PATH = 12;

/** Deeper levels stand on one line: the indentation alone would grow with the square of the depth. */
const MOST_INDENT = 64;
