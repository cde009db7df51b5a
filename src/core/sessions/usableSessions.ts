import type { Connection, Scope } from '../connections/connection.ts';
import type { AccountLabels } from './accountLabels.ts';
import { coversScopes, isFresh, isRenewable, grantKey, type Account, type StoredSession } from './session.ts';

/** A session whose connection is in the settings and still allows all scopes of the session. */
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
 * Omits sessions without a connection and sessions with more scopes than it allows (C4). If two windows sign in to one
 * account at the same time, there are two records: every window uses the one of the latest generation.
 */
export function usableSessions(
  sessions: readonly StoredSession[],
  connections: readonly Connection[],
  labels: AccountLabels,
): readonly UsableSession[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const latest = new Map<string, StoredSession>();
  for (const session of sessions) {
    const known = latest.get(grantKey(session));
    if (!known || isLater(session, known)) {
      latest.set(grantKey(session), session);
    }
  }
  return sessions.flatMap((session) => {
    const connection = byId.get(session.connectionId);
    return connection && coversScopes(connection.scopes, session.scopes) && latest.get(grantKey(session)) === session
      ? [{ session, connection, account: labels.account(session, connection) }]
      : [];
  });
}

/**
 * The sessions for a request: at most one per connection, the one with the fewest sufficient scopes. A session with
 * `control` is never returned for a request without `control` (A10).
 */
export function matchingSessions(
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

export function satisfiesScopes(session: Pick<StoredSession, 'scopes'>, scopes: readonly Scope[]): boolean {
  return coversScopes(session.scopes, scopes) && (scopes.includes('control') || !session.scopes.includes('control'));
}

/** Whether the session has a token or can get one without user interaction. */
export function isAlive(session: StoredSession, now: number): boolean {
  return (isRenewable(session) && session.excess.length === 0) || isFresh(session, now, 0);
}

/** By generation, because the clock may have been set back between two sign-ins. */
function isLater(a: StoredSession, b: StoredSession): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.id > b.id);
}

/** If two sets of scopes have the same size, every window must choose the same one, because consent depends on it. */
function isNarrower(a: StoredSession, b: StoredSession): boolean {
  const difference = a.scopes.length - b.scopes.length;
  return difference < 0 || (difference === 0 && a.scopes.join() < b.scopes.join());
}

/** Renaming a connection changes the accounts of its sessions, so VS Code needs a removal and an addition (C4). */
export function compareUsableSessions(
  before: readonly UsableSession[],
  after: readonly UsableSession[],
): UsableSessionsChange {
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
