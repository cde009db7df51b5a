import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import type { Scope } from '../connections/connection.ts';
import { coversScopes, isFresh } from './session.ts';
import { matchingSessions, type UsableSession } from './usableSessions.ts';

export interface SessionRequestOptions {
  readonly usable: () => readonly UsableSession[];
  /** The session with a token that is valid for a while. Rejects with a NinjaOneError. */
  readonly renew: (usable: UsableSession) => Promise<UsableSession>;
  readonly now: () => number;
  /** Minimum remaining lifetime in milliseconds; a token with less is renewed. */
  readonly margin: number;
  /** Milliseconds for all renewals together; a little less than `RESPONSE_TIMEOUT`. */
  readonly timeout?: number | undefined;
}

export interface SessionRequest {
  readonly scopes: readonly Scope[];
  readonly accountId: string | undefined;
}

/**
 * The sessions for a request of another extension, at most one per connection. At most five tokens are renewed, side by
 * side. A session whose token cannot be renewed in time is returned unchanged, because it is not signed out, unless a wider
 * session of the connection has a valid token; a session that has ended is replaced by the next one (A8, A9).
 */
export async function requestSessions(
  options: SessionRequestOptions,
  { scopes, accountId }: SessionRequest,
): Promise<readonly UsableSession[]> {
  const { usable, renew, now, margin, timeout = RENEWALS_TIMEOUT } = options;
  const failed = new Map<string, NinjaOneError>();
  const renewed = new Map<string, UsableSession>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeout, undefined);
  });
  const find = (filter: (candidate: UsableSession) => boolean): readonly UsableSession[] =>
    matchingSessions(
      usable()
        .map((each) => latestOf(each, renewed.get(each.session.id)))
        .filter(filter),
      scopes,
      accountId,
    ).filter(({ session, connection }) => coversScopes(connection.scopes, session.scopes));
  const attempt = async (candidate: UsableSession): Promise<void> => {
    const { id } = candidate.session;
    try {
      const result = await Promise.race([renew(candidate), timedOut]);
      renewed.set(id, result ?? candidate);
    } catch (error) {
      if (!isNinjaOneError(error) || error.intent === 'transient' || error.intent === 'storage') {
        renewed.set(id, candidate);
      } else {
        failed.set(id, error);
      }
    }
  };
  const hasNotFailed = ({ session }: UsableSession): boolean => !failed.has(session.id);
  try {
    for (let left = MAX_RENEWALS; ;) {
      const due = find(hasNotFailed)
        .filter(({ session }) => !renewed.has(session.id) && !isFresh(session, now(), margin))
        .slice(0, left);
      if (due.length === 0) {
        break;
      }
      left -= due.length;
      await Promise.all(due.map(attempt));
    }
  } finally {
    clearTimeout(timer);
  }
  const found = find(hasNotFailed);
  const valid = new Map(
    find((each) => hasNotFailed(each) && isFresh(each.session, now(), 0)).map((each) => [each.connection.id, each]),
  );
  const sessions = found.map((each) => valid.get(each.connection.id) ?? each);
  // A misconfigured connection must not hide the others, but if it is the only one, its error is thrown.
  const failure = [...failed.values()].find(({ intent }) => intent !== 'signInAgain');
  if (failure && sessions.length === 0) {
    throw failure;
  }
  return sessions;
}

/** While other tokens were renewed, a sign-in may have replaced this one and revoked it. */
function latestOf(present: UsableSession, renewed: UsableSession | undefined): UsableSession {
  return renewed && renewed.session.generation >= present.session.generation ? renewed : present;
}

const MAX_RENEWALS = 5;

/** Milliseconds that another extension waits at most (A9). */
export const RESPONSE_TIMEOUT = 10_000;
/** Leaves time to choose the answer before the time is up. */
const RENEWALS_TIMEOUT = RESPONSE_TIMEOUT - 500;
