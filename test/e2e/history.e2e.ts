import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import {
  cancelQuickInput,
  dialogButton,
  eventually,
  expectNoRow,
  inputBox,
  openView,
  quickPick,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
import { lens, pressLens, textOf } from '../support/requestActions.ts';
import {
  type WorkbenchFixture,
  clearToasts,
  clipboardText,
  keepSecrets,
  nextAnswer,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';

const SECRET = 'https://console.example/link?sessionKey=s3cret-0f8a1c7d2e';
const OTHER_SECRET = 'one-time-9b1d44';

describe('a person looks back at what was sent', () => {
  const fixture = useWorkbench(() => ({
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { userSettings: { 'ninjaone.history.keepBodies': true } },
  }));
  let token: string;

  before(async () => {
    fixture = await useWorkbench({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
      workbench: { beforeLoad: keepSecrets, userSettings: { 'ninjaone.clipboard.clearAfter': 4 } },
    });
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    await runCommand(page, 'NinjaOne: Sign In');
    await toast(page, 'Signed in to');
    await page.bringToFront();
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /./, { prompt: 'Copy the access token' });
    await toast(page, /is on the clipboard/);
    token = await clipboardText(page);
    await clearToasts(fixture);
  });

  after(() => fixture.clear());

  it('an empty history says so (E13)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Show History…');
    await toast(page, /The history is empty/);
    await clearToasts(fixture);
  });

  it('what was sent is listed with time, status, ms and size, the latest first, and Enter opens its answer (E13)', async () => {
    const { page, sandbox } = fixture;
    await run('GET /v2/organizations');
    await lens(page, /^200 · \d+ ms/).waitFor();
    sandbox.tenant.organizations.push({
      id: 6,
      name: 'Fir Tree Bakery',
      description: 'Fir Tree Bakery is a customer of Sandbox MSP',
      nodeApprovalMode: 'AUTOMATIC',
      tags: [],
    });
    await runCommand(page, 'View: Close All Editors');
    await run('GET /v2/organizations');
    await lens(page, /^200 · \d+ ms/).waitFor();
    await run('GET /v2/locations');
    await editorText(/Main office/).waitFor();
    await runCommand(page, 'View: Close All Editors');

    await runCommand(page, 'NinjaOne: Show History…');
    await quickPickLabels(page, { prompt: 'History' });
    const rows = page.locator('.quick-input-list .monaco-list-row');
    // The rows are drawn one after the other.
    await rows.nth(2).waitFor();
    assert.equal(await rows.count(), 3);
    const row = rows.first();
    assert.match(await row.innerText(), /200 · .*(?:second|now).* · \d+ ms · [\d.]+ k?B · /s);
    assert.match(await row.innerText(), /GET \/v2\/locations · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d · answer kept/);
    await screenshot(page, 'history');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const before = apiCalls().length;
    await page.keyboard.press('Enter');
    await editorText(/Acme Dental/).waitFor();
    assert.equal(apiCalls().length, before, 'the kept answer is shown, nothing is sent');
    assert.doesNotMatch(await textOf(fixture), /Fir Tree Bakery/);
  });

  it('the palette sends the request of the answer in front again (E13, E14)', async () => {
    const { page, sandbox } = fixture;
    const answered = nextAnswer(fixture, '/v2/organizations');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    assert.equal((await answered).status, 200);
    await eventually(async () => (await textOf(fixture)).includes('Fir Tree Bakery'));
  });

  it('two answers of one operation are compared in the editor’s own comparison (E13)', async () => {
    const { page, sandbox } = fixture;
    sandbox.tenant.organizations.pop();
    const answered = nextAnswer(fixture, '/v2/organizations');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    await answered;
    await page.locator('.tab').nth(2).waitFor();
    await runCommand(page, 'NinjaOne: Compare Answers…');
    const diff = page.locator('.monaco-diff-editor');
    await diff.waitFor();
    await diff.locator('.char-delete, .line-delete').first().waitFor();
    await page.getByRole('tab', { name: /\d\d:\d\d:\d\d and .*\d\d:\d\d:\d\d/ }).waitFor();
    await screenshot(page, 'history-compare');
    await runCommand(page, 'View: Close All Editors');
  });

  it('an entry is run again and compared from the list (E13)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Show History…');
    await quickPickLabels(page, { prompt: 'History' });
    await page.keyboard.type('locations');
    // By its name: the list may still be that of before the typing.
    const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Get locations' }).first();
    await row.hover();
    const answered = nextAnswer(fixture, '/v2/locations');
    await row.getByRole('button', { name: 'Run Again' }).click();
    await answered;
    await editorText(/Main office/).waitFor();
    await runCommand(page, 'View: Close All Editors');
    await runCommand(page, 'NinjaOne: Show History…');
    await quickPickLabels(page, { prompt: 'History' });
    await row.hover();
    await row.getByRole('button', { name: 'Compare with Previous' }).click();
    await page.locator('.monaco-diff-editor').waitFor();
    await runCommand(page, 'View: Close All Editors');
  });

  it('a write asks once more before it is sent again, and is refused once the connection is read-only (E9, E13)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Allow Writes…');
    await dialogButton(page, 'For 15 Minutes', 'to change data?');
    await fixture.workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.open', 'POST /v2/organizations');
      const editor = vscode.window.activeTextEditor;
      await editor?.edit((edit) => {
        edit.replace(
          new vscode.Range(0, 0, editor.document.lineCount, 0),
          '{ "operation": "POST /v2/organizations", "body": { "name": "Gum Tree Gym" } }',
        );
      });
    });
    const created = nextAnswer(fixture, ({ method }) => method === 'POST');
    await runCommand(page, 'NinjaOne: Send Request');
    await created;
    await lens(page, /^200 · \d+ ms/).waitFor();
    assert.equal(writes().length, 1);

    await runCommand(page, 'NinjaOne: Run Request Again…');
    const text = await dialogButton(page, 'Cancel', 'change data once more?');
    assert.match(text, /POST \/v2\/organizations is sent again to .+ on 127\.0\.0\.1/);
    assert.equal(writes().length, 1);

    const again = nextAnswer(fixture, ({ method }) => method === 'POST');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    await dialogButton(page, 'Send Again', 'change data once more?');
    await again;
    // What is shown next would close the palette.
    await page.locator('.tab').nth(2).waitFor();
    assert.equal(writes().length, 2);

    await runCommand(page, 'NinjaOne: Make Read-Only');
    await runCommand(page, 'NinjaOne: Run Request Again…');
    await toast(page, /read-only/);
    await clearToasts(fixture);
    assert.equal(writes().length, 2);
    await runCommand(page, 'View: Close All Editors');
  });

  it('what gives out secrets shows dots, and one value is revealed at a time, with Enter (E4)', async () => {
    const { page, sandbox } = fixture;
    await run('GET /v2/device/{id}/dashboard-url');
    await inputBox(page, '1001', { prompt: 'id of the device' });
    sandbox.misbehave({
      api: { kind: 'answer', status: 200, body: { url: SECRET, code: OTHER_SECRET }, times: 1 },
    });
    await dialogButton(page, 'Send');
    await editorText(/"url": "••••••••"/).waitFor();
    await lens(page, /^Reveal$/).waitFor();
    await screenshot(page, 'secret-masked');
    assert.doesNotMatch(await documents(), /s3cret|one-time/);

    await runCommand(page, 'NinjaOne: Reveal Secret Value…');
    await quickPickLabels(page, { prompt: 'Reveal which value?' });
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.nth(1).waitFor();
    assert.deepEqual([await rows.count(), await rows.filter({ hasText: /s3cret|one-time/ }).count()], [2, 0]);
    await screenshot(page, 'secret-reveal');
    await page.keyboard.press('Enter');
    await editorText(/sessionKey=s3cret/).waitFor();
    await editorText(/"code": "••••••••"/).waitFor();
    await screenshot(page, 'secret-revealed');
    assert.doesNotMatch(await documents(), /one-time/);
    await pressLens(page, /^Hide$/, editorText(/"url": "••••••••"/));
  });

  it('a command that another extension runs reveals nothing by itself (E4)', async () => {
    const { page, workbench } = fixture;
    await workbench.host.run((vscode) => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      for (const args of [[uri, 0], [uri, '0'], [uri, -1], ['x', 0], [{ scheme: 'ninjaone-response' }, 0], [null]]) {
        void vscode.commands.executeCommand('ninjaone.response.revealValue', ...args);
      }
      return Promise.resolve();
    });
    await quickPickLabels(page, { prompt: 'Reveal which value?' });
    await cancelQuickInput(page);
    assert.doesNotMatch(await documents(), /s3cret|one-time/);
  });

  it('one value is copied, and taken off the clipboard again (E4)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Copy Secret Value…');
    await quickPick(page, 'code', { prompt: 'Copy which value?' });
    await toast(page, /The value of code is on the clipboard\. It is removed after 4 seconds\./);
    assert.equal(await clipboardText(page), OTHER_SECRET);
    await page.waitForFunction('navigator.clipboard.readText().then((text) => text === "")');
    await clearToasts(fixture);
  });

  it('what was revealed is hidden again when its tab is closed (E4)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Reveal Secret Value…');
    await quickPick(page, 'url', { prompt: 'Reveal which value?' });
    await editorText(/sessionKey=s3cret/).waitFor();
    await runCommand(page, 'View: Close All Editors');
    await eventually(async () => !/s3cret/.test(await documents()));
  });

  it('what gave out secrets is not in the history (E4, E13)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Show History…');
    await quickPickLabels(page, { prompt: 'History' });
    await page.keyboard.type('dashboard');
    await page
      .locator('.quick-input-list')
      .getByText(/dashboard/i)
      .waitFor({ state: 'detached' });
    await cancelQuickInput(page);
  });

  it('a number that is a time is readable on hover, also by keyboard (E7)', async () => {
    const { page, workbench } = fixture;
    await run('GET /v2/device/{id}');
    await inputBox(page, '1001', { prompt: 'id of the device' });
    await editorText(/"lastContact"/).waitFor();
    await workbench.host.run((vscode) => {
      const editor = vscode.window.activeTextEditor;
      const text = editor?.document.getText() ?? '';
      const place = editor?.document.positionAt(text.indexOf('1760000000'));
      if (editor && place) {
        editor.selection = new vscode.Selection(place, place);
      }
      return Promise.resolve();
    });
    await runCommand(page, 'Show or Focus Hover');
    const hover = page.locator('.monaco-hover').filter({ hasText: '2025-10-09 08:53:20 UTC · ' });
    await hover.waitFor();
    await screenshot(page, 'hover-time');
    await page.keyboard.press('Escape');
    await runCommand(page, 'View: Close All Editors');
  });

  it('after a reload the entries are there, and an answer that is gone is sent for again (E13)', async () => {
    const { page, sandbox, workbench } = fixture;
    const [before, signIns] = [tokenTraffic(sandbox).length, sandbox.tokenCalls];
    await workbench.reload();
    await openView(page, 'NinjaOne');
    await runCommand(page, 'NinjaOne: Show History…');
    await quickPickLabels(page, { prompt: 'History' });
    await page.keyboard.type('locations');
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Get locations' }).first().click();
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: 'no longer kept' });
    await screenshot(page, 'history-not-kept');
    assert.deepEqual(tokenTraffic(sandbox).length, before, 'nothing is sent before a person wants it');
    const answered = nextAnswer(fixture, '/v2/locations');
    await dialog.getByRole('button', { name: 'Run Again', exact: true }).click();
    assert.equal((await answered).status, 200);
    await editorText(/Main office/).waitFor();
    assert.deepEqual(sandbox.tokenCalls, signIns, 'the session is there again, so nobody signs in');
    await runCommand(page, 'View: Close All Editors');
  });

  it('no token, header, body or secret value is on the disk, and the entries are the user’s own (E13)', async () => {
    const { workbench } = fixture;
    const files = await filesIn(workbench.dataDir);
    const entries = files.find((file) => file.endsWith('entries.jsonl'));
    assert.ok(entries, 'the entries are on the disk');
    assert.equal((await stat(entries)).mode & 0o777, 0o600);
    assert.ok(token.length > 20);
    for (const file of files) {
      const content = await readFile(file, 'latin1');
      for (const secret of [token, 's3cret-0f8a1c7d2e', OTHER_SECRET, 'Main office', 'Authorization: Bearer']) {
        assert.ok(!content.includes(secret) || isCode(file), `${secret.slice(0, 12)} in ${file}`);
      }
    }
  });

  it('Clear asks, and then nothing is left (E13)', async () => {
    const { page, workbench } = fixture;
    await runCommand(page, 'NinjaOne: Clear History…');
    await dialogButton(page, 'Cancel', 'Clear the history');
    await runCommand(page, 'NinjaOne: Clear History…');
    await dialogButton(page, 'Clear', 'Clear the history');
    await toast(page, /The history is empty/);
    await clearToasts(fixture);
    assert.equal(await remembered(workbench.dataDir), '');
  });

  it('Reset leaves nothing of it, nor of lists and API descriptions, and closes no document (A13, E13)', async () => {
    const { page, workbench } = fixture;
    const catalogs = async (): Promise<string[]> =>
      (await filesIn(workbench.dataDir)).filter((each) => each.split(path.sep).includes('catalogs'));
    await sendLocations();
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.addFavorite', 'GET /v2/locations');
      await vscode.commands.executeCommand('ninjaone.explorer.open', 'GET /v2/locations');
    });
    await revealRow(page, 'Favorites');
    await revealRow(page, 'Recent');
    const document = page.getByRole('tab', { name: /\.ninjaone\.json/ });
    await document.waitFor();
    assert.match(await remembered(workbench.dataDir), /GET \/v2\/locations/);
    assert.notDeepEqual(await catalogs(), []);
    await runCommand(page, 'NinjaOne: Reset: Sign Out Everywhere and Delete Secrets…');
    await dialogButton(page, 'Reset', 'remembered request');
    await toast(page, /everything was signed out and deleted/);
    assert.equal(await remembered(workbench.dataDir), '');
    assert.deepEqual(await catalogs(), []);
    await expectNoRow(page, 'Favorites');
    await expectNoRow(page, 'Recent');
    assert.equal(await document.count(), 1);
    await clearToasts(fixture);
  });

  it('a removed connection takes its history along (C4, E13)', async () => {
    const { page, workbench } = fixture;
    await sendLocations();
    assert.match(await remembered(workbench.dataDir), /GET \/v2\/locations/);
    await runCommand(page, 'NinjaOne: Remove Connection…');
    await dialogButton(page, 'Remove', 'the history of its requests');
    await toast(page, 'Removed');
    assert.doesNotMatch(await remembered(workbench.dataDir), /locations/);
  });

  /** Signs in when it must. */
  async function sendLocations(): Promise<void> {
    await runCommand(fixture.page, 'View: Close All Editors');
    await run('GET /v2/locations');
    await editorText(/Main office/).waitFor();
    await fixture.page.bringToFront();
    await eventually(async () => (await remembered(fixture.workbench.dataDir)) !== '');
  }

  async function run(key: string): Promise<void> {
    await fixture.workbench.host.run((vscode, argument) => {
      // Not waited for: it ends when the questions are answered and the message is gone.
      void vscode.commands.executeCommand('ninjaone.explorer.run', argument);
      return Promise.resolve();
    }, key);
  }

  function editorText(text: RegExp): Locator {
    // The editor writes a blank as a blank that does not break.
    const pattern = new RegExp(text.source.replaceAll(' ', '\\s'));
    return fixture.page.locator('.editor-container .view-line').filter({ hasText: pattern }).first();
  }

  /** What any extension can read. */
  function documents(): Promise<string> {
    return fixture.workbench.host.run((vscode) =>
      Promise.resolve(vscode.workspace.textDocuments.map((document) => document.getText()).join('\n')),
    );
  }

  function apiCalls(): readonly SandboxRequest[] {
    return fixture.sandbox.requests.filter(({ path: address }) => address.startsWith('/v2/'));
  }

  function writes(): readonly SandboxRequest[] {
    return apiCalls().filter(({ method }) => method !== 'GET');
  }
});

describe('a person who does not look at the explorer', () => {
  let fixture: WorkbenchFixture;

  it('switches keepBodies off, and what was kept is deleted (E13)', async () => {
    const { workbench } = fixture;
    const storage = path.join(workbench.dataDir, 'data/User/globalStorage/ninjaone-community.ninjaone-authentication');
    const folder = path.join(storage, 'history/bodies');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'left.json'), '{"answer":"{}"}');
    await workbench.host.run(async (vscode) => {
      const settings = vscode.workspace.getConfiguration('ninjaone');
      await settings.update('history.keepBodies', false, vscode.ConfigurationTarget.Global);
    });
    await eventually(async () => !(await readdir(path.dirname(folder))).includes('bodies'));
  });
});

/** Of the extension itself, which is linked into the folder and has the words of its tests in it. */
function isCode(file: string): boolean {
  return /\.(?:cjs|js|ts|map)$/.test(file);
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** The entries as they stand on the disk. */
async function remembered(folder: string): Promise<string> {
  const file = (await filesIn(folder)).find((each) => each.endsWith('entries.jsonl'));
  return file === undefined ? '' : readFile(file, 'utf8');
}
