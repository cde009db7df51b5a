import assert from 'node:assert/strict';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  chooseInAccountsMenu,
  dialogButton,
  openAccountsMenu,
  openView,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { clipboardText, nextAnswer, useWorkbench } from '../support/useWorkbench.ts';

describe('a person signs in with the browser', () => {
  const fixture = useWorkbench();

  it('the NinjaOne view lists the connections, signed out (C1)', async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native.*signed out/i);
    await screenshot(page, 'connections-signed-out');
  });

  it('signing in from the view goes through NinjaOne’s page and comes back by loopback (A1)', async () => {
    const { page, workbench, sandbox } = fixture;
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/i, 'Sign In'));
    await browser.getByRole('button', { name: 'Sign in' }).waitFor();
    await screenshot(browser, 'ninjaone-sign-in');
    await answerSignIn(browser);
    await browser.getByText('Back to your editor').waitFor();
    await screenshot(browser, 'ninjaone-signed-in');
    await toast(page, /Signed in to Sandbox native/i);
    await revealRow(page, /Sandbox native.*signed in/i);
    const authorize = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
    assert.match(authorize?.query.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(authorize?.query.get('code_challenge_method'), 'S256');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    await screenshot(page, 'signed-in');
  });

  it('the Accounts menu shows the account, whose name says what its token can do (A11)', async () => {
    const { page } = fixture;
    const entries = await openAccountsMenu(page);
    await screenshot(page, 'accounts-menu');
    await page.keyboard.press('Escape');
    assert.ok(
      entries.some((entry) => /Sandbox native · .* · monitoring, management, control/i.test(entry)),
      entries.join(' | '),
    );
  });

  it('Copy Access Token names connection and scopes, and copies a token that works (§3)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox native.*monitoring/i);
    await toast(page, /is on the clipboard, valid until/);
    const token = await clipboardText(page);
    assert.ok(await sandbox.isAccessTokenAlive(token));
  });

  it('Sign Out asks, revokes the token and clears the clipboard (A13)', async () => {
    const { page, sandbox } = fixture;
    const token = await clipboardText(page);
    await chooseInAccountsMenu(page, /Sandbox native/i, 'Sign Out');
    let revocations = 0;
    const revoked = nextAnswer(fixture, ({ path }) => path === '/ws/oauth/revoke' && ++revocations === 2);
    await dialogButton(page, 'Sign Out');
    await revoked;
    await revealRow(page, /Sandbox native.*signed out/i);
    assert.equal(await clipboardText(page), '');
    assert.equal(await sandbox.isAccessTokenAlive(token), false);
  });
});
