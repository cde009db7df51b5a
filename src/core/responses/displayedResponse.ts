import { createReadStream } from 'node:fs';
import { isWrite, type ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import { nextRequest, type PagingEnd } from '../api/paging.ts';
import { createResponseView, type ResponseView } from './responseView.ts';
import type { TempFiles, TempFile } from '../files/tempFiles.ts';

/** A response and how its document displays it. */
export interface DisplayedResponse {
  readonly view: ResponseView;
  /** Its body may be empty or only the first part; `whole` has all of it. */
  readonly response: ApiResponse;
  /** Page number, from 1. */
  readonly page: number;
  /** The request of the first page. */
  readonly first: ApiRequest;
  readonly next: ApiRequest | undefined;
  /** Why fetching all pages ended. */
  readonly end: PagingEnd | undefined;
  /** Whether the body was too large for memory, so that its cursor for the next page was not read. */
  readonly isLarge: boolean;
  /** The complete response in parts, for saving; undefined if it is not stored because it contains secrets. */
  readonly whole: (() => AsyncIterable<Uint8Array>) | undefined;
  readonly file: TempFile | undefined;
}

export interface DisplayOptions {
  readonly maxItems: number;
  /** Masks values, because the response contains secrets (E4). */
  readonly mask: boolean;
  /** The complete body, if the response has only its first part. */
  readonly file?: TempFile | undefined;
  readonly page?: number | undefined;
  readonly first?: ApiRequest | undefined;
  readonly end?: PagingEnd | undefined;
}

/** Prepares a response for display and stores the rest of it (E7). Rejects with `spool.failed`. */
export async function displayResponse(
  response: ApiResponse,
  options: DisplayOptions,
  tempFiles: TempFiles,
): Promise<DisplayedResponse> {
  const { request, body, size, status, failure } = response;
  const { mask, maxItems, end, page = 1, first = request } = options;
  const view = createResponseView(body, {
    contentType: response.headers['content-type'],
    size,
    items: request.operation.traits.items,
    total: end?.total,
    maxItems,
    mask,
    isDone: isWrite(request) && !failure && status >= 200 && status < 300,
  });
  const next = end ? end.next : nextRequest(response);
  const isLarge = size > body.byteLength;
  const shown = { view, response, page, first, next, end, isLarge, whole: undefined, file: undefined };
  if (mask) {
    return shown;
  }
  if (isLarge || view.truncated) {
    const file = isLarge ? options.file : await spooled(body, tempFiles);
    return { ...shown, response: { ...response, body: NOTHING }, file, whole: file && (() => partsOf(file)) };
  }
  // Formatted text is saved as formatted; everything else is saved unchanged.
  const bytes = view.language === 'json' ? Buffer.from(`${view.text}\n`) : body;
  return { ...shown, whole: () => once(bytes) };
}

const NOTHING = new Uint8Array();

async function spooled(body: Uint8Array, tempFiles: TempFiles): Promise<TempFile> {
  const file = tempFiles.file();
  await file.start();
  await file.write(body);
  await file.close();
  return file;
}

function partsOf({ path }: TempFile): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1 << 18 });
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Whether the list may have more items than the document. */
export function canFetchAll({ response, first, page, next, end, isLarge }: DisplayedResponse): boolean {
  if (!supportsPaging(first)) {
    return false;
  }
  if (end) {
    return !end.complete;
  }
  return !response.failure && (page > 1 || next !== undefined || isLarge);
}

export function supportsPaging(request: ApiRequest): boolean {
  return request.operation.traits.paging !== undefined && !isWrite(request);
}

/** Whether the response has a non-empty list, for a table. */
export function hasListItems({ view, whole }: DisplayedResponse): boolean {
  return whole !== undefined && view.kind === 'json' && (view.shownItems ?? 0) > 0;
}
