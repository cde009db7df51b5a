import { isScope, orderScopes, type Connection, type Scope } from '../connections/connection.ts';
import { accountOf, covers, isFresh, isRenewable, isSameGrant, type Account, type StoredSession } from './session.ts';

/** A session whose connection is in the settings and still allows all that the session can do. */
export interface ServedSession {
  readonly session: StoredSession;
  readonly connection: Connection;
  readonly account: Account;
}

export interface ServedChange {
  readonly added: readonly ServedSession[];
  readonly removed: readonly ServedSession[];
  readonly changed: readonly ServedSession[];
}

/**
 * Without the sessions that no longer have a connection or are wider than it allows (C4). Two windows that sign in to
 * one account at the same time make two records of it: every window serves the one with the latest token.
 */
export function servedSessions(
  sessions: readonly StoredSession[],
  connections: readonly Connection[],
): readonly ServedSession[] {
  return sessions.flatMap((session) => {
    const connection = connections.find(({ id }) => id === session.connectionId);
    const twin = sessions.some((other) => isSameGrant(session, other) && isLater(other, session));
    return connection && covers(connection.scopes, session.scopes) && !twin
      ? [{ session, connection, account: accountOf(session, connection) }]
      : [];
  });
}

/**
 * What another extension asked for. `offline_access` is ours to decide and is ignored; no scope at all means
 * `monitoring` (A10). `undefined` when a scope is unknown.
 */
export function requestedScopes(scopes: readonly string[]): readonly Scope[] | undefined {
  const wanted = scopes.filter((scope) => scope !== 'offline_access');
  return wanted.every(isScope) ? orderScopes(wanted.length > 0 ? wanted : ['monitoring']) : undefined;
}

/**
 * The sessions that answer a request: at most one per connection, the one with the fewest scopes that covers it. A
 * session that can `control` machines never answers a request that did not name `control` (A10).
 */
export function sessionsFor(
  served: readonly ServedSession[],
  scopes: readonly Scope[],
  accountId: string | undefined,
): readonly ServedSession[] {
  const best = new Map<string, ServedSession>();
  for (const candidate of served) {
    const { session, connection, account } = candidate;
    if ((accountId !== undefined && account.id !== accountId) || !answers(session, scopes)) {
      continue;
    }
    const known = best.get(connection.id);
    if (known === undefined || isNarrower(session, known.session)) {
      best.set(connection.id, candidate);
    }
  }
  return [...best.values()];
}

export function answers(session: StoredSession, scopes: readonly Scope[]): boolean {
  return covers(session.scopes, scopes) && (scopes.includes('control') || !session.scopes.includes('control'));
}

/** Whether the session has, or can get without the user, a token. */
export function isAlive(session: StoredSession, now: number): boolean {
  return isRenewable(session) || isFresh(session, now, 0);
}

function isLater(a: StoredSession, b: StoredSession): boolean {
  return a.issuedAt > b.issuedAt || (a.issuedAt === b.issuedAt && a.id > b.id);
}

/** Of two sets of one size every window has to choose the same, because consent hangs on the choice. */
function isNarrower(a: StoredSession, b: StoredSession): boolean {
  const difference = a.scopes.length - b.scopes.length;
  return difference < 0 || (difference === 0 && a.scopes.join() < b.scopes.join());
}

/** A renamed connection gives its sessions another account, which VS Code must see leave and come (C4). */
export function differenceOf(before: readonly ServedSession[], after: readonly ServedSession[]): ServedChange {
  const earlier = new Map(before.map((served) => [served.session.id, served]));
  const later = new Map(after.map((served) => [served.session.id, served]));
  const sameAccount = (a: ServedSession, b: ServedSession): boolean =>
    a.account.id === b.account.id && a.account.label === b.account.label;
  return {
    added: after.filter((served) => {
      const known = earlier.get(served.session.id);
      return !known || !sameAccount(known, served);
    }),
    removed: before.filter((served) => {
      const now = later.get(served.session.id);
      return !now || !sameAccount(now, served);
    }),
    changed: after.filter((served) => {
      const known = earlier.get(served.session.id);
      return known && sameAccount(known, served) && known.session.accessToken !== served.session.accessToken;
    }),
  };
}
