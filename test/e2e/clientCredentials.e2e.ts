import assert from 'node:assert/strict';
import {
  dialogButton,
  expectToastButtons,
  expectToastCount,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItemAction,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, clipboardText, nextAnswer, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { typeSecret } from '../support/workbenchState.ts';

const SERVICE = /Sandbox service/;

describe('a person signs in as a service, with client credentials', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections, baseUrl }) => [
      ...connections.filter(({ platform }) => platform === 'api-services'),
      { name: 'Elsewhere', instance: baseUrl, platform: 'api-services', clientId: 'client-of-another-region' },
    ],
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('without a secret nothing is sent, and one button leads to where it is set (A16)', async () => {
    const { page, sandbox } = fixture;
    await treeItemAction(page, SERVICE, 'Sign In');
    const missing = 'The client secret of Sandbox service is not stored on this machine.';
    await expectToastButtons(page, missing, ['Set Client Secret']);
    await screenshot(page, 'service-no-secret');
    assert.deepEqual(tokenTraffic(sandbox), []);
    await toastButton(page, missing, 'Set Client Secret');
    await quickInput(page, 'Client secret of Sandbox service').waitFor();
    await screenshot(page, 'service-secret-box');
    assert.equal(await quickInput(page, 'It replaces the one that is stored').count(), 0);
    assert.equal(await page.locator('.quick-input-box input').getAttribute('type'), 'password');
    await typeSecret(page, 'Sandbox service', 'not-the-secret');
  });

  it('a wrong secret is one call and one sentence with the button Set Client Secret (A6, A16)', async () => {
    const { page, sandbox } = fixture;
    await treeItemAction(page, SERVICE, 'Sign In');
    const refused = 'NinjaOne did not accept the client ID with the secret of "Sandbox service".';
    await expectToastButtons(page, refused, ['Set Client Secret']);
    await screenshot(page, 'service-wrong-secret');
    await expectToastCount(page, 'errors', 1);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    await revealRow(page, /Sandbox service, signed out/);
    await toastButton(page, refused, 'Set Client Secret');
    await quickInput(page, 'It replaces the one that is stored').waitFor();
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
  });

  it('Sign In mints a token for exactly the scopes of the connection, without a browser (A6)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    sandbox.reset();
    await treeItemAction(page, SERVICE, 'Sign In');
    await toast(page, 'Signed in to Sandbox service with monitoring, management.');
    await revealRow(page, /Sandbox service, signed in/);
    await screenshot(page, 'service-signed-in');
    const [mint] = tokenTraffic(sandbox);
    assert.equal(mint?.form?.grantType, 'client_credentials');
    assert.equal(mint.form.scope, 'monitoring management');
    assert.equal(workbench.context.pages().length, 1);
  });

  it('Copy Access Token names connection, host and scopes, and copies a token that works (§3)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickInput(page, 'Copy the access token of which session?').waitFor();
    await screenshot(page, 'service-copy-pick');
    await quickPick(page, /Sandbox service.*monitoring, management/);
    await toast(page, /The access token of Sandbox service is on the clipboard, valid until/);
    assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
  });

  it('Refresh Token mints another one, says until when it lives, and does so once a minute (A6, A16, §3)', async () => {
    const { page, sandbox } = fixture;
    const before = await clipboardText(page);
    await clearToasts(fixture);
    await treeItemMenu(page, /Session with scopes/, 'Refresh Token');
    await toast(page, /The token of Sandbox service is refreshed, valid until/);
    await screenshot(page, 'service-refreshed');
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    await treeItemAction(page, /Session with scopes/, 'Copy Access Token');
    await quickPick(page, /Sandbox service/);
    await toast(page, /is on the clipboard/);
    assert.notEqual(await clipboardText(page), before);
    await treeItemMenu(page, /Session with scopes/, 'Refresh Token');
    const tooSoon = 'The token was refreshed less than a minute ago.';
    await expectToastButtons(page, tooSoon, ['Show Token']);
    await toastButton(page, tooSoon, 'Show Token');
    await quickPick(page, /Sandbox service/, { prompt: 'Show the token of which session?' });
    await page.getByRole('tab', { name: /NinjaOne token Sandbox service/ }).waitFor();
    await screenshot(page, 'service-refreshed-too-soon');
    await runCommand(page, 'View: Close All Editors');
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
  });

  it('Sign Out keeps the secret, and nothing is minted until the next Sign In (A13)', async () => {
    const { page, sandbox } = fixture;
    await clearToasts(fixture);
    const token = await clipboardText(page);
    const revoked = nextAnswer(fixture, '/ws/oauth/revoke');
    await treeItemAction(page, /Sandbox service, signed in/, 'Sign Out');
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'service-sign-out');
    await dialogButton(page, 'Sign Out');
    await revoked;
    await revealRow(page, /Sandbox service, signed out/);
    assert.equal(await sandbox.isAccessTokenAlive(token), false);
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    await treeItemAction(page, SERVICE, 'Sign In');
    await revealRow(page, /Sandbox service, signed in/);
    assert.equal(sandbox.tokenCalls['client_credentials'], 3);
  });

  it('Sign Out and Forget Secret revokes and then deletes the secret (A13)', async () => {
    const { page, sandbox } = fixture;
    await clearToasts(fixture);
    const revoked = nextAnswer(fixture, '/ws/oauth/revoke');
    await treeItemAction(page, /Sandbox service, signed in/, 'Sign Out');
    await dialogButton(page, 'Sign Out and Forget Secret');
    assert.equal((await revoked).status, 200);
    await revealRow(page, /Sandbox service, signed out/);
    await treeItemAction(page, SERVICE, 'Sign In');
    await toast(page, 'The client secret of Sandbox service is not stored on this machine.');
    assert.equal(sandbox.tokenCalls['client_credentials'], 3);
  });

  it('a client app that this region does not know is told as such, with the button Edit Connection (A16)', async () => {
    const { page, sandbox } = fixture;
    await clearToasts(fixture);
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickPick(page, 'Elsewhere');
    await typeSecret(page, 'Elsewhere', 'a-secret');
    const answered = nextAnswer(fixture, '/ws/oauth/token');
    await treeItemAction(page, /Elsewhere/, 'Sign In');
    assert.equal((await answered).status, 404);
    const unknown = 'does not know the client ID of "Elsewhere"';
    await expectToastButtons(page, unknown, ['Edit Connection']);
    await screenshot(page, 'service-wrong-region');
    await revealRow(page, /Elsewhere, signed out/);
    await toastButton(page, unknown, 'Edit Connection');
    await quickInput(page, 'Edit NinjaOne Connection Elsewhere').waitFor();
    await screenshot(page, 'service-edit-connection');
  });
});
