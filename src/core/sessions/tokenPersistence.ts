import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection } from '../connections/connection.ts';
import type { AccountLabels } from './accountLabels.ts';
import type { RefreshLock } from './refreshLock.ts';
import type { RenewalFailures } from './renewalFailures.ts';
import { openSealedRecord, sealRecord } from './sealedRecord.ts';
import type { StoredSession } from './session.ts';
import { sessionNotSaved } from './sessionErrors.ts';
import type { SessionStore } from './sessionStore.ts';
import { recordEnd, type TokenState, type TokenStates } from './tokenStates.ts';

export interface TokenPersistenceOptions {
  readonly store: SessionStore;
  readonly states: TokenStates;
  /** For the files of the token states. */
  readonly stateLock: RefreshLock;
  readonly labels: AccountLabels;
  readonly failures: RenewalFailures;
  readonly connectionOf: (session: StoredSession) => Connection | undefined;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
  readonly logger: Logger;
  /** False where each window has secrets of its own; see `TokenRenewalOptions`. */
  readonly sharedSecrets: boolean;
  /** Milliseconds after which a stored record has usually reached the other windows. */
  readonly arrival: number;
  /** Milliseconds that a stored record stays in its token state for the other windows; `SEALED_FOR`. */
  readonly sealedFor: number;
}

/**
 * Stores the tokens that the server has issued. That the previous refresh token is spent is recorded first, because from
 * then on no window may send it, whether or not the new record can be stored (A7).
 */
export class TokenPersistence implements Disposable {
  readonly #options: TokenPersistenceOptions;
  readonly #subscriptions: readonly Disposable[];
  /** By session ID. */
  readonly #unsealing = new Map<string, NodeJS.Timeout>();

  constructor(options: TokenPersistenceOptions) {
    this.#options = options;
    this.#subscriptions = [
      options.store.onDidSave((session) => {
        options.failures.forgetUnsaved(session);
        void this.#record(session, 'current');
      }),
      options.store.onDidChange(({ removed }) => {
        for (const { id } of removed) {
          this.#cancelUnsealing(id);
        }
      }),
    ];
  }

  /**
   * Stores a session. `replaced` is the refresh token that its tokens replace. A session that cannot be stored exists only
   * in this window, which the user is told once; `removed` means that it was signed out meanwhile.
   */
  async keep(session: StoredSession, replaced?: string): Promise<'stored' | 'unsaved' | 'removed'> {
    await this.#record(session, 'spent', replaced);
    return this.#store(session);
  }

  /**
   * Stores the record that another window got from the server and that has not reached this one, for example because that
   * window was closed. `undefined` if there is none, or this window does not have a token that leads to it.
   */
  async takeOver(id: string, state: TokenState | undefined): Promise<StoredSession | undefined> {
    const former = this.#options.store.get(id);
    // Where windows share no secrets, what another one has stored is its own.
    const isForUs = this.#options.sharedSecrets || state?.kind === 'spent';
    const session = former && isForUs ? successorIn(state, former) : undefined;
    if (session && (await this.#store(session)) === 'removed') {
      void this.#options.revoke(session);
    }
    return session;
  }

  async #store(session: StoredSession): Promise<'stored' | 'unsaved' | 'removed'> {
    const { store, failures } = this.#options;
    const outcome = await store.put(session);
    if (outcome === 'stored') {
      failures.forgetUnsaved(session);
      if (!(await this.#record(session, 'current'))) {
        // Nothing tells the next window that its copy is outdated, so it must not take its turn before it has the record.
        await sleep(this.#options.arrival);
      }
    } else if (outcome === 'unsaved') {
      failures.reportUnsaved(session, sessionNotSaved());
    }
    return outcome;
  }

  /** Records that the session has ended, then deletes its record. Never rejects: the next start deletes what is left. */
  async end(session: StoredSession): Promise<void> {
    const { store, states, logger } = this.#options;
    await recordEnd(states, session, logger);
    try {
      await store.remove(session.id);
    } catch (error) {
      logger.warn(`The record of session ${session.id} is deleted later: ${errorMessage(error)}`);
    }
  }

  /** The generation for new tokens of a session: later than every one that any window has. */
  async nextGeneration(session: StoredSession): Promise<number> {
    const state = await this.#options.states.get(session.id);
    return Math.max(session.generation, latestGeneration(state)) + 1;
  }

  /**
   * A new session with a later generation than every other one of its account that any window has: another window may have
   * signed in to it, and its record may not have arrived (A10).
   */
  async asLatest(session: StoredSession): Promise<StoredSession> {
    const label = this.#labelOf(session);
    const same = [...(await this.#options.states.all()).values()].filter((state) => state.label === label);
    return { ...session, generation: Math.max(session.generation, ...same.map(({ generation }) => generation + 1)) };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    for (const id of this.#unsealing.keys()) {
      this.#cancelUnsealing(id);
    }
  }

  #labelOf(session: StoredSession): string {
    const { labels, connectionOf } = this.#options;
    return labels.account(session, connectionOf(session)).label;
  }

  /**
   * Resolves to whether the state could be written. Never rejects, because the tokens are valid without the record of their
   * state.
   */
  async #record(session: StoredSession, kind: 'current' | 'spent', replaced?: string): Promise<boolean> {
    const { states, stateLock, logger } = this.#options;
    const label = this.#labelOf(session);
    try {
      await stateLock.exclusively(`state:${session.id}`, () =>
        states.set(session, { kind, label, replaced, seal: sealRecord }),
      );
      if (kind === 'current') {
        this.#unsealLater(session);
      }
      return true;
    } catch (error) {
      logger.warn(`The token state of session ${session.id} could not be written: ${errorMessage(error)}`);
      return false;
    }
  }

  /** If the window is closed before that, the next renewal deletes what is sealed. */
  #unsealLater({ id, generation }: StoredSession): void {
    const { states, stateLock, logger, sealedFor } = this.#options;
    const unseal = async (): Promise<void> => {
      this.#unsealing.delete(id);
      try {
        await stateLock.exclusively(`state:${id}`, () => states.unseal({ id, generation }));
      } catch (error) {
        logger.warn(`The sealed records of session ${id} could not be deleted: ${errorMessage(error)}`);
      }
    };
    this.#cancelUnsealing(id);
    this.#unsealing.set(id, setTimeout(() => void unseal(), sealedFor).unref());
  }

  #cancelUnsealing(id: string): void {
    clearTimeout(this.#unsealing.get(id));
    this.#unsealing.delete(id);
  }
}

/** The latest record that replaces this one and may not have reached this window, if the window can read it. */
export function successorIn(state: TokenState | undefined, former: StoredSession): StoredSession | undefined {
  const sealed = state && state.kind !== 'ended' ? state.sealed : [];
  const latest = sealed.reduce((session, each) => {
    const next = openSealedRecord(each, session);
    return next && next.generation > session.generation ? next : session;
  }, former);
  return latest === former ? undefined : latest;
}

/** The latest generation that any window has recorded; 0 if nothing is known. */
export function latestGeneration(state: TokenState | undefined): number {
  return state && state.kind !== 'ended' ? state.generation : 0;
}
