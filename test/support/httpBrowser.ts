/**
 * A fake browser with a user who signs in: follows redirects with cookies, and fills in the sign-in and consent pages
 * of the sandbox. Ends at the first address of another origin than `url`, or at a page without a form.
 */
export async function browse(url: string, options: BrowseOptions = {}): Promise<Landing> {
  const { consent = 'allow', cookies = new CookieJar(), deliver = false } = options;
  const origin = new URL(url).origin;
  const isCallback = options.stopAt ?? ((target: URL) => target.origin !== origin);
  const visited = [url];
  let request: Hop = { url };
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const response = await fetch(request.url, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: cookies.header(request.url) },
      ...(request.form && { method: 'POST', body: request.form }),
    });
    cookies.take(request.url, response);
    const body = await response.text();
    const location = response.headers.get('location');
    if (location === null) {
      const form = fillIn(body, consent);
      if (!form) {
        return { url: new URL(request.url), redirected: false, status: response.status, body, visited };
      }
      request = { url: request.url, form };
      continue;
    }
    visited.push(location);
    const target = new URL(location, request.url);
    const next = options.onRedirect?.(target);
    if (next !== undefined) {
      visited.push(next);
    }
    const landing = next === undefined ? target : new URL(next);
    if (isCallback(landing)) {
      const page = deliver ? await open(landing) : { status: undefined, body: '' };
      return { url: landing, redirected: true, ...page, visited };
    }
    request = { url: landing.href };
  }
  throw new Error(`More than ${String(MAX_HOPS)} redirects: ${visited.join(' → ')}`);
}

export interface BrowseOptions {
  /** The choice on the consent page. */
  readonly consent?: 'allow' | 'deny';
  /** Which redirect target ends the journey, without a request to it. */
  readonly stopAt?: (target: URL) => boolean;
  /** Imitates a page that redirects by script, such as the one of vscode.dev: returns the next address, if any. */
  readonly onRedirect?: (target: URL) => string | undefined;
  /** Requests the last address of the journey, which must be on loopback. */
  readonly deliver?: boolean;
  /** The cookies of an earlier journey, to continue as the same user. */
  readonly cookies?: CookieJar;
}

export interface Landing {
  /** The end of the journey. `redirected` is true for a callback and false for a page of the server. */
  readonly url: URL;
  readonly redirected: boolean;
  /** HTTP status of that page; undefined for a callback that was not delivered. */
  readonly status: number | undefined;
  /** The address to which a loopback listener sent the browser on from a callback. */
  readonly next?: string | undefined;
  /** The page's HTML; empty for a callback that was not delivered. */
  readonly body: string;
  /** The first address and every `Location` after it, as they were sent. */
  readonly visited: readonly string[];
}

/** Cookies of any number of hosts, by name and path. Expiry is honored only as deletion. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  take(url: string, response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name, value] = split(pair);
      const path = attributes.map(split).find(([key]) => key.toLowerCase() === 'path')?.[1] ?? '/';
      const { host } = new URL(url);
      const key = `${host} ${path} ${name}`;
      if (value === '') {
        this.#cookies.delete(key);
      } else {
        this.#cookies.set(key, { host, path, pair });
      }
    }
  }

  header(url: string): string {
    const { host, pathname } = new URL(url);
    return [...this.#cookies.values()]
      .filter((cookie) => cookie.host === host && isWithin(pathname, cookie.path))
      .map(({ pair }) => pair)
      .join('; ');
  }
}

interface Hop {
  readonly url: string;
  readonly form?: URLSearchParams;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly pair: string;
}

const MAX_HOPS = 20;

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function fillIn(page: string, consent: 'allow' | 'deny'): URLSearchParams | undefined {
  if (page.includes('name="action" value="sign-in"')) {
    return new URLSearchParams({ action: 'sign-in', email: 'tech@acme.example', password: 'password' });
  }
  if (page.includes(`name="action" value="${consent}"`)) {
    return new URLSearchParams({ action: consent });
  }
  return undefined;
}

async function open(url: URL): Promise<{ status: number; body: string; next: string | undefined }> {
  if (!LOOPBACK.has(url.hostname)) {
    throw new Error(`Only a loopback address can be opened, not ${url.origin}`);
  }
  const response = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html' } });
  const next = response.headers.get('location') ?? undefined;
  return { status: response.status, body: await response.text(), next };
}

/** RFC 6265 §5.1.4. */
function isWithin(path: string, cookiePath: string): boolean {
  return path === cookiePath || path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}

function split(pair: string): [name: string, value: string] {
  const index = pair.indexOf('=');
  return index < 0 ? [pair, ''] : [pair.slice(0, index), pair.slice(index + 1)];
}
