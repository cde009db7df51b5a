/** The value of a `content-disposition` header; null or undefined without one. */
type ContentDisposition = string | null | undefined;

/** Whether the body is a file to save, whatever it looks like (RFC 6266 §4.2). */
export function isAttachment(disposition: ContentDisposition): boolean {
  return /^\s*attachment\s*(?:;|$)/i.test(disposition ?? '') || attachmentName(disposition) !== undefined;
}

/**
 * The name that a server proposes for a file (RFC 6266 §4.3), without path parts and without characters that a file
 * system or the user interface would take for something else. `undefined` if there is none or nothing is left of it.
 */
export function attachmentName(disposition: ContentDisposition): string | undefined {
  const parameters = new Map(
    Array.from((disposition ?? '').matchAll(PARAMETER), ([, name = '', quoted, token]) => [
      name.toLowerCase(),
      quoted === undefined ? (token ?? '') : quoted.replace(/\\(["\\])/g, '$1'),
    ]),
  );
  return safeName(extendedValue(parameters.get('filename*'))) ?? safeName(utf8Value(parameters.get('filename')));
}

/** `name="quoted"` or `name=token`. */
const PARAMETER = /(?:^|;)\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/g;

/** `UTF-8''%e2%82%ac.pdf` (RFC 8187 §3.2). Undefined if it is not valid. */
function extendedValue(value = ''): string | undefined {
  const [, charset = '', encoded = ''] = /^([\w-]+)'[^']*'(.*)$/.exec(value.trim()) ?? [];
  const bytes = encoded.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return /^utf-8$/i.test(charset) ? decodedUtf8(bytes) : /^iso-8859-1$/i.test(charset) ? bytes : undefined;
}

/** Servers also send UTF-8 as it is, and HTTP libraries read each byte as one character. */
function utf8Value(value = ''): string {
  return decodedUtf8(value) ?? value;
}

function decodedUtf8(bytes: string): string | undefined {
  if (/[^\0-\xff]/.test(bytes)) {
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

function safeName(name = ''): string | undefined {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const characters = Array.from(base.replace(UNSAFE, '-').trim().replace(HIDDEN_OR_CUT, ''));
  const ending = /\.[^.]{1,10}$/.exec(characters.join(''))?.[0] ?? '';
  const kept = characters.length <= MAX_LENGTH ? characters.join('') : cut(characters, ending);
  const plain = RESERVED.test(kept) ? `_${kept}` : kept;
  return /[\p{L}\p{N}]/u.test(plain) ? plain : undefined;
}

function cut(characters: readonly string[], ending: string): string {
  return characters.slice(0, MAX_LENGTH - ending.length).join('') + ending;
}

const MAX_LENGTH = 120;
/** Control characters, invisible ones that reverse the text, and what Windows does not allow. */
const UNSAFE = /[\p{Cc}\p{Cf}\u2028\u2029\ufffd<>:"|?*]+/gu;
/** A leading period hides a file; Windows drops trailing periods and spaces. */
const HIDDEN_OR_CUT = /^[.\s]+|[.\s]+$/g;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
