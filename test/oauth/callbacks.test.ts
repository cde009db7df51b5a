import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchangeCode, revokeToken } from '../../src/core/oauth/oauthClient.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { signIn, startSignIn, type WaitingSignIn } from '../support/browserSignIn.ts';
import { failureOf, openOAuthFixture, released, type OAuthWindow, type OAuthFixture } from '../support/oauthFixture.ts';

describe('OAuth callbacks', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  let window: OAuthWindow;
  let waiting: WaitingSignIn;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    fixture = await openOAuthFixture(sandbox);
    const connection = fixture.connection('sandbox-native');
    window = await fixture.open({ connections: [connection] });
    waiting = await startSignIn(window, connection);
  });
  afterEach(async () => {
    await waiting.end();
    await fixture.close();
    sandbox.reset();
  });

  const wrong: readonly [what: string, change: (query: URLSearchParams) => void][] = [
    ['a missing state', (query) => query.delete('state')],
    ['an empty state', (query) => query.set('state', '')],
    ['a foreign state', (query) => query.set('state', Buffer.alloc(32, 7).toString('base64url'))],
    ['half of the state', (query) => query.set('state', (query.get('state') ?? '').slice(0, 21))],
    ['the state in another case', (query) => query.set('state', swapCase(query.get('state') ?? ''))],
    ['a longer state', (query) => query.set('state', `${query.get('state') ?? ''}x`)],
    ['a repeated state', (query) => query.append('state', query.get('state') ?? '')],
    ['an additional foreign state', (query) => query.append('state', 'x')],
    ['a missing code', (query) => query.delete('code')],
    ['a repeated code', (query) => query.append('code', query.get('code') ?? '')],
    ['a code and an error', (query) => query.set('error', 'access_denied')],
    ['the issuer of another server', (query) => query.set('iss', 'https://evil.example')],
    ['an error with a foreign state', (query) => replace(query, { error: 'access_denied', state: 'x' })],
    ['an error without a state', (query) => replace(query, { error: 'access_denied' })],
    ['no parameters', (query) => replace(query, {})],
  ];
  for (const [what, change] of wrong) {
    it(`ignore a callback with ${what}, at the loopback server too, and still accept the right one (A2, T02)`, async () => {
      const { url: right } = await waiting.browse({ deliver: false });
      const changed = new URLSearchParams(right.search);
      change(changed);
      assert.equal(window.callbacks.settle(`?${changed.toString()}`), 'ignored');
      const page = await fetch(`${waiting.redirectUri}/?${changed.toString()}`);
      assert.ok(page.status === (changed.size > 0 ? 400 : 200), String(page.status));
      assert.match(await page.text(), /Nothing/);
      assert.deepEqual(sandbox.tokenCalls, {});

      assert.equal((await fetch(right)).status, 200);
      assert.ok((await waiting.exchange()).accessToken);
    });
  }

  it('ignore a callback that the server itself sends with wrong values (A2)', async () => {
    sandbox.misbehave({ authorize: { kind: 'callback', set: { state: 'foreign' }, times: 1 } });
    assert.ok((await waiting.browse()).next?.endsWith('?unexpected'));
    sandbox.misbehave({ authorize: { kind: 'callback', set: { iss: 'https://evil.example' }, times: 1 } });
    assert.ok((await waiting.browse()).next?.endsWith('?unexpected'));
    sandbox.misbehave({ authorize: { kind: 'callback', omit: ['code'], times: 1 } });
    assert.ok((await waiting.browse()).next?.endsWith('?unexpected'));
    assert.deepEqual(sandbox.tokenCalls, {});
    assert.equal((await waiting.browse()).next, `${waiting.redirectUri}/`);
    assert.ok((await waiting.exchange()).accessToken);
  });

  it('never carry the code of one server to another that forwarded the browser to it (T06)', async () => {
    const asked: string[] = [];
    const forwarding = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://forwarding');
      asked.push(pathname);
      response.writeHead(302, { location: `${sandbox.baseUrl}/ws/oauth/authorize${search}` }).end();
    }).listen(0, '127.0.0.1');
    await once(forwarding, 'listening');
    const instance = `http://127.0.0.1:${(forwarding.address() as AddressInfo).port}`;
    const misled = await startSignIn(window, fixture.connection('sandbox-native', { instance }));
    try {
      sandbox.misbehave({ authorize: { kind: 'callback', set: { iss: sandbox.baseUrl }, times: 1 } });
      const stopAt = ({ origin }: URL): boolean => origin === new URL(misled.redirectUri).origin;
      const landing = await misled.browse({ stopAt });
      assert.ok(landing.url.searchParams.has('code'), 'the user signed in to the other server');
      assert.ok(landing.next?.endsWith('?unexpected'));
      assert.deepEqual(asked, ['/ws/oauth/authorize']);
      assert.deepEqual(sandbox.tokenCalls, {});
      // The sign-in itself asks for tokens at the server that it was started for.
      assert.equal(new URL(misled.url).origin, instance);
      assert.equal(window.callbacks.settle(`code=c&state=${misled.nonce}`), 'settled');
      await failureOf(misled.exchange());
      assert.deepEqual(asked, ['/ws/oauth/authorize', '/ws/oauth/token']);
      assert.deepEqual(sandbox.tokenCalls, {});
    } finally {
      await misled.end();
      forwarding.closeAllConnections();
      forwarding.close();
    }
  });

  it('count only on the path and Host of the redirect URI (A2, T11)', async () => {
    const { url } = await waiting.browse({ deliver: false });
    for (const path of ['/callback', '/favicon.ico', '//', '/x/../y']) {
      assert.equal((await fetch(`${waiting.redirectUri}${path}${url.search}`, { redirect: 'manual' })).status, 404);
    }
    assert.equal((await fetch(`http://localhost:${url.port}/${url.search}`)).status, 403);
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 303);
    assert.ok((await waiting.exchange()).accessToken);
  });

  it('lead to one token exchange if one is delivered 50 times, and its tokens stay valid (A2, T03)', async () => {
    const { url } = await waiting.browse({ deliver: false });
    const exchange = waiting.exchange();
    const visits = await Promise.all(Array.from({ length: 50 }, () => fetch(url, { redirect: 'manual' })));
    assert.ok(visits.every(({ status }) => status === 303));
    const direct = Array.from({ length: 50 }, () => window.callbacks.settle(url.search));
    assert.ok(direct.every((outcome) => outcome === 'ignored'));
    const tokens = await exchange;
    assert.deepEqual(sandbox.tokenCalls, { authorization_code: 1 });
    assert.equal(await sandbox.isAccessTokenAlive(tokens.accessToken), true);
    assert.equal(await sandbox.isRefreshTokenAlive(tokens.refreshToken ?? ''), true);
  });

  it('use up the state before the code is exchanged (A2)', async () => {
    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'authorization_code');
    const { url } = await waiting.browse();
    const exchange = waiting.exchange();
    await arrived;
    assert.equal(window.callbacks.settle(url.search), 'ignored');
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 303);
    await released(sandbox, exchange);
    assert.deepEqual(sandbox.tokenCalls, { authorization_code: 1 });
  });

  it('do nothing after the sign-in was given up (A2)', async () => {
    const { url } = await waiting.browse({ deliver: false });
    await waiting.end();
    assert.equal(window.callbacks.settle(url.search), 'ended');
    assert.equal((await failureOf(waiting.exchange())).intent, 'canceled');
    assert.deepEqual(sandbox.tokenCalls, {});
  });

  it('reach the right one of two concurrent sign-ins (A2)', async () => {
    const other = await startSignIn(window, fixture.connection('sandbox-native'), ['monitoring', 'management']);
    try {
      await other.browse();
      await waiting.browse();
      assert.deepEqual((await waiting.exchange()).scopes, ['monitoring', 'offline_access']);
      assert.deepEqual((await other.exchange()).scopes, ['monitoring', 'management', 'offline_access']);
    } finally {
      await other.end();
    }
  });

  it('report denied consent as a permission error without a token call (A3)', async () => {
    await waiting.browse({ consent: 'deny' });
    const failure = await failureOf(waiting.exchange());
    assert.equal(failure.code, 'oauth.accessDenied');
    assert.equal(failure.intent, 'permission');
    assert.deepEqual(sandbox.tokenCalls, {});
  });

  it('show an error with the right state as plain text (A3, T07)', async () => {
    const description = '[x](command:evil) $(alert)\r\n\u001b[31m\u202e<b>'.padEnd(10_000, 'A');
    sandbox.misbehave({ authorize: { kind: 'refuse', error: 'odd_error', description, times: 1 } });
    await waiting.browse();
    const { message, code } = await failureOf(waiting.exchange());
    assert.equal(code, 'oauth.refused');
    assert.match(message, /^[\x20-\x7e…\u2060]+$/);
    assert.ok(message.length < 500);
    assert.doesNotMatch(message, /\]\(|\$\(/);
  });

  it('fail at the server with the code of another sign-in, because of its verifier, and store nothing (A1, T04)', async () => {
    const connection = fixture.connection('sandbox-native');
    const { url } = await waiting.browse({ deliver: false });
    const other = await startSignIn(window, connection);
    const code = url.searchParams.get('code') ?? '';
    const context = await window.context(connection);
    const failure = await failureOf(
      window.tokens.signIn(connection, ['monitoring'], () =>
        exchangeCode(context, { code, verifier: other.verifier, redirectUri: waiting.redirectUri }),
      ),
    );
    await other.end();
    assert.equal(failure.code, 'oauth.codeRefused');
    assert.equal(failure.intent, 'signInAgain');
    assert.deepEqual(sandbox.tokenCalls, { authorization_code: 1 }, 'no second attempt');
    assert.deepEqual(window.store.all(), []);
  });

  it('give a code that is valid for its own redirect URI only (A1)', async () => {
    const { url } = await waiting.browse({ deliver: false });
    const code = url.searchParams.get('code') ?? '';
    const context = await window.context(fixture.connection('sandbox-native'));
    const { verifier } = waiting;
    const failure = await failureOf(exchangeCode(context, { code, verifier, redirectUri: 'http://127.0.0.1:1' }));
    assert.equal(failure.intent, 'signInAgain');
  });

  it('must not replay a code, because the server then revokes its tokens (A2)', async () => {
    const { url } = await waiting.browse();
    const tokens = await waiting.exchange();
    const context = await window.context(fixture.connection('sandbox-native'));
    const { verifier, redirectUri } = waiting;
    const code = url.searchParams.get('code') ?? '';
    assert.equal((await failureOf(exchangeCode(context, { code, verifier, redirectUri }))).code, 'oauth.codeRefused');
    assert.equal(await sandbox.isAccessTokenAlive(tokens.accessToken), false);
  });

  it('give tokens that revocation and sign-out end at the server (A13)', async () => {
    const connection = fixture.connection('sandbox-native');
    const context = await window.context(connection);
    await waiting.browse();
    const unused = await waiting.exchange();
    await revokeToken(context, unused.refreshToken ?? '', 'refresh_token');
    assert.equal(await sandbox.isRefreshTokenAlive(unused.refreshToken ?? ''), false);
    await revokeToken(context, unused.accessToken, 'access_token');
    assert.equal(await sandbox.isAccessTokenAlive(unused.accessToken), false);
    await revokeToken(context, 'never-issued', 'access_token');

    const { session } = await signIn(window, connection);
    const out = await window.tokens.signOut(session.id);
    assert.equal(window.record(session.id), undefined, 'signed out before the server has responded');
    assert.equal(await out?.revoked, true);
    assert.equal(await sandbox.isAccessTokenAlive(session.accessToken), false);
    assert.equal(await sandbox.isRefreshTokenAlive(session.refreshToken ?? ''), false);
    assert.deepEqual(
      (await window.secrets.keys()).filter((key) => key.startsWith('session:')),
      [],
    );
  });
});

function replace(query: URLSearchParams, parameters: Readonly<Record<string, string>>): void {
  for (const name of [...query.keys()]) {
    query.delete(name);
  }
  for (const [name, value] of Object.entries(parameters)) {
    query.set(name, value);
  }
}

function swapCase(text: string): string {
  return Array.from(text, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  ).join('');
}
