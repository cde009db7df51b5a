import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { RenewalFailures } from './renewalFailures.ts';
import { isSameGrant, type StoredSession } from './session.ts';
import type { SessionStore } from './sessionStore.ts';
import { successorIn } from './tokenPersistence.ts';
import { recordEnd, type TokenStates } from './tokenStates.ts';

export interface EndAccountOptions {
  readonly store: SessionStore;
  readonly states: TokenStates;
  readonly failures: RenewalFailures;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
  readonly logger: Logger;
}

/**
 * Ends all sessions of the account of this session. The revocation at the server continues in the background and resolves
 * to whether it succeeded (A13). Rejects if neither the end can be recorded nor the record deleted.
 */
export async function endAccount(
  options: EndAccountOptions,
  session: StoredSession,
): Promise<{ readonly revoked: Promise<boolean> }> {
  const { store, states, revoke } = options;
  const ended = store.all().filter((each) => isSameGrant(each, session));
  // Tokens that another window got and could not store are in the token state, which is deleted now.
  const unstored = await Promise.all(ended.map(async (each) => successorIn(await states.get(each.id), each)));
  for (const each of ended) {
    await endSession(options, each);
  }
  const issued = [...ended, ...unstored.filter((each) => each !== undefined)];
  return { revoked: Promise.all(issued.map(revoke)).then((all) => all.every(Boolean)) };
}

/** Records the end first, because a renewal in another window checks it before and after it stores the record. */
async function endSession(
  { store, states, failures, logger }: EndAccountOptions,
  session: StoredSession,
): Promise<void> {
  const isRecorded = await recordEnd(states, session, logger);
  failures.forget(session);
  failures.forgetUnsaved(session);
  try {
    await store.remove(session.id);
    await store.quarantine.deleteOf({ sessionId: session.id });
  } catch (error) {
    // The next start deletes records of sessions that have ended.
    if (!isRecorded) {
      throw error;
    }
    logger.warn(`The record of session ${session.id} is deleted later: ${errorMessage(error)}`);
  }
}
