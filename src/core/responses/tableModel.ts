import { asArray, asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { skipBlanks } from '../json/jsonTokens.ts';
import { CsvColumns, memberOf, textOf } from './csv.ts';
import { inUtc, millisecondsOf } from './timestamps.ts';

/** The list of an answer as rows and columns: the columns and texts of the CSV, for reading. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many more columns the items have: what no person looks through is left out. */
  readonly columnsLeftOut: number;
}

export interface Column {
  readonly name: string;
  /** Whether every cell that is not empty is a number, and none is shown as a time. */
  readonly isNumeric: boolean;
  /** Characters that are enough for most of its cells. */
  readonly width: number;
}

/** A number where the item has one, else text; `''` is empty. */
export type Cell = string | number;

/**
 * Takes the text that is shown, so that what is masked or left out there is so here. `items` is the member that is the
 * list; a list at the top always is. `undefined` if there is none, or none of objects.
 */
export function tableOf(text: string, items: string | undefined): Table | undefined {
  const list = listIn(parsed(text), items);
  if (!list?.some((item) => asRecord(item))) {
    return undefined;
  }
  const names = new CsvColumns();
  for (const item of list) {
    names.add(item);
  }
  const shown = names.names.slice(0, Math.min(MOST_COLUMNS, Math.ceil(MOST_CELLS / list.length)));
  const rows = list.map((item) => shown.map((name) => cellOf(memberOf(item, name))));
  return {
    columns: shown.map((name, index) => columnOf(name, rows, index)),
    rows,
    columnsLeftOut: names.names.length - shown.length,
  };
}

/** What a person reads in a cell: a number that is a time as that time. Sorted and copied is the cell itself. */
export function shownText(cell: Cell, { name }: Pick<Column, 'name'>): string {
  const milliseconds = timeOf(cell, { name });
  return milliseconds === undefined ? String(cell) : inUtc(milliseconds);
}

/** Milliseconds since 1970, if the cell is a time. */
export function timeOf(cell: Cell, { name }: Pick<Column, 'name'>): number | undefined {
  return typeof cell === 'number' ? millisecondsOf(name, cell) : undefined;
}

/** Whether a text, as answers are laid out, has a list whose first item is an object. Cheap: a lens asks it. */
export function looksTabular(text: string, items: string | undefined): boolean {
  const before = text.startsWith('[') || !items ? '' : `\n  ${JSON.stringify(items)}: `;
  const at = before === '' ? 0 : text.indexOf(before);
  const list = at + before.length;
  return at >= 0 && text.charAt(list) === '[' && text.charAt(skipBlanks(text, list + 1)) === '{';
}

const MOST_COLUMNS = 200;
/** All of them are in memory twice. A list of many rows and columns may be short as text: most cells are empty then. */
const MOST_CELLS = 5_000_000;

/** Integers that no double holds stay as they are written: an id must not change. */
function parsed(text: string): unknown {
  const exact = text.replace(TOKEN, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return parseJson(exact);
}

/** Strings as a whole, so that what looks like a number in them is none. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const LONG_INTEGER = /^-?\d{16,}$/;

function listIn(response: unknown, items: string | undefined): readonly unknown[] | undefined {
  const list = Array.isArray(response) || !items ? response : getOwn(response, items);
  return Array.isArray(list) ? asArray(list) : undefined;
}

function cellOf(value: unknown): Cell {
  return typeof value === 'number' ? value : textOf(value);
}

function columnOf(name: string, rows: readonly (readonly Cell[])[], index: number): Column {
  const filled = rows.map((row) => row[index] ?? '').filter((cell) => cell !== '');
  // Names are bold, and an arrow may stand behind them.
  const widest = Math.max(widthOf(name) + 3, ...filled.slice(0, 200).map((cell) => widthOf(shownText(cell, { name }))));
  return {
    name,
    isNumeric:
      filled.length > 0 && filled.every((cell) => typeof cell === 'number' && timeOf(cell, { name }) === undefined),
    width: Math.min(widest, WIDEST),
  };
}

/** In digits; capitals are wider than they are. */
function widthOf(text: string): number {
  const start = text.slice(0, WIDEST);
  return start.length + Math.ceil((start.match(/[A-Z]/g)?.length ?? 0) / 4);
}

const WIDEST = 40;
