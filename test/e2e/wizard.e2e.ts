import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  cancelQuickInput,
  chooseInAccountsMenu,
  dialogButton,
  inputBox,
  inputBoxMessage,
  openAccountsMenu,
  openView,
  quickInput,
  quickInputButton,
  quickPick,
  quickPickMany,
  revealRow,
  runCommand,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
import { clipboardText, connectionsSetting, nextAnswer, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

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
  const fixture = useWorkbench(() => ({ connections: () => [] }));

  it('without a connection the view explains itself and begins the wizard (C5)', async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    const welcome = page.locator('.welcome-view').filter({ hasText: 'NinjaOne' });
    await welcome.waitFor();
    await screenshot(page, 'wizard-welcome');
    await welcome.getByRole('button', { name: 'Add Connection' }).click();
    await quickInput(page, PROMPTS.instance).waitFor();
    await screenshot(page, 'wizard-instance');
  });

  it('an address is judged while it is typed, and Back leads to each step with what was entered (C5)', async () => {
    const { page, sandbox } = fixture;
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

  it('a client ID that the instance does not know is told, by a probe with the client ID only (C5)', async () => {
    const { page, sandbox } = fixture;
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

  it('scopes need at least one tick, and Back keeps the ticks (C5)', async () => {
    const { page } = fixture;
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

  it('the wizard ends with a sign-in and one call, shown as "works" (C5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await quickInput(page, PROMPTS.name).waitFor();
    await screenshot(page, 'wizard-name');
    const browser = await pageOpenedBy(workbench.context, () => inputBox(page, 'Acme', { prompt: PROMPTS.name }));
    const called = nextAnswer(fixture, '/v2/organizations');
    await answerSignIn(browser);
    assert.equal((await called).query.get('pageSize'), '1');
    await toast(page, /Acme works/);
    await revealRow(page, /Acme, signed in/);
    await screenshot(page, 'wizard-works');
    await browser.close();
    assert.deepEqual(await connectionsSetting(fixture), [
      {
        name: 'Acme',
        instance: sandbox.baseUrl,
        platform: 'native',
        clientId: 'sandbox-native',
        scopes: ['monitoring', 'management'],
      },
    ]);
  });

  it('the Accounts menu shows the account; Copy Access Token and Sign Out work (A11, A13)', async () => {
    const { page, sandbox } = fixture;
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
    const revoked = nextAnswer(
      fixture,
      ({ path, form }) => path === '/ws/oauth/revoke' && form?.names.includes('token') === true,
    );
    await dialogButton(page, 'Sign Out');
    await revoked;
    await revealRow(page, /Acme, signed out/);
  });

  it('a second client app is refused under a taken name or with the same binding (C1, C5)', async () => {
    const { page, sandbox } = fixture;
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

  it('a service signs in without a browser, and its secret is not in the settings (C3, A6)', async () => {
    const { page, sandbox, workbench } = fixture;
    const pages = workbench.context.pages().length;
    await inputBox(page, 'Acme service');
    await toast(page, /Acme service works/);
    await revealRow(page, /Acme service, signed in/);
    await screenshot(page, 'wizard-service-works');
    assert.equal(workbench.context.pages().length, pages);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    assert.ok(!(await readFile(workbench.settingsPath, 'utf8')).includes('secret'));
  });

  it('Escape in any step leaves the settings as they were (C5)', async () => {
    const { page, sandbox, workbench } = fixture;
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
  });
});
