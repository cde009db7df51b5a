import type { ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import type { SendPage } from '../api/pageRequests.ts';
import { describeEnd, pagesOf, type PagingEnd } from '../api/paging.ts';
import { isCanceled, NinjaOneError } from '../base/errors.ts';
import type { BodySink } from '../http/spillBuffer.ts';
import { JsonListWriter } from './jsonListWriter.ts';

export interface AllPagesOptions {
  readonly signal: AbortSignal;
  /** Maximum size in memory, in bytes. */
  readonly maxBytes: number;
  /** Receives a larger list. */
  readonly overflow: BodySink;
  readonly onPage: (progress: { readonly pages: number; readonly items: number }) => void;
}

export interface AllPagesResponse {
  /** One response with the items of all fetched pages in one list. */
  readonly response: ApiResponse;
  readonly end: PagingEnd;
}

/**
 * Fetches all pages from `first` on into one list, which is never completely in memory (E8). Pages fetched before a
 * cancellation or failure are returned; if there are none, rejects with the failure.
 */
export async function fetchAllPages(
  first: ApiRequest,
  send: SendPage,
  options: AllPagesOptions,
): Promise<AllPagesResponse> {
  const { signal, maxBytes, overflow, onPage } = options;
  const body = new JsonListWriter(maxBytes, overflow);
  const pages = pagesOf(first, send, { signal, isAhead: true });
  let last: ApiResponse | undefined;
  let ms = 0;
  let coming = pages.next();
  for (;;) {
    const { done, value } = await coming;
    if (done) {
      const end = value;
      if (!last && end.reason !== 'end') {
        throw end.failure ?? nothingCame(end);
      }
      return {
        response: { ...responseTo(first, last), ms, ...(await bodyOf(body)), failure: pagingFailure(end) },
        end,
      };
    }
    const { response, count, text } = value;
    onPage({ pages: value.pages, items: value.total });
    // The server prepares the next page while this one is written.
    coming = pages.next();
    await body.add(text(), count);
    ms += response.ms;
    // The body is already written and would otherwise stay in memory until the next page arrives.
    last = { ...response, body: new Uint8Array() };
  }
}

function responseTo(request: ApiRequest, last: ApiResponse | undefined): Omit<ApiResponse, 'body' | 'size' | 'ms'> {
  return {
    request,
    status: last?.status ?? 200,
    headers: { 'content-type': 'application/json' },
    failure: undefined,
    outcome: 'known',
  };
}

async function bodyOf(list: JsonListWriter): Promise<Pick<ApiResponse, 'body' | 'size'>> {
  const body = await list.end();
  return { body, size: list.size };
}

/** Cancellation by the user is not a failure. */
function pagingFailure({ failure }: PagingEnd): NinjaOneError | undefined {
  return isCanceled(failure) ? undefined : failure;
}

function nothingCame(end: PagingEnd): NinjaOneError {
  const intent = end.reason === 'canceled' ? 'canceled' : 'transient';
  return new NinjaOneError({ code: `paging.${end.reason}`, intent, message: describeEnd(end) });
}
