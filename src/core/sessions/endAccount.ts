import { errorMessage } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { RenewalFailures } from './renewalFailures.ts';
import { isSameGrant, type StoredSession } from './session.ts';
import type { SessionStore } from './sessionStore.ts';
import { successorIn } from './tokenPersistence.ts';
import { isSpent, recordEnd, type TokenState, type TokenStates } from './tokenStates.ts';

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
 * to whether it succeeded; it has not if another window has later tokens that this one cannot know (A13). Rejects if
 * neither the end can be recorded nor the record deleted.
 */
export async function endAccount(
  options: EndAccountOptions,
  session: StoredSession,
): Promise<{ readonly revoked: Promise<boolean> }> {
  const { store, revoke } = options;
  const issued = new Set<StoredSession>();
  let isComplete = true;
  for (const each of store.all().filter((known) => isSameGrant(known, session))) {
    const last = await endSession(options, each);
    // Tokens that another window got, and that have not reached this one.
    const latest = successorIn(last, each) ?? each;
    issued.add(each).add(latest);
    isComplete &&= !isSpent(latest, last);
  }
  return { revoked: Promise.all([...issued].map(revoke)).then((all) => isComplete && all.every(Boolean)) };
}

/**
 * Records the end first, because a renewal in another window checks it before and after it stores the record. Resolves to
 * the last token state.
 */
async function endSession(
  { store, states, failures, logger }: EndAccountOptions,
  session: StoredSession,
): Promise<TokenState | undefined> {
  const { isRecorded, last } = await recordEnd(states, session, logger);
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
  return last;
}
