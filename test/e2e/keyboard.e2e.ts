import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  dismissPopups,
  eventually,
  expectToBecome,
  openView,
  pickRows,
  press,
  quickInput,
  screenshot,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import { accessibilityViolations } from '../support/axe.ts';
import { lens, openOperation, requestOf, saved, textOf } from '../support/requestActions.ts';
import { beginInHost, nextResponse, runInHost, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, keepFilter } from '../support/workbenchState.ts';

/**
 * VS Code writes the label and the description of a row without a space between them, so that every accessible name with
 * words for the description breaks this rule, such as "Devices, 38 operations" for "Devices38".
 */
const NAME_RULE = 'label-content-name-mismatch';

describe('the API Explorer by keyboard', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { userSettings: { 'editor.formatOnSave': true, 'files.trimTrailingWhitespace': true } },
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  it('closes and opens a group with Enter (E5, E14)', async () => {
    const { page, sandbox } = fixture;
    await focusRow('get organizations pageSize', /^Organizations, 3 operations/, /^Organizations, 3 operations/);
    const group = page.locator('.monaco-list-row.focused[aria-expanded]');
    await page.locator('.monaco-list-row.focused[aria-expanded="true"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-list-row.focused[aria-expanded="false"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.monaco-list-row.focused[aria-expanded="true"]').waitFor();
    assert.equal(await group.count(), 1);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('sends an operation that reads with Enter (E5, E14)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await focusRow('get organizations pageSize', /^Organizations, 3 operations/, /GET \/v2\/organizations,/);
    const answered = nextResponse(fixture, '/v2/organizations');
    await page.keyboard.press('Enter');
    await answered;
    await lens(page, /^200 · /).waitFor();
    assert.equal(await page.locator('.tab').count(), 1);
  });

  it('opens an operation with a click and sends nothing (E5)', async () => {
    const { page, sandbox } = fixture;
    await keepFilter(fixture, 'get organizations pageSize');
    await press(treeItem(page, /GET \/v2\/organizations,/).last());
    await lens(page, /^Send to/).waitFor();
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('opens an operation that changes data with Enter and sends nothing (E5, E9)', async () => {
    const { page, sandbox } = fixture;
    await focusRow('POST /v2/organizations', /^Organizations, 1 operation/, /POST \/v2\/organizations,/);
    await page.keyboard.press('Enter');
    await lens(page, /^Send to/).waitFor();
    assert.equal((await requestOf(fixture, 'POST /v2/organizations'))['operation'], 'POST /v2/organizations');
    await screenshot(page, 'keyboard-enter-write');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  for (const [part, selector, showOurs, showPlain] of [
    [
      'the views',
      '.part.sidebar',
      async (): Promise<void> => {
        await openView(fixture.page, 'NinjaOne');
        await treeItem(fixture.page, /^Organizations, /).waitFor();
      },
      async (): Promise<void> => {
        await writeFile(path.join(fixture.workbench.workspaceDir, 'plain.txt'), '');
        await openView(fixture.page, 'Explorer');
        await treeItem(fixture.page, /plain\.txt/).waitFor();
      },
    ],
    [
      'the lists',
      '.quick-input-widget',
      async (): Promise<void> => {
        await beginInHost(fixture, 'ninjaone.explorer.goToOperation');
        await quickInput(fixture.page, 'Go to which operation?').waitFor();
        await pickRows(fixture.page).filter({ hasText: 'GET /v2/' }).first().waitFor();
      },
      async (): Promise<void> => {
        await beginInHost(fixture, 'workbench.action.quickOpen', '>NinjaOne: ');
        await pickRows(fixture.page).filter({ hasText: 'NinjaOne' }).first().waitFor();
      },
    ],
  ] as const) {
    it(`breaks no rule of accessibility in ${part} that VS Code does not break itself (E14)`, async () => {
      const { page } = fixture;
      await showPlain();
      const plain = new Set((await accessibilityViolations(page, selector)).map(({ rule }) => rule));
      await dismissPopups(page);
      await showOurs();
      const ours = await accessibilityViolations(page, selector);
      assert.deepEqual(
        ours.filter(({ rule }) => !plain.has(rule) && rule !== NAME_RULE),
        [],
      );
    });
  }

  it('saves what is typed without formatting or trimming it (E6)', async () => {
    const { page } = fixture;
    await openOperation(fixture, 'POST /v2/organizations');
    await page.locator('.editor-container .view-line').last().click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('End');
    const before = await expectToBecome(() => textOf(fixture), /POST \/v2\/organizations/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('   ');
    const typed = before.replace('{\n', '{\n     \n');
    await expectToBecome(() => saved(fixture), typed);
  });

  /** Filters, and moves the focus from the first row downwards to the one that is wanted. */
  async function focusRow(filter: string, group: RegExp, row: RegExp): Promise<void> {
    const { page } = fixture;
    await keepFilter(fixture, filter);
    // Rows that are drawn again lose the focus, so what the filter leaves is there first.
    await treeItem(page, group).last().waitFor();
    const focused = treeItem(page, row).and(page.locator('.focused')).first();
    await runInHost(fixture, 'ninjaone.explorer.focus');
    await page.keyboard.press('Home');
    await eventually(async () => {
      if (!(await focused.isVisible())) {
        await page.keyboard.press('ArrowDown');
        await focused.waitFor({ timeout: 700 });
      }
    });
  }
});
