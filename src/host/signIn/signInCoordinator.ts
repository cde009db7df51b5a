import { hasClientSecret, type Connection, type Scope } from '../../core/connections/connection.ts';
import type { ClientSecrets } from '../../core/sessions/clientSecrets.ts';
import type { SignInRequest } from '../../core/sessions/signInTarget.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { ChooseConnectionOptions } from './chooseConnection.ts';
import { QuestionTime } from './questionTime.ts';
import type { SignIn } from './signIn.ts';

export interface SignInCoordinatorOptions extends ChooseConnectionOptions {
  readonly signIn: SignIn;
  readonly clientSecrets: ClientSecrets;
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
    const { tokens, now } = this.#options;
    const startedAt = now();
    const questions = new QuestionTime();
    const { chooseConnection, throwUnlessAnswered } = await import('./chooseConnection.ts');
    const { connection, scopes } = await chooseConnection(this.#options, request, questions);
    const recent = tokens.recent(connection, scopes, startedAt);
    if (recent && (!request.account || recent.account.id === request.account.id)) {
      return recent;
    }
    const usable = await this.#confirmAndSignIn(connection, scopes, questions);
    throwUnlessAnswered(request, usable);
    return usable;
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
}
