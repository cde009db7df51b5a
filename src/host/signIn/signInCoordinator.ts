import * as vscode from 'vscode';
import { canceled, NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { hasClientSecret, orderScopes, type Connection, type Scope } from '../../core/connections/connection.ts';
import { isConnectionEntry } from '../../core/connections/connectionDraft.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import { coversScopes } from '../../core/sessions/session.ts';
import type { SignInRequest } from '../../core/sessions/signInTarget.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { pickConnection } from '../selection/pickConnection.ts';
import type { Settings } from '../platform/settings.ts';
import { QuestionTime } from './questionTime.ts';
import type { SignIn } from './signIn.ts';

export interface SignInCoordinatorOptions {
  readonly settings: Settings;
  readonly tokens: TokenService;
  readonly signIn: SignIn;
  readonly clientSecrets: ClientSecrets;
  /** Opens the wizard, and returns at once: VS Code queues every other request behind the one that opened it (A17). */
  readonly openWizard: () => void;
  readonly now: () => number;
}

/** Starts a sign-in for another extension or for our own commands: selects connection and scopes, then gets tokens. */
export class SignInCoordinator {
  readonly #options: SignInCoordinatorOptions;

  constructor(options: SignInCoordinatorOptions) {
    this.#options = options;
  }

  /** For a request of another extension (A17). Rejects as canceled when the user closes a pick. */
  async start(request: SignInRequest): Promise<UsableSession> {
    const { settings, tokens, now } = this.#options;
    const startedAt = now();
    const questions = new QuestionTime();
    const { signInTarget } = await import('../../core/sessions/signInTarget.ts');
    const { connection: named, scopes } = signInTarget(request, settings.connections);
    const connection = await questions.ask((over) => this.#choose(scopes, named, over));
    const recent = tokens.recent(connection, scopes, startedAt);
    if (recent && (!request.account || recent.account.id === request.account.id)) {
      return recent;
    }
    return this.#confirmAndSignIn(connection, scopes, questions);
  }

  /** Requests all scopes of the connection (A10). An extension needs a confirmation to sign in a service. */
  signInTo(connection: Connection, by: 'user' | 'extension'): Promise<UsableSession> {
    const questions = new QuestionTime();
    return by === 'user'
      ? this.#signIn(connection, connection.scopes, questions)
      : this.#confirmAndSignIn(connection, connection.scopes, questions);
  }

  /** If the caller may not be the user, a service needs a confirmation, because it has no consent page. */
  async #confirmAndSignIn(
    connection: Connection,
    scopes: readonly Scope[],
    questions: QuestionTime,
  ): Promise<UsableSession> {
    if (hasClientSecret(connection.platform)) {
      const { confirmService, ensureClientSecret } = await import('./signInQuestions.ts');
      if (connection.platform === 'api-services') {
        await questions.ask(() => confirmService(connection, scopes));
      }
      // Nobody else can ask: another extension cannot store the secret, and its user has just agreed to sign in.
      await questions.ask((over) => ensureClientSecret(connection, this.#options.clientSecrets, over));
    }
    return this.#signIn(connection, scopes, questions);
  }

  /** The connection may be renamed while the browser is open, so the account is that of the present settings. */
  async #signIn(connection: Connection, scopes: readonly Scope[], questions: QuestionTime): Promise<UsableSession> {
    const { tokens, signIn } = this.#options;
    const usable = await tokens.signIn(connection, scopes, () => signIn.acquire(connection, scopes, questions));
    return tokens.find(usable.session.id) ?? usable;
  }

  async #choose(scopes: readonly Scope[], named: Connection | undefined, signal: AbortSignal): Promise<Connection> {
    const { settings, openWizard } = this.#options;
    if (named) {
      return coversScopes(named.scopes, scopes) ? named : this.#widen(named, scopes, signal);
    }
    if (settings.connections.length === 0) {
      openWizard();
      throw setupRequired();
    }
    const allowing = settings.connections.filter((connection) => coversScopes(connection.scopes, scopes));
    if (allowing.length > 0) {
      return allowing.length === 1 && allowing[0] ? allowing[0] : this.#pick(allowing, signal);
    }
    const [only] = settings.connections;
    const connection =
      settings.connections.length === 1 && only ? only : await this.#pick(settings.connections, signal);
    return this.#widen(connection, scopes, signal);
  }

  /** Connections with a session come first, because a sign-in there is the shortest (A17). */
  #pick(connections: readonly Connection[], signal: AbortSignal): Promise<Connection> {
    const signedIn = new Set(this.#options.tokens.usable().map(({ connection }) => connection.id));
    const rank = ({ id }: Connection): number => (signedIn.has(id) ? 0 : 1);
    return pickConnection(
      connections.toSorted((a, b) => rank(a) - rank(b)),
      vscode.l10n.t('Sign in to which connection?'),
      signal,
    );
  }

  /** Adds the missing scopes to the connection in the settings if the user agrees in time. */
  async #widen(connection: Connection, scopes: readonly Scope[], signal: AbortSignal): Promise<Connection> {
    const { settings } = this.#options;
    const missing = scopes.filter((scope) => !connection.scopes.includes(scope));
    const { confirmMoreScopes } = await import('./signInQuestions.ts');
    await confirmMoreScopes(connection, missing);
    if (signal.aborted) {
      throw canceled();
    }
    const wider = orderScopes([...connection.scopes, ...scopes]);
    return settings.writeConnection(connection.name, (entries) =>
      entries.map((entry) => (isConnectionEntry(entry, connection) ? { ...(entry as object), scopes: wider } : entry)),
    );
  }
}

function setupRequired(): NinjaOneError {
  return new NinjaOneError({
    code: 'request.setupRequired',
    intent: 'misconfigured',
    message: l10n.t('NinjaOne has no connection yet. Add one in the wizard, then try again.'),
    action: 'addConnection',
  });
}
