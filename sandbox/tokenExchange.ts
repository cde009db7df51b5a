import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { SandboxResponse } from './response.ts';
import { incidentId } from './tenantResponses.ts';

/** The result of oidc-provider for a request to the token or revocation endpoint. */
export interface Exchange {
  readonly status: number;
  readonly body: unknown;
  readonly oidc: OidcContext;
}

export interface OidcContext {
  readonly client?: { grantTypeAllowed(type: string): boolean } | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly entities: Readonly<Record<string, unknown>>;
}

/** A copy of the request from which oidc-provider reads the body again, after the sandbox has read it. */
export function replayed(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { headers, method, url, socket, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  const known = { headers, method, url, socket, httpVersion, httpVersionMajor, httpVersionMinor };
  const replay = Readable.from(body.length === 0 ? [] : [body], { objectMode: false });
  return Object.assign(replay, known) as unknown as IncomingMessage;
}

/** Reduces the scopes of the issued tokens. */
export async function narrow(exchange: Exchange, scopes: readonly string[]): Promise<Exchange> {
  const { body, oidc } = exchange;
  if (typeof body !== 'object' || body === null || !('access_token' in body)) {
    return exchange;
  }
  const scope = scopes.join(' ');
  for (const name of ['AccessToken', 'ClientCredentials', 'RefreshToken']) {
    const token = oidc.entities[name] as { scope: string; save(): Promise<string> } | undefined;
    if (token) {
      token.scope = scope;
      await token.save();
    }
  }
  return { ...exchange, body: { ...body, scope } };
}

export function ninjaOneResponse({ status, body, oidc }: Exchange): SandboxResponse {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (error === 'invalid_client' && oidc.client === undefined) {
    return { status: 404, body: { resultCode: 'Client app not exist', incidentId: incidentId() } };
  }
  const grantType = oidc.params?.['grant_type'];
  if (
    error === 'invalid_request' &&
    typeof grantType === 'string' &&
    oidc.client?.grantTypeAllowed(grantType) === false
  ) {
    // RFC 6749 §5.2.
    const description = `Grant type ${grantType} is not allowed for client`;
    return { status: 400, body: { error: 'unauthorized_client', error_description: description } };
  }
  return body === '' || body === undefined || body === null ? { status } : { status, body };
}
