import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import {
  inputBox,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import { lens, pressLens, requestOf, saved, writeText } from '../support/requestActions.ts';
import {
  type WorkbenchFixture,
  clearToasts,
  clipboardText,
  nextAnswer,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';

describe('a person edits a request document', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('a click opens the document of an operation as a preview, and nothing is sent (E5)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBox(page, 'get activities class');
    await treeItem(page, /GET \/v2\/activities,/).click();
    await lens(page, /^Send to .+ · 127\.0\.0\.1:\d+$/).waitFor();
    await page.locator('.tab.active .monaco-icon-label.italic').waitFor();
    assert.deepEqual(await requestOf(fixture, 'GET /v2/activities'), {
      $schema: 'ninjaone://schema/GET/v2/activities.json',
      operation: 'GET /v2/activities',
      query: {},
    });
    await screenshot(page, 'request-document');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('names and values of the query are completed (E6)', async () => {
    const { page } = fixture;
    await page.locator('.editor-container .view-line').last().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await suggestion(page, 'olderThan');
    await screenshot(page, 'request-completion-names');
    await (await suggestion(page, 'class')).click();
    const value = await suggestion(page, '"DEVICE"');
    await screenshot(page, 'request-completion-values');
    await value.click();
    await page.locator('.editor-container .view-line').filter({ hasText: 'DEVICE' }).waitFor();
    assert.deepEqual((await requestOf(fixture, 'DEVICE'))['query'], { class: 'DEVICE' });
  });

  it('a value that the API does not know is marked (E6)', async () => {
    const { page } = fixture;
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'PRINTER' } });
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor();
    await screenshot(page, 'request-squiggle');
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'DEVICE' } });
    await page.locator('.squiggly-warning, .squiggly-error').first().waitFor({ state: 'hidden' });
  });

  it('a date is offered as today and days ago, in the form in which it is sent (E5)', async () => {
    const { page, workbench } = fixture;
    await write(fixture, { operation: 'GET /v2/activities', query: { after: '' } });
    await workbench.host.run((vscode) => {
      const editor = vscode.window.activeTextEditor;
      const place = editor?.document.positionAt(editor.document.getText().indexOf('""') + 1);
      if (editor && place) {
        editor.selection = new vscode.Selection(place, place);
      }
    });
    await page
      .locator('.editor-container .monaco-editor textarea, .editor-container .native-edit-context')
      .first()
      .focus();
    const today = await suggestion(page, 'Today');
    await screenshot(page, 'request-completion-dates');
    await today.click();
    const seconds = new Date().setHours(0, 0, 0, 0) / 1000;
    await page
      .locator('.editor-container .view-line')
      .filter({ hasText: String(seconds) })
      .waitFor();
    assert.deepEqual((await requestOf(fixture, String(seconds)))['query'], { after: String(seconds) });
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'DEVICE' } });
  });

  it('Copy as PowerShell puts a command without a token on the clipboard (E10)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Copy Request as…');
    await quickPick(page, 'PowerShell', { prompt: 'Copy Get activities as' });
    await toast(page, /Copied as PowerShell/);
    const text = await clipboardText(page);
    assert.match(text, /Invoke-RestMethod/);
    assert.match(text, /\/v2\/activities/);
    assert.match(text, /NINJAONE_ACCESS_TOKEN/);
    assert.doesNotMatch(text, /[\w-]{40,}/);
    await clearToasts(fixture);
  });

  it('Send in the line above signs in when it must, and the answer is shown (E6)', async () => {
    const { page, sandbox } = fixture;
    const answered = nextAnswer(fixture, '/v2/activities');
    await pressLens(
      page,
      /^Send to/,
      nextAnswer(fixture, () => true),
    );
    await answered;
    // The sign-in opened a page of its own; only the one in front has the clipboard.
    await page.bringToFront();
    await lens(page, /^\d{3} · \d+ ms/).waitFor();
    await screenshot(page, 'request-answer');
    assert.equal(tokenTraffic(sandbox).filter((request) => request.path.startsWith('/v2/')).length, 1);
    await runCommand(page, 'View: Close Editor');
  });

  it('what is open is there again after the window was reloaded (E6)', async () => {
    const { page, workbench } = fixture;
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'DEVICE' } });
    await saved(fixture);
    await workbench.reload();
    await lens(page, /^Send to/).waitFor();
    assert.deepEqual((await requestOf(fixture, 'DEVICE'))['query'], { class: 'DEVICE' });
  });

  it('the palette sends it too (E14)', async () => {
    const { page, sandbox } = fixture;
    const answered = nextAnswer(fixture, '/v2/activities');
    await runCommand(page, 'NinjaOne: Send Request');
    await answered;
    await lens(page, /^\d{3} · \d+ ms/).waitFor();
    await runCommand(page, 'View: Close Editor');
  });

  it('nothing else is saved with it, not even the other side of a comparison (E6)', async () => {
    const { page, workbench } = fixture;
    const file = path.join(workbench.workspaceDir, 'notes.json');
    await writeFile(file, '{}\n');
    await workbench.host.run(async (vscode, name) => {
      const request = vscode.window.activeTextEditor?.document.uri;
      const notes = await vscode.workspace.openTextDocument(vscode.Uri.file(name));
      const edit = new vscode.WorkspaceEdit();
      edit.insert(notes.uri, new vscode.Position(1, 0), 'not saved yet\n');
      await vscode.workspace.applyEdit(edit);
      await vscode.commands.executeCommand('vscode.diff', notes.uri, request, 'Notes and request');
    }, file);
    await page.locator('.tab.active').filter({ hasText: 'Notes and request' }).waitFor();
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'USER' } });
    const isSaved = await workbench.host.run(async (vscode, name) => {
      const { textDocuments, fs } = vscode.workspace;
      const request = textDocuments.find((each) => each.uri.scheme === 'ninjaone-request');
      const decoder = new TextDecoder();
      while (request && (request.isDirty || !decoder.decode(await fs.readFile(request.uri)).includes('"USER"'))) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const notes = textDocuments.find(({ uri }) => uri.fsPath === name);
      const wasSaved = !notes?.isDirty;
      await notes?.save();
      return wasSaved;
    }, file);
    assert.equal(isSaved, false);
    await runCommand(page, 'View: Close Editor');
    await page.locator('.tab').filter({ hasText: 'Notes and request' }).waitFor({ state: 'detached' });
    await workbench.host.run(async (vscode) => {
      const { tabGroups } = vscode.window;
      const isClosed = (): boolean =>
        tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputText &&
        vscode.window.visibleTextEditors.length === 1;
      while (!isClosed()) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
  });

  it('closing one that was changed asks nothing (E6)', async () => {
    const { page } = fixture;
    await write(fixture, { operation: 'GET /v2/activities', query: { class: 'SYSTEM' } });
    await runCommand(page, 'View: Close Editor');
    await page.locator('.tab').first().waitFor({ state: 'detached' });
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
  });
});

/** The entry of the list of suggestions; asks for the list until the language server has the schema. */
async function suggestion(page: Page, label: string): Promise<Locator> {
  const row = page.locator('.suggest-widget .monaco-list-row').filter({ hasText: label }).first();
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await page.keyboard.press('Control+Space');
    const isListed = await row.waitFor({ timeout: 1_500 }).then(
      () => true,
      () => false,
    );
    if (isListed) {
      return row;
    }
    await page.keyboard.press('Escape');
  }
  throw new Error(`"${label}" is not suggested.`);
}

async function write(fixture: WorkbenchFixture, request: object): Promise<void> {
  await writeText(
    fixture,
    JSON.stringify({ $schema: 'ninjaone://schema/GET/v2/activities.json', ...request }, undefined, 2),
  );
}
