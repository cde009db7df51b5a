import { canceled, errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { hasClientSecret, type Connection, type Scope } from '../connections/connection.ts';
import { noClientSecret } from '../connections/connectionErrors.ts';
import { parseInstance } from '../connections/instance.ts';
import type { Transport } from '../http/transport.ts';
import type * as Protocol from '../oauth/oauthClient.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import type { StoredSession, Tokens } from './session.ts';
import { sessionOrphaned, hostNotConfirmed } from './sessionErrors.ts';

/** The OAuth requests, loaded when the first of them is sent. */
export type OAuthSteps = Pick<typeof Protocol, 'refreshTokens' | 'mintToken' | 'revokeToken'>;
export type TokenSet = Protocol.TokenSet;
export type OAuthContext = Protocol.OAuthContext;

export interface TokenRequestOptions {
  readonly clientSecrets: ClientSecrets;
  readonly connections: () => readonly Connection[];
  /** False for a host that the user has not confirmed: no request is sent to it. */
  readonly mayContact: (connection: Connection) => boolean;
  readonly oauth: () => Promise<OAuthSteps>;
  readonly transport: Transport;
  readonly now: () => number;
  readonly logger: Logger;
}

/** Token requests of a session, each to the origin to which the session is bound (C4). */
export class TokenRequests {
  readonly #options: TokenRequestOptions;

  constructor(options: TokenRequestOptions) {
    this.#options = options;
  }

  /** The context of every OAuth request. Rejects if the host is not confirmed or the client secret is missing. */
  async context(connection: Connection, signal?: AbortSignal): Promise<OAuthContext> {
    const { clientSecrets, mayContact, transport, now } = this.#options;
    if (!mayContact(connection)) {
      throw hostNotConfirmed(connection);
    }
    const needsSecret = hasClientSecret(connection.platform);
    const clientSecret = needsSecret ? await clientSecrets.get(connection.id) : undefined;
    if (needsSecret && !clientSecret) {
      throw noClientSecret(connection);
    }
    return { connection, transport, clientSecret, now, ...(signal ? { signal } : {}) };
  }

  /** Requests a token for exactly these scopes with the client secret (A6). */
  async mint(connection: Connection, scopes: readonly Scope[], signal?: AbortSignal): Promise<TokenSet> {
    const steps = await this.#options.oauth();
    return steps.mintToken(await this.context(connection, signal), scopes);
  }

  /**
   * Requests the next token of a session, with its refresh token or with the client secret for the same scopes.
   * `closing` is aborted when the window is about to close: then nothing more is sent, and what was sent is not
   * canceled.
   */
  async renew(session: StoredSession, connection: Connection | undefined, closing: AbortSignal): Promise<Tokens> {
    if (!connection || !isBoundTo(session, connection)) {
      throw sessionOrphaned(session);
    }
    const steps = await this.#options.oauth();
    const context = await this.context(connection).finally(() => {
      // The window may have closed while the client secret was read, or that failed because it closes.
      if (closing.aborted) {
        throw canceled();
      }
    });
    if (session.platform === 'api-services') {
      return steps.mintToken(context, session.scopes);
    }
    if (session.refreshToken === undefined) {
      throw sessionOrphaned(session);
    }
    return steps.refreshTokens(context, session.refreshToken);
  }

  /**
   * Revokes the tokens at the origin that issued them (RFC 7009), the refresh token first, because it lives longer. Best
   * effort: tries each of them, and resolves to whether all succeeded.
   */
  async revoke(session: StoredSession): Promise<boolean> {
    const connection =
      this.#options.connections().find((candidate) => isBoundTo(session, candidate)) ?? asConnection(session);
    if (!connection) {
      return false;
    }
    try {
      const steps = await this.#options.oauth();
      const context = await this.context(connection);
      const { refreshToken, accessToken } = session;
      const results = await Promise.allSettled([
        ...(refreshToken === undefined ? [] : [steps.revokeToken(context, refreshToken, 'refresh_token')]),
        steps.revokeToken(context, accessToken, 'access_token'),
      ]);
      const refused = results.find((result) => result.status === 'rejected');
      if (refused) {
        throw refused.reason;
      }
      return true;
    } catch (error) {
      this.#options.logger.warn(`The tokens of session ${session.id} could not be revoked: ${errorMessage(error)}`);
      return false;
    }
  }
}

/** Tokens are sent only to the origin that issued them, by the client to which they were issued (C4). */
function isBoundTo(session: StoredSession, connection: Connection): boolean {
  return (
    connection.id === session.connectionId &&
    connection.instance.origin === session.origin &&
    connection.clientId === session.clientId &&
    connection.platform === session.platform
  );
}

/** A minimal connection for revoking the tokens of a session whose connection was removed. */
function asConnection(session: StoredSession): Connection | undefined {
  const parsed = parseInstance(session.origin);
  return parsed.ok
    ? {
        id: session.connectionId,
        name: session.connectionName,
        instance: parsed.instance,
        platform: session.platform,
        clientId: session.clientId,
        scopes: session.scopes,
        offlineAccess: false,
        redirectUri: undefined,
      }
    : undefined;
}
