/** What the diagnostics channels of undici publish about a request, in every version that Node.js and VS Code contain. */
export interface UndiciMessage {
  readonly request?: { readonly origin?: unknown; readonly path?: unknown; readonly method?: unknown };
}

/** Whether the message is about such a request, and not about the tunnel of a proxy or a request of somebody else. */
export function isAbout(
  { request }: UndiciMessage,
  { url, method }: { readonly url: URL; readonly method: string },
): boolean {
  if (request?.method !== method || typeof request.path !== 'string') {
    return false;
  }
  const base = String(request.origin);
  return URL.canParse(request.path, base) && new URL(request.path, base).href === url.href;
}
