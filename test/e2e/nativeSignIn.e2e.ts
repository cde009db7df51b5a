import assert from 'node:assert/strict';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  chooseInAccountsMenu,
  dialogButton,
  expectAccountsMenu,
  openView,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { clipboardText, expectClipboard, nextAnswer, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

describe('a sign-in with the browser', () => {
  const fixture = useWorkbench();

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('begins with connections that are signed out (C1)', async () => {
    const { page } = fixture;
    await resetExtension(fixture);
    await revealRow(page, /Sandbox native.*signed out/i);
    await screenshot(page, 'connections-signed-out');
  });

  it('goes from the view through the page of NinjaOne and comes back by loopback (A1)', async () => {
    const { page, workbench, sandbox } = fixture;
    await resetExtension(fixture);
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/i, 'Sign In'));
    await browser
      .getByRole('button', { name: 'Sign in' })
      .or(browser.getByRole('button', { name: 'Allow' }))
      .waitFor();
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

  it('adds an account to the Accounts menu, whose name has the scopes of its token (A11)', async () => {
    await ensureSignedIn(fixture);
    await expectAccountsMenu(
      fixture.page,
      (entries) => entries.some((entry) => /Sandbox native · .* · monitoring, management, control/i.test(entry)),
      'accounts-menu',
    );
  });

  it('gives Copy Access Token a token that works (§3)', async () => {
    await ensureSignedIn(fixture);
    assert.ok(await fixture.sandbox.isAccessTokenAlive(await copiedToken()));
  });

  it('is undone by Sign Out, which asks, revokes the token and clears the clipboard (A13)', async () => {
    const { page, sandbox } = fixture;
    await ensureSignedIn(fixture);
    const token = await copiedToken();
    await chooseInAccountsMenu(page, /Sandbox native/i, 'Sign Out');
    let revocations = 0;
    const revoked = nextAnswer(fixture, ({ path }) => path === '/ws/oauth/revoke' && ++revocations === 2);
    await dialogButton(page, 'Sign Out');
    await revoked;
    await revealRow(page, /Sandbox native.*signed out/i);
    await expectClipboard(page, '');
    assert.equal(await sandbox.isAccessTokenAlive(token), false);
  });

  async function copiedToken(): Promise<string> {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox native.*monitoring/i);
    await toast(page, /is on the clipboard, valid until/);
    return clipboardText(page);
  }
});
