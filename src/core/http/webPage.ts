/**
 * Whether a body is a web page, such as that of a gateway or of a sign-in of the network. The content type alone proves
 * nothing, because servers also send JSON and empty bodies as `text/html`.
 */
export function isWebPage(text: string, contentType: string | null | undefined): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(text) || (/html/i.test(contentType ?? '') && /^\s*</.test(text));
}
