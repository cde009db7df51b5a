import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { createAuthority } from '../support/certificates.ts';
import { keepNamesInside, lookups } from '../support/loopbackNames.ts';
import { startConnectProxy, type ConnectProxy, type Tunnel } from '../support/connectProxy.ts';
import type { Workbench } from '../../tooling/workbench.ts';
import { dialog, dialogButton, expectToBecome, screenshot, toast, toastButton } from '../../tooling/workbenchDriver.ts';
import { beginInHost, clearToasts, configure, useWorkbench } from '../support/useWorkbench.ts';
import { accountLabels, ensureClientSecret, resetExtension } from '../support/workbenchState.ts';

const HOST = 'eu.ninja.test';
const TARGET = `${HOST}:443`;
const NAME = 'Behind the proxy';
const LOGIN = { user: 'tech@acme', password: 'p@ss:word/1' };

/**
 * Which value of `http.systemCertificates` makes VS Code trust our authority. OpenSSL reads the system's store from the
 * file that `SSL_CERT_FILE` names. Where the store is no file, Node's own variable has to do, which counts only while
 * VS Code brings no certificates of its own.
 */
const STORE =
  process.platform === 'linux'
    ? { variable: 'SSL_CERT_FILE', trusting: true }
    : { variable: 'NODE_EXTRA_CA_CERTS', trusting: false };

/**
 * VS Code goes direct to loopback whatever the proxy, so the instance has a name that only the proxy can lead anywhere:
 * to the sandbox, whose certificate is of a private authority.
 */
describe('requests in the network of a company', () => {
  let folder: string;
  let proxy: ConnectProxy;
  let secureProxy: ConnectProxy;
  const authority = createAuthority();

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'authority-'));
    await writeFile(path.join(folder, 'authority.pem'), authority.cert);
  });
  const fixture = useWorkbench(() => ({
    sandbox: { tls: { ...authority.issue(HOST), baseUrl: `https://${HOST}` } },
    connections: ({ connections }) => {
      const service = connections.find(({ platform }) => platform === 'api-services');
      return [{ ...service, name: NAME, instance: `https://${HOST}` }];
    },
    workbench: {
      env: { [STORE.variable]: path.join(folder, 'authority.pem') },
      userSettings: { 'http.systemCertificates': STORE.trusting },
    },
  }));
  before(async () => {
    const routes = { [TARGET]: fixture.sandbox.secure?.port ?? 0 };
    proxy = await startConnectProxy({ credentials: LOGIN, routes });
    secureProxy = await startConnectProxy({ credentials: LOGIN, routes, tls: authority.issue('127.0.0.1') });
    await keepNamesInside(fixture.workbench.host);
  });
  after(async () => {
    await proxy.stop();
    await secureProxy.stop();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    await configure(fixture, {
      'http.proxy': proxy.url(LOGIN),
      'http.proxySupport': undefined,
      'http.noProxy': undefined,
      'http.proxyStrictSSL': undefined,
      'http.systemCertificates': STORE.trusting,
    });
    await ensureSession();
    // What was looked up for another test is none of this one's.
    await lookups(fixture.workbench.host);
    proxy.clear();
    secureProxy.clear();
    fixture.sandbox.reset();
  });

  const WORKS = /Connected to /;
  const NOT_FOUND = /Could not find the host eu\.ninja\.test/;
  const ASKS_PASSWORD = /The proxy for eu\.ninja\.test requires a user name and password/;
  const UNTRUSTED = /The certificate of eu\.ninja\.test is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/;

  it('do not reach the proxy before the host is confirmed, and then get the token through it (P5, P4)', async () => {
    const { page, sandbox } = fixture;
    await resetExtension(fixture);
    await ensureClientSecret(fixture, NAME, 'sandbox-service-secret');
    proxy.clear();
    await beginInHost(fixture, 'ninjaone.signIn', NAME);
    // A program started it, so the extension asks for a service before it does anything (A17).
    await dialogButton(page, 'Sign In', 'as a service');
    await dialog(page, 'Trust This Host').waitFor();
    assert.deepEqual(proxy.tunnels, []);
    await dialogButton(page, 'Trust This Host', HOST);
    await toast(page, new RegExp(`Signed in to ${NAME} with the scopes monitoring and management`));
    // Token requests and the API have connections of their own; after the sign-in, the operations are fetched.
    const tunnel: Tunnel = { target: TARGET, credentials: 'right', status: 200 };
    await expectToBecome(() => proxy.tunnels, [tunnel, tunnel]);
    await expectToBecome(
      () => sandbox.requests.map(({ path }) => path),
      ['/ws/oauth/token', '/app-version.txt', '/apidocs/NinjaRMM-API-v2.json'],
    );
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 1 });
    assert.deepEqual(await lookups(fixture.workbench.host), []);
  });

  for (const support of ['override', 'fallback', 'on']) {
    it(`go through the proxy with its password when http.proxySupport is "${support}" (P4)`, async () => {
      await configure(fixture, { 'http.proxySupport': support });
      await testConnection(WORKS);
      assert.equal(apiCalls(), 1);
      assert.ok(proxy.tunnels.every(({ credentials, status }) => credentials === 'right' && status === 200));
      assert.deepEqual(await lookups(fixture.workbench.host), []);
    });
  }

  it('would go past the proxy with an agent of their own when http.proxySupport is "on"', async () => {
    await configure(fixture, { 'http.proxySupport': 'on' });
    const outcome = await fetchWithAgent(fixture.workbench);
    assert.equal(outcome, 'ENOTFOUND');
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(fixture.workbench.host), [HOST]);
    await configure(fixture, { 'http.proxySupport': undefined });
    assert.equal(await fetchWithAgent(fixture.workbench), '200');
  });

  it('obey http.noProxy: the proxy is not asked, and without it the host does not exist (P4)', async () => {
    await configure(fixture, { 'http.noProxy': [HOST] });
    await testConnection(NOT_FOUND);
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(fixture.workbench.host), [HOST]);
  });

  it('fail without http.proxy (P4)', async () => {
    await configure(fixture, { 'http.proxy': undefined });
    await testConnection(NOT_FOUND);
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(fixture.workbench.host), [HOST]);
  });

  for (const [what, login, credentials] of [
    ['a wrong password', { ...LOGIN, password: 'guess' }, 'wrong'],
    ['no password', undefined, 'none'],
  ] as const) {
    it(`with ${what} for the proxy fail as such, with a button for the proxy settings (A16)`, async () => {
      const { page } = fixture;
      await configure(fixture, { 'http.proxy': proxy.url(login) });
      await testConnection(ASKS_PASSWORD);
      assert.ok(proxy.tunnels.length > 0);
      assert.ok(proxy.tunnels.every((tunnel) => tunnel.credentials === credentials && tunnel.status === 407));
      assert.equal(apiCalls(), 0);
      await toastButton(page, ASKS_PASSWORD, 'Open Proxy Settings');
      await page.locator('.settings-editor').getByText('Http: Proxy', { exact: true }).first().waitFor();
      await screenshot(page, 'proxy-settings');
    });
  }

  it('are not sent when the private authority is not trusted, which is explained (A16)', async () => {
    await configure(fixture, { 'http.proxy': proxy.url(LOGIN), 'http.systemCertificates': !STORE.trusting });
    await testConnection(UNTRUSTED);
    assert.deepEqual(proxy.tunnels, [{ target: TARGET, credentials: 'right', status: 200 }]);
    assert.deepEqual(fixture.sandbox.requests, []);
  });

  // What VS Code says of this setting is about its own requests; the fetch that it gives to extensions never reads it.
  for (const strict of [false, true]) {
    it(`check the certificates of NinjaOne and of the proxy, with http.proxyStrictSSL ${strict} (P4)`, async () => {
      await configure(fixture, { 'http.proxyStrictSSL': strict, 'http.systemCertificates': !STORE.trusting });
      await testConnection(UNTRUSTED);
      assert.equal(await fetchWithAgent(fixture.workbench), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      await configure(fixture, { 'http.proxy': secureProxy.url(LOGIN) });
      await testConnection(UNTRUSTED);
      assert.deepEqual(secureProxy.tunnels, []);
      assert.deepEqual(fixture.sandbox.requests, []);
    });
  }

  it('trust the private authority of proxy and instance when the system trusts it (P4)', async () => {
    await configure(fixture, { 'http.proxy': secureProxy.url(LOGIN) });
    await testConnection(WORKS);
    assert.equal(apiCalls(), 1);
    assert.deepEqual(secureProxy.tunnels, [{ target: TARGET, credentials: 'right', status: 200 }]);
  });

  it('that fail do not end the session (A8)', async () => {
    const { sandbox, workbench } = fixture;
    await configure(fixture, { 'http.proxy': undefined });
    await testConnection(NOT_FOUND);
    await configure(fixture, { 'http.proxy': proxy.url(LOGIN) });
    await testConnection(WORKS);
    assert.deepEqual(sandbox.tokenCalls, {});
    const labels = await workbench.host.run(async (vscode) => {
      return (await vscode.authentication.getAccounts('ninjaone')).map(({ label }) => label);
    });
    assert.deepEqual(labels, [`${NAME} · ${HOST} · monitoring, management`]);
  });

  /** Signed in, with a stored secret and a host that is confirmed. */
  async function ensureSession(): Promise<void> {
    if ((await accountLabels(fixture)).length === 0) {
      await ensureClientSecret(fixture, NAME, 'sandbox-service-secret');
      await beginInHost(fixture, 'ninjaone.signIn', NAME);
      await dialogButton(fixture.page, 'Sign In', 'as a service');
      await expectToBecome(
        async () => {
          if (await dialog(fixture.page, 'Trust This Host').isVisible()) {
            await dialogButton(fixture.page, 'Trust This Host', HOST);
          }
          return accountLabels(fixture);
        },
        (labels) => labels.length === 1,
      );
      await clearToasts(fixture);
    }
  }

  /** One GET with the session's token; its outcome is a message on the screen. */
  async function testConnection(outcome: RegExp): Promise<void> {
    await clearToasts(fixture);
    await beginInHost(fixture, 'ninjaone.testConnection', NAME);
    await toast(fixture.page, outcome);
  }

  function apiCalls(): number {
    return fixture.sandbox.requests.filter((request) => request.path === '/v2/organizations').length;
  }
});

/** What the fetch of the host answers to a request that brings an agent: the status, or the code of the failure. */
function fetchWithAgent({ host }: Workbench): Promise<string> {
  return host.run(
    async (_vscode, { agentFile, url }, require) => {
      const Agent = require(agentFile) as new () => NonNullable<RequestInit['dispatcher']>;
      try {
        return String((await fetch(url, { dispatcher: new Agent() })).status);
      } catch (error) {
        return String((error as { cause?: { code?: unknown } }).cause?.code);
      }
    },
    {
      agentFile: path.join(projectRoot, 'node_modules/undici/lib/dispatcher/agent.js'),
      url: `https://${HOST}/app-version.txt`,
    },
  );
}
