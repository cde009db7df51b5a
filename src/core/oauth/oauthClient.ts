import * as oauth from 'oauth4webapi';
import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { type Connection, type Scope, hasClientSecret } from '../connections/connection.ts';
import { noClientSecret } from '../connections/connectionErrors.ts';
import { endpointsOf } from '../connections/instance.ts';
import { nativeRedirect } from '../connections/redirectUri.ts';
import { PARTIAL_CONTENT } from '../http/statusCodes.ts';
import type { Transport } from '../http/transport.ts';
import { invalidResponse, toServerError, type Step } from '../serverErrors/classifyError.ts';
import type { ErrorResponse } from '../serverErrors/errorBody.ts';
import { parseTokenResponse } from './tokenResponse.ts';

export interface OAuthContext {
  readonly connection: Connection;
  readonly transport: Transport;
  /** Used for the platforms `web` and `api-services` only. */
  readonly clientSecret: string | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** As returned by the server, including `offline_access`; `undefined` if the response has no scope. */
  readonly scopes: readonly string[] | undefined;
  /** Epoch milliseconds by the local clock before the request, so that a token is never assumed to be newer than it is. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** 256 random bits, base64url (RFC 6749 §10.12). */
export function randomState(): string {
  return oauth.generateRandomState();
}

/** RFC 6749 §4.1.1 with RFC 7636 §4.3. The verifier stays in memory until the code is exchanged. */
export async function authorizationRequest(options: {
  readonly connection: Connection;
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes: readonly Scope[];
}): Promise<{ readonly url: string; readonly verifier: string }> {
  const { connection, redirectUri, state, scopes } = options;
  const verifier = oauth.generateRandomCodeVerifier();
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: connection.clientId,
    redirect_uri: redirectUri,
    scope: [...scopes, ...(connection.offlineAccess ? ['offline_access'] : [])].join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  // Servers differ on `+`, but all decode `%20` as a space. A plus sign in a value is already encoded as %2B.
  const encoded = query.toString().replaceAll('+', '%20');
  return { url: `${endpointsOf(connection.instance.origin).authorize}?${encoded}`, verifier };
}

/** RFC 6749 §4.1.3. Like all functions below, rejects with a NinjaOneError. */
export function exchangeCode(
  context: OAuthContext,
  { code, verifier, redirectUri }: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
): Promise<TokenSet> {
  return requestTokens(context, 'code', ({ server, client, authentication, options }) => {
    // The state was already checked and consumed on the redirect, but the library requires a validated response.
    const response = oauth.validateAuthResponse(server, client, new URLSearchParams({ code }), oauth.expectNoState);
    return oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      response,
      redirectUri,
      verifier,
      options,
    );
  });
}

/** RFC 6749 §6. If the response has no refresh token, the one in the request stays valid. */
export function refreshTokens(context: OAuthContext, refreshToken: string): Promise<TokenSet> {
  return requestTokens(context, 'refresh', ({ server, client, authentication, options }) =>
    oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, options),
  );
}

/** RFC 6749 §4.4. A refresh token in the response is ignored: the next token is requested the same way. */
export async function mintToken(context: OAuthContext, scopes: readonly Scope[]): Promise<TokenSet> {
  const tokens = await requestTokens(context, 'mint', ({ server, client, authentication, options }) =>
    oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: scopes.join(' ') }, options),
  );
  return { ...tokens, refreshToken: undefined };
}

/** RFC 7009 §2.1. Resolves if the token is no longer valid, even if the server did not know it. */
export async function revokeToken(
  context: OAuthContext,
  token: string,
  hint: 'access_token' | 'refresh_token',
): Promise<void> {
  await guarded(context, async () => {
    const { server, client, authentication, options } = partiesOf(context, (response) => {
      // The web page of a captive portal also has status 200 but revokes nothing.
      if (response.status >= 300 || /^\s*</.test(response.text)) {
        throw toServerError(response, 'revoke', context.connection);
      }
      return new Response(null);
    });
    const additionalParameters = { token_type_hint: hint };
    const response = await oauth.revocationRequest(server, client, authentication, token, {
      ...options,
      additionalParameters,
    });
    await oauth.processRevocationResponse(response);
  });
}

/** Whether this host knows the client ID (C5). Rejects if the response is inconclusive. */
export async function probeClient(context: OAuthContext): Promise<'known' | 'unknown'> {
  const failure = await probe(context);
  if (failure.code === UNKNOWN_CLIENT) {
    return 'unknown';
  }
  if (!isConclusive(failure)) {
    throw failure;
  }
  return 'known';
}

/**
 * What the host says about the client secret. Grants nothing. Call it only for a host that knows the client ID, so that no
 * secret goes to the wrong one. A host that does not refuse the client without a secret has not checked the secret.
 */
export async function probeSecret(context: OAuthContext): Promise<'accepted' | 'refused' | 'unchecked'> {
  const failure = await probe(context, { secret: context.clientSecret });
  if (failure.code === 'oauth.invalidClient' || !isConclusive(failure)) {
    return failure.code === 'oauth.invalidClient' ? 'refused' : 'unchecked';
  }
  return (await probe(context)).code === 'oauth.invalidClient' ? 'accepted' : 'unchecked';
}

/**
 * Rejects if a sign-in in the browser cannot succeed: NinjaOne would show an error page for a client ID that it does not
 * know, and not return (A16). Any other problem with the check is no reason not to try, so it takes at most 3 seconds.
 */
export async function checkClient(context: OAuthContext): Promise<void> {
  const failure = await probe(context, { timeout: 3000 }).catch((error: unknown) => error);
  if (isNinjaOneError(failure) && (failure.code === UNKNOWN_CLIENT || failure.code === 'network.checksOff')) {
    throw failure;
  }
}

/**
 * Sends an authorization code that cannot exist, so that nothing is granted, and no secret unless it is given, because the
 * host may be the wrong one. Resolves to the refusal. `timeout` in milliseconds.
 */
async function probe(
  context: OAuthContext,
  { secret, timeout }: { readonly secret?: string | undefined; readonly timeout?: number } = {},
): Promise<NinjaOneError> {
  const { clientId, instance, redirectUri } = context.connection;
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code: 'none',
    redirect_uri: redirectUri ?? nativeRedirect(),
    ...(secret === undefined ? {} : { client_secret: secret }),
  });
  const response = await post(context, endpointsOf(instance.origin).token, { headers: FORM, form, timeout });
  return toServerError(response, 'probe', context.connection);
}

/** Only an error of the token endpoint itself means that it knows the client; another 404 does not. */
function isConclusive({ intent, support }: NinjaOneError): boolean {
  return intent !== 'transient' && [400, 401, 403].includes(support.status ?? 0);
}

const UNKNOWN_CLIENT = 'oauth.wrongRegion';

const FORM = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', accept: 'application/json' };

interface Parties {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  readonly options: oauth.TokenEndpointRequestOptions & oauth.RevocationRequestOptions;
}

function requestTokens(
  context: OAuthContext,
  step: Step,
  request: (parties: Parties) => Promise<Response>,
): Promise<TokenSet> {
  const issuedAt = context.now();
  return guarded(context, async () => {
    const accept = (response: ErrorResponse): Response => acceptTokens(response, step, context.connection);
    const parties = partiesOf(context, accept, step === 'refresh' ? REFRESH_TIMEOUT : undefined);
    const response = await request(parties);
    const tokens = await oauth.processGenericTokenEndpointResponse(parties.server, parties.client, response);
    return {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      scopes: tokens.scope === undefined ? undefined : [...new Set(tokens.scope.split(' ').filter(Boolean))],
      issuedAt,
      expiresAt: issuedAt + (tokens.expires_in ?? 0) * 1000,
    };
  });
}

/**
 * Passes only a valid token response to the library; errors are classified here, based on NinjaOne's messages. RFC 6749
 * §5.1 asks for status 200. The tokens of any other complete success count, too, such as 203 of a proxy that changed the
 * response: the server has used up the refresh token, so that refusing the new one would lose the session (A7).
 */
function acceptTokens(response: ErrorResponse, step: Step, connection: Connection): Response {
  const { status } = response;
  const isComplete = status >= 200 && status < 300 && status !== PARTIAL_CONTENT;
  const tokens = isComplete ? parseTokenResponse(response.text) : undefined;
  if (tokens === undefined) {
    throw toServerError(response, step, connection);
  }
  if ('problem' in tokens) {
    throw invalidResponse(tokens.problem, connection, response);
  }
  return Response.json(tokens);
}

function partiesOf(context: OAuthContext, accept: (response: ErrorResponse) => Response, timeout?: number): Parties {
  const { connection } = context;
  const { origin, kind } = connection.instance;
  const { authorize, token, revoke } = endpointsOf(origin);
  return {
    server: { issuer: origin, authorization_endpoint: authorize, token_endpoint: token, revocation_endpoint: revoke },
    client: { client_id: connection.clientId },
    authentication: authenticationOf(context),
    options: {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated only to stand out in a review; a test server on loopback has no certificate
      [oauth.allowInsecureRequests]: kind === 'loopback' && origin.startsWith('http:'),
      [oauth.customFetch]: async (url, { headers, body }) =>
        accept(await post(context, url, { headers, form: body, timeout })),
    },
  };
}

/** RFC 6749 §2.3.1. A public client never sends a secret, even if one is still stored. */
function authenticationOf({ connection, clientSecret = '' }: OAuthContext): oauth.ClientAuth {
  if (!hasClientSecret(connection.platform)) {
    return oauth.None();
  }
  if (clientSecret === '') {
    throw noClientSecret(connection);
  }
  return oauth.ClientSecretPost(clientSecret);
}

async function post(
  { transport, signal }: OAuthContext,
  url: string,
  { headers, form, timeout = TOKEN_TIMEOUT }: TokenPost,
): Promise<ErrorResponse> {
  const request = { url, method: 'POST', headers, body: form.toString(), timeout, maxBytes: 65_536 } as const;
  const response = await transport({ ...request, signal, pool: 'tokens' });
  const text = new TextDecoder().decode(response.body);
  return {
    status: response.status,
    headers: response.headers,
    text,
    secrets: SECRETS.flatMap((name) => form.getAll(name)),
  };
}

interface TokenPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** Milliseconds. */
const TOKEN_TIMEOUT = 15_000;
/**
 * The response to a refresh may be the only copy of the next refresh token, so it is waited for as long as other windows
 * wait for the lock; see `LONGEST_RENEWAL`.
 */
const REFRESH_TIMEOUT = 30_000;

const SECRETS = ['client_secret', 'refresh_token', 'token', 'code', 'code_verifier'];

/** Errors of the library contain the response with its tokens, so they are replaced. */
async function guarded<T>({ connection }: OAuthContext, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (isNinjaOneError(error)) {
      throw error;
    }
    throw invalidResponse('not valid OAuth 2.0', connection);
  }
}
