import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import { columnTerm, valueTerm } from '../../core/responses/rowFilter.ts';
import type { Sort } from '../../core/responses/sortOrder.ts';
import type { PageColumns } from './pageColumns.ts';
import type { CellPlace, PageMessage, RowRange, TableAct } from './tableProtocol.ts';

/** The extension sends so many characters of a cell. */
export const MAX_CELL = 300;

export interface ActTarget {
  readonly column: PlacedColumn;
  readonly query: number;
  /** Selected rows, or else cells. */
  readonly ranges: readonly RowRange[];
  readonly cells: { readonly rows: RowRange; readonly columns: readonly PlacedColumn[] } | undefined;
  /** Undefined in the header. */
  readonly place: CellPlace | undefined;
}

/** What the extension is asked to do; undefined if the page does it. */
export function messageFor(act: TableAct, { column, query, ranges, cells, place }: ActTarget): PageMessage | undefined {
  if (act === 'copy' && ranges.length > 0) {
    return { type: 'copyRows', query, ranges };
  }
  if (act === 'copy' && cells) {
    return { type: 'copyCells', query, rows: cells.rows, columns: cells.columns.map(({ index }) => index) };
  }
  if (act === 'copyColumn' || (act === 'copy' && !place)) {
    return { type: 'copyColumn', query, column: column.index };
  }
  const type = ABOUT_CELLS.get(act);
  return type && place && { type, ...place };
}

const ABOUT_CELLS: ReadonlyMap<TableAct, 'copyCell' | 'reveal' | 'open' | 'openInNinjaOne'> = new Map([
  ['copy', 'copyCell'],
  ['revealInJson', 'reveal'],
  ['openCell', 'open'],
  ['openInNinjaOne', 'openInNinjaOne'],
]);

/** The order that an act asks for. */
export const DIRECTIONS: ReadonlyMap<TableAct, Sort['direction']> = new Map([
  ['sortAscending', 'ascending'],
  ['sortDescending', 'descending'],
]);

/** Whether it was about the column, and is done. */
export function actOnColumn(act: TableAct, column: PlacedColumn, columns: PageColumns): boolean {
  if (act === 'hideColumn') {
    columns.hide(column);
  } else if (act === 'moveColumnLeft' || act === 'moveColumnRight') {
    columns.shift(column, act === 'moveColumnLeft' ? -1 : 1);
  } else if (act === 'freezeColumns' || act === 'unfreezeColumns') {
    columns.freeze(act === 'freezeColumns' ? column : undefined);
  } else {
    return false;
  }
  return true;
}

/** The filter with the begin of a term for a column, to be completed. */
export function filterByName(filter: string, name: string): string {
  return [filter.trim(), columnTerm(name)].filter(Boolean).join(' ');
}

/** The filter with a term for a value. Of a long text, only its first part is here. */
export function filterBy(filter: string, name: string, value: string): string {
  const term = value.length < MAX_CELL ? valueTerm(name, value) : valueTerm('', value);
  return [filter.trim(), term].filter(Boolean).join(' ');
}

export function isSamePlace(a: CellPlace | undefined, b: CellPlace | undefined): boolean {
  return a?.query === b?.query && a?.row === b?.row && a?.column === b?.column;
}

/** A short text is in sight as a whole. */
export function isWorthOpening(value: string): boolean {
  return value.length > 80 || /^[[{]|\n/.test(value);
}
