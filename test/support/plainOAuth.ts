import { createHash, randomBytes } from 'node:crypto';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { browse, type BrowseOptions, type Landing } from './httpBrowser.ts';

/** OAuth with plain `fetch`. These constants are what each client sends with every request. */
export const NATIVE = { client_id: 'sandbox-native', redirect_uri: 'http://127.0.0.1:43210' };
export const WEB = { client_id: 'sandbox-web', redirect_uri: 'https://sandbox.example/callback' };
export const SERVICE = { client_id: 'sandbox-service', client_secret: 'sandbox-service-secret' };
export const ALL = 'monitoring management control offline_access';
/** Contains characters that a form or query must encode. */
export const STATE = 'st+a te';

export interface TokenResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: TokenBody;
}

export interface TokenBody extends Record<string, unknown> {
  readonly access_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly token_type: string;
  readonly refresh_token?: string;
  readonly error?: string;
}

export type Form = Readonly<Record<string, string>>;

export function authorizeUrl(sandbox: Sandbox, request: Form): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = {
    response_type: 'code',
    scope: ALL,
    state: STATE,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...request,
  };
  return { url: `${sandbox.baseUrl}/ws/oauth/authorize?${new URLSearchParams(parameters).toString()}`, verifier };
}

export function authorize(sandbox: Sandbox, request: Form, options?: BrowseOptions): Promise<Landing> {
  return browse(authorizeUrl(sandbox, request).url, options);
}

export async function token(sandbox: Sandbox, form: Form, headers: Form = {}): Promise<TokenResponse> {
  const response = await fetch(`${sandbox.baseUrl}/ws/oauth/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenBody };
}

export async function signIn(
  sandbox: Sandbox,
  request: Form & { readonly client_id: string; readonly redirect_uri: string },
  options: {
    readonly scope?: string;
    readonly secret?: string | undefined;
    readonly way?: 'post' | 'basic';
    readonly change?: Form;
  } = {},
): Promise<TokenResponse & { form: Form }> {
  const { scope = ALL, secret, way = 'post', change = {} } = options;
  const { url, verifier } = authorizeUrl(sandbox, { ...request, scope });
  const landing = await browse(url);
  const basic = secret !== undefined && way === 'basic';
  const form = {
    grant_type: 'authorization_code',
    code: landing.url.searchParams.get('code') ?? '',
    redirect_uri: request.redirect_uri,
    code_verifier: verifier,
    ...(basic ? {} : { client_id: request.client_id }),
    ...(basic || secret === undefined ? {} : { client_secret: secret }),
    ...change,
  };
  const credentials = Buffer.from(`${request.client_id}:${secret ?? ''}`).toString('base64');
  return { ...(await token(sandbox, form, basic ? { authorization: `Basic ${credentials}` } : {})), form };
}

export function refresh(
  sandbox: Sandbox,
  clientId: string,
  refreshToken = '',
  secret?: string,
): Promise<TokenResponse> {
  return token(sandbox, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken,
    ...(secret === undefined ? {} : { client_secret: secret }),
  });
}
