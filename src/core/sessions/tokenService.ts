import type { NinjaOneError } from '../base/errors.ts';
import { KeyedSingleFlight, lazy, type Disposable, type Event } from '../base/lifecycle.ts';
import { notifySafely } from '../base/notifySafely.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { Grant } from './acceptGrant.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import { TokenEvents } from './tokenEvents.ts';
import type { TokenGrants, TokenGrantsOptions } from './tokenGrants.ts';
import { RecentSignIns } from './recentSignIns.ts';
import type { RenewalFailure } from './renewalFailures.ts';
import { isAmong } from './scopeRequest.ts';
import { requestSessions } from './sessionRequest.ts';
import type { ValidTokenOptions } from './tokenRenewal.ts';
import {
  satisfiesScopes,
  compareUsableSessions,
  isAlive,
  usableSessions,
  type UsableSessionsChange,
  type UsableSession,
} from './usableSessions.ts';
import { tokenHash, grantKey, isValid, type Account, type StoredSession } from './session.ts';
import { sessionOrphaned } from './sessionErrors.ts';
import type { TokenRequests, TokenSet } from './tokenRequests.ts';

export interface TokenServiceOptions extends Pick<
  TokenGrantsOptions,
  'store' | 'states' | 'labels' | 'directory' | 'lock' | 'connections' | 'now' | 'logger' | 'sharedSecrets' | 'timeouts'
> {
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly onDidChangeConnections: Event<void>;
  /** Repeats what the secret storage did not do before; see StorageRecovery. */
  readonly recover: () => void;
}

/** The only source of tokens in the extension. It never waits for VS Code's authentication queue (A15). */
export class TokenService implements Disposable {
  readonly #options: TokenServiceOptions;
  readonly #requests: TokenRequests;
  readonly #grants: () => Promise<TokenGrants>;
  #loaded: TokenGrants | undefined;
  readonly #events = new TokenEvents();
  readonly #subscriptions: readonly Disposable[];
  readonly #accepted = new WeakMap<TokenSet, Promise<UsableSession>>();
  readonly #running = new KeyedSingleFlight<readonly UsableSession[]>();
  readonly #recent = new RecentSignIns();
  readonly #closing = new AbortController();
  #usable: readonly UsableSession[] = [];

  /** Changes to the sessions that other extensions can use, from the store or the settings, in every window (A12). */
  readonly onDidChange: Event<UsableSessionsChange> = this.#events.change.event;
  /** Fires after a successful sign-in in this window, but not for a session read from the storage. */
  readonly onDidSignIn: Event<UsableSession> = this.#events.signIn.event;
  /** Fires when the user has to know that a token could not be renewed, once per incident (A8). */
  readonly onRenewalFailure: Event<RenewalFailure> = this.#events.renewalFailure.event;
  /** `renewalProblem` may have changed. */
  readonly onDidChangeRenewalProblem: Event<void> = this.#events.renewalProblem.event;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
    this.#requests = options.requests;
    this.#grants = lazy(async () => {
      const { TokenGrants } = await import('./tokenGrants.ts');
      this.#loaded = new TokenGrants({
        ...options,
        connectionOf: (session) => this.#configured(session),
        requestTokens: (session) => this.#requests.renew(session, this.#connectionOf(session.id), this.#closing.signal),
        revoke: (session) => this.#requests.revoke(session),
        report: (failure) => this.#events.renewalFailure.fire(failure),
        onChange: () => notifySafely(() => this.#events.renewalProblem.fire(undefined), options.logger),
      });
      return this.#loaded;
    });
    this.#subscriptions = [
      options.store.onDidChange(() => {
        this.#update();
      }),
      options.store.onDidDrop((session) => void this.#requests.revoke(session)),
      options.onDidChangeConnections(() => {
        this.#loaded?.failures.clearFailuresAfterConfigChange();
        this.#update();
      }),
      options.clientSecrets.onDidChange((connectionId) => {
        this.#loaded?.failures.clearFailuresAfterConfigChange(connectionId);
      }),
    ];
    this.#update();
  }

  /** Sessions that can be returned without a network request. */
  usable(): readonly UsableSession[] {
    return this.#usable.filter(({ session }) => this.#isAlive(session));
  }

  /** Sessions whose connection was removed or no longer allows their scopes: not used, but listed for Sign Out (C4). */
  orphans(): readonly StoredSession[] {
    const grants = new Set(this.#usable.map(({ session }) => grantKey(session)));
    return this.#options.store.all().filter((each) => !grants.has(grantKey(each)));
  }

  /** Sessions with an expired token and no usable refresh token. The next sign-in renews them. */
  expired(): readonly UsableSession[] {
    return this.#usable.filter(({ session }) => !this.#isAlive(session));
  }

  /** All sessions for Sign Out: usable, expired, and orphaned. */
  listed(): readonly StoredSession[] {
    return [...this.#usable.map(({ session }) => session), ...this.orphans()];
  }

  /** All sessions of a connection, usable or not. */
  connectionSessions(connectionId: string): readonly StoredSession[] {
    return this.#options.store.all().filter((session) => session.connectionId === connectionId);
  }

  /** The account of a session, used or not, for display. */
  accountOf(session: StoredSession): Account {
    return this.#options.labels.account(session, this.#configured(session));
  }

  /** Why a token of the connection could not be renewed the last time, whether it still works or not. */
  renewalProblem(connectionId: string): NinjaOneError | undefined {
    return this.#loaded?.failures.latest(connectionId);
  }

  find(id: string): UsableSession | undefined {
    return this.usable().find(({ session }) => session.id === id);
  }

  /**
   * Sessions for a request of another extension; see `requestSessions`. Equal requests at the same time share one run.
   * `connectionIds` are those that the request names.
   */
  sessionsFor(
    scopes: readonly Scope[],
    accountId: string | undefined,
    connectionIds: readonly string[] = [],
  ): Promise<readonly UsableSession[]> {
    this.#options.recover();
    const options = {
      usable: () => this.usable().filter(({ connection }) => isAmong(connection, connectionIds)),
      renew: async ({ session: { id }, connection }: UsableSession) => {
        const session = await (await this.#grants()).getValidToken({ id, margin: MARGIN });
        return { connection, session, account: this.#options.labels.account(session, connection) };
      },
      now: this.#options.now,
      margin: MARGIN,
      timeout: this.#options.timeouts?.response,
    };
    const key = JSON.stringify([scopes, accountId, connectionIds]);
    return this.#running.run(key, async () => {
      await this.#options.store.dropEnded();
      const found = await requestSessions(options, { scopes, accountId });
      this.#recent.forgetReturned(found);
      return found;
    });
  }

  /**
   * The session with a valid token, for a user action unless the options say otherwise; `force` renews it whatever its age.
   * Rejects with a NinjaOneError.
   */
  async getValidToken(
    id: string,
    { force = false, isUserAction = true }: Omit<ValidTokenOptions, 'id' | 'margin'> = {},
  ): Promise<UsableSession> {
    this.#options.recover();
    await this.#options.store.dropEnded();
    const known = this.#options.store.get(id);
    if (known && !this.#usable.some(({ session }) => session.id === id)) {
      throw sessionOrphaned(known);
    }
    const session =
      known && !force && isValid(known, this.#options.now(), MARGIN)
        ? known
        : await (await this.#grants()).getValidToken({ id, margin: MARGIN, force, isUserAction });
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
    const resets = this.#options.states.resets();
    const tokens = await acquire();
    // Callers that share a sign-in have the same tokens and get the same session.
    const accepted = this.#accepted.get(tokens) ?? this.#accept({ connection, scopes, tokens }, resets);
    this.#accepted.set(tokens, accepted);
    return accepted;
  }

  async #accept(grant: Omit<Grant, 'resets'>, resets: Promise<Grant['resets']>): Promise<UsableSession> {
    const session = await (await this.#grants()).accept({ ...grant, resets: await resets });
    const { connection } = grant;
    this.#recent.add(connection.id, session.id, this.#options.now());
    const usable = { session, connection, account: this.#options.labels.account(session, connection) };
    notifySafely(() => this.#events.signIn.fire(usable), this.#options.logger);
    return usable;
  }

  /** The session of a very recent sign-in, so that simultaneous requests of two extensions open one browser (A17). */
  recent(connection: Connection, scopes: readonly Scope[], startedAt: number): UsableSession | undefined {
    const id = this.#recent.find(connection, startedAt);
    const usable = id === undefined ? undefined : this.find(id);
    return usable && satisfiesScopes(usable.session, scopes) ? usable : undefined;
  }

  /**
   * Signs out immediately; the revocation at the server continues in the background and resolves to whether it succeeded
   * (A13). Also works for orphaned sessions: their tokens are sent only to the origin that issued them.
   */
  async signOut(
    id: string,
  ): Promise<{ readonly session: StoredSession; readonly revoked: Promise<boolean> } | undefined> {
    const session = this.#options.store.get(id);
    if (!session) {
      return undefined;
    }
    const { revoked } = await (await this.#grants()).signOut(session);
    this.#recent.forget(session.connectionId);
    return { session, revoked };
  }

  /** The session with this ID, if the token was issued for it (X1). */
  known(id: string, accessToken: string): UsableSession | undefined {
    const usable = this.#usable.find(({ session }) => session.id === id);
    return usable?.session.tokenHashes.includes(tokenHash(accessToken)) ? usable : undefined;
  }

  /** Sends no more token requests. Resolves when the results of those that were sent are stored. Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loaded?.settle();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#loaded?.dispose();
    this.#events.dispose();
  }

  #isAlive(session: StoredSession): boolean {
    return isAlive(session, this.#options.now()) && this.#loaded?.isExhausted(session) !== true;
  }

  /** The connection of a session in the settings. */
  #configured({ connectionId }: StoredSession): Connection | undefined {
    return this.#options.connections().find(({ id }) => id === connectionId);
  }

  #connectionOf(id: string): Connection | undefined {
    return this.#usable.find(({ session }) => session.id === id)?.connection;
  }

  #update(): void {
    const before = this.#usable;
    this.#usable = usableSessions(this.#options.store.all(), this.#options.connections(), this.#options.labels);
    const change = compareUsableSessions(before, this.#usable);
    if (Object.values(change).some(({ length }) => length > 0)) {
      this.#events.change.fire(change);
    }
  }
}

/** A token with more than five minutes left is not renewed (A9). */
const MARGIN = 300_000;
