import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  cancelQuickInput,
  chooseInAccountsMenu,
  dialogButton,
  inputBox,
  inputBoxMessage,
  openAccountsMenu,
  openView,
  quickInputButton,
  quickPick,
  quickPickMany,
  runCommand,
  screenshot,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import { clipboardText, connectionsSetting, deskOfSuite, quickInput, tokenTraffic } from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

const PROMPTS = {
  instance: 'Which NinjaOne?',
  address: 'Paste what the address bar',
  platform: 'Application Platform',
  clientId: 'Paste the client ID',
  scopes: 'may ask for at most',
  redirectUri: 'How does the browser come back?',
  secret: 'Paste the client secret',
  name: 'A name for this connection',
};

describe('a person adds a connection with the wizard', () => {
  const desk = deskOfSuite(() => ({ connections: () => [] }));

  it('C5: without a connection the view explains itself and begins the wizard', async () => {
    const { page } = desk;
    await openView(page, 'NinjaOne');
    const welcome = page.locator('.welcome-view').filter({ hasText: 'NinjaOne' });
    await welcome.waitFor();
    await screenshot(page, 'wizard-welcome');
    await welcome.getByRole('button', { name: 'Add Connection' }).click();
    await quickInput(page, PROMPTS.instance).waitFor();
    await screenshot(page, 'wizard-instance');
  });

  it('C5: an address is judged while it is typed, and Back leads to each step with what was entered', async () => {
    const { page, sandbox } = desk;
    await quickPick(page, 'Another address…', { prompt: PROMPTS.instance });
    await inputBoxMessage(page, 'http://eu.ninjarmm.com', /Write the address with https/, { prompt: PROMPTS.address });
    await screenshot(page, 'wizard-address-refused');
    await inputBoxMessage(page, 'eu.ninjarmm.com', /with https:\/\/ in front/);
    await page.keyboard.press('Enter');
    await inputBoxMessage(page, 'https://203.0.113.7', /An IP address is not accepted/);
    await quickInputButton(page, 'Back');
    await quickPick(page, 'Another address…', { prompt: PROMPTS.instance });
    await quickInput(page, 'An IP address is not accepted').waitFor();
    await inputBoxMessage(page, `${sandbox.baseUrl}/#/dashboard`, /Uses http:\/\/127\.0\.0\.1:\d+/);
    await screenshot(page, 'wizard-address');
    await page.keyboard.press('Enter');
    await quickInput(page, PROMPTS.platform).waitFor();
    await screenshot(page, 'wizard-platform');
    await quickInputButton(page, 'Back');
    await quickInput(page, `Uses ${sandbox.baseUrl}`).waitFor();
    await page.keyboard.press('Enter');
    await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    assert.deepEqual(tokenTraffic(sandbox), [], 'nothing is asked before there is a client ID');
  });

  it('C5: a client ID that the instance does not know is told, by a probe with the client ID only', async () => {
    const { page, sandbox } = desk;
    await inputBoxMessage(page, 'sandbox native', /without blanks/, { prompt: PROMPTS.clientId });
    await screenshot(page, 'wizard-client-id-refused');
    await inputBox(page, 'no-such-client');
    await quickInput(page, 'does not know the client ID').waitFor();
    await screenshot(page, 'wizard-client-id-unknown');
    const probe = sandbox.requests.find(({ path }) => path === '/ws/oauth/token');
    assert.equal(probe?.status, 404);
    assert.equal(probe.form?.clientId, 'no-such-client');
    assert.ok(!probe.form.names.includes('client_secret'));
    await inputBox(page, 'sandbox-native');
    await quickInput(page, PROMPTS.scopes).waitFor();
    await quickInputButton(page, 'Back');
    await inputBox(page, 'sandbox-native', { prompt: PROMPTS.clientId });
  });

  it('C5: scopes need at least one tick, and Back keeps the ticks', async () => {
    const { page } = desk;
    await quickPickMany(page, ['monitoring'], { prompt: PROMPTS.scopes });
    await quickInput(page, 'Tick at least one scope').waitFor();
    await screenshot(page, 'wizard-scopes-none');
    await quickPickMany(page, ['monitoring', 'management']);
    await quickInput(page, PROMPTS.name).waitFor();
    await quickInputButton(page, 'Back');
    await quickInput(page, PROMPTS.scopes).waitFor();
    await screenshot(page, 'wizard-scopes');
    await quickPickMany(page, [], { prompt: PROMPTS.scopes });
  });

  it('C5: the wizard ends with a sign-in and one call, shown as "works"', async () => {
    const { page, sandbox, workbench } = desk;
    await quickInput(page, PROMPTS.name).waitFor();
    await screenshot(page, 'wizard-name');
    const browser = await pageOpenedBy(workbench.context, () => inputBox(page, 'Acme', { prompt: PROMPTS.name }));
    const called = sandbox.nextResponse(({ path }) => path === '/v2/organizations');
    await answerSignIn(browser);
    assert.equal((await called).query.get('pageSize'), '1');
    await toast(page, /Acme works/);
    await treeItem(page, /Acme, signed in/).waitFor();
    await screenshot(page, 'wizard-works');
    await browser.close();
    assert.deepEqual(await connectionsSetting(desk), [
      {
        name: 'Acme',
        instance: sandbox.baseUrl,
        platform: 'native',
        clientId: 'sandbox-native',
        scopes: ['monitoring', 'management'],
      },
    ]);
  });

  it('A11, A13: the Accounts menu shows the account; Copy Access Token and Sign Out work', async () => {
    const { page, sandbox } = desk;
    const entries = await openAccountsMenu(page);
    await page.keyboard.press('Escape');
    assert.ok(
      entries.some((entry) => /^Acme · .* · monitoring, management \(NinjaOne\)/.test(entry)),
      entries.join(' | '),
    );
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Acme.*monitoring, management/);
    await toast(page, /is on the clipboard, valid until/);
    const token = await clipboardText(page);
    assert.ok(await sandbox.isAccessTokenAlive(token));
    await chooseInAccountsMenu(page, /Acme/, 'Sign Out');
    const revoked = sandbox.nextResponse(
      ({ path, form }) => path === '/ws/oauth/revoke' && form?.names.includes('token') === true,
    );
    await dialogButton(page, 'Sign Out');
    await revoked;
    await treeItem(page, /Acme, signed out/).waitFor();
  });

  it('C1, C5: a second client app is refused under a taken name or with the same binding', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Add Connection…');
    await quickPick(page, 'Another address…', { prompt: PROMPTS.instance });
    await inputBox(page, sandbox.baseUrl, { prompt: PROMPTS.address });
    await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    await inputBoxMessage(page, 'sandbox-native', /"Acme" has the same instance, client ID and platform/, {
      prompt: PROMPTS.clientId,
    });
    await screenshot(page, 'wizard-twin');
    await quickInputButton(page, 'Back');
    await quickPick(page, 'API Services', { prompt: PROMPTS.platform });
    await inputBox(page, 'sandbox-service', { prompt: PROMPTS.clientId });
    await quickPickMany(page, [], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.secret).waitFor();
    await screenshot(page, 'wizard-secret');
    await inputBox(page, 'sandbox-service-secret', { prompt: PROMPTS.secret });
    await inputBoxMessage(page, 'Acme', /The name "Acme" is taken/, { prompt: PROMPTS.name });
    await screenshot(page, 'wizard-name-taken');
    await quickInputButton(page, 'Back');
    await quickInput(page, PROMPTS.secret).waitFor();
    await page.keyboard.press('Enter');
    await quickInput(page, 'The name "Acme" is taken').waitFor();
  });

  it('C3, A6: a service signs in without a browser, and its secret is not in the settings', async () => {
    const { page, sandbox, workbench } = desk;
    const pages = workbench.context.pages().length;
    await inputBox(page, 'Acme service');
    await toast(page, /Acme service works/);
    await treeItem(page, /Acme service, signed in/).waitFor();
    await screenshot(page, 'wizard-service-works');
    assert.equal(workbench.context.pages().length, pages);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    assert.ok(!(await readFile(workbench.settingsPath, 'utf8')).includes('secret'));
  });

  it('C5: Escape in any step leaves the settings as they were', async () => {
    const { page, sandbox, workbench } = desk;
    const before = await readFile(workbench.settingsPath, 'utf8');
    await runCommand(page, 'NinjaOne: Add Connection…');
    await quickPick(page, 'Another address…', { prompt: PROMPTS.instance });
    await inputBox(page, sandbox.baseUrl, { prompt: PROMPTS.address });
    await quickPick(page, 'Web', { prompt: PROMPTS.platform });
    await inputBox(page, 'sandbox-web', { prompt: PROMPTS.clientId });
    await quickPickMany(page, [], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.redirectUri).waitFor();
    await screenshot(page, 'wizard-redirect');
    await quickPick(page, 'https://vscode.dev/redirect', { prompt: PROMPTS.redirectUri });
    await quickInput(page, 'Copied https://vscode.dev/redirect').waitFor();
    await screenshot(page, 'wizard-redirect-copied');
    assert.equal(await clipboardText(page), 'https://vscode.dev/redirect');
    await cancelQuickInput(page);
    assert.equal(await readFile(workbench.settingsPath, 'utf8'), before);
    assert.deepEqual(workbench.outside, []);
  });
});
