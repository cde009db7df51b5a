import { isAbsolute, win32 } from 'node:path';

/** One part of a `multipart/form-data` body (RFC 7578), in the order in which the parts are sent. */
export type FormPart = TextPart | FilePart;

export interface TextPart {
  readonly name: string;
  readonly text: string;
  /** `application/json` for a part that is JSON. Without it, the part is plain text. */
  readonly contentType?: string | undefined;
}

export interface FilePart {
  readonly name: string;
  /** The path as it is written in the request document. */
  readonly file: string;
  readonly contentType: string;
}

export function isFilePart(part: FormPart): part is FilePart {
  return 'file' in part;
}

/** Whether a path begins at the root of this or another computer, or is an address. */
export function isAbsolutePath(path: string): boolean {
  return isAbsolute(path) || win32.isAbsolute(path) || /^[a-z][a-z0-9+.-]*:/i.test(path);
}

/** The last segment of a path with slashes or backslashes. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/**
 * The lines before the content of a part, without the boundary. Names are escaped as in the HTML standard ("multipart/form-
 * data encoding algorithm"), which is what curl, Python and `fetch` do.
 */
export function partHead(part: Pick<TextPart, 'name' | 'contentType'> | FilePart): string {
  const file = 'file' in part ? `; filename="${escaped(fileName(part.file))}"` : '';
  const type = part.contentType === undefined ? '' : `\r\nContent-Type: ${part.contentType}`;
  return `Content-Disposition: form-data; name="${escaped(part.name)}"${file}${type}\r\n\r\n`;
}

function escaped(name: string): string {
  return name.replaceAll(/["\r\n]/g, (character) => encodeURIComponent(character));
}
