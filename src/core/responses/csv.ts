import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';

/**
 * Items as CSV (RFC 4180) for a spreadsheet: no cell is interpreted as a formula, nested values are JSON, and columns are
 * in order of their first occurrence. The items are read twice, for the columns and for the rows, and never all in
 * memory. Throws `response.tooWide`, because items without common names would make a table of quadratic size.
 */
export async function* csvParts(items: () => AsyncIterable<unknown>): AsyncGenerator<string> {
  const columns = new CsvColumns();
  let rows = 0;
  for await (const item of items()) {
    columns.add(item);
    rows++;
    if (columns.count > MAX_COLUMNS || columns.count * rows > MAX_CELLS) {
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

/** The columns of a list that is too long for memory: first add every item, then write the rows. */
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

  /** In order of their first occurrence. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Without a line break. */
  header(): string {
    return [...this.#names].map(csvCell).join(',');
  }

  /** Without a line break. */
  row(item: unknown): string {
    return [...this.#names].map((name) => csvCell(columnValue(item, name))).join(',');
  }
}

/** Without it, Excel misreads characters beyond ASCII. */
const BYTE_ORDER_MARK = '\ufeff';
const LINE_END = '\r\n';

/** Limits of common spreadsheet programs. */
const MAX_COLUMNS = 16_384;
const MAX_CELLS = 200_000_000;

/** Characters per part, because writing each row separately would need a file system call for each. */
const PART = 65_536;

/** Column for items without members. */
const VALUE = 'value';

/** Value of an item in a column. */
export function columnValue(item: unknown, name: string): unknown {
  return asRecord(item) ? getOwn(item, name) : name === VALUE ? item : undefined;
}

/** A value as a spreadsheet cell, safe for any separator, and never a formula. */
export function csvCell(value: unknown): string {
  const text = cellText(value);
  // Numbers are unchanged: `-5` is not a formula, but the text `-5+cmd` may be.
  const safe = typeof value !== 'number' && FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function cellText(value: unknown): string {
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
 * Characters that start a formula, including full-width forms, and after whitespace that spreadsheets remove. A leading
 * tab or line break has the same effect.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212])/u;

/** More than RFC 4180 requires, because other locales separate cells by semicolon or tab. */
const QUOTED = /[",;\t\r\n]|^\s|\s$/;

function tooWide(): NinjaOneError {
  return new NinjaOneError({
    code: 'response.tooWide',
    intent: 'invalidInput',
    message: l10n.t('The items have too many different properties for a table. Save the response as JSON instead.'),
  });
}
