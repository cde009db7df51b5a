import assert from 'node:assert/strict';
import {
  dialog,
  dialogButton,
  expectToastButtons,
  expectToastCount,
  inputField,
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
import { clearToasts, clipboardText, nextResponse, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { ensureClientSecret, ensureServiceSignedIn, resetExtension, typeSecret } from '../support/workbenchState.ts';

describe('a sign-in as a service, with client credentials', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections, baseUrl }) => [
      ...connections.filter(({ platform }) => platform === 'api-services'),
      { name: 'Elsewhere', instance: baseUrl, platform: 'api-services', clientId: 'client-of-another-region' },
    ],
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await resetExtension(fixture);
    await revealRow(fixture.page, SIGNED_OUT);
  });

  it('sends nothing without a secret and offers to set it (A16)', async () => {
    const { page, sandbox } = fixture;
    await treeItemAction(page, SERVICE, 'Sign In');
    await expectToastButtons(page, MISSING, ['Set Client Secret']);
    await screenshot(page, 'service-no-secret');
    assert.deepEqual(tokenTraffic(sandbox), []);
    await toastButton(page, MISSING, 'Set Client Secret');
    await quickInput(page, 'Client secret of Sandbox service').waitFor();
    await screenshot(page, 'service-secret-box');
    assert.equal(await quickInput(page, 'It replaces the stored one').count(), 0);
    assert.equal(await inputField(page).getAttribute('type'), 'password');
    await typeSecret(page, 'Sandbox service', 'not-the-secret');
  });

  it('sends a wrong secret once and offers Set Client Secret in one message (A6, A16)', async () => {
    const { page, sandbox } = fixture;
    await ensureClientSecret(fixture, 'Sandbox service', 'not-the-secret');
    await treeItemAction(page, SERVICE, 'Sign In');
    const refused = 'NinjaOne did not accept the client ID and client secret of "Sandbox service".';
    await expectToastButtons(page, refused, ['Set Client Secret']);
    await screenshot(page, 'service-wrong-secret');
    await expectToastCount(page, 'errors', 1);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    await revealRow(page, SIGNED_OUT);
    await toastButton(page, refused, 'Set Client Secret');
    await quickInput(page, 'It replaces the stored one').waitFor();
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
  });

  it('mints a token for exactly the scopes of the connection, without a browser (A6)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureSecret();
    await treeItemAction(page, SERVICE, 'Sign In');
    await toast(page, 'Signed in to Sandbox service with the scopes monitoring and management.');
    await revealRow(page, SIGNED_IN);
    await screenshot(page, 'service-signed-in');
    const [mint] = tokenTraffic(sandbox);
    assert.equal(mint?.form?.grantType, 'client_credentials');
    assert.equal(mint.form.scope, 'monitoring management');
    assert.equal(workbench.context.pages().length, 1);
  });

  describe('that is done', () => {
    beforeEach(async () => {
      await ensureSecret();
      await ensureServiceSignedIn(fixture, 'Sandbox service');
      await revealRow(fixture.page, SIGNED_IN);
    });

    it('names connection, host and scopes for Copy Access Token, and copies a token that works (P7)', async () => {
      const { page, sandbox } = fixture;
      await runCommand(page, 'NinjaOne: Copy Access Token…');
      await quickInput(page, 'Copy the access token of which session?').waitFor();
      await screenshot(page, 'service-copy-pick');
      await quickPick(page, /Sandbox service.*monitoring, management/);
      await toast(page, /Copied the access token of Sandbox service, valid until/);
      assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
      assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    });

    it('mints another token for Refresh Token, at most once a minute (A6, A16, P7)', async () => {
      const { page, sandbox } = fixture;
      const before = await copiedToken();
      await treeItemMenu(page, /Session with the scopes/, 'Refresh Token…');
      await toast(page, /Refreshed the token of Sandbox service. It is valid until/);
      await screenshot(page, 'service-refreshed');
      assert.equal(sandbox.tokenCalls['client_credentials'], 2);
      assert.notEqual(await copiedToken(), before);
      await treeItemMenu(page, /Session with the scopes/, 'Refresh Token…');
      const tooSoon = 'The token was refreshed less than a minute ago.';
      await expectToastButtons(page, tooSoon, ['Show Token Details']);
      await toastButton(page, tooSoon, 'Show Token Details');
      await quickPick(page, /Sandbox service/, { prompt: 'Show the token details of which session?' });
      await page.getByRole('tab', { name: /NinjaOne token Sandbox service/ }).waitFor();
      await screenshot(page, 'service-refreshed-too-soon');
      assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    });

    it('revokes the token and keeps the secret for Sign Out, and mints nothing until the next Sign In (A13)', async () => {
      const { page, sandbox } = fixture;
      const token = await copiedToken();
      const revoked = nextResponse(fixture, '/ws/oauth/revoke');
      await treeItemAction(page, SIGNED_IN, 'Sign Out');
      await dialog(page).waitFor();
      await screenshot(page, 'service-sign-out');
      await dialogButton(page, 'Sign Out');
      await revoked;
      await revealRow(page, SIGNED_OUT);
      assert.equal(await sandbox.isAccessTokenAlive(token), false);
      assert.equal(sandbox.tokenCalls['client_credentials'], 1);
      await treeItemAction(page, SERVICE, 'Sign In');
      await revealRow(page, SIGNED_IN);
      assert.equal(sandbox.tokenCalls['client_credentials'], 2);
    });

    it('revokes the token and then deletes the secret for Sign Out and Delete Secret (A13)', async () => {
      const { page, sandbox } = fixture;
      const revoked = nextResponse(fixture, '/ws/oauth/revoke');
      await treeItemAction(page, SIGNED_IN, 'Sign Out');
      await dialogButton(page, 'Sign Out and Delete Secret');
      assert.equal((await revoked).status, 200);
      await revealRow(page, SIGNED_OUT);
      await treeItemAction(page, SERVICE, 'Sign In');
      await toast(page, MISSING);
      assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    });
  });

  it('names a client app that this region does not know and offers Edit Connection (A16)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await quickPick(page, 'Elsewhere');
    await typeSecret(page, 'Elsewhere', 'a-secret');
    const answered = nextResponse(fixture, '/ws/oauth/token');
    await treeItemAction(page, /Elsewhere/, 'Sign In');
    assert.equal((await answered).status, 404);
    const unknown = 'does not recognize the client ID of "Elsewhere"';
    await expectToastButtons(page, unknown, ['Edit Connection']);
    await screenshot(page, 'service-wrong-region');
    await revealRow(page, /Elsewhere, signed out/);
    await toastButton(page, unknown, 'Edit Connection');
    await quickInput(page, 'Edit NinjaOne Connection Elsewhere').waitFor();
    await screenshot(page, 'service-edit-connection');
  });

  function ensureSecret(): Promise<void> {
    return ensureClientSecret(fixture, 'Sandbox service', 'sandbox-service-secret');
  }

  async function copiedToken(): Promise<string> {
    const { page } = fixture;
    await treeItemAction(page, /Session with the scopes/, 'Copy Access Token');
    await quickPick(page, /Sandbox service/);
    await toast(page, /Copied the access token of/);
    await clearToasts(fixture);
    return clipboardText(page);
  }
});

const SERVICE = /Sandbox service/;
const SIGNED_IN = /Sandbox service, signed in/;
const SIGNED_OUT = /Sandbox service, signed out/;
const MISSING = 'The client secret for "Sandbox service" is not stored on this computer.';
