import assert from 'node:assert/strict';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeWebviewPanel } from '../../support/vscode/views.ts';

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
    panel?.receive({ type: 'other' });
    panel?.receive({ type: 'ready' });
    await until(() => (panel?.posted.length ?? 0) > 0);
    assert.equal(panel?.posted.length, 1);
    assert.match(JSON.stringify(panel.posted[0]), /<b>Ninety<\/b>/);
  });

  it('gets the separator for copied rows with them (E7)', async () => {
    editor.configuration.set('ninjaone.csv.separator', 'semicolon');
    const panel = await show([{ id: 1 }]);
    panel?.receive({ type: 'ready' });
    await until(() => (panel?.posted.length ?? 0) > 0);
    assert.equal((panel?.posted[0] as { separator: string }).separator, ';');
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

  it('closes with its document (E7)', async () => {
    const panel = await show([{ id: 1 }]);
    editor.workspace.closeTab(explorer.inFront.uri);
    assert.equal(panel?.isDisposed, true);
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
    await until(() => (panel?.posted.length ?? 0) > 0);
    const { notices } = panel?.posted[0] as { notices: readonly string[] };
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
