import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';

/**
 * Reads a token answer (RFC 6749 §5.1) as servers really write it. What is odd but harmless is put right, so that
 * oauth4webapi accepts it; what could do harm is refused. Only known names are taken over, each as an own property.
 * `undefined` if the text is no JSON object at all.
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
    return { bad: 'it has no access token' };
  }
  if (typeof accessToken !== 'string' || !BEARER.test(accessToken) || accessToken.length > LONGEST_TOKEN) {
    return { bad: 'its access token is too long or is no text that can be sent' };
  }
  if (
    refreshToken !== undefined &&
    (typeof refreshToken !== 'string' || !VSCHARS.test(refreshToken) || refreshToken.length > LONGEST_TOKEN)
  ) {
    return { bad: 'its refresh token is too long or is no text that can be sent' };
  }
  if (typeof tokenType !== 'string' || !/^(?:bearer)?$/i.test(tokenType)) {
    return { bad: 'its token is not of type bearer' };
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

/** With the names of RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'bearer';
  /** Seconds, 60 to 86,400. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  /** Missing when the server did not say; empty when it said that there are none. */
  readonly scope?: string;
}

export interface InvalidTokenResponse {
  /** Goes on after "gave an answer that cannot be used: ". */
  readonly bad: string;
}

const LONGEST_TOKEN = 16_384;

/** What an access token has to be to stand in a header (RFC 6750 §2.1; blanks would end it). */
const BEARER = /^[\x21-\x7e]+$/;

/** RFC 6749 appendix A.17. */
const VSCHARS = /^[\x20-\x7e]+$/;

/** Nothing, also as careless servers print it; used as a token it would only fail later and less clearly. */
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
 * A missing or absurd lifetime becomes NinjaOne's usual hour. Too short a life would make us refresh all the time, which
 * burns rotating refresh tokens; too long a one would overflow timers.
 */
function lifetimeOf(value: unknown): number {
  const seconds = typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0
    ? Math.floor(Math.min(Math.max(seconds, SHORTEST_LIFE), LONGEST_LIFE))
    : USUAL_LIFE;
}

const USUAL_LIFE = 3600;
const SHORTEST_LIFE = 60;
const LONGEST_LIFE = 86_400;

/** RFC 6749 §3.3. Some servers send a list. */
function scopeOf(value: unknown): string | undefined {
  const names =
    typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? (value as unknown[]) : undefined;
  return names?.filter((name) => typeof name === 'string' && SCOPE_TOKEN.test(name)).join(' ');
}

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
