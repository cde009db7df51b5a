import type { NinjaOneError } from '../base/errors.ts';
import type { ApiRequest } from './apiRequest.ts';

/** What came back, be it a success or not: an answer that says no is an answer, with its explanation in `failure`. */
export interface ApiResponse {
  readonly request: ApiRequest;
  /** 0 where none came. */
  readonly status: number;
  /** Only those that describe the body or the exchange, by name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, or its first part if it overflowed. */
  readonly body: Uint8Array;
  /** Bytes of the whole body. */
  readonly size: number;
  /** Milliseconds from the last sending to the end of the body. */
  readonly ms: number;
  readonly failure: NinjaOneError | undefined;
}

/** The answer, if it is a success; else throws what went wrong. */
export function successOf(response: ApiResponse): ApiResponse {
  if (response.failure) {
    throw response.failure;
  }
  return response;
}

/** What stands for an answer that never came (E9, E13). */
export function noResponse(
  request: ApiRequest,
  { ms, failure }: { readonly ms: number; readonly failure: NinjaOneError },
): ApiResponse {
  return { request, status: 0, headers: {}, body: new Uint8Array(), size: 0, ms, failure };
}

/** No cookies, no addresses: a response is shown, saved and compared. */
export function displayedHeaders(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(SHOWN.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));
}

const SHOWN = ['content-type', 'content-disposition', 'content-language', 'date', 'retry-after', 'x-nj-request-id'];
