import assert from 'node:assert/strict';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import {
  activeTab,
  eventually,
  expectToBecome,
  inputBox,
  openView,
  press,
  runCommand,
  screenshot,
  toast,
} from '../../tooling/workbenchDriver.ts';
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
    for (const [key, expected] of [
      ['ArrowDown', '1002'],
      ['ArrowRight', '5a4db0c5-0000-4000-8000-000000001002'],
      ['Home', '1002'],
      ['End', '2025-10-09 08:53:19 UTC'],
      ['Control+End', '2025-10-09 08:53:20 UTC'],
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
      const names = await table.locator(`[role="gridcell"][aria-colindex="${column ?? ''}"]`).allInnerTexts();
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
    await table.getByText('No row contains all of these words.').waitFor();
    await screenshot(page, 'table-filtered-none');
    await page.keyboard.press('Escape');
    await table.getByRole('status').getByText('11 rows').waitFor();
    await page.keyboard.press('ArrowDown');
    await table.locator('[role="gridcell"]:focus').waitFor();
  });

  it('is copied by Ctrl+C, a cell or the selected rows for a spreadsheet (E7)', async () => {
    await openTable();
    await page.keyboard.press('Control+c');
    await table.getByText('Copied the cell.').waitFor();
    await expectClipboard(page, '1001');
    await table.locator('.cell:focus').waitFor();
    await page.keyboard.press('Shift+Space');
    await page.keyboard.press('Shift+ArrowDown');
    await table.getByText('Rows selected: 2.').waitFor();
    await expectToBecome(() => table.locator('[role="row"][aria-selected="true"]').count(), 2);
    await screenshot(page, 'table-selected');
    await page.keyboard.press('Control+c');
    await table.getByText('Rows copied: 2.').waitFor();
    const lines = (await expectClipboard(page, /^id\tuid\t/)).split('\n');
    assert.match(lines[0] ?? '', /^id\tuid\t/);
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
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await focused(table, '2025-10-09 08:53:20 UTC');
    assert.equal(await table.locator('.cell:focus').getAttribute('title'), '1760000000.75');
    await expectToBecome(
      () => table.getByRole('region', { name: 'Full text of the cell' }).innerText(),
      /^lastUpdate {2}1760000000\.75\n2025-10-09 08:53:20 UTC · .+ ago/,
    );
    await page.keyboard.press('Control+c');
    await table.getByText('Copied the cell.').waitFor();
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

  it('is closed with the document of its response (E7)', async () => {
    await openTable();
    await press(page.locator('.tab').filter({ hasText: '.json' }), { button: 'middle' });
    await page.locator('.tab').first().waitFor({ state: 'detached' });
  });

  it('scrolls thousands of rows, and only those in sight are elements (E7)', async () => {
    const { devices } = fixture.sandbox.tenant;
    const count = devices.length;
    for (let id = 3001; id <= 9000; id++) {
      addDevice(fixture, { id, displayName: `MASS-${id}`, systemName: `MASS-${id}` });
    }
    try {
      await openTable();
    } finally {
      devices.splice(count);
    }
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Home');
    await focused(table, '9000');
    await expectToBecome(
      () => table.getByRole('row').count(),
      (drawn) => drawn > 20 && drawn < 100,
    );
    await screenshot(page, 'table-thousands');
    await table.getByRole('grid').hover();
    await page.mouse.wheel(0, -60_000);
    await table.locator('[aria-rowindex="3275"]').waitFor();
    // The cell with the focus is out of sight and has it still.
    await focused(table, '9000');
    await page.keyboard.press('ArrowUp');
    await focused(table, '8999');
  });

  it('needs a list: another response has no such lens, and the command says so (E7)', async () => {
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/organization/{id}');
    await inputBox(page, '1', { prompt: 'id' });
    await lens(page, /^200 · \d+ ms/).waitFor();
    assert.equal(await lens(page, 'Show as Table').count(), 0);
    await runCommand(page, 'NinjaOne: Show Response as Table');
    await toast(page, /has no list to show as a table/);
  });

  async function sendDevices(): Promise<void> {
    await beginInHost(fixture, 'ninjaone.explorer.run', 'GET /v2/devices');
    await lens(page, /^200 · \d+ ms/).waitFor();
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
  return table.getByRole('gridcell', { name: content, exact: true });
}

/** By their places as a screen reader counts them, the first row being the header. */
function cellAt(table: FrameLocator, row: number, column: number): Locator {
  return table.locator(`[aria-rowindex="${row + 1}"] [aria-colindex="${column}"]`);
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
