import { NinjaOneError } from '../../src/core/base/errors.ts';
import { l10n } from '../../src/core/base/l10n.ts';
import type { Scope } from '../../src/core/connections/connection.ts';
import type { OAuthContext, OAuthSteps, TokenSet } from '../../src/core/sessions/tokenRequests.ts';

export interface TokenCall {
  readonly kind: 'refresh' | 'mint' | 'revoke';
  readonly origin: string;
  readonly clientId: string;
  /** The token that was sent. */
  readonly token?: string;
  readonly hint?: 'access_token' | 'refresh_token';
  readonly scopes?: readonly Scope[];
}

/** Any part of a token response, an error to reject with, or a function that returns one of them. */
export type Scripted =
  Partial<TokenSet> | Error | ((call: TokenCall) => Partial<TokenSet> | Error | Promise<Partial<TokenSet> | Error>);

/**
 * The OAuth steps with a fake server that rotates strictly: a refresh token works once, and using it twice ends the
 * whole sign-in. Its responses can be scripted call by call.
 */
export class FakeTokenServer {
  readonly calls: TokenCall[] = [];
  /** Responses for the next token calls, in order; without one the server responds correctly. */
  readonly script: Scripted[] = [];
  /** The response to every token call while it is set. */
  always: Scripted | undefined;
  revokeFailure: Error | undefined;
  /** Refresh tokens that were used again after the first response had been sent. */
  readonly reused: string[] = [];
  readonly #used = new Set<string>();
  readonly #now: () => number;
  readonly #families = new Map<string, string>();
  readonly #live = new Set<string>();
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly steps: OAuthSteps = {
    refreshTokens: (context, refreshToken) =>
      this.#respond({ ...clientOf(context), kind: 'refresh', token: refreshToken }, () => this.#rotate(refreshToken)),
    mintToken: (context, scopes) =>
      this.#respond({ ...clientOf(context), kind: 'mint', scopes }, () => ({
        ...this.tokens(),
        refreshToken: undefined,
        scopes,
      })),
    revokeToken: (context, token, hint) => {
      this.calls.push({ ...clientOf(context), kind: 'revoke', token, hint });
      if (this.revokeFailure) {
        return Promise.reject(this.revokeFailure);
      }
      this.#endFamily(this.#families.get(token));
      return Promise.resolve();
    },
  };

  /** Token calls, without revocations. */
  get tokenCalls(): number {
    return this.calls.filter(({ kind }) => kind !== 'revoke').length;
  }

  get revoked(): (string | undefined)[] {
    return this.calls.filter(({ kind }) => kind === 'revoke').map(({ token }) => token);
  }

  isAlive(refreshToken: string | undefined): boolean {
    return refreshToken !== undefined && this.#live.has(refreshToken);
  }

  /** The tokens of a sign-in: a token family of their own, valid for an hour. */
  tokens(family = `family-${++this.#count}`): TokenSet {
    const number = ++this.#count;
    const refreshToken = `refresh-token-${number}`;
    this.#families.set(refreshToken, family);
    this.#live.add(refreshToken);
    const issuedAt = this.#now();
    const accessToken = `access-token-${number}`;
    return { accessToken, refreshToken, scopes: undefined, issuedAt, expiresAt: issuedAt + 3_600_000 };
  }

  /** Ends every sign-in, as an administrator can. */
  endAll(): void {
    this.#live.clear();
  }

  /** Forgets its records, and the tokens that no longer work. */
  forgetPast(): void {
    this.calls.length = 0;
    for (const token of this.#families.keys()) {
      if (!this.#live.has(token)) {
        this.#families.delete(token);
        this.#used.delete(token);
      }
    }
  }

  async #respond(call: TokenCall, correct: () => TokenSet): Promise<TokenSet> {
    this.calls.push(call);
    const scripted = this.script.shift() ?? this.always;
    const response = typeof scripted === 'function' ? await scripted(call) : scripted;
    if (response instanceof Error) {
      throw response;
    }
    // A complete response was issued before something else happened to the session.
    const { accessToken, refreshToken } = response ?? {};
    return accessToken && refreshToken ? { ...this.tokens(), ...response } : { ...correct(), ...response };
  }

  #rotate(refreshToken: string): TokenSet {
    const family = this.#families.get(refreshToken);
    if (this.#used.has(refreshToken)) {
      this.reused.push(refreshToken);
    }
    if (!this.#live.delete(refreshToken)) {
      this.#endFamily(family);
      throw invalidGrant();
    }
    this.#used.add(refreshToken);
    return this.tokens(family);
  }

  #endFamily(family: string | undefined): void {
    for (const [token, of] of this.#families) {
      if (of === family) {
        this.#live.delete(token);
      }
    }
  }
}

export function invalidGrant(): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.invalidGrant',
    intent: 'signInAgain',
    message: l10n.t('Your session for "{0}" has ended. Sign in again.', 'Acme'),
    action: 'signIn',
  });
}

export function offline(retryAfter?: number): NinjaOneError {
  return new NinjaOneError({
    code: 'network.offline',
    intent: 'transient',
    message: l10n.t('You are offline.'),
    retryAfter,
  });
}

export function wrongSecret(): NinjaOneError {
  return new NinjaOneError({
    code: 'oauth.invalidClient',
    intent: 'misconfigured',
    message: l10n.t('The secret is wrong.'),
  });
}

function clientOf({ connection }: OAuthContext): { origin: string; clientId: string } {
  return { origin: connection.instance.origin, clientId: connection.clientId };
}
