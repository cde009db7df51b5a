import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import {
  activeTab,
  closeMenus,
  eventually,
  expectToBecome,
  inputBox,
  menuEntries,
  openView,
  press,
  quickInput,
  quickPickLabels,
  quickPickMany,
  runCommand,
  screenshot,
  TIMEOUT,
  toast,
  typeInto,
} from '../../tooling/workbenchDriver.ts';
import { accessibilityViolations } from '../support/axe.ts';
import { lens, pressLens } from '../support/requestActions.ts';
import {
  type WorkbenchFixture,
  beginInHost,
  configure,
  expectClipboard,
  runInHost,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

/** What somebody wrote about a device, in the hope that a page would take it for its own. */
const HOSTILE = {
  displayName: '<img src=x onerror="document.body.textContent=1"><b>bold</b>',
  systemName: 'ELM-LAB10 [x](command:workbench.action.quit) $(trash) {{1+1}} ${1+1}',
  dnsName: `"'><svg onload=document.body.remove()><a href="javascript:document.body.remove()">x</a>`,
  uid: '</div></script><script>document.body.remove()</script><!--',
};

/** Texts that a page, a template, VS Code or a browser could take for something else. */
const HOSTILE_TEXTS = [
  '<script>globalThis.hacked = true</script>',
  '</script><script>globalThis.hacked = true</script>',
  '<svg onload="globalThis.hacked = true"><a xlink:href="javascript:globalThis.hacked=true">x</a></svg>',
  '<iframe srcdoc="<script>parent.hacked = true</script>"></iframe>',
  '<a href="command:ninjaone.reset">reset</a>',
  '[reset](command:ninjaone.reset)',
  '![x](https://outside.example/x.png)',
  'javascript:globalThis.hacked=true',
  'https://outside.example/$(alert)',
  '$(alert) {0} ${globalThis.hacked = true} {{constructor}}',
  '" onfocus="globalThis.hacked = true" autofocus="',
  '<style>@import "https://outside.example/x.css";</style>',
  '&lt;img src=x onerror=globalThis.hacked=1&gt;',
  '<!--><img src=x onerror=globalThis.hacked=1>-->',
  '<base href="https://outside.example/"><meta http-equiv="refresh" content="0;url=https://outside.example/">',
];

const HEADER_MENU = [
  'Sort Ascending',
  'Sort Descending',
  'Filter by This Column',
  'Copy Column',
  'Hide Column',
  'Freeze Columns to Here',
  'Unfreeze Columns',
  'Move Column Left',
  'Move Column Right',
  'Choose Columns…',
  'Reset Columns',
];

const CELL_MENU = [
  'Copy Cell or Selection',
  'Copy Column',
  'Filter by This Value',
  'Reveal in JSON',
  'Open Cell in Editor',
  'Open in NinjaOne',
  'Hide Column',
  'Freeze Columns to Here',
  'Unfreeze Columns',
  'Choose Columns…',
];

describe('the table of a response', () => {
  const fixture = useWorkbench(() => ({
    sandbox: { autoApprove: true },
    connections: (sandbox) => sandbox.connections.slice(0, 1),
    workbench: { userSettings: { 'ninjaone.response.maxItems': 20_000 } },
  }));
  let page: Page;
  let table: FrameLocator;

  before(async () => {
    addDevice(fixture, { id: 2001, ...HOSTILE });
    page = fixture.page;
    table = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await openView(page, 'NinjaOne');
    await ensureSignedIn(fixture);
  });

  it('is opened by Show as Table in the lens above a list (E7)', async () => {
    await sendDevices();
    await pressLens(page, 'Show as Table', activeTab(page, /^Table: /));
    await text(table, 'ACME-DC01').first().waitFor();
    await screenshot(page, 'table-dark');
    await expectToBecome(() => table.locator('#count').innerText(), '11 rows');
    await expectToBecome(
      () => page.locator('.tab.active').getAttribute('aria-label'),
      'Table: List devices · Sandbox native',
    );
  });

  it('is a grid with names, counts and places, and one of its cells takes part in the tab order (E14)', async () => {
    await openTable();
    const grid = table.getByRole('grid', { name: 'List devices · Sandbox native' });
    await expectToBecome(() => grid.getAttribute('aria-rowcount'), '12');
    const columns = Object.keys(fixture.sandbox.tenant.devices[0] ?? {}).length;
    assert.equal(await grid.getAttribute('aria-colcount'), String(columns));
    await expectToBecome(() => grid.getByRole('row').count(), 12);
    assert.equal(await grid.getByRole('row').nth(1).getAttribute('aria-rowindex'), '2');
    assert.equal(await grid.locator('[role="columnheader"][aria-sort="none"]').count(), columns);
    assert.equal(await grid.locator('[tabindex="0"]').count(), 1);
    assert.match(await table.locator('#help').innerText(), /Press Enter on a column header to sort/);
    assert.equal(await grid.getAttribute('aria-describedby'), 'help');
    assert.equal(await table.getByRole('searchbox', { name: 'Filter rows' }).count(), 1);
    assert.equal(await table.getByRole('status').count(), 1);
  });

  it('has the focus at once, and keys lead through it (E14)', async () => {
    await openTable();
    await focused(table, '1001');
    const { devices } = fixture.sandbox.tenant;
    for (const [key, expected] of [
      ['ArrowDown', '1002'],
      ['ArrowRight', devices[1]?.displayName ?? ''],
      ['Home', '1002'],
      // UUIDs are last.
      ['End', devices[1]?.assignedOwnerUid ?? ''],
      ['Control+End', devices.at(-1)?.assignedOwnerUid ?? ''],
      ['Control+Home', '1001'],
      ['PageDown', '2001'],
      ['PageUp', '1001'],
      ['ArrowUp', 'id'],
    ] as const) {
      await page.keyboard.press(key);
      await focused(table, expected);
    }
  });

  it('is sorted up, down and not by Enter on the name of a column, and says so; numbers sort as numbers (E14)', async () => {
    await openTable();
    await page.keyboard.press('ArrowUp');
    await focused(table, 'id');
    for (const [sort, first] of [
      ['ascending', '1001'],
      ['descending', '2001'],
      ['none', '1001'],
    ] as const) {
      await page.keyboard.press('Enter');
      await table.locator(`[role="columnheader"]:focus[aria-sort="${sort}"]`).waitFor();
      await expectToBecome(() => cellAt(table, 1, 1).innerText(), first);
    }
    await expectToBecome(() => table.locator('[aria-live]').innerText(), /^Original order/);
    const header = table.getByRole('columnheader', { name: 'systemName' });
    await header.click();
    await table.locator('[role="columnheader"][aria-sort="ascending"]').getByText('systemName').waitFor();
    const column = await header.getAttribute('aria-colindex');
    await eventually(async () => {
      const names = await table.locator(`.body [aria-colindex="${column ?? ''}"]`).allInnerTexts();
      assert.equal(names.length, 11);
      assert.deepEqual(names, names.toSorted(new Intl.Collator('en', { numeric: true }).compare));
    });
    await screenshot(page, 'table-sorted');
  });

  it('shows what a server sent as text: no element, no link, no icon, no script, and nothing from elsewhere (P4, T41)', async () => {
    await openTable();
    for (const hostile of Object.values(HOSTILE)) {
      await expectToBecome(() => text(table, hostile).innerText(), hostile);
    }
    assert.equal(await table.locator('img, b, svg, a, iframe, object, .codicon').count(), 0);
    assert.equal(await table.locator('script').filter({ hasText: 'document.body.remove' }).count(), 0);
    const policy = await table.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    assert.match(policy ?? '', /^default-src 'none'; script-src 'nonce-[\w-]{22}'; style-src 'nonce-[\w-]{22}';/);
    // What somebody smuggled in all the same would be refused by the browser.
    for (const [made, directive] of [
      ["Object.assign(document.createElement('img'), { src: 'https://outside.example/x.png' })", 'img-src'],
      ["Object.assign(document.createElement('script'), { textContent: 'document.body.remove()' })", 'script-src-elem'],
      ["Object.assign(document.createElement('style'), { textContent: '* { display: none }' })", 'style-src-elem'],
    ] as const) {
      assert.equal(await table.locator('body').evaluate(refusalOf(made)), directive);
    }
  });

  it('makes no element, link or script of any text, in names of columns, cells, details and announcements (A16, T41)', async () => {
    const rows = HOSTILE_TEXTS.map((value, index) => ({
      id: index + 1,
      [value]: value,
      list: [value],
      nested: { [value]: { [value]: value } },
    }));
    fixture.sandbox.misbehave({ api: { kind: 'response', status: 200, body: rows, path: '/v2/devices' } });
    try {
      await sendDevices();
      await runInHost(fixture, 'ninjaone.response.showTable');
      await focused(table, '1');
      const before = await structure(table);
      // The text of a cell stands in it, in its detail, in the filter and in the announcements.
      for (const [index, value] of HOSTILE_TEXTS.entries()) {
        const cell = text(table, value).nth(0);
        await press(cell);
        await expectToBecome(
          () => table.locator('#detail').textContent(),
          (shown) => shown?.includes(value) === true,
        );
        await press(table.getByRole('columnheader', { name: value, exact: true }).first());
        await expectToBecome(
          () => table.locator('[aria-live]').textContent(),
          (said) => said?.includes(value) === true,
        );
        await table.locator('#filter').fill(value);
        await expectToBecome(() => table.locator('#count').textContent(), /^[1-9] of 15 rows$/);
        await table.locator('#filter').fill('');
        assert.deepEqual(await structure(table), before, HOSTILE_TEXTS[index]);
      }
      assert.equal(await table.locator('body').evaluate(() => 'hacked' in globalThis), false);
      await screenshot(page, 'table-hostile');
    } finally {
      fixture.sandbox.misbehave({});
    }
  });

  it('is filtered by words after Ctrl+F, and the count is announced (E7)', async () => {
    await openTable();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('server WINDOWS');
    await table.getByRole('status').getByText('3 of 11 rows').waitFor();
    await screenshot(page, 'table-filtered');
    await page.keyboard.type(' nothing');
    await table.getByText('No row matches the filter.').waitFor();
    await screenshot(page, 'table-filtered-none');
    await page.keyboard.press('Escape');
    await table.getByRole('status').getByText('11 rows').waitFor();
    await page.keyboard.press('ArrowDown');
    await table.locator('[role="gridcell"]:focus').waitFor();
  });

  it('is copied by Ctrl+C, a cell or the selected rows for a spreadsheet (E7)', async () => {
    await openTable();
    await page.keyboard.press('Control+c');
    await table.getByText('Cell copied').waitFor();
    await expectClipboard(page, '1001');
    await table.locator('.cell:focus').waitFor();
    await page.keyboard.press('Shift+Space');
    await page.keyboard.press('Shift+ArrowDown');
    await expectToBecome(() => table.locator('.bar').innerText(), /^11 rows\s+2 selected$/);
    await expectToBecome(() => table.locator('[role="row"][aria-selected="true"]').count(), 2);
    await screenshot(page, 'table-selected');
    await page.keyboard.press('Control+c');
    await expectToBecome(() => table.locator('.bar').innerText(), /^11 rows\s+2 selected\s+2 rows copied$/);
    const lines = (await expectClipboard(page, /^id\tdisplayName\t/)).split('\n');
    assert.match(lines[0] ?? '', /^id\tdisplayName\tsystemName\t.*\tassignedOwnerUid$/);
    assert.deepEqual(
      lines.slice(1).map((line) => line.split('\t')[0]),
      ['1001', '1002'],
    );
  });

  it('shows and finds a number that is a time as one, and copies it as ISO 8601 (E7)', async () => {
    await openTable();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('2025-10-09 08:53:20');
    await table
      .getByRole('status')
      .getByText(/^\d+ of 11 rows$/)
      .waitFor();
    await (await cellOf(table, 'lastUpdate', 1)).click();
    await focused(table, '2025-10-09 08:53:20 UTC');
    assert.equal(await table.locator('.cell:focus').getAttribute('title'), '1760000000.75');
    await expectToBecome(
      () => table.getByRole('region', { name: 'Full text of the cell' }).innerText(),
      /^lastUpdate {2}1760000000\.75\n2025-10-09 08:53:20 UTC · .+ ago/,
    );
    await page.keyboard.press('Control+c');
    await table.getByText('Cell copied').waitFor();
    await expectClipboard(page, '2025-10-09T08:53:20.75Z');
    await screenshot(page, 'table-time');
  });

  it('keeps its filter and order while another tab is in front, and there is one of a response (E7)', async () => {
    await openTable();
    await table.getByRole('columnheader', { name: 'systemName' }).click();
    await table.locator('[role="columnheader"][aria-sort="ascending"]').getByText('systemName').waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('lab');
    await table.getByRole('status').getByText('3 of 11 rows').waitFor();
    await press(page.locator('.tab').filter({ hasText: '.json' }));
    await activeTab(page, '.json').waitFor();
    await runCommand(page, 'NinjaOne: Show Response as Table');
    await table.getByRole('status').getByText('3 of 11 rows').waitFor();
    await expectToBecome(() => table.locator('[aria-sort="ascending"]').innerText(), 'systemName');
    assert.equal(await page.locator('.tab').count(), 2);
  });

  it('keeps its order and its tab when it fetches all pages (E8, E21)', async () => {
    await openTable();
    await table.getByRole('columnheader', { name: 'systemName' }).click();
    await table.locator('[role="columnheader"][aria-sort="ascending"]').getByText('systemName').waitFor();
    await runCommand(page, 'NinjaOne: Fetch All Pages');
    await activeTab(page, /^Table: List devices.* all pages/).waitFor();
    await table.locator('[role="columnheader"][aria-sort="ascending"]').getByText('systemName').waitFor();
    await table.getByRole('status').getByText('11 rows').waitFor();
    await expectToBecome(
      async () => (await page.locator('.tab').allInnerTexts()).filter((name) => name.startsWith('Table: ')).length,
      1,
    );
  });

  it('keeps its place while another tab is in front (E7)', async () => {
    const { devices } = fixture.sandbox.tenant;
    const count = devices.length;
    for (let id = 3001; id <= 4500; id++) {
      addDevice(fixture, { id, displayName: `MASS-${id}`, systemName: `MASS-${id}` });
    }
    try {
      await openTable();
    } finally {
      devices.splice(count);
    }
    const grid = table.getByRole('grid');
    const place = (): Promise<readonly number[]> =>
      grid.evaluate(({ scrollTop, scrollLeft }: ScrolledElement) => [scrollTop, scrollLeft]);
    await grid.hover();
    // 900 rows down, and some columns to the right.
    await page.mouse.wheel(500, 900 * 22);
    await expectToBecome(place, [900 * 22, 500]);
    await table.locator('[aria-rowindex="902"]').waitFor();
    await press(page.locator('.tab').filter({ hasText: '.json' }));
    await activeTab(page, '.json').waitFor();
    await table.locator('#count').waitFor({ state: 'detached' });
    await runCommand(page, 'NinjaOne: Show Response as Table');
    await table.locator('[aria-rowindex="902"]').waitFor();
    await focused(table, '1001');
    await expectToBecome(place, [900 * 22, 500]);
    await page.keyboard.press('ArrowDown');
    await focused(table, '1002');
    await table.locator('[aria-rowindex="3"]').waitFor();
    await expectToBecome(async () => (await place())[0], 22);
  });

  for (const [theme, body, name] of [
    ['Default Light Modern', 'vscode-light', 'table-light'],
    ['Default High Contrast', 'vscode-high-contrast', 'table-high-contrast'],
  ] as const) {
    it(`takes the colors of ${theme} (E14)`, async () => {
      await openTable();
      await table.getByRole('row').nth(1).getByRole('gridcell').nth(5).click();
      await page.keyboard.press('Shift+Space');
      await configure(fixture, { 'workbench.colorTheme': theme });
      try {
        await table.locator(`body.${body}`).waitFor();
        await screenshot(page, name);
      } finally {
        await configure(fixture, { 'workbench.colorTheme': 'Default Dark Modern' });
      }
    });
  }

  it('stays when the document of its response is closed, and opens it again (E21)', async () => {
    await openTable();
    await press(page.locator('.tab').filter({ hasText: '.json' }), { button: 'middle' });
    await page.locator('.tab').filter({ hasText: '.json' }).waitFor({ state: 'detached' });
    await table.getByRole('columnheader', { name: 'systemName' }).click();
    await table.locator('[role="columnheader"][aria-sort="ascending"]').getByText('systemName').waitFor();
    await press(page.getByRole('button', { name: /Open .*JSON/ }), { hover: activeTab(page, /^Table: /) });
    await activeTab(page, '.json').waitFor();
    await lens(page, /^200 · [\d,]+ ms/).waitFor();
  });

  it('scrolls 100,000 rows, finds and sorts them, and only those in sight are elements (E7)', async () => {
    const [device] = fixture.sandbox.tenant.devices;
    const body = Array.from({ length: 100_000 }, (_, index) => ({ ...device, id: index + 1, systemName: `S${index}` }));
    fixture.sandbox.misbehave({ api: { kind: 'response', status: 200, body, path: '/v2/devices' } });
    try {
      await sendDevices();
      await runInHost(fixture, 'ninjaone.response.showTable');
      await table.getByRole('status').getByText('100,000 rows', { exact: true }).waitFor();
      await focused(table, '1');
      await page.keyboard.press('Control+End');
      await page.keyboard.press('Home');
      await focused(table, '100000');
      await expectToBecome(
        () => table.getByRole('row').count(),
        (drawn) => drawn > 20 && drawn < 100,
      );
      await screenshot(page, 'table-thousands');
      await table.getByRole('grid').hover();
      await page.mouse.wheel(0, -1_100_000);
      const first = table.locator('[aria-rowindex="50002"] [aria-colindex="1"]');
      await expectToBecome(() => first.innerText(), '50001');
      // The cell with the focus is out of sight and has it still.
      await focused(table, '100000');
      await page.keyboard.press('ArrowUp');
      await focused(table, '99999');
      await page.keyboard.press('Control+f');
      await page.keyboard.type('systemName:"S777"');
      await table.getByRole('status').getByText('1 of 100,000 rows').waitFor();
      await page.keyboard.press('Escape');
      await table.getByRole('status').getByText('100,000 rows', { exact: true }).waitFor();
      await table.getByRole('columnheader', { name: 'systemName' }).click();
      await table.getByRole('columnheader', { name: 'systemName' }).click();
      await expectToBecome(() => cellAt(table, 1, 1).innerText(), '100000');
      await page.keyboard.press('Control+a');
      await table.getByText('100,000 selected', { exact: true }).waitFor();
    } finally {
      fixture.sandbox.misbehave({});
    }
  });

  it('has columns that are resized, moved, frozen and hidden by mouse and keyboard, and the next table has them so (E7)', async () => {
    await openTable();
    const header = (name: string): Locator => table.getByRole('columnheader', { name, exact: true });
    const widthOf = async (name: string): Promise<number> => (await header(name).boundingBox())?.width ?? 0;
    const names = (): Promise<string[]> => table.getByRole('columnheader').allInnerTexts();
    // By the line itself, which ends the columns that stay in sight.
    const displayName = await header('displayName').boundingBox();
    assert.ok(displayName);
    const line = displayName.x + displayName.width - 0.5;
    for (const [from, to] of [
      [0, 40],
      [40, 0],
    ] as const) {
      await page.mouse.move(line + from, displayName.y + 10);
      await page.mouse.down();
      await page.mouse.move(line + to, displayName.y + 10, { steps: 4 });
      await page.mouse.up();
      await expectToBecome(async () => Math.round((await widthOf('displayName')) - displayName.width), to);
    }
    const before = await widthOf('systemName');
    const box = await header('systemName').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 3, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 103, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await expectToBecome(async () => Math.round(before - (await widthOf('systemName'))), 100);
    // The other side of the line, 3 pixels into the next column.
    const narrow = await header('systemName').boundingBox();
    assert.ok(narrow);
    await page.mouse.move(narrow.x + narrow.width + 3, narrow.y + 10);
    await page.mouse.down();
    await page.mouse.move(narrow.x + narrow.width + 23, narrow.y + 10, { steps: 4 });
    await page.mouse.up();
    await expectToBecome(async () => Math.round(before - (await widthOf('systemName'))), 80);
    await dragHeader('organizationId', 'systemName');
    await expectToBecome(
      async () => (await names()).slice(0, 4),
      ['id', 'displayName', 'organizationId', 'systemName'],
    );
    assert.equal(await table.locator('[aria-sort="ascending"]').count(), 0, 'a drag is no click');
    // The same by keyboard, from the name of the column that was moved.
    await page.keyboard.press('Control+Shift+ArrowRight');
    await expectToBecome(
      async () => (await names()).slice(0, 4),
      ['id', 'displayName', 'systemName', 'organizationId'],
    );
    await table.getByText(/^organizationId is column 4 of \d+$/).waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await table.getByText(/^organizationId: \d+ pixels wide$/).waitFor();
    await page.keyboard.press('Delete');
    await table.getByText('organizationId is hidden').waitFor();
    assert.ok(!(await names()).includes('organizationId'));
    // The first two stay in sight.
    await table.getByRole('grid').hover();
    await page.mouse.wheel(3000, 0);
    await expectToBecome(
      () => table.getByRole('grid').evaluate(({ scrollLeft }: ScrolledElement) => scrollLeft > 100),
      true,
    );
    assert.equal((await cellAt(table, 1, 1).boundingBox())?.x, (await table.getByRole('grid').boundingBox())?.x);
    await screenshot(page, 'table-columns-frozen');
    // The next table has its focus where this one has it.
    await page.keyboard.press('Control+Home');
    await openTable();
    await expectToBecome(async () => Math.round(before - (await widthOf('systemName'))), 80);
    assert.ok(!(await names()).includes('organizationId'));
    await runInHost(fixture, 'ninjaone.table.resetColumns');
    await expectToBecome(async () => (await names()).includes('organizationId'), true);
    await expectToBecome(async () => Math.round(before - (await widthOf('systemName'))), 0);
  });

  it('hides the columns that are not checked in Choose Columns (E7, E14)', async () => {
    await openTable();
    await runCommand(page, 'NinjaOne: Choose Columns…');
    const labels = await quickPickLabels(page, { prompt: 'columns' });
    assert.deepEqual(labels.slice(0, 3), ['id', 'displayName', 'systemName']);
    await quickPickMany(
      page,
      labels.filter((label) => label !== 'systemName'),
    );
    const names = (): Promise<string[]> => table.getByRole('columnheader').allInnerTexts();
    await expectToBecome(async () => (await names()).includes('systemName'), false);
    assert.ok((await names()).length > 10);
    // The line says it, also after other things happened, and leads to the columns.
    await cellAt(table, 1, 1).click();
    const button = table.getByRole('button', { name: '1 column hidden' });
    await screenshot(page, 'table-hidden-column');
    await button.click();
    await quickInput(page, 'Choose Columns').waitFor();
    await page.keyboard.press('Escape');
    await press(page.getByRole('button', { name: /Save .*CSV/ }));
    await quickInput(page, 'Save Table as CSV').waitFor();
    await page.waitForFunction(`document.querySelector('.quick-input-widget input')?.value.endsWith('.csv')`);
    await typeInto(page, path.join(fixture.workbench.workspaceDir, 'hidden.csv'));
    await page.keyboard.press('Enter');
    await toast(page, 'Saved 11 rows as hidden.csv. 1 hidden column is not in the file.');
    await runCommand(page, 'NinjaOne: Reset Columns');
    await expectToBecome(async () => (await names())[2], 'systemName');
    await button.waitFor({ state: 'hidden' });
  });

  it('selects all filtered rows with Ctrl+A, and single ones with Ctrl and Shift (E7)', async () => {
    await openTable();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('server WINDOWS');
    await table.getByRole('status').getByText('3 of 11 rows').waitFor();
    await page.keyboard.press('ArrowDown');
    await table.locator('.cell:focus').waitFor();
    await page.keyboard.press('Control+a');
    await table.getByText('3 selected', { exact: true }).waitFor();
    assert.equal(await table.locator('body').evaluate('String(getSelection())'), '', 'no letters are selected');
    await cellAt(table, 2, 2).click({ modifiers: ['Control'] });
    await table.getByText('2 selected', { exact: true }).waitFor();
    await expectToBecome(() => selectedRows(table), ['2', '4']);
    await cellAt(table, 1, 2).click();
    await cellAt(table, 3, 2).click({ modifiers: ['Shift'] });
    await expectToBecome(() => selectedRows(table), ['2', '3', '4']);
    await page.keyboard.press('Shift+ArrowUp');
    await expectToBecome(() => selectedRows(table), ['2', '3']);
    await page.keyboard.press('Escape');
    await expectToBecome(() => selectedRows(table), []);
  });

  it('selects and copies a rectangle of cells by dragging, and by Shift with arrow keys (E7, E14)', async () => {
    await openTable();
    const cells = (): Promise<string[]> => selectedCells(table);
    await cellAt(table, 3, 2).hover();
    await page.mouse.down();
    await cellAt(table, 2, 1).hover();
    await table.getByRole('status').getByText('2 rows × 2 columns selected', { exact: true }).waitFor();
    await page.mouse.up();
    await cellAt(table, 5, 3).hover();
    await expectToBecome(cells, ['3:1', '3:2', '4:1', '4:2']);
    assert.deepEqual(await selectedRows(table), [], 'its rows are not selected as a whole');
    await screenshot(page, 'table-dragged');
    await page.keyboard.press('Control+c');
    await table.getByText('4 cells copied', { exact: true }).waitFor();
    await expectClipboard(page, /^1002\t\S+\n1003\t\S+$/);
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Shift+ArrowUp');
    await table.getByText('3 rows × 2 columns selected', { exact: true }).waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await expectToBecome(cells, ['2:2', '3:2', '4:2']);
    await cellAt(table, 2, 3).click({ modifiers: ['Shift'] });
    await expectToBecome(cells, ['3:2', '3:3', '4:2', '4:3']);
    await page.keyboard.press('ArrowLeft');
    await expectToBecome(cells, []);
    await page.keyboard.press('Shift+Space');
    await page.keyboard.press('Shift+ArrowDown');
    await expectToBecome(() => selectedRows(table), ['3', '4']);
    await page.keyboard.press('Escape');
    await expectToBecome(() => table.locator('.bar').innerText(), '11 rows');
  });

  it('says how many rows are selected until none is, whatever happens meanwhile (E7, E14)', async () => {
    await openTable();
    await page.keyboard.press('Control+a');
    const line = (): Promise<string> => table.locator('.bar').innerText();
    await expectToBecome(line, /^11 rows\s+11 selected$/);
    await table.getByRole('columnheader', { name: 'displayName' }).locator('.border').first().dblclick();
    assert.equal((await selectedRows(table)).length, 11);
    await expectToBecome(line, /^11 rows\s+11 selected/);
    await screenshot(page, 'table-selected-all');
    await openMenu(await cellOf(table, 'nodeClass', 1));
    await choose('Filter by This Value');
    await expectToBecome(line, /^\d+ of 11 rows$/);
    assert.deepEqual(await selectedRows(table), []);
  });

  it('runs its request again from its title bar, stays in front, and says so to screen readers (E13, E14, E21)', async () => {
    await openTable();
    const added = { id: 2002, displayName: 'AGAIN-01', systemName: 'AGAIN-01' };
    addDevice(fixture, added);
    try {
      await press(page.getByRole('button', { name: 'Run Request Again…' }));
      await table.getByRole('status').getByText('12 rows').waitFor();
      await text(table, 'AGAIN-01').first().waitFor();
      // Its content, because a screen reader speaks that of a live region.
      const alert = page.locator('.statusbar').getByRole('alert');
      await expectToBecome(() => alert.textContent(), /^List devices: response received, 200 · .* · 12 items$/);
      await expectToBecome(() => page.locator('.tab.active').getAttribute('aria-label'), /^Table: List devices/);
      await screenshot(page, 'table-again');
      await runCommand(page, 'NinjaOne: Compare Responses…');
      await activeTab(page, /^List devices · Sandbox native: /).waitFor();
      await runCommand(page, 'View: Close Editor');
    } finally {
      fixture.sandbox.tenant.devices.splice(
        fixture.sandbox.tenant.devices.findIndex(({ id }) => id === added.id),
        1,
      );
    }
  });

  it('sorts, filters, copies and unfreezes from the menu of a column (E7, E14)', async () => {
    await openTable();
    const header = table.getByRole('columnheader', { name: 'displayName' });
    await openMenu(header);
    assert.deepEqual(await menuEntries(page), HEADER_MENU);
    await screenshot(page, 'table-menu-column');
    await choose('Sort Descending');
    await table.locator('[role="columnheader"][aria-sort="descending"]').getByText('displayName').waitFor();
    await table.getByText('Sorted by displayName, descending', { exact: true }).waitFor();
    // The menu gives the focus back a moment after it is closed.
    await table.locator('[role="columnheader"]:focus').filter({ hasText: 'displayName' }).waitFor();
    await page.keyboard.press('Control+c');
    await table.getByText('displayName copied').waitFor();
    await openMenu(header);
    await choose('Unfreeze Columns');
    await expectToBecome(() => table.getByRole('grid').getAttribute('data-frozen'), '0');
    await openMenu(header);
    assert.deepEqual(
      await menuEntries(page),
      HEADER_MENU.filter((entry) => entry !== 'Unfreeze Columns'),
    );
    await choose('Filter by This Column');
    await expectToBecome(() => table.getByRole('searchbox').inputValue(), 'displayName:');
    await page.keyboard.type('front');
    await table.getByRole('status').getByText('2 of 11 rows').waitFor();
    await runCommand(page, 'NinjaOne: Reset Columns');
    await expectToBecome(() => table.getByRole('grid').getAttribute('data-frozen'), '2');
  });

  it('has a menu of its own for a cell, by mouse and by keyboard, and filters by a value (E7, E14)', async () => {
    await openTable();
    const cell = await cellOf(table, 'nodeClass', 1);
    const value = await cell.innerText();
    await openMenu(cell);
    assert.deepEqual(await menuEntries(page), CELL_MENU);
    await screenshot(page, 'table-menu');
    await choose('Filter by This Value');
    await expectToBecome(() => table.getByRole('searchbox').inputValue(), `nodeClass:"${value}"`);
    const expected = fixture.sandbox.tenant.devices.filter(({ nodeClass }) => nodeClass === value).length;
    await table.getByRole('status').getByText(`${expected} of 11 rows`).waitFor();
    await table.locator('.cell').nth(20).click();
    await page.keyboard.press('Shift+F10');
    assert.deepEqual(await menuEntries(page), CELL_MENU);
    await closeMenus(page);
    await openMenu(table.getByRole('columnheader', { name: 'nodeClass' }));
    await choose('Copy Column');
    await table.getByText('nodeClass copied').waitFor();
    await expectClipboard(page, ['nodeClass', ...Array.from({ length: expected }, () => value)].join('\n'));
  });

  it('saves what it shows as CSV, with times in ISO 8601 (E7, E21)', async () => {
    await openTable();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('front');
    await table.getByRole('status').getByText('2 of 11 rows').waitFor();
    await table.getByRole('columnheader', { name: 'displayName' }).click();
    await table.getByRole('columnheader', { name: 'displayName' }).click();
    await table.locator('[aria-sort="descending"]').waitFor();
    await press(page.getByRole('button', { name: /Save .*CSV/ }));
    await quickInput(page, 'Save Table as CSV').waitFor();
    const file = path.join(fixture.workbench.workspaceDir, 'shown.csv');
    await page.waitForFunction(`document.querySelector('.quick-input-widget input')?.value.endsWith('.csv')`);
    await typeInto(page, file);
    await page.keyboard.press('Enter');
    await toast(page, 'Saved 2 rows as shown.csv.');
    const [head = '', ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
    assert.match(head, /^\ufeffid,displayName,systemName,/);
    assert.deepEqual(
      lines.map((line) => line.split(',')[1]),
      ['ACME-FRONT02', 'ACME-FRONT01'],
    );
    assert.match(lines[0] ?? '', /,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.75Z,/);
  });

  it('shows all rows of a response of which the document shows a part, and reveals each in JSON (E7, E21)', async () => {
    await configure(fixture, { 'ninjaone.response.maxItems': 5 });
    try {
      await openTable();
      await table.getByRole('status').getByText('11 rows').waitFor();
      await cellAt(table, 3, 1).click();
      await runCommand(page, 'NinjaOne: Reveal in JSON');
      await activeTab(page, /^List devices.*\.json$/).waitFor();
      await expectToBecome(selectedText, /^\{\s+"id": 1003,[^]*\}$/);
      await runInHost(fixture, 'ninjaone.response.showTable');
      await focused(table, '1003');
      await cellAt(table, 9, 1).click();
      await runCommand(page, 'NinjaOne: Reveal in JSON');
      await activeTab(page, /row 9\.json$/).waitFor();
      await page.locator('.view-line').getByText('"id": 1009,').waitFor();
    } finally {
      await configure(fixture, { 'ninjaone.response.maxItems': 20_000 });
    }
  });

  it('opens a cell with JSON or long text as a document of its own, by Enter and a double click (E21)', async () => {
    const long = 'x'.repeat(30_000);
    fixture.sandbox.misbehave({
      api: { kind: 'response', status: 200, body: [{ id: 1, nested: { big: [1.1] }, long }], path: '/v2/devices' },
    });
    try {
      await sendDevices();
      await runInHost(fixture, 'ninjaone.response.showTable');
      await focused(table, '1');
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await activeTab(page, /row 1 · nested\.json$/).waitFor();
      await page.locator('.view-line').getByText('1.1').waitFor();
      assert.equal(await page.locator('.tab').count(), 3, 'a short cell opens nothing');
      await runInHost(fixture, 'workbench.action.closeActiveEditor');
      await cellAt(table, 1, 3).dblclick();
      await activeTab(page, /row 1 · long\.txt$/).waitFor();
      await runInHost(fixture, 'workbench.action.closeActiveEditor');
      // Its whole text can be scrolled by keyboard; a short one is no tab stop.
      await expectToBecome(
        () => table.locator('#detail').innerText(),
        (shown) => shown.length > 19_000,
      );
      assert.equal(await table.locator('#detail').getAttribute('tabindex'), '0');
      await cellAt(table, 1, 1).click();
      await expectToBecome(() => table.locator('#detail').getAttribute('tabindex'), null);
    } finally {
      fixture.sandbox.misbehave({});
    }
  });

  it('has no violation of accessibility that axe knows of (E14)', async () => {
    await openTable();
    await page.keyboard.press('Shift+Space');
    const frame = page.frames().find((each) => each.name() === 'active-frame' || each.url().includes('fake.html'));
    const name = table.locator('h1');
    assert.equal(await name.innerText(), 'List devices · Sandbox native');
    assert.equal(await table.locator('html').getAttribute('lang'), 'en');
    assert.equal(await table.getByRole('rowheader').count(), 11);
    assert.ok(frame);
    assert.deepEqual(await accessibilityViolations(frame), []);
  });

  it('needs a list: another response has no such lens, and the command says so (E7)', async () => {
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organization/{id}');
    await inputBox(page, '1', { prompt: 'id' });
    await lens(page, /^200 · [\d,]+ ms/).waitFor();
    assert.equal(await lens(page, 'Show as Table').count(), 0);
    await runCommand(page, 'NinjaOne: Show Response as Table');
    await toast(page, /has no list to show as a table/);
  });

  async function dragHeader(name: string, target: string): Promise<void> {
    const [from, to] = await Promise.all(
      [name, target].map((each) => table.getByRole('columnheader', { name: each, exact: true }).boundingBox()),
    );
    assert.ok(from && to);
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y + 10, { steps: 5 });
    await page.mouse.up();
  }

  /** VS Code opens no menu for a click that comes while another one is closing. */
  async function openMenu(target: Locator): Promise<void> {
    await eventually(async () => {
      await target.click({ button: 'right', timeout: TIMEOUT.attempt });
      await page.getByRole('menuitem').first().waitFor({ timeout: TIMEOUT.attempt });
    });
  }

  /** A menu that has just opened ignores the mouse. */
  async function choose(entry: string): Promise<void> {
    const item = page.getByRole('menuitem', { name: entry, exact: true });
    await item.waitFor();
    await eventually(async () => {
      if (await item.isVisible()) {
        await item.click({ timeout: TIMEOUT.attempt });
        await item.waitFor({ state: 'hidden', timeout: TIMEOUT.attempt / 5 });
      }
    });
  }

  function selectedText(): Promise<string> {
    return fixture.workbench.host.run((api) => {
      const { document, selection } = api.window.activeTextEditor ?? {};
      return document?.getText(selection) ?? '';
    });
  }

  async function sendDevices(): Promise<void> {
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/devices');
    await lens(page, /^200 · [\d,]+ ms/).waitFor();
    // Extensions hear later than the screen which editor is the active one, and commands act on that.
    await expectToBecome(
      () => fixture.workbench.host.run((api) => api.window.activeTextEditor?.document.uri.scheme),
      'ninjaone-response',
    );
  }

  /** The table of all devices, with the focus in its first cell. */
  async function openTable(): Promise<void> {
    await sendDevices();
    await runInHost(fixture, 'ninjaone.response.showTable');
    await focused(table, '1001');
  }
});

function addDevice(
  { sandbox: { tenant } }: WorkbenchFixture,
  device: { id: number; displayName: string; systemName: string; dnsName?: string; uid?: string },
): void {
  const [first] = tenant.devices;
  assert.ok(first);
  tenant.devices.push({ ...first, ...device });
}

/** The kinds of elements in the page, and the names of their attributes. */
function structure(table: FrameLocator): Promise<{ elements: string[]; attributes: string[] }> {
  return table.locator('html').evaluate((html: PageElement) => {
    const all = [html, ...html.querySelectorAll('*')];
    return {
      elements: [...new Set(all.map(({ tagName }) => tagName))].sort(),
      attributes: [...new Set(all.flatMap((each) => each.getAttributeNames()))].sort(),
    };
  });
}

/** As much of an element as is used; the types of a page are not those of the tests. */
interface PageElement {
  readonly tagName: string;
  getAttributeNames(): string[];
  querySelectorAll(selector: string): Iterable<PageElement>;
}

interface ScrolledElement {
  readonly scrollTop: number;
  readonly scrollLeft: number;
}

function text(table: FrameLocator, content: string): Locator {
  return table.locator('.body').getByText(content, { exact: true });
}

/** The cell of a column in a row, the first of which is 1. */
async function cellOf(table: FrameLocator, name: string, row: number): Promise<Locator> {
  const column = await table.getByRole('columnheader', { name, exact: true }).getAttribute('aria-colindex');
  return cellAt(table, row, Number(column));
}

/** By their places as a screen reader counts them, the first row being the header. */
function cellAt(table: FrameLocator, row: number, column: number): Locator {
  return table.locator(`[aria-rowindex="${row + 1}"] [aria-colindex="${column}"]`);
}

/** The row and column of each selected cell as a screen reader counts them, such as `2:1`. */
function selectedCells(table: FrameLocator): Promise<string[]> {
  return table
    .locator('.cell[aria-selected="true"]')
    .evaluateAll((cells: (PageElement & { readonly parentElement: PageElement | null })[]) =>
      cells.map((cell) =>
        [cell.parentElement?.getAttribute('aria-rowindex'), cell.getAttribute('aria-colindex')].join(':'),
      ),
    );
}

interface PageElement {
  getAttribute(name: string): string | null;
}

/** The numbers of the selected rows as a screen reader counts them. */
function selectedRows(table: FrameLocator): Promise<(string | null)[]> {
  return table
    .locator('[role="row"][aria-selected="true"]')
    .evaluateAll((rows: { getAttribute(name: string): string | null }[]) =>
      rows.map((row) => row.getAttribute('aria-rowindex')),
    );
}

async function focused(table: FrameLocator, content: string): Promise<void> {
  await table
    .locator('.cell:focus')
    .filter({ hasText: new RegExp(`^${content.replaceAll('.', '\\.')}$`) })
    .waitFor();
}

/** A script for the page: puts the element in, and answers what the policy of the page says to it. */
function refusalOf(element: string): string {
  return `new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
    const element = ${element};
    document.body.append(element);
    element.remove();
  })`;
}
