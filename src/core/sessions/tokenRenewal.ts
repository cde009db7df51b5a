import { errorMessage, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { Emitter, KeyedSingleFlight, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection } from '../connections/connection.ts';
import type { RefreshLock } from './refreshLock.ts';
import { RenewalBackoff } from './renewalBackoff.ts';
import { accountOf, isFresh, isRenewable, withTokens, type StoredSession, type Tokens } from './session.ts';
import { cannotRenew, notSaved, signedOut, unexpected } from './sessionErrors.ts';
import type { SessionMarkers } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';

/** What went wrong with a session without anybody having asked for it; shown once per incident (A8). */
export interface RenewalFailure {
  readonly session: StoredSession;
  readonly connection: Connection | undefined;
  readonly error: NinjaOneError;
}

export interface TokenRenewalOptions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly lock: RefreshLock;
  /** One token call: refresh token grant, or client credentials for the same scopes. */
  readonly requestTokens: (session: StoredSession) => Promise<Tokens>;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
  readonly connectionOf: (session: StoredSession) => Connection | undefined;
  readonly now: () => number;
  readonly logger: Logger;
  /** False where windows share no secrets (VS Code in a browser): then nothing is waited for (A7). */
  readonly sharedSecrets: boolean;
  readonly timeouts?: RenewalTimeouts;
}

/** How long is waited for what comes from elsewhere; milliseconds. */
export interface RenewalTimeouts {
  /** For the record that another window has stored, before its token is used. */
  readonly catchUp: number;
  /** For a later record after the server has refused ours, before the session ends. */
  readonly recovery: number;
  /** For the server, when another extension asks. */
  readonly response: number;
}

export const RENEWAL_TIMEOUTS: RenewalTimeouts = { catchUp: 5000, recovery: 2000, response: 10_000 };

export interface ValidTokenOptions {
  readonly id: string;
  /** How many milliseconds the token must still live. */
  readonly margin: number;
  /** Renew even a good token; a pause that the server asked for is kept all the same. */
  readonly force?: boolean;
}

/**
 * Gets a session a new token. However many ask, in however many windows, one token call is made; the rotated refresh
 * token is stored before the access token is handed out; and a session ends only when the server says so after our copy
 * was read again (A7, A8).
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
   * The session with a token that lives at least `margin` longer, or, when it cannot be renewed now, with one that is
   * still valid; by force only the former. Rejects with a NinjaOneError when there is no such token.
   */
  async getValidToken({ id, margin, force = false }: ValidTokenOptions): Promise<StoredSession> {
    const { store, now } = this.#options;
    const session = store.get(id);
    if (!session) {
      throw signedOut();
    }
    if (!force && this.#isGood(session, margin)) {
      return session;
    }
    try {
      const pending = isRenewable(session) ? this.#failures.pending(id, { now: now(), force }) : cannotRenew(session);
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

  /** A success, a sign-in or a sign-out ends the incident: the next failure is told again and tried at once. */
  forget(id: string): void {
    this.#failures.forget(id);
  }

  /** Settings or a client secret have changed, of one connection or of all: what they may have caused is tried again. */
  clearFailuresAfterConfigChange(connectionId?: string): void {
    this.#failures.clearFailuresAfterConfigChange(connectionId);
  }

  /** Writes down, beside the secrets, which token is the latest. The token is good without that, so it never rejects. */
  async marker(session: StoredSession, kind: 'alive' | 'ended'): Promise<boolean> {
    const { markers, connectionOf, now, logger } = this.#options;
    const { label } = accountOf(session, connectionOf(session));
    try {
      const signedOut = kind === 'ended';
      await markers.set(session.id, { generation: session.generation, signedOut, label, writtenAt: now() });
      return true;
    } catch (error) {
      logger.warn(`The mark of session ${session.id} could not be written: ${errorMessage(error)}`);
      return false;
    }
  }

  /** The session works, but only in this window; told once. */
  reportUnsaved(session: StoredSession): void {
    if (!this.#unsaved.has(session.id)) {
      this.#unsaved.add(session.id);
      this.#tell(session, notSaved());
    }
  }

  /** A token that lives shorter than the margin must not be renewed at every call. */
  #isGood(session: StoredSession, margin: number): boolean {
    const now = this.#options.now();
    return isFresh(session, now, margin) || (now - session.issuedAt < PAUSE_AFTER_SUCCESS && isFresh(session, now, 0));
  }

  #renew(known: StoredSession, options: { readonly margin: number; readonly force: boolean }): Promise<StoredSession> {
    return this.#options.lock.exclusively(known.id, async () => {
      try {
        const session = await this.#latest(known);
        const adopted = session.generation > known.generation;
        if ((adopted || !options.force) && this.#isGood(session, options.margin)) {
          return session;
        }
        return await this.#exchange(session);
      } catch (error) {
        const failed = isNinjaOneError(error) ? error : unexpected(error);
        if (failed.intent !== 'signInAgain' && failed.intent !== 'canceled') {
          const first = this.#failures.note(known, failed, this.#options.now());
          if (first) {
            this.#tell(known, failed);
          }
        }
        throw failed;
      }
    });
  }

  async #exchange(session: StoredSession): Promise<StoredSession> {
    const { now, requestTokens, timeouts = RENEWAL_TIMEOUTS } = this.#options;
    if (!isRenewable(session)) {
      throw cannotRenew(session);
    }
    let tokens: Tokens;
    try {
      tokens = await requestTokens(session);
    } catch (error) {
      if (!isNinjaOneError(error) || error.intent !== 'signInAgain') {
        throw error;
      }
      // Another window may have used the refresh token a moment ago: then its successor is on its way to us.
      const successor = await this.#catchUp(session, session.generation + 1, timeouts.recovery);
      if (!successor) {
        throw await this.#end(session, error);
      }
      return isFresh(successor, now(), 0) ? successor : this.#exchange(successor);
    }
    return this.#keep(withTokens(session, tokens));
  }

  async #keep(session: StoredSession): Promise<StoredSession> {
    const { store, markers, revoke } = this.#options;
    const isSignedOut = async (): Promise<boolean> => (await markers.get(session.id))?.signedOut === true;
    const outcome = (await isSignedOut()) ? 'removed' : await store.put(session);
    // Asked again: the user may have signed out in another window while the record was being written.
    if (outcome === 'removed' || (await isSignedOut())) {
      await this.#drop(session);
      void revoke(session);
      throw signedOut();
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

  /** The record as the last window to renew it left it; waits until this window's copy has caught up. */
  async #latest(known: StoredSession): Promise<StoredSession> {
    const { store, markers, timeouts = RENEWAL_TIMEOUTS } = this.#options;
    const marker = await markers.get(known.id);
    if (marker?.signedOut) {
      await this.#drop(known);
      throw signedOut();
    }
    if (marker) {
      await this.#catchUp(known, marker.generation, timeouts.catchUp);
    }
    const session = store.get(known.id);
    if (!session) {
      throw signedOut();
    }
    return session;
  }

  /** The server says that it is over, and nobody has a later record: every window ends it, and one tells. */
  async #end(session: StoredSession, error: NinjaOneError): Promise<NinjaOneError> {
    // A sign-out in another window revokes the tokens: then the server only says what the user has just done.
    const isSignedOut = (await this.#options.markers.get(session.id))?.signedOut === true;
    await this.marker(session, 'ended');
    await this.#drop(session);
    this.forget(session.id);
    if (isSignedOut) {
      return signedOut();
    }
    this.#tell(session, error);
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
   * The record once it has at least generation `wanted`, `undefined` when it does not come within `patience`
   * milliseconds. Rejects when the secret storage cannot be asked: then nobody knows whether a later record is there.
   */
  async #catchUp({ id }: StoredSession, wanted: number, patience: number): Promise<StoredSession | undefined> {
    const { store, sharedSecrets } = this.#options;
    const started = performance.now();
    for (;;) {
      const present = store.get(id);
      if (present && present.generation >= wanted) {
        return present;
      }
      const read = await store.reread(id).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (!sharedSecrets || performance.now() - started > patience) {
        if (read) {
          throw read.error;
        }
        const last = store.get(id);
        return last && last.generation >= wanted ? last : undefined;
      }
      await this.#nextChange(50);
    }
  }

  /** Until the store changes, at most so many milliseconds. */
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

  #tell(session: StoredSession, error: NinjaOneError): void {
    const { logger, connectionOf } = this.#options;
    logger.warn(`Session ${session.id}: ${error.code}: ${error.message}`);
    try {
      this.#renewalFailure.fire({ session, connection: connectionOf(session), error });
    } catch (failure) {
      logger.error(`A listener of incidents failed: ${errorMessage(failure)}`);
    }
  }
}

const PAUSE_AFTER_SUCCESS = 60_000;
