import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import type { Paging } from '../catalog/operation.ts';
import type { ApiResponse } from './apiResponse.ts';
import { asCursor, type Cursor } from './pagingStyles.ts';
import { PAGING_TABLE } from './pagingTable.ts';

/**
 * The cursor that the last item of a page names, found without reading the rest of the page. Servers sort their lists, so
 * it usually is the cursor of the next page; `nextCursor()` knows after all items have been read. Returns undefined if the
 * response is not itself the list, or if its style takes the cursor from elsewhere.
 */
export function expectedCursor({ body, size }: ApiResponse, { style }: Paging): Cursor | undefined {
  const rule = PAGING_TABLE[style];
  const [step] = rule.next;
  if (!step || !('member' in step) || step.take === 'response' || size > body.byteLength || body[0] !== OPEN_LIST) {
    return undefined;
  }
  const cursor = asCursor(
    getOwn(lastItem(Buffer.from(body.buffer, body.byteOffset, body.byteLength)), step.member),
    rule,
  );
  return typeof cursor === 'object' ? cursor : undefined;
}

/**
 * The last object of a list that begins with the same member as the first one. JSON text has no `{"` with such a member
 * inside a string, where quotes are escaped, so text from there to the end of the list that is valid is one item.
 */
function lastItem(list: Buffer): Readonly<Record<string, unknown>> | undefined {
  const end = list.lastIndexOf(CLOSE_LIST);
  const start = list.indexOf(OPEN_OBJECT);
  const colon = list.indexOf(COLON, start);
  if (start < 0 || colon < 0 || colon - start > MAX_NAME) {
    return undefined;
  }
  const beginning = list.subarray(start, colon + 1);
  let at = end;
  for (let tries = 0; tries < MAX_TRIES && at > 0 && end - at < MAX_ITEM; tries++) {
    at = list.lastIndexOf(beginning, at - 1);
    const item = at < 0 ? undefined : asRecord(parseJson(list.toString('utf8', at, end)));
    if (item) {
      return item;
    }
  }
  return undefined;
}

const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const COLON = 58;
const MAX_NAME = 100;
const MAX_TRIES = 20;
const MAX_ITEM = 50_000;
