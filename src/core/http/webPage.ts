/**
 * Whether a body is a web page, such as that of a gateway or of a sign-in of the network. The content type alone proves
 * nothing, because servers also send JSON and empty bodies as `text/html`.
 */
export function isWebPage(text: string, contentType: string | null | undefined): boolean {
  return PAGE.test(text.slice(0, MAX_START)) || (/html/i.test(contentType ?? '') && /^\s*</.test(text));
}

/** Characters. */
const MAX_START = 20_000;
/** The first tag of a page, which an XML declaration and comments can precede. */
const PAGE = /^(?:\s|<\?xml\b[^>]*>|<!--(?:[^-]|-(?!->))*-->)*<(?:!doctype html|html|head|meta|body)\b/i;
