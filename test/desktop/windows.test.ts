import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createSession, serializeSession } from '../../src/core/sessions/session.ts';
import { parseConnections } from '../../src/core/connections/parseConnections.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { DESKTOP_VARIABLE, openDesktopWindows, type DesktopWindows } from '../../tooling/desktopWindows.ts';
import { eventually, expectToBecome } from '../../tooling/eventually.ts';
import type { ExtensionHost } from '../../tooling/hostAgent.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';

const US = 'ninjaone-community.ninjaone-authentication';
const NATIVE = 'Sandbox native';
const HOUR = 3_600_000;
const ROUNDS = 20;

/*
 * Only windows of a desktop VS Code share secrets, so these tests need one: `npm run test:electron` names it. Every other
 * run skips them and says so.
 */
describe('two windows of a desktop VS Code', function () {
  this.timeout(240_000);
  let sandbox: Sandbox;
  let desktop: DesktopWindows;
  const cleanups: (() => Promise<void>)[] = [];

  before(async function () {
    const executable = process.env[DESKTOP_VARIABLE];
    if (executable === undefined) {
      console.log('      There is no desktop VS Code: its windows are NOT tested here, but by npm run test:electron');
      this.skip();
    }
    sandbox = await startSandbox();
    cleanups.push(() => sandbox.stop());
    desktop = await openDesktopWindows({
      executable,
      extensions: [projectRoot],
      userSettings: { 'ninjaone.connections': sandbox.connections.filter(({ name }) => name === NATIVE) },
      count: 2,
    });
    cleanups.push(() => desktop.stop());
  });
  after(async () => {
    for (const cleanup of cleanups.reverse()) {
      await cleanup();
    }
  });

  it('share a session that one of them has stored (A12, T31)', async () => {
    const [first] = desktop.hosts;
    assert.ok(first);
    await storeSession(first, sandbox);
    for (const host of desktop.hosts) {
      await expectToBecome(() => accountLabels(host), [`${NATIVE} · ${new URL(sandbox.baseUrl).host} · monitoring`]);
    }
  });

  it(`renew it ${ROUNDS} times with one token request each, and lose nothing (A7, T31)`, async () => {
    sandbox.reset();
    for (let round = 1; round <= ROUNDS; round++) {
      for (const host of desktop.hosts) {
        await setClock(host, round * HOUR);
      }
      await Promise.all(desktop.hosts.map(testConnection));
      await eventually(() => {
        const answered = sandbox.requests.filter(({ path, status }) => path === '/v2/organizations' && status === 200);
        assert.equal(answered.length, round * desktop.hosts.length);
      });
      assert.deepEqual(sandbox.tokenCalls, { refresh_token: round });
    }
    for (const host of desktop.hosts) {
      assert.equal((await accountLabels(host)).length, 1);
    }
  });

  it('keep locks and token states on the disk of this machine, and leave no lock (A7, T58)', async () => {
    for (const host of desktop.hosts) {
      const runs = await host.run((vscode, us) => {
        const extension = vscode.extensions.getExtension(us);
        return { inUi: extension?.extensionKind === vscode.ExtensionKind.UI, scheme: extension?.extensionUri.scheme };
      }, US);
      assert.deepEqual(runs, { inUi: true, scheme: 'file' });
    }
    const files = await readdir(path.join(desktop.globalStorage, US, 'sessions'), { recursive: true });
    assert.notDeepEqual(files, []);
    assert.deepEqual(
      files.filter((file) => file.endsWith('.lock')),
      [],
    );
  });
});

/** Stores a session of an earlier sign-in as the extension does. */
async function storeSession(host: ExtensionHost, sandbox: Sandbox): Promise<void> {
  const settings = sandbox.connections.filter(({ name }) => name === NATIVE);
  const [connection] = parseConnections(settings).connections;
  assert.ok(connection);
  const refreshToken = await sandbox.mintRefreshToken('sandbox-native', 'monitoring offline_access');
  const issuedAt = Date.now();
  const tokens = { accessToken: 'the-first-token', refreshToken, issuedAt, expiresAt: issuedAt + HOUR };
  const session = createSession(connection, ['monitoring'], tokens);
  await host.run(
    async (_vscode, { us, key, text }, _require, secretsOf) => {
      await secretsOf(us).store(key, text);
    },
    { us: US, key: `session:${session.id}`, text: serializeSession(session) },
  );
}

function accountLabels(host: ExtensionHost): Promise<string[]> {
  return host.run(async (vscode) => (await vscode.authentication.getAccounts('ninjaone')).map(({ label }) => label));
}

/** Puts the clock of the extension host forward, from which the extension sees that its token has expired. */
function setClock(host: ExtensionHost, ahead: number): Promise<void> {
  return host.run((_vscode, milliseconds) => {
    Object.assign(globalThis, { clockAhead: milliseconds });
  }, ahead);
}

/** Sends one request with a valid token. The command ends when its message is closed, which nobody waits for. */
function testConnection(host: ExtensionHost): Promise<void> {
  return host.run((vscode, name) => {
    void vscode.commands.executeCommand('ninjaone.testConnection', name);
  }, NATIVE);
}
