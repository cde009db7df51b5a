import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import type { PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import type { TokenSet } from '../../core/sessions/tokenRequests.ts';
import { setContext } from '../platform/contributions.ts';
import type { SignInAttempt } from './signInAttempt.ts';
import type { PendingSignIn, SignInOptions } from './signInTypes.ts';

/** Signs in with the browser or the client secret, one sign-in at a time per window (A4). */
export class SignIn implements Disposable {
  readonly #options: SignInOptions;
  readonly #changed = new Emitter<void>();
  /** Created with the first attempt, because nothing waits for a callback before it. */
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

  /** A second call for the same connection and scopes joins the first. Any other call replaces it. */
  async acquire(connection: Connection, scopes: readonly Scope[]): Promise<TokenSet> {
    await this.#options.confirmHost(connection);
    const { createCallbacks, SignInAttempt } = await import('./signInAttempt.ts');
    const callbacks = (this.#callbacks ??= createCallbacks());
    // The previous attempt may still hold a registered port that this one needs. Another sign-in may start while we
    // await, so re-check until none is left.
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

  /** Handles the query of a callback, however it arrived. */
  settle(query: string): 'settled' | 'ignored' {
    return this.#callbacks?.settle(query) ?? 'ignored';
  }

  reopenBrowser(): void {
    this.#attempt?.showBrowser();
  }

  /** Asks for the URL at which the browser ended. A wrong URL is explained in the box and does not end the sign-in. */
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
