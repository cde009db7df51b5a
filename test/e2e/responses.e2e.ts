import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  activeTab,
  dialogButton,
  eventually,
  inputBox,
  openView,
  quickInput,
  runCommand,
  screenshot,
  toast,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { lens, openFile, pressLens, textOf } from '../support/requestActions.ts';
import { clearToasts, clipboardText, useWorkbench } from '../support/useWorkbench.ts';

describe('a person reads a long answer and takes it away', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await runCommand(fixture.page, 'NinjaOne: Sign In');
    await toast(fixture.page, /^Signed in to/);
    await clearToasts(fixture);
  });
  afterEach(() => {
    fixture.sandbox.reset();
  });

  it('the line above an answer has its facts and what can be done with it (E7)', async () => {
    const { page } = fixture;
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 3 } });
    await lens(page, 'Fetch All').waitFor();
    await screenshot(page, 'responses-request');
    await pressLens(page, /^Send to/, lens(page, /^200 · \d+ ms · .+ · 3 items$/));
    assert.deepEqual(await actions(), [
      'Next Page',
      'Fetch All',
      'Save as JSON…',
      'Save as CSV…',
      'Show as Table',
      'Copy As…',
    ]);
    await screenshot(page, 'responses-first-page');
    assert.deepEqual(await ids(), [1001, 1002, 1003]);
  });

  it('Next Page opens the page after it as a document of its own that says which one it is (E8)', async () => {
    const { page } = fixture;
    await pressLens(page, 'Next Page', activeTab(page, /page\s2\.json/));
    await lens(page, /· page 2 · 3 items$/).waitFor();
    await screenshot(page, 'responses-second-page');
    assert.deepEqual(await ids(), [1004, 1005, 1006]);
  });

  it('Copy as is about the request that was sent (E10)', async () => {
    const { page } = fixture;
    await pressLens(page, 'Copy As…', quickInput(page, 'Copy'));
    await inputBox(page, 'curl', { prompt: 'Copy' });
    await toast(page, 'Copied as');
    assert.match(await clipboardText(page), /\/v2\/devices\?pageSize=3&after=1003/);
    await clearToasts(fixture);
  });

  it('Fetch All brings every page from the first one on in one list, and says that it is all (E8)', async () => {
    const { page } = fixture;
    await pressLens(page, 'Fetch All', activeTab(page, /all\spages\.json/));
    await lens(page, /· 10 items \(4 pages\) · complete$/).waitFor();
    await screenshot(page, 'responses-all-pages');
    assert.deepEqual(
      await ids(),
      Array.from({ length: 10 }, (_, index) => 1001 + index),
    );
    assert.deepEqual(await actions(), ['Save as JSON…', 'Save as CSV…', 'Show as Table', 'Copy As…']);
    assert.deepEqual(await spooled(), [], 'what fits into memory is not on the disk');
  });

  it('Save as CSV writes every item as a row, and Open shows the file (E7)', async () => {
    const { page, sandbox } = fixture;
    const first = sandbox.tenant.devices[0];
    assert.ok(first);
    Object.assign(first, { displayName: '=cmd()' });
    await pressLens(page, 'Save as CSV…', quickInput(page, 'Save as CSV'));
    const file = await answerSaveDialog('devices.csv', 'responses-save-csv');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 11);
    assert.match(lines[0] ?? '', /^\ufeffid,uid,/);
    assert.match(lines[10] ?? '', /^1010,/);
    await (await toast(page, 'devices.csv')).getByRole('button', { name: 'Open' }).click();
    await activeTab(page, /devices\.csv/).waitFor();
    await screenshot(page, 'responses-csv-open');
    await runCommand(page, 'View: Close Editor');
    await clearToasts(fixture);
  });

  it('Save as JSON writes the list as it is shown (E7)', async () => {
    const { page } = fixture;
    await pressLens(page, 'Save as JSON…', quickInput(page, 'Save Response'));
    const file = await answerSaveDialog('devices.json', 'responses-save-json');
    const list = JSON.parse(await readFile(file, 'utf8')) as { id: number }[];
    assert.deepEqual(
      list.map(({ id }) => id),
      Array.from({ length: 10 }, (_, index) => 1001 + index),
    );
    await clearToasts(fixture);
  });

  it('canceled midway, what came is kept and said to be cut, and Next Page goes on from there (E8)', async () => {
    const { page, sandbox } = fixture;
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 3 } });
    sandbox.misbehave({ api: { kind: 'hold', path: '/v2/devices', allowing: { requests: 2, seconds: 600 } } });
    await pressLens(
      page,
      'Fetch All',
      sandbox.nextRequest(({ query }) => query.get('after') === '1006'),
    );
    const progress = await toast(page, /GET \/v2\/devices · .+2 pages, 6 items/);
    await screenshot(page, 'responses-fetching');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await lens(page, 'The list is incomplete because you canceled.').waitFor();
    await lens(page, /· 6 items \(2 pages\) · incomplete$/).waitFor();
    await screenshot(page, 'responses-cut');
    assert.equal((await ids()).length, 6);
    sandbox.reset();
    await pressLens(page, 'Next Page', lens(page, /· page 3 · 3 items$/));
    assert.deepEqual(await ids(), [1007, 1008, 1009]);
  });

  it('when a page fails, what came is kept, and the failure is explained on top (E8, E12)', async () => {
    const { page, sandbox } = fixture;
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 4 } });
    sandbox.misbehave({
      api: {
        kind: 'response',
        status: 403,
        body: { error: 'access_denied' },
        path: '/v2/devices',
        allowing: { requests: 1, seconds: 600 },
      },
    });
    await lens(page, /^Send to/).waitFor();
    await runCommand(page, 'NinjaOne: Fetch All Pages of Request');
    await lens(page, 'The list is incomplete because a page could not be fetched.').waitFor();
    await lens(page, /· 4 items \(1 page\) · incomplete$/).waitFor();
    await lens(page, /not allowed to do this/).waitFor();
    // Off the tab, whose hover would hide the line.
    await page.mouse.move(900, 600);
    await page.locator('.workbench-hover').first().waitFor({ state: 'hidden' });
    await screenshot(page, 'responses-failed');
    sandbox.reset();
    assert.equal((await ids()).length, 4);
  });

  it('a list of more than maxItems shows the first and says so; all of it is in a private file until it is closed (E7)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'View: Close All Editors');
    const { devices } = sandbox.tenant;
    const [model] = devices;
    assert.ok(model);
    for (let id = 2001; devices.length < 1200; id++) {
      devices.push({ ...model, id });
    }
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 100 } });
    await pressLens(page, 'Fetch All', lens(page, /· 1,000 of 1,200 items \(12 pages\) · complete$/));
    await screenshot(page, 'responses-spooled');
    assert.equal((await ids()).length, 1000);
    const files = await spooled();
    assert.equal(files.length, 1);
    const [file = ''] = files;
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);

    await pressLens(page, 'Save as JSON…', quickInput(page, 'Save Response'));
    const saved = JSON.parse(await readFile(await answerSaveDialog('all.json'), 'utf8')) as { id: number }[];
    assert.deepEqual(
      saved.map(({ id }) => id),
      devices.map(({ id }) => id),
    );
    await clearToasts(fixture);
    await runCommand(page, 'View: Close Editor');
    await eventually(async () => (await spooled()).length === 0);
  });

  it('an answer of more than 5 MB is streamed to a private file, and its table has every row (E7)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'View: Close All Editors');
    const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, name: `device ${id}`, note: 'x'.repeat(150) }));
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: rows } });
    await openRequest({ operation: 'GET /v2/devices', query: {} });
    await pressLens(
      page,
      /^Send to/,
      lens(page, /^Only the first 1000 items are shown\. To get the complete response, save it/),
    );
    await screenshot(page, 'responses-large');
    sandbox.reset();
    const [file = ''] = await spooled();
    assert.ok((await stat(file)).size > 7_000_000);
    await runCommand(page, 'NinjaOne: Save Response as CSV…');
    const lines = (await readFile(await answerSaveDialog('large.csv'), 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 40_001);
    assert.match(lines.at(-1) ?? '', /^39999,device 39999,/);
    await clearToasts(fixture);
  });

  it('what gives out secrets is never on the disk, and is not saved (E4)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'View: Close All Editors');
    await eventually(async () => (await spooled()).length === 0);
    const results = Array.from({ length: 40_000 }, (_, deviceId) => ({ deviceId, fields: { pin: 'x'.repeat(150) } }));
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: { results } } });
    await openRequest({ operation: 'GET /v2/queries/custom-fields', query: { showSecureValues: true } });
    await pressLens(page, /^Send to/, page.locator('.monaco-dialog-box'));
    await dialogButton(page, 'Send', 'secret');
    await lens(page, /The rest is not stored because the response contains secrets\./).waitFor();
    await screenshot(page, 'responses-secret');
    sandbox.reset();
    assert.deepEqual(await spooled(), []);
    assert.ok(!(await actions()).some((name) => name.startsWith('Save')));
    await runCommand(page, 'NinjaOne: Save Response as JSON…');
    await toast(page, 'This response contains secrets and cannot be saved to a file.');
    await clearToasts(fixture);
  });

  it('with the lines switched off, the palette and the title of the editor do the same (E14)', async () => {
    const { page, workbench } = fixture;
    await runCommand(page, 'View: Close All Editors');
    await workbench.host.run(async (vscode) => {
      await vscode.workspace.getConfiguration('editor').update('codeLens', false, true);
    });
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 700 } });
    await runCommand(page, 'NinjaOne: Send Request');
    await activeTab(page, /Get\sdevices/).waitFor();
    await page.locator('.editor-actions').getByRole('button', { name: 'Next Page' }).click();
    await activeTab(page, /page\s2\.json/).waitFor();
    await screenshot(page, 'responses-without-lenses');
    await runCommand(page, 'NinjaOne: Next Page');
    await activeTab(page, /page\s3\.json/).waitFor();
    assert.deepEqual(await ids(), []);
    await runCommand(page, 'NinjaOne: Next Page');
    await toast(page, 'There is no page after this one.');
    await clearToasts(fixture);
    await runCommand(page, 'NinjaOne: Fetch All Pages');
    await activeTab(page, /all\spages\.json/).waitFor();
    await workbench.host.run(async (vscode) => {
      await vscode.workspace.getConfiguration('editor').update('codeLens', undefined, true);
    });
  });

  for (const [name, argument] of [
    ['an object', { scheme: 'ninjaone-response', path: '/etc/passwd' }],
    ['a path', '/etc/passwd'],
  ] as const) {
    it(`${name} from another extension names no answer (E14)`, async () => {
      const { page, workbench } = fixture;
      await runCommand(page, 'View: Close All Editors');
      void workbench.host.run(async (vscode, hostile) => {
        await vscode.commands.executeCommand('ninjaone.response.saveJson', hostile);
      }, argument);
      await toast(page, 'No response is open.');
      await clearToasts(fixture);
    });
  }

  it('what a window left that is no more is deleted at the start; the files of living ones stay (E7)', async () => {
    const { workbench } = fixture;
    const folder = spoolFolder();
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 5000 } });
    await pressLens(fixture.page, /^Send to/, lens(fixture.page, /· 1,000 of 1,200 items$/));
    const [own = ''] = await readdir(folder);
    const machine = own.split('-')[0] ?? '';
    // A process that ended: its number was given out before the present ones, and none has it now.
    const left = path.join(folder, `${machine}-${String(2 ** 22 + 1)}-left`);
    const living = path.join(folder, `${machine}-${process.pid}-living`);
    for (const each of [left, living]) {
      await mkdir(each, { mode: 0o700 });
      await writeFile(path.join(each, 'answer'), '[]', { mode: 0o600 });
    }
    await workbench.reload();
    await eventually(async () => {
      const names = await readdir(folder);
      return !names.includes(path.basename(left)) && !names.includes(own);
    });
    assert.deepEqual(await readdir(living), ['answer']);
  });

  /** Opens a saved request, and nothing else. */
  async function openRequest(request: object): Promise<void> {
    const { page, workbench } = fixture;
    await runCommand(page, 'View: Close All Editors');
    // A name of its own: the editor keeps the text of a file that was open a moment ago.
    const file = path.join(workbench.workspaceDir, `request-${randomUUID().slice(0, 8)}.ninjaone.json`);
    await writeFile(file, JSON.stringify(request, undefined, 2));
    await openFile(fixture, file);
  }

  /** Types the path into the dialog of the browser's editor, and answers it once the file is there. */
  async function answerSaveDialog(name: string, picture?: string): Promise<string> {
    const { page, workbench } = fixture;
    const file = path.join(workbench.workspaceDir, name);
    // The dialog fills in its proposal once it has looked at the folder.
    const ending = path.extname(name);
    await page.waitForFunction(`document.querySelector('.quick-input-widget input')?.value.endsWith('${ending}')`);
    await typeInto(page, file);
    if (picture !== undefined) {
      await screenshot(page, picture);
    }
    await page.keyboard.press('Enter');
    await toast(page, name);
    return file;
  }

  /** The ids of the list in the document that is looked at. */
  async function ids(): Promise<number[]> {
    return (JSON.parse(await textOf(fixture)) as { id: number }[]).map(({ id }) => id);
  }

  async function actions(): Promise<string[]> {
    return fixture.page.locator('.codelens-decoration a').allInnerTexts();
  }

  function spoolFolder(): string {
    return path.join(
      fixture.workbench.dataDir,
      'data/User/globalStorage/ninjaone-community.ninjaone-authentication/responses',
    );
  }

  /** The files of answers, of all windows. */
  async function spooled(): Promise<string[]> {
    const entries = await readdir(spoolFolder(), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  }
});
