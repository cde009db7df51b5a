import assert from 'node:assert/strict';
import {
  captureFailures,
  inputBox,
  openView,
  runCommand,
  screenshot,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import { openDesk, tokenTraffic, type Desk } from '../support/useWorkbench.ts';
import { lens, requestOf, textOf } from '../support/requestActions.ts';

describe('a person explores the API with the keyboard alone', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
      workbench: { userSettings: { 'editor.formatOnSave': true, 'files.trimTrailingWhitespace': true } },
    });
    await openView(desk.page, 'NinjaOne');
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  it('E5, E14: Enter on a group closes and opens it', async () => {
    const { page, sandbox } = desk;
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

  it('E5, E14: Enter on an operation that reads sends it', async () => {
    const { page, sandbox } = desk;
    await focusRow('get organizations pageSize', /^Organizations, 2 operations/, /GET \/v2\/organizations,/);
    const answered = sandbox.nextResponse((request) => request.path === '/v2/organizations');
    await page.keyboard.press('Enter');
    await answered;
    await page.bringToFront();
    await lens(page, /^200 · /).waitFor();
    assert.equal(await page.locator('.tab').count(), 1);
    await runCommand(page, 'View: Close Editor');
  });

  it('E5: a click after it opens the operation, and sends nothing', async () => {
    const { page, sandbox } = desk;
    const before = sandbox.requests.length;
    await treeItem(page, /GET \/v2\/organizations,/)
      .last()
      .click();
    await lens(page, /^Send to/).waitFor();
    assert.equal(sandbox.requests.length, before);
    await runCommand(page, 'View: Close Editor');
  });

  it('E5, E9: Enter on an operation that changes something opens it, and sends nothing', async () => {
    const { page, sandbox } = desk;
    const before = sandbox.requests.length;
    await focusRow('POST /v2/organizations', /^Organizations, 1 operation/, /POST \/v2\/organizations,/);
    await page.keyboard.press('Enter');
    await lens(page, /^Send to/).waitFor();
    assert.equal((await requestOf(desk, 'POST /v2/organizations'))['operation'], 'POST /v2/organizations');
    await screenshot(page, 'keyboard-enter-write');
    assert.equal(sandbox.requests.length, before);
  });

  it('E6: what is typed is neither formatted nor trimmed while it is saved', async () => {
    const { page } = desk;
    await page.locator('.editor-container .view-line').last().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('End');
    const before = await textOf(desk);
    await page.keyboard.press('Enter');
    await page.keyboard.type('   ');
    const typed = before.replace('{\n', '{\n     \n');
    await stored(desk, typed);
    assert.equal(await textOf(desk), typed);
  });

  /** Filters, and moves the focus from the first row downwards to the one that is wanted. */
  const focusRow = async (filter: string, group: RegExp, row: RegExp): Promise<void> => {
    const { page, workbench } = desk;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBox(page, filter);
    // Rows that are drawn again lose the focus, so what the filter leaves is there first.
    await treeItem(page, group).last().waitFor();
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
async function stored({ workbench }: Desk, text: string): Promise<void> {
  await workbench.host.run(async (vscode, expected) => {
    const document = vscode.window.activeTextEditor?.document;
    const decoder = new TextDecoder();
    while (document && decoder.decode(await vscode.workspace.fs.readFile(document.uri)) !== expected) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, text);
}
