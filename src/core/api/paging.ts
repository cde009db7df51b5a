import { isCanceled, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { parseJson } from '../base/untrusted.ts';
import type { ApiRequest } from './apiRequest.ts';
import { successOf, type ApiResponse } from './apiResponse.ts';
import { itemsOf, nextCursor, withCursor } from './pagingStyles.ts';

/** One page that brought something. */
export interface Page {
  readonly response: ApiResponse;
  readonly items: readonly unknown[];
  /** Pages and items so far, this one included. */
  readonly pages: number;
  readonly total: number;
}

/** Why there are no more pages. Only `end` means that all of the list is here. */
export type PagingReason = 'end' | 'canceled' | 'failed' | 'repeatedCursor' | 'noCursor' | 'unreadable';

export interface PagingEnd {
  /** False if the list is cut: what came is kept, and that it is cut has to be said (E8). */
  readonly complete: boolean;
  readonly reason: PagingReason;
  readonly pages: number;
  readonly total: number;
  readonly failure: NinjaOneError | undefined;
  /** The request that would go on from here, where there is one. */
  readonly next: ApiRequest | undefined;
}

export interface PagingOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Sends one page's request; bound to session, confirmation, signal and pauses by its maker. */
export type SendPage = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * The pages of a list from `first` on, whatever the style. A list ends with an empty page or an answer without a cursor,
 * not with a short page: servers give fewer than they were asked for. Never throws; how it ended is what it returns.
 */
export async function* pagesOf(
  first: ApiRequest,
  send: SendPage,
  { signal }: PagingOptions = {},
): AsyncGenerator<Page, PagingEnd, undefined> {
  const { paging } = first.operation.traits;
  const seen = new Set<string>();
  let request = first;
  let before: string | undefined;
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
    const result = await ask(request, send);
    if (!('response' in result)) {
      const { failure } = result;
      return end(isCanceled(failure) ? 'canceled' : 'failed', { failure, next: request });
    }
    const { response, value } = result;
    const items = paging ? itemsOf(value, paging) : undefined;
    if (!paging || !items) {
      return end('unreadable');
    }
    if (items.length === 0) {
      return end('end');
    }
    // A server that does not know the parameter answers with the same page for ever.
    const page = pageFingerprint(items);
    if (page !== undefined && page === before) {
      return end('repeatedCursor');
    }
    before = page;
    pages++;
    total += items.length;
    yield { response, items, pages, total };
    const cursor = nextCursor(value, items, { paging, request });
    if (cursor === 'end') {
      return end('end');
    }
    if (cursor === 'unknown') {
      return end('noCursor');
    }
    if (seen.has(cursor.identity)) {
      return end('repeatedCursor');
    }
    seen.add(cursor.identity);
    request = withCursor(first, cursor, paging);
  }
}

/** What a person is told of it beside the counts: a list that is cut is always said to be cut. */
export function describeEnd({ reason }: Pick<PagingEnd, 'reason'>): LocalizableMessage {
  return ENDS[reason];
}

const ENDS: { readonly [K in PagingReason]: LocalizableMessage } = {
  end: l10n.t('This is all of the list.'),
  canceled: l10n.t('Canceled, so the list is cut.'),
  failed: l10n.t('A page could not be fetched, so the list is cut.'),
  repeatedCursor: l10n.t('NinjaOne gave the same place in the list again, so the list may be cut.'),
  noCursor: l10n.t('The answer does not say where the next page begins, so the list may be cut.'),
  unreadable: l10n.t('A page has no list that can be read, so the list is cut.'),
};

/** The request of the page after this answer, for Next Page; `undefined` when the answer is the last one or has none. */
export function nextRequest(response: ApiResponse): ApiRequest | undefined {
  const { request, failure } = response;
  const { paging } = request.operation.traits;
  const value = failure ? undefined : parse(response);
  const items = paging && value !== undefined ? itemsOf(value.json, paging) : undefined;
  if (!paging || !value || !items || items.length === 0) {
    return undefined;
  }
  const cursor = nextCursor(value.json, items, { paging, request });
  return cursor === 'end' || cursor === 'unknown' ? undefined : withCursor(request, cursor, paging);
}

/** `undefined` where an item is too deep to be written out, and then only the cursor tells a page from another. */
function pageFingerprint(items: readonly unknown[]): string | undefined {
  try {
    return JSON.stringify([items.length, items[0], items.at(-1)]);
  } catch {
    return undefined;
  }
}

type Asked = { readonly response: ApiResponse; readonly value: unknown } | { readonly failure: NinjaOneError };

async function ask(request: ApiRequest, send: SendPage): Promise<Asked> {
  try {
    const response = successOf(await send(request));
    return { response, value: parse(response)?.json };
  } catch (error) {
    if (isNinjaOneError(error)) {
      return { failure: error };
    }
    throw error;
  }
}

/** `undefined` for what is no JSON, or only the first part of it. No body at all is an empty list. */
function parse({ body, size }: ApiResponse): { readonly json: unknown } | undefined {
  if (size === 0) {
    return { json: [] };
  }
  const json = size > body.byteLength ? undefined : parseJson(new TextDecoder().decode(body));
  return json === undefined ? undefined : { json };
}
