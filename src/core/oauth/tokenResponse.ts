import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';

/**
 * Parses a token response (RFC 6749 §5.1). Harmless deviations of real servers are corrected, so that oauth4webapi
 * accepts the response; dangerous ones are refused. Only known members are copied, each as an own property. `undefined`
 * if the text is not a JSON object.
 */
export function parseTokenResponse(text: string): TokenResponse | InvalidTokenResponse | undefined {
  const json = asRecord(parseJson(text));
  if (!json) {
    return undefined;
  }
  const field = (name: string): unknown => getOwn(json, name);
  const accessToken = tokenOf(field('access_token'));
  const refreshToken = tokenOf(field('refresh_token'));
  const tokenType = field('token_type') ?? 'bearer';
  if (accessToken === undefined) {
    return { problem: 'access token missing' };
  }
  if (typeof accessToken !== 'string' || !BEARER.test(accessToken) || accessToken.length > MAX_TOKEN_LENGTH) {
    return { problem: 'access token too long or with invalid characters' };
  }
  if (
    refreshToken !== undefined &&
    (typeof refreshToken !== 'string' || !VSCHARS.test(refreshToken) || refreshToken.length > MAX_TOKEN_LENGTH)
  ) {
    return { problem: 'refresh token too long or with invalid characters' };
  }
  if (typeof tokenType !== 'string' || !/^\s*(?:bearer)?\s*$/i.test(tokenType)) {
    return { problem: 'token type not bearer' };
  }
  const scope = scopeOf(field('scope'));
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: lifetimeOf(field('expires_in')),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** With the member names of RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds, 60 to 86,400. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  /** Missing if the response has no scope; empty if its scope is empty. */
  readonly scope?: string;
}

export interface InvalidTokenResponse {
  /** Technical reason; appears in parentheses in an error message. */
  readonly problem: string;
}

const MAX_TOKEN_LENGTH = 16_384;

/** Characters that are valid in a header (RFC 6750 §2.1; a space would end the token). */
const BEARER = /^[\x21-\x7e]+$/;

/** RFC 6749 appendix A.17. */
const VSCHARS = /^[\x20-\x7e]+$/;

/** Treats missing values that some servers print as text as missing, instead of failing later and less clearly. */
function tokenOf(value: unknown): unknown {
  return value === null || (typeof value === 'string' && NO_TOKENS.has(value)) ? undefined : value;
}

const NO_TOKENS: ReadonlySet<string> = new Set([
  '',
  'null',
  'undefined',
  'None',
  'NaN',
  'true',
  'false',
  '[object Object]',
]);

/**
 * A missing or invalid lifetime becomes NinjaOne's default of one hour. A very short lifetime would cause constant
 * renewals, which use up rotating refresh tokens; a very long one would overflow timers.
 */
function lifetimeOf(value: unknown): number {
  const seconds = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0
    ? Math.floor(Math.min(Math.max(seconds, MIN_LIFETIME), MAX_LIFETIME))
    : DEFAULT_LIFETIME;
}

const DEFAULT_LIFETIME = 3600;
const MIN_LIFETIME = 60;
const MAX_LIFETIME = 86_400;

/** RFC 6749 §3.3. Some servers send a list. */
function scopeOf(value: unknown): string | undefined {
  const names =
    typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? (value as unknown[]) : undefined;
  return names?.filter((name) => typeof name === 'string' && SCOPE_TOKEN.test(name)).join(' ');
}

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
