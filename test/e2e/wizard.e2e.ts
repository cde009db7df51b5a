import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  cancelQuickInput,
  chooseInAccountsMenu,
  dialogButton,
  expectAccountsMenu,
  expectToBecome,
  inputBox,
  inputBoxMessage,
  inputField,
  openView,
  pickRows,
  press,
  quickInput,
  quickInputButton,
  quickPick,
  quickPickMany,
  revealRow,
  runCommand,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
import {
  clipboardText,
  configure,
  connectionsSetting,
  expectClipboard,
  nextResponse,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

/** What stands in each step, in their order for a native client app. */
const PROMPTS = {
  instance: 'Select your NinjaOne region',
  address: 'Paste the address of your NinjaOne console',
  platform: 'Application platform of the client app',
  clientId: 'Paste the client ID',
  scopes: 'Scopes to request',
  redirectUri: 'Redirect URI to register in NinjaOne',
  secret: 'Paste the client secret',
  name: 'Enter a name for the connection',
};

const STEPS = ['address', 'platform', 'clientId', 'scopes'] as const;

/** The prompt of a step gives way to a message about what was entered there before. */
function stepTitle(step: number): string {
  return `Add NinjaOne Connection (${step}/`;
}

describe('the wizard that adds a connection', () => {
  const fixture = useWorkbench(() => ({ connections: () => [] }));
  const acme = (): Readonly<Record<string, unknown>> => ({
    name: 'Acme',
    instance: fixture.sandbox.baseUrl,
    platform: 'native',
    clientId: 'sandbox-native',
    scopes: ['monitoring', 'management'],
  });

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(() => configure(fixture, { 'ninjaone.connections': [] }));

  it('is begun by the welcome text of the view while there is no connection (C5)', async () => {
    const { page } = fixture;
    await resetExtension(fixture);
    const welcome = page.locator('.welcome-view').filter({ hasText: 'NinjaOne' });
    await welcome.waitFor();
    await screenshot(page, 'wizard-welcome');
    await press(welcome.getByRole('button', { name: 'Add Connection' }));
    await quickInput(page, PROMPTS.instance).waitFor();
    await screenshot(page, 'wizard-instance');
  });

  it('checks an address while it is typed, and goes back to each step with what was entered (C5)', async () => {
    const { page, sandbox } = fixture;
    await beginAt('address');
    await inputBoxMessage(page, 'http://eu.ninjarmm.com', /The address must start with https/);
    await screenshot(page, 'wizard-address-refused');
    await inputBoxMessage(page, 'eu.ninjarmm.com', /must start with https:\/\//);
    await inputField(page).press('Enter');
    await inputBoxMessage(page, 'https://203.0.113.7', /IP addresses are not supported/);
    await quickInputButton(page, 'Back');
    await quickPick(page, 'Another Address…', { prompt: PROMPTS.instance });
    await quickInput(page, 'IP addresses are not supported').waitFor();
    await inputBoxMessage(page, `${sandbox.baseUrl}/#/dashboard`, /Uses http:\/\/127\.0\.0\.1:\d+/);
    await screenshot(page, 'wizard-address');
    await inputField(page).press('Enter');
    await quickInput(page, PROMPTS.platform).waitFor();
    await screenshot(page, 'wizard-platform');
    await quickInputButton(page, 'Back');
    await quickInput(page, `Uses ${sandbox.baseUrl}`).waitFor();
    await inputField(page).press('Enter');
    await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    await quickInput(page, PROMPTS.clientId).waitFor();
    assert.deepEqual(tokenTraffic(sandbox), [], 'nothing is asked before there is a client ID');
  });

  it('finds out by the client ID only that the instance does not know it (C5)', async () => {
    const { page, sandbox } = fixture;
    await beginAt('clientId');
    await inputBoxMessage(page, 'sandbox native', /without spaces/);
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
    await inputBox(page, 'sandbox-native', { prompt: stepTitle(4) });
    await quickInput(page, PROMPTS.scopes).waitFor();
  });

  it('needs at least one scope, and keeps the ticks when it goes back (C5)', async () => {
    const { page } = fixture;
    await beginAt('scopes');
    await quickPickMany(page, [], { prompt: PROMPTS.scopes });
    await quickInput(page, 'Select at least one scope').waitFor();
    await screenshot(page, 'wizard-scopes-none');
    await quickPickMany(page, ['monitoring', 'management']);
    await quickInput(page, PROMPTS.name).waitFor();
    await quickInputButton(page, 'Back');
    await quickInput(page, PROMPTS.scopes).waitFor();
    await screenshot(page, 'wizard-scopes');
    for (const scope of ['monitoring', 'management', 'control']) {
      const checkbox = pickRows(page).filter({ hasText: scope }).getByRole('checkbox').first();
      await expectToBecome(() => checkbox.isChecked(), scope !== 'control');
    }
    await quickPickMany(page, ['monitoring', 'management'], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.name).waitFor();
  });

  it('ends with a sign-in and one call, shown as "works" (C5)', async () => {
    const { page, workbench } = fixture;
    await resetExtension(fixture);
    await beginAt('scopes');
    await quickPickMany(page, ['monitoring', 'management'], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.name).waitFor();
    await screenshot(page, 'wizard-name');
    const browser = await pageOpenedBy(workbench.context, () => inputBox(page, 'Acme', { prompt: PROMPTS.name }));
    const called = nextResponse(fixture, '/v2/organizations');
    await answerSignIn(browser);
    assert.equal((await called).query.get('pageSize'), '1');
    await toast(page, /Connected to Acme/);
    await revealRow(page, /Acme, signed in/);
    await screenshot(page, 'wizard-works');
    assert.deepEqual(await connectionsSetting(fixture), [acme()]);
  });

  it('makes a connection with an account, a token to copy and a Sign Out (A11, A13)', async () => {
    const { page, sandbox } = fixture;
    await configure(fixture, { 'ninjaone.connections': [acme()] });
    await ensureSignedIn(fixture, 'Acme');
    await expectAccountsMenu(page, (entries) =>
      entries.some((entry) => /^Acme · .* · monitoring, management \(NinjaOne\)/.test(entry)),
    );
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Acme.*monitoring, management/);
    await toast(page, /Copied the access token of .*, valid until/);
    assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
    const revoked = nextResponse(
      fixture,
      ({ path, form }) => path === '/ws/oauth/revoke' && form?.names.includes('token') === true,
    );
    await chooseInAccountsMenu(page, /Acme/, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await revoked;
    await revealRow(page, /Acme, signed out/);
  });

  it('refuses a name that is taken and a client app that has a connection (C1, C5)', async () => {
    const { page } = fixture;
    await configure(fixture, { 'ninjaone.connections': [acme()] });
    await revealRow(page, /Acme/);
    await beginAt('clientId');
    await inputBoxMessage(page, 'sandbox-native', /"Acme" has the same instance, client ID, and platform/);
    await screenshot(page, 'wizard-twin');
    await quickInputButton(page, 'Back');
    await typeServiceUntilSecret();
    await screenshot(page, 'wizard-secret');
    await inputBox(page, 'sandbox-service-secret', { prompt: PROMPTS.secret });
    await inputBoxMessage(page, 'Acme', /The name "Acme" is already in use/, { prompt: PROMPTS.name });
    await screenshot(page, 'wizard-name-taken');
    await quickInputButton(page, 'Back');
    await quickInput(page, PROMPTS.secret).waitFor();
    await inputField(page).press('Enter');
    await quickInput(page, 'The name "Acme" is already in use').waitFor();
  });

  it('signs a service in without a browser and keeps its secret out of the settings (C3, A6)', async () => {
    const { page, sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await beginAt('platform');
    await typeServiceUntilSecret();
    await inputBox(page, 'sandbox-service-secret', { prompt: PROMPTS.secret });
    await inputBox(page, 'Acme service', { prompt: PROMPTS.name });
    await toast(page, /Connected to Acme service/);
    await revealRow(page, /Acme service, signed in/);
    await screenshot(page, 'wizard-service-works');
    assert.equal(workbench.context.pages().length, 1);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    assert.ok(!(await readFile(workbench.settingsPath, 'utf8')).includes('secret'));
  });

  it('leaves the settings as they were for Escape (C5)', async () => {
    const { page, workbench } = fixture;
    const before = await readFile(workbench.settingsPath, 'utf8');
    await beginAt('platform');
    await quickPick(page, 'Web', { prompt: PROMPTS.platform });
    await inputBox(page, 'sandbox-web', { prompt: stepTitle(4) });
    await quickPickMany(page, ['monitoring'], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.redirectUri).waitFor();
    await screenshot(page, 'wizard-redirect');
    await quickPick(page, 'https://vscode.dev/redirect', { prompt: PROMPTS.redirectUri });
    await quickInput(page, 'Copied https://vscode.dev/redirect').waitFor();
    await screenshot(page, 'wizard-redirect-copied');
    await expectClipboard(page, 'https://vscode.dev/redirect');
    await cancelQuickInput(page);
    assert.equal(await readFile(workbench.settingsPath, 'utf8'), before);
  });

  /** Begins the wizard and answers its steps until this one is shown, as for the native client app of the sandbox. */
  async function beginAt(step: (typeof STEPS)[number]): Promise<void> {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Add Connection…');
    await quickPick(page, 'Another Address…', { prompt: PROMPTS.instance });
    if (step !== 'address') {
      await inputBox(page, sandbox.baseUrl, { prompt: stepTitle(2) });
    }
    if (step === 'clientId' || step === 'scopes') {
      await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    }
    if (step === 'scopes') {
      await inputBox(page, 'sandbox-native', { prompt: stepTitle(4) });
    }
    await quickInput(page, stepTitle(STEPS.indexOf(step) + 2)).waitFor();
  }

  async function typeServiceUntilSecret(): Promise<void> {
    const { page } = fixture;
    await quickPick(page, 'API Services', { prompt: PROMPTS.platform });
    await inputBox(page, 'sandbox-service', { prompt: stepTitle(4) });
    await quickPickMany(page, ['monitoring', 'management'], { prompt: PROMPTS.scopes });
    await quickInput(page, PROMPTS.secret).waitFor();
  }
});
