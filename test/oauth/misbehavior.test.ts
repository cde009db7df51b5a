import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchangeCode, mintToken, probeClient, refreshTokens, revokeToken } from '../../src/core/oauth/oauthClient.ts';
import type { StoredSession } from '../../src/core/sessions/session.ts';
import type { Misbehavior } from '../../sandbox/misbehavior.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { signIn, startSignIn } from '../support/browserSignIn.ts';
import { failureOf, openOAuthFixture, type OAuthWindow, type OAuthFixture } from '../support/oauthFixture.ts';
import { until } from '../support/sessionFixture.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

type TokenFault = Exclude<Misbehavior['token'], undefined>;

describe('OAuth with a misbehaving server', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let window: OAuthWindow;
  /** Another origin, which no request may ever reach. */
  let target: Server;
  let elsewhere: string;
  let visits: number;

  before(async () => {
    sandbox = await startSandbox();
    target = createServer((_, response) => {
      visits++;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'of.an-attacker', token_type: 'bearer' }));
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    elsewhere = `http://127.0.0.1:${(target.address() as AddressInfo).port}/ws/oauth/token`;
  });
  after(async () => {
    target.closeAllConnections();
    target.close();
    await sandbox.stop();
  });
  beforeEach(async () => {
    visits = 0;
    fixture = await openOAuthFixture(sandbox);
    window = await fixture.open({ connections: [fixture.connection('sandbox-native')] });
  });
  afterEach(async () => {
    await fixture.close();
    sandbox.reset();
  });

  function session(): Promise<StoredSession> {
    return window.haveSession(fixture.connection('sandbox-native'));
  }

  function refreshes(): number {
    return sandbox.tokenCalls['refresh_token'] ?? 0;
  }

  describe('if the refresh token is still valid', () => {
    const json = (status: number, body: unknown): TokenFault => ({ kind: 'response', status, body });
    const faults: readonly [what: string, fault: TokenFault, code: string][] = [
      ['a captive portal', { kind: 'html' }, 'server.webPage'],
      ['a throttling page with status 503', { kind: 'throttled' }, 'server.unavailable'],
      ['a throttling page with status 200', { kind: 'throttled', status: 200 }, 'server.webPage'],
      ['status 429', { kind: 'tooManyRequests' }, 'server.busy'],
      ['status 503 without a body', { kind: 'unavailable' }, 'server.unavailable'],
      ['status 502 with invalid_grant', json(502, { error: 'invalid_grant' }), 'server.unavailable'],
      ['status 403 with invalid_grant', json(403, { error: 'invalid_grant' }), 'oauth.refused'],
      ['status 200 with invalid_grant', json(200, { error: 'invalid_grant' }), 'oauth.invalidResponse'],
      ['HTML with status 401', { kind: 'response', status: 401, body: '<html>invalid_grant</html>' }, 'server.webPage'],
      ['a reset connection', { kind: 'drop' }, 'network.reset'],
      // `fetch` hides this status in its error. Another proxy sends it in response to CONNECT, which the e2e tests cover.
      ['status 407 without CONNECT', json(407, { error: 'invalid_token' }), 'network.proxyAnswer'],
      ['status 401 without a body', { kind: 'response', status: 401 }, 'oauth.invalidResponse'],
      ['status 400 without a body', { kind: 'response', status: 400 }, 'oauth.invalidResponse'],
      ['status 200 without a body', { kind: 'response', status: 200 }, 'oauth.invalidResponse'],
      ['status 204', { kind: 'response', status: 204 }, 'oauth.invalidResponse'],
      ['an empty object', json(200, {}), 'oauth.invalidResponse'],
      ['plain text with status 200', { kind: 'response', status: 200, body: 'invalid_grant' }, 'server.unreadable'],
      [
        'a JSON string with status 400',
        { kind: 'response', status: 400, body: '"invalid_grant"' },
        'server.unreadable',
      ],
      ['a truncated response', { kind: 'response', status: 200, body: '{"access_token":"a.b' }, 'server.unreadable'],
      [
        'a __proto__ member',
        { kind: 'response', status: 200, body: '{"__proto__":{"access_token":"a"}}' },
        'oauth.invalidResponse',
      ],
      ['status 400 with invalid_client', json(400, { error: 'invalid_client' }), 'oauth.secretExpected'],
      [
        'status 400 with unauthorized_client',
        json(400, { error: 'unauthorized_client' }),
        'oauth.refreshTokenNotTicked',
      ],
      ['status 400 with invalid_scope', json(400, { error: 'invalid_scope' }), 'oauth.invalidScope'],
      ['another region', json(404, { resultCode: 'Client app not exist', incidentId: 'W-1' }), 'oauth.wrongRegion'],
      ['a gateway without a route', json(404, { resultCode: 'FAILURE', errorMessage: 'HTTP 404' }), 'oauth.refused'],
      ['the error temporarily_unavailable', json(400, { error: 'temporarily_unavailable' }), 'server.unavailable'],
    ];
    for (const [what, fault, code] of faults) {
      it(`keeps the session and its valid token after ${what}, notifies once, and refreshes the next time (A8, T24)`, async () => {
        const first = await session();
        sandbox.misbehave({ token: fault });
        fixture.ahead = HOUR - 4 * MINUTE;
        const [usable] = await window.tokens.sessionsFor(['monitoring'], undefined);
        assert.equal(usable?.session.accessToken, first.accessToken, 'it is valid for four more minutes');
        await window.tokens.sessionsFor(['monitoring'], undefined);
        assert.equal(refreshes(), 1, 'no other refresh for a while');

        fixture.ahead = 2 * HOUR;
        const failure = await failureOf(window.tokens.getValidToken(first.id));
        assert.equal(failure.code, code);
        assert.notEqual(failure.intent, 'signInAgain');
        assert.ok(failure.action);
        assert.deepEqual(window.record(first.id), first);
        assert.deepEqual(
          window.renewalFailures.map(({ error }) => error.code),
          [code],
        );

        sandbox.reset();
        fixture.ahead += 10 * MINUTE;
        const { session: renewed } = await window.tokens.getValidToken(first.id);
        assert.equal(renewed.id, first.id);
        assert.equal(await sandbox.isAccessTokenAlive(renewed.accessToken), true);
        assert.equal(window.changes.flatMap(({ removed }) => removed).length, 0);
      });
    }
  });

  describe('if the server has rotated the token but the new one is lost', () => {
    const faults: readonly [what: string, fault: TokenFault, code: string, timeout?: number][] = [
      ['a response that is cut off', { kind: 'dropAfterRotation' }, 'network.reset'],
      ['a response that never arrives', { kind: 'hold' }, 'network.timeout', 300],
      ['a late response', { kind: 'delay', milliseconds: 60_000 }, 'network.timeout', 300],
      ['a response sent byte by byte', { kind: 'drip', milliseconds: 20 }, 'network.timeout', 300],
      ['a response of 1 MB', { kind: 'oversized' }, 'network.tooLarge'],
      ['a response of just over 64 kB', { kind: 'oversized', bytes: 65_537 }, 'network.tooLarge'],
      ['a missing access token', { kind: 'fields', omit: ['access_token'] }, 'oauth.invalidResponse'],
      [
        'an access token with a line break',
        { kind: 'fields', set: { access_token: 'a\r\nb' } },
        'oauth.invalidResponse',
      ],
      ['an access token that is a number', { kind: 'fields', set: { access_token: 1 } }, 'oauth.invalidResponse'],
      [
        'an access token of 20 kB',
        { kind: 'fields', set: { access_token: 'a'.repeat(20_000) } },
        'oauth.invalidResponse',
      ],
      ['a refresh token that is an object', { kind: 'fields', set: { refresh_token: {} } }, 'oauth.invalidResponse'],
      ['a token of another type', { kind: 'fields', set: { token_type: 'mac' } }, 'oauth.invalidResponse'],
    ];
    for (const [what, fault, code, timeout] of faults) {
      it(`keeps the session after ${what}, and ends it with one notification at the next refresh (A8)`, async () => {
        const first = await session();
        sandbox.misbehave({ token: { ...fault, times: 1 } });
        fixture.ahead = HOUR - 4 * MINUTE;
        window.timeout = timeout ?? window.timeout;
        const [usable] = await window.tokens.sessionsFor(['monitoring'], undefined);
        assert.equal(usable?.session.accessToken, first.accessToken);
        assert.deepEqual(window.record(first.id), first);
        assert.equal(window.renewalFailures.length, 0, 'the token works');
        const problem = window.tokens.renewalProblem(first.connectionId);
        assert.deepEqual([problem?.code, problem?.intent], [code, 'transient']);
        // The server finishes a request that the client has given up.
        await until(async () => !(await sandbox.isRefreshTokenAlive(first.refreshToken ?? '')));

        window.timeout = 5000;
        fixture.ahead = 2 * HOUR;
        const ends = await Promise.all([1, 2, 3].map(() => failureOf(window.tokens.getValidToken(first.id))));
        assert.deepEqual(new Set(ends.map(({ code }) => code)), new Set(['oauth.invalidGrant']));
        assert.equal(window.record(first.id), undefined);
        assert.equal((await failureOf(window.tokens.getValidToken(first.id))).code, 'session.signedOut');
        assert.deepEqual(await window.tokens.sessionsFor(['monitoring'], undefined), []);
        assert.equal(refreshes(), 2, 'and then nothing more is sent');
        assert.equal(window.renewalFailures.filter(({ error }) => error.intent === 'signInAgain').length, 1);
      });
    }

    it('lists the account for a day without network, then asks once to sign in, and sends nothing for another day (A8, T33)', async () => {
      const first = await session();
      const other = await fixture.open({ connections: [fixture.connection('sandbox-native')] });
      const windows = [window, other];
      const { account } = window.tokens.usable()[0]!;
      /** Both windows ask as often as extensions and people do, for a day. */
      const day = async (each: () => void = () => {}): Promise<void> => {
        for (let minute = 0; minute < 24 * 60; minute += 4) {
          fixture.ahead += 4 * MINUTE;
          for (const { tokens } of windows) {
            await tokens.sessionsFor(['monitoring'], undefined).catch(() => []);
            await tokens.getValidToken(first.id).catch(() => {});
          }
          each();
        }
      };
      const notified = (): string[] => windows.flatMap((each) => each.renewalFailures.map(({ error }) => error.code));

      sandbox.misbehave({ token: { kind: 'dropAfterRotation', times: 1 } });
      fixture.ahead = HOUR;
      assert.equal((await failureOf(window.tokens.getValidToken(first.id))).code, 'network.reset');
      assert.equal(await sandbox.isRefreshTokenAlive(first.refreshToken ?? ''), false);
      sandbox.misbehave({ token: { kind: 'drop' } });
      await day(() => {
        for (const { tokens } of windows) {
          assert.deepEqual(
            tokens.usable().map((usable) => usable.account),
            [account],
          );
        }
      });
      assert.deepEqual(notified(), ['network.reset']);

      sandbox.reset();
      await day();
      assert.equal(refreshes(), 1, 'the lost token is asked for once more');
      assert.deepEqual(notified(), ['network.reset', 'oauth.invalidGrant']);
      const again = await signIn(window, fixture.connection('sandbox-native'));
      assert.deepEqual(again.account, account);
    });
  });

  for (const status of [400, 401]) {
    for (const error of ['invalid_grant', 'invalid_token', 'expired_token']) {
      it(`ends the session on status ${status} with ${error} (A8, T29)`, async () => {
        const first = await session();
        sandbox.misbehave({ token: { kind: 'response', status, body: { error } } });
        const failure = await failureOf(window.tokens.getValidToken(first.id, { force: true }));
        assert.equal(failure.code, 'oauth.invalidGrant');
        assert.equal(window.record(first.id), undefined);
        assert.equal(window.secrets.disk.values.has(`session:${first.id}`), false);
        assert.equal(refreshes(), 1);
      });
    }
  }

  describe('if the server asks for a pause', () => {
    // The date is made when the test runs, because this file may be loaded long before.
    const pauses: readonly [what: string, retryAfter: () => number | string, wait: [least: number, most: number]][] = [
      ['a number of seconds', () => 120, [120_000, 120_000]],
      ['a date', () => new Date(Date.now() + 2 * MINUTE).toUTCString(), [90_000, 2 * MINUTE]],
      ['a huge number', () => 1_000_000_000, [5 * MINUTE, 5 * MINUTE]],
      ['a past date', () => 'Wed, 21 Oct 2015 07:28:00 GMT', [0, 0]],
    ];
    for (const [what, retryAfter, [least, most]] of pauses) {
      it(`honors Retry-After as ${what}, even for a forced refresh, and for at most five minutes (A8)`, async () => {
        const first = await session();
        sandbox.misbehave({ token: { kind: 'tooManyRequests', retryAfter: retryAfter(), times: 1 } });
        const force = { force: true };
        const failure = await failureOf(window.tokens.getValidToken(first.id, force));
        assert.equal(failure.code, 'server.busy');
        const wait = failure.retryAfter ?? Number.NaN;
        assert.ok(wait >= least && wait <= most, String(wait));
        if (wait > 0) {
          fixture.ahead = wait - 5000;
          assert.equal((await failureOf(window.tokens.getValidToken(first.id, force))).code, 'server.busy');
          assert.equal(refreshes(), 1);
        }
        fixture.ahead = wait + 1000;
        await window.tokens.getValidToken(first.id, force);
        assert.equal(refreshes(), 2);
      });
    }
  });

  describe('with an unusual but usable token response', () => {
    const lifetimes: readonly [value: unknown, seconds: number][] = [
      [-1, 3600],
      [0, 3600],
      [1e12, 86_400],
      ['3600', 3600],
      [3.7, 60],
      [59, 60],
      [null, 3600],
      ['soon', 3600],
      [{}, 3600],
      [undefined, 3600],
    ];
    for (const [value, seconds] of lifetimes) {
      it(`reads ${value === undefined ? 'a missing expires_in' : `expires_in ${JSON.stringify(value)}`} as ${seconds} s and refreshes once (A8, T26)`, async () => {
        const first = await session();
        sandbox.misbehave({
          token:
            value === undefined
              ? { kind: 'fields', omit: ['expires_in'] }
              : { kind: 'fields', set: { expires_in: value } },
        });
        const { session: renewed } = await window.tokens.getValidToken(first.id, { force: true });
        assert.equal(renewed.expiresAt - renewed.issuedAt, seconds * 1000);
        for (let second = 0; second < 50; second++) {
          fixture.ahead = second * 1000;
          await window.tokens.getValidToken(first.id);
          await window.tokens.sessionsFor(['monitoring'], undefined);
        }
        assert.equal(refreshes(), 1);

        // The session limits the lifetime, too, so check the parsed response as well.
        const context = await window.context(fixture.connection('sandbox-native'));
        const { expiresAt, issuedAt } = await refreshTokens(context, renewed.refreshToken ?? '');
        assert.equal(expiresAt - issuedAt, seconds * 1000);
      });
    }

    const shapes: readonly [what: string, fault: TokenFault][] = [
      ['content type text/plain', { kind: 'contentType', value: 'text/plain' }],
      ['a missing content type', { kind: 'contentType', value: null }],
      ['JSON as text/html', { kind: 'contentType', value: 'text/html' }],
      ['token_type BEARER', { kind: 'fields', set: { token_type: 'BEARER' } }],
      ['a missing token_type', { kind: 'fields', omit: ['token_type'] }],
      ['a list as scope', { kind: 'fields', set: { scope: ['monitoring', 'offline_access'] } }],
      ['a missing scope', { kind: 'fields', omit: ['scope'] }],
      ['an id_token and unknown members', { kind: 'fields', set: { id_token: 'x.y.z', constructor: {}, extra: [1] } }],
      ['a response of just under 64 kB', { kind: 'oversized', bytes: 65_536 }],
      ['a body in small pieces', { kind: 'drip', milliseconds: 0 }],
    ];
    for (const [what, fault] of shapes) {
      it(`accepts ${what} at sign-in and at refresh (A1, T23)`, async () => {
        sandbox.misbehave({ token: fault });
        const connection = fixture.connection('sandbox-native');
        const { session: first } = await signIn(window, connection, ['monitoring']);
        assert.deepEqual(first.scopes, ['monitoring']);
        const { session: renewed } = await window.tokens.getValidToken(first.id, { force: true });
        assert.equal(renewed.id, first.id);
        assert.equal(await sandbox.isAccessTokenAlive(renewed.accessToken), true);
        assert.equal(await sandbox.isRefreshTokenAlive(renewed.refreshToken ?? ''), true);
      });
    }
  });

  describe('if the granted scopes differ', () => {
    it('fails the sign-in, stores nothing and revokes the tokens if fewer scopes were granted (A10, T08)', async () => {
      const connection = fixture.connection('sandbox-native');
      sandbox.misbehave({ token: { kind: 'fewerScopes', scopes: ['monitoring', 'offline_access'], times: 1 } });
      const issued: { accessToken: string; refreshToken: string | undefined }[] = [];
      const failure = await failureOf(
        window.tokens.signIn(connection, ['monitoring', 'control'], async () => {
          const waiting = await startSignIn(window, connection, ['monitoring', 'control']);
          await waiting.browse();
          const tokens = await waiting.exchange();
          await waiting.end();
          issued.push(tokens);
          assert.equal(await sandbox.isAccessTokenAlive(tokens.accessToken), true);
          return tokens;
        }),
      );
      assert.equal(failure.code, 'oauth.scopesRefused');
      assert.match(failure.message, /control/);
      assert.deepEqual(window.store.all(), []);
      assert.deepEqual(
        [...fixture.disk.values.keys()].filter((key) => key.startsWith('session:')),
        [],
      );
      await until(async () => !(await sandbox.isAccessTokenAlive(issued[0]!.accessToken)));
      await until(async () => !(await sandbox.isRefreshTokenAlive(issued[0]!.refreshToken ?? '')));
    });

    for (const scope of ['', 'management', 'offline_access', 'MONITORING', ['management'], []]) {
      it(`does not accept the scope ${JSON.stringify(scope)} as "monitoring" (A10)`, async () => {
        sandbox.misbehave({ token: { kind: 'fields', set: { scope }, times: 1 } });
        const failure = await failureOf(signIn(window, fixture.connection('sandbox-native')));
        assert.equal(failure.code, 'oauth.scopesRefused');
        assert.deepEqual(window.store.all(), []);
      });
    }

    it('keeps a token that is renewed with control, but gives it to nobody, and keeps the label (A10, A11)', async () => {
      const session = await window.haveSession(fixture.connection('sandbox-native'));
      sandbox.misbehave({ token: { kind: 'fields', set: { scope: 'monitoring control' }, times: 1 } });
      const failure = await failureOf(window.tokens.getValidToken(session.id, { force: true }));
      assert.equal(failure.code, 'session.scopesExceeded');
      assert.deepEqual(await window.tokens.sessionsFor(['control'], undefined), []);
      assert.doesNotMatch(
        window.tokens
          .usable()
          .map(({ account }) => account.label)
          .join(),
        /control/,
      );
      const renewed = window.record(session.id);
      assert.ok(renewed && renewed.generation > session.generation, 'the new tokens are not lost');
    });

    it('names the session after the scopes of a renewed token that its connection allows (A10, A11)', async () => {
      const session = await window.haveSession(fixture.connection('sandbox-native'));
      sandbox.misbehave({ token: { kind: 'fields', set: { scope: 'monitoring management' }, times: 1 } });
      const wider = await window.tokens.getValidToken(session.id, { force: true });
      assert.match(wider.account.label, /· monitoring, management$/);
      assert.equal((await window.tokens.sessionsFor(['management'], undefined))[0]?.session.id, session.id);
    });

    it('stores nothing and revokes the tokens if more scopes were granted than the connection allows (C4)', async () => {
      const connection = fixture.connection('sandbox-native', { scopes: ['monitoring'] });
      const narrow = await fixture.open({ connections: [connection] });
      sandbox.misbehave({ token: { kind: 'fields', set: { scope: 'monitoring control' }, times: 1 } });
      assert.equal((await failureOf(signIn(narrow, connection))).code, 'oauth.scopesExceeded');
      assert.deepEqual(narrow.store.all(), []);
      await until(() => sandbox.requests.filter(({ path }) => path === '/ws/oauth/revoke').length === 2);
    });
  });

  describe('if the server redirects', () => {
    const calls: readonly [what: string, endpoint: 'token' | 'revoke', call: () => Promise<unknown>][] = [
      [
        'a code',
        'token',
        async () =>
          exchangeCode(await native(), { code: 'c', verifier: 'v'.repeat(43), redirectUri: 'http://127.0.0.1:1' }),
      ],
      ['a refresh token', 'token', async () => refreshTokens(await native(), 'refresh-token')],
      ['a client secret', 'token', async () => mintToken(await service(), ['monitoring'])],
      ['a token to revoke', 'revoke', async () => revokeToken(await service(), 'access-token', 'access_token')],
      ['the probe of a client ID', 'token', async () => probeClient(await native())],
    ];
    const native = (): ReturnType<OAuthWindow['context']> => window.context(fixture.connection('sandbox-native'));
    async function service(): ReturnType<OAuthWindow['context']> {
      const connection = fixture.connection('sandbox-service');
      return (await fixture.open({ connections: [connection] })).context(connection);
    }
    for (const status of [301, 302, 303, 307, 308]) {
      for (const [what, endpoint, call] of calls) {
        it(`does not send ${what} to another origin after status ${status} (A1, T20)`, async () => {
          sandbox.misbehave({ [endpoint]: { kind: 'response', status, headers: { location: elsewhere } } });
          const failure = await failureOf(call());
          assert.equal(failure.code, 'network.redirect');
          assert.equal(failure.intent, 'transient');
          assert.match(failure.message, new RegExp(new URL(elsewhere).host));
          assert.equal(visits, 0);
          assert.equal(sandbox.requests.length, 1);
        });
      }
    }

    it('follows no redirect within the origin, and none without an address (A1, T20)', async () => {
      for (const headers of [{ location: '/ws/oauth/token' }, { location: '' }, {}]) {
        sandbox.reset();
        sandbox.misbehave({ token: { kind: 'response', status: 307, headers } });
        assert.equal((await failureOf(refreshTokens(await native(), 'refresh-token'))).code, 'network.redirect');
        assert.equal(sandbox.requests.length, 1);
      }
    });

    it('keeps the session and its refresh token (A8)', async () => {
      const first = await session();
      sandbox.misbehave({ token: { kind: 'redirect', status: 307, location: elsewhere, times: 1 } });
      assert.equal((await failureOf(window.tokens.getValidToken(first.id, { force: true }))).code, 'network.redirect');
      assert.deepEqual(window.record(first.id), first);
      assert.equal(visits, 0);
      assert.equal((await window.tokens.getValidToken(first.id, { force: true })).session.id, first.id);
    });

    it('would reach the other origin with the whole body in a client that follows redirects', async () => {
      sandbox.misbehave({ token: { kind: 'redirect', status: 307, location: elsewhere } });
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' });
      await fetch(`${sandbox.baseUrl}/ws/oauth/token`, { method: 'POST', body });
      assert.equal(visits, 1);
    });
  });

  it('limits a refresh to 30 seconds and 64 kB (A1, T24)', async () => {
    const first = await session();
    await window.tokens.getValidToken(first.id, { force: true });
    const [...calls] = window.sent;
    assert.equal(calls.length, 1);
    for (const { timeout, maxBytes, url } of calls) {
      assert.equal(url, `${sandbox.baseUrl}/ws/oauth/token`);
      assert.equal(timeout, 30_000);
      assert.equal(maxBytes, 65_536);
    }
  });

  it('cancels a token call immediately (A4)', async () => {
    sandbox.misbehave({ token: { kind: 'hold' } });
    const controller = new AbortController();
    const connection = fixture.connection('sandbox-service');
    const other = await fixture.open({ connections: [connection] });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'client_credentials');
    const minted = failureOf(other.requests.mint(connection, ['monitoring'], controller.signal));
    await arrived;
    const started = performance.now();
    controller.abort();
    assert.equal((await minted).intent, 'canceled');
    assert.ok(performance.now() - started < 200);
  });
});
