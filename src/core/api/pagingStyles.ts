import { asRecord, getOwn } from '../base/untrusted.ts';
import type { Paging, PagingStyle } from '../catalog/operation.ts';
import type { ApiRequest } from './apiRequest.ts';

export interface Cursor {
  readonly value: string | number;
  /** Two cursors with the same identity would return the same page. */
  readonly identity: string;
}

export interface PageContext {
  readonly paging: Paging;
  /** The request of the page. */
  readonly request: ApiRequest;
}

/** The list in a response; `undefined` if it is missing. Some servers omit the enclosing object. */
export function itemsInPage(response: unknown, { items }: Paging): readonly unknown[] | undefined {
  const list = Array.isArray(response) || items === '' ? response : getOwn(response, items);
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

/** The cursor of the next page: `end` if there is none, `unknown` if the response has no usable cursor. */
export function nextCursor(
  response: unknown,
  items: readonly unknown[],
  { paging, request }: PageContext,
): Cursor | 'end' | 'unknown' {
  return STYLES[paging.style].next(response, items, request);
}

export function withCursor(request: ApiRequest, { value }: Cursor, { style }: Paging): ApiRequest {
  const { location, name } = STYLES[style];
  return location === 'query' ? withQuery(request, name, String(value)) : withMember(request, name, value);
}

interface Style {
  readonly location: 'query' | 'body';
  /** The part of the request that contains the cursor. */
  readonly name: string;
  readonly next: (response: unknown, items: readonly unknown[], request: ApiRequest) => Cursor | 'end' | 'unknown';
}

const STYLES: { readonly [K in PagingStyle]: Style } = {
  // Returns IDs greater than the cursor: use the greatest one of the page, because the order is not guaranteed.
  after: { location: 'query', name: 'after', next: (_, items) => extreme(items, Math.max) },
  // Activities are sorted latest first. `lastActivityId` is the latest of the account and would lead back to the start.
  olderThan: { location: 'query', name: 'olderThan', next: (_, items) => extreme(items, Math.min) },
  cursor: { location: 'query', name: 'cursor', next: (response) => namedCursor(response) },
  cursorName: { location: 'query', name: 'cursorName', next: nextCursorName },
  anchorId: { location: 'query', name: 'anchorId', next: (_, items) => ofLast(items, 'id') },
  anchorNaturalId: { location: 'query', name: 'anchorNaturalId', next: (_, items) => ofLast(items, 'naturalId') },
  boardRun: { location: 'body', name: 'lastCursorId', next: nextOfBoard },
};

function extreme(items: readonly unknown[], choose: (a: number, b: number) => number): Cursor | 'unknown' {
  let found: number | undefined;
  for (const item of items) {
    const id = getOwn(item, 'id');
    if (typeof id === 'number' && Number.isSafeInteger(id)) {
      found = found === undefined ? id : choose(found, id);
    }
  }
  return found === undefined ? 'unknown' : plain(found);
}

/** `{ name, offset, count, expires }`, or only the name. The name can stay the same while the offset increases. */
function namedCursor(response: unknown): Cursor | 'end' | 'unknown' {
  const cursor = getOwn(response, 'cursor');
  const name = isText(cursor) || isCursor(cursor) ? cursor : getOwn(cursor, 'name');
  const offset = getOwn(cursor, 'offset');
  return isCursor(name) ? { value: name, identity: JSON.stringify([name, offset]) } : withoutCursor(name);
}

/** The API description declares no cursor, so use the one in the response, otherwise the name of the last item. */
function nextCursorName(response: unknown, items: readonly unknown[]): Cursor | 'end' | 'unknown' {
  const explicit = getOwn(response, 'cursorName');
  const named = isCursor(explicit) ? plain(explicit) : namedCursor(response);
  if (named !== 'end') {
    return named;
  }
  // This is the page size that the server used, so a short page is the last one here.
  const pageSize = getOwn(response, 'pageSize');
  if (typeof pageSize === 'number' && items.length < pageSize) {
    return 'end';
  }
  const last = ofLast(items, 'name');
  return last === 'unknown' ? ofLast(items, 'fieldName') : last;
}

function nextOfBoard(response: unknown): Cursor | 'end' | 'unknown' {
  const id = getOwn(getOwn(response, 'metadata'), 'lastCursorId');
  return isCursor(id) ? plain(id) : withoutCursor(id);
}

/** A cursor that cannot be sent means that there are more pages, but not how to request them. */
function withoutCursor(value: unknown): 'end' | 'unknown' {
  return isText(value) ? 'unknown' : 'end';
}

function ofLast(items: readonly unknown[], name: string): Cursor | 'unknown' {
  const value = getOwn(items.at(-1), name);
  return isCursor(value) ? plain(value) : 'unknown';
}

function plain(value: string | number): Cursor {
  return { value, identity: JSON.stringify(value) };
}

/** Valid in an address: a lone surrogate has no UTF-8 encoding, and huge cursors would be stored for each page. */
function isCursor(value: unknown): value is string | number {
  return isText(value)
    ? value.length <= MAX_CHARACTERS && !LONE_SURROGATE.test(value)
    : typeof value === 'number' && Number.isSafeInteger(value);
}

const MAX_CHARACTERS = 4000;
const LONE_SURROGATE = /\p{Cs}/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Sets a parameter at the end of the query. `URLSearchParams` would encode every space as `+`. */
function withQuery(request: ApiRequest, name: string, value: string): ApiRequest {
  const url = new URL(request.url);
  const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const pairs = url.search
    .slice(1)
    .split('&')
    .filter((each) => each !== '');
  const others = pairs.filter((each) => each.split('=')[0] !== encodeURIComponent(name));
  url.search = [...others, pair].join('&');
  return { ...request, url: url.href };
}

function withMember(request: ApiRequest, name: string, value: string | number): ApiRequest {
  const body: unknown = request.body === undefined ? {} : JSON.parse(request.body);
  return { ...request, body: JSON.stringify({ ...asRecord(body), [name]: value }) };
}
