import { isWrite, type ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import { followingPage } from '../api/followingPage.ts';
import { describeEnd, type PagingEnd } from '../api/paging.ts';
import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import { hasPagingParameter } from '../catalog/inferPaging.ts';
import type { Operation } from '../catalog/operation.ts';
import { isAttachment } from '../http/attachments.ts';
import { charsetOfBody, isUtf8Name } from '../http/charset.ts';
import type { OddJsonEnd } from '../json/jsonEnd.ts';
import { cutNotice } from './cutNotices.ts';
import { proposedName, type ProposedName } from './fileNames.ts';
import { maskNamedSecrets } from './namedSecrets.ts';
import type { ReceivedJson } from './receivedJson.ts';
import { createResponseView, type ResponseView } from './responseView.ts';
import { findSecretName } from './secretFinder.ts';
import { readFileParts } from '../files/fileParts.ts';
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
  /** Why the list is or may be incomplete, if no next page can be requested or fetching all pages ended early (E8). */
  readonly incomplete: LocalizableMessage | undefined;
  /** Why fetching all pages ended. */
  readonly end: PagingEnd | undefined;
  /** Whether the body was too large for memory, so that its cursor for the next page was not read. */
  readonly isLarge: boolean;
  /** The complete response in parts, for saving; undefined if it is not stored because it contains secrets. */
  readonly whole: (() => AsyncIterable<Uint8Array>) | undefined;
  /** The name of a value in `whole` that may be a secret; undefined if there is none. */
  readonly findSecret: () => Promise<string | undefined>;
  /** The encoding of `whole`. */
  readonly charset: string;
  readonly file: TempFile | undefined;
  readonly name: ProposedName;
}

export interface DisplayOptions {
  readonly maxItems: number;
  /** Masks every value, because the response contains secrets (E4). Otherwise only those are masked whose names say so. */
  readonly mask: boolean;
  /** The complete body, if the response has only its first part. */
  readonly file?: TempFile | undefined;
  /** What was seen of such a body while it came. */
  readonly received?: ReceivedJson | undefined;
  /** Why the rest of a response that is too large for memory is not in a file. */
  readonly lost?: NinjaOneError | undefined;
  readonly page?: number | undefined;
  readonly first?: ApiRequest | undefined;
  readonly end?: PagingEnd | undefined;
}

/** Prepares a response for display and stores the rest of it (E7). */
export async function displayResponse(
  response: ApiResponse,
  options: DisplayOptions,
  tempFiles: TempFiles,
): Promise<DisplayedResponse> {
  const { request, body, size, status, failure } = response;
  const { mask, maxItems, end, page = 1, first = request } = options;
  const isFile = isAttachment(response.headers['content-disposition']);
  // The list of all pages is written here, so it is never cut.
  const isLarge = size > body.byteLength;
  const oddEnd = isLarge && !options.lost && !end ? options.received?.oddEnd : undefined;
  const isCut = oddEnd === 'inside';
  const shownBody = createResponseView(body, {
    contentType: response.headers['content-type'],
    size,
    items: request.operation.traits.items,
    total: end?.total,
    maxItems,
    mask,
    isWrite: isWrite(request),
    isDone: isWrite(request) && !failure && status >= 200 && status < 300,
    isAccepted: status === 202,
    isAttachment: isFile,
    lost: options.lost ?? (isCut ? cutNotice('rest', isWrite(request)) : undefined),
  });
  const charset = charsetOfBody(body, response.headers['content-type'], isLarge);
  const fault = faultOf(oddEnd, shownBody.kind, charset);
  const clear: ResponseView = {
    ...shownBody,
    ...(fault ? { fault, notices: [FAULTS[fault]] } : {}),
    ...(response.isRedirect === true ? { notices: [redirectNotice(body)] } : {}),
    ...(isCut ? { isCut } : {}),
  };
  const view = mask ? clear : maskNamedSecrets(clear, request.operation);
  const following = end ? undefined : followingPage(response);
  const next = end ? end.next : following?.next;
  const incomplete = end ? noticeOfEnd(end) : following?.notice;
  const name = proposedName(view.kind, body, response.headers);
  const shown = {
    view,
    response,
    page,
    first,
    next,
    incomplete,
    end,
    isLarge,
    whole: undefined,
    findSecret: () => Promise.resolve(view.masked[0]?.path),
    charset,
    file: undefined,
    name,
  };
  if (mask) {
    // An error response can turn out to contain secrets after it was written.
    await options.file?.discard();
    return shown;
  }
  if (isLarge || view.truncated) {
    const hasSecrets = view.masked.length > 0;
    const file = isLarge ? options.file : hasSecrets ? undefined : await spooled(body, tempFiles);
    // A body that fits the memory stays there if it may contain secrets or cannot be written.
    const whole = file ? () => readFileParts(file.path) : isLarge ? undefined : () => once(body);
    const kept = { ...shown, response: { ...response, body: NOTHING }, file, whole };
    const isJson = view.kind === 'json' || view.kind === 'jsonLines';
    const known = isLarge ? options.received?.secretName(charset) : undefined;
    return hasSecrets || !isJson || !whole
      ? kept
      : {
          ...kept,
          findSecret: async () => (known ? known.found : findSecretName(whole(), charset, request.operation)),
        };
  }
  // Formatted text is saved as formatted; everything else, and every file to download, is saved unchanged.
  if (view.language === 'json' && !isFile) {
    const text = Buffer.from(`${clear.text}\n`);
    return { ...shown, whole: () => once(text), charset: 'utf-8' };
  }
  return { ...shown, whole: () => once(body) };
}

const NOTHING = new Uint8Array();

function noticeOfEnd(end: PagingEnd): LocalizableMessage | undefined {
  return end.complete ? (end.isFromCursor ? FROM_CURSOR : undefined) : describeEnd(end);
}

/** The characters of other charsets can contain the bytes of quotes and backslashes. */
function faultOf(end: OddJsonEnd, kind: ResponseView['kind'], charset: string): ResponseView['fault'] {
  const isMore = end === 'more' || end === 'lines';
  if (kind === 'json' && isMore) {
    return 'more';
  }
  const isFaulty = end === 'invalid' || end === 'more';
  return isFaulty && (kind === 'json' || kind === 'jsonLines') && isUtf8Name(charset) ? 'invalid' : undefined;
}

const FAULTS: { readonly [F in NonNullable<ResponseView['fault']>]: LocalizableMessage } = {
  more: l10n.t(
    'Only the first part is shown. The response is not valid JSON, because more text follows after its end.',
  ),
  invalid: l10n.t('Only the first part is shown. The rest of the response is not valid JSON.'),
};
const FROM_CURSOR = l10n.t(
  'The list has no items before the cursor of the request. To get all items, send the request without it.',
);

async function spooled(body: Uint8Array, tempFiles: TempFiles): Promise<TempFile | undefined> {
  const file = tempFiles.file();
  try {
    await file.start();
    await file.write(body);
    await file.close();
    return file;
  } catch {
    await file.discard();
    return undefined;
  }
}

function redirectNotice(body: Uint8Array): LocalizableMessage {
  const location = getOwn(parseJson(new TextDecoder().decode(body)), 'location');
  return l10n.t(
    'Redirected to {0}, which was not opened. Copy the address to open it in your browser. If you did not expect a redirect, check whether your network requires you to sign in first.',
    plainText((typeof location === 'string' && URL.parse(location)?.host) || '?', 100),
  );
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * Whether to offer the next page. A page with fewer items than the request allows is taken for the last one, unless the
 * number is a round one, which can be a limit of the server. Fetch All is still there, and makes sure.
 */
export function hasNextPage({ next, view, response, end }: DisplayedResponse): boolean {
  const count = view.items ?? Infinity;
  return next !== undefined && (end !== undefined || count % 10 === 0 || count >= pageSizeOf(response.request));
}

/** `0` if the request does not have one. */
function pageSizeOf({ url }: ApiRequest): number {
  const { searchParams } = new URL(url);
  return Number(searchParams.get('pageSize') ?? searchParams.get('limit') ?? 0);
}

/** Whether the list may have more items than the document. */
export function canFetchAll({ response, first, page, next, end, isLarge }: DisplayedResponse): boolean {
  if (!hasPages(first.operation)) {
    return false;
  }
  if (end) {
    return !end.complete;
  }
  return !response.failure && (page > 1 || next !== undefined || isLarge);
}

/** Whether Fetch All works for the operation. */
export function hasPages(operation: Operation): boolean {
  return operation.traits.paging !== undefined && !isWrite({ operation });
}

/** Whether the response has a non-empty list, for a table. */
export function hasListItems({ view, whole }: DisplayedResponse): boolean {
  return whole !== undefined && view.kind === 'json' && (view.shownItems ?? 0) > 0;
}

/** The error of a request for all pages of an operation without any. */
export function noPages({ title, parameters }: Pick<Operation, 'title' | 'parameters'>): NinjaOneError {
  return new NinjaOneError({
    code: 'request.hasNoPages',
    intent: 'invalidInput',
    message: hasPagingParameter(parameters)
      ? l10n.t(
          'The API description does not say how to request all pages of "{0}". Use Send instead. The list may be incomplete.',
          title,
        )
      : l10n.t('"{0}" does not return pages. Use Send instead.', title),
  });
}
