import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { Operation, PagingStyle } from '../../src/core/catalog/operation.ts';
import type { HttpRequest, HttpResponse } from '../../src/core/http/transport.ts';
import { json } from './apiClientFixture.ts';
import { connectionOf, ORIGIN } from './connectionFixtures.ts';
import { JSON_BODY, operationOf } from './operationFixtures.ts';

export interface Row {
  readonly id: number;
  readonly name: string;
  readonly naturalId: string;
}

/** The first one has the ID `from`. */
export const rowsOf = (count: number, from = 1): Row[] =>
  Array.from({ length: count }, (_, index) => from + index).map((id) => ({ id, name: `n${id}`, naturalId: `${id}` }));

/** The response of a server for each paging style; `cursor` comes from the request. */
export const SERVERS: {
  readonly [K in PagingStyle]: (all: readonly Row[], size: number, cursor: string | undefined) => unknown;
} = {
  after: (all, size, cursor = '0') => all.filter(({ id }) => id > Number(cursor)).slice(0, size),
  olderThan: (all, size, cursor = '1e9') => ({
    lastActivityId: all.length,
    activities: [...all]
      .reverse()
      .filter(({ id }) => id < Number(cursor))
      .slice(0, size),
  }),
  cursor: (all, size, cursor = 'c0') => {
    const from = Number(cursor.slice(1));
    const results = all.slice(from, from + size);
    return { cursor: { name: `c${from + size}`, offset: from, count: results.length, expires: 1 }, results };
  },
  cursorName: (all, size, cursor = 'n0') => {
    const results = all.slice(Number(cursor.slice(1)), Number(cursor.slice(1)) + size);
    return { page: 1, pageSize: size, count: results.length, results };
  },
  anchorId: (all, size, cursor = '0') => all.filter(({ id }) => id > Number(cursor)).slice(0, size),
  anchorNaturalId: (all, size, cursor = '0') =>
    all.filter(({ naturalId }) => Number(naturalId) > Number(cursor)).slice(0, size),
  boardRun: (all, size, cursor = '0') => {
    const data = all.filter(({ id }) => id > Number(cursor)).slice(0, size);
    return { data, metadata: { columns: [], lastCursorId: data.at(-1)?.id ?? 0 } };
  },
};
/** The member with the list. */
export const LISTS: { readonly [K in PagingStyle]: string } = {
  after: '',
  olderThan: 'activities',
  cursor: 'results',
  cursorName: 'results',
  anchorId: '',
  anchorNaturalId: '',
  boardRun: 'data',
};
export const STYLES = Object.keys(SERVERS) as readonly PagingStyle[];

export function listOf(style: PagingStyle): Operation {
  const board = style === 'boardRun';
  return operationOf(`${board ? 'POST' : 'GET'} /v2/list`, {
    body: board ? JSON_BODY : undefined,
    traits: { riskLevel: 'read', paging: { style, items: LISTS[style] } },
  });
}

/** The request of a first page. Its filter has a space, which no later page may encode in another way. */
export function pageRequest(
  operation: Operation,
  { query = '', body }: { query?: string; body?: string } = {},
): ApiRequest {
  return { connection: connectionOf(), operation, url: `${ORIGIN}/v2/list?df=a%20b${query}`, body };
}

/** The cursor in the request of a page. */
export function sentCursor(style: PagingStyle, { url, body }: HttpRequest): string | undefined {
  const inBody = (JSON.parse(body ?? '{}') as { lastCursorId?: number }).lastCursorId;
  return style === 'boardRun' ? inBody?.toString() : (new URL(url).searchParams.get(style) ?? undefined);
}

/** A server with these rows. `size` is the number of rows on a page, or chooses it for each page. */
export function pagingServer(
  style: PagingStyle,
  all: readonly Row[],
  size: number | (() => number),
): (request: HttpRequest) => HttpResponse {
  return (request) => json(SERVERS[style](all, typeof size === 'number' ? size : size(), sentCursor(style, request)));
}
