import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import {
  activeTab,
  dialog,
  expectToBecome,
  inputField,
  openView,
  pickRows,
  quickInput,
  revealRow,
  screenshot,
  statusBarItem,
  toast,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { PersonActions } from '../support/personActions.ts';
import { editorLine, lens, textOf } from '../support/requestActions.ts';
import { nextResponse, runInHost, useWorkbench } from '../support/useWorkbench.ts';
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
  const counted: { readonly task: string; readonly actions: number }[] = [];
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
    const rows = counted.map(({ task, actions }) => `| ${task} | ${actions} |`);
    await mkdir(path.join(projectRoot, 'artifacts'), { recursive: true });
    await writeFile(
      path.join(projectRoot, 'artifacts/everyday-tasks.md'),
      ['| task | actions |', '| --- | --- |', ...rows, ''].join('\n'),
    );
  });

  /** Fails if the task took more actions than so many, and notes how many it took. */
  const took = (task: string, most: number): void => {
    counted.push({ task, actions: person.count });
    assert.ok(person.count <= most, `${task}: ${person.count} actions, at most ${most} are promised`);
  };

  it('runs a pasted path (E3)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('/v2/organizations', /GET \/v2\/organizations$/);
    await lens(page, /^200 · .*items/).waitFor();
    await editorLine(page, /"name"/).waitFor();
    took('Paste a path and run it', 3);
  });

  it('lists organizations from the icon (E3)', async () => {
    const { page } = fixture;
    await openView(page, 'Explorer');
    await person.click(page.locator('.activitybar').getByRole('tab', { name: 'NinjaOne' }));
    await person.click(await revealRow(page, /^Organizations, \d+ operations/));
    const row = await revealRow(page, /GET \/v2\/organizations,/);
    await person.click(row.getByRole('button', { name: 'Run Operation' }), row);
    await lens(page, /^200 · .*items/).waitFor();
    took('From the icon to the list of organizations', 3);
    await runInHost(fixture, 'workbench.actions.treeView.ninjaone.explorer.collapseAll');
  });

  it('saves the devices of one organization as CSV (E7)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('devices of organization', /GET \/v2\/organization\/\{id\}\/devices$/);
    await person.answer('1', 'organization ID');
    await person.click(lens(page, /^Save as CSV…$/));
    const file = await acceptSaveBox('.csv');
    assert.match(await readFile(file, 'utf8'), /ACME-DC01/);
    took('The devices of one customer as CSV', 6);
  });

  it('shows one device by its ID (E5)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('get device', /GET \/v2\/device\/\{id\}$/);
    await person.answer('1001', 'device ID');
    await editorLine(page, /"displayName": "ACME-DC01"/).waitFor();
    await activeTab(page, /Get device 1001/).waitFor();
    took('One device by its ID', 4);
  });

  it('lists the servers that are offline (E6)', async () => {
    const { page } = fixture;
    await person.command(OPEN);
    await person.pick('list devices', /GET \/v2\/devices$/);
    await lens(page, /^Send/).waitFor();
    await person.complete('df');
    await person.type('class = WINDOWS_SERVER AND offline');
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
    await person.key('End');
    await person.complete('after');
    await person.complete('7 days ago');
    const answered = nextResponse(fixture, '/v2/activities');
    await person.click(lens(page, /^Send/));
    assert.match((await answered).query, /after=\d+/);
    took("Last week's activities of a device", 9);
  });

  it('restarts a device after a confirmation (E9)', async () => {
    const { page } = fixture;
    await person.command(RUN);
    await person.pick('reboot device', /POST \/v2\/device\/\{id\}\/reboot\/\{mode\}$/);
    await lens(page, /^Send/).waitFor();
    await screenshot(page, 'everyday-reboot');
    took('Reboot a device', 10);
  });

  it('finds every operation that deletes (E3)', async () => {
    const { page } = fixture;
    await person.command('NinjaOne: Filter Operations…');
    await person.pickNothing('delete');
    await viewMessage(page, /“delete”: \d+ of 310 operations/).waitFor();
    await screenshot(page, 'everyday-delete');
    took('Find what deletes', 3);
  });

  it('finds every operation that needs the sign-in of a user (E3, E4)', async () => {
    const { page } = fixture;
    await person.command('NinjaOne: Filter Operations…');
    await person.pickNothing('user sign-in');
    await viewMessage(page, /\d+ of 310 operations/).waitFor();
    await screenshot(page, 'everyday-user');
    took('Find where a user is needed', 3);
  });

  it('saves a script from a response in two actions (E7, E10)', async () => {
    const { page } = fixture;
    await runInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organization/{id}/devices', { id: '1' }).catch(() => {});
    await lens(page, /^200/).waitFor();
    await person.click(lens(page, /^Save as PowerShell Script…$/));
    const file = await acceptSaveBox('.ps1');
    assert.match(await readFile(file, 'utf8'), /\/v2\/organization/);
    took('A script from a response', 2);
  });

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
