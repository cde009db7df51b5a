import { getOwn } from '../base/untrusted.ts';
import type { Paging } from '../catalog/operation.ts';
import type { ApiResponse } from './apiResponse.ts';
import { lastItem, splitPage } from './pageParts.ts';
import { asCursor, tryStep, type Cursor } from './pagingStyles.ts';
import { PAGING_TABLE } from './pagingTable.ts';

/**
 * The cursor of the next page as far as it can be seen without reading the items: in the members around the list, or in
 * its last item, because servers sort their lists. `nextCursor()` knows for sure. Returns undefined if nothing is seen or
 * the list is empty.
 */
export function expectedCursor(response: ApiResponse, paging: Paging): Cursor | undefined {
  const parts = splitPage(response, paging);
  const rule = PAGING_TABLE[paging.style];
  if (!parts || /^\[\s*\]$/.test(Buffer.from(parts.list.subarray(0, 100)).toString('latin1'))) {
    return undefined;
  }
  for (const step of rule.next) {
    if (step.take === 'endOfShortPage') {
      // How many items there are is not known yet.
      return undefined;
    }
    const found =
      step.take === 'response'
        ? tryStep(step, { response: parts.frame, items: [], rule })
        : asCursor(getOwn(lastItem(parts.list), step.member), rule);
    if (found !== 'none') {
      return typeof found === 'object' ? found : undefined;
    }
  }
  return undefined;
}
