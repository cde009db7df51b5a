import assert from 'node:assert/strict';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { press } from '../../tooling/press.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import type { WorkbenchWindow } from '../../tooling/workbench.ts';
import {
  dialogButton,
  expectToBecome,
  expectToastCount,
  openView,
  quickPick,
  revealRow,
  screenshot,
  statusBarItem,
  toast,
  toastButton,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { beginInHost, keepSecrets, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

const US = 'ninjaone-community.ninjaone-authentication';
const SIGNED_IN = /Sandbox native, signed in/;
const TOLD = 'Another window has renewed the session for "Sandbox native"';

describe('tabs of a browser, each with a copy of the secrets', () => {
  const fixture = useWorkbench(() => ({
    workbench: { beforeLoad: keepSecrets },
    // Without `control`, a request for `monitoring` is answered (A10).
    connections: ({ connections }) =>
      connections.filter(({ platform }) => platform === 'native').map((each) => ({ ...each, scopes: ['monitoring'] })),
  }));

  beforeEach(() => openView(fixture.page, 'NinjaOne'));

  it('send no spent token, sign nobody out, and tell the second tab once (A7, T59)', async () => {
    const { sandbox, workbench } = fixture;
    const { second, latest } = await renewedInFirst();
    await expectSpent(second);
    // The first tab works on.
    await passes(workbench, 2);
    const again = await ask(workbench);
    assert.ok(again);
    assert.notEqual(again, latest);
    // The second one has the latest token after a reload.
    await second.reload();
    await passes(second, 2);
    await expectToBecome(() => ask(second), again);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 2 });
    assert.equal(refused(), 0);
  });

  it('work, both of them, after a sign-in in the second tab (A7, T59)', async () => {
    const { sandbox, workbench } = fixture;
    const { second } = await renewedInFirst();
    await expectSpent(second);
    const browser = await pageOpenedBy(workbench.context, () => toastButton(second.page, TOLD, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(second.page, SIGNED_IN);
    const signedIn = await expectToBecome(
      () => ask(second),
      (token) => token !== undefined,
    );
    await passes(second, 3);
    await passes(workbench, 3);
    const [first, other] = [await ask(workbench), await ask(second)];
    assert.ok(first && other);
    assert.equal(new Set([first, other, signedIn]).size, 3);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 3, authorization_code: 1 });
    assert.equal(refused(), 0);
  });

  it('notice at the next start that another tab has erased a session, and say so (A14, T59)', async () => {
    const { page, workbench } = fixture;
    await resetExtension(fixture);
    const second = await workbench.openWindow();
    await page.bringToFront();
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, SIGNED_IN);
    // The row can be there before VS Code has stored the session.
    await expectToBecome(
      () => workbench.host.run(async (_vscode, us, _require, secretsOf) => secretsOf(us).keys(), US),
      (keys) => keys.some((key) => key.startsWith('session:')),
    );
    // VS Code writes all secrets that this tab knows over those that the first tab has stored.
    await second.host.run(async (_vscode, us, _require, secretsOf) => {
      await secretsOf(us).store('anything', '1');
    }, US);
    await second.page.close();
    for (const file of await stateFiles('.json')) {
      const state = JSON.parse(await readFile(file, 'utf8')) as object;
      await writeFile(file, JSON.stringify({ ...state, writtenAt: Date.now() - HOUR }));
    }
    await workbench.reload();
    await toast(page, 'VS Code did not store these NinjaOne sessions: Sandbox native');
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native, signed out/);
    await expectToastCount(page, 'all', 1);
  });

  it('have the session after the extension host was killed while it renewed, and it works (A7, T34)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureSignedIn(fixture);
    await allow(workbench);
    sandbox.reset();
    await passes(workbench, 1);
    sandbox.misbehave({ token: { kind: 'silence', times: 1 } });
    const asked = sandbox.nextRequest(isTokenRequest);
    const old = await workbench.host.run((vscode) => {
      void vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true });
      return process.pid;
    });
    await asked;
    process.kill(old, 'SIGKILL');
    // As if a quarter of a minute had passed: the lock counts as abandoned.
    const [lock] = await stateFiles('.lock');
    assert.ok(lock);
    const before = Date.now() / 1000 - 60;
    await utimes(lock, before, before);
    const reloaded = workbench.reload();
    await page.reload();
    await reloaded;
    await openView(page, 'NinjaOne');
    await revealRow(page, SIGNED_IN);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
    await passes(workbench, 1);
    const token = await expectToBecome(
      () => ask(workbench),
      (answer) => answer !== undefined && sandbox.tokenCalls['refresh_token'] === 2,
    );
    assert.ok(await sandbox.isAccessTokenAlive(token ?? ''));
    assert.equal(refused(), 0);
    // The window removes its lock after it has given out the new token.
    await expectToBecome(
      () => stateFiles('.lock'),
      (locks) => locks.length === 0,
    );
  });

  it('have the session and its new token after a reload while NinjaOne answered a renewal (A7, T60)', async () => {
    const { page, sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    await passes(workbench, 0);
    await allow(workbench);
    sandbox.reset();
    await passes(workbench, 1);
    // The server has replaced the refresh token, and its response is on the way.
    sandbox.misbehave({ token: { kind: 'hold', times: 1 } });
    const asked = sandbox.nextRequest(isTokenRequest);
    const { host } = workbench;
    await host.run((vscode) => {
      void vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true });
    });
    await asked;
    const closing = host.run(async (_vscode, us, _require, secretsOf) => {
      for (;;) {
        try {
          await secretsOf(us).get('anything');
          await new Promise((resolve) => setTimeout(resolve, 5));
        } catch (error) {
          return String(error);
        }
      }
    }, US);
    const reloaded = workbench.reload();
    // VS Code refuses the secret storage before it calls `deactivate`, so nothing can be stored there any longer.
    assert.match(await closing, /Canceled/);
    sandbox.release();
    await reloaded;
    await openView(page, 'NinjaOne');
    await revealRow(page, SIGNED_IN);
    await passes(workbench, 1);
    const token = await expectToBecome(
      () => ask(workbench),
      (answer) => answer !== undefined,
    );
    assert.ok(await sandbox.isAccessTokenAlive(token ?? ''));
    await passes(workbench, 2);
    assert.notEqual(await ask(workbench), token);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 2 });
    assert.equal(refused(), 0);
    await expectToastCount(page, 'all', 0);
  });

  it('show and obey a permission to write without an end that another tab has given or taken back (E9)', async () => {
    const { page, workbench } = fixture;
    const second = await workbench.openWindow();
    await openView(second.page, 'NinjaOne');
    await page.bringToFront();
    await beginInHost(fixture, 'ninjaone.unlockWrites', 'Sandbox native');
    await dialogButton(page, 'Until Turned Off', 'to change data?');
    await statusBarItem(page, /Sandbox native: writes allowed/).waitFor();
    await statusBarItem(second.page, /Sandbox native: writes allowed/).waitFor();
    await screenshot(second.page, 'windows-writes-allowed-elsewhere');
    await second.page.bringToFront();
    await press(statusBarItem(second.page, /Sandbox native: writes allowed/));
    await statusBarItem(second.page, /writes allowed/).waitFor({ state: 'detached' });
    await statusBarItem(page, /writes allowed/).waitFor({ state: 'detached' });
    await second.page.close();
  });

  /** Both tabs have the session, and the first one has renewed it. */
  async function renewedInFirst(): Promise<{ second: WorkbenchWindow; latest: string }> {
    const { sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    await passes(workbench, 0);
    await allow(workbench);
    const second = await workbench.openWindow();
    await openView(second.page, 'NinjaOne');
    await revealRow(second.page, SIGNED_IN);
    await allow(second);
    sandbox.reset();
    await passes(workbench, 1);
    const latest = await ask(workbench);
    assert.ok(latest);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
    return { second, latest };
  }

  /** The second tab has no token, says so once, and asks the server for none. */
  async function expectSpent(second: WorkbenchWindow): Promise<void> {
    await passes(second, 2);
    assert.equal(await ask(second), undefined);
    await toast(second.page, TOLD);
    assert.equal(await ask(second), undefined);
    await revealRow(second.page, /Sandbox native, expired, sign in again/);
    await screenshot(second.page, 'windows-renewed-elsewhere');
    await expectToastCount(second.page, 'all', 1);
    assert.deepEqual(fixture.sandbox.tokenCalls, { refresh_token: 1 });
  }

  /** Refresh tokens that the server refused. */
  function refused(): number {
    const { requests } = fixture.sandbox;
    return requests.filter(({ form, status }) => form?.grantType === 'refresh_token' && status === 400).length;
  }

  /** Files or folders of the token states with this extension. */
  async function stateFiles(extension: string): Promise<string[]> {
    const folder = path.join(fixture.workbench.dataDir, 'data/User/globalStorage', US, 'sessions');
    return (await readdir(folder)).filter((name) => name.endsWith(extension)).map((name) => path.join(folder, name));
  }
});

const HOUR = 3_600_000;

/** The clock of the extension host is so many hours ahead from now on. */
async function passes({ host }: WorkbenchWindow, hours: number): Promise<void> {
  await host.run((_vscode, ahead) => {
    const clock = globalThis as { realNow?: () => number };
    const now = (clock.realNow ??= Date.now);
    Date.now = () => now() + ahead;
  }, hours * HOUR);
}

/** The access token that another extension gets without a question. */
async function ask({ host }: WorkbenchWindow): Promise<string | undefined> {
  return host.run(
    async (vscode) =>
      (await vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true }))?.accessToken,
  );
}

/** The other extension may use the session from now on. */
async function allow(window: WorkbenchWindow): Promise<void> {
  if ((await ask(window)) === undefined) {
    const allowed = window.host.run(
      async (vscode) => (await vscode.authentication.getSession('ninjaone', ['monitoring'], { createIfNone: true })).id,
    );
    await dialogButton(window.page, 'Allow');
    await quickPick(window.page, /^Sandbox native/, { prompt: 'wants to access a NinjaOne account' });
    await allowed;
  }
}

function isTokenRequest({ path: requested }: { readonly path: string }): boolean {
  return requested === '/ws/oauth/token';
}
