import { errorMessage, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { Emitter, KeyedSingleFlight, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection } from '../connections/connection.ts';
import type { RefreshLock } from './refreshLock.ts';
import { RenewalBackoff } from './renewalBackoff.ts';
import { sessionAccount, isFresh, isRenewable, withTokens, type StoredSession, type Tokens } from './session.ts';
import { sessionNotRenewable, sessionNotSaved, sessionSignedOut, unexpectedRenewalError } from './sessionErrors.ts';
import type { SessionMarkers } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';

/** A renewal failure in the background; shown once per incident (A8). */
export interface RenewalFailure {
  readonly session: StoredSession;
  readonly connection: Connection | undefined;
  readonly error: NinjaOneError;
}

export interface TokenRenewalOptions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly lock: RefreshLock;
  /** One token request: refresh token grant, or client credentials for the same scopes. */
  readonly requestTokens: (session: StoredSession) => Promise<Tokens>;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
  readonly connectionOf: (session: StoredSession) => Connection | undefined;
  readonly now: () => number;
  readonly logger: Logger;
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
  /** For the server, if another extension requests a session. */
  readonly response: number;
}

export const RENEWAL_TIMEOUTS: RenewalTimeouts = { catchUp: 5000, recovery: 2000, response: 10_000 };

export interface ValidTokenOptions {
  readonly id: string;
  /** Minimum remaining lifetime of the token in milliseconds. */
  readonly margin: number;
  /** Renews even a valid token, but respects a pause that the server requested. */
  readonly force?: boolean;
}

/**
 * Renews the token of a session. Concurrent calls, even in several windows, cause one token request. The rotated refresh
 * token is stored before the access token is handed out. A session ends only if the server refuses the refresh token
 * after the stored record was read again (A7, A8).
 */
export class TokenRenewal {
  readonly #options: TokenRenewalOptions;
  readonly #flights = new KeyedSingleFlight<StoredSession>();
  readonly #failures = new RenewalBackoff();
  readonly #renewalFailure = new Emitter<RenewalFailure>();
  readonly #unsaved = new Set<string>();

  readonly onRenewalFailure: Event<RenewalFailure> = this.#renewalFailure.event;

  constructor(options: TokenRenewalOptions) {
    this.#options = options;
  }

  /**
   * The session with a token that is valid for at least `margin`. If it cannot be renewed now and `force` is false, a token
   * that is still valid is enough. Rejects with a NinjaOneError if there is no such token.
   */
  async getValidToken({ id, margin, force = false }: ValidTokenOptions): Promise<StoredSession> {
    const { store, now } = this.#options;
    const session = store.get(id);
    if (!session) {
      throw sessionSignedOut();
    }
    if (!force && this.#isValid(session, margin)) {
      return session;
    }
    try {
      const pending = isRenewable(session)
        ? this.#failures.pending(id, { now: now(), force })
        : sessionNotRenewable(session);
      if (pending) {
        throw pending;
      }
      return await this.#flights.run(id, () => this.#renew(session, { margin, force }));
    } catch (error) {
      const present = store.get(id);
      if (!force && present && isFresh(present, now(), 0)) {
        return present;
      }
      throw error;
    }
  }

  /** Ends the incident after a success, a sign-in, or a sign-out: the next failure is reported and retried immediately. */
  forget(id: string): void {
    this.#failures.forget(id);
  }

  /** Allows retries after a change of the settings or client secret of one connection or of all. */
  clearFailuresAfterConfigChange(connectionId?: string): void {
    this.#failures.clearFailuresAfterConfigChange(connectionId);
  }

  /** Records which token is the latest. Never rejects, because the token is valid without the marker. */
  async marker(session: StoredSession, kind: 'alive' | 'ended'): Promise<boolean> {
    const { markers, connectionOf, now, logger } = this.#options;
    const { label } = sessionAccount(session, connectionOf(session));
    try {
      const signedOut = kind === 'ended';
      await markers.set(session.id, { generation: session.generation, signedOut, label, writtenAt: now() });
      return true;
    } catch (error) {
      logger.warn(`The marker of session ${session.id} could not be written: ${errorMessage(error)}`);
      return false;
    }
  }

  /** Reports once that the session exists only in this window. */
  reportUnsaved(session: StoredSession): void {
    if (!this.#unsaved.has(session.id)) {
      this.#unsaved.add(session.id);
      this.#report(session, sessionNotSaved());
    }
  }

  /** A token whose lifetime is shorter than the margin must not be renewed at every call. */
  #isValid(session: StoredSession, margin: number): boolean {
    const now = this.#options.now();
    return isFresh(session, now, margin) || (now - session.issuedAt < PAUSE_AFTER_SUCCESS && isFresh(session, now, 0));
  }

  #renew(known: StoredSession, options: { readonly margin: number; readonly force: boolean }): Promise<StoredSession> {
    return this.#options.lock.exclusively(known.id, async () => {
      try {
        const session = await this.#latest(known);
        const adopted = session.generation > known.generation;
        if ((adopted || !options.force) && this.#isValid(session, options.margin)) {
          return session;
        }
        return await this.#exchange(session);
      } catch (error) {
        const failed = isNinjaOneError(error) ? error : unexpectedRenewalError(error);
        if (failed.intent !== 'signInAgain' && failed.intent !== 'canceled') {
          const first = this.#failures.note(known, failed, this.#options.now());
          if (first) {
            this.#report(known, failed);
          }
        }
        throw failed;
      }
    });
  }

  async #exchange(session: StoredSession): Promise<StoredSession> {
    const { now, requestTokens, timeouts = RENEWAL_TIMEOUTS } = this.#options;
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
      const successor = await this.#catchUp(session, session.generation + 1, timeouts.recovery);
      if (!successor) {
        throw await this.#end(session, error);
      }
      return isFresh(successor, now(), 0) ? successor : this.#exchange(successor);
    }
    return this.#store(withTokens(session, tokens));
  }

  async #store(session: StoredSession): Promise<StoredSession> {
    const { store, markers, revoke } = this.#options;
    const isSignedOut = async (): Promise<boolean> => (await markers.get(session.id))?.signedOut === true;
    const outcome = (await isSignedOut()) ? 'removed' : await store.put(session);
    // Check again, because the user may have signed out in another window while the record was being written.
    if (outcome === 'removed' || (await isSignedOut())) {
      await this.#drop(session);
      void revoke(session);
      throw sessionSignedOut();
    }
    this.forget(session.id);
    if (outcome === 'unsaved') {
      this.reportUnsaved(session);
    } else {
      this.#unsaved.delete(session.id);
      await this.marker(session, 'alive');
    }
    return session;
  }

  /** The latest record of any window; waits until this window's copy is current. */
  async #latest(known: StoredSession): Promise<StoredSession> {
    const { store, markers, timeouts = RENEWAL_TIMEOUTS } = this.#options;
    const marker = await markers.get(known.id);
    if (marker?.signedOut) {
      await this.#drop(known);
      throw sessionSignedOut();
    }
    if (marker) {
      await this.#catchUp(known, marker.generation, timeouts.catchUp);
    }
    const session = store.get(known.id);
    if (!session) {
      throw sessionSignedOut();
    }
    return session;
  }

  /** Ends a session that the server refused and of which no window has a later record. Only one window reports it. */
  async #end(session: StoredSession, error: NinjaOneError): Promise<NinjaOneError> {
    // After a sign-out in another window, the refusal is expected, because the sign-out revoked the tokens.
    const isSignedOut = (await this.#options.markers.get(session.id))?.signedOut === true;
    await this.marker(session, 'ended');
    await this.#drop(session);
    this.forget(session.id);
    if (isSignedOut) {
      return sessionSignedOut();
    }
    this.#report(session, error);
    return error;
  }

  async #drop({ id }: StoredSession): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await store.remove(id);
    } catch (error) {
      logger.warn(`The record of session ${id} could not be deleted: ${errorMessage(error)}`);
    }
  }

  /**
   * The record once it has at least the given generation, or `undefined` if it does not arrive within `timeout`
   * milliseconds. Rejects if the secret storage fails, because then a later record may exist.
   */
  async #catchUp({ id }: StoredSession, generation: number, timeout: number): Promise<StoredSession | undefined> {
    const { store, sharedSecrets } = this.#options;
    const started = performance.now();
    for (;;) {
      const present = store.get(id);
      if (present && present.generation >= generation) {
        return present;
      }
      const read = await store.reread(id).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (!sharedSecrets || performance.now() - started > timeout) {
        if (read) {
          throw read.error;
        }
        const last = store.get(id);
        return last && last.generation >= generation ? last : undefined;
      }
      await this.#nextChange(50);
    }
  }

  /** Resolves when the store changes, at the latest after so many milliseconds. */
  #nextChange(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      const subscription = this.#options.store.onDidChange(done);
    });
  }

  #report(session: StoredSession, error: NinjaOneError): void {
    const { logger, connectionOf } = this.#options;
    logger.warn(`Session ${session.id}: ${error.code}: ${error.message}`);
    try {
      this.#renewalFailure.fire({ session, connection: connectionOf(session), error });
    } catch (failure) {
      logger.error(`A listener of renewal failures threw an error: ${errorMessage(failure)}`);
    }
  }
}

const PAUSE_AFTER_SUCCESS = 60_000;
