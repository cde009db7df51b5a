import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import {
  activeTab,
  dialog,
  expectToBecome,
  inputBox,
  inputField,
  openView,
  revealRow,
  screenshot,
  statusBarItem,
  toast,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
import { editorLine, lens } from '../support/requestActions.ts';
import { beginInHost, nextResponse, runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { clearFilter, ensureReadOnly, ensureSignedIn } from '../support/workbenchState.ts';

/**
 * What technicians do every day, by the ways that the screen offers, with the number of actions. One action is a click, a
 * key, or a text with the Enter that accepts it. The person is signed in, and no editor is open.
 */
describe('everyday tasks in the API Explorer', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true, devices: 60 },
    connections: (sandbox) => sandbox.connections.slice(0, 2),
  }));
  const counted: (readonly [task: string, actions: number, before: string])[] = [];
  let person: PersonActions;

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    for (const { name } of fixture.sandbox.connections.slice(0, 2)) {
      await ensureSignedIn(fixture, name);
    }
  });

  beforeEach(async () => {
    await clearFilter(fixture);
    await ensureReadOnly(fixture);
    person = new PersonActions(fixture.page);
  });

  after(async () => {
    const rows = counted.map((row) => `| ${row.join(' | ')} |`);
    await mkdir(path.join(projectRoot, 'artifacts'), { recursive: true });
    await writeFile(
      path.join(projectRoot, 'artifacts/everyday-tasks.md'),
      ['| task | actions | in 0.1.0 |', '| --- | --- | --- |', ...rows, ''].join('\n'),
    );
  });

  /** Fails if the task took more actions than so many, and notes how many it took. */
  const took = (task: string, most: number, before = 'not counted'): void => {
    counted.push([task, person.count, before]);
    assert.ok(person.count <= most, `${task}: ${person.count} actions, at most ${most} are promised`);
  };

  it('runs a pasted path (E3)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('/v2/organizations', /GET \/v2\/organizations$/);
    await lens(page, /^200 · .*items/).waitFor();
    await editorLine(page, /"name"/).waitFor();
    took('Paste a path and run it', 3, '3, of another operation');
  });

  it('lists organizations from the icon (E3)', async () => {
    const { page } = fixture;
    await openView(page, 'Explorer');
    await person.click(page.locator('.activitybar').getByRole('tab', { name: 'NinjaOne' }));
    await person.click(await revealRow(page, /^Organizations, \d+ operations/));
    const row = await revealRow(page, /GET \/v2\/organizations,/);
    await person.click(row.getByRole('button', { name: 'Run Operation' }), row);
    await lens(page, /^200 · .*items/).waitFor();
    took('From the icon to the list of organizations', 3, '4');
    await runInHost(fixture, 'workbench.actions.treeView.ninjaone.explorer.collapseAll');
  });

  it('saves the devices of one organization as CSV (E7)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('devices of organization', /GET \/v2\/organization\/\{id\}\/devices$/);
    await person.pick('acme', /Acme Dental/, 'organization ID');
    await person.click(lens(page, /^Save as CSV…$/));
    const file = await acceptSaveBox('.csv');
    assert.match(await readFile(file, 'utf8'), /ACME-DC01/);
    took('The devices of one customer as CSV', 6);
  });

  it('shows one device by its name (E5, E16)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('get device', /GET \/v2\/device\/\{id\}$/);
    await person.pick('acme-dc01', /ACME-DC01/, 'device ID');
    await editorLine(page, /"displayName": "ACME-DC01"/).waitFor();
    await activeTab(page, /Get device 1001/).waitFor();
    took('One device by its name', 4, 'not possible');
  });

  it('shows one device by its ID (E5)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('get device', /GET \/v2\/device\/\{id\}$/);
    await person.answer('1001', 'device ID');
    await activeTab(page, /Get device 1001/).waitFor();
    took('One device by its ID', 4);
  });

  it('lists the servers that are offline (E6)', async () => {
    const { page } = fixture;
    await person.command(OPEN);
    await person.pick('list devices', /GET \/v2\/devices$/);
    await lens(page, /^Send/).waitFor();
    await person.complete('df');
    await person.type('class in (WINDOWS_SERVER, LINUX_SERVER) AND offline');
    await person.click(lens(page, /^Send/));
    await editorLine(page, /"offline": true/).waitFor();
    took('Servers that are offline', 6);
  });

  it("lists last week's activities of one device (E5)", async () => {
    const { page } = fixture;
    await person.command(OPEN);
    await person.pick('list activities', /GET \/v2\/activities$/);
    await lens(page, /^Send/).waitFor();
    await person.complete('df');
    await person.type('id = 1001');
    await person.key('ArrowRight');
    await person.type(', ');
    await person.key('Control+Space');
    await person.complete('after');
    await person.complete('7 Days Ago');
    const answered = nextResponse(fixture, '/v2/activities');
    await person.click(lens(page, /^Send/));
    assert.match((await answered).query.get('after') ?? '', /^\d+$/);
    took("Last week's activities of a device", 11);
  });

  it('restarts a device after a confirmation that names it (E9)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('reboot device', /POST \/v2\/device\/\{id\}\/reboot\/\{mode\}$/);
    await lens(page, /^Send/).waitFor();
    await person.complete('ACME-DC01');
    await person.click(lens(page, /^Send/));
    await allowWrites();
    await person.click(lens(page, /^Send/));
    await dialog(page, /ACME-DC01/).waitFor();
    await screenshot(page, 'everyday-reboot');
    const answered = nextResponse(fixture, '/v2/device/1001/reboot/NORMAL');
    await person.click(dialog(page).getByRole('button', { name: 'Reboot Devices' }));
    assert.equal((await answered).status, 204);
    await toast(page, 'Reboot devices 1001, NORMAL: done (204).');
    took('Reboot a device, also allow changes', 9);
  });

  it('sets a custom field of a device (E6)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('set custom field of device', /PATCH \/v2\/device\/\{id\}\/custom-fields$/);
    await lens(page, /^Send/).waitFor();
    await person.complete('ACME-DC01');
    await person.clickLineEnd(editorLine(page, /"body": \{\}/));
    await person.key('ArrowLeft');
    await person.type('"rack": "A7');
    await person.click(lens(page, /^Send/));
    await allowWrites();
    const answered = nextResponse(fixture, '/v2/device/1001/custom-fields');
    await person.click(lens(page, /^Send/));
    await answered;
    took('Set a custom field, also allow changes', 11);
  });

  it('compares a response with an earlier one of the same request (E13)', async () => {
    const { page, sandbox } = fixture;
    await runInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organizations');
    const [organization] = sandbox.tenant.organizations;
    const { name = '' } = organization ?? {};
    Object.assign(organization ?? {}, { name: 'Renamed since' });
    try {
      await runInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organizations');
      await editorLine(page, /"Renamed since"/).waitFor();
      await person.command('NinjaOne: Compare Responses…');
      await activeTab(page, /List organizations/).waitFor();
      await page.locator('.monaco-diff-editor').getByText('Renamed').first().waitFor();
      await screenshot(page, 'everyday-compare');
      took('Compare with an earlier response', 2);
    } finally {
      Object.assign(organization ?? {}, { name });
    }
  });

  it('sends the same request to another tenant (E6)', async () => {
    const { page, sandbox } = fixture;
    await runInHost(fixture, 'ninjaone.explorer.open', 'GET /v2/organizations');
    await lens(page, /^Send to/).waitFor();
    const second = sandbox.connections[1]?.name ?? '';
    await person.click(lens(page, /^Change Connection…$/));
    await person.pick(second, new RegExp(second));
    await lens(page, new RegExp(`^Send to ${second}`)).waitFor();
    await person.click(lens(page, /^Send to/));
    await activeTab(page, new RegExp(`List organizations · ${second}`)).waitFor();
    took('Run the same for the second tenant', 3);
  });

  it('finds every operation that deletes (E3)', async () => {
    const { page } = fixture;
    await person.command('NinjaOne: Filter Operations…');
    await person.pickNothing('delete');
    await viewMessage(page, /"delete": \d+ of 310 operations/).waitFor();
    await screenshot(page, 'everyday-delete');
    took('Find what deletes', 3);
  });

  it('finds every operation that needs the sign-in of a user (E3, E4)', async () => {
    const { page } = fixture;
    await person.command('NinjaOne: Filter Operations…');
    await person.pickNothing('user sign-in');
    await viewMessage(page, /"user sign-in": \d of 310 operations/).waitFor();
    await revealRow(page, /POST \/v2\/device\/\{id\}\/script\/run/);
    await screenshot(page, 'everyday-user');
    took('Find where a user is needed', 3);
  });

  it('saves a script from a response in two actions (E7, E10)', async () => {
    const { page } = fixture;
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organization/{id}/devices');
    await inputBox(page, '1', { prompt: 'organization ID' });
    await lens(page, /^200/).waitFor();
    await person.click(lens(page, /^Save as Script…$/));
    const file = await acceptSaveBox('.ps1');
    assert.match(await readFile(file, 'utf8'), /\/v2\/organization/);
    took('A script from a response', 2, '4');
  });

  /** The answer to the first Send of a connection that is read-only. */
  async function allowWrites(): Promise<void> {
    const { page } = fixture;
    const message = await toast(page, /read-only/);
    await person.click(message.getByRole('button', { name: 'Allow Writes…' }));
    await person.click(dialog(page).getByRole('button', { name: 'For 15 Minutes' }));
    await statusBarItem(page, /writes allowed/).waitFor();
  }

  /** Presses Enter in the save box; answers the file once it is written. */
  async function acceptSaveBox(extension: string): Promise<string> {
    const { page, workbench } = fixture;
    // The dialog fills in its proposal once it has looked at the folder.
    const proposal = await expectToBecome(
      () => inputField(page).inputValue(),
      (value) => value.endsWith(extension),
    );
    await person.key('Enter');
    await toast(page, new RegExp(path.basename(proposal).replaceAll('.', '\\.')));
    return path.join(workbench.workspaceDir, path.basename(proposal));
  }
});

const RUN = 'NinjaOne: Run Operation…';
const OPEN = 'NinjaOne: Open Request Document…';
