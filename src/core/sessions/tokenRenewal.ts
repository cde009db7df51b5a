import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { KeyedSingleFlight, type Disposable } from '../base/lifecycle.ts';
import type { Connection } from '../connections/connection.ts';
import type { RefreshLock } from './refreshLock.ts';
import { waitForGeneration } from './recordWait.ts';
import type { RenewalFailures } from './renewalFailures.ts';
import { excessScopes, isFresh, isRenewable, isValid, withTokens, type StoredSession, type Tokens } from './session.ts';
import {
  endsSession,
  renewalExceeded,
  sessionNotRenewable,
  sessionRenewedElsewhere,
  sessionSignedOut,
  unexpectedRenewalError,
} from './sessionErrors.ts';
import type { SessionStore } from './sessionStore.ts';
import { latestGeneration, successorIn, type TokenPersistence } from './tokenPersistence.ts';
import { isSpent, type TokenState, type TokenStates } from './tokenStates.ts';

export interface TokenRenewalOptions {
  readonly store: SessionStore;
  readonly states: TokenStates;
  readonly persistence: TokenPersistence;
  readonly failures: RenewalFailures;
  readonly lock: RefreshLock;
  /** One token request: refresh token grant, or client credentials for the same scopes. */
  readonly requestTokens: (session: StoredSession) => Promise<Tokens>;
  readonly connectionOf: (session: StoredSession) => Connection | undefined;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
  readonly now: () => number;
  /** False where windows do not share secrets (VS Code in a browser), so that there is nothing to wait for (A7). */
  readonly sharedSecrets: boolean;
  readonly timeouts?: RenewalTimeouts;
}

/** Milliseconds to wait for other windows and for the server. */
export interface RenewalTimeouts {
  /** For a record that another window has stored, before its token is used. */
  readonly catchUp: number;
  /** For a later record after the server has refused the current one, before the session ends. */
  readonly recovery: number;
  /** For all renewals of one request of another extension. */
  readonly response: number;
}

export const RENEWAL_TIMEOUTS: Omit<RenewalTimeouts, 'response'> = { catchUp: 5000, recovery: 2000 };

export interface ValidTokenOptions {
  readonly id: string;
  /** Minimum remaining lifetime of the token in milliseconds. */
  readonly margin: number;
  /** Renews even a valid token, but respects a pause that the server requested. */
  readonly force?: boolean;
  /** A person waits for the result: the server is asked although earlier requests have failed, as for `force`. */
  readonly isUserAction?: boolean;
}

/**
 * Renews the token of a session. Concurrent calls, even in several windows, cause one token request. As soon as the server
 * has answered, the replaced refresh token is recorded as spent; then the new one is stored; then the access token is
 * handed out. No window sends a spent token. A session ends only if the server refuses the latest refresh token (A7, A8).
 */
export class TokenRenewal implements Disposable {
  readonly #options: TokenRenewalOptions;
  readonly #flights = new KeyedSingleFlight<StoredSession>();
  /** Refusals that ended a session, of which the user does not know yet. */
  readonly #refusals = new WeakSet<object>();
  /** Records with a refresh token that another window has used. */
  readonly #spent = new WeakSet<StoredSession>();
  /** Token states by session ID whose record did not arrive in time. It is not waited for again. */
  readonly #awaited = new Map<string, string>();
  readonly #subscription: Disposable;

  constructor(options: TokenRenewalOptions) {
    this.#options = options;
    this.#subscription = options.store.onDidChange(({ changed, removed }) => {
      // Another window has renewed or ended the session.
      const renewed = changed.filter(({ excess }) => excess.length === 0);
      for (const session of [...renewed, ...removed].filter(({ id }) => !this.#flights.isRunning(id))) {
        options.failures.forget(session);
      }
      for (const { id } of removed) {
        this.#awaited.delete(id);
      }
    });
  }

  /**
   * The session with a token that is valid for at least `margin`. If it cannot be renewed now and `force` is false, a token
   * that is still valid is enough. Rejects with a NinjaOneError if there is no such token.
   */
  async getValidToken({ id, margin, force = false, isUserAction = force }: ValidTokenOptions): Promise<StoredSession> {
    const { store, failures, now } = this.#options;
    const session = store.get(id);
    if (!session) {
      throw sessionSignedOut();
    }
    if (!force && isValid(session, now(), margin)) {
      return session;
    }
    try {
      const pending = isRenewable(session) ? failures.pending(id, { isUserAction }) : sessionNotRenewable(session);
      if (pending) {
        throw pending;
      }
      return await this.#flights.run(id, () => this.#renew(session, { margin, force }));
    } catch (error) {
      const present = store.get(id);
      if (!force && present && isFresh(present, now(), 0)) {
        return present;
      }
      // Another extension that forces a renewal gets an answer, and nothing is shown to the user (X3).
      if (!force || isUserAction) {
        await this.#tell(session, error as NinjaOneError);
      }
      throw error;
    }
  }

  /** Whether the session has no valid token, and its refresh token is known to be spent. */
  isExhausted(session: StoredSession): boolean {
    return this.#spent.has(session) && !isFresh(session, this.#options.now(), 0);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #renew(
    known: StoredSession,
    options: { readonly margin: number; readonly force: boolean },
  ): Promise<StoredSession> {
    const { lock, failures, states, now } = this.#options;
    // Also before the lock, because windows that wait in vain would do so one after the other.
    await this.#catchUp(known, await states.get(known.id)).catch(() => {});
    return lock.exclusively(known.id, async () => {
      try {
        const latest = await this.#latest(known);
        const isAdopted = latest.generation > known.generation;
        const isEnough = (isAdopted || !options.force) && isValid(latest, now(), options.margin);
        const session = isEnough ? latest : await this.#exchange(isAdopted ? usableRenewal(latest) : latest);
        failures.forget(session);
        return session;
      } catch (error) {
        const failed = isNinjaOneError(error) ? error : unexpectedRenewalError(error);
        if (!endsSession(failed) && failed.intent !== 'canceled') {
          failures.add(known, failed);
        }
        throw failed;
      }
    });
  }

  async #exchange(session: StoredSession): Promise<StoredSession> {
    const { now, requestTokens, connectionOf, persistence, timeouts = RENEWAL_TIMEOUTS } = this.#options;
    if (!isRenewable(session)) {
      throw sessionNotRenewable(session);
    }
    let tokens: Tokens;
    try {
      tokens = await requestTokens(session);
    } catch (error) {
      if (!isNinjaOneError(error) || error.intent !== 'signInAgain') {
        throw error;
      }
      // Another window may have just used the refresh token. Then its successor will arrive soon.
      const successor = await this.#wait(session, session.generation + 1, timeouts.recovery);
      if (!successor) {
        throw await this.#end(session, error);
      }
      return isFresh(successor, now(), 0) ? successor : this.#exchange(await this.#latest(successor));
    }
    const renewed = withTokens(session, tokens, await persistence.nextGeneration(session));
    const excess = excessScopes(connectionOf(session) ?? session, session.scopes, renewed.scopes).filter(
      (scope) => !session.scopes.includes(scope),
    );
    // The label stays (A11), and so do the tokens, because those before them no longer work.
    const next = excess.length > 0 ? { ...renewed, scopes: session.scopes, excess } : renewed;
    if ((await persistence.keep(next, session.refreshToken)) === 'removed') {
      void this.#options.revoke(next);
      throw sessionSignedOut();
    }
    return usableRenewal(next);
  }

  /**
   * The latest record of any window; waits until this window's copy is current, and stores what has not arrived.
   * Rejects if the refresh token of the copy is known to be spent.
   */
  async #latest(known: StoredSession): Promise<StoredSession> {
    const { store, states, persistence } = this.#options;
    const state = await states.get(known.id);
    if (state?.kind === 'ended') {
      await store.dropEnded();
      throw sessionSignedOut();
    }
    await this.#catchUp(known, state);
    await persistence.takeOver(known.id, await states.get(known.id));
    const session = store.get(known.id);
    if (!session) {
      throw sessionSignedOut();
    }
    // Read again, because another window may have signed in or renewed while this one waited.
    if (isSpent(session, await states.get(known.id))) {
      throw this.#renewedElsewhere(session);
    }
    return session;
  }

  /**
   * Ends a session whose latest refresh token the server has refused. A window with an earlier token ends nothing: the
   * refusal says nothing about the later one (A7).
   */
  async #end(session: StoredSession, error: NinjaOneError): Promise<NinjaOneError> {
    const { store, states, persistence, failures } = this.#options;
    const state = await states.get(session.id);
    if (isSpent(session, state) || latestGeneration(state) > session.generation) {
      return this.#renewedElsewhere(session);
    }
    // After a sign-out in another window, the refusal is expected, because the sign-out revoked the tokens. If another
    // window has ended the session because of a refusal, it has told the user.
    const isEnded = state?.kind === 'ended' || store.get(session.id) === undefined;
    await persistence.end(session);
    failures.forget(session);
    if (isEnded) {
      return sessionSignedOut();
    }
    this.#refusals.add(error);
    return error;
  }

  /** Callers that share a renewal share its error, so it is reported once. */
  async #tell(session: StoredSession, error: NinjaOneError): Promise<void> {
    const { failures } = this.#options;
    if (this.#refusals.delete(error)) {
      failures.report(session, error);
    } else {
      await failures.tell(session);
    }
  }

  #renewedElsewhere(session: StoredSession): NinjaOneError {
    this.#spent.add(session);
    return sessionRenewedElsewhere(session);
  }

  /**
   * Waits once for the record of this state, and not for long if its token state has what this window needs. Rejects if the
   * secret storage fails.
   */
  async #catchUp(known: StoredSession, state: TokenState | undefined): Promise<void> {
    const { timeouts = RENEWAL_TIMEOUTS } = this.#options;
    const isSealed = successorIn(state, known) !== undefined;
    if (state?.kind === 'ended' || (isSealed && state?.kind === 'spent')) {
      return;
    }
    // When another window stores the record after all, the kind changes.
    const key = `${state?.kind} ${latestGeneration(state)}`;
    const timeout = this.#awaited.get(known.id) === key ? 0 : isSealed ? timeouts.recovery : timeouts.catchUp;
    this.#awaited.set(known.id, key);
    if (await this.#wait(known, latestGeneration(state), timeout)) {
      this.#awaited.delete(known.id);
    }
  }

  #wait({ id }: StoredSession, generation: number, timeout: number): Promise<StoredSession | undefined> {
    const { store, sharedSecrets } = this.#options;
    return waitForGeneration(store, { id, generation, timeout: sharedSecrets ? timeout : 0 });
  }
}

/** Throws if the token of this session was renewed with too many scopes. */
function usableRenewal(session: StoredSession): StoredSession {
  if (session.excess.length > 0) {
    throw renewalExceeded(session, session.excess);
  }
  return session;
}
