import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';
import { hasPagingParameter } from '../catalog/inferPaging.ts';
import { isWrite, type ApiRequest } from './apiRequest.ts';
import type { ApiResponse } from './apiResponse.ts';
import { ListProof, mentionedItems } from './listProof.ts';
import { describeEnd } from './paging.ts';
import { PARTIAL_CONTENT } from '../http/statusCodes.ts';
import { readPage } from './pageParts.ts';
import { isOwnCursor, itemsInPage, nextCursor, pageJson, startsAtCursor, withCursor } from './pagingStyles.ts';
import { PAGING_TABLE } from './pagingTable.ts';

/** What a single response says about the rest of its list. */
export interface FollowingPage {
  /** The request for Next Page; `undefined` if the response is the last page, is not a page, or has no usable cursor. */
  readonly next: ApiRequest | undefined;
  /** Why the list may be incomplete although there is no next page to request, or although there is one. */
  readonly notice: LocalizableMessage | undefined;
}

export function followingPage(response: ApiResponse): FollowingPage {
  const { request, failure, size, body } = response;
  const { paging } = request.operation.traits;
  if (failure || (isWrite(request) && request.operation.method !== 'GET')) {
    return { next: undefined, notice: undefined };
  }
  if (paging && size > body.byteLength) {
    return { next: undefined, notice: MORE_PAGES };
  }
  const page = paging && readPage(response, paging);
  if (!paging || !page || (size === 0 && startsAtCursor(request))) {
    return { next: undefined, notice: noticeWithoutPage(response) };
  }
  const proof = new ListProof(request, paging);
  proof.add(page, response.listHeaders);
  const ended = { next: undefined, notice: proof.reason === 'end' ? undefined : describeEnd(proof) };
  const cursor = page.items.length === 0 ? 'end' : nextCursor(page.response, page.items, paging);
  if (cursor === 'end') {
    return ended;
  }
  if (cursor === 'unknown') {
    return { next: undefined, notice: describeEnd({ reason: 'noCursor' }) };
  }
  const { usedCursor } = PAGING_TABLE[paging.style];
  // With most styles, an unchanged cursor leads to this page again.
  if (usedCursor !== 'stuck' && isOwnCursor(cursor, request)) {
    return usedCursor === 'end' ? ended : { next: undefined, notice: describeEnd({ reason: 'repeatedCursor' }) };
  }
  const next = withCursor(request, cursor, paging);
  if (!next) {
    return { next, notice: describeEnd({ reason: 'noCursor' }) };
  }
  return { next, notice: proof.reason === 'unsorted' ? describeEnd(proof) : undefined };
}

function noticeWithoutPage(response: ApiResponse): LocalizableMessage | undefined {
  const { request, size } = response;
  const { paging } = request.operation.traits;
  if (!paging && response.status === PARTIAL_CONTENT) {
    return PARTIAL;
  }
  const value = pageJson(response);
  if (paging && (size === 0 || itemsInPage(value, paging))) {
    return describeEnd({ reason: 'unreadable' });
  }
  if (!paging && mentionsMore(value, response)) {
    return describeEnd({ reason: 'moreMentioned' });
  }
  return mayBePartOfList(value, request) ? UNKNOWN_PAGING : undefined;
}

/**
 * Whether the response or its headers mention more items than the list has; of a list over the limit, whether the headers
 * link to a next page.
 */
function mentionsMore(value: unknown, { request, listHeaders, size, body }: ApiResponse): boolean {
  if (size > body.byteLength) {
    return listHeaders?.hasNext === true;
  }
  const list = Array.isArray(value) ? value : getOwn(value, request.operation.traits.items ?? '');
  const { hasNext, total, pages } = mentionedItems(value, listHeaders);
  return Array.isArray(list) && (hasNext || total > list.length || pages > 1);
}

const UNKNOWN_PAGING = l10n.t(
  'The list may be incomplete because the API description does not say how to request more items.',
);
const PARTIAL = l10n.t('The response is only a part of what was asked for (HTTP {0}).', PARTIAL_CONTENT);
/** Of a page after which nothing says that it is the last one. */
export const MORE_PAGES = l10n.t('The list may have more pages. To get all of them, use Fetch All.');

/**
 * Whether a response that is not a page has a list whose paging nobody knows: if the parameters say that it has parts, or
 * if the response is a list and the overlay knows nothing about the list of its operation.
 */
function mayBePartOfList(value: unknown, { operation: { parameters, traits } }: ApiRequest): boolean {
  const isUnknown = hasPagingParameter(parameters);
  if (Array.isArray(value)) {
    return value.length > 0 && (isUnknown || traits.items === undefined);
  }
  return isUnknown && Object.values(asRecord(value) ?? {}).some((member) => Array.isArray(member) && member.length > 0);
}
