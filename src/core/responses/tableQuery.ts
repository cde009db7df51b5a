import { cell as spreadsheetCell } from './csv.ts';
import { shownText, timeOf, type Cell, type Column, type Table } from './tableModel.ts';

/** Which rows a person wants to see, in which order. */
export interface RowWish {
  /** Rows with all of these words in any of their cells; a time is found as it is shown and as its number. */
  readonly filter: string;
  readonly sort: Sort | undefined;
}

export interface Sort {
  /** Index of the column. */
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

/** Answers which rows of the table are wanted, by index. What is searched is made ready once. */
export function rowFinder(table: Table, locale: string): (wish: RowWish) => readonly number[] {
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

/** The sort after the header of a column was chosen: upwards, downwards, as it came. */
export function nextSort(sort: Sort | undefined, column: number): Sort | undefined {
  if (sort?.column !== column) {
    return { column, direction: 'ascending' };
  }
  return sort.direction === 'ascending' ? { column, direction: 'descending' } : undefined;
}

/** Rows for a spreadsheet, with the names of the columns; no cell is taken for a formula. */
export function tsvOf({ columns, rows }: Table, indexes: readonly number[]): string {
  const lines = [columns.map(({ name }) => name), ...indexes.map((index) => rows[index] ?? [])];
  return lines.map((line) => line.map(spreadsheetCell).join('\t')).join('\n');
}

function timeTexts(cell: Cell, column: Column | undefined): readonly string[] {
  return column && timeOf(cell, column) !== undefined ? [shownText(cell, column)] : [];
}

/** Numbers as numbers, then text as the language sorts it; what is empty is last in both directions. */
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
