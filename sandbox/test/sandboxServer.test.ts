import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, type RequestOptions } from 'node:https';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { createAuthority } from '../../test/support/certificates.ts';
import { ALL, NATIVE, SERVICE, signIn, token } from '../../test/support/plainOAuth.ts';

describe('the sandbox at its API', () => {
  let sandbox: Sandbox;
  let user: string;
  let reader: string;
  let service: string;
  before(async () => {
    sandbox = await startSandbox();
    user = (await signIn(sandbox, NATIVE)).body.access_token;
    const grant = { ...SERVICE, grant_type: 'client_credentials' };
    reader = (await token(sandbox, { ...grant, scope: 'monitoring' })).body.access_token;
    service = (await token(sandbox, { ...grant, scope: 'monitoring management' })).body.access_token;
  });
  after(() => sandbox.stop());

  it('pages organizations by the last id, with and without /api', async () => {
    const all = await call<{ id: number }[]>('GET', '/v2/organizations', reader);
    assert.equal(all.body.length, 5);
    const first = await call<{ id: number }[]>('GET', '/api/v2/organizations?pageSize=2', user);
    assert.deepEqual(first.body, all.body.slice(0, 2));
    const second = await call<{ id: number }[]>(
      'GET',
      `/v2/organizations?pageSize=2&after=${String(first.body[1]?.id)}`,
      user,
    );
    assert.deepEqual(second.body, all.body.slice(2, 4));
  });

  it('has devices whose organizations and locations exist', async () => {
    const { body } = await call<{ organizationId: number; locationId: number }[]>('GET', '/v2/devices', reader);
    assert.ok(body.length >= 5);
    for (const { organizationId, locationId } of body) {
      assert.equal((await call('GET', `/v2/organization/${String(organizationId)}`, reader)).status, 200);
      assert.ok(sandbox.tenant.locations.some(({ id }) => id === locationId));
    }
  });

  it('accepts a write only with management, and a script only from a user', async () => {
    assert.equal((await call('POST', '/v2/organizations', service, { name: 'Fern Bakery' })).status, 200);
    const script = '/v2/device/1001/script/run';
    assert.equal((await call('POST', script, user, {})).status, 204);
    const refused = await call<Record<string, unknown>>('POST', script, service, {});
    assert.equal(refused.status, 403);
    assert.equal(refused.body['error'], 'user_context_required');
    assert.equal(refused.body['error_code'], 5);
  });

  it('changes its data with a write, so that a test can prove that nothing was written (E9)', async () => {
    const owner = async (): Promise<unknown> =>
      (await call<Record<string, unknown>>('GET', '/v2/device/1002', reader)).body['assignedOwnerUid'];
    assert.equal(typeof (await owner()), 'string');
    assert.equal((await call('DELETE', '/v2/device/1002/owner', reader)).status, 401);
    assert.equal(typeof (await owner()), 'string');
    assert.equal((await call('DELETE', '/v2/device/1002/owner', service)).status, 204);
    assert.equal(await owner(), undefined);
    assert.equal((await call('DELETE', '/v2/device/9999/owner', service)).status, 404);
    assert.equal((await call('POST', '/v2/device/1002/patch/os/scan', service)).status, 204);
    assert.equal((await call('POST', '/v2/device/9999/patch/os/scan', service)).status, 404);
    assert.deepEqual(sandbox.tenant.patchScans, [1002]);
  });

  it('reports errors in the shapes of NinjaOne', async () => {
    const cases: readonly [authorization: string | undefined, status: number, error: string, code?: number][] = [
      [undefined, 400, 'missing_header', 2],
      ['Bearer', 400, 'invalid_header', 1],
      [`Basic ${reader}`, 400, 'invalid_header', 1],
      ['Bearer unknown', 401, 'not_authenticated', 10],
    ];
    for (const [authorization, status, error, code] of cases) {
      const response = await fetch(`${sandbox.baseUrl}/v2/organizations`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      assert.equal(response.status, status);
      const body = (await response.json()) as Record<string, unknown>;
      assert.equal(body['error'], error);
      assert.equal(body['error_code'], code);
      assert.ok(response.headers.has('x-nj-request-id'));
    }
    const forbidden = await call<Record<string, unknown>>('POST', '/v2/organizations', reader, { name: 'x' });
    assert.equal(forbidden.status, 401);
    assert.equal(forbidden.body['error'], 'insufficient_privileges');
    const missing = await call<Record<string, unknown>>('GET', '/v2/nothing', reader);
    assert.equal(missing.status, 404);
    assert.equal(missing.body['resultCode'], 'FAILURE');
    assert.equal(missing.body['errorMessage'], 'HTTP 404 Not Found');
    const invalid = await call<Record<string, unknown>>('POST', '/v2/organizations', service, {});
    assert.equal(typeof invalid.body['errorMessage'], 'object');
  });

  it('refuses an expired token', async () => {
    const { body } = await token(sandbox, { ...SERVICE, grant_type: 'client_credentials' });
    sandbox.expireAccessToken(body.access_token);
    assert.equal((await call('GET', '/v2/organizations', body.access_token)).status, 401);
  });

  it('shows its version without a token', async () => {
    assert.equal(await (await fetch(`${sandbox.baseUrl}/app-version.txt`)).text(), '13.0.20');
  });

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- The caller knows what it asks for.
  async function call<T = unknown>(
    method: string,
    path: string,
    bearer: string,
    body?: unknown,
  ): Promise<{ status: number; body: T }> {
    const response = await fetch(`${sandbox.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = await response.text();
    return { status: response.status, body: (content === '' ? undefined : JSON.parse(content)) as T };
  }
});

describe('the sandbox as a server', () => {
  it('logs requests without secrets', async () => {
    const sandbox = await startSandbox();
    try {
      const { body } = await signIn(sandbox, NATIVE);
      await token(sandbox, { ...SERVICE, grant_type: 'client_credentials', scope: 'monitoring' });
      await fetch(`${sandbox.baseUrl}/v2/devices`, { headers: { authorization: `Bearer ${body.access_token}` } });
      const [exchange, mint] = sandbox.requests.filter(({ path }) => path === '/ws/oauth/token');
      assert.deepEqual(exchange?.form, {
        names: ['client_id', 'code', 'code_verifier', 'grant_type', 'redirect_uri'],
        grantType: 'authorization_code',
        clientId: 'sandbox-native',
        scope: undefined,
        redirectUri: NATIVE.redirect_uri,
      });
      assert.equal(mint?.form?.scope, 'monitoring');
      assert.equal(sandbox.requests.at(-1)?.authorization, 'bearer');
      assert.deepEqual(sandbox.tokenCalls, { authorization_code: 1, client_credentials: 1 });
      const log = JSON.stringify(sandbox.requests);
      for (const secret of [body.access_token, body.refresh_token ?? '', SERVICE.client_secret]) {
        assert.ok(!log.includes(secret));
      }
    } finally {
      await sandbox.stop();
    }
  });

  it('creates refresh tokens that are valid until they are used', async () => {
    const sandbox = await startSandbox();
    try {
      const minted = await sandbox.mintRefreshToken('sandbox-web', ALL);
      assert.equal(await sandbox.isRefreshTokenAlive(minted), true);
      assert.equal(await sandbox.isRefreshTokenAlive(minted), true, 'asking does not use it');
      assert.equal(await sandbox.isRefreshTokenAlive(`${minted}x`), false);
      await assert.rejects(sandbox.mintRefreshToken('nobody', ALL), /no client nobody/);
      const other = await startSandbox();
      assert.equal(await other.isRefreshTokenAlive(minted), false, 'sandboxes share nothing');
      await other.stop();
    } finally {
      await sandbox.stop();
    }
  });

  it('stops immediately, even with requests in progress', async () => {
    const sandbox = await startSandbox();
    sandbox.misbehave({ token: [{ kind: 'delay', milliseconds: 60_000, times: 1 }] });
    const arrived = sandbox.nextRequest(() => true);
    const call = assert.rejects(token(sandbox, { ...SERVICE, grant_type: 'client_credentials' }), /fetch failed/);
    await arrived;
    await sandbox.stop();
    await call;
    await assert.rejects(fetch(sandbox.baseUrl), /fetch failed/);
  });

  it('serves https under any name of its certificate', async () => {
    const authority = createAuthority();
    const sandbox = await startSandbox({
      tls: { ...authority.issue('eu.ninja.test', '127.0.0.1'), baseUrl: 'https://eu.ninja.test:8443' },
    });
    try {
      assert.equal(sandbox.secure?.baseUrl, 'https://eu.ninja.test:8443');
      const options = { host: '127.0.0.1', port: sandbox.secure.port, path: '/app-version.txt', agent: false } as const;
      assert.equal(await get({ ...options, servername: 'eu.ninja.test', ca: authority.cert }), '13.0.20');
      await assert.rejects(get({ ...options, servername: 'us.ninja.test', ca: authority.cert }), {
        code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      });
      await assert.rejects(get({ ...options, servername: 'eu.ninja.test' }), {
        code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      });
    } finally {
      await sandbox.stop();
    }
  });

  it('starts from the command line, prints only settings and stops on a signal', async () => {
    const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', cli, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = once(child, 'exit');
    const errors = text(child.stderr);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line === 'Ctrl+C stops it.') {
        child.kill('SIGTERM');
      }
    }
    assert.deepEqual(await exit, [0, null]);
    assert.equal(await errors, '');
    const output = lines.join('\n');
    const baseUrl = /^NinjaOne sandbox: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1];
    const settings = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as {
      'ninjaone.connections': { instance: string; platform: string }[];
    };
    const connections = settings['ninjaone.connections'];
    assert.deepEqual(
      connections.map(({ platform }) => platform),
      ['native', 'spa', 'web', 'api-services', 'spa'],
    );
    assert.ok(connections.every(({ instance }) => instance === baseUrl));
  });
});

function get(options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      text(response).then(resolve, reject);
    })
      .once('error', reject)
      .end();
  });
}
