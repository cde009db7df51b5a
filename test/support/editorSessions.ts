import type * as vscode from 'vscode';

/**
 * Chooses and remembers sessions for one extension as VS Code does: consent
 * and the preferred account go by the label of the account, and a silent request without an account is answered only by
 * the preferred one. The user always allows, and takes the first account of a list.
 */
export class EditorSessions {
  readonly #provider: vscode.AuthenticationProvider;
  readonly #signIn: (task: () => Thenable<vscode.AuthenticationSession>) => Promise<vscode.AuthenticationSession>;
  readonly #allowed = new Set<string>();
  #preferred: string | undefined;
  /** How often VS Code would have said "Incorrect account detected". */
  incorrectAccounts = 0;

  constructor(
    provider: vscode.AuthenticationProvider,
    /** Runs `createSession` with a browser that comes back. */
    signIn: (task: () => Thenable<vscode.AuthenticationSession>) => Promise<vscode.AuthenticationSession>,
  ) {
    this.#provider = provider;
    this.#signIn = signIn;
  }

  async getSession(
    scopes: readonly string[],
    options: vscode.AuthenticationGetSessionOptions,
  ): Promise<vscode.AuthenticationSession | undefined> {
    const { silent = false, forceNewSession } = options;
    let { account } = options;
    const sessions = await this.#provider.getSessions([...scopes], account ? { account } : {});
    const isAllowed = ({ account: { label } }: vscode.AuthenticationSession): boolean => this.#allowed.has(label);
    const preferred = sessions.find(({ account: { label } }) => label === this.#preferred);
    if (!forceNewSession && preferred && isAllowed(preferred)) {
      return preferred;
    }
    if (silent) {
      return this.#preferred === undefined ? sessions.find(isAllowed) : undefined;
    }
    const [first] = sessions;
    // A new session is requested for the preferred account, if that has one already.
    account ??= preferred?.account;
    const context = account ? { account } : {};
    const session =
      first && !forceNewSession
        ? first
        : await this.#signIn(() => Promise.resolve(this.#provider.createSession([...scopes], context)));
    if (account && session.account.label !== account.label) {
      this.incorrectAccounts += 1;
    }
    this.#allowed.add(session.account.label);
    this.#preferred = session.account.label;
    return session;
  }
}
