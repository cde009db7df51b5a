import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import { orderScopes, type Connection, type Scope } from '../../core/connections/connection.ts';
import { isConnectionEntry } from '../../core/connections/connectionDraft.ts';
import { coversScopes } from '../../core/sessions/session.ts';
import { satisfiesScopes, matchingSessions, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { pickConnection } from '../selection/pickConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from './signIn.ts';

export interface SignInCoordinatorOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  /** The wizard; resolves to the connection that was added, or to undefined if the user closed it. */
  readonly addConnection: () => Promise<Connection | undefined>;
  readonly now: () => number;
}

/** Starts a sign-in for another extension or for our own commands: selects connection and scopes, then gets tokens. */
export class SignInCoordinator {
  readonly #options: SignInCoordinatorOptions;

  constructor(options: SignInCoordinatorOptions) {
    this.#options = options;
  }

  /** For a request of another extension (A17). Rejects as canceled when the user closes a pick. */
  async start(scopes: readonly Scope[], accountId: string | undefined): Promise<UsableSession> {
    const { tokens, now } = this.#options;
    const startedAt = now();
    const account = tokens.usable().find((usable) => usable.account.id === accountId);
    // An account with the scope control is never signed in again for a request that did not ask for control.
    const again = account && satisfiesScopes(account.session, scopes) ? account : undefined;
    const connection = again?.connection ?? (await this.#choose(scopes, account?.connection));
    if (connection === 'added') {
      return this.#signedInByWizard(scopes);
    }
    const recent = tokens.recent(connection, scopes, startedAt);
    if (recent && (!again || recent.session.id === again.session.id)) {
      return recent;
    }
    return this.#confirmAndSignIn(connection, again?.session.scopes ?? scopes);
  }

  /** Requests all scopes of the connection (A10). An extension needs a confirmation to sign in a service. */
  signInTo(connection: Connection, by: 'user' | 'extension'): Promise<UsableSession> {
    return by === 'user'
      ? this.#signIn(connection, connection.scopes)
      : this.#confirmAndSignIn(connection, connection.scopes);
  }

  /** If the caller may not be the user, a service needs a confirmation, because it has no consent page. */
  async #confirmAndSignIn(connection: Connection, scopes: readonly Scope[]): Promise<UsableSession> {
    if (connection.platform === 'api-services') {
      const { confirmService } = await import('./signInQuestions.ts');
      await confirmService(connection, scopes);
    }
    return this.#signIn(connection, scopes);
  }

  /** The connection may be renamed while the browser is open, so the account is that of the present settings. */
  async #signIn(connection: Connection, scopes: readonly Scope[]): Promise<UsableSession> {
    const { tokens, signIn } = this.#options;
    const usable = await tokens.signIn(connection, scopes, () => signIn.acquire(connection, scopes));
    return tokens.find(usable.session.id) ?? usable;
  }

  /**
   * The wizard ends with a sign-in. If that failed, it has reported why, and a second sign-in would not help. If its
   * session does not satisfy the request, because it includes control, the request gets a session of its own.
   */
  async #signedInByWizard(scopes: readonly Scope[]): Promise<UsableSession> {
    const usable = this.#options.tokens.usable();
    const [fitting] = matchingSessions(usable, scopes, undefined);
    const [any] = usable;
    if (!any) {
      throw canceled();
    }
    return fitting ?? this.#confirmAndSignIn(any.connection, scopes);
  }

  async #choose(scopes: readonly Scope[], preferred: Connection | undefined): Promise<Connection | 'added'> {
    const { settings, addConnection } = this.#options;
    if (preferred && coversScopes(preferred.scopes, scopes)) {
      return preferred;
    }
    if (settings.connections.length === 0) {
      const added = await addConnection();
      if (!added) {
        throw canceled();
      }
      return coversScopes(added.scopes, scopes) ? 'added' : this.#widen(added, scopes);
    }
    const allowing = settings.connections.filter((connection) => coversScopes(connection.scopes, scopes));
    if (allowing.length > 0) {
      return allowing.length === 1 && allowing[0] ? allowing[0] : pickSignIn(allowing);
    }
    const [only] = settings.connections;
    return this.#widen(
      settings.connections.length === 1 && only ? only : await pickSignIn(settings.connections),
      scopes,
    );
  }

  /** Adds the missing scopes to the connection in the settings if the user agrees. */
  async #widen(connection: Connection, scopes: readonly Scope[]): Promise<Connection> {
    const { settings } = this.#options;
    const missing = scopes.filter((scope) => !connection.scopes.includes(scope));
    const { confirmMoreScopes } = await import('./signInQuestions.ts');
    await confirmMoreScopes(connection, missing);
    const wider = orderScopes([...connection.scopes, ...scopes]);
    return settings.writeConnection(connection.name, (entries) =>
      entries.map((entry) => (isConnectionEntry(entry, connection) ? { ...(entry as object), scopes: wider } : entry)),
    );
  }
}

function pickSignIn(connections: readonly Connection[]): Promise<Connection> {
  return pickConnection(connections, vscode.l10n.t('Sign in to which connection?'));
}
