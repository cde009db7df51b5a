import type { PagingStyle } from '../catalog/operation.ts';

/**
 * Everything that is known about one paging style, as data: `pagesOf()` and the script writers are made from it, so that
 * they cannot disagree.
 *
 * A reader of the table handles each page in this order:
 *
 * 1. A page without items ends the list. A missing body is such a page only if it is the first one and has the status
 *    204 (No Content). A page with the status 206 (Partial Content) is not readable.
 * 2. The steps of `next` are tried in their order. The first one that finds a value decides: a usable value is the
 *    cursor of the next page, and an unusable one means that there are more pages but nobody knows how to request them.
 *    If no step finds a value, `withoutCursor` decides; but if the style is inferred (`Paging.isInferred`), nobody knows
 *    how to request more pages, unless the response has a member at the path of one of the steps. The same is true
 *    of a response that is a bare list where the list of the style is in an object.
 * 3. A page that repeats an earlier one (`equalPage`, `usedCursor`) is dropped and ends the list, which may be
 *    incomplete. The first page is never dropped.
 * 4. The items of the page belong to the list. A cursor that was used before ends it (`usedCursor`).
 * 5. Otherwise the next request is the first request with the cursor in its `location`. Nothing else of it changes.
 *
 * A list that has ended is complete only if its pages prove it: their items have the `order` of the style, `cursor.offset`
 * never falls and, unless it stays the same, increases by at least the items of the page before or those of its own page,
 * and by no more than the other ones, and none of `MENTIONS` says that there are more items. The offset of an empty page
 * does not count.
 *
 * A cursor was used if the first request already had it, or if an earlier page named it: two cursors are the same if
 * their values have the same text and the members in `sameWith` are equal too.
 */
export interface PagingRule {
  /** The part of the request that contains the cursor: a query parameter, or a member of the JSON body. */
  readonly location: 'query' | 'body';
  readonly name: string;
  /**
   * Usable values. `integer`: a JSON integer, or a text of its digits, up to 2^53 - 1, because larger numbers lose
   * digits; it is sent as a number. `text`: such a JSON integer, or a text of at most `MAX_CURSOR_LENGTH` characters
   * without lone surrogates, which no address can contain.
   */
  readonly type: 'integer' | 'text';
  /**
   * Values that are no cursor, as a missing member and `null` are in every style. Other values that are not usable are
   * unusable.
   */
  readonly none: readonly ('' | 0)[];
  readonly next: readonly CursorStep[];
  /** If no step finds a value: whether the list is complete, or nobody knows how to request the next page. */
  readonly withoutCursor: 'end' | 'unknown';
  /**
   * A page whose items have the same text as those of the page before. `repeated`: the server ignored the cursor.
   * `allowed`: rows can be equal, so the page is repeated only if its cursor was used before too.
   */
  readonly equalPage: 'repeated' | 'allowed';
  /**
   * A page whose cursor was used before. `repeated`: its items are in the list already, so it is dropped. `stuck`: its
   * items are kept, and the list may be incomplete. `end`: if the cursor is the one with which this page was requested,
   * its items are kept and the list is complete; otherwise as `stuck`.
   */
  readonly usedCursor: 'repeated' | 'stuck' | 'end';
  /**
   * The numbers of this member only rise or only fall, from the cursor of the first request on through all pages, and none
   * comes twice. Otherwise a page may begin after items that no page contains. Items without a number are skipped, and
   * texts are not compared, because nobody knows how a server sorts them.
   */
  readonly order?: { readonly member: string; readonly direction: 'rising' | 'falling' | 'either' };
}

/** Texts that count as numbers in `order`: those that are exact as a double. */
export const ORDERED_NUMBER = /^-?[0-9]{1,15}$/;

/** Texts that count as numbers in `MENTIONS`. */
export const MENTIONED_NUMBER = /^[0-9]{1,15}(?![\s\S])/;

/** Texts that lead to no next page. */
export const NO_LINK = /^(?:0|false|null|none)?(?![\s\S])/i;

/**
 * Members with which a response says that its list has more items: numbers that are greater than the number of all items
 * (`totals`) or pages (`pages`), `true` (`flags`), `false` (`ends`), and texts, numbers, `true` or objects that lead to the
 * next page (`links`). Texts such as `"500"` and `"true"` count, too. They count in the response and in its members
 * `places`; flags, ends and links only in the last response.
 */
export const MENTIONS = {
  places: ['cursor', 'paging', 'pagination', 'page', 'pageInfo', 'meta', 'metadata', 'links', '_links'],
  totals: [
    ...['total', 'totalCount', 'total_count', 'totalElements', 'totalItems', 'total_items', 'totalResults', 'count'],
    ...['total_results', 'totalRecords', 'resultCount'],
  ],
  pages: ['totalPages', 'total_pages'],
  flags: ['hasMore', 'has_more', 'hasNext', 'has_next', 'hasNextPage', 'more', 'isTruncated', 'truncated'],
  ends: ['last', 'isLast', 'isLastPage', 'lastPage'],
  links: [
    ...['next', 'nextPage', 'next_page', 'nextLink', 'nextUrl', 'nextCursor', 'next_cursor', 'nextPageToken'],
    ...['@odata.nextLink', 'continuationToken', 'nextToken', 'nextOffset', 'remaining'],
  ],
} as const;

export type CursorStep =
  /**
   * The value at a path of members of the response. If it is an object and `member` is set, the value is that member,
   * and the members `sameWith` of the object are part of the cursor's identity. If that member is no cursor, but the
   * object has members that are not in `known`, the value is unusable, because one of them may be the cursor.
   */
  | {
      readonly take: 'response';
      readonly path: readonly string[];
      readonly member?: string;
      readonly sameWith?: readonly string[];
      readonly known?: readonly string[];
    }
  /**
   * The member of one item. Items without it are skipped for the greatest and the least.
   */
  | { readonly take: 'lastItem' | 'greatestItem' | 'leastItem'; readonly member: string }
  /** Ends the list if the page has fewer items than the page size that the response states here. */
  | { readonly take: 'endOfShortPage'; readonly pageSize: readonly string[] };

export const MAX_CURSOR_LENGTH = 4000;

const CURSOR_OBJECT: CursorStep = {
  take: 'response',
  path: ['cursor'],
  member: 'name',
  sameWith: ['offset'],
  known: ['offset', 'count', 'expires'],
};

export const PAGING_TABLE: { readonly [K in PagingStyle]: PagingRule } = {
  // Returns IDs greater than the cursor: use the greatest one of the page, because the order is not guaranteed.
  after: {
    location: 'query',
    name: 'after',
    type: 'integer',
    none: [''],
    next: [{ take: 'greatestItem', member: 'id' }],
    withoutCursor: 'unknown',
    equalPage: 'repeated',
    usedCursor: 'repeated',
    order: { member: 'id', direction: 'rising' },
  },
  // Activities are sorted latest first. `lastActivityId` is the latest of the account and would lead back to the start.
  olderThan: {
    location: 'query',
    name: 'olderThan',
    type: 'integer',
    none: [''],
    next: [{ take: 'leastItem', member: 'id' }],
    withoutCursor: 'unknown',
    equalPage: 'repeated',
    usedCursor: 'repeated',
    order: { member: 'id', direction: 'falling' },
  },
  // `{ name, offset, count, expires }`, or only the name. The name can stay the same while the offset increases.
  cursor: {
    location: 'query',
    name: 'cursor',
    type: 'text',
    none: ['', 0],
    next: [CURSOR_OBJECT],
    withoutCursor: 'end',
    equalPage: 'repeated',
    usedCursor: 'stuck',
  },
  // The API description declares no cursor in the response, so otherwise use the name of the last item.
  cursorName: {
    location: 'query',
    name: 'cursorName',
    type: 'text',
    none: ['', 0],
    next: [
      { take: 'response', path: ['cursorName'] },
      CURSOR_OBJECT,
      // The server states the page size that it used, so only in this style a short page is the last one.
      { take: 'endOfShortPage', pageSize: ['pageSize'] },
      { take: 'lastItem', member: 'name' },
      { take: 'lastItem', member: 'fieldName' },
    ],
    withoutCursor: 'unknown',
    equalPage: 'repeated',
    usedCursor: 'stuck',
  },
  anchorId: {
    location: 'query',
    name: 'anchorId',
    type: 'text',
    none: [''],
    next: [{ take: 'lastItem', member: 'id' }],
    withoutCursor: 'unknown',
    equalPage: 'repeated',
    usedCursor: 'repeated',
    order: { member: 'id', direction: 'either' },
  },
  anchorNaturalId: {
    location: 'query',
    name: 'anchorNaturalId',
    type: 'text',
    none: [''],
    next: [{ take: 'lastItem', member: 'naturalId' }],
    withoutCursor: 'unknown',
    equalPage: 'repeated',
    usedCursor: 'repeated',
    order: { member: 'naturalId', direction: 'either' },
  },
  // 0 asks for the first page, so as the next cursor it is the end. With few columns, many tickets have equal rows.
  boardRun: {
    location: 'body',
    name: 'lastCursorId',
    type: 'integer',
    none: ['', 0],
    next: [{ take: 'response', path: ['metadata', 'lastCursorId'] }],
    withoutCursor: 'end',
    equalPage: 'allowed',
    usedCursor: 'end',
  },
};
