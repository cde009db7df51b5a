import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import { textAt } from '../../core/base/untrusted.ts';
import { answersRequest, isAmong, parseScopeRequest, unknownScopeName } from '../../core/sessions/scopeRequest.ts';
import type { Account } from '../../core/sessions/session.ts';
import { RESPONSE_TIMEOUT } from '../../core/sessions/sessionRequest.ts';
import { matchingSessions, type UsableSessionsChange, type UsableSession } from '../../core/sessions/usableSessions.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { SignInCoordinator } from '../signIn/signInCoordinator.ts';

export interface AuthenticationProviderOptions {
  readonly tokens: TokenService;
  readonly coordinator: SignInCoordinator;
  /** Resolves when the stored sessions have been read, or could not be; never rejects. */
  readonly ready: Promise<void>;
  readonly signOut: (sessionId: string) => Promise<void>;
  readonly logger: Logger;
}

/** Offers the sessions of the token service to VS Code. Registered before anything is awaited (A9). */
export class NinjaOneAuthenticationProvider implements vscode.AuthenticationProvider, Disposable {
  readonly #options: AuthenticationProviderOptions;
  readonly #changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
  readonly #subscription: Disposable;
  /** Requested scope sets that no session satisfied, exactly as they were requested. */
  readonly #unmatched = new Map<string, readonly string[]>();
  /** Entries of requests that have no meaning and are in the log. */
  readonly #unknown = new Set<string>();

  /** The scopes of our own request, which puts an entry into the Accounts menu (A15). */
  menuRequest: readonly string[] | undefined;

  readonly onDidChangeSessions = this.#changed.event;

  /** Whether VS Code has asked this provider for anything. */
  wasAsked = false;

  constructor(options: AuthenticationProviderOptions) {
    this.#options = options;
    this.#subscription = options.tokens.onDidChange((change) => {
      this.#changed.fire(this.#eventOf(change));
    });
  }

  async getSessions(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession[]> {
    this.wasAsked = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      // Also while a slow secret storage is read. The renewals end a little earlier, and choose the answer themselves.
      timer = setTimeout(resolve, RESPONSE_TIMEOUT);
    });
    try {
      return await this.#answer(scopes, options, over);
    } finally {
      clearTimeout(timer);
    }
  }

  async createSession(
    scopes: readonly string[],
    options: vscode.AuthenticationProviderSessionOptions,
  ): Promise<vscode.AuthenticationSession> {
    await this.#options.ready;
    const account = namedAccount(options);
    const usable = await this.#named(this.#options.coordinator.start({ ...parseScopeRequest(scopes), account }));
    return toSession(usable, scopes);
  }

  async removeSession(sessionId: string): Promise<void> {
    await this.#options.ready;
    await this.#named(this.#options.signOut(sessionId));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** When the time is over, the sessions are returned as they are then. */
  async #answer(
    scopes: readonly string[] | undefined,
    options: vscode.AuthenticationProviderSessionOptions,
    over: Promise<void>,
  ): Promise<vscode.AuthenticationSession[]> {
    const { tokens, ready } = this.#options;
    await Promise.race([ready, over]);
    const accountId = namedAccount(options)?.id;
    if (scopes === undefined) {
      return tokens
        .usable()
        .filter(({ account }) => accountId === undefined || account.id === accountId)
        .map((usable) => toSession(usable, usable.session.scopes));
    }
    const request = parseScopeRequest(scopes);
    if (request.unknown.length > 0) {
      this.#logUnknown(request.unknown);
      return [];
    }
    const present = (): readonly UsableSession[] =>
      matchingSessions(
        tokens.usable().filter(({ connection }) => isAmong(connection, request.connectionIds)),
        request.scopes,
        accountId,
      );
    const found = await Promise.race([
      this.#named(tokens.sessionsFor(request.scopes, accountId, request.connectionIds)),
      over.then(present),
    ]);
    if (found.length === 0) {
      this.#remember(scopes);
    }
    return found.map((usable) => toSession(usable, scopes));
  }

  /** Rejects with an error that the other extension knows by its name (X6). */
  async #named<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      const { toPublicError } = await import('./publicErrors.ts');
      throw toPublicError(error, this.#options.logger);
    }
  }

  /** A silent request gets no error, so its author finds a typing mistake here, once for each. */
  #logUnknown(unknown: readonly string[]): void {
    for (const scope of unknown.map(unknownScopeName)) {
      if (this.#unknown.size < MAX_UNMATCHED && !this.#unknown.has(scope)) {
        this.#unknown.add(scope);
        this.#options.logger.warn(`An extension requested the scope "${scope}", which NinjaOne does not have.`);
      }
    }
  }

  #remember(scopes: readonly string[]): void {
    if (this.#unmatched.size < MAX_UNMATCHED) {
      this.#unmatched.set(JSON.stringify(scopes), scopes);
    }
  }

  /**
   * VS Code removes its "Sign in to use …" entry only when a session with exactly the requested scopes is added, so each
   * request that is satisfied now gets a copy of its own (A12).
   */
  #eventOf(change: UsableSessionsChange): vscode.AuthenticationProviderAuthenticationSessionsChangeEvent {
    const isNew = new Set(change.added);
    // A session that becomes usable again counts as changed, but must also satisfy the requests that failed meanwhile.
    const added = [...change.added, ...change.changed].flatMap((usable) => {
      const copies = isNew.has(usable) ? [toSession(usable, usable.session.scopes)] : [];
      for (const [key, scopes] of this.#unmatched) {
        if (answersRequest(usable, parseScopeRequest(scopes))) {
          this.#unmatched.delete(key);
          copies.push(toSession(usable, scopes));
        }
      }
      return copies;
    });
    const [first] = change.added;
    if (first && this.menuRequest) {
      // Whatever was signed in, the entry has done its work.
      added.push(toSession(first, this.menuRequest));
      this.menuRequest = undefined;
    }
    return {
      added,
      removed: change.removed.map((usable) => toSession(usable, usable.session.scopes)),
      changed: change.changed.map((usable) => toSession(usable, usable.session.scopes)),
    };
  }
}

const MAX_UNMATCHED = 100;

/** The account of a request. VS Code passes on what the other extension gave: without an id, it is that of no session. */
function namedAccount({ account }: vscode.AuthenticationProviderSessionOptions): Account | undefined {
  return account && { id: textAt(account, 'id') ?? '', label: textAt(account, 'label') ?? '' };
}

/** The copy has exactly the requested scopes, because VS Code compares them as strings (A10). */
function toSession({ session, account }: UsableSession, scopes: readonly string[]): vscode.AuthenticationSession {
  return { id: session.id, accessToken: session.accessToken, account, scopes: [...scopes] };
}
