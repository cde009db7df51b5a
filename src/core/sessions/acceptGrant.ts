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

/** The result of a sign-in, and the requested scopes. */
export interface Grant {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly tokens: Tokens;
}

/** Stores a sign-in as a session, or refuses it and revokes its tokens (A10). */
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
  return storeGrant(options, { connection, scopes: granted, tokens });
}

interface GrantDetails {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly granted: readonly Scope[];
  /** The connection in the current settings. */
  readonly present: Connection | undefined;
}

/** The reason to refuse a grant, if any. The connection may have changed while the browser was open (C4). */
function refusalOf({ connection, scopes, granted, present }: GrantDetails): NinjaOneError | undefined {
  if (!present) {
    return connectionGone(connection);
  }
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) {
    return scopesRefused(connection, missing);
  }
  const excess = granted.filter((scope) => !present.scopes.includes(scope));
  const isUnrequested = granted.includes('control') && !scopes.includes('control');
  return excess.length > 0 || isUnrequested
    ? scopesExceeded(connection, excess.length > 0 ? excess : ['control'])
    : undefined;
}

/** One record per connection and set of scopes: an existing session gets the tokens and keeps its ID (A11). */
async function storeGrant(
  { store, markers, lock, renewal }: AcceptGrantOptions,
  { connection, scopes, tokens }: Grant,
): Promise<StoredSession> {
  const save = async (session: StoredSession): Promise<StoredSession> => {
    const outcome = await store.put(session);
    if (outcome === 'removed') {
      // If the user signed out while the browser was open, the sign-in that has just ended is more recent.
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
