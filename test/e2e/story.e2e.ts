import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  activeTab,
  expectToBecome,
  inputField,
  press,
  quickInput,
  revealRow,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemAction,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { editorLine, lens, pressLens } from '../support/requestActions.ts';
import { tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

/**
 * The explorer's main job, from first look to what is taken home, by nothing but what stands on the screen: no command
 * palette, no test agent. What a label says is how it is found.
 */
describe('the main job of the API Explorer, by what is on the screen', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { devices: 60 },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { agent: false },
  }));

  it('is to find an operation, run it, and save its response and a script (E1, E3, E5, E6, E7, E10)', async () => {
    const { page, sandbox, workbench } = fixture;

    // The icon shows every operation, and the filter finds the one that lists devices.
    await press(page.locator('.activitybar').getByRole('tab', { name: 'NinjaOne' }));
    await revealRow(page, /^Devices, \d+ operations/);
    await screenshot(page, 'story-1-explorer');
    await press(page.getByRole('button', { name: 'Filter Operations…' }), {
      hover: page.getByText('API Explorer').first(),
    });
    await page
      .getByPlaceholder('Words to find in method, path, name, tag or parameter')
      .fill('get devices pagesize df');
    await page.keyboard.press('Enter');
    await revealRow(page, DEVICES);
    await screenshot(page, 'story-2-filtered');
    assert.deepEqual(sandbox.requests, []);

    // Run signs in and shows the response as JSON, with what can be done next above it.
    const signIn = await pageOpenedBy(workbench.context, () => treeItemAction(page, DEVICES, 'Run Operation'));
    await screenshot(signIn, 'story-3-sign-in');
    await answerSignIn(signIn);
    await page.bringToFront();
    await lens(page, /^200 · \d+ ms · 60 items$/).waitFor();
    await editorLine(page, /"ACME-DC01"/).waitFor();
    await screenshot(page, 'story-4-answer');

    // Save as CSV… above the response writes a table with every item.
    const table = await saveBy('Save as CSV…', 'devices.csv', 'story-5-save-csv');
    const lines = (await readFile(table, 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 61);
    assert.match(lines[1] ?? '', /ACME-DC01/);
    await toastButton(page, /devices\.csv/, 'Open');
    await activeTab(page, 'devices.csv').waitFor();
    await screenshot(page, 'story-6-csv');

    // The row shows its request, and Save as Script… above it writes a script without a token.
    const before = tokenTraffic(sandbox).length;
    await press(treeItem(page, DEVICES).first());
    await lens(page, /^Send to /).waitFor();
    await screenshot(page, 'story-7-request');
    const file = await saveBy('Save as Script…', 'devices.ps1', 'story-8-save-script');
    const script = await readFile(file, 'utf8');
    assert.match(script, /\/v2\/devices/);
    assert.match(script, /\$env:NINJAONE_ACCESS_TOKEN/);
    assert.doesNotMatch(script, /[\w-]{43,}/);
    await toastButton(page, /devices\.ps1/, 'Open');
    await activeTab(page, 'devices.ps1').waitFor();
    await screenshot(page, 'story-9-script');
    assert.equal(tokenTraffic(sandbox).length, before);
  });

  /** Presses the lens, and types where to save into the dialog that it opens; answers the file once it is written. */
  async function saveBy(title: string, name: string, picture: string): Promise<string> {
    const { page, workbench } = fixture;
    await pressLens(page, title, quickInput(page));
    // The dialog fills in its proposal once it has looked at the folder.
    await expectToBecome(
      () => inputField(page).inputValue(),
      (value) => value.endsWith(path.extname(name)),
    );
    const file = path.join(workbench.workspaceDir, name);
    await typeInto(page, file);
    await screenshot(page, picture);
    await inputField(page).press('Enter');
    await toast(page, new RegExp(name.replace('.', '\\.')));
    return file;
  }
});

const DEVICES = /GET \/v2\/devices,/;
