import { listTwice } from '../json/jsonItems.ts';
import { childrenOf } from '../json/jsonReader.ts';
import { skipBlanks } from '../json/jsonScanner.ts';
import { cellText, itemValues, ListColumns, type Cell, type ItemValues } from './cells.ts';
import { isoText, momentOf } from './moments.ts';
import { formatUtc, timestampMilliseconds } from './timestamps.ts';

/** The list of a response as rows and columns, with the same columns and texts as the CSV. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Number of omitted columns. */
  readonly columnsLeftOut: number;
}

export interface Column {
  readonly name: string;
  /** Whether every non-empty cell is a number, and none is displayed as a time. */
  readonly isNumeric: boolean;
  /** Width in characters that fits most cells. */
  readonly width: number;
}

/**
 * Creates the table from the displayed text, so that masked and omitted values stay so. `items` is the member with the
 * list; a top-level list takes precedence. `undefined` if there is no list of objects. Throws `response.listTwice`.
 */
export function createTable(text: string, items: string | undefined): Table | undefined {
  const list = listIn(text, items);
  if (!list?.some((item) => item.startsWith('{'))) {
    return undefined;
  }
  const columns = new ListColumns();
  for (const item of list) {
    columns.add(valuesOf(item));
  }
  const shown = columns.names.slice(0, Math.min(MAX_COLUMNS, Math.ceil(MAX_CELLS / list.length)));
  const rows = list.map((item) => columns.row(valuesOf(item), shown.length));
  return {
    columns: shown.map((name, index) => columnOf(name, rows, index)),
    rows,
    columnsLeftOut: columns.names.length - shown.length,
  };
}

/** Display text of a cell: a number that is a time is shown as one. */
export function cellDisplayText(cell: Cell, { name }: Pick<Column, 'name'>): string {
  const milliseconds = cellTimestamp(cell, { name });
  return milliseconds === undefined ? cellText(cell) : formatUtc(milliseconds);
}

/** What is copied and saved from a table: a number that is a time is ISO 8601, with its whole fraction. */
export function cellCopy(cell: Cell, { name }: Pick<Column, 'name'>): Cell {
  const moment = typeof cell === 'string' ? undefined : momentOf(cell, name);
  return moment ? isoText(moment) : cell;
}

/** Milliseconds since 1970 if the cell is a number that is a time. */
export function cellTimestamp(cell: Cell, { name }: Pick<Column, 'name'>): number | undefined {
  return typeof cell === 'string' ? undefined : timestampMilliseconds(name, Number(cellText(cell)));
}

/** Whether a formatted response has a list whose first item is an object. Must be fast, because CodeLenses use it. */
export function looksTabular(text: string, items: string | undefined): boolean {
  const before = text.startsWith('[') || !items ? '' : `\n  ${JSON.stringify(items)}: `;
  const at = before === '' ? 0 : text.indexOf(before);
  const list = at + before.length;
  return at >= 0 && text.charAt(list) === '[' && text.charAt(skipBlanks(text, list + 1)) === '{';
}

const MAX_COLUMNS = 200;
/** All cells are in memory twice. A short text can have many rows and columns if most cells are empty. */
const MAX_CELLS = 5_000_000;

/** The text of each item; undefined if there is no list. */
function listIn(text: string, items: string | undefined): readonly string[] | undefined {
  const list = text.startsWith('[') ? text : items ? namedList(text, items) : undefined;
  return list === undefined ? undefined : childrenOf(list)?.map(({ start, end }) => list.slice(start, end));
}

function namedList(text: string, items: string): string | undefined {
  const lists = childrenOf(text)?.filter(({ name, start }) => name === items && text.charAt(start) === '[');
  if (lists && lists.length > 1) {
    throw listTwice();
  }
  const list = lists?.[0];
  return list && text.slice(list.start, list.end);
}

/** The text is valid JSON, and so is each item. */
function valuesOf(item: string): ItemValues {
  return itemValues(item) ?? [];
}

function columnOf(name: string, rows: readonly (readonly Cell[])[], index: number): Column {
  const filled = rows.map((row) => row[index] ?? '').filter((cell) => cell !== '');
  // Names are bold and may be followed by an arrow.
  const widest = Math.max(
    widthOf(name) + 3,
    ...filled.slice(0, 200).map((cell) => widthOf(cellDisplayText(cell, { name }))),
  );
  return {
    name,
    isNumeric:
      filled.length > 0 &&
      filled.every((cell) => typeof cell !== 'string' && cellTimestamp(cell, { name }) === undefined),
    width: Math.min(widest, WIDEST),
  };
}

/** In units of a digit; capital letters are wider. */
function widthOf(text: string): number {
  const start = text.slice(0, WIDEST);
  return start.length + Math.ceil((start.match(/[A-Z]/g)?.length ?? 0) / 4);
}

const WIDEST = 40;
