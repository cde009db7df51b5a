import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  activeTab,
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
  quickPickLabels,
  quickPickMany,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toastButton,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
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
  instance: 'Select your region',
  address: 'Paste the address of your NinjaOne console',
  platform: 'Application platform of the client app',
  redirectUri: 'Redirect URI to register in NinjaOne',
  clientId: 'Paste the client ID',
  secret: 'Paste the client secret',
  last: 'Press Enter to add the connection',
  scopes: 'Scopes to request',
  name: 'Enter a name for the connection',
};

const STEPS = ['instance', 'platform', 'clientId', 'last'] as const;

/** The prompt of a step gives way to a message about what was entered there before. */
function stepTitle(step: number): string {
  return `Add NinjaOne Connection (${step})`;
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

  it('takes an address that is pasted into the first step, and goes back to each step with what was entered (C5)', async () => {
    const { page, sandbox } = fixture;
    await beginAt('instance');
    await typeInto(page, 'https://eu.ninjarmm.com/#/systemDashboard/overview');
    await expectToBecome<readonly string[]>(() => quickPickLabels(page), ['Europe']);
    await screenshot(page, 'wizard-address-region');
    await typeInto(page, 'http://eu.ninjarmm.com/#/x');
    await quickPick(page, 'Another Address…');
    await quickInput(page, 'The address must start with https').waitFor();
    await screenshot(page, 'wizard-address-refused');
    await inputBoxMessage(page, 'https://203.0.113.7', /IP addresses are not supported/);
    await quickInputButton(page, 'Back');
    await typeInto(page, `${sandbox.baseUrl}/#/dashboard`, { prompt: PROMPTS.instance });
    await expectToBecome<readonly string[]>(() => quickPickLabels(page), ['Use 127.0.0.1']);
    await screenshot(page, 'wizard-address');
    await inputField(page).press('Enter');
    await quickInput(page, PROMPTS.platform).waitFor();
    await screenshot(page, 'wizard-platform');
    await quickInputButton(page, 'Back');
    await quickPick(page, 'Use 127.0.0.1', { prompt: stepTitle(1) });
    await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    await quickInput(page, PROMPTS.clientId).waitFor();
    assert.deepEqual(tokenTraffic(sandbox), [], 'nothing is asked before there is a client ID');
  });

  it('finds out by the client ID only that the instance does not know it (C5)', async () => {
    const { page, sandbox } = fixture;
    await beginAt('clientId');
    await inputBoxMessage(page, 'sandbox native', /without spaces/);
    await inputBoxMessage(page, 'https://eu.ninjarmm.com/', /an address, not a client ID/);
    await screenshot(page, 'wizard-client-id-refused');
    await inputBox(page, 'no-such-client');
    await quickInput(page, 'does not know the client ID').waitFor();
    await screenshot(page, 'wizard-client-id-unknown');
    const probe = sandbox.requests.find(({ path }) => path === '/ws/oauth/token');
    assert.equal(probe?.status, 404);
    assert.equal(probe.form?.clientId, 'no-such-client');
    assert.ok(!probe.form.names.includes('client_secret'));
    await quickInputButton(page, 'Continue Anyway');
    await quickPick(page, 'Unknown Client ID', { prompt: PROMPTS.last });
    await inputBox(page, 'sandbox-native', { prompt: stepTitle(3) });
    await quickInput(page, PROMPTS.last).waitFor();
    assert.deepEqual(await quickPickLabels(page), [
      'Add Test server with monitoring',
      'Change Scopes…',
      'Change Name…',
    ]);
    await screenshot(page, 'wizard-last');
  });

  it('changes scopes and name in the last list, and needs at least one scope (C5)', async () => {
    const { page } = fixture;
    await beginAt('last');
    await quickPick(page, 'Change Scopes…', { prompt: PROMPTS.last });
    await quickPickMany(page, [], { prompt: PROMPTS.scopes });
    await quickInput(page, 'Select at least one scope').waitFor();
    await screenshot(page, 'wizard-scopes-none');
    await quickPickMany(page, ['monitoring', 'management']);
    await quickPick(page, 'Change Name…', { prompt: PROMPTS.last });
    await inputBox(page, 'Acme', { prompt: PROMPTS.name });
    await quickInput(page, PROMPTS.last).waitFor();
    assert.equal((await quickPickLabels(page))[0], 'Add Acme with monitoring and management');
    await quickPick(page, 'Change Scopes…');
    await quickInput(page, PROMPTS.scopes).waitFor();
    await screenshot(page, 'wizard-scopes');
    for (const scope of ['monitoring', 'management', 'control']) {
      const checkbox = pickRows(page).filter({ hasText: scope }).getByRole('checkbox').first();
      await expectToBecome(() => checkbox.isChecked(), scope !== 'control');
    }
  });

  it('ends with a sign-in and one call, shown as "works", and with the request that comes next (C5)', async () => {
    const { page, workbench } = fixture;
    await resetExtension(fixture);
    await beginAt('last');
    await changeTo(['monitoring', 'management'], 'Acme');
    const add = 'Add Acme with monitoring and management';
    const browser = await pageOpenedBy(workbench.context, () => quickPick(page, add, { prompt: PROMPTS.last }));
    const called = nextResponse(fixture, '/v2/organizations');
    await answerSignIn(browser);
    assert.equal((await called).query.get('pageSize'), '1');
    await toast(page, /Connected to Acme/);
    await revealRow(page, /Acme, signed in/);
    await screenshot(page, 'wizard-works');
    assert.deepEqual(await connectionsSetting(fixture), [acme()]);
    const listed = nextResponse(fixture, '/v2/organizations');
    await toastButton(page, /Connected to Acme/, 'List Organizations');
    assert.equal((await listed).status, 200);
    await activeTab(page, /List organizations · Acme/).waitFor();
    await screenshot(page, 'wizard-first-response');
  });

  it('leads from the button of the view to the first response in six actions and a sign-in (C5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await configure(fixture, { 'ninjaone.connections': [] });
    await resetExtension(fixture);
    const person = new PersonActions(page);
    const welcome = page.locator('.welcome-view').filter({ hasText: 'NinjaOne' });
    await person.click(welcome.getByRole('button', { name: 'Add Connection' }));
    // In the sandbox an address is pasted, where users of NinjaOne select their region.
    await person.pick(sandbox.baseUrl, /Use 127\.0\.0\.1/, PROMPTS.instance);
    await person.pick('Native', /Native/, PROMPTS.platform);
    await person.answer('sandbox-native', stepTitle(3));
    await quickInput(page, PROMPTS.last).waitFor();
    const browser = await pageOpenedBy(workbench.context, () => person.key('Enter'));
    await answerSignIn(browser);
    const connected = await toast(page, 'Connected to Test server');
    await person.click(connected.getByRole('button', { name: 'List Organizations' }));
    await activeTab(page, /List organizations · Test server/).waitFor();
    // Without the question of VS Code before it opens the browser, the sign-in there, and the way back.
    assert.ok(person.count <= 6, `${person.count} actions`);
  });

  it('makes a connection with an account, a token to copy and a Sign Out (A11, A13)', async () => {
    const { page, sandbox } = fixture;
    await resetExtension(fixture);
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
    await inputBox(page, 'wrong-secret', { prompt: PROMPTS.secret });
    await quickInput(page, 'does not accept this client secret').waitFor();
    await screenshot(page, 'wizard-secret');
    await inputBox(page, 'sandbox-service-secret');
    await quickPick(page, 'Change Name…', { prompt: PROMPTS.last });
    await inputBoxMessage(page, 'Acme', /The name "Acme" is already in use/, { prompt: PROMPTS.name });
    await screenshot(page, 'wizard-name-taken');
    await quickInputButton(page, 'Back');
    await quickInput(page, PROMPTS.last).waitFor();
    assert.equal((await quickPickLabels(page))[0], 'Add Test server with monitoring');
  });

  it('signs a service in without a browser and keeps its secret out of the settings (C3, A6)', async () => {
    const { page, sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await beginAt('platform');
    await typeServiceUntilSecret();
    await inputBox(page, 'sandbox-service-secret', { prompt: PROMPTS.secret });
    await changeTo(['monitoring', 'management'], 'Acme service');
    await quickPick(page, 'Add Acme service with monitoring and management', { prompt: PROMPTS.last });
    await toast(page, /Connected to Acme service/);
    await revealRow(page, /Acme service, signed in/);
    await screenshot(page, 'wizard-service-works');
    assert.equal(workbench.context.pages().length, 1);
    assert.equal(sandbox.tokenCalls['client_credentials'], 1);
    assert.ok(!(await readFile(workbench.settingsPath, 'utf8')).includes('secret'));
  });

  it('leaves settings and clipboard as they were for Escape, and copies only by its button (C5)', async () => {
    const { page, workbench } = fixture;
    const before = await readFile(workbench.settingsPath, 'utf8');
    await beginAt('platform');
    await page.evaluate("navigator.clipboard.writeText('the secret')");
    await quickPick(page, 'Web', { prompt: PROMPTS.platform });
    await quickInput(page, PROMPTS.redirectUri).waitFor();
    await screenshot(page, 'wizard-redirect');
    await quickPick(page, 'https://vscode.dev/redirect');
    await quickInput(page, 'exactly this redirect URI: https://vscode.dev/redirect').waitFor();
    await expectClipboard(page, 'the secret');
    await quickInputButton(page, 'Copy Redirect URI');
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
    await quickInput(page, stepTitle(1)).waitFor();
    if (step !== 'instance') {
      await typeInto(page, sandbox.baseUrl, { prompt: stepTitle(1) });
      await quickPick(page, 'Use 127.0.0.1');
    }
    if (step === 'clientId' || step === 'last') {
      await quickPick(page, 'Native', { prompt: PROMPTS.platform });
    }
    if (step === 'last') {
      await inputBox(page, 'sandbox-native', { prompt: stepTitle(3) });
    }
    await quickInput(page, stepTitle(STEPS.indexOf(step) + 1)).waitFor();
  }

  /** From the last list and back to it. */
  async function changeTo(scopes: readonly string[], name: string): Promise<void> {
    const { page } = fixture;
    await quickPick(page, 'Change Scopes…', { prompt: PROMPTS.last });
    await quickPickMany(page, scopes, { prompt: PROMPTS.scopes });
    await quickPick(page, 'Change Name…', { prompt: PROMPTS.last });
    await inputBox(page, name, { prompt: PROMPTS.name });
    await quickInput(page, PROMPTS.last).waitFor();
  }

  async function typeServiceUntilSecret(): Promise<void> {
    const { page } = fixture;
    await quickPick(page, 'API Services', { prompt: PROMPTS.platform });
    await inputBox(page, 'sandbox-service', { prompt: stepTitle(3) });
    await quickInput(page, PROMPTS.secret).waitFor();
  }
});
