import { csvFile, csvLine, type CsvSeparator } from './csv.ts';
import type { Cell } from './cells.ts';
import type { ListRows } from './listRows.ts';
import { cellCopy, type Column } from './tableModel.ts';
import { workSlices } from './workSlices.ts';

/** Rows and columns of a table in display order. */
export interface ShownRows {
  readonly rows: ListRows;
  /** Undefined for all rows in the order of the list. */
  readonly indexes: readonly number[] | undefined;
  readonly columns: readonly (Pick<Column, 'name'> & { readonly index: number })[];
  /** Whether the names of the columns are in the first line of a copy; true by default. */
  readonly isNamed?: boolean;
}

/**
 * Rows for a spreadsheet; no cell is interpreted as a formula, and times are ISO 8601. Lines end as the
 * clipboard expects. Undefined if the text would be too long for the clipboard.
 */
export async function copiedText(shown: ShownRows, separator: CsvSeparator | '\t'): Promise<string | undefined> {
  const names = shown.columns.map(({ name }) => name);
  const lines = shown.isNamed === false ? [] : [csvLine(names, separator)];
  let length = 0;
  for await (const cells of shownCells(shown)) {
    const line = csvLine(cells, separator);
    length += line.length;
    if (length > MAX_COPIED) {
      return undefined;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

/** A CSV file of what the table shows. */
export function tableCsv(shown: ShownRows, separator: CsvSeparator, signal?: AbortSignal): AsyncGenerator<string> {
  return csvFile(
    shown.columns.map(({ name }) => name),
    shownCells(shown, signal),
    separator,
  );
}

async function* shownCells(
  { rows, indexes, columns }: ShownRows,
  signal?: AbortSignal,
): AsyncGenerator<readonly Cell[]> {
  const slice = workSlices(signal);
  const count = indexes?.length ?? rows.count;
  for (let at = 0; at < count; at += BATCH) {
    const batch =
      indexes?.slice(at, at + BATCH) ?? Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => at + n);
    for (const cells of await rows.rows(batch)) {
      yield columns.map((column) => cellCopy(cells[column.index] ?? '', column));
    }
    await slice();
  }
}

const BATCH = 200;
/** Characters. */
const MAX_COPIED = 50_000_000;
