import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import {
  TIMEOUT,
  closeMenus,
  dialogButton,
  cancelQuickInput,
  eventually,
  quickInput,
  expectNoRow,
  expectToBecome,
  inputBox,
  inputBoxMessage,
  isInSight,
  leaveHover,
  menuEntries,
  openView,
  pickRows,
  press,
  quickPick,
  quickPickLabels,
  revealRow,
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
import { editorLine, lens, openOperation } from '../support/requestActions.ts';
import {
  changeConnection,
  configure,
  nextResponse,
  runInHost,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { clearFilter, ensureSignedIn, keepFilter } from '../support/workbenchState.ts';

const ORGANIZATIONS = /GET \/v2\/organizations,/;
const FOREIGN = 'Says **bold** and [press](https://example.com) <b>here</b>';

describe('the tree of operations', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true, liveSpec: { description: FOREIGN } },
    connections: (sandbox) => [...sandbox.connections.slice(0, 1), ...sandbox.connections.slice(3, 4)],
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await clearFilter(fixture);
    await runInHost(fixture, 'ninjaone.selectConnection', fixture.sandbox.connections[0]?.name);
  });

  it('shows a favorite on top and in the label of its row until it is removed (E3)', async () => {
    const { page, sandbox } = fixture;
    await runInHost(fixture, 'ninjaone.explorer.removeFavorite', 'GET /v2/organizations');
    await keepFilter(fixture, 'get organizations pageSize');
    await expectNoRow(page, /, favorite$/);
    await treeItemMenu(page, ORGANIZATIONS, 'Add to Favorites…');
    await revealRow(page, /^Favorites, 1 operations?$/);
    await treeItem(page, /GET \/v2\/organizations, reads data, needs monitoring, favorite$/)
      .nth(1)
      .waitFor();
    await screenshot(page, 'tree-favorite');
    await press(treeItem(page, ORGANIZATIONS).first(), { button: 'right' });
    assert.deepEqual(await menuEntries(page), [
      'Open Request Document…',
      'Run Operation… Enter',
      'Remove from Favorites…',
      'Copy Operation As…',
      'Save as PowerShell Script…',
    ]);
    await screenshot(page, 'tree-menu');
    await closeMenus(page);
    await runCommand(page, 'NinjaOne: Remove from Favorites…');
    await quickPick(page, 'List organizations', { prompt: 'Remove which operation from Favorites?' });
    await expectNoRow(page, /^Favorites/);
    await treeItem(page, ORGANIZATIONS)
      .and(treeItem(page, /needs monitoring$/))
      .first()
      .waitFor();
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('clears a kept filter with Escape and keeps the selected row selected and in sight (E3)', async () => {
    const { page } = fixture;
    await keepFilter(fixture, 'get organizations pageSize');
    await viewMessage(page, /\d+ of \d+ operations/).waitFor();
    await press(treeItem(page, ORGANIZATIONS).last());
    await lens(page, /^Send to/).waitFor();
    await eventually(async () => {
      await runInHost(fixture, 'ninjaone.explorer.focus');
      await page.keyboard.press('Escape');
      await viewMessage(page, /of 310/).waitFor({ state: 'hidden', timeout: TIMEOUT.attempt });
    });
    const selected = treeItem(page, ORGANIZATIONS).and(page.locator('[aria-selected="true"]'));
    await selected.waitFor();
    await treeItem(page, /^Organizations, \d+/).waitFor();
    await expectToBecome(() => isInSight(selected), true);
    await screenshot(page, 'tree-filter-escaped');
  });

  it('moves to the first operation that a filter has found, so that Enter runs it, and clears it with Escape (E3)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    // From an editor, where the focus would be again.
    await openOperation(fixture, 'GET /v2/tasks');
    await page.locator('.editor-container .view-line').last().click();
    await keepFilter(fixture, 'get organizations pageSize');
    await treeItem(page, ORGANIZATIONS).and(withFocus(page)).waitFor();
    const answered = nextResponse(fixture, '/v2/organizations');
    await page.keyboard.press('Enter');
    await answered;
    await lens(page, /^200 · /).waitFor();
    await screenshot(page, 'tree-filter-enter');
    await keepFilter(fixture, 'reboot devices');
    await treeItem(page, /reboot\/\{mode\},/)
      .and(withFocus(page))
      .waitFor();
    await page.keyboard.press('Escape');
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
  });

  it('says while it is typed that a filter finds nothing, does not take it, and clears it with Escape (E3)', async () => {
    const { page } = fixture;
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await inputBoxMessage(page, 'device nonsense', /No operation has all of these words/, {
      prompt: 'Filter Operations',
    });
    await viewMessage(page, /"device nonsense": 0 of \d+ operations/).waitFor();
    await page.keyboard.press('Enter');
    await screenshot(page, 'tree-filter-nothing');
    assert.equal(await quickInput(page, 'Filter Operations').isVisible(), true);
    // Also in the tree, which has no row then.
    await page.locator('.pane-body .tree-explorer-viewlet-tree-view').last().click();
    await quickInput(page, 'Filter Operations').waitFor({ state: 'hidden' });
    await viewMessage(page, /of \d+ operations/).waitFor({ state: 'hidden' });
    await runCommand(page, 'NinjaOne: Filter Operations…');
    await typeInto(page, 'reboot devices', { prompt: 'Filter Operations' });
    await viewMessage(page, /1 of \d+ operations/).waitFor();
    await page.keyboard.press('Escape');
    await viewMessage(page, /of \d+ operations/).waitFor({ state: 'hidden' });
  });

  it('clears a filter with Escape also if only the view has the focus, and no row (E3)', async () => {
    const { page } = fixture;
    await keepFilter(fixture, 'reboot devices');
    // A click below the rows takes the focus from them.
    await clickBelowRows(page);
    await page.keyboard.press('Escape');
    await viewMessage(page, /of \d+ operations/).waitFor({ state: 'hidden' });
  });

  it('takes the best operation of a pick with Enter at once, and the next one after an arrow key (E3)', async () => {
    const { page } = fixture;
    const focusedRow = page.locator('.quick-input-list .monaco-list-row.focused');
    const goTo = async (text: string, next?: string): Promise<void> => {
      await runCommand(page, 'NinjaOne: Go to Operation…');
      await typeInto(page, text, { prompt: 'Go to which operation?' });
      if (next !== undefined) {
        // VS Code finds no row for these words, so the first one is of the extension.
        await focusedRow.waitFor();
        await page.keyboard.press('ArrowDown');
        await focusedRow.filter({ hasText: next }).waitFor();
      }
      await page.keyboard.press('Enter');
      await quickInput(page).waitFor({ state: 'hidden' });
    };
    const selected = (row: RegExp): Promise<void> =>
      treeItem(page, row).and(page.locator('[aria-selected="true"]')).waitFor();
    await goTo('/v2/devices');
    await selected(/GET \/v2\/devices,/);
    await goTo('https://eu.ninjarmm.com/v2/device/42?x=y');
    await selected(/GET \/v2\/device\/\{id\},/);
    await goTo('restart a computer');
    await selected(/POST \/v2\/device\/\{id\}\/reboot\/\{mode\},/);
    await goTo('list customers', '/v2/organization/checklists');
    await selected(/GET \/v2\/organization\/checklists,/);
    await goTo('list organizations');
    await selected(ORGANIZATIONS);
    await screenshot(page, 'tree-go-to-best');
  });

  /** A row that is drawn again while it is pressed gives its command nothing, and then the command asks. */
  const runFromTree = async (): Promise<void> => {
    const { page } = fixture;
    const question = quickInput(page, 'Run which operation?');
    let isAnswered = false;
    nextResponse(fixture, '/v2/organizations').then(
      () => (isAnswered = true),
      () => {},
    );
    await eventually(async () => {
      if (await question.isVisible()) {
        await cancelQuickInput(page);
      }
      await treeItemAction(page, ORGANIZATIONS, 'Run Operation');
      await expectToBecome(async () => isAnswered || (await question.isVisible()), true);
      assert.ok(isAnswered, 'The command asks which operation to run.');
    });
  };

  it('lists what was run on top, under Recent (E3)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await keepFilter(fixture, 'get organizations pageSize');
    await runFromTree();
    await lens(page, /^200 · /).waitFor();
    // While the filter is there, nothing is added above the row that was pressed.
    await clearFilter(fixture);
    await runInHost(fixture, 'ninjaone.explorer.focus');
    await page.keyboard.press('Home');
    await treeItem(page, /^Recent, 1 operations?$/).waitFor();
    await screenshot(page, 'tree-recent');
  });

  it('shows description, parameters, scope and kind in the tooltip, as plain text (E2, E3, T41)', async () => {
    const { page } = fixture;
    await keepFilter(fixture, 'get organizations pageSize');
    const hover = page.locator('.hover-contents').filter({ hasText: 'Required scope: monitoring' });
    // The description is that of the instance as soon as it has been read.
    await eventually(async () => {
      await leaveHover(page);
      await treeItem(page, ORGANIZATIONS).last().hover({ timeout: TIMEOUT.attempt });
      await hover.filter({ hasText: '**bold**' }).waitFor({ timeout: TIMEOUT.attempt });
    });
    const text = await hover.innerText();
    for (const part of [
      'GET /v2/organizations',
      '**bold**',
      '<b>here</b>',
      'pageSize: integer',
      'Effect: reads data',
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.equal(await hover.locator('a, b, strong').count(), 0);
    await screenshot(page, 'tree-tooltip');
    await leaveHover(page);
  });

  it('has at most two inline actions in a row (E3)', async () => {
    const { page } = fixture;
    for (const [words, row] of [
      ['get organizations pageSize', ORGANIZATIONS],
      ['delete device owner', /DELETE \/v2\/device\/\{id\}\/owner,/],
      ['post script run', /POST \/v2\/device\/\{id\}\/script\/run,/],
      ['installer_type', /installer_type\},/],
    ] as const) {
      await keepFilter(fixture, words);
      await leaveHover(page);
      await treeItem(page, row).last().hover();
      assert.ok((await treeItem(page, row).last().getByRole('button').count()) <= 2, words);
    }
    await leaveHover(page);
  });

  it('selects a row by Go to Operation, also one that the filter hides (E3)', async () => {
    const { page } = fixture;
    await keepFilter(fixture, 'get organizations pageSize');
    await runCommand(page, 'NinjaOne: Go to Operation…');
    // VS Code finds no row for an address, so the row is of the extension and stays where it is.
    const address = 'https://eu.ninjarmm.com/v2/vulnerability/scan-groups';
    await typeInto(page, address, { prompt: 'Go to which operation?' });
    await quickPick(page, 'List scan groups');
    const row = treeItem(page, /GET \/v2\/vulnerability\/scan-groups,/).and(page.locator('[aria-selected="true"]'));
    await row.waitFor();
    await expectToBecome(() => isInSight(row), true);
    await viewMessage(page, /of 310/).waitFor({ state: 'hidden' });
    await screenshot(page, 'tree-go-to');
  });

  describe('in groups', () => {
    after(() => configure(fixture, { 'ninjaone.explorer.groupBy': undefined }));

    for (const [label, value, group] of [
      ['Method', 'method', /^GET, 147 operations$/],
      ['Path', 'path', /^\/v2\/alert, 2 operations$/],
      ['Tag', 'tag', /^Billing, 31 operations$/],
      ['Resource', 'resource', /^Activities and Jobs, 2 operations$/],
    ] as const) {
      it(`groups by ${value} and writes that to the setting (E3)`, async () => {
        const { page, workbench } = fixture;
        await runCommand(page, 'NinjaOne: Group Operations By…');
        await quickPick(page, label, { prompt: 'Group Operations By' });
        await revealRow(page, group);
        await expectToBecome(
          () => workbench.host.run((vscode) => vscode.workspace.getConfiguration('ninjaone').get('explorer.groupBy')),
          value,
        );
        await screenshot(page, `tree-by-${value}`);
      });
    }
  });

  it('asks for the id of a device and checks it while it is typed (E5)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await runCommand(page, 'NinjaOne: Go to Operation…');
    await typeInto(page, 'GET /v2/device/{id}', { prompt: 'Go to which operation?' });
    await quickPick(page, 'Get device');
    const row = /GET \/v2\/device\/\{id\},/;
    await treeItem(page, row).and(page.locator('[aria-selected="true"]')).waitFor();
    await treeItemAction(page, row, 'Run Operation');
    await typeInto(page, 'x', { prompt: 'device ID' });
    await pickRows(page).filter({ hasText: 'id must be a whole number' }).waitFor();
    await screenshot(page, 'tree-device-wrong-id');
    const answered = nextResponse(fixture, '/v2/device/1001');
    await inputBox(page, '1001');
    await answered;
    await lens(page, /^200 · /).waitFor();
    await editorLine(page, /ACME-DC01/).waitFor();
    await screenshot(page, 'tree-device');
  });

  it('offers the known values of a parameter and checks a number before it sends (E5)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    await runCommand(page, 'NinjaOne: Run Operation…');
    await typeInto(page, 'GET /v2/related-items/with-entity/{entityType}/{entityId}');
    await quickPick(page, 'List related items for host entity');
    await expectToBecome(
      () => quickPickLabels(page, { prompt: '(1/2)' }),
      (values) => values.includes('ORGANIZATION') && values.includes('CHECKLIST'),
    );
    await screenshot(page, 'tree-enum');
    await quickPick(page, 'ORGANIZATION', { prompt: '(1/2)' });
    await inputBoxMessage(page, 'x', /number/, { prompt: '(2/2)' });
    const answered = nextResponse(fixture, '/v2/related-items/with-entity/ORGANIZATION/1');
    await inputBox(page, '1', { prompt: '(2/2)' });
    await dialogButton(page, 'Send', 'reads secrets');
    await answered;
    await lens(page, /^\d{3} · /).waitFor();
  });

  it('marks what needs a user sign-in with a lock and words for a service connection (E3)', async () => {
    const { page, sandbox } = fixture;
    await runInHost(fixture, 'ninjaone.selectConnection', sandbox.connections[3]?.name);
    await keepFilter(fixture, 'create ticketing ticket');
    await revealRow(page, /POST \/v2\/ticketing\/ticket,.* needs a user sign-in$/);
    await page.locator('.label-description').filter({ hasText: '· needs a user sign-in' }).first().waitFor();
    await page.locator('.monaco-list-row .codicon-lock').first().waitFor();
    await screenshot(page, 'tree-lock-user');
  });

  it('marks what needs another scope with a lock and words (E3)', async () => {
    const { page, sandbox } = fixture;
    const [native] = sandbox.connections;
    assert.ok(native);
    await changeConnection(fixture, native.name, { scopes: ['monitoring'] });
    try {
      await keepFilter(fixture, 'delete device owner');
      await revealRow(page, /DELETE \/v2\/device\/\{id\}\/owner,.* needs management$/);
      await page.locator('.label-description').filter({ hasText: '· needs management' }).first().waitFor();
      await screenshot(page, 'tree-lock-scope');
    } finally {
      await changeConnection(fixture, native.name, { scopes: native.scopes });
    }
  });

  it('counts the unreadable parts of an API description in one message and lists them in the log (E2)', async () => {
    const { page, sandbox } = fixture;
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
});

/** The row that gets the keys. */
function withFocus(page: Page): Locator {
  return page.locator('.monaco-list:focus .monaco-list-row.focused');
}

/** In the view, on no row. */
async function clickBelowRows(page: Page): Promise<void> {
  const list = await page.locator('.pane-body .tree-explorer-viewlet-tree-view .monaco-list').last().boundingBox();
  assert.ok(list);
  await page.mouse.click(list.x + list.width / 2, list.y + list.height - 10);
}
