import type { ApiRequest } from '../../src/core/api/apiRequest.ts';
import type { SendPage } from '../../src/core/api/pageRequests.ts';
import { pagesOf, type PagingEnd, type PagingOptions } from '../../src/core/api/paging.ts';

export interface AllPages extends PagingEnd {
  readonly items: readonly unknown[];
}

/** Every page in one list, and how it ended. */
export async function readAll(
  first: ApiRequest,
  send: SendPage,
  options: PagingOptions & { readonly onPage?: () => void } = {},
): Promise<AllPages> {
  const items: unknown[] = [];
  const pages = pagesOf(first, send, options);
  for (;;) {
    const { done, value } = await pages.next();
    if (done) {
      return { ...value, items };
    }
    const text = Buffer.from(value.text()).toString();
    items.push(...(JSON.parse(`[${text}]`) as unknown[]));
    options.onPage?.();
  }
}
