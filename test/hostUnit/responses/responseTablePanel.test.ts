import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { formatMessage } from '../../../src/core/base/messages.ts';
import type { HostMessage } from '../../../src/webview/table/tableProtocol.ts';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import { Uri } from '../../support/vscode/values.ts';
import type { FakeWebviewPanel } from '../../support/vscode/views.ts';

/** The menu of a tab names the tab. */
const TAB = Uri.from({ scheme: 'webview-panel', path: 'webview-panel/webview-1' });

describe('table of a response', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  const show = async (value: unknown): Promise<FakeWebviewPanel | undefined> => {
    explorer.answers('/v2/organizations', json(value));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await explorer.run('ninjaone.response.showTable');
    return editor.window.webviewPanels[0];
  };

  it('gets its rows when the page asks for them, and none are in the page itself (E7)', async () => {
    const panel = await show([{ id: 1, name: '<b>Ninety</b>' }]);
    assert.doesNotMatch(panel?.webview.html ?? '', /Ninety/);
    const page = new Page(panel);
    panel?.receive({ type: 'other' });
    panel?.receive({ type: 'ready' });
    const table = await page.next('table');
    assert.deepEqual([table.rows, table.isRead], [1, true]);
    assert.doesNotMatch(JSON.stringify(table), /Ninety/);
    panel?.receive({ type: 'query', query: 1, filter: '', sort: undefined });
    assert.equal((await page.next('found')).rows, 1);
    panel?.receive({ type: 'rows', query: 1, from: 0, to: 100 });
    assert.deepEqual((await page.next('rows')).rows, [['1', '<b>Ninety</b>']]);
  });

  it('sends rows in the order and of the filter that the page asked for last (E7)', async () => {
    const panel = await show([
      { id: 1, name: 'b', created: 1_760_000_000 },
      { id: 2, name: 'a', created: 0 },
      { id: 3, name: 'bb', long: 'x'.repeat(1000) },
    ]);
    const page = new Page(panel);
    panel?.receive({ type: 'query', query: 1, filter: 'b', sort: { column: 1, direction: 'descending' } });
    assert.deepEqual(await page.next('found'), { type: 'found', query: 1, rows: 2 });
    panel?.receive({ type: 'rows', query: 1, from: 0, to: 2 });
    assert.deepEqual((await page.next('rows')).rows, [
      ['3', 'bb', '', 'x'.repeat(300)],
      ['1', 'b', ['2025-10-09 08:53:20 UTC', '1760000000'], ''],
    ]);
    panel?.receive({ type: 'cell', query: 1, row: 0, column: 3 });
    assert.equal((await page.next('cell')).text.length, 1000);
    panel?.receive({ type: 'rows', query: 7, from: 0, to: 2 });
    assert.deepEqual((await page.next('rows', 1)).rows, [], 'of another query');
  });

  it('copies what it shows, for a spreadsheet, and says so (E7, E21)', async () => {
    const panel = await show([{ uid: UUID, name: 'a', created: 1_760_000_000.5, id: 7 }]);
    const page = new Page(panel);
    panel?.receive({ type: 'query', query: 1, filter: '', sort: undefined });
    await page.next('found');
    panel?.receive({ type: 'copyRows', query: 1, ranges: [[0, 5]] });
    assert.equal((await page.next('said')).text, '1 row copied');
    assert.equal(editor.env.clipboardText, `id\tname\tcreated\tuid\n7\ta\t2025-10-09T08:53:20.5Z\t${UUID}`);
    panel?.receive({ type: 'copyColumn', query: 1, column: 1 });
    await page.next('said', 1);
    assert.equal(editor.env.clipboardText, 'name\na');
    panel?.receive({ type: 'copyCell', query: 1, row: 0, column: 2 });
    await page.next('said', 2);
    assert.equal(editor.env.clipboardText, '2025-10-09T08:53:20.5Z');
  });

  it('copies a rectangle of cells without the names of the columns, as it shows them (E7, E21)', async () => {
    const panel = await show([
      { uid: UUID, name: 'a', created: 1_760_000_000, id: 7 },
      { uid: UUID, name: 'b', created: 1_760_000_001, id: 8 },
      { uid: UUID, name: '=c', created: 1_760_000_002, id: 9 },
    ]);
    const page = new Page(panel);
    panel?.receive({ type: 'query', query: 1, filter: '', sort: { column: 3, direction: 'descending' } });
    await page.next('found');
    panel?.receive({ type: 'copyCells', query: 1, rows: [0, 2], columns: [1, 3] });
    assert.equal((await page.next('said')).text, '4 cells copied');
    assert.equal(editor.env.clipboardText, "9\t'=c\n8\tb");
    panel?.receive({ type: 'copyCells', query: 7, rows: [0, 2], columns: [1] });
    panel?.receive({ type: 'copyCells', query: 1, rows: [0, 2], columns: [77] });
    panel?.receive({ type: 'copyCells', query: 1, rows: [1, 2], columns: [2] });
    assert.equal((await page.next('said', 1)).text, '1 cell copied', 'the others are none');
    assert.equal(editor.env.clipboardText, '2025-10-09T08:53:21Z');
  });

  it('keeps the columns as they were left, for the next response of the operation and without its values (E7)', async () => {
    const panel = await show([{ id: 1, name: 'private', on: true }]);
    const layout = { order: ['0 on', '0 id'], hidden: ['0 name'], widths: { '0 id': 99 }, frozen: 1 };
    panel?.receive({ type: 'layout', layout });
    const file = join(explorer.host.sessions.directory, 'tableColumns.json');
    await until(() => existsSync(file));
    assert.doesNotMatch(readFileSync(file, 'utf8'), /private/);
    panel?.dispose();
    await show([{ id: 2, name: 'x' }]);
    const other = editor.window.webviewPanels[1];
    other?.receive({ type: 'ready' });
    assert.deepEqual((await new Page(other).next('table')).layout, layout);
    await explorer.run('ninjaone.table.resetColumns');
    await until(() => {
      const last = (other?.posted as HostMessage[]).findLast(({ type }) => type === 'table');
      return last?.type === 'table' && last.layout.order.length === 0;
    });
    await until(() => readFileSync(file, 'utf8') === '{}');
  });

  it('leads from the number of hidden columns to the choice of columns, and says it of a saved file (E7, E21)', async () => {
    const panel = await show([{ id: 1, name: 'a', on: true }]);
    panel?.receive({ type: 'ready' });
    const { texts } = await new Page(panel).next('table');
    const text = (count: number): string => formatMessage({ template: texts.hiddenColumns, args: [count] });
    assert.deepEqual([text(1), text(2)], ['1 column hidden', '2 columns hidden']);
    panel?.receive({ type: 'layout', layout: { order: [], hidden: ['0 name', '0 gone'], widths: {}, frozen: 2 } });
    editor.user.closesAll();
    // A click on the link does not give the page the focus.
    panel!.active = false;
    panel?.receive({ type: 'chooseColumns' });
    await until(() => editor.user.asked.some(({ texts }) => texts.includes('Choose Columns')));
  });

  it('runs the commands of its menu in the page, which knows the cell (E14, E21)', async () => {
    const panel = await show([{ id: 1 }]);
    const page = new Page(panel);
    for (const name of ['copy', 'copyColumn', 'filterByValue', 'revealInJson', 'openCell', 'hideColumn'] as const) {
      await explorer.run(`ninjaone.table.${name}`);
    }
    for (const name of ['moveColumnLeft', 'moveColumnRight', 'freezeColumns', 'unfreezeColumns'] as const) {
      await explorer.run(`ninjaone.table.${name}`);
    }
    for (const name of ['sortAscending', 'sortDescending', 'filterByColumn'] as const) {
      await explorer.run(`ninjaone.table.${name}`);
    }
    assert.deepEqual(
      [(await page.next('act', 9)).act, (await page.next('act', 12)).act],
      ['unfreezeColumns', 'filterByColumn'],
    );
    panel?.dispose();
    await explorer.run('ninjaone.table.copy');
    assert.deepEqual(explorer.errors, ['table.none']);
  });

  it('opens a row that the document does not show, and a cell, as documents (E21)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    const panel = await show([{ id: 1 }, { id: 2.1, nested: { a: [1.1] } }]);
    panel?.receive({ type: 'query', query: 1, filter: '', sort: undefined });
    await new Page(panel).next('found');
    panel?.receive({ type: 'open', query: 1, row: 1, column: 1 });
    await until(() => explorer.inFront.uri.path.endsWith('row 2 · nested.json'));
    assert.equal(explorer.inFront.getText(), '{\n  "a": [\n    1.1\n  ]\n}');
    panel?.receive({ type: 'reveal', query: 1, row: 1, column: 0 });
    await until(() => explorer.inFront.uri.path.endsWith('row 2.json'));
    assert.match(explorer.inFront.getText(), /"id": 2\.1,/);
    panel?.receive({ type: 'reveal', query: 1, row: 0, column: 0 });
    await until(() => explorer.inFront.uri.scheme === 'ninjaone-response');
  });

  it('is the response that commands act on while it is in front (E7)', async () => {
    await show([{ id: 1 }]);
    editor.workspace.activeTextEditor = undefined;
    const { responses } = await explorer.open();
    assert.equal(responses.find(undefined).view.items, 1);
    assert.equal(responses.find(TAB).view.items, 1);
    assert.equal(responses.isAbout(TAB), true);
  });

  it('stays in front when its request is run again, with the new rows, and says so (E13, E14, E21)', async () => {
    const panel = await show([{ id: 1 }]);
    const { uri } = explorer.inFront;
    for (const isOpen of [true, false]) {
      if (!isOpen) {
        editor.workspace.closeTab(uri);
      }
      editor.workspace.activeTextEditor = undefined;
      const rows = isOpen ? 2 : 3;
      explorer.answers('/v2/organizations', json(Array.from({ length: rows }, (_, id) => ({ id }))));
      await explorer.run('ninjaone.history.rerun', TAB);
      await until(() => (panel?.posted.at(-1) as { readonly rows?: number } | undefined)?.rows === rows);
      assert.equal(editor.workspace.activeTextEditor, undefined, 'no document comes to the front');
      const announced = editor.window.statusBarItems.filter(({ id }) => id === 'ninjaone.response').at(-1);
      assert.match(
        announced?.text ?? '',
        new RegExp(`^List organizations: response received, 200 .*\\b${rows} items$`),
      );
    }
    explorer.answers('/v2/organizations', json([{ id: 9 }]), json([]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.match(explorer.inFront.text, /9/, 'Run shows the response as always');
    editor.workspace.activeTextEditor = undefined;
    await explorer.run('ninjaone.history.rerun', TAB);
    assert.equal(explorer.inFront.text.trim(), '[]', 'an empty list is no table');
  });

  it('closes for a response that is no table, and the response opens although its tab was closed (E7, E21)', async () => {
    const panel = await show([{ id: 1 }]);
    editor.workspace.closeTab(explorer.inFront.uri);
    editor.workspace.activeTextEditor = undefined;
    explorer.answers('/v2/organizations', json([]));
    const { showTextDocument } = editor.window.api;
    const slow = mock.method(editor.window.api, 'showTextDocument', async (...args: unknown[]) => {
      // In VS Code, a tab comes later than what needs no answer of the window.
      for (let turn = 0; turn < 20; turn++) {
        await new Promise(setImmediate);
      }
      return (showTextDocument as (...all: unknown[]) => unknown)(...args);
    });
    await explorer.run('ninjaone.history.rerun', TAB);
    slow.mock.restore();
    const { uri, text } = explorer.inFront;
    assert.equal(text.trim(), '[]');
    await until(() => panel?.isDisposed === true);
    const { responses } = await explorer.open();
    assert.equal(responses.find(uri).view.items, 0);
  });

  it('is what its responses are compared of (E13, E21)', async () => {
    await show([{ id: 1 }]);
    explorer.answers('/v2/organizations', json([{ id: 2 }]));
    editor.workspace.activeTextEditor = undefined;
    await explorer.run('ninjaone.history.rerun', TAB);
    await explorer.remembered(2);
    await explorer.run('ninjaone.history.compare', TAB);
    assert.match(JSON.stringify(editor.commands.callsOf('vscode.diff')), /List organizations/);
  });

  it('separates copied rows as the setting says (E7)', async () => {
    editor.configuration.set('ninjaone.csv.separator', 'semicolon');
    const panel = await show([{ id: 1, name: 'a' }]);
    panel?.receive({ type: 'query', query: 1, filter: '', sort: undefined });
    const page = new Page(panel);
    await page.next('found');
    panel?.receive({ type: 'copyRows', query: 1, ranges: [[0, 1]] });
    await page.next('said');
    assert.equal(editor.env.clipboardText, 'id;name\n1;a');
  });

  it('may load its own script and style and nothing else (P4)', async () => {
    const { webview } = (await show([{ id: 1 }])) ?? {};
    assert.match(webview?.html ?? '', /default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-[^']+'/);
    assert.deepEqual(
      webview?.options.localResourceRoots?.map(({ path }) => path.split('/').slice(-2)),
      [['dist', 'webview']],
    );
  });

  it('is shown once for a document, and comes to the front again', async () => {
    const panel = await show([{ id: 1 }]);
    await explorer.press('Show as Table');
    assert.deepEqual([editor.window.webviewPanels.length, panel?.reveals], [1, 1]);
  });

  it('keeps the file of a response until the document and the table are closed (E21)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    const panel = await show([{ id: 1 }, { id: 2 }]);
    const folder = join(explorer.host.sessions.directory, 'responses');
    const files = (): readonly string[] => readdirSync(folder).flatMap((each) => readdirSync(join(folder, each)));
    assert.equal(files().length, 1);
    editor.workspace.closeTab(explorer.inFront.uri);
    panel?.receive({ type: 'query', query: 1, filter: '2', sort: undefined });
    assert.equal((await new Page(panel).next('found')).rows, 1);
    assert.equal(files().length, 1);
    panel?.dispose();
    await until(() => files().length === 0);
  });

  it('is that of all pages after Fetch All Pages, in the same tab (E8, E21)', async () => {
    const all = await show([{ id: 1 }]);
    const first = explorer.inFront.uri;
    explorer.answers('/v2/organizations', json([{ id: 1 }, { id: 2 }]), json([]));
    await explorer.run('ninjaone.table.fetchAll');
    assert.equal(editor.window.webviewPanels.length, 1);
    assert.match(all?.title ?? '', /all pages$/);
    all?.receive({ type: 'ready' });
    const page = new Page(all);
    await until(() => (all?.posted as HostMessage[]).some((each) => each.type === 'table' && each.rows === 2));
    assert.ok((await page.next('table')).rows > 0);
    // Nothing keeps the first page any more when its document is closed.
    const { responses } = await explorer.open();
    editor.workspace.closeTab(first);
    assert.throws(() => responses.find(first));
    // The first page, run again, has a table of its own.
    await show([{ id: 1 }]);
    assert.equal(editor.window.webviewPanels.length, 2);
    all?.dispose();
  });

  it('stays when its document is closed, which then can be opened again, and ends with both (E21)', async () => {
    const panel = await show([{ id: 1 }]);
    const { uri } = explorer.inFront;
    editor.workspace.closeTab(uri);
    assert.equal(panel?.isDisposed, false);
    const { responses } = await explorer.open();
    assert.equal(responses.find(uri).view.items, 1);
    await explorer.run('ninjaone.table.openJson');
    assert.equal(explorer.inFront.uri.toString(), uri.toString());
    editor.workspace.closeTab(uri);
    panel.dispose();
    await until(() => {
      try {
        return !responses.find(uri);
      } catch {
        return true;
      }
    });
  });

  it('shows the other response when the request is sent again, and closes when it has no list (E7)', async () => {
    const panel = await show([{ id: 1 }]);
    const page = new Page(panel);
    const first = await page.next('table');
    explorer.answers('/v2/organizations', json([{ id: 2 }, { id: 3 }]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await until(() => panel?.posted.some((message) => (message as { rows?: unknown }).rows === 2) === true);
    const tables = (panel?.posted as HostMessage[]).filter(({ type }) => type === 'table');
    const last = tables.at(-1) as Extract<HostMessage, { type: 'table' }>;
    assert.notEqual(last.source, first.source);
    assert.equal(panel?.reveals, 0, 'the focus stays where it is');
    explorer.answers('/v2/organizations', json({ id: 1 }));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await until(() => panel.isDisposed);
    assert.deepEqual(explorer.errors, []);
  });

  it('is opened again after it was closed', async () => {
    (await show([{ id: 1 }]))?.dispose();
    await explorer.press('Show as Table');
    assert.equal(editor.window.webviewPanels.length, 2);
  });

  it('says how many columns are left out', async () => {
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`c${index}`, index]));
    const panel = await show([wide, wide]);
    panel?.receive({ type: 'ready' });
    const { notices } = await new Page(panel).next('table');
    assert.match(notices.join('\n'), /\d+ more columns/);
  });

  it('is refused for what is no list of objects', async () => {
    assert.equal(await show({ id: 1 }), undefined);
    editor.workspace.activeTextEditor = undefined;
    await explorer.run('ninjaone.response.showTable');
    assert.deepEqual(explorer.errors, ['response.noTable', 'response.noTable']);
  });

  it('goes away with the extension', async () => {
    const panel = await show([{ id: 1 }]);
    await explorer.host.extension.dispose();
    assert.equal(panel?.isDisposed, true);
  });
});

const UUID = '5a4db0c5-0000-4000-8000-000000001002';

/** What was sent to a page. */
class Page {
  readonly #panel: FakeWebviewPanel | undefined;

  constructor(panel: FakeWebviewPanel | undefined) {
    this.#panel = panel;
  }

  /** Waits for a message of this type; `index` counts from 0. */
  async next<T extends HostMessage['type']>(type: T, index = 0): Promise<Extract<HostMessage, { type: T }>> {
    const all = (): readonly HostMessage[] =>
      ((this.#panel?.posted ?? []) as HostMessage[]).filter((message) => message.type === type);
    await until(() => all().length > index);
    return all()[index] as Extract<HostMessage, { type: T }>;
  }
}
