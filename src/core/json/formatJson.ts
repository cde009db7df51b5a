import { JsonReader, stringValue, type JsonEnd } from './jsonReader.ts';

/** Formatted JSON text. Digits and escapes are unchanged, unlike after `JSON.parse`. */
export interface FormattedJson {
  readonly text: string;
  readonly end: JsonEnd;
  /** Offset in the source where parsing ended. */
  readonly at: number;
  /** Number of list items in the source, as far as it was read, and in the text. */
  readonly items: number | undefined;
  readonly shownItems: number | undefined;
  /** Whether the text is shorter than the source; it is still valid JSON. */
  readonly truncated: boolean;
  readonly depth: number;
  readonly masked: readonly MaskedValue[];
}

/** A value that is masked in the text. */
export interface MaskedValue {
  /** Zero-based line of the text. */
  readonly line: number;
  /** Offset and length of the mask in characters. */
  readonly offset: number;
  readonly length: number;
  /** Path of the value, such as `results[0].fields.password`; only the last steps of a deep path. */
  readonly path: string;
  /** JSON text of the value. */
  readonly value: string;
}

export interface FormatJsonOptions {
  /** Name of the member with the list; a top-level list takes precedence. */
  readonly items: string | undefined;
  readonly maxItems: number;
  /** Maximum length of the text; it ends after the value that exceeds it. */
  readonly maxCharacters: number;
  /** Whether the source is only a first part, so that an incomplete value at its end is omitted. */
  readonly partial: boolean;
  readonly mask: boolean;
}

/** Reads the source once and without recursion, because the server determines the depth. */
export function formatJson(source: string, options: FormatJsonOptions): FormattedJson {
  const reader = new JsonReader(source, { isPartial: options.partial });
  const layout = new Layout(options);
  while (reader.next()) {
    layout.take(reader);
    if (options.partial && layout.isTruncated) {
      // The rest of a first part adds neither text nor a known number of items.
      return layout.finish('truncated', reader.end);
    }
  }
  return layout.finish(reader.ending ?? 'complete', reader.start);
}

interface Frame {
  readonly closer: ']' | '}';
  readonly isList: boolean;
  count: number;
  key: string;
}

class Layout {
  readonly #options: FormatJsonOptions;
  readonly #frames: Frame[] = [];
  #masked: MaskedValue[] = [];
  /** The text, and the tokens that follow it. One string for many tokens needs a fraction of their memory. */
  #texts: string[] = [];
  #tokens: string[] = [];
  #size = 0;
  #line = 0;
  #items: number | undefined;
  #shownItems: number | undefined;
  #depth = 0;
  #isTruncated = false;
  /** Depth of the list's elements while the list is open. */
  #listDepth: number | undefined;
  /** Characters up to the last complete value, and the depth of that value. */
  #complete = { size: 0, depth: 0 };

  constructor(options: FormatJsonOptions) {
    this.#options = options;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  take(reader: JsonReader): void {
    const frame = this.#frames.at(-1);
    switch (reader.role) {
      case 'open':
        this.#open(reader.closer ?? '}');
        break;
      case 'close':
        this.#close();
        break;
      case 'name':
        this.#name(reader.token, frame);
        break;
      case 'colon':
        this.#emit(': ');
        break;
      case 'comma':
        this.#comma(frame);
        break;
      case 'value':
        this.#scalar(this.#isTruncated ? '' : reader.token);
    }
  }

  finish(end: FormattedJson['end'], at: number): FormattedJson {
    if (end === 'truncated' && this.#options.partial && !this.#isTruncated && this.#complete.size > 0) {
      const { size, depth } = this.#complete;
      this.#texts = [this.#text().slice(0, size)];
      this.#tokens = [];
      this.#frames.length = depth;
      this.#masked = this.#masked.filter(({ offset }) => offset < size);
      this.#stop();
    }
    return {
      text: this.#text(),
      end,
      at,
      items: this.#items,
      shownItems: this.#shownItems,
      truncated: this.#isTruncated,
      depth: this.#depth,
      masked: this.#masked,
    };
  }

  #open(closer: Frame['closer']): void {
    const parent = this.#frames.at(-1);
    const isNamed =
      this.#frames.length === 1 && parent?.closer === '}' && stringValue(parent.key) === this.#options.items;
    const isList = closer === ']' && this.#items === undefined && (!parent || isNamed);
    this.#beginElement();
    this.#emit(closer === ']' ? '[' : '{');
    this.#frames.push({ closer, isList, count: 0, key: '""' });
    this.#depth = Math.max(this.#depth, this.#frames.length);
    if (isList) {
      this.#items = 0;
      this.#shownItems = 0;
      this.#listDepth = this.#frames.length;
      this.#markComplete();
    }
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (!frame) {
      return;
    }
    if (frame.count > 0) {
      this.#breakLine();
    }
    this.#emit(frame.closer);
    if (frame.isList) {
      this.#listDepth = undefined;
    }
    this.#endValue();
  }

  #comma(frame: Frame | undefined): void {
    const { maxItems, maxCharacters } = this.#options;
    // Omit whole list elements, unless one exceeds the limit by itself.
    const limit = this.#isInElement() ? 2 * maxCharacters : maxCharacters;
    if (!this.#isTruncated && ((frame?.isList === true && frame.count >= maxItems) || this.#size > limit)) {
      this.#stop();
    }
    this.#emit(',');
  }

  #name(token: string, frame: Frame | undefined): void {
    if (frame) {
      frame.key = token;
      frame.count++;
    }
    this.#breakLine();
    this.#emit(token);
  }

  #scalar(token: string): void {
    this.#beginElement();
    if (this.#options.mask && /^["\d-]/.test(token)) {
      if (!this.#isTruncated) {
        const position = { line: this.#line, offset: this.#size, length: MASK.length };
        this.#masked.push({ ...position, path: this.#path(), value: token });
      }
      this.#emit(MASK);
    } else {
      this.#emit(token);
    }
    this.#endValue();
  }

  #path(): string {
    const frames = this.#frames.slice(-MAX_PATH);
    const steps = frames.map(({ closer, key, count }) => (closer === '}' ? `.${key.slice(1, -1)}` : `[${count - 1}]`));
    return `${frames.length < this.#frames.length ? '…' : ''}${steps.join('')}`.replace(/^\./, '');
  }

  /** An element of a list starts on its own line; a member has already started with its key. */
  #beginElement(): void {
    const frame = this.#frames.at(-1);
    if (frame?.closer === ']') {
      frame.count++;
      this.#breakLine();
    }
  }

  #endValue(): void {
    const frame = this.#frames.at(-1);
    if (frame?.isList) {
      this.#items = frame.count;
      this.#shownItems = this.#isTruncated ? this.#shownItems : frame.count;
    }
    if (!this.#isInElement()) {
      this.#markComplete();
    }
  }

  #isInElement(): boolean {
    return this.#listDepth !== undefined && this.#frames.length > this.#listDepth;
  }

  #markComplete(): void {
    if (!this.#isTruncated) {
      this.#complete = { size: this.#size, depth: this.#frames.length };
    }
  }

  /** Ends the text after a complete value and closes the open brackets. */
  #stop(): void {
    for (let level = this.#frames.length - 1; level >= 0; level--) {
      this.#breakLine(level);
      this.#emit(this.#frames[level]?.closer ?? '');
    }
    this.#isTruncated = true;
  }

  #breakLine(level = this.#frames.length): void {
    if (level <= MAX_INDENT) {
      this.#emit(`\n${'  '.repeat(level)}`);
      this.#line += this.#isTruncated ? 0 : 1;
    }
  }

  #emit(text: string): void {
    if (!this.#isTruncated) {
      this.#size += text.length;
      if (this.#tokens.push(text) >= MAX_TOKENS) {
        this.#texts.push(this.#tokens.join(''));
        this.#tokens = [];
      }
    }
  }

  #text(): string {
    return this.#texts.join('') + this.#tokens.join('');
  }
}

/** Stands for a value that is not shown. */
export const DOTS = '••••••••';
const MASK = JSON.stringify(DOTS);

const MAX_TOKENS = 4096;

/** Limits the path of masked values, because each of them has one. */
const MAX_PATH = 12;

/** Deeper levels stay on one line, because their indentation would have quadratic size. */
const MAX_INDENT = 64;
