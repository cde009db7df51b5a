import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';

/**
 * Items as CSV (RFC 4180) for a spreadsheet: no cell is taken for a formula, nested values are JSON, and the columns
 * stand in the order in which the items first have them. The items are read twice and never held: once for their
 * columns, once for their rows. Throws `response.tooWide`: items that have no names in common would make a table that
 * grows with the square of their number.
 */
export async function* csvParts(items: () => AsyncIterable<unknown>): AsyncGenerator<string> {
  const columns = new CsvColumns();
  let rows = 0;
  for await (const item of items()) {
    columns.add(item);
    rows++;
    if (columns.count > MOST_COLUMNS || columns.count * rows > MOST_CELLS) {
      throw tooWide();
    }
  }
  let part = BYTE_ORDER_MARK + columns.header() + LINE_END;
  for await (const item of items()) {
    part += columns.row(item) + LINE_END;
    if (part.length > PART) {
      yield part;
      part = '';
    }
  }
  yield part;
}

/** The columns of a list that is too long to be held at once: first every item is added, then the rows are written. */
export class CsvColumns {
  readonly #names = new Set<string>();

  add(item: unknown): void {
    for (const name of Object.keys(asRecord(item) ?? { [VALUE]: item })) {
      this.#names.add(name);
    }
  }

  get count(): number {
    return this.#names.size;
  }

  /** In the order in which the items first have them. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Without the end of the line. */
  header(): string {
    return [...this.#names].map(cell).join(',');
  }

  /** Without the end of the line. */
  row(item: unknown): string {
    return [...this.#names].map((name) => cell(memberOf(item, name))).join(',');
  }
}

/** Excel reads letters beyond ASCII wrongly without it. */
const BYTE_ORDER_MARK = '\ufeff';
const LINE_END = '\r\n';

/** More than these no spreadsheet opens. */
const MOST_COLUMNS = 16_384;
const MOST_CELLS = 200_000_000;

/** Characters that are handed on at once: one row alone would be a call of the file system each. */
const PART = 65_536;

/** The column of items that have no members. */
const VALUE = 'value';

/** What an item has in a column. */
export function memberOf(item: unknown, name: string): unknown {
  return asRecord(item) ? getOwn(item, name) : name === VALUE ? item : undefined;
}

/** A value as a spreadsheet takes it, between separators of any kind; never a formula. */
export function cell(value: unknown): string {
  const text = textOf(value);
  // A number stays one: `-5` is no formula, but the text `-5+cmd` may be.
  const safe = typeof value !== 'number' && FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'object' && value !== null) {
    return jsonOf(value);
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '(too deep)';
  }
}

/**
 * What spreadsheets begin a formula with, also in full width and behind blanks that they
 * strip; tab and line ends at the start lead them there too.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])/u;

/** More than RFC 4180 asks for: other languages separate cells by semicolon or tab. */
const QUOTED = /[",;\t\r\n]|^\s|\s$/;

function tooWide(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.tooWide',
    intent: 'invalidInput',
    message: l10n.t('The items have too many different properties for a table. Save the response as JSON instead.'),
  });
}
