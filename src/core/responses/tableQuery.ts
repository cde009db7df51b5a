import { csvCell } from './csv.ts';
import { cellDisplayText, cellTimestamp, type Cell, type Column, type Table } from './tableModel.ts';

/** Filter and sort order of the displayed rows. */
export interface RowQuery {
  /** Rows must contain all of these words in any cell; a time matches as displayed and as a number. */
  readonly filter: string;
  readonly sort: Sort | undefined;
}

export interface Sort {
  /** Index of the column. */
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

/** Creates a function that returns the indexes of matching rows. The search text is prepared once. */
export function rowFinder(table: Table, locale: string): (query: RowQuery) => readonly number[] {
  const { columns } = table;
  const texts = table.rows.map((row) => {
    const times = row.flatMap((cell, index) => timeTexts(cell, columns[index]));
    return [...row, ...times].join('\n').toLocaleLowerCase(locale);
  });
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return ({ filter, sort }) => {
    const words = filter.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
    const found = [...texts.keys()].filter((index) => words.every((word) => texts[index]?.includes(word)));
    return sort ? found.sort(byColumn(table, sort, compare)) : found;
  };
}

/** The next sort order of a column: ascending, descending, original. */
export function nextSort(sort: Sort | undefined, column: number): Sort | undefined {
  if (sort?.column !== column) {
    return { column, direction: 'ascending' };
  }
  return sort.direction === 'ascending' ? { column, direction: 'descending' } : undefined;
}

/** Rows for a spreadsheet, with column names; no cell is interpreted as a formula. */
export function tableAsTsv({ columns, rows }: Table, indexes: readonly number[]): string {
  const lines = [columns.map(({ name }) => name), ...indexes.map((index) => rows[index] ?? [])];
  return lines.map((line) => line.map(csvCell).join('\t')).join('\n');
}

function timeTexts(cell: Cell, column: Column | undefined): readonly string[] {
  return column && cellTimestamp(cell, column) !== undefined ? [cellDisplayText(cell, column)] : [];
}

/** Sorts numbers first, then text by locale. Empty cells are last in both directions. */
function byColumn(
  { rows }: Table,
  { column, direction }: Sort,
  compareTexts: (a: string, b: string) => number,
): (a: number, b: number) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  const cellAt = (index: number): Cell => rows[index]?.[column] ?? '';
  return (first, second) => {
    const a = cellAt(first);
    const b = cellAt(second);
    if (a === '' || b === '') {
      return Number(a === '') - Number(b === '');
    }
    if (typeof a === 'string' && typeof b === 'string') {
      return sign * compareTexts(a, b);
    }
    if (typeof a === 'number' && typeof b === 'number') {
      return sign * (a - b);
    }
    return sign * (typeof a === 'number' ? -1 : 1);
  };
}
