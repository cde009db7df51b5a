import type { NinjaOneError } from '../base/errors.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { RefreshLock } from './refreshLock.ts';
import type { RenewalFailures } from './renewalFailures.ts';
import {
  createSession,
  excessScopes,
  grantedScopes,
  isSameGrant,
  withTokens,
  type StoredSession,
  type Tokens,
} from './session.ts';
import { connectionGone, scopesExceeded, scopesRefused, signInReset } from './sessionErrors.ts';
import type { SessionStore } from './sessionStore.ts';
import { successorIn, type TokenPersistence } from './tokenPersistence.ts';
import { isSpent, type TokenStates } from './tokenStates.ts';

export interface AcceptGrantOptions {
  readonly store: SessionStore;
  readonly states: TokenStates;
  readonly lock: RefreshLock;
  readonly persistence: TokenPersistence;
  readonly failures: RenewalFailures;
  readonly connections: () => readonly Connection[];
  /** False where each window has secrets of its own; see `TokenRenewalOptions`. */
  readonly sharedSecrets: boolean;
  /** Best effort; never rejects. */
  readonly revoke: (session: StoredSession) => Promise<boolean>;
}

/** The result of a sign-in, and the requested scopes. */
export interface Grant {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
  readonly tokens: Tokens;
  /** Those that were known when the sign-in began; `TokenStates.resets`. */
  readonly resets: ReadonlySet<string>;
}

/** Stores a sign-in as a session, or refuses it and revokes its tokens (A10). */
export async function acceptGrant(
  options: AcceptGrantOptions,
  { connection, scopes, tokens, resets }: Grant,
): Promise<StoredSession> {
  const granted = grantedScopes(tokens, scopes);
  const refusal = refusalOf({
    connection,
    scopes,
    granted,
    present: options.connections().find(({ id }) => id === connection.id),
  });
  if (refusal) {
    void options.revoke(createSession(connection, scopes, tokens));
    throw refusal;
  }
  return storeGrant(options, { connection, scopes: granted, tokens, resets });
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
  const excess = excessScopes(present, scopes, granted);
  return excess.length > 0 ? scopesExceeded(connection, excess) : undefined;
}

/**
 * One record per connection and set of scopes: an existing session gets the tokens and keeps its ID (A11). The tokens that
 * it had are revoked in the background, because no record knows them any longer (A13).
 */
async function storeGrant(
  { store, states, lock, persistence, failures, sharedSecrets, revoke }: AcceptGrantOptions,
  { connection, scopes, tokens, resets }: Grant,
): Promise<StoredSession> {
  /** A reset in any window wins over a sign-in that began before it. It ends sessions after it has recorded itself. */
  const refuseAfterReset = async (session: StoredSession): Promise<void> => {
    if ([...(await states.resets())].some((id) => !resets.has(id))) {
      await persistence.end(session);
      void revoke(session);
      throw signInReset(connection);
    }
  };
  const save = async (session: StoredSession, replaced?: string): Promise<StoredSession> => {
    await refuseAfterReset(session);
    const outcome = await persistence.keep(session, replaced);
    await refuseAfterReset(session);
    if (outcome === 'removed') {
      // If the user signed out while the browser was open, the sign-in that has just ended is more recent.
      return save(await create());
    }
    if (outcome === 'stored') {
      await store.setCanary();
    }
    return session;
  };
  const create = async (): Promise<StoredSession> => persistence.asLatest(createSession(connection, scopes, tokens));
  const known = store.all().find((session) => isSameGrant(session, { connectionId: connection.id, scopes }));
  if (!known) {
    return save(await create());
  }
  return lock.exclusively(known.id, async () => {
    failures.forget(known);
    const state = await states.get(known.id);
    if (state?.kind === 'ended') {
      return save(await create());
    }
    const present = store.get(known.id) ?? known;
    // Tokens that have not reached this window are replaced, too, unless the other window has them for itself.
    const former = (sharedSecrets ? successorIn(state, present) : undefined) ?? present;
    const renewed = withTokens(former, tokens, await persistence.nextGeneration(former));
    const session = await save({ ...renewed, refreshToken: tokens.refreshToken }, former.refreshToken);
    // A spent token is not sent, because a server may end the whole sign-in for it.
    const isReplaced = former.accessToken !== session.accessToken && former.refreshToken !== session.refreshToken;
    if (!isSpent(former, state) && (isReplaced || former.refreshToken === undefined)) {
      void revoke(former);
    }
    return session;
  });
}
