import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CurrentCatalog } from '../../../src/host/catalog/currentCatalog.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { FavoritesFile } from '../../../src/core/catalog/favoritesFile.ts';
import { json, text } from '../../support/apiClientFixture.ts';
import { specOf } from '../../support/bundledMedia.ts';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { DAY, until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SPEC = '/apidocs/NinjaRMM-API-v2.json';
const OWN = specOf({ 'GET /v2/devices': { operationId: 'getDevices' }, 'GET /v2/extra': { operationId: 'getExtra' } });

describe('operations of the selected connection', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
    explorer.answers('/app-version.txt', text('13.0'));
    explorer.answers(SPEC, json(OWN));
  });
  afterEach(() => explorer.close());

  const keys = async (): Promise<readonly string[]> =>
    (await explorer.open()).catalog.value.operations.map(({ key }) => key);
  const select = async (name: string): Promise<void> => {
    await explorer.host.selection.select(explorer.host.settings.connection(name)!);
  };

  /** As another window would open it. */
  const openAnother = (): Promise<CurrentCatalog> => {
    const { host } = explorer;
    return CurrentCatalog.open({
      bundledFile: (name) => join(name === 'operations.json' ? 'dist' : 'media', name),
      storage: join(host.sessions.directory, 'catalogs'),
      settings: host.settings,
      selection: host.selection,
      tokens: host.window.tokens,
      transport: () => Promise.reject(new Error('not in this test')),
      isConfirmed: () => true,
      logger: silentLogger,
      now: () => host.sessions.clock.now,
    });
  };

  it('are the bundled ones at first, and reading them sends no request (E1)', async () => {
    assert.equal((await keys()).length, 310);
    assert.deepEqual(explorer.calls, []);
  });

  it('are read in the turn that asks for them, because the tree waits for them (E1)', async () => {
    const opening = openAnother();
    const first = await Promise.race([opening, nextTurn()]);
    (await opening).dispose();
    assert.equal(first, await opening);
  });

  it('stay the bundled ones if the description is nested 100,000 deep, which one sentence says (E2)', async () => {
    const deep = '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000);
    for (const spec of [
      deep,
      `{"openapi":"3.0.1","paths":{"/v2/x":{"get":{}}},"x":${deep}}`,
      `{"openapi":"3.0.1","paths":{"/v2/x":{"get":{"parameters":[{"name":"a","in":"query","schema":${deep}}]}}}}`,
    ]) {
      explorer.answers(SPEC, text(spec));
      explorer.answers('/apidocs-beta/NinjaRMM-API-v2.yaml', text('', { status: 404 }));
      editor.user.closes(/nested too deeply and cannot be used\. The list of operations was not changed\./);
      await explorer.run('ninjaone.explorer.refresh');
      assert.equal((await keys()).length, 310);
    }
    assert.deepEqual(explorer.errors, Array<string>(3).fill('catalog.tooDeep'));
  });

  it('are the bundled ones after Refresh without a connection, which says how to get those of the instance (E2)', async () => {
    editor.configuration.set('ninjaone.connections', []);
    await until(() => explorer.host.settings.connections.length === 0);
    editor.user.ignores(/Add a connection to download those of your instance/);
    await explorer.run('ninjaone.explorer.refresh');
    assert.equal((await keys()).length, 310);
    assert.deepEqual(explorer.calls, []);
  });

  it('are those of the instance after Refresh, which sends no token (E2)', async () => {
    await explorer.run('ninjaone.explorer.refresh');
    assert.deepEqual([...(await keys())].sort(), ['GET /v2/devices', 'GET /v2/extra']);
    assert.equal(
      explorer.sent.some(({ headers }) => headers?.['authorization'] !== undefined),
      false,
    );
    assert.match(editor.window.progress[0]?.title ?? '', /Acme/);
  });

  it('are said to be incomplete if the instance has few of them, after a sign-in and after Refresh (E2)', async () => {
    const said = (): number =>
      editor.window.said.filter((message) =>
        /eu\.ninjarmm\.com has only 1 of the 310 operations .* use Refresh in the API Explorer\.$/.test(message),
      ).length;
    await explorer.open();
    await explorer.host.window.signIn(explorer.host.sessions);
    await until(() => said() === 1);
    await explorer.run('ninjaone.explorer.refresh');
    assert.equal(said(), 2);
  });

  it('follow the selection, and come back without another request (E2)', async () => {
    await explorer.run('ninjaone.explorer.refresh');
    const { length } = explorer.sent;
    await select('Beta');
    await until(async () => (await keys()).length === 310);
    await select('Acme');
    await until(async () => (await keys()).length === 2);
    assert.equal(explorer.sent.length, length);
  });

  it('are those of the connection that was selected last, although another one is read for longer (E2)', async () => {
    await explorer.run('ninjaone.explorer.refresh');
    await select('Beta');
    const catalog = await openAnother();
    await select('Acme');
    await select('Beta');
    assert.equal((await catalog.of(explorer.host.settings.connection('Acme'))).operations.length, 2);
    await nextTurn();
    assert.equal(catalog.value.operations.length, 310);
    catalog.dispose();
  });

  it('are deleted from the disk when no connection has used the instance for 30 days (E2)', async () => {
    await explorer.run('ninjaone.explorer.refresh');
    const folder = join(explorer.host.sessions.directory, 'catalogs');
    const [file = ''] = await readdir(folder);
    await utimes(join(folder, file), 1000, 1000);
    editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Renamed' }]);
    await until(async () => (await readdir(folder)).length === 1);
    editor.configuration.set('ninjaone.connections', [BETA]);
    await until(async () => (await readdir(folder)).length === 0);
  });

  it('stay as they are when the instance has no description, and the user is told (E2)', async () => {
    explorer.answers(SPEC, json({}, { status: 500 }));
    explorer.answers('/apidocs-beta/NinjaRMM-API-v2.yaml', json({}, { status: 500 }));
    editor.user.closes(/API description/);
    await explorer.run('ninjaone.explorer.refresh');
    assert.equal(explorer.errors.length, 1);
    assert.equal((await keys()).length, 310);
  });

  it('leave out what cannot be read, count it and list it in the log (E2)', async () => {
    explorer.answers(
      SPEC,
      json({ ...OWN, paths: { ...(OWN['paths'] as object), '/v2/odd/{id}': { get: { operationId: 'getOdd' } } } }),
    );
    editor.user.answers(/could not be read/, 'Show Log');
    await explorer.run('ninjaone.explorer.refresh');
    await until(() => editor.commands.callsOf('ninjaone.showLog').length === 1);
    const lines = editor.window.channels.flatMap((channel) => channel.lines.map(({ text: line }) => line));
    assert.match(lines.join('\n'), /\/v2\/odd/);
    assert.match(editor.window.said.join('\n'), /^1 part/m);
  });

  it('are asked for after a sign-in, at most once a day, unless the setting is off (E2)', async () => {
    await explorer.open();
    const { host } = explorer;
    const signIn = (): Promise<unknown> => host.window.signIn(host.sessions);
    editor.configuration.set('ninjaone.explorer.liveCatalog', false);
    await signIn();
    assert.deepEqual(explorer.calls, []);
    editor.configuration.set('ninjaone.explorer.liveCatalog', true);
    await signIn();
    await until(async () => (await keys()).length === 2);
    const { length } = explorer.sent;
    await signIn();
    assert.equal(explorer.sent.length, length);
    host.sessions.clock.now += DAY;
    await signIn();
    await until(() => explorer.sent.length > length);
  });

  it('are the bundled ones again after Reset (A13)', async () => {
    await explorer.run('ninjaone.explorer.refresh');
    assert.equal((await keys()).length, 2);
    await (await explorer.open()).forget();
    await until(async () => (await keys()).length === 310);
  });

  it('keep the eight that were sent last, and read no list that is damaged', async () => {
    const { lists } = await explorer.open();
    for (let index = 0; index < 10; index++) {
      await lists.remember(`GET /v2/${index}`);
    }
    assert.deepEqual([lists.recent.length, lists.recent[0]], [8, 'GET /v2/9']);
    await explorer.host.extension.workspaceState.update('explorer.recent', [5, LIST]);
    assert.deepEqual(lists.recent, [LIST]);
    await explorer.host.extension.workspaceState.update('explorer.recent', 'x');
    assert.deepEqual(lists.recent, []);
    await lists.setFavorite(LIST, 'add');
    await lists.setFavorite(LIST, 'add');
    assert.deepEqual(lists.favorites, [LIST]);
    await lists.forget();
    assert.deepEqual(lists.favorites, []);
  });

  it('keep the favorites that other windows add, and show them when the window gets the focus (E3)', async () => {
    const { lists } = await explorer.open();
    await lists.setFavorite(LIST, 'add');
    const other = new FavoritesFile(join(explorer.host.sessions.directory, 'favorites.jsonl'));
    await other.change('GET /v2/other', true);
    await other.change('GET /v2/another', true);
    await other.change('GET /v2/other', false);
    editor.window.focus(true);
    await until(() => lists.favorites.length === 2);
    await lists.setFavorite(LIST, 'remove');
    assert.deepEqual(lists.favorites, ['GET /v2/another']);
    assert.deepEqual(await other.read(), ['GET /v2/another']);
  });

  it('are not named by anything but a key or a row of the tree (P7)', async () => {
    const { picker } = await explorer.open();
    assert.equal(picker.named(LIST)?.key, LIST);
    assert.equal(picker.named({ operation: { key: LIST, path: '/evil' } })?.path, '/v2/organizations');
    for (const other of [undefined, null, 5, 'GET /v2/nothing', {}, { operation: { key: 5 } }]) {
      assert.equal(picker.named(other), undefined);
    }
  });
});

const LIST = 'GET /v2/organizations';
