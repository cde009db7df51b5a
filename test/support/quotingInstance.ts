import { randomBytes } from 'node:crypto';

/** What the instance does with the next requests. */
export type InstanceMood = 'works' | 'quotes' | 'quotesAsPage' | 'quotesWithSuccess' | 'unreachable';

/**
 * A NinjaOne that answers `fetch`. Every token that it issues is unique and has characters that each encoding changes. In
 * a bad mood it quotes all that it was sent.
 */
export class QuotingInstance {
  mood: InstanceMood = 'works';
  /** Addresses of all requests. */
  readonly urls: string[] = [];
  /** Calls for each secret that it issues or is sent, with its kind. */
  readonly onSecret: (kind: string, value: string) => void;
  #issued = 0;

  constructor(onSecret: (kind: string, value: string) => void) {
    this.onSecret = onSecret;
  }

  readonly fetch = (url: string, init: RequestInit = {}): Promise<Response> => {
    this.urls.push(url);
    const form = new URLSearchParams(typeof init.body === 'string' ? init.body : '');
    for (const [name, kind] of Object.entries(SENT)) {
      form.getAll(name).forEach((value) => this.onSecret(kind, value));
    }
    const { pathname } = new URL(url);
    const quoted = `${new Headers(init.headers).get('authorization') ?? ''} ${form.toString()} ${[...form.values()].join(' ')}`;
    switch (this.mood) {
      case 'unreachable':
        return Promise.reject(
          new TypeError('fetch failed', {
            cause: Object.assign(new Error(quoted), { code: 'ENOTFOUND', request: init }),
          }),
        );
      case 'quotes':
        return Promise.resolve(
          Response.json(
            { error: 'temporarily_unavailable', error_description: quoted, errorMessage: quoted, incidentId: quoted },
            { status: 400, headers: { 'x-nj-request-id': 'request-1' } },
          ),
        );
      case 'quotesAsPage':
        return Promise.resolve(
          new Response(`<html>${quoted}</html>`, { status: 500, headers: { 'content-type': 'text/html' } }),
        );
      case 'quotesWithSuccess':
        return Promise.resolve(Response.json([{ id: 1, name: quoted }]));
      case 'works':
        return Promise.resolve(this.#answer(pathname, form));
    }
  };

  #answer(pathname: string, form: URLSearchParams): Response {
    switch (pathname) {
      case '/ws/oauth/token':
        return Response.json(this.#tokens(form));
      case '/ws/oauth/revoke':
        return new Response('');
      case '/v2/organizations':
        return Response.json([
          { id: 1, name: 'Acme' },
          { id: 2, name: 'Umbrella' },
        ]);
      default:
        return new Response('', { status: 404 });
    }
  }

  #tokens(form: URLSearchParams): Record<string, unknown> {
    this.#issued += 1;
    const accessToken = `access-${randomBytes(9).toString('hex')}~+/x.${this.#issued}==`;
    const refreshToken = `refresh-${randomBytes(9).toString('hex')}~!'(x)*+/&"\\${this.#issued}`;
    const isService = form.get('grant_type') === 'client_credentials';
    this.onSecret('access token', accessToken);
    this.onSecret('refresh token', refreshToken);
    return {
      access_token: accessToken,
      ...(!isService && { refresh_token: refreshToken }),
      token_type: 'Bearer',
      expires_in: 3600,
    };
  }
}

/** The secrets in the form of a token request. */
const SENT = {
  client_secret: 'client secret',
  refresh_token: 'refresh token',
  code: 'code',
  code_verifier: 'verifier',
} as const;
