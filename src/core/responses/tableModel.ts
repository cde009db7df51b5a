import { skipBlanks } from '../json/jsonScanner.ts';
import { cellText, type Cell } from './cells.ts';
import { isoText, momentOf } from './moments.ts';
import { formatUtc, timestampMilliseconds } from './timestamps.ts';

/** A column of a table, with the same name and texts as in the CSV. */
export interface Column {
  /** Tells columns with the same name apart. */
  readonly key: string;
  readonly name: string;
  /** Whether every non-empty cell is a number, and none is displayed as a time. */
  readonly isNumeric: boolean;
  /** Whether every non-empty cell is a UUID. */
  readonly isUuid: boolean;
  /** Width in characters that fits most cells. */
  readonly width: number;
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
