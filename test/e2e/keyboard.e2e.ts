import assert from 'node:assert/strict';
import { inputBox, openView, revealRow, runCommand, screenshot, treeItem } from '../../tooling/workbenchDriver.ts';
import { lens, requestOf, textOf } from '../support/requestActions.ts';
import { type WorkbenchFixture, nextAnswer, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

describe('a person explores the API with the keyboard alone', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { userSettings: { 'editor.formatOnSave': true, 'files.trimTrailingWhitespace': true } },
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('Enter on a group closes and opens it (E5, E14)', async () => {
    const { page, sandbox } = fixture;
    await focusRow('get organizations pageSize', /^Organizations, 2 operations/, /^Organizations, 2 operations/);
    const group = page.locator('.monaco-list-row.focused[aria-expanded]');
    await page.locator('.monaco-list-row.focused[aria-expanded="true"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-list-row.focused[aria-expanded="false"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-list-row.focused[aria-expanded="true"]').waitFor();
    assert.equal(await group.count(), 1);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('Enter on an operation that reads sends it (E5, E14)', async () => {
    const { page, sandbox } = fixture;
    await focusRow('get organizations pageSize', /^Organizations, 2 operations/, /GET \/v2\/organizations,/);
    const answered = nextAnswer(fixture, '/v2/organizations');
    await page.keyboard.press('Enter');
    await answered;
    await page.bringToFront();
    await lens(page, /^200 · /).waitFor();
    assert.equal(await page.locator('.tab').count(), 1);
    await runCommand(page, 'View: Close Editor');
  });

  it('a click after it opens the operation, and sends nothing (E5)', async () => {
    const { page, sandbox } = fixture;
    const before = sandbox.requests.length;
    await treeItem(page, /GET \/v2\/organizations,/)
      .last()
      .click();
    await lens(page, /^Send to/).waitFor();
    assert.equal(sandbox.requests.length, before);
    await runCommand(page, 'View: Close Editor');
  });

  it('Enter on an operation that changes something opens it, and sends nothing (E5, E9)', async () => {
    const { page, sandbox } = fixture;
    const before = sandbox.requests.length;
    await focusRow('POST /v2/organizations', /^Organizations, 1 operation/, /POST \/v2\/organizations,/);
    await page.keyboard.press('Enter');
    await lens(page, /^Send to/).waitFor();
    assert.equal((await requestOf(fixture, 'POST /v2/organizations'))['operation'], 'POST /v2/organizations');
    await screenshot(page, 'keyboard-enter-write');
    assert.equal(sandbox.requests.length, before);
  });

  it('what is typed is neither formatted nor trimmed while it is saved (E6)', async () => {
    const { page } = fixture;
    await page.locator('.editor-container .view-line').last().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('End');
    const before = await textOf(fixture);
    await page.keyboard.press('Enter');
    await page.keyboard.type('   ');
    const typed = before.replace('{\n', '{\n     \n');
    await stored(fixture, typed);
    assert.equal(await textOf(fixture), typed);
  });

  /** Filters, and moves the focus from the first row downwards to the one that is wanted. */
  const focusRow = async (filter: string, group: RegExp, row: RegExp): Promise<void> => {
    const { page, workbench } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBox(page, filter);
    // Rows that are drawn again lose the focus, so what the filter leaves is there first.
    await revealRow(page, group).last();
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.focus');
    });
    const focused = treeItem(page, row).and(page.locator('.focused'));
    for (let attempt = 1; attempt <= 10 && !(await focused.first().isVisible()); attempt += 1) {
      await page.keyboard.press('ArrowDown');
      await focused
        .first()
        .waitFor({ timeout: 700 })
        .catch(() => {});
    }
    await focused.first().waitFor();
  };
});

/** Waits until the draft that is being edited is stored with this text. */
async function stored({ workbench }: WorkbenchFixture, text: string): Promise<void> {
  await workbench.host.run(async (vscode, expected) => {
    const document = vscode.window.activeTextEditor?.document;
    const decoder = new TextDecoder();
    while (document && decoder.decode(await vscode.workspace.fs.readFile(document.uri)) !== expected) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, text);
}
