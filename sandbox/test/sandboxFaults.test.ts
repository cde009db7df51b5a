import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import type { Misbehavior } from '../misbehavior.ts';
import { ALL, refresh, SERVICE, token, type Form } from '../../test/support/plainOAuth.ts';

const MINT = { ...SERVICE, grant_type: 'client_credentials', scope: 'monitoring management' };

describe('the sandbox with faults of the token endpoint', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  afterEach(() => {
    sandbox.reset();
  });

  const shapes: readonly [
    what: string,
    fault: Misbehavior['token'],
    expected: { status?: number; type?: string | null; header?: [string, string]; body?: RegExp },
  ][] = [
    ['a captive portal', { kind: 'html' }, { status: 200, type: 'text/html;charset=UTF-8', body: /^<!doctype html>/ }],
    [
      'a throttling page',
      { kind: 'throttled' },
      { status: 503, type: 'text/html;charset=UTF-8', body: /limit exceeded/ },
    ],
    ['a throttling page with status 200', { kind: 'throttled', status: 200 }, { status: 200, body: /limit exceeded/ }],
    ['status 429', { kind: 'tooManyRequests', retryAfter: 7 }, { status: 429, header: ['retry-after', '7'] }],
    [
      'status 429 until a date',
      { kind: 'tooManyRequests', retryAfter: 'Wed, 21 Oct 2099 07:28:00 GMT' },
      { status: 429, header: ['retry-after', 'Wed, 21 Oct 2099 07:28:00 GMT'] },
    ],
    ['status 503', { kind: 'unavailable' }, { status: 503, type: null, body: /^$/ }],
    [
      'a redirect to another origin',
      { kind: 'redirect', status: 307, location: 'https://evil.example/token' },
      { status: 307, header: ['location', 'https://evil.example/token'] },
    ],
    [
      'a response without scope',
      { kind: 'fields', omit: ['scope'] },
      { status: 200, body: /^(?!.*"scope").*"access_token"/ },
    ],
    ['an unusual expires_in', { kind: 'fields', set: { expires_in: '3600' } }, { body: /"expires_in":"3600"/ }],
    [
      'JSON as text/plain',
      { kind: 'contentType', value: 'text/plain' },
      { type: 'text/plain', body: /^{"access_token"/ },
    ],
    ['a response without content type', { kind: 'contentType', value: null }, { type: null, body: /^{"access_token"/ }],
    ['a slow body', { kind: 'drip', milliseconds: 0 }, { status: 200, body: /^{"access_token".*}$/ }],
    [
      'any response',
      { kind: 'response', status: 418, body: { error: 'teapot' }, headers: { 'x-kind': 'pot' } },
      { status: 418, header: ['x-kind', 'pot'], body: /^{"error":"teapot"}$/ },
    ],
    [
      'several faults together',
      [
        { kind: 'fields', set: { expires_in: -1 } },
        { kind: 'contentType', value: 'text/html' },
      ],
      { type: 'text/html', body: /"expires_in":-1/ },
    ],
  ];
  for (const [what, fault, expected] of shapes) {
    it(`responds with ${what}`, async () => {
      sandbox.misbehave({ token: fault ?? [] });
      const response = await post(sandbox, MINT);
      const body = await response.text();
      assert.equal(response.status, expected.status ?? 200);
      if (expected.type !== undefined) {
        assert.equal(response.headers.get('content-type'), expected.type);
      }
      if (expected.header) {
        assert.equal(response.headers.get(expected.header[0]), expected.header[1]);
      }
      assert.match(body, expected.body ?? /(?:)/);
      sandbox.reset();
      assert.equal((await post(sandbox, MINT)).status, 200, 'reset() ends it');
    });
  }

  it('sends 1 MB of valid JSON', async () => {
    sandbox.misbehave({ token: { kind: 'oversized' } });
    const text = await (await post(sandbox, MINT)).text();
    assert.equal(text.length, 1_000_000);
    assert.ok('access_token' in (JSON.parse(text) as object));
  });

  it('rotates the token and closes the connection', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    sandbox.misbehave({ token: { kind: 'dropAfterRotation', times: 1 } });
    const dropped = sandbox.nextResponse(({ path }) => path === '/ws/oauth/token');
    await assert.rejects(refresh(sandbox, 'sandbox-native', old), /fetch failed/);
    assert.equal((await dropped).outcome, 'dropped');
    assert.equal((await dropped).status, undefined);
    assert.equal(await sandbox.isRefreshTokenAlive(old), false);
    assert.equal((await refresh(sandbox, 'sandbox-native', old)).body.error, 'invalid_grant');
  });

  it('keeps the refresh token valid if a gateway responds', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    sandbox.misbehave({
      token: [
        { kind: 'throttled', times: 1 },
        { kind: 'drop', grantType: 'other' },
      ],
    });
    assert.equal((await post(sandbox, refreshForm(old))).status, 503);
    assert.equal(await sandbox.isRefreshTokenAlive(old), true);
    sandbox.reset();
    sandbox.misbehave({ token: { kind: 'drop', times: 1 } });
    await assert.rejects(post(sandbox, refreshForm(old)), /fetch failed/);
    assert.equal(await sandbox.isRefreshTokenAlive(old), true);
  });

  it('keeps the refresh token valid if nobody responds, also after the client has gone', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    sandbox.misbehave({ token: { kind: 'silence', times: 1 } });
    const isToken = ({ path }: { readonly path: string }): boolean => path === '/ws/oauth/token';
    const [arrived, ended] = [sandbox.nextRequest(isToken), sandbox.nextResponse(isToken)];
    const client = new AbortController();
    const url = `${sandbox.baseUrl}/ws/oauth/token`;
    const body = new URLSearchParams(refreshForm(old));
    const response = fetch(url, { method: 'POST', body, signal: client.signal });
    await arrived;
    client.abort();
    await assert.rejects(response, /abort/);
    assert.equal((await ended).outcome, 'dropped');
    assert.equal(await sandbox.isRefreshTokenAlive(old), true);
  });

  it('rotates the token even if refresh_token is omitted from the response', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    sandbox.misbehave({ token: { kind: 'fields', omit: ['refresh_token', 'scope'], grantType: 'refresh_token' } });
    const { body } = await refresh(sandbox, 'sandbox-native', old);
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'token_type']);
    assert.equal((await token(sandbox, MINT)).body.scope, 'monitoring management', 'only for that grant type');
  });

  it('grants fewer scopes than requested', async () => {
    sandbox.misbehave({ token: { kind: 'fewerScopes', scopes: ['monitoring'], times: 1 } });
    const { body } = await token(sandbox, MINT);
    assert.equal(body.scope, 'monitoring');
    const write = await fetch(`${sandbox.baseUrl}/v2/organizations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    assert.equal(write.status, 401, 'the token really lacks it');
  });

  it('holds a response until it is released, after the rotation', async () => {
    const old = await sandbox.mintRefreshToken('sandbox-native', ALL);
    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const arrived = sandbox.nextRequest(({ form }) => form?.grantType === 'refresh_token');
    let hasResponse = false;
    const response = refresh(sandbox, 'sandbox-native', old).finally(() => {
      hasResponse = true;
    });
    assert.equal((await arrived).outcome, 'pending');
    await token(sandbox, MINT);
    assert.equal(hasResponse, false);
    assert.equal(await sandbox.isRefreshTokenAlive(old), false);
    sandbox.release();
    assert.equal((await response).status, 200);
  });

  it('delays a response', async () => {
    sandbox.misbehave({ token: { kind: 'delay', milliseconds: 60, times: 1 } });
    const start = performance.now();
    await token(sandbox, MINT);
    assert.ok(performance.now() - start >= 55);
  });

  it('ends a fault after the given number of times', async () => {
    sandbox.misbehave({ token: { kind: 'unavailable', times: 2 } });
    const statuses = [];
    for (let call = 0; call < 3; call++) {
      statuses.push((await post(sandbox, MINT)).status);
    }
    assert.deepEqual(statuses, [503, 503, 200]);
  });

  it('applies faults to the revocation endpoint and the API, too', async () => {
    sandbox.misbehave({ revoke: { kind: 'unavailable' }, api: { kind: 'throttled' } });
    const revoked = await fetch(`${sandbox.baseUrl}/ws/oauth/revoke`, { method: 'POST', body: new URLSearchParams() });
    assert.equal(revoked.status, 503);
    assert.equal((await fetch(`${sandbox.baseUrl}/v2/organizations`)).status, 503);
    assert.equal((await post(sandbox, MINT)).status, 200);
  });

  it('is switched over HTTP from another process', async () => {
    const switched = await control(sandbox, 'misbehave', { token: { kind: 'html', times: 1 } });
    assert.equal(switched.status, 204);
    assert.match(await (await post(sandbox, MINT)).text(), /doctype/);
    await control(sandbox, 'misbehave', { token: { kind: 'unavailable' } });
    await control(sandbox, 'reset', {});
    assert.equal((await post(sandbox, MINT)).status, 200);
    const state = (await (await fetch(`${sandbox.baseUrl}/sandbox/state`)).json()) as { tokenCalls: unknown };
    assert.deepEqual(state.tokenCalls, { client_credentials: 1 });
    for (const wrong of [{ token: { kind: 'nonsense' } }, { elsewhere: { kind: 'html' } }, []]) {
      assert.equal((await control(sandbox, 'misbehave', wrong)).status, 400);
    }
    const form = await fetch(`${sandbox.baseUrl}/sandbox/misbehave`, { method: 'POST', body: '{}' });
    assert.equal(form.status, 404, 'a page of another origin cannot use the switches');
  });
});

function post(sandbox: Sandbox, form: Form): Promise<Response> {
  return fetch(`${sandbox.baseUrl}/ws/oauth/token`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(form),
  });
}

function refreshForm(refreshToken: string): Form {
  return { grant_type: 'refresh_token', client_id: 'sandbox-native', refresh_token: refreshToken };
}

function control(sandbox: Sandbox, command: string, body: unknown): Promise<Response> {
  return fetch(`${sandbox.baseUrl}/sandbox/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
