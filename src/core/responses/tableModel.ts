import { asArray, asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { skipBlanks } from '../json/jsonScanner.ts';
import { CsvColumns, columnValue, cellText } from './csv.ts';
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

/** A number if the item has a number, otherwise text; `''` is empty. */
export type Cell = string | number;

/**
 * Creates the table from the displayed text, so that masked and omitted values stay so. `items` is the member with the
 * list; a top-level list takes precedence. `undefined` if there is no list of objects.
 */
export function createTable(text: string, items: string | undefined): Table | undefined {
  const list = listIn(parseExactIntegers(text), items);
  if (!list?.some((item) => asRecord(item))) {
    return undefined;
  }
  const names = new CsvColumns();
  for (const item of list) {
    names.add(item);
  }
  const shown = names.names.slice(0, Math.min(MAX_COLUMNS, Math.ceil(MAX_CELLS / list.length)));
  const rows = list.map((item) => shown.map((name) => cellOf(columnValue(item, name))));
  return {
    columns: shown.map((name, index) => columnOf(name, rows, index)),
    rows,
    columnsLeftOut: names.names.length - shown.length,
  };
}

/** Display text of a cell: a timestamp is shown as a time, but sorted and copied as a number. */
export function cellDisplayText(cell: Cell, { name }: Pick<Column, 'name'>): string {
  const milliseconds = cellTimestamp(cell, { name });
  return milliseconds === undefined ? String(cell) : formatUtc(milliseconds);
}

/** Milliseconds since 1970 if the cell is a time. */
export function cellTimestamp(cell: Cell, { name }: Pick<Column, 'name'>): number | undefined {
  return typeof cell === 'number' ? timestampMilliseconds(name, cell) : undefined;
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

/** Integers beyond double precision stay text, because an ID must not change. */
function parseExactIntegers(text: string): unknown {
  const exact = text.replace(TOKEN, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return parseJson(exact);
}

/** Matches whole strings, so that digits within a string are not matched as numbers. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const LONG_INTEGER = /^-?\d{16,}$/;

function listIn(response: unknown, items: string | undefined): readonly unknown[] | undefined {
  const list = Array.isArray(response) || !items ? response : getOwn(response, items);
  return Array.isArray(list) ? asArray(list) : undefined;
}

function cellOf(value: unknown): Cell {
  return typeof value === 'number' ? value : cellText(value);
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
      filled.every((cell) => typeof cell === 'number' && cellTimestamp(cell, { name }) === undefined),
    width: Math.min(widest, WIDEST),
  };
}

/** In units of a digit; capital letters are wider. */
function widthOf(text: string): number {
  const start = text.slice(0, WIDEST);
  return start.length + Math.ceil((start.match(/[A-Z]/g)?.length ?? 0) / 4);
}

const WIDEST = 40;
