import type { NinjaOneError } from '../base/errors.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { RefreshLock } from './refreshLock.ts';
import type { TokenRenewal } from './tokenRenewal.ts';
import { createSession, grantedScopes, isSameGrant, withTokens, type StoredSession, type Tokens } from './session.ts';
import { connectionGone, scopesExceeded, scopesRefused } from './sessionErrors.ts';
import type { SessionMarkers } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';

export interface AcceptGrantOptions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly lock: RefreshLock;
  readonly renewal: TokenRenewal;
  readonly connections: () => readonly Connection[];
  readonly revoke: (session: StoredSession) => Promise<boolean>;
}

/** What a sign-in brought, and for which scopes. */
export interface Grant {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly tokens: Tokens;
}

/** Takes a sign-in in as a session, or refuses and revokes what it brought (A10). */
export async function acceptGrant(
  options: AcceptGrantOptions,
  { connection, scopes, tokens }: Grant,
): Promise<StoredSession> {
  const granted = grantedScopes(tokens, scopes);
  const refusal = refusalOf({
    connection,
    scopes,
    granted,
    present: options.connections().find(({ id }) => id === connection.id),
  });
  if (refusal) {
    await options.revoke(createSession(connection, scopes, tokens));
    throw refusal;
  }
  return keep(options, { connection, scopes: granted, tokens });
}

interface Answer {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly granted: readonly Scope[];
  /** The connection as the settings have it now. */
  readonly present: Connection | undefined;
}

/** Why what was granted is not kept, if it is not. The connection may have changed while the browser was open (C4). */
function refusalOf({ connection, scopes, granted, present }: Answer): NinjaOneError | undefined {
  if (!present) {
    return connectionGone(connection);
  }
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) {
    return scopesRefused(connection, missing);
  }
  const excess = granted.filter((scope) => !present.scopes.includes(scope));
  const isUnasked = granted.includes('control') && !scopes.includes('control');
  return excess.length > 0 || isUnasked
    ? scopesExceeded(connection, excess.length > 0 ? excess : ['control'])
    : undefined;
}

/** One record per connection and set of scopes: a session that is there gets the tokens, and keeps its id (A11). */
async function keep(
  { store, markers, lock, renewal }: AcceptGrantOptions,
  { connection, scopes, tokens }: Grant,
): Promise<StoredSession> {
  const save = async (session: StoredSession): Promise<StoredSession> => {
    const outcome = await store.put(session);
    if (outcome === 'removed') {
      // Signed out while the browser was open: the sign-in that has just ended is the later word.
      return save(createSession(connection, scopes, tokens));
    }
    if (outcome === 'unsaved') {
      renewal.reportUnsaved(session);
    } else {
      await renewal.marker(session, 'alive');
      await store.setCanary();
    }
    return session;
  };
  const known = store.all().find((session) => isSameGrant(session, { connectionId: connection.id, scopes }));
  if (!known) {
    return save(createSession(connection, scopes, tokens));
  }
  return lock.exclusively(known.id, async () => {
    renewal.forget(known.id);
    if ((await markers.get(known.id))?.signedOut) {
      return save(createSession(connection, scopes, tokens));
    }
    const renewed = withTokens(store.get(known.id) ?? known, tokens);
    return save({ ...renewed, refreshToken: tokens.refreshToken });
  });
}
