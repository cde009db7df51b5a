import { JsonItems } from '../json/jsonItems.ts';
import type { ApiResponse } from './apiResponse.ts';

/**
 * The source text of a page's items, with commas, because serializing them again would change large IDs. The body must be
 * valid JSON.
 */
export function pageItemsText({ body, request }: Pick<ApiResponse, 'body' | 'request'>): Uint8Array {
  // Valid JSON that starts with a bracket is a list up to the last bracket.
  if (body[0] === OPEN_LIST) {
    return body.subarray(1, body.lastIndexOf(CLOSE_LIST));
  }
  const items = new JsonItems(request.operation.traits.paging?.items).take(new TextDecoder().decode(body));
  return Buffer.from([...items].join(',\n'));
}

const OPEN_LIST = 91;
const CLOSE_LIST = 93;
