import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  activeTab,
  dialog,
  dialogButton,
  expectToBecome,
  inputBox,
  inputField,
  leaveHover,
  openView,
  press,
  quickInput,
  runCommand,
  screenshot,
  toast,
  toastButton,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { closeRequest, focusResponse, idsOf, lens, openFile, pressLens } from '../support/requestActions.ts';
import { beginInHost, closeEditors, configure, expectClipboard, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

describe('a long response', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await ensureSignedIn(fixture);
  });

  it('has lenses with its facts and with what can be done (E7)', async () => {
    const { page } = fixture;
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 3 } });
    await lens(page, 'Fetch All').waitFor();
    await screenshot(page, 'responses-request');
    await pressLens(page, /^Send to/, lens(page, /^200 · \d+ ms · 3 items$/));
    await screenshot(page, 'responses-beside');
    await closeRequest(fixture);
    await expectToBecome(actions, ['Show as Table', 'Fetch All', 'Save as CSV…', 'Save as Script…']);
    await screenshot(page, 'responses-first-page');
    await expectToBecome(() => idsOf(fixture), [1001, 1002, 1003]);
  });

  it('opens its next page as a document of its own, whose request can be copied (E8, E10)', async () => {
    const { page } = fixture;
    await sendDevices(3);
    await pressNextPage(2);
    await lens(page, /· page 2 · 3 items$/).waitFor();
    await screenshot(page, 'responses-second-page');
    await expectToBecome(() => idsOf(fixture), [1004, 1005, 1006]);
    // Copy as… is about the request of this page.
    await runCommand(page, 'NinjaOne: Copy Request As…');
    await inputBox(page, 'curl', { prompt: 'Copy' });
    await toast(page, 'Copied as');
    await expectClipboard(page, /\/v2\/devices\?pageSize=3&after=1003/);
  });

  it('opens beside its request document, which keeps the focus, and uses its tab again (E7)', async () => {
    const { page, sandbox, workbench } = fixture;
    await openRequest({ operation: 'GET /v2/device/{id}', path: { id: 1001 } });
    await pressLens(page, /^Send to/, activeTab(page, /Get\sdevice\s1001\s·/));
    const responses = (): Promise<{ focus: string | undefined; columns: unknown[] }> =>
      workbench.host.run((vscode) =>
        Promise.resolve({
          focus: vscode.window.activeTextEditor?.document.uri.path.split('.').slice(-2).join('.'),
          columns: vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
            tabs
              .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === 'ninjaone-response')
              .map(() => viewColumn),
          ),
        }),
      );
    await expectToBecome(responses, { focus: 'ninjaone.json', columns: [2] });
    const [device] = sandbox.tenant.devices;
    assert.ok(device);
    const { systemName } = device;
    Object.assign(device, { systemName: 'RENAMED-01' });
    try {
      await pressLens(page, /^Send to/, page.locator('.view-line', { hasText: 'RENAMED-01' }));
      await expectToBecome(responses, { focus: 'ninjaone.json', columns: [2] });
      await screenshot(page, 'responses-again');
    } finally {
      Object.assign(device, { systemName });
    }
  });

  it('has a line that fits half a window, and is saved as a script by two actions (E7, E10)', async () => {
    const { page } = fixture;
    const size = page.viewportSize();
    assert.ok(size);
    await sendDevices(3);
    await page.setViewportSize({ width: 900, height: size.height });
    try {
      await expectToBecome(actions, ['Show as Table', 'Fetch All', 'Save as CSV…', 'Save as Script…']);
      await screenshot(page, 'responses-half-window');
      const last = await lens(page, 'Save as Script…').boundingBox();
      const minimap = await page.locator('.editor-group-container .minimap').first().boundingBox();
      assert.ok(last && minimap);
      assert.ok(last.x + last.width < minimap.x, JSON.stringify({ last, minimap }));
    } finally {
      await page.setViewportSize(size);
    }
    // One press, and Enter in the dialog.
    await pressLens(page, 'Save as Script…', quickInput(page, 'Save as PowerShell Script'));
    const script = await readFile(await answerSaveDialog('devices.ps1', 'responses-save-script'), 'utf8');
    assert.match(script, /pageSize/);
  });

  it('brings every page in one list for Fetch All, and says that it is complete (E8)', async () => {
    const { page } = fixture;
    await sendDevices(3);
    await pressNextPage(2);
    await fetchAll();
    await screenshot(page, 'responses-all-pages');
    await expectToBecome(
      () => idsOf(fixture),
      Array.from({ length: 10 }, (_, index) => 1001 + index),
    );
    await expectToBecome(actions, ['Show as Table', 'Save as CSV…', 'Save as Script…', 'Save as JSON…']);
    assert.deepEqual(await spooled(), [], 'what fits into memory is not on the disk');
  });

  it('is saved as CSV with a row for each item, and Open shows the file (E7)', async () => {
    const { page, sandbox } = fixture;
    const first = sandbox.tenant.devices[0];
    assert.ok(first);
    Object.assign(first, { displayName: '=cmd()' });
    await sendDevices(3);
    await fetchAll();
    await pressLens(page, 'Save as CSV…', quickInput(page, 'Save as CSV'));
    const file = await answerSaveDialog('devices.csv', 'responses-save-csv');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 11);
    assert.match(lines[0] ?? '', /^\ufeffid,uid,/);
    assert.match(lines[10] ?? '', /^1010,/);
    await toastButton(page, 'devices.csv', 'Open');
    await activeTab(page, /devices\.csv/).waitFor();
    await screenshot(page, 'responses-csv-open');
  });

  it('is saved as JSON as it is shown (E7)', async () => {
    const { page } = fixture;
    await sendDevices(3);
    await fetchAll();
    await pressLens(page, 'Save as JSON…', quickInput(page, 'Save Response'));
    const file = await answerSaveDialog('devices.json', 'responses-save-json');
    const list = JSON.parse(await readFile(file, 'utf8')) as { id: number }[];
    assert.deepEqual(
      list.map(({ id }) => id),
      Array.from({ length: 10 }, (_, index) => 1001 + index),
    );
  });

  it('that is canceled midway is kept and marked as cut, and Next Page goes on from there (E8)', async () => {
    const { page, sandbox } = fixture;
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 3 } });
    sandbox.misbehave({ api: { kind: 'hold', path: '/v2/devices', allowing: { requests: 2, seconds: 600 } } });
    await pressLens(
      page,
      'Fetch All',
      sandbox.nextRequest(({ query }) => query.get('after') === '1006'),
    );
    const progress = /GET \/v2\/devices · .+2 pages, 6 items/;
    await toast(page, progress);
    await screenshot(page, 'responses-fetching');
    await toastButton(page, progress, 'Cancel');
    await lens(page, 'The list is incomplete because you canceled.').waitFor();
    await lens(page, /· 6 items \(2 pages\) · incomplete$/).waitFor();
    await screenshot(page, 'responses-cut');
    await closeRequest(fixture);
    await expectToBecome(async () => (await idsOf(fixture)).length, 6);
    sandbox.reset();
    await pressNextPage(3);
    await lens(page, /· page 3 · 3 items$/).waitFor();
    await expectToBecome(() => idsOf(fixture), [1007, 1008, 1009]);
  });

  it('of which a page fails is kept, and the error is explained on top (E8, E12)', async () => {
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
    await lens(page, /does not have permission to do this/).waitFor();
    // The hover of the tab would hide the lens.
    await leaveHover(page);
    await screenshot(page, 'responses-failed');
    await focusResponse(fixture);
    await expectToBecome(async () => (await idsOf(fixture)).length, 4);
  });

  it('of more than 5 MB is streamed to a private file, and its table has every row (E7)', async () => {
    const { page, sandbox } = fixture;
    const rows = Array.from({ length: 40_000 }, (_, id) => ({ id, name: `device ${id}`, note: 'x'.repeat(150) }));
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: rows } });
    await openRequest({ operation: 'GET /v2/devices', query: {} });
    await pressLens(
      page,
      /^Send to/,
      lens(page, /^Only the first 1,000 items are shown\. To get the complete response, save it/),
    );
    await screenshot(page, 'responses-large');
    const [file = ''] = await expectToBecome(spooled, ({ length }) => length === 1);
    assert.ok((await stat(file)).size > 7_000_000);
    await focusResponse(fixture);
    await runCommand(page, 'NinjaOne: Save Response as CSV…');
    const lines = (await readFile(await answerSaveDialog('large.csv'), 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 40_001);
    assert.match(lines.at(-1) ?? '', /^39999,device 39999,/);
  });

  it('with secrets is never on the disk, and is not saved (E4)', async () => {
    const { page, sandbox } = fixture;
    await expectToBecome(spooled, []);
    const results = Array.from({ length: 40_000 }, (_, deviceId) => ({ deviceId, fields: { pin: 'x'.repeat(150) } }));
    sandbox.misbehave({ api: { kind: 'response', status: 200, body: { results } } });
    await openRequest({ operation: 'GET /v2/queries/custom-fields', query: { showSecureValues: true } });
    await pressLens(page, /^Send to/, dialog(page));
    await dialogButton(page, 'Send', 'secret');
    await lens(page, /The rest is not stored because the response contains secrets\./).waitFor();
    await screenshot(page, 'responses-secret');
    assert.deepEqual(await spooled(), []);
    await closeRequest(fixture);
    assert.ok(!(await actions()).some((name) => /^Save as (?!Script)/.test(name)));
    await runCommand(page, 'NinjaOne: Save Response as JSON…');
    await toast(page, 'This response contains secrets and cannot be saved to a file.');
  });

  it('has the same actions in the palette and in the title of the editor, without lenses (E14)', async () => {
    const { page } = fixture;
    await configure(fixture, { 'editor.codeLens': false });
    try {
      await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 7 } });
      await runCommand(page, 'NinjaOne: Send Request');
      await activeTab(page, /List\sdevices\spageSize=7/).waitFor();
      await closeRequest(fixture);
      await pressNextPage(2);
      await screenshot(page, 'responses-without-lenses');
      // 3 of 7 items are the last ones, so there is no button, and nothing is opened.
      await page.locator('.editor-actions').getByRole('button', { name: 'Next Page' }).waitFor({ state: 'detached' });
      await runCommand(page, 'NinjaOne: Next Page');
      await toast(page, 'This was the last page.');
      await runCommand(page, 'NinjaOne: Next Page');
      await toast(page, 'There is no page after this one.');
      await runCommand(page, 'NinjaOne: Fetch All Pages');
      await activeTab(page, /all\spages\.json/).waitFor();
    } finally {
      await configure(fixture, { 'editor.codeLens': undefined });
    }
  });

  for (const [name, argument] of [
    ['an object', { scheme: 'ninjaone-response', path: '/etc/passwd' }],
    ['a path', '/etc/passwd'],
  ] as const) {
    it(`is not named by ${name} from another extension (E14)`, async () => {
      await beginInHost(fixture, 'ninjaone.response.saveJson', argument);
      await toast(fixture.page, 'No response is open.');
    });
  }

  describe('of 1200 items', () => {
    let count = 0;

    before(() => {
      const { devices } = fixture.sandbox.tenant;
      const [model] = devices;
      assert.ok(model);
      count = devices.length;
      for (let id = 2001; devices.length < 1200; id++) {
        devices.push({ ...model, id });
      }
    });
    after(() => fixture.sandbox.tenant.devices.splice(count));

    it('of more than maxItems shows the first ones; all of it is in a private file until it is closed (E7)', async () => {
      const { page, sandbox } = fixture;
      const { devices } = sandbox.tenant;
      await openRequest({ operation: 'GET /v2/devices', query: { pageSize: 100 } });
      await pressLens(page, 'Fetch All', lens(page, /· 1,000 of 1,200 items \(12 pages\) · complete$/));
      await screenshot(page, 'responses-spooled');
      await closeRequest(fixture);
      await expectToBecome(async () => (await idsOf(fixture)).length, 1000);
      const files = await expectToBecome(spooled, ({ length }) => length === 1);
      const [file = ''] = files;
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);

      await runCommand(page, 'NinjaOne: Save Response as JSON…');
      const saved = JSON.parse(await readFile(await answerSaveDialog('all.json'), 'utf8')) as { id: number }[];
      assert.deepEqual(
        saved.map(({ id }) => id),
        devices.map(({ id }) => id),
      );
      await runCommand(page, 'View: Close Editor');
      await expectToBecome(spooled, []);
    });

    it('that a closed window left on the disk is deleted at the start; those of open windows stay (E7)', async () => {
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
      await expectToBecome(
        () => readdir(folder),
        (names) => !names.includes(path.basename(left)) && !names.includes(own),
      );
      assert.deepEqual(await readdir(living), ['answer']);
      await rm(living, { recursive: true });
    });
  });

  /** Opens a saved request, and nothing else. */
  async function openRequest(request: object): Promise<void> {
    const { workbench } = fixture;
    await closeEditors(fixture);
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
    await inputField(page).press('Enter');
    await toast(page, name);
    return file;
  }

  /** Shows the first page of the devices. */
  async function sendDevices(pageSize: number): Promise<void> {
    await openRequest({ operation: 'GET /v2/devices', query: { pageSize } });
    await pressLens(fixture.page, /^Send to/, lens(fixture.page, /^200 · \d+ ms/));
    await closeRequest(fixture);
  }

  /** The button in the title bar, which opens this page. */
  async function pressNextPage(number: number): Promise<void> {
    const { page } = fixture;
    await leaveHover(page);
    await press(page.locator('.editor-actions').getByRole('button', { name: 'Next Page' }));
    await activeTab(page, new RegExp(`page\\s${number}\\.json`)).waitFor();
  }

  /** Shows the ten devices in one list, from any of their pages. */
  async function fetchAll(): Promise<void> {
    await pressLens(fixture.page, 'Fetch All', activeTab(fixture.page, /all\spages\.json/));
    await lens(fixture.page, /· 10 items \(4 pages\) · complete$/).waitFor();
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
