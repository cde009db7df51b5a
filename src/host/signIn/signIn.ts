import { canceled } from '../../core/base/errors.ts';
import { Emitter, type Disposable, type Event } from '../../core/base/lifecycle.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import type { CallbackOutcome, PendingCallbacks } from '../../core/oauth/pendingCallbacks.ts';
import type { TokenSet } from '../../core/sessions/tokenRequests.ts';
import { setContext } from '../platform/contributions.ts';
import type { QuestionTime } from './questionTime.ts';
import type { SignInAttempt as Attempt } from './signInAttempt.ts';
import type { PendingSignIn, SignInOptions } from './signInTypes.ts';

/** Signs in with the browser or the client secret, one sign-in at a time per window (A4). */
export class SignIn implements Disposable {
  readonly #options: SignInOptions;
  readonly #changed = new Emitter<void>();
  /** Created with the first attempt, because nothing waits for a callback before it. */
  #callbacks: PendingCallbacks | undefined;
  /**
   * Sign-ins that are not attempts yet, because a question about the host is open or code is loading, and their
   * targets.
   */
  readonly #starting = new Map<AbortController, string>();
  #attempt: Attempt | undefined;
  #last: Attempt | undefined;
  #isEndShown = false;
  #isDisposed = false;

  readonly onDidChangePending: Event<void> = this.#changed.event;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  get pending(): PendingSignIn | undefined {
    return this.#attempt;
  }

  /** A second call for the same connection and scopes joins the first. Any other call replaces it. */
  async acquire(connection: Connection, scopes: readonly Scope[], questions: QuestionTime): Promise<TokenSet> {
    const attempt = await this.#start(connection, scopes, questions);
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

  /** Handles the query of a callback that the browser sent to VS Code. */
  settle(query: string): CallbackOutcome {
    const outcome = this.#callbacks?.settle(query) ?? 'ignored';
    if (outcome === 'ended') {
      void this.#tellEnd();
    }
    return outcome;
  }

  reopenBrowser(): void {
    this.#attempt?.showBrowser();
  }

  /** Copies the address of the sign-in page, for another browser, profile or private window. */
  async copySignInLink(): Promise<void> {
    await this.#attempt?.copyLink();
  }

  /** Asks for the URL at which the browser ended. A wrong URL is explained in the box and does not end the sign-in. */
  async pasteRedirectUrl(): Promise<void> {
    await this.#attempt?.paste();
  }

  cancel(): void {
    for (const start of this.#starting.keys()) {
      start.abort();
    }
    this.#attempt?.cancel();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.cancel();
    void this.#last?.release();
    this.#changed.dispose();
  }

  /** The pending attempt if it is for the same connection and scopes, else a new one. Rejects as canceled. */
  async #start(connection: Connection, scopes: readonly Scope[], questions: QuestionTime): Promise<Attempt> {
    const start = new AbortController();
    const target = JSON.stringify([connection, scopes]);
    for (const [earlier, itsTarget] of this.#starting) {
      if (itsTarget !== target) {
        earlier.abort();
      }
    }
    this.#starting.set(start, target);
    if (this.#isDisposed) {
      start.abort();
    }
    try {
      const { createCallbacks, SignInAttempt } = await import('./signInAttempt.ts');
      await questions.ask((over) => this.#options.confirmHost(connection, over), start.signal);
      const callbacks = (this.#callbacks ??= createCallbacks());
      // The previous attempt may still hold a registered port that this one needs. Another sign-in may start while we
      // await, so re-check until none is left.
      for (let last = this.#last; last; last = this.#last) {
        if (last === this.#attempt && last.isFor(connection, scopes)) {
          last.showBrowser();
          return last;
        }
        this.#last = undefined;
        last.cancel();
        await last.release();
      }
      if (start.signal.aborted) {
        throw canceled();
      }
      const attempt = new SignInAttempt(connection, scopes, { ...this.#options, callbacks, questions });
      this.#attempt = attempt;
      this.#last = attempt;
      this.#updateContextKeys();
      return attempt;
    } finally {
      this.#starting.delete(start);
    }
  }

  /** The page of NinjaOne cannot say it: it sent the browser to VS Code, and VS Code to this window. */
  async #tellEnd(): Promise<void> {
    if (!this.#isEndShown) {
      this.#isEndShown = true;
      const { showSignInEnded } = await import('./signInMessages.ts');
      await showSignInEnded();
      this.#isEndShown = false;
    }
  }

  #updateContextKeys(): void {
    setContext('ninjaone.signingIn', this.#attempt !== undefined);
    this.#changed.fire();
  }
}
