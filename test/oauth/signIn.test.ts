import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { probeClient, probeSecret, refreshTokens } from '../../src/core/oauth/oauthClient.ts';
import { testConnection } from '../../src/core/sessions/connectionTest.ts';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { EDITOR, signIn, startSignIn } from '../support/browserSignIn.ts';
import { browse } from '../support/httpBrowser.ts';
import { failureOf, openOAuthFixture, type OAuthWindow, type OAuthFixture } from '../support/oauthFixture.ts';
import { until } from '../support/sessionFixture.ts';

const WEB_SECRET = 'sandbox-web-secret';
const SERVICE_SECRET = 'sandbox-service-secret';

describe('OAuth sign-in', () => {
  let sandbox: Sandbox;
  let fixture: OAuthFixture;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  beforeEach(async () => {
    fixture = await openOAuthFixture(sandbox);
  });
  afterEach(async () => {
    await fixture.close();
    sandbox.reset();
  });

  async function open(
    clientId: string,
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<{ window: OAuthWindow; connection: ReturnType<OAuthFixture['connection']> }> {
    const connection = fixture.connection(clientId, changes);
    return { window: await fixture.open({ connections: [connection] }), connection };
  }

  function posted(): readonly SandboxRequest[] {
    return sandbox.requests.filter(({ path, method }) => path === '/ws/oauth/token' && method === 'POST');
  }

  const browserPlatforms: readonly [what: string, client: string, changes: Record<string, string>, redirect: RegExp][] =
    [
      ['native with any free port', 'sandbox-native', {}, /^http:\/\/127\.0\.0\.1:\d+$/],
      ['spa with localhost', 'sandbox-spa', {}, /^http:\/\/localhost:28123\/callback$/],
      ['web with a secret and 127.0.0.1', 'sandbox-web', {}, /^http:\/\/127\.0\.0\.1:28124\/callback$/],
      [
        'spa with the vscode.dev redirect',
        'sandbox-spa',
        { redirectUri: 'https://vscode.dev/redirect' },
        /^https:\/\/vscode\.dev\/redirect$/,
      ],
      [
        'web with a secret and the vscode.dev redirect',
        'sandbox-web',
        { redirectUri: 'https://vscode.dev/redirect' },
        /^https:\/\/vscode\.dev\/redirect$/,
      ],
      [
        'spa with the editor redirect',
        'sandbox-editor',
        {},
        /^vscode:\/\/ninjaone-community\.ninjaone-authentication\/callback\?/,
      ],
    ];
  for (const [what, client, changes, redirect] of browserPlatforms) {
    it(`gets a working token with PKCE S256 and one token call on ${what} (A1, T01)`, async () => {
      const { window, connection } = await open(client, changes);
      const secret = connection.platform === 'web';
      const sent: { url: string; verifier: string; redirectUri: string }[] = [];
      const usable = await window.tokens.signIn(connection, ['monitoring', 'management'], async () => {
        const waiting = await startSignIn(window, connection, ['monitoring', 'management']);
        try {
          sent.push(waiting);
          const landing = await waiting.browse();
          assert.ok(landing.redirected);
          if (connection.redirectUri === undefined || connection.redirectUri.startsWith('http://')) {
            // The listener took it and redirects the browser to an address without the code.
            assert.equal(landing.next, landing.url.href.slice(0, -landing.url.search.length));
          } else {
            assert.ok(landing.url.href.startsWith(EDITOR), landing.url.href);
            assert.equal(window.callbacks.settle(landing.url.search), 'settled');
          }
          return await waiting.exchange();
        } finally {
          await waiting.end();
        }
      });

      const [{ url, verifier, redirectUri } = { url: '', verifier: '', redirectUri: '' }] = sent;
      const [authorize] = sandbox.requests;
      assert.match(redirectUri, redirect);
      assert.equal(authorize?.path, '/ws/oauth/authorize');
      assert.equal(authorize.query.get('redirect_uri'), redirectUri, 'byte for byte');
      assert.equal(authorize.query.get('code_challenge_method'), 'S256');
      assert.equal(authorize.query.get('code_challenge'), createHash('sha256').update(verifier).digest('base64url'));
      assert.match(verifier, /^[\w.~-]{43,128}$/);
      assert.match(url, /&scope=monitoring%20management%20offline_access&/);
      assert.ok(!url.includes('+'), 'blanks are never written as plus signs');

      const [token, ...more] = posted();
      assert.deepEqual(more, []);
      assert.equal(token?.form?.redirectUri, redirectUri);
      assert.equal(token.authorization, undefined, 'client_secret_post or nothing');
      assert.deepEqual(
        token.form.names,
        [
          'client_id',
          ...(secret ? ['client_secret'] : []),
          'code',
          'code_verifier',
          'grant_type',
          'redirect_uri',
        ].sort(),
      );

      const { session } = usable;
      assert.deepEqual(session.scopes, ['monitoring', 'management']);
      assert.ok(session.refreshToken !== undefined && (await sandbox.isRefreshTokenAlive(session.refreshToken)));
      await testConnection({ connection, ...session, transport: window.transport, timeout: 5000 });
    });
  }

  it('reaches the loopback server through the 307 redirect of NinjaOne (A1)', async () => {
    const { window, connection } = await open('sandbox-native');
    const response = sandbox.nextResponse(({ location }) => location?.startsWith('http://127.0.0.1:') === true);
    const waiting = await startSignIn(window, connection);
    try {
      const landing = await waiting.browse();
      assert.equal((await response).status, 307);
      assert.ok(landing.visited.at(-1)?.startsWith(`${waiting.redirectUri}?code=`), 'no slash is added');
      const clean = await fetch(waiting.redirectUri, { redirect: 'manual' });
      assert.equal(clean.status, 200);
      assert.match(await clean.text(), /Back/);
    } finally {
      await waiting.end();
    }
    await assert.rejects(fetch(waiting.redirectUri), /fetch failed/, 'the port is free again');
  });

  it('creates a new state of 256 random bits each time, which is the nonce of the vscode.dev redirect (A1, T01)', async () => {
    const { window, connection } = await open('sandbox-spa', { redirectUri: 'https://vscode.dev/redirect' });
    const first = await startSignIn(window, connection);
    const second = await startSignIn(window, connection);
    assert.equal(Buffer.from(first.nonce, 'base64url').length, 32);
    assert.notEqual(first.nonce, second.nonce);
    assert.notEqual(first.verifier, second.verifier);
    assert.equal(new URL(first.url).searchParams.get('state'), `${EDITOR}?nonce=${first.nonce}&windowId=1`);
    await first.end();
    await second.end();
  });

  it('accepts the pasted address of an https redirect URI like a callback (A1)', async () => {
    const { window, connection } = await open('sandbox-web', { redirectUri: 'https://sandbox.example/callback' });
    const waiting = await startSignIn(window, connection);
    const landing = await waiting.browse();
    assert.equal(window.callbacks.settleUrl(`  <${landing.url.href}>\n`), 'settled');
    assert.ok((await waiting.exchange()).accessToken);
    await waiting.end();
  });

  it('puts no secret, code, verifier or token into an address that the server sees (A1, T01)', async () => {
    const { window, connection } = await open('sandbox-web');
    const service = fixture.connection('sandbox-service');
    const other = await fixture.open({ connections: [service] });
    const { session } = await signIn(window, connection);
    const minted = await signIn(other, service);
    await window.tokens.getValidToken(session.id, { force: true });
    await other.tokens.getValidToken(minted.session.id, { force: true });
    await (
      await window.tokens.signOut(session.id)
    )?.revoked;
    const secrets = [WEB_SECRET, SERVICE_SECRET, session.accessToken, session.refreshToken!];
    assert.ok(sandbox.requests.length > 6);
    for (const { path, query, form } of sandbox.requests) {
      const address = decodeURIComponent(`${path}?${query.toString()}`);
      assert.ok(!secrets.some((secret) => address.includes(secret)), path);
      assert.ok(!['code', 'client_secret', 'code_verifier', 'refresh_token', 'token'].some((name) => query.has(name)));
      assert.ok(form === undefined || query.size === 0);
    }
  });

  it('is refused by the server if the code challenge was removed on the way, as RFC 9700 §4.8 requires (A1, T05)', async () => {
    const { window, connection } = await open('sandbox-web', { redirectUri: 'https://sandbox.example/callback' });
    const { window: publicWindow, connection: publicClient } = await open('sandbox-native');
    const stripped = (url: string): string => url.replace(/&code_challenge(?:_method)?=[^&]*/g, '');

    const confidential = await startSignIn(window, connection);
    const landing = await browse(stripped(confidential.url));
    assert.equal(window.callbacks.settle(landing.url.search), 'settled');
    assert.equal((await failureOf(confidential.exchange())).code, 'oauth.codeRefused');
    await confidential.end();

    const waiting = await startSignIn(publicWindow, publicClient);
    assert.equal((await browse(stripped(waiting.url))).redirected, false);
    await waiting.end();
  });

  for (const [scopes, granted] of [
    [['monitoring'], 'monitoring'],
    [['monitoring', 'management'], 'monitoring management'],
    [['management'], 'management'],
  ] as const) {
    it(`gets exactly "${granted}" for api-services by client_secret_post, without offline_access (A6, T14)`, async () => {
      const { window, connection } = await open('sandbox-service', { offlineAccess: true });
      const { session } = await signIn(window, connection, scopes);
      assert.deepEqual(session.scopes, scopes);
      assert.equal(session.refreshToken, undefined);
      const [token, ...more] = posted();
      assert.deepEqual(more, []);
      assert.equal(token?.form?.scope, granted);
      assert.equal(token.authorization, undefined);
      assert.deepEqual(token.form.names, ['client_id', 'client_secret', 'grant_type', 'scope']);
      if (granted.includes('monitoring')) {
        await testConnection({ connection, ...session, transport: window.transport, timeout: 5000 });
      }
    });
  }

  it('gets a new client credentials token for the same scopes and session id after expiry (A6, T14)', async () => {
    const { window, connection } = await open('sandbox-service');
    const { session } = await signIn(window, connection, ['monitoring', 'management']);
    fixture.ahead = 2 * 3_600_000;
    const { session: renewed } = await window.tokens.getValidToken(session.id);
    assert.equal(renewed.id, session.id);
    assert.notEqual(renewed.accessToken, session.accessToken);
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 2 });
    assert.deepEqual(
      posted().map(({ form }) => form?.scope),
      ['monitoring management', 'monitoring management'],
    );
  });

  it('revokes the tokens of the former sign-in, and the new ones keep working (A13)', async () => {
    const { window, connection } = await open('sandbox-native');
    const former = await signIn(window, connection);
    const { session } = await signIn(window, connection);
    assert.equal(session.id, former.session.id);
    await until(async () => !(await sandbox.isRefreshTokenAlive(former.session.refreshToken ?? '')));
    await until(async () => !(await sandbox.isAccessTokenAlive(former.session.accessToken)));
    assert.ok(await sandbox.isAccessTokenAlive(session.accessToken));
    assert.equal((await window.tokens.getValidToken(session.id, { force: true })).session.generation, 3);
  });

  it('reports a wrong secret as a configuration error without repeated calls, and works at once with the right one (A6, T14)', async () => {
    const { window, connection } = await open('sandbox-service');
    const { session } = await signIn(window, connection);
    await window.clientSecrets.set(connection.id, 'renewed-in-ninjaone');
    fixture.ahead = 2 * 3_600_000;
    for (let attempt = 0; attempt < 20; attempt++) {
      const failure = await failureOf(window.tokens.getValidToken(session.id, { isUserAction: false }));
      assert.equal(failure.code, 'oauth.invalidClient');
      assert.equal(failure.intent, 'misconfigured');
      assert.equal(failure.action, 'setClientSecret');
    }
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 2 });
    assert.equal(window.renewalFailures.length, 1);
    assert.ok(window.record(session.id));
    await window.clientSecrets.set(connection.id, SERVICE_SECRET);
    assert.equal((await window.tokens.getValidToken(session.id)).session.id, session.id);
  });

  it('reports a wrong region as a configuration error, with the incident id of NinjaOne (A6)', async () => {
    const { window, connection } = await open('sandbox-service', { clientId: 'client-of-another-region' });
    await window.clientSecrets.set(connection.id, SERVICE_SECRET);
    const failure = await failureOf(signIn(window, connection));
    assert.equal(failure.code, 'oauth.wrongRegion');
    assert.equal(failure.intent, 'misconfigured');
    assert.equal(failure.support.status, 404);
    assert.ok(failure.support.incidentId);
    assert.match(failure.support.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(window.store.all(), []);
  });

  it('reports a scope that the client app lacks as invalid_scope, in the browser and with client credentials (A16)', async () => {
    const { window, connection } = await open('sandbox-service', { scopes: ['monitoring', 'control'] });
    const minted = await failureOf(signIn(window, connection, ['monitoring', 'control']));
    assert.equal(minted.code, 'oauth.invalidScope');
    assert.equal(minted.intent, 'misconfigured');

    const { window: other, connection: native } = await open('sandbox-native');
    const waiting = await startSignIn(other, native, ['monitoring']);
    const landing = await browse(waiting.url.replace('scope=monitoring', 'scope=root'), { deliver: true });
    // The browser shows the same page as after a success; the editor reports the error.
    assert.equal(landing.next, `${waiting.redirectUri}/`);
    assert.equal((await failureOf(waiting.exchange())).code, 'oauth.invalidScope');
    assert.equal(posted().filter(({ form }) => form?.grantType === 'authorization_code').length, 0);
    await waiting.end();
  });

  it('neither requests nor gets a refresh token if offlineAccess is false (A1)', async () => {
    const { window, connection } = await open('sandbox-native', { offlineAccess: false });
    const { session } = await signIn(window, connection);
    assert.equal(session.refreshToken, undefined);
    assert.equal(sandbox.requests[0]?.query.get('scope'), 'monitoring');
    fixture.ahead = 2 * 3_600_000;
    const failure = await failureOf(window.tokens.getValidToken(session.id));
    assert.equal(failure.code, 'session.notRenewable');
    assert.deepEqual(sandbox.tokenCalls, { authorization_code: 1 });
  });

  it('advises to change the platform if the app of a public client is confidential (A16)', async () => {
    const { window, connection } = await open('sandbox-native', { clientId: 'sandbox-web' });
    assert.equal(
      (await failureOf(refreshTokens(await window.context(connection), 'none'))).code,
      'oauth.secretExpected',
    );
  });

  it('recognizes a client ID of this host but not of another, and sends no secret for it (C5)', async () => {
    const { window } = await open('sandbox-web');
    const { transport } = window;
    const probe = (clientId: string, changes = {}): Promise<string> => {
      const connection = fixture.connection(clientId, changes);
      return probeClient({ connection, transport, clientSecret: WEB_SECRET, now: Date.now });
    };
    for (const clientId of ['sandbox-native', 'sandbox-spa', 'sandbox-web', 'sandbox-service', 'sandbox-editor']) {
      assert.equal(await probe(clientId), 'known', clientId);
    }
    assert.equal(await probe('sandbox-web', { clientId: 'nobody' }), 'unknown');
    assert.equal(await probe('sandbox-service', { clientId: 'nobody' }), 'unknown');
    const calls = posted();
    assert.equal(calls.length, 7);
    for (const { form, authorization } of calls) {
      assert.deepEqual(form?.names, ['client_id', 'code', 'grant_type', 'redirect_uri']);
      assert.equal(authorization, undefined);
    }
    assert.ok(window.sent.every(({ body }) => body?.includes(WEB_SECRET) === false));
  });

  it('draws no conclusion about a client ID if the host gives none (C5)', async () => {
    const { window, connection } = await open('sandbox-native');
    const context = await window.context(connection);
    for (const fault of [{ kind: 'html' }, { kind: 'unavailable' }, { kind: 'throttled' }, { kind: 'drop' }] as const) {
      sandbox.misbehave({ token: { ...fault, times: 1 } });
      assert.equal((await failureOf(probeClient(context))).intent, 'transient', fault.kind);
    }
    sandbox.misbehave({ token: { kind: 'response', status: 404, body: { resultCode: 'FAILURE' }, times: 1 } });
    await failureOf(probeClient(context));
    assert.equal(await probeClient(context), 'known');
  });

  it('tells a wrong client secret from the right one without a grant (C5)', async () => {
    const { window } = await open('sandbox-web');
    const { transport } = window;
    const probe = (clientId: string, clientSecret: string): Promise<string> =>
      probeSecret({ connection: fixture.connection(clientId), transport, clientSecret, now: Date.now });
    assert.equal(await probe('sandbox-web', WEB_SECRET), 'accepted');
    assert.equal(await probe('sandbox-web', 'wrong'), 'refused');
    assert.equal(await probe('sandbox-service', 'wrong'), 'refused');
    assert.equal(await probe('sandbox-service', SERVICE_SECRET), 'accepted');
    assert.ok(posted().every(({ status }) => status !== undefined && status >= 400));
  });

  it('draws no conclusion about a client secret if the host gives none (C5)', async () => {
    const { window, connection } = await open('sandbox-web');
    const context = { connection, transport: window.transport, clientSecret: WEB_SECRET, now: Date.now };
    for (const fault of [{ kind: 'html' }, { kind: 'unavailable' }, { kind: 'throttled' }] as const) {
      sandbox.misbehave({ token: { ...fault, times: 1 } });
      assert.equal(await probeSecret(context), 'unchecked', fault.kind);
    }
    const body = { error: 'invalid_grant' };
    sandbox.misbehave({ token: { kind: 'response', status: 400, body, times: 2 } });
    assert.equal(await probeSecret(context), 'unchecked', 'a host that does not check the secret first');
  });
});
