import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('a list of all pages', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  /** Three items, and then the end of the list or a refusal. */
  const fetchAll = async (last: 'end' | 'refusal'): Promise<void> => {
    const items = [{ id: 1 }, { id: 2 }, { id: 3 }];
    explorer.answers('/v2/organizations', json(items), last === 'end' ? json([]) : json({}, { status: 400 }));
    if (last === 'refusal') {
      editor.user.closes(/refused/);
    }
    await explorer.write('GET /v2/organizations');
    await explorer.press('Fetch All');
    await explorer.remembered(1);
  };

  for (const [format, command] of [
    ['json', 'ninjaone.response.saveJson'],
    ['csv', 'ninjaone.response.saveCsv'],
  ] as const) {
    it(`that is incomplete is saved as ${format} under a name and with a message that say so (E7, E8)`, async () => {
      await fetchAll('refusal');
      const file = explorer.savesAs(
        new RegExp(`/List-organizations-Acme-incomplete\\.${format}$`),
        /Saved as saved with the 3 items that came\. The list is incomplete because a page could not be fetched\./,
      );
      await explorer.run(command);
      assert.match(await readFile(file, 'utf8'), /3/);
    });
  }

  it('that is complete is saved as one (E7)', async () => {
    await fetchAll('end');
    const file = explorer.savesAs(/\/List-organizations-Acme-all\.json$/, /Saved as saved\.(?! The list)/);
    await explorer.run('ninjaone.response.saveJson');
    assert.match(await readFile(file, 'utf8'), /3/);
  });

  it('that is incomplete says so in its table (E7, E8)', async () => {
    await fetchAll('refusal');
    await explorer.press('Show as Table');
    const [panel] = editor.window.webviewPanels;
    panel?.receive({ type: 'ready' });
    await until(() => (panel?.posted.length ?? 0) > 0);
    assert.match(JSON.stringify(panel?.posted[0]), /"notices":\["The list is incomplete because/);
  });

  it('of which one page came says so when its table is saved (E7, E8, E15)', async () => {
    explorer.answers('/v2/organizations', json([{ id: 1 }, { id: 2 }]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await explorer.press('Show as Table');
    const [panel] = editor.window.webviewPanels;
    panel?.receive({ type: 'ready' });
    await until(() => (panel?.posted.length ?? 0) > 0);
    explorer.savesAs(/\.csv$/, /Saved 2 rows as saved\. The list may have more pages\./);
    await explorer.run('ninjaone.table.saveCsv');
  });

  for (const [last, state] of [
    ['end', / all pages · /],
    ['refusal', / all pages, incomplete · /],
  ] as const) {
    it(`is named as one in the history, which does not keep it, with ${last} (E8, E13)`, async () => {
      await fetchAll(last);
      editor.user.picksFrom(/History/, (pick) => {
        assert.match(pick.items[0]?.description ?? '', state);
        assert.match(pick.items[0]?.detail ?? '', /response not kept/);
        pick.choose('List organizations');
      });
      editor.user.closes(/Run "List organizations" Again/);
      await explorer.run('ninjaone.history.show');
      const [detail = ''] = editor.user.asked.at(-1)?.notes ?? [];
      assert.match(detail, /^A list of all pages is not kept\. This requests one page\.$/);
    });
  }
});
