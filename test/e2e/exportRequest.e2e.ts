import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  captureFailures,
  inputBox,
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import {
  clearToasts,
  clipboardText,
  openDesk,
  quickInput,
  toastButtons,
  tokenTraffic,
  type Desk,
} from '../support/useWorkbench.ts';
import { lens, pressLens } from '../support/requestActions.ts';

const SAVE = 'Save as PowerShell Script';

describe('a person takes a request away', () => {
  let desk: Desk;

  before(async () => {
    desk = await openDesk({
      sandbox: { autoApprove: true },
      connections: (sandbox) => sandbox.connections.slice(0, 1),
    });
    await openView(desk.page, 'NinjaOne');
    await runCommand(desk.page, 'NinjaOne: Filter Operations…');
    await inputBox(desk.page, 'get devices pageSize df');
    await treeItem(desk.page, /GET \/v2\/devices,/).click();
    await lens(desk.page, /^Send to/).waitFor();
  });

  after(() => desk.clear());
  captureFailures(() => desk.workbench.context.pages());

  for (const [target, content] of [
    ['curl (bash)', /^curl --globoff/],
    ['PowerShell', /Invoke-RestMethod/],
  ] as const) {
    it(`E10: a click on Copy as… offers the targets; ${target} is on the clipboard without a token`, async () => {
      const { page, sandbox } = desk;
      await pressLens(page, 'Copy as…', quickInput(page, 'Copy Get devices as'));
      await screenshot(page, `take-away-copy-as`);
      await quickPick(page, target, { prompt: 'Copy Get devices as' });
      assert.deepEqual(await toastButtons(page, `Copied as ${target}`), ['Open']);
      await screenshot(page, 'take-away-copied');
      const text = await clipboardText(page);
      assert.match(text, content);
      assert.match(text, /NINJAONE_ACCESS_TOKEN/);
      assert.doesNotMatch(text, /[\w-]{40,}/);
      assert.deepEqual(tokenTraffic(sandbox), []);
      await toastButton(page, `Copied as ${target}`, 'Open');
      await page.locator('.view-line').filter({ hasText: 'NINJAONE_ACCESS_TOKEN' }).first().waitFor();
      await screenshot(page, 'take-away-opened');
      await runCommand(page, 'View: Revert and Close Editor');
      await clearToasts(page);
    });
  }

  for (const [way, act] of [
    ['a click on the lens', () => pressLens(desk.page, /^Save as PowerShell/, quickInput(desk.page, SAVE))],
    ['the menu of its row', () => treeItemMenu(desk.page, /GET \/v2\/devices,/, 'Save as PowerShell Script…')],
  ] as const) {
    it(`E10: ${way} saves a script that takes values as parameters, signs in and reads every page`, async () => {
      const { page, sandbox, workbench } = desk;
      const file = path.join(workbench.workspaceDir, `${way.replaceAll(' ', '-')}.ps1`);
      await act();
      await quickInput(page, SAVE).waitFor();
      await screenshot(page, 'take-away-save-script');
      await inputBox(page, file, { prompt: SAVE });
      const saved = await toast(page, `Saved as ${path.basename(file)}`);
      const text = await readFile(file, 'utf8');
      assert.match(text, /^\ufeff#Requires -Version 5\.1/);
      assert.match(text, /param\(\n {4}\[string\] \$Instance = 'http:\/\/127\.0\.0\.1:\d+'/);
      assert.match(text, /\$env:NINJAONE_ACCESS_TOKEN/);
      assert.match(text, /\$query\['after'\] = \[string\] \$Cursor/);
      assert.match(text, /while|do \{/);
      assert.doesNotMatch(text, /[A-Za-z0-9_-]{43,}/);
      assert.deepEqual(tokenTraffic(sandbox), []);
      await screenshot(page, 'take-away-saved-script');
      await saved.getByRole('button', { name: 'Open', exact: true }).click();
      await page
        .locator('.tab.active')
        .filter({ hasText: path.basename(file) })
        .waitFor();
      await screenshot(page, 'take-away-script');
      await runCommand(page, 'View: Close Editor');
      await clearToasts(page);
    });
  }

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});
