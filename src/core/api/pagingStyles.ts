import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import type { Paging } from '../catalog/operation.ts';
import { withMember } from '../json/jsonReader.ts';
import type { ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';
import { MAX_CURSOR_LENGTH, PAGING_TABLE, type CursorStep, type PagingRule } from './pagingTable.ts';

export interface Cursor {
  readonly value: string | number;
  /** Two cursors with the same identity would return the same page. */
  readonly identity: string;
}

/**
 * The value of a response; `undefined` if its body is missing, not valid JSON or not complete. With the status 204 (No
 * Content), a missing body is an empty list.
 */
export function pageJson({ body, size, status }: ApiResponse): unknown {
  if (size === 0 && status === 204) {
    return [];
  }
  return size > body.byteLength ? undefined : parseJson(new TextDecoder().decode(body));
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
  { style, isInferred, items: list }: Paging,
): Cursor | 'end' | 'unknown' {
  const rule = PAGING_TABLE[style];
  for (const step of rule.next) {
    const found = tryStep(step, { response, items, rule });
    if (found !== 'none') {
      return found;
    }
  }
  const isOtherForm = list !== '' && Array.isArray(response);
  const isGuess = isInferred && !rule.next.some((step) => isPresent(step, response));
  return isOtherForm || isGuess ? 'unknown' : rule.withoutCursor;
}

/** The cursor that a request contains, if any. */
export function cursorIn(request: ApiRequest, { style }: Paging): Cursor | undefined {
  const rule = PAGING_TABLE[style];
  const { location, name } = rule;
  const value =
    location === 'query'
      ? new URL(request.url).searchParams.getAll(name).at(-1)
      : getOwn(parseJson(request.body ?? ''), name);
  const cursor = asCursor(value, rule);
  return typeof cursor === 'object' ? cursor : undefined;
}

/** Whether a request asks for a later part of its list. No item comes before the cursor 0. */
export function startsAtCursor(request: ApiRequest): boolean {
  const { paging } = request.operation.traits;
  const cursor = paging && cursorIn(request, paging);
  return cursor !== undefined && String(cursor.value) !== '0';
}

export function isOwnCursor({ identity }: Cursor, request: ApiRequest): boolean {
  const { paging } = request.operation.traits;
  return paging !== undefined && cursorIn(request, paging)?.identity === identity;
}

/** The request for the page at a cursor; `undefined` if its body cannot contain one. */
export function withCursor(request: ApiRequest, { value }: Cursor, { style }: Paging): ApiRequest | undefined {
  const { location, name } = PAGING_TABLE[style];
  if (location === 'query') {
    return withQuery(request, name, String(value));
  }
  // Put into the text, because JSON.parse rounds long numbers, and the next page would be one of another filter.
  const body = withMember(request.body ?? '{}', name, JSON.stringify(value));
  return body === undefined ? undefined : { ...request, body };
}

interface PageOfStep {
  readonly response: unknown;
  readonly items: readonly unknown[];
  readonly rule: PagingRule;
}

/** Whether a response has the member in which the cursor would be. */
function isPresent(step: CursorStep, response: unknown): boolean {
  return step.take === 'response' && valueAt(response, step.path) !== undefined;
}

type Found = Cursor | 'none' | 'unknown';

/** What one step of the table finds in a page. */
export function tryStep(step: CursorStep, { response, items, rule }: PageOfStep): Found | 'end' {
  switch (step.take) {
    case 'response': {
      const value = valueAt(response, step.path);
      const outer = step.member === undefined ? undefined : asRecord(value);
      return outer ? cursorInObject(outer, step, rule) : asCursor(value, rule);
    }
    case 'lastItem':
      return asCursor(getOwn(items.at(-1), step.member), rule);
    case 'greatestItem':
      return extreme(items, step.member, { rule, isBetter: (a, b) => a > b });
    case 'leastItem':
      return extreme(items, step.member, { rule, isBetter: (a, b) => a < b });
    case 'endOfShortPage': {
      const pageSize = valueAt(response, step.pageSize);
      return typeof pageSize === 'number' && items.length < pageSize ? 'end' : 'none';
    }
  }
}

function cursorInObject(
  object: Readonly<Record<string, unknown>>,
  { member = '', sameWith = [], known = [] }: Extract<CursorStep, { readonly take: 'response' }>,
  rule: PagingRule,
): Found {
  const found = asCursor(
    getOwn(object, member),
    rule,
    sameWith.map((name) => getOwn(object, name)),
  );
  const isKnown = Object.keys(object).every((name) => name === member || known.includes(name));
  return found === 'none' && !isKnown ? 'unknown' : found;
}

function valueAt(response: unknown, path: readonly string[]): unknown {
  return path.reduce(getOwn, response);
}

function extreme(
  items: readonly unknown[],
  member: string,
  { rule, isBetter }: { readonly rule: PagingRule; readonly isBetter: (a: number, b: number) => boolean },
): Found {
  let found: string | number | undefined;
  for (const item of items) {
    const value = usable(getOwn(item, member), rule);
    // The item could be the greatest one, and then the next page would begin with it again.
    if (value === UNUSABLE) {
      return 'unknown';
    }
    if (value !== undefined && (found === undefined || !isBetter(Number(found), Number(value)))) {
      found = value;
    }
  }
  return asCursor(found, rule);
}

/** `none` if the value is no cursor, and `unknown` if it cannot be sent. */
export function asCursor(value: unknown, rule: PagingRule, sameWith: readonly unknown[] = []): Found {
  const read = usable(value, rule);
  if (read === undefined) {
    return 'none';
  }
  if (read === UNUSABLE) {
    return 'unknown';
  }
  const parts = sameWith.filter((part) => typeof part === 'number' || isSendableText(part));
  return { value: read, identity: JSON.stringify([String(read), ...parts]) };
}

const UNUSABLE = Symbol('unusable');

/** `undefined` if the value is no cursor. */
function usable(value: unknown, { type, none }: PagingRule): string | number | typeof UNUSABLE | undefined {
  const read = type === 'integer' && typeof value === 'string' && INTEGER.test(value) ? Number(value) : value;
  if (typeof read === 'number' && read !== 0) {
    return Number.isSafeInteger(read) ? read : UNUSABLE;
  }
  if (read === undefined || read === null || none.some((each) => each === read)) {
    return undefined;
  }
  if (read === 0) {
    return read;
  }
  return type === 'text' && isSendableText(read) ? read : UNUSABLE;
}

const INTEGER = /^-?\d{1,16}$/;

/** A lone surrogate has no UTF-8 encoding, and huge cursors would be stored for each page. */
function isSendableText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_CURSOR_LENGTH && !LONE_SURROGATE.test(value);
}

const LONE_SURROGATE = /\p{Cs}/u;

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
