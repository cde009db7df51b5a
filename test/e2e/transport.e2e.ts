import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from '../../src/host/platform/contributions.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createAuthority } from '../support/certificates.ts';
import { captureFailure } from '../support/useWorkbench.ts';
import { keepNamesInside, lookups } from '../support/loopbackNames.ts';
import { startConnectProxy, type ConnectProxy } from '../support/connectProxy.ts';
import { startWorkbench, type Workbench } from '../../tooling/workbench.ts';
import { dialogButton, inputBox, screenshot } from '../../tooling/workbenchDriver.ts';

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
describe('the network of a company', () => {
  let folder: string;
  let sandbox: Sandbox;
  let proxy: ConnectProxy;
  let secureProxy: ConnectProxy;
  let workbench: Workbench;

  before(async () => {
    const authority = createAuthority();
    folder = await mkdtemp(path.join(tmpdir(), 'authority-'));
    const certificate = path.join(folder, 'authority.pem');
    await writeFile(certificate, authority.cert);
    sandbox = await startSandbox({ tls: { ...authority.issue(HOST), baseUrl: `https://${HOST}` } });
    const routes = { [TARGET]: sandbox.secure?.port ?? 0 };
    proxy = await startConnectProxy({ credentials: LOGIN, routes });
    secureProxy = await startConnectProxy({ credentials: LOGIN, routes, tls: authority.issue('127.0.0.1') });
    const service = sandbox.connections.find(({ platform }) => platform === 'api-services');
    workbench = await startWorkbench({
      extensions: [projectRoot],
      agent: true,
      env: { [STORE.variable]: certificate },
      userSettings: {
        'http.proxy': proxy.url(LOGIN),
        'http.systemCertificates': STORE.trusting,
        'ninjaone.connections': [{ ...service, name: NAME, instance: `https://${HOST}` }],
      },
    });
    await keepNamesInside(workbench.host);
  });

  beforeEach(() => {
    proxy.clear();
    secureProxy.clear();
    sandbox.reset();
  });

  after(async () => {
    await workbench.stop();
    await proxy.stop();
    await secureProxy.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await captureFailure(workbench, this.currentTest.fullTitle());
    }
  });

  /** Begins a command about the connection. Its end is not waited for: it may wait for an answer on the screen. */
  const start = async (command: Command): Promise<void> => {
    await workbench.host.run((vscode, { command, name }) => void vscode.commands.executeCommand(command, name), {
      command,
      name: NAME,
    });
  };

  /** What VS Code says aloud of each message as it comes: toasts that follow one another too quickly are not shown. */
  const announced = async (text: RegExp): Promise<void> => {
    const { page } = workbench;
    await page.locator('.monaco-alert').filter({ hasText: text }).first().waitFor({ state: 'attached' });
    await page.evaluate(`document.querySelectorAll('.monaco-alert').forEach((alert) => alert.replaceChildren())`);
  };

  /** One GET with the session's token; its outcome is a message on the screen. */
  const testConnection = async (outcome: RegExp): Promise<void> => {
    await start('ninjaone.testConnection');
    await announced(outcome);
  };
  const WORKS = /Connected to /;
  const NOT_FOUND = /The host eu\.ninja\.test was not found/;
  const ASKS_PASSWORD = /The proxy for eu\.ninja\.test requires a user name and password/;
  const UNTRUSTED = /The certificate of eu\.ninja\.test is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/;

  const apiCalls = (): number => sandbox.requests.filter((request) => request.path === '/v2/organizations').length;

  it('nothing is asked of the proxy before the host is confirmed, then the token comes through it (P5, P4)', async () => {
    const { page } = workbench;
    await start('ninjaone.setClientSecret');
    await inputBox(page, 'sandbox-service-secret', { prompt: `Client secret of ${NAME}` });
    await announced(/Stored the client secret of/);
    await start('ninjaone.signIn');
    // A program started it, so the extension asks for a service before it does anything (A17).
    await dialogButton(page, 'Sign In', 'as a service');
    await page.locator('.monaco-dialog-box').filter({ hasText: 'Trust This Host' }).waitFor();
    assert.deepEqual(proxy.tunnels, []);
    await dialogButton(page, 'Trust This Host', HOST);
    await announced(new RegExp(`Signed in to ${NAME} with the scopes monitoring and management`));
    assert.deepEqual(proxy.tunnels, [{ target: TARGET, credentials: 'right', status: 200 }]);
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 1 });
    assert.deepEqual(await lookups(workbench.host), []);
  });

  for (const support of ['override', 'fallback', 'on']) {
    it(`with http.proxySupport "${support}" the API call goes through the proxy, with its password (P4)`, async () => {
      await configure(workbench, { 'http.proxySupport': support });
      await testConnection(WORKS);
      assert.equal(apiCalls(), 1);
      assert.ok(proxy.tunnels.every(({ credentials, status }) => credentials === 'right' && status === 200));
      assert.deepEqual(await lookups(workbench.host), []);
    });
  }

  it('control: with "on" VS Code sends a request that brings an agent past the proxy, so ours brings none', async () => {
    const outcome = await fetchWithAgent(workbench);
    assert.equal(outcome, 'ENOTFOUND');
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(workbench.host), [HOST]);
    await configure(workbench, { 'http.proxySupport': undefined });
    assert.equal(await fetchWithAgent(workbench), '200');
  });

  it('http.noProxy is obeyed: the proxy is not asked, and without it the host does not exist (P4)', async () => {
    await configure(workbench, { 'http.noProxy': [HOST] });
    await testConnection(NOT_FOUND);
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(workbench.host), [HOST]);
    await configure(workbench, { 'http.noProxy': undefined });
  });

  it('without http.proxy the same call fails (P4)', async () => {
    await configure(workbench, { 'http.proxy': undefined });
    await testConnection(NOT_FOUND);
    assert.deepEqual(proxy.tunnels, []);
    assert.deepEqual(await lookups(workbench.host), [HOST]);
  });

  for (const [what, login, credentials] of [
    ['a wrong password', { ...LOGIN, password: 'guess' }, 'wrong'],
    ['no password', undefined, 'none'],
  ] as const) {
    it(`${what} for the proxy is said as such, and leads to the proxy settings (A16)`, async () => {
      const { page } = workbench;
      await configure(workbench, { 'http.proxy': proxy.url(login) });
      await testConnection(ASKS_PASSWORD);
      assert.ok(proxy.tunnels.length > 0);
      assert.ok(proxy.tunnels.every((tunnel) => tunnel.credentials === credentials && tunnel.status === 407));
      assert.equal(apiCalls(), 0);
      await run(workbench, 'notifications.showList');
      const failure = page.locator('.notifications-center .notification-list-item').filter({ hasText: ASKS_PASSWORD });
      await failure.getByRole('button', { name: 'Open Proxy Settings' }).click();
      await page.locator('.settings-editor').getByText('Http: Proxy', { exact: true }).first().waitFor();
      await screenshot(page, 'proxy-settings');
      await run(workbench, 'workbench.action.closeAllEditors');
    });
  }

  it('a private authority that is not trusted is a sentence of its own, and nothing is sent (A16)', async () => {
    await configure(workbench, { 'http.proxy': proxy.url(LOGIN), 'http.systemCertificates': !STORE.trusting });
    await testConnection(UNTRUSTED);
    assert.deepEqual(proxy.tunnels, [{ target: TARGET, credentials: 'right', status: 200 }]);
    assert.deepEqual(sandbox.requests, []);
  });

  // What VS Code says of this setting is about its own requests; the fetch that it gives to extensions never reads it.
  for (const strict of [false, true]) {
    it(`http.proxyStrictSSL ${strict} takes no check away, neither of NinjaOne nor of the proxy (P4)`, async () => {
      await configure(workbench, { 'http.proxy': proxy.url(LOGIN), 'http.proxyStrictSSL': strict });
      await testConnection(UNTRUSTED);
      assert.equal(await fetchWithAgent(workbench), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      await configure(workbench, { 'http.proxy': secureProxy.url(LOGIN) });
      await testConnection(UNTRUSTED);
      assert.deepEqual(secureProxy.tunnels, []);
      assert.deepEqual(sandbox.requests, []);
    });
  }

  it('the private authority of proxy and instance is trusted when the system trusts it (P4)', async () => {
    await configure(workbench, { 'http.proxyStrictSSL': undefined, 'http.systemCertificates': STORE.trusting });
    await testConnection(WORKS);
    assert.equal(apiCalls(), 1);
    assert.deepEqual(secureProxy.tunnels, [{ target: TARGET, credentials: 'right', status: 200 }]);
  });

  it('after all that trouble the session is the one of the first sign-in (A8)', async () => {
    await configure(workbench, { 'http.proxy': proxy.url(LOGIN) });
    await testConnection(WORKS);
    assert.deepEqual(sandbox.tokenCalls, {});
    const labels = await workbench.host.run(async (vscode) => {
      return (await vscode.authentication.getAccounts('ninjaone')).map(({ label }) => label);
    });
    assert.deepEqual(labels, [`${NAME} · ${HOST} · monitoring, management`]);
  });

  it('no name but that of the instance was ever looked up, and the browser asked for nothing outside (P4)', async () => {
    assert.deepEqual(await lookups(workbench.host), []);
  });
});

async function run({ host }: Workbench, command: string): Promise<void> {
  await host.run((vscode, id) => vscode.commands.executeCommand(id), command);
}

/** Sets settings of the user in the running VS Code; `undefined` takes one away. */
async function configure({ host }: Workbench, settings: Readonly<Record<string, unknown>>): Promise<void> {
  await host.run(async (vscode, entries) => {
    for (const [key, value] of entries) {
      await vscode.workspace
        .getConfiguration()
        .update(key, value === null ? undefined : value, vscode.ConfigurationTarget.Global);
    }
  }, Object.entries(settings));
}

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
