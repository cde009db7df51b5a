import { isNinjaOneError } from '../base/errors.ts';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';
import { utf8Body } from '../http/charset.ts';
import type { HttpResponse } from '../http/transport.ts';
import { MULTI_STATUS, PARTIAL_CONTENT } from '../http/statusCodes.ts';
import { provesAllDone, reportedFailure } from './reportedFailure.ts';
import { isGatewayPage, isThrottled } from './throttling.ts';

/**
 * What is known about a request that changes data (E9): `known` if NinjaOne has executed it, `refused` if it is proved
 * that it was not executed, else `unknown`. The message, its button and the entry in the history follow from it, and
 * no outcome lets a write be sent again by itself or by a button.
 */
export type RequestOutcome = 'known' | 'refused' | 'unknown';

/**
 * The outcome of a write that got this response. `isLargeProof` says of a body over the limit whether it proves a
 * success.
 */
export function writeOutcome(response: HttpResponse, isLargeProof = true): RequestOutcome {
  const { status } = response;
  if (status >= 500 || (status >= 300 && status < 400) || UNPROVEN.has(status) || isGatewayPage(response)) {
    return 'unknown';
  }
  if (status >= 400) {
    return isRefusal(response) ? 'refused' : 'unknown';
  }
  if (isThrottled(response) || !isProof(response, isLargeProof)) {
    return 'unknown';
  }
  const failure = reportedFailure(response);
  if (failure) {
    return failure.isWhole ? 'refused' : 'unknown';
  }
  return status === MULTI_STATUS && !provesAllDone(response) ? 'unknown' : 'known';
}

/**
 * NinjaOne refuses with a JSON object. Any other text, or none, proves a refusal only with a status that means nothing
 * else: Jersey, in which the API is written (its descriptions name `FormDataBodyPart`), sends such errors without a body,
 * and a proxy that sends one by itself has not passed the request on.
 */
function isRefusal({ status, body }: HttpResponse): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return asRecord(parseJson(text)) !== undefined || REFUSALS.has(status);
  } catch {
    return false;
  }
}

/** Not 401 and 429, which a gateway or a proxy sends too. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 405, 409, 415, 422]);

/** The outcome of a write that got no response. */
export function unansweredOutcome(error: unknown): RequestOutcome {
  return isNinjaOneError(error) && error.code.startsWith('network.') && !NOT_SENT.has(error.code)
    ? 'unknown'
    : 'refused';
}

/**
 * A part of an answer (206) is not all of it. A server or a gateway that stopped waiting, or that was the wrong one, may
 * have passed the request on.
 */
export const UNPROVEN: ReadonlySet<number> = new Set([PARTIAL_CONTENT, 408, 421, 425, 499]);

/** Errors after which the request did not reach NinjaOne. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'network.forbidden',
  'network.dns',
  'network.offline',
  'network.refused',
  'network.tls',
  'network.checksOff',
  'network.proxy',
]);

/**
 * Whether a success can come from the API, which answers a write with JSON, JSON Lines, a file or nothing. Any other text
 * comes from a gateway or a sign-in page of the network, JSON can be cut although the connection did not break, and a
 * compressed body of which nothing is left was damaged on its way.
 */
function isProof({ headers, status, body, overflow }: HttpResponse, isLargeProof: boolean): boolean {
  if (isAttachment(headers.get('content-disposition'))) {
    return true;
  }
  if (overflow !== undefined) {
    return isLargeProof;
  }
  if (body.byteLength === 0) {
    const encoding = headers.get('content-encoding') ?? 'identity';
    return status === 204 || /^\s*(?:identity)?\s*$/i.test(encoding);
  }
  const contentType = headers.get('content-type') ?? undefined;
  const text = new TextDecoder().decode(utf8Body(body, contentType)).trim();
  const isJson = (part: string): boolean => parseJson(part) !== undefined;
  return text === '' || isJson(text) || text.split('\n').every(isJson);
}
