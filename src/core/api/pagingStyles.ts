import { asRecord, getOwn } from '../base/untrusted.ts';
import type { Paging, PagingStyle } from '../catalog/operation.ts';
import type { ApiRequest } from './apiRequest.ts';

export interface Cursor {
  readonly value: string | number;
  /** Two cursors of the same identity would bring the same page. */
  readonly identity: string;
}

export interface PageContext {
  readonly paging: Paging;
  /** The request of the page. */
  readonly request: ApiRequest;
}

/** The list in an answer; `undefined` if it is not there. Some servers leave the wrapping out. */
export function itemsOf(response: unknown, { items }: Paging): readonly unknown[] | undefined {
  const list = Array.isArray(response) || items === '' ? response : getOwn(response, items);
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

/** Where the next page begins: `end` if the answer says that there is none, `unknown` if it says nothing to go on from. */
export function nextCursor(
  response: unknown,
  items: readonly unknown[],
  { paging, request }: PageContext,
): Cursor | 'end' | 'unknown' {
  return STYLES[paging.style].next(response, items, request);
}

export function withCursor(request: ApiRequest, { value }: Cursor, { style }: Paging): ApiRequest {
  const { place, name } = STYLES[style];
  return place === 'query' ? withQuery(request, name, String(value)) : withMember(request, name, value);
}

interface Style {
  readonly place: 'query' | 'body';
  /** What carries the cursor. */
  readonly name: string;
  readonly next: (response: unknown, items: readonly unknown[], request: ApiRequest) => Cursor | 'end' | 'unknown';
}

const STYLES: { readonly [K in PagingStyle]: Style } = {
  // Ids that are greater than this one: the greatest of the page, as its order is not promised.
  after: { place: 'query', name: 'after', next: (_, items) => extreme(items, Math.max) },
  // Activities come latest first. The answer's `lastActivityId` is the latest of the account and leads back to the start.
  olderThan: { place: 'query', name: 'olderThan', next: (_, items) => extreme(items, Math.min) },
  cursor: { place: 'query', name: 'cursor', next: (response) => namedCursor(response) },
  cursorName: { place: 'query', name: 'cursorName', next: nextCursorName },
  anchorId: { place: 'query', name: 'anchorId', next: (_, items) => ofLast(items, 'id') },
  anchorNaturalId: { place: 'query', name: 'anchorNaturalId', next: (_, items) => ofLast(items, 'naturalId') },
  boardRun: { place: 'body', name: 'lastCursorId', next: nextOfBoard },
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

/** `{ name, offset, count, expires }`, or its name alone. A name may stay while its offset goes on. */
function namedCursor(response: unknown): Cursor | 'end' | 'unknown' {
  const cursor = getOwn(response, 'cursor');
  const name = isText(cursor) || isCursor(cursor) ? cursor : getOwn(cursor, 'name');
  const offset = getOwn(cursor, 'offset');
  return isCursor(name) ? { value: name, identity: JSON.stringify([name, offset]) } : withoutCursor(name);
}

/** The description of the answer names no cursor, so the one that comes is taken, else the name of the last item. */
function nextCursorName(response: unknown, items: readonly unknown[]): Cursor | 'end' | 'unknown' {
  const told = getOwn(response, 'cursorName');
  const named = isCursor(told) ? plain(told) : namedCursor(response);
  if (named !== 'end') {
    return named;
  }
  // The size that the server really used, so here a short page is the last one.
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

/** A text that cannot be sent says that there is more, and not how to have it. */
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

/** One that can stand in an address: half a character has no UTF-8 form, and what is gigantic is kept for each page. */
function isCursor(value: unknown): value is string | number {
  return isText(value)
    ? value.length <= MOST_CHARACTERS && !HALF_CHARACTER.test(value)
    : typeof value === 'number' && Number.isSafeInteger(value);
}

const MOST_CHARACTERS = 4000;
const HALF_CHARACTER = /\p{Cs}/u;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The pair at the end, once. `URLSearchParams` would turn every blank into a `+`. */
function withQuery(request: ApiRequest, name: string, value: string): ApiRequest {
  const url = new URL(request.url);
  const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const pairs = url.search
    .slice(1)
    .split('&')
    .filter((each) => each !== '');
  const kept = pairs.filter((each) => each.split('=')[0] !== encodeURIComponent(name));
  url.search = [...kept, pair].join('&');
  return { ...request, url: url.href };
}

function withMember(request: ApiRequest, name: string, value: string | number): ApiRequest {
  const body: unknown = request.body === undefined ? {} : JSON.parse(request.body);
  return { ...request, body: JSON.stringify({ ...asRecord(body), [name]: value }) };
}
