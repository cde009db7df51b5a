import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { notJson } from '../json/jsonItems.ts';
import { cellText, itemValues, ListColumns, type Cell, type ItemValues } from './cells.ts';

export type CsvSeparator = ',' | ';';

/**
 * Items, each as its JSON text, as CSV (RFC 4180) for a spreadsheet. Values are as they came, except that no cell is
 * interpreted as a formula; nested values are JSON, and columns are in order of their first occurrence. The items are read
 * twice, for the columns and for the rows, and never all in memory. Throws `response.tooWide`, because items without
 * common names would make a table of quadratic size, and `response.notJson`.
 */
export async function* csvParts(items: () => AsyncIterable<string>, separator: CsvSeparator): AsyncGenerator<string> {
  const columns = new ListColumns();
  let rows = 0;
  for await (const item of items()) {
    columns.add(valuesOf(item));
    rows++;
    const count = columns.names.length;
    if (count > MAX_COLUMNS || count * rows > MAX_CELLS) {
      throw tooWide();
    }
    if (rows % ITEMS_BETWEEN_PARTS === 0) {
      // Whoever writes the parts looks for a cancellation between them.
      yield '';
    }
  }
  const rowsOf = async function* (): AsyncGenerator<readonly Cell[]> {
    for await (const item of items()) {
      yield columns.row(valuesOf(item));
    }
  };
  yield* csvFile(columns.names, rowsOf(), separator);
}

/** A CSV file in parts, with a line of names. */
export async function* csvFile(
  names: readonly string[],
  rows: AsyncIterable<readonly Cell[]>,
  separator: CsvSeparator,
): AsyncGenerator<string> {
  let part = `${BYTE_ORDER_MARK}${csvLine(names, separator)}${LINE_END}`;
  for await (const cells of rows) {
    // Readers of CSV skip blank lines, so that the only cell of a row would be lost.
    part += (csvLine(cells, separator) || '""') + LINE_END;
    if (part.length > PART) {
      yield part;
      part = '';
    }
  }
  yield part;
}

/**
 * The separator that spreadsheets expect: a semicolon where the decimal separator is a comma. `display` is the language of
 * VS Code, `system` that of the computer. VS Code in English says nothing about the spreadsheet program, and its language
 * alone has no region, such as `es`.
 */
export function separatorFor(display: string, system: string): CsvSeparator {
  const language = languageOf(display);
  const locale = language === 'en' || language === languageOf(system) ? system : display;
  return decimalSign(locale) === ',' ? ';' : ',';
}

function languageOf(locale: string): string {
  return locale.split(/[-_]/)[0]?.toLowerCase() ?? '';
}

/** VS Code may use languages that the platform does not support. */
function decimalSign(locale: string): string {
  try {
    return new Intl.NumberFormat(locale).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  } catch {
    return '.';
  }
}

/** Cells as one line, without a line break. */
export function csvLine(cells: readonly Cell[], separator: CsvSeparator | '\t'): string {
  return cells.map(csvCell).join(separator);
}

/** Without it, Excel misreads characters beyond ASCII. */
const BYTE_ORDER_MARK = '\ufeff';
const LINE_END = '\r\n';

/** Limits of common spreadsheet programs. */
const MAX_COLUMNS = 16_384;
const MAX_CELLS = 200_000_000;

/** Characters per part, because writing each row separately would need a file system call for each. */
const PART = 65_536;
const ITEMS_BETWEEN_PARTS = 1000;

function valuesOf(item: string): ItemValues {
  const values = itemValues(item);
  if (!values) {
    throw notJson();
  }
  return values;
}

/** A value as a spreadsheet cell, safe for any separator, and never a formula. */
function csvCell(cell: Cell): string {
  const text = cellText(cell);
  // Numbers are unchanged: `-5` is not a formula, but the text `-5+cmd` may be.
  const safe = typeof cell === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
