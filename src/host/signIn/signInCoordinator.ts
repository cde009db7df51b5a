import * as vscode from 'vscode';
import { canceled } from '../../core/base/errors.ts';
import { orderScopes, type Connection, type Scope } from '../../core/connections/connection.ts';
import { isEntryOf } from '../../core/connections/connectionDraft.ts';
import { covers } from '../../core/sessions/session.ts';
import { satisfiesScopes, sessionsFor, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { confirm } from '../platform/confirm.ts';
import { pickConnection } from '../selection/pickConnection.ts';
import type { Settings } from '../platform/settings.ts';
import type { SignIn } from './signIn.ts';

export interface SignInCoordinatorOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  /** The wizard; resolves to the connection that was added, or undefined when it was left. */
  readonly addConnection: () => Promise<Connection | undefined>;
  readonly now: () => number;
}

/** Starts a sign-in for another extension or for our own commands: which connection, which scopes, then the tokens. */
export class SignInCoordinator {
  readonly #options: SignInCoordinatorOptions;

  constructor(options: SignInCoordinatorOptions) {
    this.#options = options;
  }

  /** For a request of another extension (A17). Rejects as canceled when the user leaves a pick. */
  async start(scopes: readonly Scope[], accountId: string | undefined): Promise<UsableSession> {
    const { tokens, now } = this.#options;
    const startedAt = now();
    const account = tokens.usable().find((usable) => usable.account.id === accountId);
    // An account that can control machines is never signed in again for a request that did not name control.
    const again = account && satisfiesScopes(account.session, scopes) ? account : undefined;
    const connection = again?.connection ?? (await this.#choose(scopes, account?.connection));
    if (connection === 'added') {
      return this.#signedInByWizard(scopes);
    }
    const recent = tokens.recent(connection, scopes, startedAt);
    if (recent && (!again || recent.session.id === again.session.id)) {
      return recent;
    }
    return this.#ask(connection, again?.session.scopes ?? scopes);
  }

  /** The Sign In command: everything that the connection allows (A10). `program` asks before a service is signed in. */
  signInTo(connection: Connection, by: 'person' | 'program'): Promise<UsableSession> {
    return by === 'person' ? this.#signIn(connection, connection.scopes) : this.#ask(connection, connection.scopes);
  }

  /** For who is not known to be the user: a service has no consent page, so we ask. */
  async #ask(connection: Connection, scopes: readonly Scope[]): Promise<UsableSession> {
    if (connection.platform === 'api-services') {
      await confirmService(connection, scopes);
    }
    return this.#signIn(connection, scopes);
  }

  #signIn(connection: Connection, scopes: readonly Scope[]): Promise<UsableSession> {
    const { tokens, signIn } = this.#options;
    return tokens.signIn(connection, scopes, () => signIn.acquire(connection, scopes));
  }

  /**
   * The wizard ends with a sign-in of its own. When that failed it has said why, and a second one would not help; when it
   * made a session that may not answer the request, because it can control machines, the request gets its own.
   */
  async #signedInByWizard(scopes: readonly Scope[]): Promise<UsableSession> {
    const usable = this.#options.tokens.usable();
    const [fitting] = sessionsFor(usable, scopes, undefined);
    const [any] = usable;
    if (!any) {
      throw canceled();
    }
    return fitting ?? this.#ask(any.connection, scopes);
  }

  async #choose(scopes: readonly Scope[], preferred: Connection | undefined): Promise<Connection | 'added'> {
    const { settings, addConnection } = this.#options;
    if (preferred && covers(preferred.scopes, scopes)) {
      return preferred;
    }
    if (settings.connections.length === 0) {
      const added = await addConnection();
      if (!added) {
        throw canceled();
      }
      return covers(added.scopes, scopes) ? 'added' : this.#widen(added, scopes);
    }
    const allowing = settings.connections.filter((connection) => covers(connection.scopes, scopes));
    if (allowing.length > 0) {
      return allowing.length === 1 && allowing[0] ? allowing[0] : pickConnection(allowing);
    }
    const [only] = settings.connections;
    return this.#widen(
      settings.connections.length === 1 && only ? only : await pickConnection(settings.connections),
      scopes,
    );
  }

  /** Adds the missing scopes to the connection in the settings, when the user agrees. */
  async #widen(connection: Connection, scopes: readonly Scope[]): Promise<Connection> {
    const { settings } = this.#options;
    const missing = scopes.filter((scope) => !connection.scopes.includes(scope));
    await confirm(
      {
        message: vscode.l10n.t('Allow {0} for the connection {1}?', missing.join(', '), connection.name),
        detail: vscode.l10n.t(
          'An extension asks for {0}, which this connection does not allow yet. The client app in NinjaOne must allow it too.',
          missing.join(', '),
        ),
      },
      vscode.l10n.t('Add and Sign In'),
    );
    const wider = orderScopes([...connection.scopes, ...scopes]);
    return settings.writeConnection(connection.name, (entries) =>
      entries.map((entry) => (isEntryOf(entry, connection) ? { ...(entry as object), scopes: wider } : entry)),
    );
  }
}

/** Client credentials have no consent page, so this is it; the answer is never remembered (A17). */
async function confirmService(connection: Connection, scopes: readonly Scope[]): Promise<void> {
  await confirm(
    {
      message: vscode.l10n.t('Sign in to {0} as a service?', connection.name),
      detail: vscode.l10n.t(
        'A token of {0} with these scopes is made with the client secret: {1}. NinjaOne shows no page of its own. Say no if you did not ask for it and no extension of yours should.',
        connection.instance.host,
        scopes.join(', '),
      ),
    },
    vscode.l10n.t('Sign In'),
  );
}
