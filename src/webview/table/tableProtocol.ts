import { asArray, asRecord } from '../../core/base/untrusted.ts';
import { parseLayout, type ColumnLayout } from '../../core/responses/columnLayout.ts';
import type { Column } from '../../core/responses/tableModel.ts';
import type { RowQuery, Sort } from '../../core/responses/sortOrder.ts';

/** What the extension sends to the page. */
export type HostMessage = TableMessage | FoundMessage | RowsMessage | CellMessage | SaidMessage | ActMessage;

/** The table. Sent again while the list is read, because columns and rows may be added. */
export interface TableMessage {
  readonly type: 'table';
  /** Changes with the response. */
  readonly source: string;
  readonly columns: readonly Column[];
  readonly layout: ColumnLayout;
  /** Number of rows so far, and whether these are all. */
  readonly rows: number;
  readonly isRead: boolean;
  /** Accessible name of the grid. */
  readonly label: string;
  /** Notes about the list, such as that it is incomplete. */
  readonly notices: readonly string[];
  readonly texts: TableTexts;
}

/** How many rows a query found. */
export interface FoundMessage {
  readonly type: 'found';
  readonly query: number;
  readonly rows: number;
}

export interface RowsMessage {
  readonly type: 'rows';
  readonly query: number;
  /** Place of the first row in display order. */
  readonly from: number;
  readonly rows: readonly (readonly PageCell[])[];
}

/** The first part of the display text of a cell, and of its value if that is another text: it is a time. */
export type PageCell = string | readonly [shown: string, value: string];

/** The text of a cell that is too long for its row. */
export interface CellMessage extends CellPlace {
  readonly type: 'cell';
  readonly text: string;
}

/** Something to show and to announce, such as that rows were copied. */
export interface SaidMessage {
  readonly type: 'said';
  readonly text: string;
}

/** A command of VS Code that is about the active cell or about what is selected, which only the page knows. */
export interface ActMessage {
  readonly type: 'act';
  readonly act: TableAct;
}

export type TableAct =
  | 'copy'
  | 'copyColumn'
  | 'sortAscending'
  | 'sortDescending'
  | 'filterByColumn'
  | 'filterByValue'
  | 'revealInJson'
  | 'openCell'
  | 'openInNinjaOne'
  | 'hideColumn'
  | 'moveColumnLeft'
  | 'moveColumnRight'
  | 'freezeColumns'
  | 'unfreezeColumns';

/** Templates with `{0}` placeholders, in the display language of VS Code. */
export interface TableTexts {
  readonly filter: string;
  readonly allRows: string;
  readonly someRows: string;
  readonly reading: string;
  readonly noRows: string;
  readonly help: string;
  readonly cell: string;
  readonly sortedUp: string;
  readonly sortedDown: string;
  readonly unsorted: string;
  readonly selected: string;
  readonly selectedCells: string;
  readonly hiddenColumns: string;
  readonly chooseColumns: string;
  readonly width: string;
  readonly moved: string;
  readonly hidden: string;
  readonly frozen: string;
}

/** A cell in display order; `column` is an index of `columns`. */
export interface CellPlace {
  readonly query: number;
  readonly row: number;
  readonly column: number;
}

/** Rows from `from` to before `to`, in display order. */
export type RowRange = readonly [from: number, to: number];

/** What the page sends. */
export type PageMessage =
  | { readonly type: 'ready' | 'chooseColumns' }
  | ({ readonly type: 'query'; readonly query: number } & RowQuery)
  | { readonly type: 'rows'; readonly query: number; readonly from: number; readonly to: number }
  | ({ readonly type: 'cell' | 'copyCell' | 'reveal' | 'open' | 'openInNinjaOne' } & CellPlace)
  | { readonly type: 'copyRows'; readonly query: number; readonly ranges: readonly RowRange[] }
  | {
      readonly type: 'copyCells';
      readonly query: number;
      readonly rows: RowRange;
      readonly columns: readonly number[];
    }
  | { readonly type: 'copyColumn'; readonly query: number; readonly column: number }
  | { readonly type: 'layout'; readonly layout: ColumnLayout };

/** Messages of a page are not trusted. Undefined if it is none of ours. */
export function parsePageMessage(message: unknown): PageMessage | undefined {
  const record = asRecord(message) ?? {};
  const { type } = record;
  const [query, from, to, row, column] = ['query', 'from', 'to', 'row', 'column'].map((name) => countOf(record[name]));
  switch (type) {
    case 'ready':
    case 'chooseColumns':
      return { type };
    case 'query': {
      const { filter } = record;
      return query !== undefined && typeof filter === 'string'
        ? { type, query, filter, sort: sortOf(record['sort']) }
        : undefined;
    }
    case 'rows':
      return query !== undefined && from !== undefined && to !== undefined && to - from <= MAX_ROWS_AT_ONCE
        ? { type, query, from, to }
        : undefined;
    case 'cell':
    case 'copyCell':
    case 'reveal':
    case 'open':
    case 'openInNinjaOne':
      return query !== undefined && row !== undefined && column !== undefined
        ? { type, query, row, column }
        : undefined;
    case 'copyRows':
      return query === undefined ? undefined : { type, query, ranges: asArray(record['ranges']).flatMap(rangeOf) };
    case 'copyCells': {
      const [rows] = rangeOf(record['rows']);
      const columns = asArray(record['columns']).flatMap((each) => countOf(each) ?? []);
      return query !== undefined && rows ? { type, query, rows, columns } : undefined;
    }
    case 'copyColumn':
      return query !== undefined && column !== undefined ? { type, query, column } : undefined;
    case 'layout': {
      const layout = parseLayout(record['layout']);
      return layout && { type, layout };
    }
    default:
      return undefined;
  }
}

const MAX_ROWS_AT_ONCE = 1000;

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function sortOf(value: unknown): Sort | undefined {
  const { column, direction } = asRecord(value) ?? {};
  const index = countOf(column);
  return index !== undefined && (direction === 'ascending' || direction === 'descending')
    ? { column: index, direction }
    : undefined;
}

function rangeOf(value: unknown): RowRange[] {
  const [from, to] = asArray(value).map(countOf);
  return from !== undefined && to !== undefined ? [[from, to]] : [];
}
