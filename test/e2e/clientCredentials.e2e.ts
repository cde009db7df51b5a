import assert from 'node:assert/strict';
import {
  dialogButton,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import {
  clearToasts,
  clipboardText,
  deskOfSuite,
  quickInput,
  toastButtons,
  toasts,
  typeSecret,
  pressInRow,
  tokenTraffic,
} from '../support/useWorkbench.ts';

const SERVICE = /Sandbox service/;

describe('a person signs in as a service, with client credentials', () => {
  const desk = deskOfSuite(() => ({
    connections: ({ connections, baseUrl }) => [
      ...connections.filter(({ platform }) => platform === 'api-services'),
      { name: 'Elsewhere', instance: baseUrl, platform: 'api-services', clientId: 'client-of-another-region' },
    ],
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
  });

  it('A16: without a secret nothing is sent, and one button leads to where it is set', async () => {
    const { page, sandbox } = desk;
    await pressInRow(page, SERVICE, 'Sign In');
    const missing = 'The client secret of Sandbox service is not stored on this machine.';
    assert.deepEqual(await toastButtons(page, missing), ['Set Client Secret']);
    await screenshot(page, 'service-no-secret');
    assert.deepEqual(tokenTraffic(sandbox), []);
    await toastButton(page, missing, 'Set Client Secret');
    await quickInput(page, 'Client secret of Sandbox service').waitFor();
    await screenshot(page, 'service-secret-box');
    assert.equal(await quickInput(page, 'It replaces the one that is stored').count(), 0);
    assert.equal(await page.locator('.quick-input-box input').getAttribute('type'), 'password');
    await typeSecret(page, 'Sandbox service', 'not-the-secret');
  });

  it('A6, A16: a wrong secret is one call and one sentence with the button Set Client Secret', async () => {
    const { page, sandbox } = desk;
    await pressInRow(page, SERVICE, 'Sign In');
    const refused = 'NinjaOne did not accept the client ID with the secret of "Sandbox service".';
    assert.deepEqual(await toastButtons(page, refused), ['Set Client Secret']);
    await screenshot(page, 'service-wrong-secret');
    assert.equal((await toasts(page, 'errors')).length, 1);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    await treeItem(page, /Sandbox service, signed out/).waitFor();
    await toastButton(page, refused, 'Set Client Secret');
    await quickInput(page, 'It replaces the one that is stored').waitFor();
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
  });

  it('A6: Sign In mints a token for exactly the scopes of the connection, without a browser', async () => {
    const { page, sandbox, workbench } = desk;
    await clearToasts(page);
    sandbox.reset();
    await pressInRow(page, SERVICE, 'Sign In');
    await toast(page, 'Signed in to Sandbox service with monitoring, management.');
    await treeItem(page, /Sandbox service, signed in/).waitFor();
    await screenshot(page, 'service-signed-in');
    const [mint] = tokenTraffic(sandbox);
    assert.equal(mint?.form?.grantType, 'client_credentials');
    assert.equal(mint.form.scope, 'monitoring management');
    assert.equal(workbench.context.pages().length, 1);
  });

  it('§3: Copy Access Token names connection, host and scopes, and copies a token that works', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickInput(page, 'Copy the access token of which session?').waitFor();
    await screenshot(page, 'service-copy-pick');
    await quickPick(page, /Sandbox service.*monitoring, management/);
    await toast(page, /The access token of Sandbox service is on the clipboard, valid until/);
    assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
  });

  it('A6, A16, §3: Refresh Token mints another one, says until when it lives, and does so once a minute', async () => {
    const { page, sandbox } = desk;
    const before = await clipboardText(page);
    await clearToasts(page);
    await treeItemMenu(page, /Session with scopes/, 'Refresh Token');
    await toast(page, /The token of Sandbox service is refreshed, valid until/);
    await screenshot(page, 'service-refreshed');
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    await pressInRow(page, /Session with scopes/, 'Copy Access Token');
    await quickPick(page, /Sandbox service/);
    await toast(page, /is on the clipboard/);
    assert.notEqual(await clipboardText(page), before);
    await treeItemMenu(page, /Session with scopes/, 'Refresh Token');
    const tooSoon = 'The token was refreshed less than a minute ago.';
    assert.deepEqual(await toastButtons(page, tooSoon), ['Show Token']);
    await toastButton(page, tooSoon, 'Show Token');
    await quickPick(page, /Sandbox service/, { prompt: 'Show the token of which session?' });
    await page.getByRole('tab', { name: /NinjaOne token Sandbox service/ }).waitFor();
    await screenshot(page, 'service-refreshed-too-soon');
    await runCommand(page, 'View: Close All Editors');
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
  });

  it('A13: Sign Out keeps the secret, and nothing is minted until the next Sign In', async () => {
    const { page, sandbox } = desk;
    await clearToasts(page);
    const token = await clipboardText(page);
    const revoked = sandbox.nextResponse(({ path }) => path === '/ws/oauth/revoke');
    await pressInRow(page, /Sandbox service, signed in/, 'Sign Out');
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'service-sign-out');
    await dialogButton(page, 'Sign Out');
    await revoked;
    await treeItem(page, /Sandbox service, signed out/).waitFor();
    assert.equal(await sandbox.isAccessTokenAlive(token), false);
    assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    await pressInRow(page, SERVICE, 'Sign In');
    await treeItem(page, /Sandbox service, signed in/).waitFor();
    assert.equal(sandbox.tokenCalls['client_credentials'], 3);
  });

  it('A13: Sign Out and Forget Secret revokes and then deletes the secret', async () => {
    const { page, sandbox } = desk;
    await clearToasts(page);
    const revoked = sandbox.nextResponse(({ path }) => path === '/ws/oauth/revoke');
    await pressInRow(page, /Sandbox service, signed in/, 'Sign Out');
    await dialogButton(page, 'Sign Out and Forget Secret');
    assert.equal((await revoked).status, 200);
    await treeItem(page, /Sandbox service, signed out/).waitFor();
    await pressInRow(page, SERVICE, 'Sign In');
    await toast(page, 'The client secret of Sandbox service is not stored on this machine.');
    assert.equal(sandbox.tokenCalls['client_credentials'], 3);
  });

  it('A16: a client app that this region does not know is told as such, with the button Edit Connection', async () => {
    const { page, sandbox } = desk;
    await clearToasts(page);
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickPick(page, 'Elsewhere');
    await typeSecret(page, 'Elsewhere', 'a-secret');
    const answered = sandbox.nextResponse(({ path }) => path === '/ws/oauth/token');
    await pressInRow(page, /Elsewhere/, 'Sign In');
    assert.equal((await answered).status, 404);
    const unknown = 'does not know the client ID of "Elsewhere"';
    assert.deepEqual(await toastButtons(page, unknown), ['Edit Connection']);
    await screenshot(page, 'service-wrong-region');
    await treeItem(page, /Elsewhere, signed out/).waitFor();
    await toastButton(page, unknown, 'Edit Connection');
    await quickInput(page, 'Edit NinjaOne Connection Elsewhere').waitFor();
    await screenshot(page, 'service-edit-connection');
  });
});
