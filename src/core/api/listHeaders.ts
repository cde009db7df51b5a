/** What the headers of a response say about the rest of its list. They are not stored, because a link is an address. */
export interface ListHeaders {
  /** Whether a link leads to a next page (RFC 8288). */
  readonly hasNext: boolean;
  /** The number of all items; 0 if it is not mentioned. */
  readonly total: number;
}

/** `undefined` if they say nothing. */
export function listHeadersOf(headers: Headers): ListHeaders | undefined {
  const hasNext = NEXT_LINK.test(headers.get('link') ?? '');
  const count = headers.get('x-total-count')?.trim() ?? '';
  const total = TOTAL_COUNT.test(count) ? Number(count) : 0;
  return hasNext || total > 0 ? { hasNext, total } : undefined;
}

export const TOTAL_COUNT = /^\d{1,15}$/;
export const NEXT_LINK = />[^<]*;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?![\w-]))/i;
