import type { ApiSession } from '../../core/api/apiClient.ts';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { Operation } from '../../core/catalog/operation.ts';
import { SCOPES, type Connection } from '../../core/connections/connection.ts';
import { coversScopes, type Account } from '../../core/sessions/session.ts';
import { matchingSessions, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';

export interface RequestSessionsOptions {
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
}

/** Chooses the session with which a request is sent. */
export class RequestSessions {
  readonly #options: RequestSessionsOptions;

  constructor(options: RequestSessionsOptions) {
    this.#options = options;
  }

  /** Signs in if no session has the scope. Rejects with a NinjaOneError, such as `request.lacksScope`. */
  async sessionFor(operation: Operation, connection: Connection): Promise<ApiSession> {
    const { scope } = operation.traits;
    if (!connection.scopes.includes(scope)) {
      throw lacksScope(connection, scope);
    }
    return (
      this.existing(operation, connection) ??
      this.#asSession(await this.#options.coordinator.signInTo(connection, 'extension'), connection)
    );
  }

  /** The session with the fewest scopes that covers the operation. */
  existing(operation: Operation, connection: Connection): ApiSession | undefined {
    return this.existingWithAccount(operation, connection)?.session;
  }

  /** The same, with the account that VS Code shows for it. */
  existingWithAccount(
    { traits }: Operation,
    connection: Connection,
  ): { readonly session: ApiSession; readonly account: Account } | undefined {
    const usable = this.#usable(connection);
    const found =
      matchingSessions(usable, [traits.scope], undefined)[0] ??
      usable.find(({ session }) => session.scopes.includes(traits.scope));
    return found && { session: this.#asSession(found, connection), account: found.account };
  }

  /** The narrowest session of the same connection with more scopes; one with `control` only if there is no other. */
  wider({ connection, scopes }: ApiSession): ApiSession | undefined {
    const [found] = this.#usable(connection)
      .filter(({ session }) => session.scopes.length > scopes.length && coversScopes(session.scopes, scopes))
      .sort((a, b) => widthOf(a) - widthOf(b));
    return found && this.#asSession(found, connection);
  }

  #usable({ id }: Connection): readonly UsableSession[] {
    return this.#options.tokens.usable().filter(({ connection }) => connection.id === id);
  }

  #asSession({ session: { id, scopes } }: UsableSession, connection: Connection): ApiSession {
    const { tokens } = this.#options;
    return {
      connection,
      scopes,
      accessToken: async (options) => (await tokens.getValidToken(id, options)).session.accessToken,
    };
  }
}

function widthOf({ session: { scopes } }: UsableSession): number {
  return scopes.length + (scopes.includes('control') ? SCOPES.length : 0);
}

function lacksScope(connection: Connection, scope: string): NinjaOneError {
  return new NinjaOneError({
    code: 'request.lacksScope',
    intent: 'permission',
    message: l10n.t({
      message:
        'This operation needs the scope {1}, which the connection {0} does not include. Add the scope to the connection and sign in again.',
      args: [connection.name, scope],
      comment: '{0} is the name of a connection and {1} a scope.',
    }),
    action: 'editConnection',
  });
}
