import assert from 'node:assert/strict';
import {
  cancelQuickInput,
  dialogButton,
  expectAccountsMenu,
  expectToastCount,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toasts,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, clipboardText, keepSecrets, useWorkbench } from '../support/useWorkbench.ts';
import { ensureClientSecret, ensureServiceSignedIn, ensureSignedIn } from '../support/workbenchState.ts';

describe('after a reload of the window', () => {
  const fixture = useWorkbench(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) =>
      connections.filter(({ platform }) => platform === 'native' || platform === 'api-services'),
  }));
  let token = '';

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await ensureSignedIn(fixture, 'Sandbox native');
    await ensureClientSecret(fixture, 'Sandbox service', 'sandbox-service-secret');
    await ensureServiceSignedIn(fixture, 'Sandbox service');
    token = await copiedToken();
    await clearToasts(fixture);
  });

  beforeEach(async () => {
    fixture.sandbox.reset();
    await fixture.workbench.reload();
    await openView(fixture.page, 'NinjaOne');
  });

  it('lists the sessions again with their tokens, without any request (A9, E2, P2, T57)', async () => {
    const { page, sandbox } = fixture;
    await expectSignedIn();
    await screenshot(page, 'reload-signed-in');
    assert.deepEqual(await toasts(page), []);
    assert.equal(await copiedToken(), token);
    assert.deepEqual(sandbox.requests, []);
  });

  it('has the client secret again (C3)', async () => {
    const { page, sandbox } = fixture;
    await revealRow(page, /Sandbox service, signed in/);
    await runCommand(page, 'NinjaOne: Refresh Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'Refreshed the token of Sandbox service');
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 1 });
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickInput(page, 'It replaces the stored one.').waitFor();
    await cancelQuickInput(page);
    token = await copiedToken();
  });

  describe('without a network', () => {
    before(() => fixture.sandbox.stop());

    it('hands out good tokens at once, explains a refresh, and signs out (A8, A9, A13, A16)', async () => {
      const { page, workbench } = fixture;
      await expectSignedIn();
      assert.equal(await copiedToken(), token);
      const asked = workbench.host.run(async (vscode) => {
        const ask = (options: { readonly createIfNone: true } | { readonly silent: true }) =>
          vscode.authentication.getSession('ninjaone', ['monitoring'], options);
        const allowed = await ask({ createIfNone: true });
        const started = Date.now();
        const silent = await ask({ silent: true });
        return { tokens: [allowed?.accessToken, silent?.accessToken], took: Date.now() - started };
      });
      await dialogButton(page, 'Allow');
      await quickPick(page, /^Sandbox service/, { prompt: 'wants to access a NinjaOne account' });
      const { tokens, took } = await asked;
      assert.deepEqual(tokens, [token, token]);
      assert.ok(took < 1_000, `answered after ${took} ms`);
      await screenshot(page, 'reload-offline');
      assert.deepEqual(await toasts(page, 'errors'), []);

      await clearToasts(fixture);
      await runCommand(page, 'NinjaOne: Refresh Token…');
      await quickPick(page, /Sandbox native/);
      await toast(page, /127\.0\.0\.1/);
      await screenshot(page, 'reload-offline-refresh');
      await expectToastCount(page, 'errors', 1);
      await revealRow(page, /Sandbox native, signed in/);

      await clearToasts(fixture);
      await treeItemAction(page, /Sandbox native, signed in/, 'Sign Out');
      await dialogButton(page, 'Sign Out');
      await revealRow(page, /Sandbox native, signed out/);
      await toast(page, /did not confirm that the token was revoked.*Administration > Apps > API > OAuth Tokens/);
      await screenshot(page, 'reload-offline-sign-out');
    });
  });

  async function expectSignedIn(): Promise<void> {
    const { page } = fixture;
    await revealRow(page, /Sandbox native, signed in/);
    await revealRow(page, /Sandbox service, signed in/);
    await expectAccountsMenu(
      page,
      (entries) =>
        entries.filter((entry) => entry.includes('(NinjaOne)')).length === 2 &&
        !entries.some((entry) => entry.includes('Sign in with NinjaOne')),
    );
  }

  async function copiedToken(): Promise<string> {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'Copied the access token of Sandbox service');
    return clipboardText(page);
  }
});
