import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import { revealRow, screenshot, toast, treeItem } from '../../tooling/workbenchDriver.ts';
import { tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';

/**
 * The explorer's main job, from first look to what is taken home, by nothing but what stands on the screen: no command
 * palette, no test agent. What a label says is how it is found.
 */
describe('a person finds, reads and takes away, by what is on the screen', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { devices: 60 },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { agent: false },
  }));

  it('the icon shows every operation, and the filter finds the one that lists devices (E1, E3)', async () => {
    const { page, sandbox } = fixture;
    await page.locator('.activitybar').getByRole('tab', { name: 'NinjaOne' }).click();
    await revealRow(page, /^Devices, \d+ operations/);
    await screenshot(page, 'story-1-explorer');
    await page.getByText('API Explorer').first().hover();
    await page.getByRole('button', { name: 'Filter Operations…' }).click();
    await page
      .getByPlaceholder('Words to find in method, path, name, tag or parameter')
      .fill('get devices pagesize df');
    await page.keyboard.press('Enter');
    await revealRow(page, /GET \/v2\/devices,/);
    await screenshot(page, 'story-2-filtered');
    assert.deepEqual(sandbox.requests, []);
  });

  it('Run signs in and shows the answer as JSON, with what can be done next above it (E5, E7)', async () => {
    const { page, workbench } = fixture;
    const row = treeItem(page, /GET \/v2\/devices,/);
    const signIn = await pageOpenedBy(workbench.context, async () => {
      await row.hover();
      await row.getByRole('button', { name: 'Run Operation' }).click();
    });
    await screenshot(signIn, 'story-3-sign-in');
    await answerSignIn(signIn);
    await page.bringToFront();
    await above(/^200 · \d+ ms · .+ · 60 items$/).waitFor();
    await page.locator('.view-line').filter({ hasText: '"ACME-DC01"' }).first().waitFor();
    await screenshot(page, 'story-4-answer');
  });

  it('Save as CSV… above the answer writes a table with every item (E7)', async () => {
    const { page } = fixture;
    const file = await saveBy('Save as CSV…', 'devices.csv', 'story-5-save-csv');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    assert.equal(lines.length, 61);
    assert.match(lines[1] ?? '', /ACME-DC01/);
    await (await toast(page, /Saved/)).getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('.tab.active').filter({ hasText: 'devices.csv' }).waitFor();
    await screenshot(page, 'story-6-csv');
  });

  it('the row shows its request, and Save as PowerShell Script… above it writes a script without a token (E6, E10)', async () => {
    const { page, sandbox } = fixture;
    const before = tokenTraffic(sandbox).length;
    await treeItem(page, /GET \/v2\/devices,/)
      .first()
      .click();
    await above(/^Send to /).waitFor();
    await screenshot(page, 'story-7-request');
    const file = await saveBy('Save as PowerShell Script…', 'devices.ps1', 'story-8-save-script');
    const script = await readFile(file, 'utf8');
    assert.match(script, /\/v2\/devices/);
    assert.match(script, /\$env:NINJAONE_ACCESS_TOKEN/);
    assert.doesNotMatch(script, /[\w-]{43,}/);
    await (await toast(page, /devices\.ps1/)).getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('.tab.active').filter({ hasText: 'devices.ps1' }).waitFor();
    await screenshot(page, 'story-9-script');
    assert.equal(tokenTraffic(sandbox).length, before);
  });

  /** A line above the document that is looked at. */
  function above(title: string | RegExp): Locator {
    return fixture.page.locator('.codelens-decoration > *').filter({ hasText: title }).first();
  }

  /** Presses the line, and types where to save into the dialog that it opens; answers the file once it is written. */
  async function saveBy(title: string, name: string, picture: string): Promise<string> {
    const { page, workbench } = fixture;
    const field = page.locator('.quick-input-widget input').filter({ visible: true });
    // A press on a line that is being drawn again at that moment is lost, and a person presses once more.
    for (let attempt = 1; attempt <= 3 && !(await field.isVisible()); attempt += 1) {
      await above(title).click();
      await field.waitFor({ timeout: 5_000 }).catch(() => {});
    }
    // The dialog fills in its proposal once it has looked at the folder.
    await page.waitForFunction(
      `document.querySelector('.quick-input-widget input')?.value.endsWith('${path.extname(name)}')`,
    );
    const file = path.join(workbench.workspaceDir, name);
    await field.fill(file);
    await screenshot(page, picture);
    await page.keyboard.press('Enter');
    await toast(page, new RegExp(name.replace('.', '\\.')));
    return file;
  }
});
