import { cellText, type Cell } from './cells.ts';
import { csvLine, type CsvSeparator } from './csv.ts';
import { compareNumbers } from './exactNumbers.ts';
import { compareMoments, momentOf, type Moment } from './moments.ts';
import { cellCopy, cellDisplayText, cellTimestamp, type Column, type Table } from './tableModel.ts';

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
    return [...row.map(cellText), ...times].join('\n').toLocaleLowerCase(locale);
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

/** Rows for a spreadsheet, with column names; no cell is interpreted as a formula. Lines end as the clipboard expects. */
export function rowsAsText(
  { columns, rows }: Table,
  indexes: readonly number[],
  separator: CsvSeparator | '\t',
): string {
  const copied = indexes.map((index) => columns.map((column, at) => cellCopy(rows[index]?.[at] ?? '', column)));
  return [columns.map(({ name }) => name), ...copied].map((line) => csvLine(line, separator)).join('\n');
}

function timeTexts(cell: Cell, column: Column | undefined): readonly string[] {
  return column && cellTimestamp(cell, column) !== undefined ? [cellDisplayText(cell, column)] : [];
}

/** Sorts numbers first, then times, then text by locale. Empty cells are last in both directions. */
function byColumn(
  { rows, columns }: Table,
  { column, direction }: Sort,
  compareTexts: (a: string, b: string) => number,
): (a: number, b: number) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  const name = columns[column]?.name ?? '';
  const keys = rows.map((row) => sortKey(row[column] ?? '', name));
  return (first, second) => {
    const a = keys[first] ?? EMPTY;
    const b = keys[second] ?? EMPTY;
    if (a.kind === 'empty' || b.kind === 'empty') {
      return Number(a.kind === 'empty') - Number(b.kind === 'empty');
    }
    return sign * compareKeys(a, b, compareTexts);
  };
}

type SortKey =
  | { readonly kind: 'number' | 'text'; readonly text: string }
  | { readonly kind: 'time'; readonly moment: Moment }
  | typeof EMPTY;

const EMPTY = { kind: 'empty' } as const;
const ORDER = { number: 0, time: 1, text: 2, empty: 3 } as const;

function sortKey(cell: Cell, name: string): SortKey {
  if (cell === '') {
    return EMPTY;
  }
  const moment = momentOf(cell, name);
  return moment
    ? { kind: 'time', moment }
    : { kind: typeof cell === 'string' ? 'text' : 'number', text: cellText(cell) };
}

function compareKeys(a: SortKey, b: SortKey, compareTexts: (a: string, b: string) => number): number {
  if (a.kind === 'time' && b.kind === 'time') {
    return compareMoments(a.moment, b.moment);
  }
  if (a.kind === 'text' && b.kind === 'text') {
    return compareTexts(a.text, b.text);
  }
  if (a.kind === 'number' && b.kind === 'number') {
    return compareNumbers(a.text, b.text);
  }
  return ORDER[a.kind] - ORDER[b.kind];
}
