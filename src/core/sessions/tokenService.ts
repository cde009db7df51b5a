import { errorMessage, isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { Emitter, withTimeout, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { acceptGrant } from './acceptGrant.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import type { RefreshLock } from './refreshLock.ts';
import { TokenRenewal, RENEWAL_TIMEOUTS, type RenewalFailure, type RenewalTimeouts } from './tokenRenewal.ts';
import {
  satisfiesScopes,
  compareUsableSessions,
  isAlive,
  usableSessions,
  matchingSessions,
  type UsableSessionsChange,
  type UsableSession,
} from './usableSessions.ts';
import { sessionAccount, coversScopes, tokenHash, isSameGrant, type StoredSession } from './session.ts';
import { sessionOrphaned } from './sessionErrors.ts';
import type { SessionMarkers } from './sessionMarkers.ts';
import type { SessionStore } from './sessionStore.ts';
import type { TokenRequests, TokenSet } from './tokenRequests.ts';

export interface TokenServiceOptions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly lock: RefreshLock;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly connections: () => readonly Connection[];
  readonly onDidChangeConnections: Event<void>;
  readonly now: () => number;
  readonly logger: Logger;
  readonly sharedSecrets: boolean;
  readonly timeouts?: RenewalTimeouts;
}

/** The only source of tokens in the extension. It never waits for VS Code's authentication queue (A15). */
export class TokenService implements Disposable {
  readonly #options: TokenServiceOptions;
  readonly #requests: TokenRequests;
  readonly #renewal: TokenRenewal;
  readonly #change = new Emitter<UsableSessionsChange>();
  readonly #signIn = new Emitter<UsableSession>();
  readonly #subscriptions: readonly Disposable[];
  readonly #accepted = new WeakMap<TokenSet, Promise<UsableSession>>();
  readonly #recent = new Map<string, { readonly id: string; readonly at: number }>();
  #usable: readonly UsableSession[] = [];

  /** Changes to the sessions that other extensions can use, from the store or the settings, in every window (A12). */
  readonly onDidChange: Event<UsableSessionsChange> = this.#change.event;
  /** Fires after a successful sign-in in this window, but not for a session read from the storage. */
  readonly onDidSignIn: Event<UsableSession> = this.#signIn.event;
  readonly onRenewalFailure: Event<RenewalFailure>;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
    this.#requests = options.requests;
    this.#renewal = new TokenRenewal({
      ...options,
      connectionOf: (session) => options.connections().find(({ id }) => id === session.connectionId),
      requestTokens: (session) => this.#requests.renew(session, this.#connectionOf(session.id)),
      revoke: (session) => this.#requests.revoke(session),
    });
    this.onRenewalFailure = this.#renewal.onRenewalFailure;
    this.#subscriptions = [
      options.store.onDidChange(() => {
        this.#update();
      }),
      options.onDidChangeConnections(() => {
        this.#renewal.clearFailuresAfterConfigChange();
        this.#update();
      }),
      options.clientSecrets.onDidChange((connectionId) => {
        this.#renewal.clearFailuresAfterConfigChange(connectionId);
      }),
    ];
    this.#update();
  }

  /** Sessions that can be returned without a network request. */
  usable(): readonly UsableSession[] {
    const now = this.#options.now();
    return this.#usable.filter(({ session }) => isAlive(session, now));
  }

  /** Sessions whose connection was removed or no longer allows their scopes: not used, but listed for Sign Out (C4). */
  orphans(): readonly StoredSession[] {
    return this.#options.store.all().filter((each) => !this.#usable.some(({ session }) => isSameGrant(session, each)));
  }

  /** Sessions with an expired token and no refresh token. The next sign-in renews them. */
  expired(): readonly UsableSession[] {
    const now = this.#options.now();
    return this.#usable.filter(({ session }) => !isAlive(session, now));
  }

  /** All sessions for Sign Out: usable, expired, and orphaned. */
  listed(): readonly StoredSession[] {
    return [...this.#usable.map(({ session }) => session), ...this.orphans()];
  }

  /** All sessions of a connection, usable or not. */
  connectionSessions(connectionId: string): readonly StoredSession[] {
    return this.#options.store.all().filter((session) => session.connectionId === connectionId);
  }

  find(id: string): UsableSession | undefined {
    return this.usable().find(({ session }) => session.id === id);
  }

  /**
   * Sessions for a request of another extension. Their tokens are valid for at least five minutes if that is possible
   * within ten seconds; otherwise they are still valid. A session whose token cannot be renewed now (offline, server
   * problem) is returned unchanged, because it is not signed out (A8, A9).
   */
  async sessionsFor(scopes: readonly Scope[], accountId: string | undefined): Promise<readonly UsableSession[]> {
    const found = matchingSessions(this.usable(), scopes, accountId);
    const results = await Promise.all(found.map((usable) => this.#bounded(usable)));
    const renewed = results.flatMap((response) =>
      response === undefined || response instanceof Error ? [] : [response],
    );
    // Check again, because the server may have granted the renewed token other scopes.
    const sessions = matchingSessions(renewed, scopes, accountId).filter(({ session, connection }) =>
      coversScopes(connection.scopes, session.scopes),
    );
    // A misconfigured connection must not hide the others, but if it is the only one, its error is thrown.
    const failure = results.find((response) => response instanceof Error);
    if (failure && sessions.length === 0) {
      throw failure;
    }
    return sessions;
  }

  /** The session with a valid token; `force` renews it whatever its age. Rejects with a NinjaOneError. */
  async getValidToken(id: string, options: { readonly force: boolean } = { force: false }): Promise<UsableSession> {
    const known = this.#options.store.get(id);
    if (known && !this.#usable.some(({ session }) => session.id === id)) {
      throw sessionOrphaned(known);
    }
    const session = await this.#renewal.getValidToken({ id, margin: MARGIN, force: options.force });
    const usable = this.#usable.find((each) => each.session.id === id);
    if (!usable) {
      throw sessionOrphaned(session);
    }
    return { ...usable, session };
  }

  /**
   * Signs in. `acquire` obtains the tokens, by browser or with the client secret. The granted scopes must include `scopes`
   * and must not exceed the connection; otherwise nothing is stored (A10).
   */
  async signIn(
    connection: Connection,
    scopes: readonly Scope[],
    acquire: () => Promise<TokenSet>,
  ): Promise<UsableSession> {
    const tokens = await acquire();
    // Callers that share a sign-in have the same tokens and get the same session.
    const accepted = this.#accepted.get(tokens) ?? this.#accept(connection, scopes, tokens);
    this.#accepted.set(tokens, accepted);
    return accepted;
  }

  async #accept(connection: Connection, scopes: readonly Scope[], tokens: TokenSet): Promise<UsableSession> {
    const { store, markers, lock, connections } = this.#options;
    const revoke = (session: StoredSession): Promise<boolean> => this.#requests.revoke(session);
    const options = { store, markers, lock, connections, renewal: this.#renewal, revoke };
    const session = await acceptGrant(options, { connection, scopes, tokens });
    this.#recent.set(connection.id, { id: session.id, at: this.#options.now() });
    const usable = { session, connection, account: sessionAccount(session, connection) };
    this.#signIn.fire(usable);
    return usable;
  }

  /** The session of a very recent sign-in, so that simultaneous requests of two extensions open one browser (A17). */
  recent(connection: Connection, scopes: readonly Scope[], startedAt: number): UsableSession | undefined {
    const recent = this.#recent.get(connection.id);
    const since = recent ? startedAt - recent.at : Infinity;
    // Includes a sign-in that started while the other was running, but not one from before the clock was set back.
    const usable = recent && since < JUST_NOW && since > -LONGEST_SIGN_IN ? this.find(recent.id) : undefined;
    return usable && satisfiesScopes(usable.session, scopes) ? usable : undefined;
  }

  /**
   * Signs out immediately; the revocation at the server continues in the background and resolves to whether it succeeded
   * (A13). Also works for orphaned sessions: their tokens are sent only to the origin that issued them.
   */
  async signOut(
    id: string,
  ): Promise<{ readonly session: StoredSession; readonly revoked: Promise<boolean> } | undefined> {
    const { store } = this.#options;
    const session = store.get(id);
    if (!session) {
      return undefined;
    }
    const ended = store.all().filter((each) => isSameGrant(each, session));
    for (const each of ended) {
      await this.#end(each);
    }
    const revoked = Promise.all(ended.map((each) => this.#requests.revoke(each))).then((all) => all.every(Boolean));
    return { session, revoked };
  }

  /** The session with this ID, if the token was issued for it (X1). */
  known(id: string, accessToken: string): UsableSession | undefined {
    const usable = this.#usable.find(({ session }) => session.id === id);
    return usable?.session.tokenHashes.includes(tokenHash(accessToken)) ? usable : undefined;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#change.dispose();
    this.#signIn.dispose();
  }

  async #bounded(usable: UsableSession): Promise<UsableSession | NinjaOneError | undefined> {
    const { session, connection } = usable;
    try {
      const { id } = session;
      const renewed = await withTimeout(
        (this.#options.timeouts ?? RENEWAL_TIMEOUTS).response,
        this.#renewal.getValidToken({ id, margin: MARGIN }),
        () => new Error('The token did not come in time.'),
      );
      return { connection, session: renewed, account: sessionAccount(renewed, connection) };
    } catch (error) {
      if (isNinjaOneError(error) && error.intent !== 'transient' && error.intent !== 'storage') {
        return error.intent === 'signInAgain' ? undefined : error;
      }
      const present = this.#options.store.get(session.id);
      return present && { ...usable, session: present };
    }
  }

  /** Writes the marker first, because a renewal in another window reads it before and after it stores the record. */
  async #end(session: StoredSession): Promise<void> {
    const marked = await this.#renewal.marker(session, 'ended');
    this.#renewal.forget(session.id);
    this.#recent.delete(session.connectionId);
    try {
      await this.#options.store.remove(session.id);
    } catch (error) {
      // The next start deletes records that have a marker.
      if (!marked) {
        throw error;
      }
      this.#options.logger.warn(`The record of session ${session.id} is deleted later: ${errorMessage(error)}`);
    }
  }

  #connectionOf(id: string): Connection | undefined {
    return this.#usable.find(({ session }) => session.id === id)?.connection;
  }

  #update(): void {
    const before = this.#usable;
    this.#usable = usableSessions(this.#options.store.all(), this.#options.connections());
    const change = compareUsableSessions(before, this.#usable);
    if (change.added.length + change.removed.length + change.changed.length > 0) {
      this.#change.fire(change);
    }
  }
}

/** A token with more than five minutes left is not renewed (A9). */
const MARGIN = 300_000;
const JUST_NOW = 5000;
const LONGEST_SIGN_IN = 300_000;
