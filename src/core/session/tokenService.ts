import { isNinjaOneError, type NinjaOneError } from '../base/errors.ts';
import { Emitter, within, type Disposable, type Event } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection, Scope } from '../connection/connection.ts';
import { parseInstance } from '../connection/instance.ts';
import type { Transport } from '../http/transport.ts';
import type * as Protocol from '../oauth/protocol.ts';
import type { ClientSecrets } from './clientSecrets.ts';
import type { RefreshLock } from './refreshLock.ts';
import { Renewal, WAITS, type Incident, type Waits } from './renewal.ts';
import {
  answers,
  differenceOf,
  isAlive,
  servedSessions,
  sessionsFor,
  type ServedChange,
  type ServedSession,
} from './servedSessions.ts';
import {
  accountOf,
  covers,
  createSession,
  grantedScopes,
  hashOf,
  isSameGrant,
  withTokens,
  type StoredSession,
  type Tokens,
} from './session.ts';
import {
  connectionGone,
  noClientSecret,
  noConnection,
  notConfirmed,
  scopesExceeded,
  scopesRefused,
  tooSlow,
} from './sessionErrors.ts';
import type { SessionMarks } from './sessionMarks.ts';
import type { SessionStore } from './sessionStore.ts';

/** The steps of OAuth, loaded when the first of them is taken. */
export type OAuthSteps = Pick<typeof Protocol, 'refreshTokens' | 'mintToken' | 'revokeToken'>;
export type TokenSet = Protocol.TokenSet;
export type OAuthContext = Protocol.OAuthContext;

export interface TokenServicePorts {
  readonly store: SessionStore;
  readonly marks: SessionMarks;
  readonly lock: RefreshLock;
  readonly clientSecrets: ClientSecrets;
  readonly connections: () => readonly Connection[];
  readonly onDidChangeConnections: Event<void>;
  /** False for a host that the user has not confirmed: nothing is sent there. */
  readonly mayContact: (connection: Connection) => boolean;
  readonly oauth: () => Promise<OAuthSteps>;
  readonly transport: Transport;
  readonly now: () => number;
  readonly logger: Logger;
  readonly sharedSecrets: boolean;
  readonly waits?: Waits;
}

/** The only way to a token: everything else in the extension asks here, and never waits on VS Code's own queue (A15). */
export class TokenService implements Disposable {
  readonly #ports: TokenServicePorts;
  readonly #renewal: Renewal;
  readonly #change = new Emitter<ServedChange>();
  readonly #signIn = new Emitter<ServedSession>();
  readonly #subscriptions: readonly Disposable[];
  readonly #taken = new WeakMap<TokenSet, Promise<ServedSession>>();
  readonly #recent = new Map<string, { readonly id: string; readonly at: number }>();
  #served: readonly ServedSession[] = [];

  /** What other extensions see change: store and settings together, in every window (A12). */
  readonly onDidChange: Event<ServedChange> = this.#change.event;
  /** A sign-in of this window has ended well; unlike a session that is read from the storage at start. */
  readonly onDidSignIn: Event<ServedSession> = this.#signIn.event;
  readonly onIncident: Event<Incident>;

  constructor(ports: TokenServicePorts) {
    this.#ports = ports;
    this.#renewal = new Renewal({
      ...ports,
      connectionOf: (session) => ports.connections().find(({ id }) => id === session.connectionId),
      requestTokens: (session) => this.#requestTokens(session),
      revoke: (session) => this.#revoke(session),
    });
    this.onIncident = this.#renewal.onIncident;
    this.#subscriptions = [
      ports.store.onDidChange(() => {
        this.#update();
      }),
      ports.onDidChangeConnections(() => {
        this.#renewal.reconsider();
        this.#update();
      }),
      ports.clientSecrets.onDidChange((connectionId) => {
        this.#renewal.reconsider(connectionId);
      }),
    ];
    this.#update();
  }

  /** Sessions that can answer a request, without any network. */
  served(): readonly ServedSession[] {
    const now = this.#ports.now();
    return this.#served.filter(({ session }) => isAlive(session, now));
  }

  /** Sessions whose connection is gone, or no longer allows what they can do: never used, shown with Sign Out (C4). */
  orphans(): readonly StoredSession[] {
    return this.#ports.store.all().filter((each) => !this.#served.some(({ session }) => isSameGrant(session, each)));
  }

  /** Every session of a connection, served or not. */
  connectionSessions(connectionId: string): readonly StoredSession[] {
    return this.#ports.store.all().filter((session) => session.connectionId === connectionId);
  }

  find(id: string): ServedSession | undefined {
    return this.served().find(({ session }) => session.id === id);
  }

  /**
   * Sessions for a request of another extension, with tokens that live at least five minutes longer where they can be
   * had within ten seconds, else with tokens that are still valid. A session whose token cannot be renewed for the
   * moment (offline, server trouble) is answered as it is: it is not signed out (A8, A9).
   */
  async sessionsFor(scopes: readonly Scope[], accountId: string | undefined): Promise<readonly ServedSession[]> {
    const found = sessionsFor(this.served(), scopes, accountId);
    const answered = await Promise.all(found.map((served) => this.#bounded(served)));
    const renewed = answered.flatMap((answer) => (answer === undefined || answer instanceof Error ? [] : [answer]));
    // Asked again: the server may have granted a renewed token other scopes than the one before.
    const sessions = sessionsFor(renewed, scopes, accountId).filter(({ session, connection }) =>
      covers(connection.scopes, session.scopes),
    );
    // One connection that is set up wrong does not hide the others; alone it is worth an explanation.
    const failure = answered.find((answer) => answer instanceof Error);
    if (failure && sessions.length === 0) {
      throw failure;
    }
    return sessions;
  }

  /** A valid token of a session; `force` renews it whatever its age. Errors: NinjaOneError. */
  async fresh(id: string, options: { readonly force: boolean } = { force: false }): Promise<ServedSession> {
    const known = this.#ports.store.get(id);
    if (known && !this.#served.some(({ session }) => session.id === id)) {
      throw noConnection(known);
    }
    const session = await this.#renewal.fresh({ id, margin: MARGIN, force: options.force });
    const served = this.#served.find((each) => each.session.id === id);
    if (!served) {
      throw noConnection(session);
    }
    return { ...served, session };
  }

  /**
   * Takes a sign-in in. `acquire` gets the tokens, by browser or with the client secret; what it grants must cover
   * `scopes` and stay within the connection, else nothing is kept (A10).
   */
  async signIn(
    connection: Connection,
    scopes: readonly Scope[],
    acquire: () => Promise<TokenSet>,
  ): Promise<ServedSession> {
    const tokens = await acquire();
    // Two callers that joined one sign-in have the same tokens, and get the same session.
    const taken = this.#taken.get(tokens) ?? this.#take(connection, scopes, tokens);
    this.#taken.set(tokens, taken);
    return taken;
  }

  async #take(connection: Connection, scopes: readonly Scope[], tokens: TokenSet): Promise<ServedSession> {
    const granted = grantedScopes(tokens, scopes);
    const refusal = this.#refusalOf(connection, scopes, granted);
    if (refusal) {
      await this.#revoke(createSession(connection, scopes, tokens));
      throw refusal;
    }
    const session = await this.#keep(connection, granted, tokens);
    this.#recent.set(connection.id, { id: session.id, at: this.#ports.now() });
    const served = { session, connection, account: accountOf(session, connection) };
    this.#signIn.fire(served);
    return served;
  }

  /** The session of a sign-in that ended a moment ago, so that two extensions that ask at once open one browser (A17). */
  recent(connection: Connection, scopes: readonly Scope[], startedAt: number): ServedSession | undefined {
    const recent = this.#recent.get(connection.id);
    const since = recent ? startedAt - recent.at : Infinity;
    // One that started while the other still ran counts as well, but not one from before the clock was set back.
    const served = recent && since < JUST_NOW && since > -LONGEST_SIGN_IN ? this.find(recent.id) : undefined;
    return served && answers(served.session, scopes) ? served : undefined;
  }

  /** A token for exactly these scopes with the client secret (A6). */
  async mint(connection: Connection, scopes: readonly Scope[], signal?: AbortSignal): Promise<TokenSet> {
    const steps = await this.#ports.oauth();
    return steps.mintToken(await this.context(connection, signal), scopes);
  }

  /** What every OAuth step needs. Rejects when the host is not confirmed or the client secret is missing. */
  async context(connection: Connection, signal?: AbortSignal): Promise<OAuthContext> {
    const { clientSecrets, mayContact, transport, now } = this.#ports;
    if (!mayContact(connection)) {
      throw notConfirmed(connection);
    }
    const needsSecret = connection.platform === 'web' || connection.platform === 'api-services';
    const clientSecret = needsSecret ? await clientSecrets.get(connection.id) : undefined;
    if (needsSecret && clientSecret === undefined) {
      throw noClientSecret(connection);
    }
    return { connection, transport, clientSecret, now, ...(signal ? { signal } : {}) };
  }

  /**
   * Signs out at once; the revocation at the server goes on behind and resolves to whether it worked (A13). Works for
   * orphans too: their tokens go to the origin that issued them and to no other.
   */
  async signOut(
    id: string,
  ): Promise<{ readonly session: StoredSession; readonly revoked: Promise<boolean> } | undefined> {
    const { store } = this.#ports;
    const session = store.get(id);
    if (!session) {
      return undefined;
    }
    const ended = store.all().filter((each) => isSameGrant(each, session));
    for (const each of ended) {
      await this.#end(each);
    }
    const revoked = Promise.all(ended.map((each) => this.#revoke(each))).then((all) => all.every(Boolean));
    return { session, revoked };
  }

  /** The session that the id and a token which we issued for it both name (X1). */
  known(id: string, accessToken: string): ServedSession | undefined {
    const served = this.#served.find(({ session }) => session.id === id);
    return served?.session.tokenHashes.includes(hashOf(accessToken)) ? served : undefined;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#change.dispose();
    this.#signIn.dispose();
  }

  /** Why what was granted is not kept, if it is not. The connection may have changed while the browser was open (C4). */
  #refusalOf(connection: Connection, scopes: readonly Scope[], granted: readonly Scope[]): NinjaOneError | undefined {
    const present = this.#ports.connections().find(({ id }) => id === connection.id);
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

  async #bounded(served: ServedSession): Promise<ServedSession | NinjaOneError | undefined> {
    const { session, connection } = served;
    try {
      const { id } = session;
      const renewed = await within(
        (this.#ports.waits ?? WAITS).answer,
        this.#renewal.fresh({ id, margin: MARGIN }),
        () => tooSlow(connection),
      );
      return { connection, session: renewed, account: accountOf(renewed, connection) };
    } catch (error) {
      if (isNinjaOneError(error) && error.intent !== 'transient' && error.intent !== 'storage') {
        return error.intent === 'signInAgain' ? undefined : error;
      }
      const present = this.#ports.store.get(session.id);
      return present && { ...served, session: present };
    }
  }

  async #keep(connection: Connection, scopes: readonly Scope[], tokens: Tokens): Promise<StoredSession> {
    const { store, marks, lock } = this.#ports;
    const save = async (session: StoredSession): Promise<StoredSession> => {
      const outcome = await store.put(session);
      if (outcome === 'removed') {
        // Signed out while the browser was open: the sign-in that has just ended is the later word.
        return save(createSession(connection, scopes, tokens));
      }
      if (outcome === 'unsaved') {
        this.#renewal.tellUnsaved(session);
      } else {
        await this.#renewal.mark(session, 'alive');
        await store.setCanary();
      }
      return session;
    };
    const known = store.all().find((session) => isSameGrant(session, { connectionId: connection.id, scopes }));
    if (!known) {
      return save(createSession(connection, scopes, tokens));
    }
    return lock.exclusively(known.id, async () => {
      this.#renewal.forget(known.id);
      if ((await marks.get(known.id))?.signedOut) {
        return save(createSession(connection, scopes, tokens));
      }
      const renewed = withTokens(store.get(known.id) ?? known, tokens);
      return save({ ...renewed, refreshToken: tokens.refreshToken });
    });
  }

  /** The mark first: a refresh that is in flight in another window reads it before and after it stores anything. */
  async #end(session: StoredSession): Promise<void> {
    const marked = await this.#renewal.mark(session, 'ended');
    this.#renewal.forget(session.id);
    this.#recent.delete(session.connectionId);
    try {
      await this.#ports.store.remove(session.id);
    } catch (error) {
      // The next start deletes what is marked.
      if (!marked) {
        throw error;
      }
      this.#ports.logger.warn(`The record of session ${session.id} is deleted later: ${messageOf(error)}`);
    }
  }

  async #requestTokens(session: StoredSession): Promise<Tokens> {
    const connection = this.#served.find((served) => served.session.id === session.id)?.connection;
    if (!connection || !isBoundTo(session, connection)) {
      throw noConnection(session);
    }
    const steps = await this.#ports.oauth();
    const context = await this.context(connection);
    if (session.platform === 'api-services') {
      return steps.mintToken(context, session.scopes);
    }
    if (session.refreshToken === undefined) {
      throw noConnection(session);
    }
    return steps.refreshTokens(context, session.refreshToken);
  }

  /** RFC 7009, at the origin that issued the tokens. The refresh token first: it is the one that lives on. */
  async #revoke(session: StoredSession): Promise<boolean> {
    const connection =
      this.#ports.connections().find((candidate) => isBoundTo(session, candidate)) ?? asConnection(session);
    if (!connection) {
      return false;
    }
    try {
      const steps = await this.#ports.oauth();
      const context = await this.context(connection);
      if (session.refreshToken !== undefined) {
        await steps.revokeToken(context, session.refreshToken, 'refresh_token');
      }
      await steps.revokeToken(context, session.accessToken, 'access_token');
      return true;
    } catch (error) {
      this.#ports.logger.warn(`The tokens of session ${session.id} could not be revoked: ${messageOf(error)}`);
      return false;
    }
  }

  #update(): void {
    const before = this.#served;
    this.#served = servedSessions(this.#ports.store.all(), this.#ports.connections());
    const change = differenceOf(before, this.#served);
    if (change.added.length + change.removed.length + change.changed.length > 0) {
      this.#change.fire(change);
    }
  }
}

/** A token with more than five minutes left is handed out as it is (A9). */
const MARGIN = 300_000;
const JUST_NOW = 5000;
const LONGEST_SIGN_IN = 300_000;

/** Tokens go to the origin that issued them, as the client that they were issued to, and nowhere else (C4). */
function isBoundTo(session: StoredSession, connection: Connection): boolean {
  return (
    connection.id === session.connectionId &&
    connection.instance.origin === session.origin &&
    connection.clientId === session.clientId &&
    connection.platform === session.platform
  );
}

/** Enough of a connection to revoke the tokens of a session whose own is gone. */
function asConnection(session: StoredSession): Connection | undefined {
  const parsed = parseInstance(session.origin);
  return parsed.ok
    ? {
        id: session.connectionId,
        name: session.connectionName,
        instance: parsed.instance,
        platform: session.platform,
        clientId: session.clientId,
        scopes: session.scopes,
        offlineAccess: false,
        redirectUri: undefined,
      }
    : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
