import { createHash, randomUUID } from 'node:crypto';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import {
  isScope,
  orderScopes,
  PLATFORMS,
  type Connection,
  type Platform,
  type Scope,
} from '../connections/connection.ts';

/**
 * What is kept of a sign-in, one record per connection and set of scopes (A10). Times are milliseconds since 1970 by
 * our own clock. The binding (origin, client id, platform) says where its tokens may be sent, for ever (C4).
 */
export interface StoredSession {
  readonly version: 1;
  /** Random, survives every refresh (A11). */
  readonly id: string;
  readonly connectionId: string;
  readonly origin: string;
  readonly clientId: string;
  readonly platform: Platform;
  /** Name and instance as last seen, to name the session when its connection is gone from the settings. */
  readonly connectionName: string;
  readonly instanceLabel: string;
  /** What the server granted, in the order of `SCOPES`. */
  readonly scopes: readonly Scope[];
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Grows by one with each token, so that windows can tell which of two records is the later one (A7). */
  readonly generation: number;
  /** SHA-256 of the last three access tokens, the present one first (X1). */
  readonly tokenHashes: readonly string[];
}

/** The part of a token answer that a session keeps. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** As the server names them; undefined when it does not. */
  readonly scopes?: readonly string[] | undefined;
}

export interface Account {
  readonly id: string;
  readonly label: string;
}

export type ParsedRecord =
  | { readonly kind: 'session'; readonly session: StoredSession }
  /** Written by a later version of this extension: left alone, not served. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'unreadable' };

export function createSession(connection: Connection, scopes: readonly Scope[], tokens: Tokens): StoredSession {
  return {
    version: 1,
    id: randomUUID(),
    connectionId: connection.id,
    origin: connection.instance.origin,
    clientId: connection.clientId,
    platform: connection.platform,
    connectionName: connection.name,
    instanceLabel: connection.instance.label,
    scopes: orderScopes(scopes),
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    issuedAt: tokens.issuedAt,
    expiresAt: expiryOf(tokens),
    generation: 1,
    tokenHashes: [hashOf(tokens.accessToken)],
  };
}

/** The refresh token stays when the answer brings none (RFC 6749 §6). */
export function withTokens(session: StoredSession, tokens: Tokens): StoredSession {
  const granted = grantedScopes(tokens, session.scopes);
  return {
    ...session,
    // A renewed token may do less, or more, than the one before; the session says what its token can do (A10, A11).
    scopes: granted.length > 0 ? granted : session.scopes,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? session.refreshToken,
    issuedAt: tokens.issuedAt,
    expiresAt: expiryOf(tokens),
    generation: session.generation + 1,
    tokenHashes: [...new Set([hashOf(tokens.accessToken), ...session.tokenHashes])].slice(0, HASHES),
  };
}

/** The scopes that a token answer grants. Without `scope` they are those that were asked for (RFC 6749 §5.1). */
export function grantedScopes({ scopes }: Pick<Tokens, 'scopes'>, requested: readonly Scope[]): readonly Scope[] {
  return scopes === undefined ? requested : orderScopes(scopes.filter(isScope));
}

/**
 * A token is fresh while more than `margin` milliseconds are left. A clock that was set back behind the time of issue
 * tells nothing about the rest of its life, so such a token counts as old.
 */
export function isFresh(session: StoredSession, now: number, margin: number): boolean {
  return now > session.issuedAt - CLOCK_TOLERANCE && now < session.expiresAt - margin;
}

/** Whether a token can be had without asking the user. */
export function isRenewable(session: StoredSession): boolean {
  return session.platform === 'api-services' || session.refreshToken !== undefined;
}

export function covers(have: readonly Scope[], wanted: readonly Scope[]): boolean {
  return wanted.every((scope) => have.includes(scope));
}

/** Whether two sessions are the same account: one connection with one set of scopes (A10). */
export function isSameGrant(
  a: Pick<StoredSession, 'connectionId' | 'scopes'>,
  b: Pick<StoredSession, 'connectionId' | 'scopes'>,
): boolean {
  return a.connectionId === b.connectionId && orderScopes(a.scopes).join() === orderScopes(b.scopes).join();
}

/** VS Code remembers consent by the label, so the label says what the token can do (A11). */
export function accountOf(session: StoredSession, connection?: Connection): Account {
  const name = connection?.name ?? session.connectionName;
  const instance = connection?.instance.label ?? session.instanceLabel;
  return {
    id: `${session.connectionId}/${session.scopes.join('+')}`,
    label: `${name} · ${instance} · ${session.scopes.join(', ')}`,
  };
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function serializeSession(session: StoredSession): string {
  return JSON.stringify(session);
}

/** Own, known and well-typed properties only; anything else makes the record unreadable rather than half read. */
export function parseRecord(text: string): ParsedRecord {
  const record = asRecord(parseJson(text));
  if (!record) {
    return { kind: 'unreadable' };
  }
  if (typeof record['version'] === 'number' && record['version'] > 1) {
    return { kind: 'newer' };
  }
  const string = (key: string): string | undefined => {
    const field = getOwn(record, key);
    return typeof field === 'string' && field.length > 0 ? field : undefined;
  };
  const number = (key: string): number | undefined => {
    const field = getOwn(record, key);
    return typeof field === 'number' && Number.isFinite(field) ? field : undefined;
  };
  const id = string('id');
  const connectionId = string('connectionId');
  const origin = string('origin');
  const clientId = string('clientId');
  const platform = PLATFORMS.find((name) => name === record['platform']);
  const accessToken = string('accessToken');
  const issuedAt = number('issuedAt');
  const expiresAt = number('expiresAt');
  const generation = number('generation');
  const scopes = record['scopes'];
  const hashes = record['tokenHashes'];
  if (
    record['version'] !== 1 ||
    id === undefined ||
    connectionId === undefined ||
    origin === undefined ||
    clientId === undefined ||
    platform === undefined ||
    accessToken === undefined ||
    issuedAt === undefined ||
    expiresAt === undefined ||
    generation === undefined ||
    !isArrayOf(scopes, (scope) => typeof scope === 'string' && isScope(scope)) ||
    scopes.length === 0 ||
    !isArrayOf(hashes, (hash) => typeof hash === 'string')
  ) {
    return { kind: 'unreadable' };
  }
  return {
    kind: 'session',
    session: {
      version: 1,
      id,
      connectionId,
      origin,
      clientId,
      platform,
      connectionName: string('connectionName') ?? clientId,
      instanceLabel: string('instanceLabel') ?? origin,
      scopes: orderScopes(scopes as Scope[]),
      accessToken,
      refreshToken: string('refreshToken'),
      issuedAt,
      expiresAt: expiryOf({ issuedAt, expiresAt }),
      generation,
      tokenHashes: (hashes as string[]).slice(0, HASHES),
    },
  };
}

const HASHES = 3;
const CLOCK_TOLERANCE = 60_000;

/** A life that no server means would have every call renew the token, or none ever. */
function expiryOf({ issuedAt, expiresAt }: Pick<Tokens, 'issuedAt' | 'expiresAt'>): number {
  const life = expiresAt - issuedAt;
  return issuedAt + (Number.isFinite(life) ? Math.min(Math.max(life, SHORTEST_LIFE), LONGEST_LIFE) : USUAL_LIFE);
}

const SHORTEST_LIFE = 60_000;
const USUAL_LIFE = 3_600_000;
const LONGEST_LIFE = 86_400_000;

function isArrayOf(value: unknown, test: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(test);
}
