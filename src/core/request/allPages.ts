import type { ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import { describeEnd, pagesOf, type PagingEnd, type SendPage } from '../api/paging.ts';
import { isCancelled, NinjaOneError } from '../base/errors.ts';
import type { BodySink } from '../http/transport.ts';
import { JsonItems } from './jsonItems.ts';
import { ListBody } from './listBody.ts';

export interface AllPagesOptions {
  readonly signal: AbortSignal;
  /** Bytes that are kept in memory. */
  readonly maxBytes: number;
  /** Takes the list when it has more. */
  readonly overflow: BodySink;
  readonly onPage: (progress: { readonly pages: number; readonly items: number }) => void;
}

export interface AllPages {
  /** One answer with the items of all pages that came, in one list. */
  readonly response: ApiResponse;
  readonly end: PagingEnd;
}

/**
 * Every page from `first` on in one list, which is never held as a whole (E8). What came before a cancel or a failure is
 * kept; when nothing came, rejects with the failure.
 */
export async function allPages(first: ApiRequest, send: SendPage, options: AllPagesOptions): Promise<AllPages> {
  const { signal, maxBytes, overflow, onPage } = options;
  const body = new ListBody(maxBytes, overflow);
  const pages = pagesOf(first, send, { signal });
  let last: ApiResponse | undefined;
  let ms = 0;
  for (;;) {
    const { done, value } = await pages.next();
    if (done) {
      const end = value;
      if (!last && end.reason !== 'end') {
        throw end.failure ?? nothingCame(end);
      }
      return { response: { ...answerTo(first, last), ms, ...(await bodyOf(body)), failure: failureOf(end) }, end };
    }
    const { response } = value;
    await body.add(textsOf(response, first));
    ms += response.ms;
    // Its body is written, and would be held until the next page is there.
    last = { ...response, body: new Uint8Array() };
    onPage({ pages: value.pages, items: value.total });
  }
}

/** As they stand in the answer: parsed and written again, large ids would lose digits. */
function textsOf({ body }: ApiResponse, { operation }: ApiRequest): Iterable<string> {
  return new JsonItems(operation.traits.paging?.items).take(new TextDecoder().decode(body));
}

function answerTo(request: ApiRequest, last: ApiResponse | undefined): Omit<ApiResponse, 'body' | 'size' | 'ms'> {
  return {
    request,
    status: last?.status ?? 200,
    headers: { 'content-type': 'application/json' },
    requestId: last?.requestId,
    failure: undefined,
  };
}

async function bodyOf(list: ListBody): Promise<Pick<ApiResponse, 'body' | 'size'>> {
  const body = await list.end();
  return { body, size: list.size };
}

/** That a person cancelled is no failure. */
function failureOf({ failure }: PagingEnd): NinjaOneError | undefined {
  return isCancelled(failure) ? undefined : failure;
}

function nothingCame(end: PagingEnd): NinjaOneError {
  const { template, args } = describeEnd(end);
  const intent = end.reason === 'cancelled' ? 'cancelled' : 'transient';
  return new NinjaOneError({ code: `paging.${end.reason}`, intent, template, args });
}
