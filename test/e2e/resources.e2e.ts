import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import {
  closeMenus,
  dialogButton,
  menuEntries,
  eventually,
  expectNoRow,
  expectToBecome,
  inputField,
  openView,
  pickRows,
  press,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  setSection,
  treeItem,
  treeItemMenu,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, lens } from '../support/requestActions.ts';
import { configure, runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

/** The row of the connection, which the Connections view shows with its state. */
const ROOT = /, (?:127\.0\.0\.1|localhost):\d+$/;
const ACME = /^Organization, Acme Dental,/;

/** More than a page of them in each location. */
const DEVICES = 1800;

describe('the Resources view', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true, devices: DEVICES },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    // For room.
    await setSection(fixture.page, 'Connections', false);
    await setSection(fixture.page, 'API Explorer', false);
    await setSection(fixture.page, 'Resources', true);
  });

  beforeEach(async () => {
    await ensureSignedIn(fixture);
    // Whatever the test before has opened is closed and forgotten.
    await eventually(async () => {
      await runInHost(fixture, 'workbench.actions.treeView.ninjaone.resources.collapseAll');
      assert.equal(await root().getAttribute('aria-expanded'), 'false');
    });
    await runInHost(fixture, 'ninjaone.resources.refresh');
    fixture.sandbox.reset();
  });

  const root = (): Locator => treeItem(fixture.page, ROOT);
  /** Method, path and query of what the API was asked for. */
  const calls = (): readonly string[] =>
    fixture.sandbox.requests
      .filter(({ path }) => path.startsWith('/v2/'))
      .map(({ method, path, query }) => `${method} ${path}${query.size > 0 ? `?${query.toString()}` : ''}`);
  /** Opens a row and waits for one below it. */
  const open = async (row: RegExp, below: RegExp): Promise<void> => {
    const { page } = fixture;
    await eventually(async () => {
      const found = await revealRow(page, row);
      if ((await found.getAttribute('aria-expanded')) !== 'true') {
        await press(found);
      }
      await revealRow(page, below);
    });
  };
  const openLocation = async (): Promise<void> => {
    await open(ROOT, ACME);
    await open(ACME, /^Location, /);
    await open(/^Location, /, /^Device, /);
  };

  it('sends one request for each row that is opened, from the organization to the disks of a device (E17)', async () => {
    const { page } = fixture;
    await root().waitFor();
    assert.deepEqual(calls(), []);
    await openLocation();
    await screenshot(page, 'resources-devices');
    await open(/^Device, .*_SERVER/, /^Disks$/);
    assert.equal(calls().length, 3);
    await open(/^Disks$/, /^EX-SSD, .*512/);
    assert.equal(calls().length, 4);
    assert.match(calls()[0] ?? '', /^GET \/v2\/organizations\?pageSize=100$/);
    assert.match(calls()[1] ?? '', /^GET \/v2\/organization\/1\/locations$/);
    assert.match(calls()[2] ?? '', /^GET \/v2\/devices\?df=org%3D1\+AND\+loc%3D101&pageSize=100$/);
    assert.match(calls()[3] ?? '', /^GET \/v2\/device\/\d+\/disks$/);
    await press(
      page.locator('.pane-header', { hasText: 'Resources' }).getByRole('button', { name: /Refresh Resources/ }),
    );
    await expectToBecome(() => calls().length, 8);
    await revealRow(page, /^EX-SSD, .*512/);
    for (const [theme, kind, name] of [
      ['Default Light Modern', 'vs', 'resources-light'],
      ['Default Dark Modern', 'vs-dark', 'resources-dark'],
    ] as const) {
      await configure(fixture, { 'workbench.colorTheme': theme });
      await page.locator(`.monaco-workbench.${kind}`).waitFor();
      await screenshot(page, name);
    }
  });

  it('loads the next page of devices with one request (E17)', async () => {
    const { page } = fixture;
    await openLocation();
    const before = calls().length;
    await press(await revealRow(page, /^Load More, 100 so far$/));
    await revealRow(page, /^Load More, 1[1-9]\d so far, perhaps all$/);
    assert.deepEqual(
      calls()
        .slice(before)
        .map((call) => call.replace(/after=\d+/, 'after=…')),
      ['GET /v2/devices?df=org%3D1+AND+loc%3D101&pageSize=100&after=…'],
    );
  });

  it('says in the list that NinjaOne is busy, and tries again with a click (E17)', async () => {
    const { page, sandbox } = fixture;
    sandbox.misbehave({ api: { kind: 'tooManyRequests', path: '/v2/organizations' } });
    await open(ROOT, /Try Again$/);
    assert.equal(calls().length, 1);
    await screenshot(page, 'resources-busy');
    sandbox.reset();
    await press(await revealRow(page, /Try Again$/));
    await revealRow(page, ACME);
    assert.equal(calls().length, 1);
  });

  it('runs an operation for a device from its menu (E17)', async () => {
    const { page } = fixture;
    await openLocation();
    const device = await revealRow(page, /^Device, /);
    await press(device, { button: 'right' });
    assert.deepEqual(await menuEntries(page), [
      'Operations for This Object…',
      'Open in NinjaOne',
      'Copy Name',
      'Copy ID',
    ]);
    await closeMenus(page);
    await treeItemMenu(page, /^Device, /, 'Operations for This Object…');
    await quickPick(page, /GET \/v2\/device\/\{id\}\/alerts/, { prompt: 'Operations for the device' });
    await lens(page, /^200 · /).waitFor();
    await expectToBecome(() => calls().some((call) => /^GET \/v2\/device\/\d+\/alerts$/.test(call)), true);
  });

  it('lists the operations for a pasted console address, and refuses that of another host (E20)', async () => {
    const { page, sandbox } = fixture;
    const instance = sandbox.connections[0]?.instance ?? '';
    await runCommand(page, 'NinjaOne: Run Operation…');
    await typeInto(page, 'https://acme.rmmservice.com/#/deviceDashboard/7/overview', {
      prompt: 'Run which operation?',
    });
    await pickRows(page).filter({ hasText: 'No connection is to acme.rmmservice.com' }).waitFor();
    assert.equal(await pickRows(page).count(), 1);
    await screenshot(page, 'console-foreign');
    await inputField(page).fill(`${instance}/#/deviceDashboard/1001/overview`);
    await quickPick(page, /GET \/v2\/device\/\{id\}\/alerts/);
    await quickInput(page).waitFor({ state: 'hidden' });
    await lens(page, /^200 · /).waitFor();
    assert.deepEqual(calls(), ['GET /v2/device/1001/alerts']);
    await runCommand(page, 'NinjaOne: Go to Operation…');
    await typeInto(page, `${instance}/#/customerDashboard/2/overview`, { prompt: 'Go to which operation?' });
    await quickPick(page, /GET \/v2\/organization\/\{id\}\/locations/);
    await editorLine(page, /"id": 2/).waitFor();
    assert.equal(calls().length, 1);
  });

  it('is empty after a sign-out, with a way to sign in (E17)', async () => {
    const { page } = fixture;
    await open(ROOT, ACME);
    const signedOut = runInHost(fixture, 'ninjaone.signOut', fixture.sandbox.connections[0]?.name);
    await dialogButton(page, 'Sign Out');
    await signedOut;
    await expectNoRow(page, ACME);
    await page.getByRole('button', { name: 'Sign In' }).first().waitFor();
    await screenshot(page, 'resources-signed-out');
  });
});
