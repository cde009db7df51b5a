import assert from 'node:assert/strict';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialogButton,
  expectToastCount,
  openAccountsMenu,
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
import { clipboardText, keepSecrets, useWorkbench } from '../support/useWorkbench.ts';
import { typeSecret } from '../support/workbenchState.ts';

describe('the window is loaded again', () => {
  const fixture = useWorkbench(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) =>
      connections.filter(({ platform }) => platform === 'native' || platform === 'api-services'),
  }));
  let token = '';

  before(async () => {
    const { page, workbench } = fixture;
    await openView(page, 'NinjaOne');
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, /Sandbox native, signed in/);
    await browser.close();
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
    await treeItemAction(page, /Sandbox service/, 'Sign In');
    await revealRow(page, /Sandbox service, signed in/);
    token = await copiedToken();
  });

  beforeEach(async () => {
    fixture.sandbox.reset();
    await fixture.workbench.reload();
  });

  const signedIn = async (): Promise<void> => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native, signed in/);
    await revealRow(page, /Sandbox service, signed in/);
    const entries = await openAccountsMenu(page);
    await page.keyboard.press('Escape');
    assert.equal(entries.filter((entry) => entry.includes('(NinjaOne)')).length, 2, entries.join(' | '));
    assert.ok(!entries.some((entry) => entry.includes('Sign in with NinjaOne')), entries.join(' | '));
  };

  const copiedToken = async (): Promise<string> => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'The access token of Sandbox service is on the clipboard');
    return clipboardText(page);
  };

  it('sessions are there again with their tokens, without any request (A9, E2, §0)', async () => {
    const { page, sandbox } = fixture;
    await signedIn();
    await screenshot(page, 'reload-signed-in');
    assert.deepEqual(await toasts(page), []);
    assert.equal(await copiedToken(), token);
    assert.deepEqual(sandbox.requests, []);
  });

  it('the client secret is there again (C3)', async () => {
    const { page, sandbox } = fixture;
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox service, signed in/);
    await runCommand(page, 'NinjaOne: Refresh Token');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'The token of Sandbox service is refreshed');
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 1 });
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickInput(page, 'It replaces the one that is stored.').waitFor();
    await page.keyboard.press('Escape');
    token = await copiedToken();
  });

  it('offline the sessions are listed at once and good tokens are handed out (A8, A9)', async () => {
    const { page, sandbox, workbench } = fixture;
    await sandbox.stop();
    await workbench.reload();
    await signedIn();
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
  });

  it('offline a refresh says so in one sentence, and the session stays (A8, A16)', async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native, signed in/);
    await runCommand(page, 'NinjaOne: Refresh Token');
    await quickPick(page, /Sandbox native/);
    await toast(page, /127\.0\.0\.1/);
    await screenshot(page, 'reload-offline-refresh');
    await expectToastCount(page, 'errors', 1);
    await revealRow(page, /Sandbox native, signed in/);
  });

  it('offline Sign Out works, and says how to revoke by hand (A13)', async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await treeItemAction(page, /Sandbox native, signed in/, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await revealRow(page, /Sandbox native, signed out/);
    await toast(page, /did not confirm that the token is revoked.*Administration > Apps > API > OAuth Tokens/);
    await screenshot(page, 'reload-offline-sign-out');
  });
});
