import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import { valueTerm } from '../../core/responses/rowFilter.ts';
import type { PageColumns } from './pageColumns.ts';
import type { CellPlace, PageMessage, RowRange, TableAct } from './tableProtocol.ts';

/** The extension sends so many characters of a cell. */
export const MAX_CELL = 300;

export interface ActTarget {
  readonly column: PlacedColumn;
  readonly query: number;
  /** Selected rows. */
  readonly ranges: readonly RowRange[];
  /** Undefined in the header. */
  readonly place: CellPlace | undefined;
}

/** What the extension is asked to do; undefined if the page does it. */
export function messageFor(act: TableAct, { column, query, ranges, place }: ActTarget): PageMessage | undefined {
  if (act === 'copyColumn') {
    return { type: 'copyColumn', query, column: column.index };
  }
  if (act === 'copy' && ranges.length > 0) {
    return { type: 'copyRows', query, ranges };
  }
  if (!place) {
    return act === 'copy' ? { type: 'copyText', text: column.name } : undefined;
  }
  const type = ABOUT_CELLS.get(act);
  return type && { type, ...place };
}

const ABOUT_CELLS: ReadonlyMap<TableAct, 'copyCell' | 'reveal' | 'open'> = new Map([
  ['copy', 'copyCell'],
  ['revealInJson', 'reveal'],
  ['openCell', 'open'],
]);

/** Whether it was about the column, and is done. */
export function actOnColumn(
  act: TableAct,
  column: PlacedColumn,
  { columns, place }: { readonly columns: PageColumns; readonly place: number },
): boolean {
  if (act === 'hideColumn') {
    columns.hide(column);
  } else if (act === 'moveColumnLeft' || act === 'moveColumnRight') {
    columns.shift(column, act === 'moveColumnLeft' ? -1 : 1);
  } else if (act === 'freezeColumns') {
    columns.freeze(place);
  } else {
    return false;
  }
  return true;
}

/** The filter with a term for a value. Of a long text, only its first part is here. */
export function filterBy(filter: string, name: string, value: string): string {
  const term = value.length < MAX_CELL ? valueTerm(name, value) : valueTerm('', value);
  return [filter.trim(), term].filter(Boolean).join(' ');
}
