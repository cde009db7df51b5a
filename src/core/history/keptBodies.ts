import type { ApiResponse } from '../api/apiResponse.ts';
import type { ListHeaders } from '../api/listHeaders.ts';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { isAttachment } from '../http/attachments.ts';

/** The bodies of an exchange and what is needed to show the response as in the window that received it (E13). */
export interface KeptBodies {
  /** JSON text of the request body. */
  readonly request: string | undefined;
  readonly responseBody: Uint8Array;
  /** The media type, and whether the body is a file to save; not its name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly listHeaders: ListHeaders | undefined;
}

/** The text of the file. Undefined if one of the bodies contains a secret, or if the response is not text. */
export function keptBodies(
  { request, body, headers, listHeaders }: Pick<ApiResponse, 'request' | 'body' | 'headers' | 'listHeaders'>,
  isSecret: (text: string) => boolean,
): string | undefined {
  const response = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  // Binary data would not survive the conversion to text.
  if (!Buffer.from(response).equals(body) || isSecret(response) || isSecret(request.body ?? '')) {
    return undefined;
  }
  return JSON.stringify({
    request: request.body,
    response,
    mediaType: mediaTypeIn(headers['content-type']),
    isAttachment: isAttachment(headers['content-disposition']),
    listHeaders,
  });
}

/** Reads such a file, which is not trusted. */
export function parseKeptBodies(text: string): KeptBodies | undefined {
  const value = asRecord(parseJson(text));
  const [request, response, mediaType] = ['request', 'response', 'mediaType'].map((name) => getOwn(value, name));
  if (typeof response !== 'string' || (request !== undefined && typeof request !== 'string')) {
    return undefined;
  }
  const isFile = getOwn(value, 'isAttachment') === true;
  return {
    request,
    responseBody: Buffer.from(response),
    headers: {
      ...(typeof mediaType === 'string' && mediaTypeIn(mediaType) === mediaType ? { 'content-type': mediaType } : {}),
      ...(isFile ? { 'content-disposition': 'attachment' } : {}),
    },
    listHeaders: storedListHeaders(getOwn(value, 'listHeaders')),
  };
}

/** Without parameters, because only UTF-8 is kept. */
function mediaTypeIn(contentType = ''): string | undefined {
  return /^\s*([\w.+-]{1,60}\/[\w.+-]{1,100})(?![\w.+/-])/.exec(contentType)?.[1];
}

function storedListHeaders(value: unknown): ListHeaders | undefined {
  const [hasNext, total] = [getOwn(value, 'hasNext'), getOwn(value, 'total')];
  return typeof hasNext === 'boolean' && typeof total === 'number' ? { hasNext, total } : undefined;
}
