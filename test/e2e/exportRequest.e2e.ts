import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  activeTab,
  expectToastButtons,
  inputBox,
  openView,
  quickInput,
  quickPick,
  screenshot,
  toast,
  toastButton,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, openOperation, pressLens } from '../support/requestActions.ts';
import { clipboardText, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { keepFilter } from '../support/workbenchState.ts';

const SAVE = 'Save as PowerShell Script';

describe('the export of a request', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await keepFilter(fixture, 'get devices pageSize df');
  });

  beforeEach(() => openOperation(fixture, 'GET /v2/devices'));

  for (const [target, content] of [
    ['curl (bash)', /^ *curl --globoff/m],
    ['PowerShell', /Invoke-RestMethod/],
  ] as const) {
    it(`copies the request as ${target} without a token (E10)`, async () => {
      const { page, sandbox } = fixture;
      await pressLens(page, 'Copy As…', quickInput(page, 'Copy "List devices" As'));
      await screenshot(page, `take-away-copy-as`);
      await quickPick(page, target, { prompt: 'Copy "List devices" As' });
      await expectToastButtons(page, `Copied as ${target}`, ['Open']);
      await screenshot(page, 'take-away-copied');
      const text = await clipboardText(page);
      assert.match(text, content);
      assert.match(text, /NINJAONE_ACCESS_TOKEN/);
      assert.doesNotMatch(text, /[\w-]{40,}/);
      assert.deepEqual(tokenTraffic(sandbox), []);
      await toastButton(page, `Copied as ${target}`, 'Open');
      await editorLine(page, /NINJAONE_ACCESS_TOKEN/).waitFor();
      await screenshot(page, 'take-away-opened');
    });
  }

  for (const [way, act] of [
    ['the lens', () => pressLens(fixture.page, /^Save as Script/, quickInput(fixture.page, SAVE))],
    ['the menu of its row', () => treeItemMenu(fixture.page, /GET \/v2\/devices,/, 'Save as PowerShell Script…')],
  ] as const) {
    it(`saves a script that takes parameters, signs in and reads every page, from ${way} (E10)`, async () => {
      const { page, sandbox, workbench } = fixture;
      const file = path.join(workbench.workspaceDir, `${way.replaceAll(' ', '-')}.ps1`);
      await act();
      await quickInput(page, SAVE).waitFor();
      await screenshot(page, 'take-away-save-script');
      await inputBox(page, file, { prompt: SAVE });
      await toast(page, `Saved as ${path.basename(file)}`);
      const text = await readFile(file, 'utf8');
      assert.match(text, /^\ufeff#Requires -Version 5\.1/);
      assert.match(text, /param\(\n {4}\[string\] \$Instance = 'http:\/\/127\.0\.0\.1:\d+'/);
      assert.match(text, /\$env:NINJAONE_ACCESS_TOKEN/);
      assert.match(text, /@\{ Name = 'after'; Value = \$NextCursor \}/);
      assert.match(text, /while|do \{/);
      assert.doesNotMatch(text, /[A-Za-z0-9_-]{43,}/);
      assert.deepEqual(tokenTraffic(sandbox), []);
      await screenshot(page, 'take-away-saved-script');
      await toastButton(page, `Saved as ${path.basename(file)}`, 'Open');
      await activeTab(page, path.basename(file)).waitFor();
      await screenshot(page, 'take-away-script');
    });
  }
});
