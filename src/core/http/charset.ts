/** The charset of a content type; UTF-8 if it names none. */
export function charsetOf(contentType = ''): string {
  return /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
}

/** Whether this is a name of UTF-8. */
export function isUtf8Name(charset: string): boolean {
  return /^utf-?8$/i.test(charset);
}

/** An unknown charset is read as UTF-8. With `fatal`, bytes that are not text are an error. */
export function decoderOf(charset: string, fatal: boolean): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset, { fatal });
  } catch {
    return new TextDecoder('utf-8', { fatal });
  }
}

/**
 * The charset of a body. JSON is UTF-8 (RFC 8259, section 8.1), whatever its content type says, unless its bytes are not.
 * `isPartial` says that only the first part of the body is there.
 */
export function charsetOfBody(body: Uint8Array, contentType = '', isPartial = false): string {
  const charset = charsetOf(contentType);
  // In UTF-16, JSON has a zero byte next to each bracket.
  const isAscii = BRACKETS.includes(body.find((byte) => byte > 32) ?? 0) && !body.subarray(0, 4).includes(0);
  return isAscii && !isUtf8Name(charset) && isUtf8(body, isPartial) ? 'utf-8' : charset;
}

/** `[` and `{`. */
const BRACKETS: readonly number[] = [91, 123];

function isUtf8(body: Uint8Array, isPartial: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: isPartial });
    return true;
  } catch {
    return false;
  }
}

/** A body as UTF-8, in which JSON is read and stored. Nothing is copied if it is UTF-8 already. */
export function utf8Body(body: Uint8Array, contentType: string | undefined): Uint8Array {
  const charset = charsetOfBody(body, contentType);
  return isUtf8Name(charset) ? body : Buffer.from(decoderOf(charset, false).decode(body));
}
