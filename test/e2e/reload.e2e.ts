import assert from 'node:assert/strict';
import {
  dialogButton,
  openAccountsMenu,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import {
  clipboardText,
  keepSecrets,
  deskOfSuite,
  quickInput,
  toasts,
  typeSecret,
  pressInRow,
} from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

describe('the window is loaded again', () => {
  const desk = deskOfSuite(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) =>
      connections.filter(({ platform }) => platform === 'native' || platform === 'api-services'),
  }));
  let token = '';

  before(async () => {
    const { page, workbench } = desk;
    await openView(page, 'NinjaOne');
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox native/, 'Sign In'));
    await answerSignIn(browser);
    await treeItem(page, /Sandbox native, signed in/).waitFor();
    await browser.close();
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
    await pressInRow(page, /Sandbox service/, 'Sign In');
    await treeItem(page, /Sandbox service, signed in/).waitFor();
    token = await copiedToken();
  });

  beforeEach(async () => {
    desk.sandbox.reset();
    await desk.workbench.reload();
  });

  const signedIn = async (): Promise<void> => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox native, signed in/).waitFor();
    await treeItem(page, /Sandbox service, signed in/).waitFor();
    const entries = await openAccountsMenu(page);
    await page.keyboard.press('Escape');
    assert.equal(entries.filter((entry) => entry.includes('(NinjaOne)')).length, 2, entries.join(' | '));
    assert.ok(!entries.some((entry) => entry.includes('Sign in with NinjaOne')), entries.join(' | '));
  };

  const copiedToken = async (): Promise<string> => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'The access token of Sandbox service is on the clipboard');
    return clipboardText(page);
  };

  it('A9, E2, §0: sessions are there again with their tokens, without any request', async () => {
    const { page, sandbox } = desk;
    await signedIn();
    await screenshot(page, 'reload-signed-in');
    assert.deepEqual(await toasts(page), []);
    assert.equal(await copiedToken(), token);
    assert.deepEqual(sandbox.requests, []);
  });

  it('C3: the client secret is there again', async () => {
    const { page, sandbox } = desk;
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox service, signed in/).waitFor();
    await runCommand(page, 'NinjaOne: Refresh Token');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'The token of Sandbox service is refreshed');
    assert.deepEqual(sandbox.tokenCalls, { client_credentials: 1 });
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickInput(page, 'It replaces the one that is stored.').waitFor();
    await page.keyboard.press('Escape');
    token = await copiedToken();
  });

  it('A8, A9: offline the sessions are listed at once and good tokens are handed out', async () => {
    const { page, sandbox, workbench } = desk;
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
    assert.deepEqual(workbench.outside, []);
  });

  it('A8, A16: offline a refresh says so in one sentence, and the session stays', async () => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox native, signed in/).waitFor();
    await runCommand(page, 'NinjaOne: Refresh Token');
    await quickPick(page, /Sandbox native/);
    await toast(page, /127\.0\.0\.1/);
    await screenshot(page, 'reload-offline-refresh');
    assert.equal((await toasts(page, 'errors')).length, 1);
    await treeItem(page, /Sandbox native, signed in/).waitFor();
  });

  it('A13: offline Sign Out works, and says how to revoke by hand', async () => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    await pressInRow(page, /Sandbox native, signed in/, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await treeItem(page, /Sandbox native, signed out/).waitFor();
    await toast(page, /did not confirm that the token is revoked.*Administration > Apps > API > OAuth Tokens/);
    await screenshot(page, 'reload-offline-sign-out');
  });
});
