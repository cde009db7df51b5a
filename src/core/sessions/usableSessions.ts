import { isScope, orderScopes, type Connection, type Scope } from '../connections/connection.ts';
import { accountOf, covers, isFresh, isRenewable, isSameGrant, type Account, type StoredSession } from './session.ts';

/** A session whose connection is in the settings and still allows all that the session can do. */
export interface UsableSession {
  readonly session: StoredSession;
  readonly connection: Connection;
  readonly account: Account;
}

export interface UsableSessionsChange {
  readonly added: readonly UsableSession[];
  readonly removed: readonly UsableSession[];
  readonly changed: readonly UsableSession[];
}

/**
 * Without the sessions that no longer have a connection or are wider than it allows (C4). Two windows that sign in to
 * one account at the same time make two records of it: every window serves the one with the latest token.
 */
export function usableSessions(
  sessions: readonly StoredSession[],
  connections: readonly Connection[],
): readonly UsableSession[] {
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
  usable: readonly UsableSession[],
  scopes: readonly Scope[],
  accountId: string | undefined,
): readonly UsableSession[] {
  const best = new Map<string, UsableSession>();
  for (const candidate of usable) {
    const { session, connection, account } = candidate;
    if ((accountId !== undefined && account.id !== accountId) || !satisfiesScopes(session, scopes)) {
      continue;
    }
    const known = best.get(connection.id);
    if (known === undefined || isNarrower(session, known.session)) {
      best.set(connection.id, candidate);
    }
  }
  return [...best.values()];
}

export function satisfiesScopes(session: StoredSession, scopes: readonly Scope[]): boolean {
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
export function differenceOf(before: readonly UsableSession[], after: readonly UsableSession[]): UsableSessionsChange {
  const earlier = new Map(before.map((usable) => [usable.session.id, usable]));
  const later = new Map(after.map((usable) => [usable.session.id, usable]));
  const sameAccount = (a: UsableSession, b: UsableSession): boolean =>
    a.account.id === b.account.id && a.account.label === b.account.label;
  return {
    added: after.filter((usable) => {
      const known = earlier.get(usable.session.id);
      return !known || !sameAccount(known, usable);
    }),
    removed: before.filter((usable) => {
      const now = later.get(usable.session.id);
      return !now || !sameAccount(now, usable);
    }),
    changed: after.filter((usable) => {
      const known = earlier.get(usable.session.id);
      return known && sameAccount(known, usable) && known.session.accessToken !== usable.session.accessToken;
    }),
  };
}
