import { parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';
import type { HttpResponse } from '../http/transport.ts';
import { isWebPage } from '../http/webPage.ts';

/**
 * Whether NinjaOne or a gateway in front of it throttles: with status 429, or with a web page, a text or a JSON string
 * that says so, whatever its status. A file that is downloaded may be about throttling, so it never counts (E8).
 */
export function isThrottled(response: HttpResponse): boolean {
  const { status, body, overflow } = response;
  if (status === 429) {
    return true;
  }
  if (overflow !== undefined || isAttachment(response.headers.get('content-disposition'))) {
    return false;
  }
  if (isGatewayPage(response)) {
    return THROTTLED.test(bodyStart(response));
  }
  // Longer texts are about something else.
  return body.byteLength <= MAX_SENTENCE && THROTTLED.test(sentenceOf(response));
}

/** Whether a gateway, a proxy or a sign-in page of a network answered instead of the API. */
export function isGatewayPage(response: HttpResponse): boolean {
  const { headers } = response;
  return (
    !isAttachment(headers.get('content-disposition')) && isWebPage(bodyStart(response), headers.get('content-type'))
  );
}

/** Gateway pages mention the limit in their first lines. */
function bodyStart({ body }: HttpResponse): string {
  return new TextDecoder().decode(body.subarray(0, MAX_START));
}

const MAX_START = 65_536;
/** Bytes. */
export const MAX_SENTENCE = 500;
export const THROTTLED = /rate limit|too many requests|request limit exceeded/i;

/** A bare text or JSON string; empty for other JSON, where such words are data. */
function sentenceOf({ body }: HttpResponse): string {
  const text = new TextDecoder().decode(body);
  const value = parseJson(text);
  return value === undefined ? (/^\s*[[{]/.test(text) ? '' : text) : typeof value === 'string' ? value : '';
}

/** Milliseconds. `Retry-After: 0` would otherwise lead to four requests in a row. */
export const MIN_PAUSE = 500;
