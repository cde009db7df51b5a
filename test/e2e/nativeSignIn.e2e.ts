import assert from 'node:assert/strict';
import {
  chooseInAccountsMenu,
  dialogButton,
  openAccountsMenu,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import { clipboardText, deskOfSuite, pressInRow } from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

describe('a person signs in with the browser', () => {
  const desk = deskOfSuite();

  it('C1: the NinjaOne view lists the connections, signed out', async () => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox native.*signed out/i).waitFor();
    await screenshot(page, 'connections-signed-out');
  });

  it('A1: signing in from the view goes through NinjaOne’s page and comes back by loopback', async () => {
    const { page, workbench, sandbox } = desk;
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox native/i, 'Sign In'));
    await browser.getByRole('button', { name: 'Sign in' }).waitFor();
    await screenshot(browser, 'ninjaone-sign-in');
    await answerSignIn(browser);
    await browser.getByText('Back to your editor').waitFor();
    await screenshot(browser, 'ninjaone-signed-in');
    await toast(page, /Signed in to Sandbox native/i);
    await treeItem(page, /Sandbox native.*signed in/i).waitFor();
    const authorize = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
    assert.match(authorize?.query.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(authorize?.query.get('code_challenge_method'), 'S256');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    await screenshot(page, 'signed-in');
  });

  it('A11: the Accounts menu shows the account, whose name says what its token can do', async () => {
    const { page } = desk;
    const entries = await openAccountsMenu(page);
    await screenshot(page, 'accounts-menu');
    await page.keyboard.press('Escape');
    assert.ok(
      entries.some((entry) => /Sandbox native · .* · monitoring, management, control/i.test(entry)),
      entries.join(' | '),
    );
  });

  it('§3: Copy Access Token names connection and scopes, and copies a token that works', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox native.*monitoring/i);
    await toast(page, /is on the clipboard, valid until/);
    const token = await clipboardText(page);
    assert.ok(await sandbox.isAccessTokenAlive(token));
  });

  it('A13: Sign Out asks, revokes the token and clears the clipboard', async () => {
    const { page, sandbox } = desk;
    const token = await clipboardText(page);
    await chooseInAccountsMenu(page, /Sandbox native/i, 'Sign Out');
    let revocations = 0;
    const revoked = sandbox.nextResponse(({ path }) => path === '/ws/oauth/revoke' && ++revocations === 2);
    await dialogButton(page, 'Sign Out');
    await revoked;
    await treeItem(page, /Sandbox native.*signed out/i).waitFor();
    assert.equal(await clipboardText(page), '');
    assert.equal(await sandbox.isAccessTokenAlive(token), false);
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});
