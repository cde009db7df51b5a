import type { SendOptions } from '../api/apiClient.ts';
import type { ApiRequest } from '../api/apiRequest.ts';
import { successOrThrow, type ApiResponse } from '../api/apiResponse.ts';
import { followingPage } from '../api/followingPage.ts';
import { readPage } from '../api/pageParts.ts';
import { describeEnd } from '../api/paging.ts';
import { itemsInPage, pageJson } from '../api/pagingStyles.ts';
import { isCanceled, type NinjaOneError } from '../base/errors.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/** One page of a list, or the whole of a list without pages. */
export interface ResourcePage {
  readonly items: readonly unknown[];
  /** The request of the next page, if there may be one. */
  readonly next: ApiRequest | undefined;
  /** Why the list may be incomplete although there is no next page. */
  readonly notice: LocalizableMessage | undefined;
}

export type SendRequest = (
  request: ApiRequest,
  options: Pick<SendOptions, 'signal' | 'onPause'>,
) => Promise<ApiResponse>;

/**
 * Sends one request. While NinjaOne is busy or the network fails, it is not sent again: the view says so and offers to try
 * again. Rejects with a NinjaOneError.
 */
export async function fetchResourcePage(
  request: ApiRequest,
  send: SendRequest,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const stop = new AbortController();
  let failure: NinjaOneError | undefined;
  const onPause = (_: number, reason: NinjaOneError): void => {
    failure = reason;
    stop.abort();
  };
  try {
    return pageIn(successOrThrow(await send(request, { signal: AbortSignal.any([signal, stop.signal]), onPause })));
  } catch (error) {
    throw failure && isCanceled(error) ? failure : error;
  }
}

function pageIn(response: ApiResponse): ResourcePage {
  const { paging, items = '' } = response.request.operation.traits;
  const found = paging ? readPage(response, paging)?.items : itemsInPage(pageJson(response), { style: 'after', items });
  const { next, notice } = followingPage(response);
  return { items: found ?? [], next, notice: found ? notice : describeEnd({ reason: 'unreadable' }) };
}
