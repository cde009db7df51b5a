import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { ALL, NATIVE, refresh, SERVICE, signIn, token, WEB } from '../../test/support/plainOAuth.ts';

describe('the sandbox at its token endpoint', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  afterEach(() => {
    sandbox.reset();
  });

  it('responds in the shape of NinjaOne', async () => {
    const { status, headers, body } = await signIn(sandbox, NATIVE, { scope: ALL });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
    assert.equal(body.expires_in, 3600);
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.scope, ALL);
    assert.match(body.access_token, /^[\w-]+\.[\w-]+$/);
    assert.match(body.refresh_token ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w+/]+=$/);
    assert.match(headers.get('x-nj-request-id') ?? '', /^[0-9a-f-]{36}$/);
  });

  it('issues no refresh token without offline_access', async () => {
    const { body } = await signIn(sandbox, NATIVE, { scope: 'monitoring' });
    assert.equal(body.refresh_token, undefined);
    assert.equal(body.scope, 'monitoring');
  });

  for (const way of ['post', 'basic'] as const) {
    it(`accepts the secret by client_secret_${way}, with PKCE`, async () => {
      const { status, body } = await signIn(sandbox, WEB, { secret: 'sandbox-web-secret', way });
      assert.equal(status, 200);
      assert.ok(body.refresh_token);
    });
  }

  it('refuses a wrong, missing or unneeded secret with 401 invalid_client', async () => {
    for (const [request, secret] of [
      [WEB, 'wrong'],
      [WEB, undefined],
      [NATIVE, 'superfluous'],
    ] as const) {
      const { status, body } = await signIn(sandbox, request, { secret });
      assert.equal(status, 401);
      assert.equal(body.error, 'invalid_client');
    }
  });

  it('refuses a wrong, missing or replayed verifier, and another redirect URI', async () => {
    for (const change of [
      { code_verifier: 'x'.repeat(43) },
      { code_verifier: '' },
      { redirect_uri: `${NATIVE.redirect_uri}1` },
    ]) {
      const { status, body } = await signIn(sandbox, NATIVE, { change });
      assert.equal(status, 400);
      assert.equal(body.error, 'invalid_grant');
    }
  });

  it('requires the verifier from a confidential client that started with PKCE', async () => {
    const { body } = await signIn(sandbox, WEB, { secret: 'sandbox-web-secret', change: { code_verifier: '' } });
    assert.equal(body.error, 'invalid_grant');
  });

  it('revokes the tokens of a code that is used again', async () => {
    const { form, body } = await signIn(sandbox, NATIVE);
    assert.equal(await sandbox.isAccessTokenAlive(body.access_token), true);
    const replay = await token(sandbox, form);
    assert.equal(replay.body.error, 'invalid_grant');
    assert.equal(await sandbox.isAccessTokenAlive(body.access_token), false);
    assert.equal(await sandbox.isRefreshTokenAlive(body.refresh_token ?? ''), false);
  });

  for (const [request, secret] of [
    [NATIVE, undefined],
    [WEB, 'sandbox-web-secret'],
  ] as const) {
    it(`rotates refresh tokens of ${request.client_id} and ends the token family on reuse`, async () => {
      const { body: first } = await signIn(sandbox, request, { secret });
      const { body: second } = await refresh(sandbox, request.client_id, first.refresh_token, secret);
      assert.notEqual(second.refresh_token, first.refresh_token);
      assert.equal(second.scope, ALL);
      assert.equal(await sandbox.isRefreshTokenAlive(first.refresh_token ?? ''), false);
      assert.equal(await sandbox.isRefreshTokenAlive(second.refresh_token ?? ''), true);
      const replay = await refresh(sandbox, request.client_id, first.refresh_token, secret);
      assert.equal(replay.status, 400);
      assert.equal(replay.body.error, 'invalid_grant');
      assert.equal(await sandbox.isRefreshTokenAlive(second.refresh_token ?? ''), false);
      assert.equal(await sandbox.isAccessTokenAlive(second.access_token), false);
    });
  }

  it('accepts one of many concurrent uses of a refresh token', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    const responses = await Promise.all(Array.from({ length: 20 }, () => refresh(sandbox, 'sandbox-native', old)));
    assert.equal(responses.filter(({ status }) => status === 200).length, 1);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 20 });
  });

  it('responds with 404 "Client app not exist" to a client of another region', async () => {
    for (const form of [
      { client_id: 'nobody' },
      { client_id: 'nobody', client_secret: 'x', grant_type: 'client_credentials' },
    ]) {
      const { status, body } = await token(sandbox, form);
      assert.equal(status, 404);
      assert.equal(body['resultCode'], 'Client app not exist');
      assert.match(String(body['incidentId']), /^WEB_MGMT_SERVICE-/);
    }
  });

  it('issues exactly the requested scopes for client credentials, without a refresh token', async () => {
    const { status, body } = await token(sandbox, {
      ...SERVICE,
      grant_type: 'client_credentials',
      scope: 'monitoring',
    });
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
    assert.equal(body.scope, 'monitoring');
    assert.equal(await sandbox.isAccessTokenAlive(body.access_token), true);
  });

  for (const scope of ['control', 'monitoring control', 'root', 'offline_access', 'monitoring offline_access']) {
    it(`refuses the scope "${scope}" for client credentials with 400 invalid_scope`, async () => {
      const { status, body } = await token(sandbox, { ...SERVICE, grant_type: 'client_credentials', scope });
      assert.equal(status, 400);
      assert.equal(body.error, 'invalid_scope');
    });
  }

  it('refuses a grant type that the client does not have with unauthorized_client', async () => {
    const { status, body } = await token(sandbox, { client_id: 'sandbox-native', grant_type: 'client_credentials' });
    assert.equal(status, 400);
    assert.equal(body.error, 'unauthorized_client');
  });

  it('revokes a refresh token with its whole token family', async () => {
    const { body } = await signIn(sandbox, NATIVE);
    const response = await fetch(`${sandbox.baseUrl}/ws/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'sandbox-native', token: body.refresh_token ?? '' }),
    });
    assert.equal(response.status, 200);
    assert.equal(await sandbox.isRefreshTokenAlive(body.refresh_token ?? ''), false);
    assert.equal(await sandbox.isAccessTokenAlive(body.access_token), false);
  });

  it('issues tokens with the configured lifetime, and expires one on request', async () => {
    const brief = await startSandbox({ accessTokenTtl: 7 });
    try {
      const { body } = await token(brief, { ...SERVICE, grant_type: 'client_credentials' });
      assert.equal(body.expires_in, 7);
      assert.equal(brief.expireAccessToken(body.access_token), true);
      assert.equal(await brief.isAccessTokenAlive(body.access_token), false);
      assert.equal(brief.expireAccessToken('nothing'), false);
    } finally {
      await brief.stop();
    }
  });

  it('does not support OpenID Connect', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks', '/me', '/oauth/token', '/ws/oauth/introspect']) {
      const response = await fetch(`${sandbox.baseUrl}${path}`, { method: path === '/me' ? 'POST' : 'GET' });
      assert.equal(response.status, 404, path);
    }
  });
});
