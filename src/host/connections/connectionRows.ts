import type { Connection } from '../../core/connections/connection.ts';
import type { Problem } from '../../core/connections/parseConnections.ts';
import type { StoredSession } from '../../core/sessions/session.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';

/** A row of the Connections view; commands of its menus get it as their first argument. */
export type ConnectionRow =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'session'; readonly usable: UsableSession }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'orphan'; readonly session: StoredSession };

/** Those of the connection, in the order of the list. */
export function sessionsOfConnection({ id }: Connection, sessions: readonly UsableSession[]): readonly UsableSession[] {
  return sessions.filter(({ connection }) => connection.id === id);
}
