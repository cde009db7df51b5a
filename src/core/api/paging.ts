import { isCanceled, type NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { Paging } from '../catalog/operation.ts';
import type { ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';
import { ListProof } from './listProof.ts';
import { readPage } from './pageParts.ts';
import { PageRequests, type SendPage } from './pageRequests.ts';
import { cursorIn, isOwnCursor, nextCursor, startsAtCursor, withCursor, type Cursor } from './pagingStyles.ts';
import { PAGING_TABLE } from './pagingTable.ts';

/** One page with at least one item. */
export interface Page {
  readonly response: ApiResponse;
  /** Number of items. */
  readonly count: number;
  /** The source text of the items, with commas. */
  readonly text: () => Uint8Array;
  /** Pages and items so far, including this page. */
  readonly pages: number;
  readonly total: number;
}

/** Why paging stopped. Only `end` means that the list is complete. */
export type PagingReason =
  'end' | 'canceled' | 'failed' | 'repeatedCursor' | 'noCursor' | 'unsorted' | 'moreMentioned' | 'unreadable';

export interface PagingEnd {
  /** False if the list is incomplete: the fetched pages are used, and the user must be informed (E8). */
  readonly complete: boolean;
  /** The first request had a cursor, so the list has no items that come before it, even if it is complete from there on. */
  readonly isFromCursor: boolean;
  readonly reason: PagingReason;
  readonly pages: number;
  readonly total: number;
  readonly failure: NinjaOneError | undefined;
  /** The request with which to continue, if any. */
  readonly next: ApiRequest | undefined;
}

export interface PagingOptions {
  readonly signal?: AbortSignal | undefined;
  /** Requests the next page before the caller asks for it, while this page is read (`PageRequests`). */
  readonly isAhead?: boolean;
}

/**
 * The pages of a list from `first` on, for all paging styles (`PAGING_TABLE`). Servers return fewer items than
 * requested, so a short page is not the end. Never throws; returns why it ended.
 */
export async function* pagesOf(
  first: ApiRequest,
  send: SendPage,
  { signal, isAhead = false }: PagingOptions = {},
): AsyncGenerator<Page, PagingEnd, undefined> {
  const { paging } = first.operation.traits;
  const own = paging && cursorIn(first, paging);
  const isFromCursor = startsAtCursor(first);
  const used = new Set(own ? [own.identity] : []);
  const requests = new PageRequests(first, { send, signal, used, isAhead });
  let request = first;
  let before: KnownPage | undefined;
  const proof = paging && new ListProof(first, paging);
  let pages = 0;
  let total = 0;
  const end = (reason: PagingReason, more: Partial<PagingEnd> = {}): PagingEnd => ({
    complete: reason === 'end',
    isFromCursor,
    reason,
    pages,
    total,
    failure: undefined,
    next: undefined,
    ...more,
  });
  try {
    for (;;) {
      if (signal?.aborted) {
        return end('canceled', { next: request });
      }
      const response = await requests.fetch(request);
      if (response instanceof Error) {
        return end(isCanceled(response) ? 'canceled' : 'failed', { failure: response, next: request });
      }
      const page = paging && proof && pageIn(response, paging, proof);
      // A later page without a body is no proof that the list has ended.
      if (!page || (before && response.size === 0)) {
        return end('unreadable');
      }
      if (page.count === 0) {
        return end(proof.reason);
      }
      const { cursor } = page;
      const isUsed = typeof cursor === 'object' && used.has(cursor.identity);
      const rule = PAGING_TABLE[paging.style];
      // A server that does not know the parameter returns the same page forever.
      const isRepeated = rule.equalPage === 'repeated' || isUsed ? before && isSamePage(page, before) : false;
      if (isRepeated || (isUsed && rule.usedCursor === 'repeated' && before)) {
        return end('repeatedCursor');
      }
      before = page;
      pages++;
      total += page.count;
      yield { response, count: page.count, text: page.text, pages, total };
      if (cursor === 'end' || (isUsed && rule.usedCursor === 'end' && isOwnCursor(cursor, request))) {
        return end(proof.reason);
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
  } finally {
    await requests.close();
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
  repeatedCursor: l10n.t(
    'The list may be incomplete because NinjaOne returned the same page or the same cursor twice.',
  ),
  noCursor: l10n.t('The list may be incomplete because the response does not contain a cursor for the next page.'),
  unsorted: l10n.t('The list may be incomplete because its items are not in the order that paging needs.'),
  moreMentioned: l10n.t('The list may be incomplete because NinjaOne mentions more items than it returned.'),
  unreadable: l10n.t('The list is incomplete because a page could not be read.'),
};

/** What is kept of a page. Its parsed items would otherwise live until the next page arrives. */
interface KnownPage {
  readonly count: number;
  readonly cursor: Cursor | 'end' | 'unknown';
  readonly text: () => Uint8Array;
  /** The text of its first and last item; `undefined` if they are nested too deeply for JSON.stringify. */
  readonly outline: string | undefined;
}

/** `undefined` if the response is not a page. */
function pageIn(response: ApiResponse, paging: Paging, proof: ListProof): KnownPage | undefined {
  const page = readPage(response, paging);
  if (page) {
    proof.add(page, response.listHeaders);
  }
  return (
    page && {
      count: page.items.length,
      cursor: nextCursor(page.response, page.items, paging),
      text: page.text,
      outline: outlineOf(page.items),
    }
  );
}

function outlineOf(items: readonly unknown[]): string | undefined {
  try {
    return JSON.stringify([items.length, items[0], items.at(-1)]);
  } catch {
    return undefined;
  }
}

/** Compares all items, but only if the outlines are equal, because their text has to be found first. */
function isSamePage(page: KnownPage, before: KnownPage): boolean {
  return page.outline === before.outline && Buffer.compare(page.text(), before.text()) === 0;
}
