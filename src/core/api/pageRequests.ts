import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import type { ApiRequest } from './apiRequest.ts';
import { successOrThrow, type ApiResponse } from './apiResponse.ts';
import { expectedCursor } from './expectedCursor.ts';
import { withCursor } from './pagingStyles.ts';

/**
 * Sends the request of one page with the session and confirmation of the caller. The signal is aborted if the caller
 * cancels, or if nobody needs the page any more.
 */
export type SendPage = (request: ApiRequest, signal: AbortSignal) => Promise<ApiResponse>;

export interface PageRequestsOptions {
  readonly send: SendPage;
  readonly signal: AbortSignal | undefined;
  /** Identities of the cursors that were sent. They lead to no new page, so their pages are not requested ahead. */
  readonly used: ReadonlySet<string>;
  readonly isAhead: boolean;
}

/**
 * Sends the requests of one list. If it works ahead, it requests the next page as soon as its cursor can be seen in the
 * response, while this page is still read and written. That is at most one request at a time, and at most one in vain:
 * a server that sorts its list in another way gets no other.
 */
export class PageRequests {
  readonly #first: ApiRequest;
  readonly #options: PageRequestsOptions;
  #isAhead: boolean;
  #stop: AbortController;
  #ahead: { readonly request: ApiRequest; readonly result: Promise<ApiResponse | NinjaOneError> } | undefined;

  constructor(first: ApiRequest, options: PageRequestsOptions) {
    this.#first = first;
    this.#options = options;
    this.#isAhead = options.isAhead;
    this.#stop = followerOf(options.signal);
  }

  /** Rejects only with errors that are not a NinjaOneError. */
  async fetch(request: ApiRequest): Promise<ApiResponse | NinjaOneError> {
    const outcome = await (this.#taken(request) ?? this.#instead(request));
    if (!(outcome instanceof Error)) {
      this.#goAhead(outcome);
      if (this.#ahead) {
        // Reading a page occupies the thread, so the request has to leave first: undici takes two turns of the loop to
        // use a socket again.
        await new Promise(setImmediate);
        await new Promise(setImmediate);
      }
    }
    return outcome;
  }

  /** Cancels a request that nobody needs, and waits until it has ended. */
  async close(): Promise<void> {
    if (this.#ahead) {
      this.#isAhead = false;
      this.#stop.abort();
      await this.#ahead.result.catch(() => {});
      this.#ahead = undefined;
      this.#stop = followerOf(this.#options.signal);
    }
  }

  #taken({ url, body }: ApiRequest): Promise<ApiResponse | NinjaOneError> | undefined {
    const ahead = this.#ahead;
    if (ahead?.request.url !== url || ahead.request.body !== body) {
      return undefined;
    }
    this.#ahead = undefined;
    return ahead.result;
  }

  async #instead(request: ApiRequest): Promise<ApiResponse | NinjaOneError> {
    await this.close();
    return this.#send(request);
  }

  #goAhead(response: ApiResponse): void {
    const { paging } = this.#first.operation.traits;
    const { signal, used } = this.#options;
    const cursor = this.#isAhead && paging ? expectedCursor(response, paging) : undefined;
    if (!paging || !cursor || used.has(cursor.identity) || signal?.aborted) {
      return;
    }
    const request = withCursor(this.#first, cursor, paging);
    if (request) {
      const result = this.#send(request);
      // It is awaited later, or never if the list ends with another error.
      result.catch(() => {});
      this.#ahead = { request, result };
    }
  }

  async #send(request: ApiRequest): Promise<ApiResponse | NinjaOneError> {
    try {
      return successOrThrow(await this.#options.send(request, this.#stop.signal));
    } catch (error) {
      if (isNinjaOneError(error)) {
        return error;
      }
      throw error;
    }
  }
}

/** A controller that is aborted together with the signal. */
function followerOf(signal: AbortSignal | undefined): AbortController {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  if (signal?.aborted) {
    abort();
  }
  signal?.addEventListener('abort', abort, { once: true });
  return controller;
}
