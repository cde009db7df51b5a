import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type * as vscode from 'vscode';
import type { ExplorerRow } from '../../../src/host/catalog/operationPick.ts';
import { openExplorer, type ExplorerFixture, type ExplorerFixtureOptions } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { CancellationTokenSource } from '../../support/vscode/events.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeQuickPick } from '../../support/vscode/quickInput.ts';
import type { FakeTreeView } from '../../support/vscode/views.ts';

const LIST = 'GET /v2/organizations';
const DEVICE = 'GET /v2/device/{id}';

const NEVER_CANCELED = new CancellationTokenSource().token;

describe('tree of operations', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let view: FakeTreeView<ExplorerRow>;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
    view = editor.window.treeView('ninjaone.explorer') as FakeTreeView<ExplorerRow>;
  };
  afterEach(() => explorer.close());

  const rows = async (row?: ExplorerRow): Promise<readonly ExplorerRow[]> =>
    (await view.provider.getChildren(row)) ?? [];
  const labels = async (): Promise<readonly string[]> => (await view.items()).map(({ label }) => label as string);
  const rowOf = async (key: string, group?: string): Promise<ExplorerRow> => {
    const all = await Promise.all((await rows()).filter(({ id }) => group === undefined || id === group).map(rows));
    const found = all.flat().find((row) => row.kind === 'operation' && row.operation.key === key);
    assert.notEqual(found, undefined, key);
    return found!;
  };
  const itemOf = async (key: string): Promise<vscode.TreeItem> => view.provider.getTreeItem(await rowOf(key));
  const tooltipOf = async (row: ExplorerRow): Promise<string> => {
    const item = await view.provider.getTreeItem(row);
    const resolved = await view.provider.resolveTreeItem?.(item, row, NEVER_CANCELED);
    return resolved?.tooltip as string;
  };

  it('shows every operation in groups with counts, signed out, and sends no request (E1)', async () => {
    await open({ connections: [] });
    const counts = (await view.items()).map(({ description }) => Number(description));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      310,
    );
    assert.deepEqual(explorer.calls, []);
  });

  it('appears beside the connections without a number or list format, because the first one takes 10 ms (E1)', async () => {
    await open({ scopes: [] });
    const formats = [mock.method(Intl, 'NumberFormat'), mock.method(Intl, 'ListFormat')];
    try {
      assert.ok((await view.items()).length > 20);
      assert.equal((await editor.window.treeView('ninjaone.connections').items()).length, 1);
      assert.deepEqual(
        formats.map((format) => format.mock.callCount()),
        [0, 0],
      );
    } finally {
      formats.forEach((format) => {
        format.mock.restore();
      });
    }
  });

  it('says in words what kind of request a row is, and opens it with a click (E3, E5)', async () => {
    await open();
    const { command, accessibilityInformation, description } = await itemOf(LIST);
    assert.equal(command?.command, 'ninjaone.explorer.open');
    assert.deepEqual(command.arguments, [LIST]);
    assert.match(accessibilityInformation?.label ?? '', /List organizations, GET \/v2\/organizations, reads/);
    assert.equal(description, LIST);
  });

  it('locks what the connection has no scope for, and says which one is missing (E3)', async () => {
    await open({ connections: [{ ...ACME, scopes: ['monitoring'] }], scopes: ['monitoring'] });
    const { iconPath, description } = await itemOf('DELETE /v2/tag/{tagId}');
    assert.equal((iconPath as vscode.ThemeIcon).id, 'lock');
    assert.match(String(description), /management/);
    assert.equal(((await itemOf(LIST)).iconPath as vscode.ThemeIcon).id, 'arrow-small-right');
  });

  it('locks what needs a user while the connection is a service (E3)', async () => {
    await open({ connections: [{ ...ACME, platform: 'api-services' }], scopes: [] });
    assert.match(String((await itemOf('POST /v2/ticketing/ticket')).description), /user/);
  });

  it('makes the tooltip when the pointer rests on a row: kind, scope, parameters (E3)', async () => {
    await open();
    const row = await rowOf('GET /v2/activities');
    assert.equal((await view.provider.getTreeItem(row)).tooltip, undefined);
    for (const part of ['GET /v2/activities', 'SYSTEM | DEVICE', 'monitoring', 'reads']) {
      assert.equal((await tooltipOf(row)).includes(part), true, part);
    }
    assert.match((await tooltipOf(row)).split('\n').at(-1) ?? '', /^Icons: arrow reads data, .* flame destroys data/);
    const [group] = await rows();
    assert.match(await tooltipOf(group!), /^\d+ operations?$/);
  });

  it('has favorites on top, which stay open, and lets go of them (E3)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.addFavorite', LIST);
    assert.equal((await labels())[0], 'Favorites');
    const [favorites] = await view.items();
    assert.equal(favorites?.collapsibleState, 2);
    assert.match((await itemOf(LIST)).contextValue ?? '', /favorite/);
    await explorer.run('ninjaone.explorer.removeFavorite', await rowOf(LIST));
    assert.notEqual((await labels())[0], 'Favorites');
  });

  it('has what was sent as Recent, the latest first (E3)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.run', LIST);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
    const [recent] = await rows();
    assert.equal(recent?.kind === 'group' && recent.label, 'Recent');
    assert.deepEqual(
      (await rows(recent)).map((row) => row.kind === 'operation' && row.operation.key),
      ['GET /v2/devices', LIST],
    );
  });

  it('draws Recent again after a request, and nothing if it is the latest one already (E3)', async () => {
    await open();
    const [recent] = await rows();
    const empty = await view.provider.getTreeItem(recent!);
    assert.deepEqual(
      [empty.label, empty.description, empty.collapsibleState],
      ['Recent', '0', 0],
      'always in its place',
    );
    await explorer.run('ninjaone.explorer.run', LIST);
    await until(() => view.refreshes === 1);
    await explorer.run('ninjaone.explorer.run', LIST);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
    await until(() => view.refreshes === 2);
    assert.deepEqual(view.redrawn, [recent, recent]);
    const item = await view.provider.getTreeItem(recent!);
    assert.deepEqual([item.description, item.collapsibleState], ['2', 1]);
    assert.deepEqual(
      (await rows(recent)).map((row) => row.kind === 'operation' && row.operation.key),
      ['GET /v2/devices', LIST],
    );
    await explorer.run('ninjaone.explorer.addFavorite', await rowOf(LIST));
    await until(() => view.refreshes === 3);
    assert.equal(view.redrawn[2], undefined, 'a favorite changes rows in two groups');
  });

  it('draws an open Recent when it is closed or everything is drawn, so that no row moves under the pointer (E3)', async () => {
    await open();
    const [recent] = await rows();
    await explorer.run('ninjaone.explorer.run', LIST);
    await until(() => view.refreshes === 1);
    await rows(recent);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
    view.collapse(recent!);
    await until(() => view.refreshes === 2);
    assert.deepEqual(view.redrawn, [recent, recent]);
    assert.equal((await rows(recent)).length, 2);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/locations');
    view.setVisible(false);
    await until(() => view.refreshes === 3);
    assert.equal(view.redrawn[2], undefined);
  });

  it('adds no Recent to what a filter has found while the user runs it (E3)', async () => {
    await open();
    await labels();
    editor.user.fillsIn(/[Ff]ilter/, (box) => {
      box.enter('get activities class');
    });
    await explorer.run('ninjaone.explorer.filter');
    await until(() => view.refreshes > 0);
    assert.deepEqual(await labels(), ['Activities and Jobs']);
    const before = view.refreshes;
    await explorer.run('ninjaone.explorer.run', 'GET /v2/activities');
    await explorer.run('ninjaone.explorer.clearFilter');
    await until(() => view.refreshes > before);
    assert.equal(view.refreshes, before + 1, 'only clearing the filter has drawn');
    assert.equal((await view.items())[0]?.description, '1');
  });

  it('knows the group of a row, and nothing above a group', async () => {
    await open();
    const row = await rowOf(LIST);
    const parent = await view.provider.getParent?.(row);
    assert.equal(parent?.id, row.kind === 'operation' && row.group);
    assert.equal(await view.provider.getParent?.(parent), undefined);
    assert.deepEqual(await rows(row), []);
  });

  it('is grouped as the user says, which is kept in the settings (E3)', async () => {
    await open();
    await labels();
    editor.user.picksFrom('Group Operations By', (pick) => {
      assert.deepEqual(
        pick.items.map(({ label, detail }) => [label, detail !== undefined]),
        [
          ['Resource', true],
          ['Tag', false],
          ['Path', false],
          ['Method', false],
        ],
      );
      assert.ok(pick.items.every(({ description }) => description !== undefined && description !== ''));
      assert.match(pick.placeholder ?? '', /group/);
      pick.escape();
    });
    await explorer.run('ninjaone.explorer.groupBy');
    editor.user.picksFrom('Group Operations By', (pick) => {
      pick.choose('Method');
    });
    await explorer.run('ninjaone.explorer.groupBy');
    editor.user.picksFrom('Group Operations By', (pick) => {
      assert.deepEqual(
        pick.activeItems.map(({ label }) => label),
        ['Method'],
      );
      pick.escape();
    });
    await explorer.run('ninjaone.explorer.groupBy');
    assert.equal(editor.configuration.user('ninjaone.explorer.groupBy'), 'method');
    assert.deepEqual((await labels()).slice(0, 3), ['Recent', 'GET', 'POST']);
    await until(() => view.refreshes > 0);
  });

  it('is not drawn again before it was looked at', async () => {
    await open();
    await explorer.run('ninjaone.explorer.addFavorite', LIST);
    const before = view.refreshes;
    await labels();
    await explorer.run('ninjaone.explorer.addFavorite', DEVICE);
    await until(() => view.refreshes > before);
    assert.equal(before, 0);
  });

  describe('with a filter', () => {
    it('shows what has all words while they are typed, and says how many (E3)', async () => {
      await open();
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.enter('post script run');
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => view.message !== undefined && view.message !== '');
      assert.match(view.message ?? '', /\b1 of 310 operations/);
      await until(() => editor.commands.context.get('ninjaone.explorerFiltered') === true);
      const [group] = await view.items();
      assert.equal(group?.collapsibleState, 2);
      assert.match(group.id ?? '', /^filtered:/);
    });

    it('moves the focus to the first operation that it has found, so that Enter runs it (E3)', async () => {
      await open();
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.enter('get organizations pageSize');
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => view.revealed.length > 0);
      assert.deepEqual(
        view.selection.map((row) => row.kind === 'operation' && row.operation.key),
        [LIST],
      );
      assert.match(view.message ?? '', /^"get organizations p…": 3 of 310 operations$/);
    });

    it('moves the focus to the operation of a pasted path, and to none below it (E3)', async () => {
      await open();
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.enter('/v2/device/1001');
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => view.revealed.length > 0);
      assert.deepEqual(
        view.selection.map((row) => row.kind === 'operation' && row.operation.key),
        [DEVICE],
      );
    });

    it('says in its box while it is typed that nothing is found, and does not take it (E3)', async () => {
      await open();
      let closed: Promise<void> | undefined;
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.enter('device nonsense');
        assert.match(box.objection ?? '', /No operation has all of these words/);
        assert.match(view.message ?? '', /\b0 of 310/);
        assert.equal(box.isVisible, true);
        box.type('device reboot');
        assert.equal(box.objection, undefined);
        box.type('nonsense');
        closed = until(() => editor.commands.context.get('ninjaone.explorerFiltered') === false);
        box.hide();
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => closed !== undefined);
      await closed;
      assert.equal(view.message, '', 'a filter without hits is not kept');
      assert.deepEqual(view.revealed, []);
    });

    it('filters again when the operations of another instance are shown (E2, E3)', async () => {
      await open();
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.enter('post script run');
      });
      await explorer.run('ninjaone.explorer.filter');
      await (await explorer.open()).filter.apply();
      assert.match(view.message ?? '', /\b1 of 310 operations/);
    });

    it('takes the filter away with Escape in its box, for which there is a keybinding (E3)', async () => {
      await open();
      let escaped: Promise<void> | undefined;
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.type('device');
        assert.match(view.message ?? '', /of 310/);
        assert.equal(editor.commands.context.get('ninjaone.explorerFiltering'), true);
        escaped = explorer.run('ninjaone.explorer.clearFilter').then(() => {
          assert.equal(box.isVisible, false);
        });
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => view.message === '');
      await escaped;
      assert.equal(editor.commands.context.get('ninjaone.explorerFiltered'), false);
      assert.equal(editor.commands.context.get('ninjaone.explorerFiltering'), false);
    });

    it('keeps the filter when the box closes because of a click on what was found (E3)', async () => {
      await open();
      editor.user.fillsIn(/[Ff]ilter/, (box) => {
        box.type('post script run');
        box.hide();
      });
      await explorer.run('ninjaone.explorer.filter');
      await until(() => editor.commands.context.get('ninjaone.explorerFiltering') === false);
      assert.match(view.message ?? '', /\b1 of 310 operations/);
      assert.equal(editor.commands.context.get('ninjaone.explorerFiltered'), true);
    });

    it('is cleared and brings the selected operation into sight (E3)', async () => {
      await open();
      await (await explorer.open()).filter.apply();
      view.select(await rowOf(DEVICE));
      await explorer.run('ninjaone.explorer.clearFilter');
      assert.deepEqual(
        view.revealed.map((row) => row.kind === 'operation' && row.operation.key),
        [DEVICE],
      );
    });
  });

  it('goes to an operation that the user picks (E3)', async () => {
    await open();
    await labels();
    editor.user.picksFrom('Go to which operation?', (pick) => {
      pick.choose('List organizations');
    });
    await explorer.run('ninjaone.explorer.goToOperation');
    assert.deepEqual(
      view.selection.map((row) => row.kind === 'operation' && row.operation.key),
      [LIST],
    );
  });

  describe('a pick of an operation', () => {
    const best = (pick: FakeQuickPick<vscode.QuickPickItem>): string | undefined => pick.activeItems[0]?.description;

    it('has the best operation active, so that Enter takes it, whatever VS Code shows first (E3)', async () => {
      await open();
      editor.user.picksFrom('Go to which operation?', (pick) => {
        pick.type('/v2/devices');
        assert.equal(best(pick), 'GET /v2/devices');
        pick.type('reboot a computer');
        assert.equal(best(pick), 'POST /v2/device/{id}/reboot/{mode}');
        pick.type('GET https://eu.ninjarmm.com/v2/organizations?pageSize=5');
        assert.equal(best(pick), LIST);
        assert.ok(pick.items.every(({ alwaysShow }) => alwaysShow === true));
        pick.accept();
      });
      await explorer.run('ninjaone.explorer.goToOperation');
      assert.deepEqual(
        view.selection.map((row) => row.kind === 'operation' && row.operation.key),
        [LIST],
      );
    });

    it('takes the best one if Enter comes before VS Code has shown it (E3)', async () => {
      await open();
      editor.user.picksFrom('Go to which operation?', (pick) => {
        pick.type('list organizations');
        // The row that VS Code has made active while its rows were those of an earlier text.
        pick.focus(pick.items[2]!.label);
        pick.accept();
      });
      await explorer.run('ninjaone.explorer.goToOperation');
      assert.deepEqual(
        view.selection.map((row) => row.kind === 'operation' && row.operation.key),
        [LIST],
      );
    });

    it('takes the row that the user has moved to (E3)', async () => {
      await open();
      let second = '';
      editor.user.picksFrom('Go to which operation?', async (pick) => {
        pick.type('list organizations');
        // VS Code has answered what it was asked after the rows.
        await until(() => editor.commands.callsOf('noop').length > 0);
        second = pick.items[1]!.description!;
        pick.focus(pick.items[1]!.label);
        pick.accept();
      });
      await explorer.run('ninjaone.explorer.goToOperation');
      assert.deepEqual(
        view.selection.map((row) => row.kind === 'operation' && row.operation.key),
        [second],
      );
    });

    it('stays open on Enter while nothing is found (E3)', async () => {
      await open();
      editor.user.picksFrom('Go to which operation?', (pick) => {
        pick.type('xyzzyx');
        assert.deepEqual(pick.labels, []);
        pick.accept();
        assert.equal(pick.isVisible, true);
        pick.escape();
      });
      await explorer.run('ninjaone.explorer.goToOperation');
      assert.deepEqual(view.selection, []);
    });

    it('has a placeholder, in each command (E3)', async () => {
      await open();
      for (const command of ['goToOperation', 'open', 'run', 'copyAs', 'saveAsPowerShell', 'addFavorite'] as const) {
        editor.user.picksFrom(/which operation/, (pick) => {
          assert.match(pick.placeholder ?? '', /paste/, command);
          pick.escape();
        });
        await explorer.run(`ninjaone.explorer.${command}`);
      }
    });

    it('offers only favorites to remove, and only others to add (E3)', async () => {
      await open();
      await explorer.run('ninjaone.explorer.removeFavorite');
      assert.match(editor.window.said.join('\n'), /There are no favorites/);
      await explorer.run('ninjaone.explorer.addFavorite', LIST);
      editor.user.picksFrom('Add which operation to Favorites?', (pick) => {
        assert.equal(pick.items.length, 309);
        pick.type('list organizations');
        assert.notEqual(best(pick), LIST);
        pick.escape();
      });
      await explorer.run('ninjaone.explorer.addFavorite');
      editor.user.picksFrom('Remove which operation from Favorites?', (pick) => {
        assert.deepEqual(pick.labels, ['List organizations']);
        pick.type('devices');
        assert.deepEqual(pick.labels, []);
        pick.type('');
        pick.choose('List organizations');
      });
      await explorer.run('ninjaone.explorer.removeFavorite');
      assert.notEqual((await labels())[0], 'Favorites');
    });
  });

  describe('when Enter is pressed', () => {
    const enterOn = async (key: string): Promise<void> => {
      const row = await rowOf(key);
      // The editor selects the row that has the focus, and runs its command a little later.
      editor.commands.handle('list.select', () => {
        view.select(row);
      });
      await explorer.run('ninjaone.explorer.run', { row: 'focused' });
      if (row.kind === 'operation') {
        await explorer.run('ninjaone.explorer.open', key);
      }
    };

    it('sends a read (E5)', async () => {
      await open();
      await enterOn(LIST);
      assert.deepEqual(explorer.calls, [LIST]);
    });

    it('opens a write and sends nothing (E5)', async () => {
      await open();
      explorer.allowWrites();
      await enterOn('DELETE /v2/tag/{tagId}');
      assert.deepEqual(explorer.calls, []);
      assert.equal(explorer.inFront.uri.scheme, 'ninjaone-request');
    });

    it('sends nothing by a click that comes after Enter on a group (E5)', async () => {
      await open();
      const [group] = await rows();
      editor.commands.handle('list.select', () => {
        view.select(group!);
      });
      await explorer.run('ninjaone.explorer.run', { row: 'focused' });
      await explorer.run('ninjaone.explorer.open', LIST);
      assert.deepEqual(explorer.calls, []);
      assert.equal(explorer.inFront.uri.scheme, 'ninjaone-request');
    });
  });
});
