import { isScope, orderScopes, type Connection, type Scope } from '../connections/connection.ts';
import { satisfiesScopes, type UsableSession } from './usableSessions.ts';

/** The meaning of the list of scopes that another extension requests (A10, X7). */
export interface ScopeRequest {
  /** Without any in the list, `monitoring`. */
  readonly scopes: readonly Scope[];
  /** Of `connection:<id>`: the request is about this connection. Two different ones contradict each other. */
  readonly connectionIds: readonly string[];
  /** Entries that have no meaning, so that the request cannot be answered. */
  readonly unknown: readonly string[];
}

/** `offline_access` is ignored, because the connection determines it. */
export function parseScopeRequest(list: readonly string[]): ScopeRequest {
  const named = list.filter((entry) => entry.startsWith(CONNECTION));
  const others = list.filter((entry) => !entry.startsWith(CONNECTION) && entry !== 'offline_access');
  const scopes = others.filter(isScope);
  return {
    scopes: orderScopes(scopes.length > 0 ? scopes : ['monitoring']),
    connectionIds: [...new Set(named.map((entry) => entry.slice(CONNECTION.length)))],
    unknown: others.filter((entry) => !isScope(entry)),
  };
}

/** Whether the session may answer the request. */
export function answersRequest(
  { session, connection }: UsableSession,
  { scopes, connectionIds, unknown }: ScopeRequest,
): boolean {
  return unknown.length === 0 && isAmong(connection, connectionIds) && satisfiesScopes(session, scopes);
}

/** Whether a request that names these connections may be answered by this one. Two names are never satisfied. */
export function isAmong({ id }: Pick<Connection, 'id'>, connectionIds: readonly string[]): boolean {
  return connectionIds.every((each) => each === id);
}

/**
 * An unknown scope for messages and the log. A token or secret that an extension passes by mistake must not be shown, also
 * not a piece of it, which nothing would recognize. So only words are.
 */
export function unknownScopeName(entry: string): string {
  return entry.length <= 100 && WORDS.test(entry) ? entry : '…';
}

/** Words of letters, digits and punctuation that are shorter than any token or UUID, such as the scopes of one text. */
const WORDS = /^[\w.:/-]{1,32}(?:[ ,]{1,2}[\w.:/-]{1,32})*$/;

const CONNECTION = 'connection:';
