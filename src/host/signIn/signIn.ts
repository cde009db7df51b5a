import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import type { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import type { TokenSet } from '../../core/sessions/tokenRequests.ts';
import { setContext } from '../platform/contributions.ts';
import type { SignInAttempt } from './signInAttempt.ts';
import type { PendingSignIn, SignInOptions } from './signInTypes.ts';

/** Gets the tokens of a sign-in: through the browser, or with the client secret. One at a time in a window (A4). */
export class SignIn implements Disposable {
  readonly #options: SignInOptions;
  readonly #changed = new Emitter<void>();
  /** Comes with the first attempt: before it nobody waits for anything. */
  #callbacks: PendingCallbacks | undefined;
  #attempt: SignInAttempt | undefined;
  #last: SignInAttempt | undefined;

  readonly onDidChangePending: Event<void> = this.#changed.event;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  get pending(): PendingSignIn | undefined {
    return this.#attempt;
  }

  /** A second call for the same connection and scopes joins the first; any other replaces it. */
  async acquire(connection: Connection, scopes: readonly Scope[]): Promise<TokenSet> {
    await this.#options.confirmHost(connection);
    const { createCallbacks, SignInAttempt } = await import('./signInAttempt.ts');
    const callbacks = (this.#callbacks ??= createCallbacks());
    // A registered port is needed again, and the one before may still hold it. What is awaited may let another call
    // start a sign-in, so the question is asked until nothing was awaited.
    for (let last = this.#last; last; last = this.#last) {
      if (last === this.#attempt && last.isFor(connection, scopes)) {
        last.showBrowser();
        return last.tokens;
      }
      this.#last = undefined;
      last.cancel();
      await last.release();
    }
    const attempt = new SignInAttempt(connection, scopes, { ...this.#options, callbacks });
    this.#attempt = attempt;
    this.#last = attempt;
    this.#updateContextKeys();
    try {
      return await attempt.tokens;
    } finally {
      attempt.dispose();
      if (this.#attempt === attempt) {
        this.#attempt = undefined;
        this.#updateContextKeys();
      }
    }
  }

  /** The query of a callback, wherever it arrived. */
  settle(query: string): 'settled' | 'ignored' {
    return this.#callbacks?.settle(query) ?? 'ignored';
  }

  reopenBrowser(): void {
    this.#attempt?.showBrowser();
  }

  /** Asks for the address that the browser ended on; wrong ones are explained while typing, the sign-in waits on. */
  async pasteRedirectUrl(): Promise<void> {
    await this.#attempt?.paste();
  }

  cancel(): void {
    this.#attempt?.cancel();
  }

  dispose(): void {
    this.cancel();
    this.#changed.dispose();
  }

  #updateContextKeys(): void {
    setContext('ninjaone.signingIn', this.#attempt !== undefined);
    this.#changed.fire();
  }
}
