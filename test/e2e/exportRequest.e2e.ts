import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  expectToastButtons,
  inputBox,
  openView,
  quickInput,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { lens, pressLens } from '../support/requestActions.ts';
import { clearToasts, clipboardText, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

const SAVE = 'Save as PowerShell Script';

describe('a person takes a request away', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await runCommand(fixture.page, 'NinjaOne: Filter Operations…');
    await inputBox(fixture.page, 'get devices pageSize df');
    await treeItem(fixture.page, /GET \/v2\/devices,/).click();
    await lens(fixture.page, /^Send to/).waitFor();
  });

  for (const [target, content] of [
    ['curl (bash)', /^curl --globoff/],
    ['PowerShell', /Invoke-RestMethod/],
  ] as const) {
    it(`a click on Copy as… offers the targets; ${target} is on the clipboard without a token (E10)`, async () => {
      const { page, sandbox } = fixture;
      await pressLens(page, 'Copy as…', quickInput(page, 'Copy Get devices as'));
      await screenshot(page, `take-away-copy-as`);
      await quickPick(page, target, { prompt: 'Copy Get devices as' });
      await expectToastButtons(page, `Copied as ${target}`, ['Open']);
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
      await clearToasts(fixture);
    });
  }

  for (const [way, act] of [
    ['a click on the lens', () => pressLens(fixture.page, /^Save as PowerShell/, quickInput(fixture.page, SAVE))],
    ['the menu of its row', () => treeItemMenu(fixture.page, /GET \/v2\/devices,/, 'Save as PowerShell Script…')],
  ] as const) {
    it(`${way} saves a script that takes values as parameters, signs in and reads every page (E10)`, async () => {
      const { page, sandbox, workbench } = fixture;
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
      await clearToasts(fixture);
    });
  }
});
