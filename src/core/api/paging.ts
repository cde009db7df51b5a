import { isCanceled, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ApiRequest } from './apiRequest.ts';
import { successOrThrow, type ApiResponse } from './apiResponse.ts';
import { pageItemsText } from './pageItemsText.ts';
import { cursorIn, isOwnCursor, itemsInPage, nextCursor, pageJson, withCursor } from './pagingStyles.ts';
import { PAGING_TABLE } from './pagingTable.ts';

/** One page with at least one item. */
export interface Page {
  readonly response: ApiResponse;
  readonly items: readonly unknown[];
  /** Pages and items so far, including this page. */
  readonly pages: number;
  readonly total: number;
}

/** Why paging stopped. Only `end` means that the list is complete. */
export type PagingReason = 'end' | 'canceled' | 'failed' | 'repeatedCursor' | 'noCursor' | 'unreadable';

export interface PagingEnd {
  /** False if the list is incomplete: the fetched pages are used, and the user must be informed (E8). */
  readonly complete: boolean;
  readonly reason: PagingReason;
  readonly pages: number;
  readonly total: number;
  readonly failure: NinjaOneError | undefined;
  /** The request with which to continue, if any. */
  readonly next: ApiRequest | undefined;
}

export interface PagingOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Sends the request of one page with the session, confirmation, and signal of the caller. */
export type SendPage = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * The pages of a list from `first` on, for all paging styles (`PAGING_TABLE`). Servers return fewer items than
 * requested, so a short page is not the end. Never throws; returns why it ended.
 */
export async function* pagesOf(
  first: ApiRequest,
  send: SendPage,
  { signal }: PagingOptions = {},
): AsyncGenerator<Page, PagingEnd, undefined> {
  const { paging } = first.operation.traits;
  const own = paging && cursorIn(first, paging);
  const used = new Set(own ? [own.identity] : []);
  let request = first;
  let before: PageContent | undefined;
  let pages = 0;
  let total = 0;
  const end = (reason: PagingReason, more: Partial<PagingEnd> = {}): PagingEnd => ({
    complete: reason === 'end',
    reason,
    pages,
    total,
    failure: undefined,
    next: undefined,
    ...more,
  });
  for (;;) {
    if (signal?.aborted) {
      return end('canceled', { next: request });
    }
    const result = await fetchPage(request, send);
    if (!('response' in result)) {
      const { failure } = result;
      return end(isCanceled(failure) ? 'canceled' : 'failed', { failure, next: request });
    }
    const { response, value } = result;
    const items = paging ? itemsInPage(value, paging) : undefined;
    if (!paging || !items) {
      return end('unreadable');
    }
    if (items.length === 0) {
      return end('end');
    }
    const cursor = nextCursor(value, items, paging);
    const isUsed = typeof cursor === 'object' && used.has(cursor.identity);
    const rule = PAGING_TABLE[paging.style];
    const page: PageContent = { response, outline: outlineOf(items) };
    // A server that does not know the parameter returns the same page forever.
    const isRepeated = rule.equalPage === 'repeated' || isUsed ? before && isSamePage(page, before) : false;
    if (isRepeated || (isUsed && rule.usedCursor === 'repeated' && before)) {
      return end('repeatedCursor');
    }
    before = page;
    pages++;
    total += items.length;
    yield { response, items, pages, total };
    if (cursor === 'end' || (isUsed && rule.usedCursor === 'end' && isOwnCursor(cursor, request))) {
      return end('end');
    }
    if (isUsed) {
      return end('repeatedCursor');
    }
    const next = cursor === 'unknown' ? undefined : withCursor(first, cursor, paging);
    if (cursor === 'unknown' || !next) {
      return end('noCursor');
    }
    used.add(cursor.identity);
    request = next;
  }
}

/** The message for the user: an incomplete list is always reported as incomplete. */
export function describeEnd({ reason }: Pick<PagingEnd, 'reason'>): LocalizableMessage {
  return ENDS[reason];
}

const ENDS: { readonly [K in PagingReason]: LocalizableMessage } = {
  end: l10n.t('The list is complete.'),
  canceled: l10n.t('The list is incomplete because you canceled.'),
  failed: l10n.t('The list is incomplete because a page could not be fetched.'),
  repeatedCursor: l10n.t('The list may be incomplete because NinjaOne returned the same page twice.'),
  noCursor: l10n.t('The list may be incomplete because the response does not contain a cursor for the next page.'),
  unreadable: l10n.t('The list is incomplete because a page could not be read.'),
};

/** What has to be kept of a page to recognize it. */
interface PageContent {
  readonly response: ApiResponse;
  /** The text of its first and last item; `undefined` if they are nested too deeply for JSON.stringify. */
  readonly outline: string | undefined;
}

function outlineOf(items: readonly unknown[]): string | undefined {
  try {
    return JSON.stringify([items.length, items[0], items.at(-1)]);
  } catch {
    return undefined;
  }
}

/** Compares all items, but only if the outlines are equal, because their text has to be found first. */
function isSamePage(page: PageContent, before: PageContent): boolean {
  return (
    page.outline === before.outline &&
    Buffer.compare(pageItemsText(page.response), pageItemsText(before.response)) === 0
  );
}

type PageResult = { readonly response: ApiResponse; readonly value: unknown } | { readonly failure: NinjaOneError };

async function fetchPage(request: ApiRequest, send: SendPage): Promise<PageResult> {
  try {
    const response = successOrThrow(await send(request));
    return { response, value: pageJson(response) };
  } catch (error) {
    if (isNinjaOneError(error)) {
      return { failure: error };
    }
    throw error;
  }
}
