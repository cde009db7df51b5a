import { invalid, Refused, failure } from './tenantResponses.ts';

/*
 * The seven paging styles of the API. Page sizes are limited to the range in the API description; without such a
 * range, a list without `pageSize` is returned as a whole.
 */

/** Rows in the order of their ids, after the id `after`. */
export function pageAfter<T extends { readonly id: number }>(
  rows: readonly T[],
  query: URLSearchParams,
  matches: (row: T) => boolean = () => true,
): T[] {
  const after = numberOf(query, 'after') ?? 0;
  const pageSize = sizeOf(query, { least: 1 });
  const page: T[] = [];
  for (const row of rows) {
    if (page.length >= pageSize) {
      break;
    }
    if (row.id > after && matches(row)) {
      page.push(row);
    }
  }
  return page;
}

/** The latest first, between the ids `newerThan` and `olderThan`, both exclusive. */
export function pageOlder<T extends { readonly id: number }>(
  rows: readonly T[],
  query: URLSearchParams,
  matches: (row: T) => boolean,
): T[] {
  const olderThan = numberOf(query, 'olderThan') ?? Infinity;
  const newerThan = numberOf(query, 'newerThan') ?? -Infinity;
  const pageSize = sizeOf(query, { least: 10, most: 1000, usual: 200 });
  const page: T[] = [];
  for (const row of rows.toReversed()) {
    if (page.length >= pageSize) {
      break;
    }
    if (row.id < olderThan && row.id > newerThan && matches(row)) {
      page.push(row);
    }
  }
  return page;
}

/**
 * The report of a query. If rows are left, `cursor` has the name for the next page, which is valid for a limited time
 * and only for this query.
 */
export function pageReport<T extends { readonly id: number }>(
  owners: readonly T[],
  query: URLSearchParams,
  { kind, rowsOf, sizes, now = Date.now() }: ReportOptions<T>,
): { readonly cursor: ReportCursor; readonly results: readonly unknown[] } {
  const pageSize = sizeOf(query, sizes);
  const start = readCursor(query.get('cursor'), kind, now);
  const results: unknown[] = [];
  let next: Position | undefined;
  for (const owner of owners) {
    if (owner.id < start.owner) {
      continue;
    }
    const rows = rowsOf(owner);
    const from = owner.id === start.owner ? start.row : 0;
    const page = rows.slice(from, from + pageSize - results.length);
    for (const row of page) {
      results.push(row);
    }
    if (results.length === pageSize) {
      next = { kind, owner: owner.id, row: from + page.length, offset: start.offset + pageSize, expires: 0 };
      break;
    }
  }
  const expires = now / 1000 + CURSOR_SECONDS;
  const name = next && Buffer.from(JSON.stringify({ ...next, expires })).toString('base64url');
  return {
    cursor: { ...(name !== undefined && { name }), offset: start.offset, count: results.length, expires },
    results,
  };
}

/** `cursorName` is the name of the last received row. The rows are in the order of their names. */
export function pageByName<T extends { readonly name: string }>(
  rows: readonly T[],
  query: URLSearchParams,
): { readonly page: number; readonly pageSize: number; readonly count: number; readonly results: readonly T[] } {
  const last = query.get('cursorName') ?? '';
  const pageSize = sizeOf(query, { least: 5, most: 500, usual: 50 });
  const from = rows.filter(({ name }) => name <= last).length;
  const results = rows.slice(from, from + pageSize);
  return { page: Math.floor(from / pageSize) + 1, pageSize, count: results.length, results };
}

/** `anchorId` is the id of the last received row. */
export function pageFromAnchor<T extends { readonly id: number }>(rows: readonly T[], query: URLSearchParams): T[] {
  const anchor = numberOf(query, 'anchorId') ?? 0;
  return rows.filter(({ id }) => id > anchor).slice(0, sizeOf(query, { least: 1, usual: 500 }));
}

/** `anchorNaturalId` is the natural id of the last received row. */
export function pageFromNaturalAnchor<T extends { readonly naturalId: number }>(
  rows: readonly T[],
  query: URLSearchParams,
): T[] {
  const anchor = numberOf(query, 'anchorNaturalId') ?? 0;
  return rows.filter(({ naturalId }) => naturalId > anchor).slice(0, sizeOf(query, { least: 1, usual: 50 }));
}

/**
 * The rows of a board after the one with the id `lastCursorId`. NinjaOne's default page size is unknown; a board on its
 * web page has 50.
 */
export function pageOfBoard<T extends { readonly id: number }>(
  rows: readonly T[],
  { pageSize = 50, lastCursorId = 0 }: { readonly pageSize?: unknown; readonly lastCursorId?: unknown },
): { readonly data: readonly T[]; readonly lastCursorId: number } {
  if (!Number.isInteger(pageSize) || !Number.isInteger(lastCursorId)) {
    throw invalid('invalid_paging', { pageSize, lastCursorId });
  }
  const from = rows.findIndex(({ id }) => id === lastCursorId) + 1;
  const data = rows.slice(from, from + Math.max(1, Number(pageSize)));
  return { data, lastCursorId: data.at(-1)?.id ?? Number(lastCursorId) };
}

export interface ReportCursor {
  /** Absent on the last page. */
  readonly name?: string;
  /** Of the first row of the page. */
  readonly offset: number;
  /** Rows on the page. */
  readonly count: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

interface ReportOptions<T> {
  /** The query of the cursor. */
  readonly kind: string;
  readonly rowsOf: (owner: T) => readonly unknown[];
  readonly sizes: Sizes;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

interface Sizes {
  readonly least: number;
  readonly most?: number;
  readonly usual?: number;
}

interface Position {
  readonly kind: string;
  /** The device of the next rows, and how many of its rows were sent. */
  readonly owner: number;
  readonly row: number;
  readonly offset: number;
  readonly expires: number;
}

const CURSOR_SECONDS = 600;

function readCursor(name: string | null, kind: string, now: number): Position {
  if (name === null || name === '') {
    return { kind, owner: 0, row: 0, offset: 0, expires: Infinity };
  }
  let position: Partial<Position> = {};
  try {
    position = JSON.parse(Buffer.from(name, 'base64url').toString()) as Partial<Position>;
  } catch {
    // Refused below like any unknown name.
  }
  const { owner, row, offset, expires } = position;
  if (
    position.kind !== kind ||
    owner === undefined ||
    row === undefined ||
    offset === undefined ||
    expires === undefined
  ) {
    throw new Refused(failure(400, 'cursor_not_found', 'Cursor not found'));
  }
  if (expires * 1000 < now) {
    throw new Refused(failure(400, 'cursor_expired', 'Cursor has expired'));
  }
  return { kind, owner, row, offset, expires };
}

function sizeOf(query: URLSearchParams, { least, most = Infinity, usual = Infinity }: Sizes): number {
  return Math.min(most, Math.max(least, numberOf(query, 'pageSize') ?? usual));
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') {
    return undefined;
  }
  if (!/^-?\d+$/.test(text)) {
    throw invalid('invalid_parameter', { [name]: text });
  }
  return Number(text);
}
