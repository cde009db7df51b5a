import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  TIMEOUT,
  activeTab,
  eventually,
  expectToBecome,
  openView,
  press,
  quickPick,
  runCommand,
  screenshot,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import {
  lens,
  openOperation,
  placeCursor,
  pressSend,
  requestOf,
  saved,
  suggestion,
  textOf,
  writeText,
} from '../support/requestActions.ts';
import { clipboardText, nextResponse, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, keepFilter, resetExtension } from '../support/workbenchState.ts';

describe('a request document', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('is opened as a preview by a click on its operation, and nothing is sent (E5)', async () => {
    const { page, sandbox } = fixture;
    await keepFilter(fixture, 'get activities class');
    await press(treeItem(page, ACTIVITIES).last());
    await lens(page, /^Send to Sandbox native$/).waitFor();
    await page.locator('.tab.active .monaco-icon-label.italic').waitFor();
    assert.deepEqual(await requestOf(fixture, 'GET /v2/activities'), {
      $schema: 'ninjaone://schema/GET/v2/activities.json',
      operation: 'GET /v2/activities',
      query: {},
    });
    await screenshot(page, 'request-document');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('completes names and values of the query (E6)', async () => {
    const { page } = fixture;
    await openActivities();
    await writeQuery({});
    await placeCursor(fixture, '"query": {');
    await suggestion(page, 'olderThan');
    await screenshot(page, 'request-completion-names');
    await chooseSuggestion('class', /"class"/);
    await suggestion(page, '"DEVICE"');
    await screenshot(page, 'request-completion-values');
    await chooseSuggestion('"DEVICE"', /DEVICE/);
    assert.deepEqual((await requestOf(fixture, 'DEVICE'))['query'], { class: 'DEVICE' });
  });

  it('completes a number between quotes, where anything can be typed, and not as a 0 that could be sent (E6)', async () => {
    await openActivities();
    await writeQuery({});
    await placeCursor(fixture, '"query": {');
    await chooseSuggestion('olderThan', /"olderThan": ""/);
    await expectToBecome(async () => (await requestOf(fixture, 'olderThan'))['query'], { olderThan: '' });
  });

  it('offers the members of an empty body at once, in the order of the API description (E6)', async () => {
    const { page } = fixture;
    await keepFilter(fixture, 'POST /v2/organizations');
    await press(treeItem(page, /POST \/v2\/organizations,/).last());
    const rows = page.locator('.suggest-widget.visible .monaco-list-row');
    await rows.first().waitFor();
    await screenshot(page, 'request-completion-body');
    await expectToBecome(
      async () => (await rows.allInnerTexts()).map((row) => row.trim()).slice(0, 3),
      ['name', 'description', 'userData'],
    );
    await page.keyboard.press('Enter');
    await page.keyboard.type('Fir Clinic');
    assert.deepEqual((await requestOf(fixture, 'Fir Clinic'))['body'], { name: 'Fir Clinic' });
  });

  it('marks a value that the API does not know (E6)', async () => {
    const { page } = fixture;
    await openActivities();
    await writeQuery({ class: 'PRINTER' });
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await screenshot(page, 'request-squiggle');
    await writeQuery({ class: 'DEVICE' });
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor({ state: 'hidden' });
  });

  it('offers today and days ago as dates, and shows on hover how they are sent (E5)', async () => {
    const { page } = fixture;
    await openActivities();
    await writeQuery({ after: '' });
    await placeCursor(fixture, '"after": "');
    await suggestion(page, 'Today');
    await screenshot(page, 'request-completion-dates');
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'));
    const today = day.join('-');
    await chooseSuggestion('Today', new RegExp(today));
    assert.deepEqual((await requestOf(fixture, today))['query'], { after: today });
    await page.locator('.view-line', { hasText: today }).getByText(today).hover();
    const seconds = now.setHours(0, 0, 0, 0) / 1000;
    await page.locator('.monaco-hover', { hasText: `Sent as ${seconds}` }).waitFor();
  });

  it('is copied as PowerShell without a token (E10)', async () => {
    const { page } = fixture;
    await openActivities();
    await runCommand(page, 'NinjaOne: Copy Request As…');
    await quickPick(page, 'PowerShell', { prompt: 'Copy "List activities" As' });
    await toast(page, /Copied as PowerShell/);
    const text = await clipboardText(page);
    assert.match(text, /Invoke-RestMethod/);
    assert.match(text, /\/v2\/activities/);
    assert.match(text, /NINJAONE_ACCESS_TOKEN/);
    assert.doesNotMatch(text, /[\w-]{40,}/);
  });

  it('is sent by its lens, which signs in when it must, and the response is shown (E6)', async () => {
    const { page, sandbox } = fixture;
    await resetExtension(fixture);
    await openActivities();
    await pressSend(fixture, '/v2/activities');
    await lens(page, /^\d{3} · \d+ ms/).waitFor();
    await screenshot(page, 'request-answer');
    assert.equal(tokenTraffic(sandbox).filter((request) => request.path.startsWith('/v2/')).length, 1);
  });

  it('is open again after a reload of the window (E6)', async () => {
    const { page, workbench } = fixture;
    await openActivities();
    await writeQuery({ class: 'DEVICE' });
    await saved(fixture);
    await workbench.reload();
    await lens(page, /^Send to/).waitFor();
    assert.deepEqual((await requestOf(fixture, 'DEVICE'))['query'], { class: 'DEVICE' });
  });

  it('is sent by the palette too (E14)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await openActivities();
    const answered = nextResponse(fixture, '/v2/activities');
    await runCommand(page, 'NinjaOne: Send Request');
    await answered;
    await lens(page, /^\d{3} · \d+ ms/).waitFor();
  });

  it('saves nothing else, not even the other side of a comparison (E6)', async () => {
    const { page, workbench } = fixture;
    const file = path.join(workbench.workspaceDir, 'notes.json');
    await writeFile(file, '{}\n');
    await openActivities();
    const request = await workbench.host.run(async (vscode, name) => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const notes = await vscode.workspace.openTextDocument(vscode.Uri.file(name));
      const edit = new vscode.WorkspaceEdit();
      edit.insert(notes.uri, new vscode.Position(1, 0), 'not saved yet\n');
      await vscode.workspace.applyEdit(edit);
      await vscode.commands.executeCommand('vscode.diff', notes.uri, uri, 'Notes and request');
      return uri?.toString() ?? '';
    }, file);
    await activeTab(page, 'Notes and request').waitFor();
    await writeQuery({ class: 'USER' });
    await expectToBecome(
      () =>
        workbench.host.run(async (vscode, address) => {
          const uri = vscode.Uri.parse(address);
          const isDirty = vscode.workspace.textDocuments.some(
            (each) => each.isDirty && each.uri.toString() === address,
          );
          return isDirty ? '' : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        }, request),
      /"USER"/,
    );
    const isNotesDirty = await workbench.host.run(
      (vscode, name) => vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === name)?.isDirty,
      file,
    );
    assert.equal(isNotesDirty, true);
  });

  it('is closed without a question after it was changed (E6)', async () => {
    const { page } = fixture;
    await openActivities();
    await writeQuery({ class: 'SYSTEM' });
    const tab = page.locator('.tab').first();
    // VS Code drops the command while it saves the document.
    await eventually(async () => {
      await runCommand(page, 'View: Close Editor');
      await tab.waitFor({ state: 'detached', timeout: TIMEOUT.attempt });
    });
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
  });

  function openActivities(): Promise<void> {
    return openOperation(fixture, 'GET /v2/activities');
  }

  function writeQuery(query: object): Promise<void> {
    const request = { $schema: 'ninjaone://schema/GET/v2/activities.json', operation: 'GET /v2/activities', query };
    return writeText(fixture, JSON.stringify(request, undefined, 2));
  }

  /** Presses an entry of the list of suggestions until the document has what it inserts. */
  async function chooseSuggestion(label: string, inserted: RegExp): Promise<void> {
    await eventually(async () => {
      if (!inserted.test(await textOf(fixture))) {
        await (await suggestion(fixture.page, label)).click({ timeout: TIMEOUT.attempt });
        await expectToBecome(() => textOf(fixture), inserted, { timeout: TIMEOUT.attempt });
      }
    });
  }
});

const ACTIVITIES = /GET \/v2\/activities,/;
