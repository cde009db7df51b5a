import { createHash, randomUUID } from 'node:crypto';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import {
  connectionId,
  isScope,
  orderScopes,
  PLATFORMS,
  type Connection,
  type Platform,
  type Scope,
} from '../connections/connection.ts';

/**
 * The stored record of a sign-in, one per connection and set of scopes (A10). Times are milliseconds since 1970 by the
 * local clock. Its tokens may only ever be sent to the origin, client ID, and platform to which it is bound (C4).
 */
export interface StoredSession {
  readonly version: 1;
  /** Random; does not change on renewal (A11). */
  readonly id: string;
  readonly connectionId: string;
  readonly origin: string;
  readonly clientId: string;
  readonly platform: Platform;
  /** Last known name and instance, to identify the session after its connection is removed from the settings. */
  readonly connectionName: string;
  readonly instanceLabel: string;
  /** The granted scopes, in the order of `SCOPES`. */
  readonly scopes: readonly Scope[];
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Increases with each token, so that windows can determine which of two records is more recent (A7). */
  readonly generation: number;
  /** SHA-256 hashes of the last three access tokens, the current one first (X1). */
  readonly tokenHashes: readonly string[];
  /** Scopes that a renewed token has beyond what was agreed to. The token is kept for the next renewal, and not used. */
  readonly excess: readonly Scope[];
}

/** The part of a token response that a session stores. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** As returned by the server; undefined if the response has no scope. */
  readonly scopes?: readonly string[] | undefined;
}

export interface Account {
  readonly id: string;
  readonly label: string;
}

export type ParsedRecord =
  | { readonly kind: 'session'; readonly session: StoredSession }
  /** Written by a later version of this extension: not changed and not used. */
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
    tokenHashes: [tokenHash(tokens.accessToken)],
    excess: [],
  };
}

/** Retains the refresh token if the response has none (RFC 6749 §6). */
export function withTokens(session: StoredSession, tokens: Tokens, generation = session.generation + 1): StoredSession {
  const granted = grantedScopes(tokens, session.scopes);
  return {
    ...session,
    // A renewed token may have other scopes; the session always has those of its token (A10, A11).
    scopes: granted.length > 0 ? granted : session.scopes,
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? session.refreshToken,
    issuedAt: tokens.issuedAt,
    expiresAt: expiryOf(tokens),
    generation,
    tokenHashes: [...new Set([tokenHash(tokens.accessToken), ...session.tokenHashes])].slice(0, HASHES),
    excess: [],
  };
}

/** The scopes that a token response grants. Without `scope`, they are the requested ones (RFC 6749 §5.1). */
export function grantedScopes({ scopes }: Pick<Tokens, 'scopes'>, requested: readonly Scope[]): readonly Scope[] {
  return scopes === undefined ? requested : orderScopes(scopes.filter(isScope));
}

/**
 * The granted scopes that must not be used: those that the connection does not allow, and `control` if nobody requested it
 * (A10).
 */
export function excessScopes(
  connection: Pick<Connection, 'scopes'>,
  requested: readonly Scope[],
  granted: readonly Scope[],
): readonly Scope[] {
  return granted.filter(
    (scope) => !connection.scopes.includes(scope) || (scope === 'control' && !requested.includes(scope)),
  );
}

/**
 * A token is fresh while more than `margin` milliseconds remain. If the clock was set back to before the time of issue,
 * the remaining lifetime is unknown, so the token counts as expired.
 */
export function isFresh(session: StoredSession, now: number, margin: number): boolean {
  return session.excess.length === 0 && now > session.issuedAt - CLOCK_TOLERANCE && now < session.expiresAt - margin;
}

/**
 * Whether the token needs no renewal: it is fresh, or it was issued a moment ago, because a token whose lifetime is shorter
 * than the margin must not be renewed at every call.
 */
export function isValid(session: StoredSession, now: number, margin: number): boolean {
  return isFresh(session, now, margin) || (now - session.issuedAt < PAUSE_AFTER_SUCCESS && isFresh(session, now, 0));
}

/** Whether a token can be requested without user interaction. */
export function isRenewable(session: StoredSession): boolean {
  return session.platform === 'api-services' || session.refreshToken !== undefined;
}

export function coversScopes(available: readonly Scope[], required: readonly Scope[]): boolean {
  return required.every((scope) => available.includes(scope));
}

type Grant = Pick<StoredSession, 'connectionId' | 'scopes'>;

/** Whether two sessions are the same account: one connection with one set of scopes (A10). */
export function isSameGrant(a: Grant, b: Grant): boolean {
  return grantKey(a) === grantKey(b);
}

/** Equal for two sessions of the same account. */
export function grantKey({ connectionId, scopes }: Grant): string {
  return `${connectionId}/${orderScopes(scopes).join('+')}`;
}

/** The inverse of the id of an account, which may come from another extension; undefined for any other text. */
export function parseAccountId(id: string): Grant | undefined {
  const [connectionId = '', names = '', ...rest] = id.split('/');
  const scopes = names.split('+').filter(isScope);
  const grant = { connectionId, scopes: orderScopes(scopes) };
  return rest.length === 0 && scopes.length > 0 && grantKey(grant) === id ? grant : undefined;
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function serializeSession(session: StoredSession): string {
  return JSON.stringify(session);
}

/** Only own, known, and well-typed properties; anything else makes the whole record unreadable. */
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
  const recordedId = string('connectionId');
  const origin = string('origin');
  const clientId = string('clientId');
  const platform = PLATFORMS.find((name) => name === record['platform']);
  const accessToken = string('accessToken');
  const issuedAt = number('issuedAt');
  const expiresAt = number('expiresAt');
  const generation = number('generation');
  const scopes = record['scopes'];
  const hashes = record['tokenHashes'];
  const excess = record['excess'] ?? [];
  if (
    record['version'] !== 1 ||
    id === undefined ||
    origin === undefined ||
    clientId === undefined ||
    platform === undefined ||
    accessToken === undefined ||
    issuedAt === undefined ||
    expiresAt === undefined ||
    generation === undefined ||
    !isArrayOf(scopes, isKnownScope) ||
    !isArrayOf(excess, isKnownScope) ||
    scopes.length === 0 ||
    // A forged record could otherwise have a client secret sent to another host.
    recordedId !== connectionId(origin, clientId, platform) ||
    !isArrayOf(hashes, (hash) => typeof hash === 'string')
  ) {
    return { kind: 'unreadable' };
  }
  return {
    kind: 'session',
    session: {
      version: 1,
      id,
      connectionId: recordedId,
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
      excess: excess as Scope[],
    },
  };
}

const HASHES = 3;
const CLOCK_TOLERANCE = 60_000;
const PAUSE_AFTER_SUCCESS = 60_000;

/** With an implausible lifetime, every call would renew the token, or none would. */
function expiryOf({ issuedAt, expiresAt }: Pick<Tokens, 'issuedAt' | 'expiresAt'>): number {
  const life = expiresAt - issuedAt;
  return issuedAt + (Number.isFinite(life) ? Math.min(Math.max(life, SHORTEST_LIFE), LONGEST_LIFE) : USUAL_LIFE);
}

const SHORTEST_LIFE = 60_000;
const USUAL_LIFE = 3_600_000;
const LONGEST_LIFE = 86_400_000;

function isKnownScope(value: unknown): boolean {
  return typeof value === 'string' && isScope(value);
}

function isArrayOf(value: unknown, test: (item: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(test);
}
