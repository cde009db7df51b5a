import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import {
  inputBox,
  inputBoxMessage,
  openView,
  quickPick,
  quickPickLabels,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemAction,
  treeItemMenu,
  typeInto,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { changeConnection, clearToasts, deskOfSuite, quickInput, tokenTraffic } from '../support/useWorkbench.ts';
import { lens } from '../support/requestActions.ts';

const ORGANIZATIONS = /GET \/v2\/organizations,/;
const FOREIGN = 'Says **bold** and [press](https://example.com) <b>here</b>';

describe('a person works in the tree of operations', () => {
  const desk = deskOfSuite(() => ({
    sandbox: { autoApprove: true, liveSpec: { description: FOREIGN } },
    connections: (sandbox) => [...sandbox.connections.slice(0, 1), ...sandbox.connections.slice(3, 4)],
  }));

  it('E3: a favorite is on top, is said in the label of its row, and is taken away again', async () => {
    const { page, sandbox } = desk;
    await openView(page, 'NinjaOne');
    await keepFilter('get organizations pageSize');
    assert.equal(await treeItem(page, /, favorite$/).count(), 0);
    await treeItemMenu(page, ORGANIZATIONS, 'Add to Favorites');
    await treeItem(page, /^Favorites, 1 operations?$/).waitFor();
    await treeItem(page, /GET \/v2\/organizations, reads, needs monitoring, favorite$/)
      .nth(1)
      .waitFor();
    await screenshot(page, 'tree-favorite');
    await treeItem(page, ORGANIZATIONS).first().click({ button: 'right' });
    assert.deepEqual(await menuEntries(), [
      'Open Operation…',
      'Run Operation Enter',
      'Remove from Favorites',
      'Copy Operation as…',
      'Save as PowerShell Script…',
    ]);
    await screenshot(page, 'tree-menu');
    await page.keyboard.press('Escape');
    await runCommand(page, 'NinjaOne: Remove from Favorites');
    await quickPick(page, 'Get organizations', { prompt: 'Which operation?' });
    await treeItem(page, /^Favorites/).waitFor({ state: 'detached' });
    await treeItem(page, ORGANIZATIONS)
      .and(treeItem(page, /needs monitoring$/))
      .waitFor();
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('E3: Escape in the tree takes away a filter that Enter kept; the selected row stays selected and in sight', async () => {
    const { page, workbench } = desk;
    await viewMessage(page, /Esc clears/).waitFor();
    await treeItem(page, ORGANIZATIONS).click();
    await lens(page, /^Send to/).waitFor();
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('ninjaone.explorer.focus');
    });
    await page.keyboard.press('Escape');
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
    const selected = treeItem(page, ORGANIZATIONS).and(page.locator('[aria-selected="true"]'));
    await selected.waitFor();
    await treeItem(page, /^Organizations, \d+/).waitFor();
    assert.ok(await isInSight(selected));
    await screenshot(page, 'tree-filter-escaped');
    await runCommand(page, 'View: Close Editor');
  });

  it('E3: what was run is on top as Recent', async () => {
    const { page, sandbox } = desk;
    await keepFilter('get organizations pageSize');
    const answered = sandbox.nextResponse(({ path }) => path === '/v2/organizations');
    await treeItemAction(page, ORGANIZATIONS, 'Run Operation');
    await answered;
    await page.bringToFront();
    await lens(page, /^200 · /).waitFor();
    await treeItem(page, /^Recent, 1 operations?$/).waitFor();
    await screenshot(page, 'tree-recent');
    await runCommand(page, 'View: Close Editor');
  });

  it('E2, E3: the tooltip has description, parameters, scope and kind; what the instance says is plain text', async () => {
    const { page } = desk;
    await page.mouse.move(700, 400);
    await page.locator('.hover-contents').waitFor({ state: 'hidden' });
    await treeItem(page, ORGANIZATIONS).last().hover();
    const hover = page.locator('.hover-contents').filter({ hasText: 'Needs: monitoring' });
    await hover.waitFor();
    const text = await hover.innerText();
    for (const part of ['GET /v2/organizations', '**bold**', '<b>here</b>', 'pageSize: integer', 'Kind: reads']) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.equal(await hover.locator('a, b, strong').count(), 0);
    await screenshot(page, 'tree-tooltip');
    await page.mouse.move(700, 400);
  });

  it('E3: a row has two inline actions at most', async () => {
    const { page } = desk;
    for (const [words, row] of [
      ['get organizations pageSize', ORGANIZATIONS],
      ['delete device owner', /DELETE \/v2\/device\/\{id\}\/owner,/],
      ['post script run', /POST \/v2\/device\/\{id\}\/script\/run,/],
      ['installer_type', /installer_type\},/],
    ] as const) {
      await keepFilter(words);
      await page.mouse.move(700, 400);
      await treeItem(page, row).last().hover();
      assert.ok((await treeItem(page, row).last().getByRole('button').count()) <= 2, words);
    }
    await page.mouse.move(700, 400);
  });

  it('E3: Go to Operation selects its row in the tree, whatever the filter leaves', async () => {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Go to Operation…');
    await typeInto(page, 'GET /v2/vulnerability/scan-groups', { prompt: 'Go to which operation?' });
    await quickPick(page, 'Fetch all scan groups');
    const row = treeItem(page, /GET \/v2\/vulnerability\/scan-groups,/).and(page.locator('[aria-selected="true"]'));
    await row.waitFor();
    assert.ok(await isInSight(row));
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
    await screenshot(page, 'tree-go-to');
  });

  for (const [label, value, group] of [
    ['Method', 'method', /^GET, 147 operations$/],
    ['Path', 'path', /^\/v2\/alert, 2 operations$/],
    ['Tag', 'tag', /^Billing, 31 operations$/],
    ['Resource', 'resource', /^Activities and Jobs, 2 operations$/],
  ] as const) {
    it(`E3: grouped by ${value}, which is written to the setting`, async () => {
      const { page, workbench } = desk;
      await runCommand(page, 'NinjaOne: Group Operations By…');
      await quickPick(page, label, { prompt: 'Group operations by' });
      await treeItem(page, group).waitFor();
      const setting = await workbench.host.run((vscode) =>
        Promise.resolve(vscode.workspace.getConfiguration('ninjaone').get('explorer.groupBy')),
      );
      assert.equal(setting, value);
      await screenshot(page, `tree-by-${value}`);
    });
  }

  it('E5: a device is opened by its id, which is asked for by kind and checked while it is typed', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Go to Operation…');
    await typeInto(page, 'GET /v2/device/{id}', { prompt: 'Go to which operation?' });
    await quickPick(page, 'Get device');
    await treeItemAction(page, /GET \/v2\/device\/\{id\},/, 'Run Operation');
    await inputBoxMessage(page, 'x', /id/, { prompt: 'id of the device' });
    await screenshot(page, 'tree-device-wrong-id');
    const answered = sandbox.nextResponse(({ path }) => path === '/v2/device/1001');
    await inputBox(page, '1001');
    await answered;
    await lens(page, /^200 · /).waitFor();
    await page.locator('.view-line').filter({ hasText: 'ACME-DC01' }).first().waitFor();
    await screenshot(page, 'tree-device');
    await runCommand(page, 'View: Close Editor');
  });

  it('E5: values that are known are picked, a number is checked before it is sent', async () => {
    const { page, sandbox } = desk;
    await runCommand(page, 'NinjaOne: Run Operation');
    await typeInto(page, 'GET /v2/related-items/with-entity/{entityType}/{entityId}');
    await quickPick(page, 'Get related items for host entity');
    const values = await quickPickLabels(page, { prompt: '(1/2)' });
    assert.ok(values.includes('ORGANIZATION') && values.includes('CHECKLIST'), values.join());
    await screenshot(page, 'tree-enum');
    await quickPick(page, 'ORGANIZATION', { prompt: '(1/2)' });
    await inputBoxMessage(page, 'x', /number/, { prompt: '(2/2)' });
    const answered = sandbox.nextResponse(({ path }) => path === '/v2/related-items/with-entity/ORGANIZATION/1');
    await inputBox(page, '1', { prompt: '(2/2)' });
    await answered;
    await lens(page, /^\d{3} · /).waitFor();
    await runCommand(page, 'View: Close Editor');
  });

  it('E3: a lock says in words that a user must sign in, with client credentials', async () => {
    const { page, workbench } = desk;
    await workbench.host.run(async (vscode, name) => {
      await vscode.commands.executeCommand('ninjaone.selectConnection', name);
    }, desk.sandbox.connections[3]?.name);
    await keepFilter('get boards');
    await treeItem(page, /GET \/v2\/ticketing\/trigger\/boards,.* needs a user sign-in$/).waitFor();
    await page.locator('.label-description').filter({ hasText: '· needs a user sign-in' }).first().waitFor();
    await page.locator('.monaco-list-row .codicon-lock').first().waitFor();
    await screenshot(page, 'tree-lock-user');
  });

  it('E3: and that another scope is needed', async () => {
    const { page, workbench } = desk;
    const native = desk.sandbox.connections[0]?.name ?? '';
    await workbench.host.run(async (vscode, name) => {
      await vscode.commands.executeCommand('ninjaone.selectConnection', name);
    }, native);
    await changeConnection(desk, native, { scopes: ['monitoring'] });
    await keepFilter('delete device owner');
    await treeItem(page, /DELETE \/v2\/device\/\{id\}\/owner,.* needs management$/).waitFor();
    await page.locator('.label-description').filter({ hasText: '· needs management' }).first().waitFor();
    await screenshot(page, 'tree-lock-scope');
  });

  it('E2: what of a description cannot be read is counted in one message and listed in the log', async () => {
    const { page, sandbox } = desk;
    await clearToasts(page);
    sandbox.setLiveSpec({
      appVersion: '13.0.21',
      flaw: 'deadReference',
      added: { 'GET /v2/sandbox/../up': {}, 'GET relative': {} },
    });
    await runCommand(page, 'NinjaOne: Refresh Operations');
    await toast(page, /3 parts of the API description of .* could not be read/);
    await screenshot(page, 'tree-skipped');
    await toastButton(page, /could not be read/, 'Show Log');
    const log = page.locator('.panel .view-lines, .part.panel').first();
    await log.getByText('GET /v2/sandbox/../up').or(log.getByText('/v2/sandbox/../up')).first().waitFor();
    await screenshot(page, 'tree-skipped-log');
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });

  async function keepFilter(words: string): Promise<void> {
    const { page } = desk;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBox(page, words, { prompt: 'Filter operations' });
    await quickInput(page, 'Filter operations').waitFor({ state: 'hidden' });
    await viewMessage(page, /of 310/).waitFor();
  }

  async function menuEntries(): Promise<string[]> {
    const entries = desk.page.locator('.monaco-menu').getByRole('menuitem');
    await entries.first().waitFor();
    return (await entries.allInnerTexts())
      .map((text) => text.trim().replaceAll(/\s+/g, ' '))
      .filter((text) => text !== '');
  }
});

/** Whether a person sees the row without scrolling. */
async function isInSight(row: Locator): Promise<boolean> {
  const [own, list] = await Promise.all([
    row.boundingBox(),
    row.locator('xpath=ancestor::*[@role="tree"]').boundingBox(),
  ]);
  return own !== null && list !== null && own.y >= list.y - 1 && own.y + own.height <= list.y + list.height + 1;
}
