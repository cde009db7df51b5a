import { findSandboxClient, isRedirectAllowed } from './clients.ts';

/**
 * How NinjaOne checks an authorization request before anyone signs in. oidc-provider would redirect most of these
 * errors to the client, drop unknown scopes, and accept parameters of OpenID Connect.
 */
export function checkAuthorizationRequest(
  query: URLSearchParams,
  editorOrigins: ReadonlySet<string>,
): AuthorizationVerdict {
  const client = findSandboxClient(query.get('client_id'));
  if (!client || client.platform === 'api-services') {
    return { kind: 'unknownClient' };
  }
  const redirectUri = query.get('redirect_uri');
  if (redirectUri === null || !isRedirectAllowed(client, redirectUri, editorOrigins)) {
    return errorPage('unauthorized_client', 'Invalid redirect_uri');
  }
  const doubled = PARAMETERS.find((name) => query.getAll(name).length > 1);
  if (doubled !== undefined) {
    return errorPage('invalid_request', `Repeated parameter ${doubled}`);
  }
  if (query.get('response_type') !== 'code') {
    return errorPage('unsupported_response_type', 'Invalid response_type');
  }
  const method = query.get('code_challenge_method');
  const challenge = query.get('code_challenge');
  // RFC 7636 §4.4.1. A client without a secret must use PKCE; one with a secret may.
  const proofNeeded = client.clientSecret === undefined || challenge !== null || method !== null;
  if (proofNeeded && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge ?? ''))) {
    return errorPage('invalid_request', 'Invalid code_challenge or code_challenge_method');
  }
  const state = query.get('state');
  const scopes = scopesOf(query.get('scope'));
  const refused = scopes.find((scope) => !client.scopes.includes(scope));
  if (scopes.length === 0 || refused !== undefined) {
    return {
      kind: 'callback',
      redirectUri,
      parameters: {
        error: 'invalid_scope',
        error_description: refused === undefined ? 'Scope is missing' : `Invalid scope ${refused} for client`,
        ...(state === null ? {} : { state }),
      },
    };
  }
  const parameters = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = query.get(name);
    if (value !== null) {
      parameters.set(name, value);
    }
  }
  return { kind: 'accepted', parameters };
}

export type AuthorizationVerdict =
  /** Also for a client that is known but cannot sign users in. */
  | { readonly kind: 'unknownClient' }
  /** Shown to the user; the client gets no callback. */
  | { readonly kind: 'errorPage'; readonly error: string; readonly description: string }
  | {
      readonly kind: 'callback';
      readonly redirectUri: string;
      readonly parameters: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'accepted'; readonly parameters: URLSearchParams };

/** The redirect URI stays as it was sent, byte for byte; RFC 6749 §4.1.2 keeps its query. */
export function callbackUrl(redirectUri: string, parameters: Readonly<Record<string, unknown>>): string {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
}

export function errorLocation(error: string, description: string): string {
  return `/ws/oauth/error?${new URLSearchParams({ error, error_description: description }).toString()}`;
}

export function scopesOf(scope: string | null | undefined): string[] {
  return [...new Set((scope ?? '').split(' ').filter((name) => name !== ''))];
}

const PARAMETERS = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const;

function errorPage(error: string, description: string): AuthorizationVerdict {
  return { kind: 'errorPage', error, description };
}
