import { cellText, type Cell } from './cells.ts';
import { compareNumbers } from './exactNumbers.ts';
import type { ListRows } from './listRows.ts';
import { compareMoments, momentOf, type Moment } from './moments.ts';
import { rowFilter } from './rowFilter.ts';
import { sortInSlices } from './slowSort.ts';
import type { RowQuery, Sort } from './sortOrder.ts';

export interface FindOptions {
  /** Display language of VS Code. */
  readonly locale: string;
  readonly signal?: AbortSignal;
}

/**
 * The indexes of the matching rows in display order; undefined for all rows in the order of the list. Reads all rows, in
 * slices. Rejects when aborted, or with an error of the disk.
 */
export async function findRows(
  rows: ListRows,
  { filter, sort }: RowQuery,
  { locale, signal }: FindOptions,
): Promise<readonly number[] | undefined> {
  const matches = rowFilter(filter, rows.columns, locale);
  if (!matches && !sort) {
    return undefined;
  }
  const name = rows.columns[sort?.column ?? 0]?.name ?? '';
  const found: Found[] = [];
  for await (const batch of rows.batches(signal)) {
    for (const [at, cells] of batch.rows.entries()) {
      if (!matches || matches(cells)) {
        found.push({ index: batch.first + at, key: sort ? sortKey(cells[sort.column] ?? '', name) : EMPTY });
      }
    }
  }
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const sorted = sort ? await sortInSlices(found, byKey(sort, compare), signal) : found;
  return sorted.map(({ index }) => index);
}

interface Found {
  readonly index: number;
  readonly key: SortKey;
}

/** Sorts numbers first, then times, then text by locale. Empty cells are last in both directions. */
function byKey({ direction }: Sort, compareTexts: (a: string, b: string) => number): (a: Found, b: Found) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  return ({ key: a }, { key: b }) => {
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
    : { kind: typeof cell === 'string' ? 'text' : 'number', text: cellText(cell).slice(0, MAX_KEY) };
}

/** Characters. All keys are in memory while rows are sorted; numbers are never as long. */
const MAX_KEY = 1000;

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
