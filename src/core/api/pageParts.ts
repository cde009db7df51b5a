import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import type { Paging } from '../catalog/operation.ts';
import { utf8Body } from '../http/charset.ts';
import { PARTIAL_CONTENT } from '../http/statusCodes.ts';
import { JsonItems } from '../json/jsonItems.ts';
import { JsonReader, stringValue } from '../json/jsonReader.ts';
import type { ApiResponse } from './apiResponse.ts';
import { itemsInPage, pageJson } from './pagingStyles.ts';

/** The body of a page in two parts. They are those of the page only if the list is valid JSON. */
export interface PageParts {
  /** The response with an empty list. */
  readonly frame: unknown;
  /** The source text of the list with its brackets. */
  readonly list: Uint8Array;
}

/**
 * Splits a body at its first and last bracket without reading what is between them. Returns undefined if the rest is not
 * the frame of a list; then the body can be a page nevertheless, such as one with a second list.
 */
export function splitPage({ body, size }: ApiResponse, { items }: Paging): PageParts | undefined {
  const [open, close] = [body.indexOf(OPEN_LIST), body.lastIndexOf(CLOSE_LIST)];
  const end = close + 1;
  if (size > body.byteLength || open < 0 || end <= open || open + body.byteLength - end > MAX_FRAME) {
    return undefined;
  }
  const frame = parseJson(`${decode(body.subarray(0, open))}[]${decode(body.subarray(end))}`);
  const list = Array.isArray(frame) ? frame : items === '' ? undefined : getOwn(frame, items);
  return Array.isArray(list) ? { frame, list: body.subarray(open, end) } : undefined;
}

const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const MAX_FRAME = 20_000;

export interface PageContent {
  /** The response, if need be without its items. */
  readonly response: unknown;
  readonly items: readonly unknown[];
  /** The source text of the items, with commas, because serializing them again would change large IDs. */
  readonly text: () => Uint8Array;
}

/**
 * `undefined` if the response is not a page, is only a part of one, or has its list twice, because nobody knows which one
 * counts.
 */
export function readPage(received: ApiResponse, paging: Paging): PageContent | undefined {
  if (received.status === PARTIAL_CONTENT) {
    return undefined;
  }
  const response = inUtf8(received);
  const parts = splitPage(response, paging);
  const list = parts && parseJson(decode(parts.list));
  if (parts && Array.isArray(list)) {
    return { response: parts.frame, items: list, text: () => parts.list.subarray(1, -1) };
  }
  const value = pageJson(response);
  const items = itemsInPage(value, paging);
  if (!Array.isArray(value) && hasListTwice(decode(response.body), paging)) {
    return undefined;
  }
  return items && { response: value, items, text: () => itemsText(response.body, paging) };
}

/** The list is stored as UTF-8, whatever the charset of its pages is. */
function inUtf8(response: ApiResponse): ApiResponse {
  const { body, size, headers } = response;
  const text = size > body.byteLength ? body : utf8Body(body, headers['content-type']);
  return text === body ? response : { ...response, body: text, size: text.byteLength };
}

function hasListTwice(text: string, { items }: Paging): boolean {
  const reader = new JsonReader(text);
  let name: string | undefined;
  let lists = 0;
  while (reader.next()) {
    if (reader.depth === 1 && reader.role === 'name') {
      name = stringValue(reader.token);
    } else if (reader.depth === 2 && reader.role === 'open' && reader.closer === ']' && name === items) {
      lists++;
    }
  }
  return lists > 1;
}

function itemsText(body: Uint8Array, { items }: Paging): Uint8Array {
  return Buffer.from([...new JsonItems(items).take(decode(body))].join(',\n'));
}

/**
 * The last item of a list, if it is an object that begins with the same member as the first one. Finds it without reading
 * the others: JSON text has no `{"` with such a member inside a string, where quotes are escaped, so text from there to
 * the end of the list that is valid is one item.
 */
export function lastItem(list: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const bytes = Buffer.from(list.buffer, list.byteOffset, list.byteLength);
  const end = bytes.byteLength - 1;
  const start = bytes.indexOf(OPEN_OBJECT);
  const colon = bytes.indexOf(COLON, start);
  if (start < 0 || colon < 0 || colon - start > MAX_NAME) {
    return undefined;
  }
  const beginning = bytes.subarray(start, colon + 1);
  let at = end;
  for (let tries = 0; tries < MAX_TRIES && at > 0 && end - at < MAX_ITEM; tries++) {
    at = bytes.lastIndexOf(beginning, at - 1);
    const item = at < 0 ? undefined : asRecord(parseJson(bytes.toString('utf8', at, end)));
    if (item) {
      return item;
    }
  }
  return undefined;
}

const OPEN_OBJECT = 123;
const COLON = 58;
const MAX_NAME = 100;
const MAX_TRIES = 20;
const MAX_ITEM = 50_000;

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
