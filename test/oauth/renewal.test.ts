import assert from 'node:assert/strict';
import { refreshTokens } from '../../src/core/oauth/oauthClient.ts';
import { testConnection } from '../../src/core/sessions/connectionTest.ts';
import type { StoredSession } from '../../src/core/sessions/session.ts';
import type { Misbehavior } from '../../sandbox/misbehavior.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { signIn } from '../support/browserSignIn.ts';
import { failureOf, openOAuthFixture, released, type OAuthWindow, type OAuthFixture } from '../support/oauthFixture.ts';

const HOUR = 3_600_000;

describe('OAuth token renewal and sign-out', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let window: OAuthWindow;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    fixture = await openOAuthFixture(sandbox);
    window = await fixture.open({ connections: [fixture.connection('sandbox-native')] });
  });
  afterEach(async () => {
    await fixture.close();
    sandbox.reset();
  });

  async function session(clientId = 'sandbox-native'): Promise<StoredSession> {
    const connection = fixture.connection(clientId);
    if (clientId !== 'sandbox-native') {
      window = await fixture.open({ connections: [connection] });
    }
    return window.haveSession(connection);
  }

  for (const client of ['sandbox-native', 'sandbox-spa', 'sandbox-web']) {
    it(`rotates and stores the tokens of ${client}, keeps the session id and ends the old token (A7)`, async () => {
      const first = await session(client);
      const renewed: StoredSession[] = [];
      for (let round = 0; round < 3; round++) {
        renewed.push((await window.tokens.getValidToken(first.id, { force: true })).session);
      }
      const last = renewed.at(-1)!;
      const refreshTokens = [first, ...renewed].map(({ refreshToken }) => refreshToken!);
      assert.equal(new Set(refreshTokens).size, 4);
      assert.ok(renewed.every(({ id }) => id === first.id));
      assert.deepEqual(sandbox.tokenCalls, { refresh_token: 3 });
      assert.deepEqual(await Promise.all(refreshTokens.map((token) => sandbox.isRefreshTokenAlive(token))), [
        false,
        false,
        false,
        true,
      ]);
      assert.ok(window.secrets.disk.values.get(`session:${first.id}`)?.includes(JSON.stringify(last.refreshToken)));
      const [connection] = window.tokens.usable().map((usable) => usable.connection);
      await testConnection({ connection: connection!, ...last, transport: window.transport, timeout: 5000 });
      for (const { form, authorization } of sandbox.requests.filter(({ path }) => path === '/ws/oauth/token')) {
        assert.equal(form?.scope, undefined, 'the scopes stay what they were');
        assert.equal(form?.names.includes('client_secret'), client === 'sandbox-web');
        assert.equal(authorization, undefined);
      }
    });
  }

  it('keeps a refresh token that still works if the response has no new one (A7)', async () => {
    const first = await session();
    const body = { access_token: 'given.without-rotation', token_type: 'bearer', expires_in: 3600 };
    sandbox.misbehave({ token: { kind: 'response', status: 200, body, times: 1 } });
    const { session: current } = await window.tokens.getValidToken(first.id, { force: true });
    assert.equal(current.accessToken, 'given.without-rotation');
    assert.equal(current.refreshToken, first.refreshToken);
    const { session: renewed } = await window.tokens.getValidToken(first.id, { force: true });
    assert.notEqual(renewed.refreshToken, first.refreshToken);
    assert.equal(await sandbox.isAccessTokenAlive(renewed.accessToken), true);
  });

  it('keeps the scopes and refresh token if the response has neither (A7)', async () => {
    const first = await session();
    sandbox.misbehave({ token: { kind: 'fields', omit: ['scope', 'refresh_token'], times: 1 } });
    const { session: renewed } = await window.tokens.getValidToken(first.id, { force: true });
    assert.notEqual(renewed.accessToken, first.accessToken);
    assert.equal(renewed.refreshToken, first.refreshToken);
    assert.deepEqual(renewed.scopes, first.scopes);
  });

  it('requires a new sign-in after a refresh token was used twice, and the server ends the whole token family (A8)', async () => {
    const first = await session();
    const context = await window.context(fixture.connection('sandbox-native'));
    const taken = await refreshTokens(context, first.refreshToken ?? '');
    const replay = await failureOf(refreshTokens(context, first.refreshToken ?? ''));
    assert.equal(replay.code, 'oauth.invalidGrant');
    assert.equal(replay.intent, 'signInAgain');
    assert.equal(replay.action, 'signIn');
    assert.equal(await sandbox.isRefreshTokenAlive(taken.refreshToken ?? ''), false);

    const failure = await failureOf(window.tokens.getValidToken(first.id, { force: true }));
    assert.equal(failure.code, 'oauth.invalidGrant');
    assert.equal(window.record(first.id), undefined);
    assert.deepEqual(
      window.renewalFailures.map(({ error }) => error.code),
      ['oauth.invalidGrant'],
    );
  });

  it('makes one token call for 1,000 concurrent calls (A9)', async () => {
    const first = await session();
    fixture.ahead = 2 * HOUR;
    const calls = Array.from({ length: 1000 }, (_, index) =>
      index % 2 === 0
        ? window.tokens.getValidToken(first.id).then((usable) => [usable])
        : window.tokens.sessionsFor(['monitoring'], undefined),
    );
    const results = (await Promise.all(calls)).flat();
    assert.equal(results.length, 1000);
    assert.equal(new Set(results.map(({ session: { accessToken } }) => accessToken)).size, 1);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
  });

  it('makes one token call for several windows that share secrets (A7)', async () => {
    const first = await session();
    const windows = [window];
    for (let count = 0; count < 3; count++) {
      windows.push(await fixture.open({ connections: [fixture.connection('sandbox-native')] }));
    }
    fixture.ahead = 2 * HOUR;
    const results = await Promise.all(windows.map(({ tokens }) => tokens.getValidToken(first.id)));
    assert.equal(new Set(results.map(({ session: { accessToken } }) => accessToken)).size, 1);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
    assert.equal(await sandbox.isRefreshTokenAlive(results[0]!.session.refreshToken ?? ''), true);
  });

  it('stores the rotated token before it returns the access token (A7)', async () => {
    const first = await session();
    const record = `session:${first.id}`;
    const before = window.secrets.disk.values.get(record);
    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'refresh_token');
    let stored: string | undefined;
    const renewal = window.tokens.getValidToken(first.id, { force: true }).then((usable) => {
      stored = window.secrets.disk.values.get(record);
      return usable;
    });
    await arrived;
    assert.equal(window.secrets.disk.values.get(record), before);
    const { session: renewed } = await released(sandbox, renewal);
    assert.ok(stored?.includes(JSON.stringify(renewed.refreshToken)));
  });

  it('renews the session instead of creating another one at a second sign-in with the same scopes (A10)', async () => {
    const first = await session();
    const { session: again } = await signIn(window, fixture.connection('sandbox-native'));
    assert.equal(again.id, first.id);
    assert.notEqual(again.accessToken, first.accessToken);
    assert.equal(window.store.all().length, 1);
  });

  it('does not undo a sign-out by a refresh in flight, and revokes its new tokens (A13)', async () => {
    const first = await session();
    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'refresh_token');
    const renewal = failureOf(window.tokens.getValidToken(first.id, { force: true }));
    await arrived;
    const out = await window.tokens.signOut(first.id);
    // The server has already rotated the token, so the sign-out revokes the old one.
    await out?.revoked;
    const revoked = sandbox.nextResponse(
      ({ path, form }) => path === '/ws/oauth/revoke' && form?.names.includes('token') === true,
    );
    assert.equal((await released(sandbox, renewal)).code, 'session.signedOut');
    await revoked;
    assert.equal(window.record(first.id), undefined);
    assert.equal(window.secrets.disk.values.has(`session:${first.id}`), false);
    assert.deepEqual(window.renewalFailures, [], 'the user knows already');
  });

  const revocationFaults: readonly [what: string, fault: Misbehavior['revoke']][] = [
    ['status 503', { kind: 'unavailable' }],
    ['a captive portal', { kind: 'html' }],
    ['status 429', { kind: 'tooManyRequests', retryAfter: 60 }],
    ['a redirect', { kind: 'redirect', status: 307, location: '/ws/oauth/revoke' }],
    ['a reset connection', { kind: 'drop' }],
    ['no response in time', { kind: 'hold' }],
    ['an error response', { kind: 'response', status: 400, body: { error: 'unsupported_token_type' } }],
  ];
  for (const [what, fault] of revocationFaults) {
    it(`signs out locally and reports the missing revocation after ${what} (A13)`, async () => {
      const first = await session();
      sandbox.misbehave({ revoke: fault ?? [] });
      window.timeout = 200;
      const out = await window.tokens.signOut(first.id);
      assert.equal(window.record(first.id), undefined);
      assert.equal(window.secrets.disk.values.has(`session:${first.id}`), false);
      assert.equal(await out?.revoked, false);
      if (what !== 'no response in time') {
        assert.equal(await sandbox.isRefreshTokenAlive(first.refreshToken ?? ''), true);
      }
    });
  }

  it('keeps the session and returns a valid token while the server is unreachable (A8)', async () => {
    const short = await startSandbox();
    const elsewhere = await openOAuthFixture(short);
    try {
      const connection = elsewhere.connection('sandbox-native');
      const other = await elsewhere.open({ connections: [connection] });
      const { session: first } = await signIn(other, connection);
      await short.stop();
      elsewhere.ahead = HOUR - 240_000;
      const [usable] = await other.tokens.sessionsFor(['monitoring'], undefined);
      assert.equal(usable?.session.accessToken, first.accessToken);
      elsewhere.ahead = 2 * HOUR;
      const failure = await failureOf(other.tokens.getValidToken(first.id));
      assert.equal(failure.code, 'network.refused');
      assert.equal(failure.intent, 'transient');
      assert.deepEqual(other.record(first.id), first);
      assert.equal(other.renewalFailures.length, 1);
    } finally {
      await short.stop();
      await elsewhere.close();
    }
  });
});
