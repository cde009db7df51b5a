import type { NinjaOneError } from '../base/errors.ts';
import { returnsSecrets, type ApiRequest } from './apiRequest.ts';
import type { ListHeaders } from './listHeaders.ts';
import { passwordValues } from './passwordValues.ts';
import type { RequestOutcome } from './requestOutcome.ts';

/** A response, successful or not. An error response has its explanation in `failure`. */
export interface ApiResponse {
  readonly request: ApiRequest;
  /** 0 without a response. */
  readonly status: number;
  /** Only headers that describe the body or the exchange, by lowercase name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The complete body, or its first part if it overflowed. */
  readonly body: Uint8Array;
  /** Size of the complete body in bytes. */
  readonly size: number;
  /** Milliseconds from the last attempt to the end of the body. */
  readonly ms: number;
  readonly failure: NinjaOneError | undefined;
  /** Only of a write it can be other than `known`. */
  readonly outcome: RequestOutcome;
  /** Whether the body is the target of a redirect, `{"location": …}`, which was not followed. */
  readonly isRedirect?: boolean | undefined;
  /** What its headers say about the rest of its list. */
  readonly listHeaders?: ListHeaders | undefined;
  /** For the history: the response was the list of all pages, which it does not contain. */
  readonly allPages?: AllPages | undefined;
}

/** Whether a list of all pages is complete. */
export type AllPages = 'complete' | 'incomplete';

/**
 * Whether the body may contain secrets: those of the operation, an address that may be signed, or, in an error response,
 * the passwords of the request (E4, E7).
 */
export function givesSecrets({ request, failure, isRedirect = false }: ApiResponse): boolean {
  return isRedirect || (failure ? mayQuoteSecrets(request) : returnsSecrets(request));
}

/** Whether the text of an error response may contain secrets, because some servers repeat what they read or received. */
export function mayQuoteSecrets(request: ApiRequest): boolean {
  const { body, operation } = request;
  return returnsSecrets(request) || (body !== undefined && passwordValues(body, operation)?.length !== 0);
}

/** Returns a successful response; throws the failure of any other. */
export function successOrThrow(response: ApiResponse): ApiResponse {
  if (response.failure) {
    throw response.failure;
  }
  return response;
}

/** A placeholder for the missing response to a write, of which it is unknown whether it was executed (E9, E13). */
export function noResponse(
  request: ApiRequest,
  { ms, failure }: { readonly ms: number; readonly failure: NinjaOneError },
): ApiResponse {
  return { request, status: 0, headers: {}, body: new Uint8Array(), size: 0, ms, failure, outcome: 'unknown' };
}

/** Omits cookies and addresses, because a response is shown, saved, and compared. */
export function displayedHeaders(headers: Headers): Readonly<Record<string, string>> {
  return Object.fromEntries(
    DISPLAYED_HEADERS.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])),
  );
}

const DISPLAYED_HEADERS = [
  'content-type',
  'content-disposition',
  'content-language',
  'date',
  'retry-after',
  'x-nj-request-id',
];
