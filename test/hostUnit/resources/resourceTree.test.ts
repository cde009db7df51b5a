import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { ResourceRow } from '../../../src/host/resources/resourceRows.ts';
import { json } from '../../support/apiClientFixture.ts';
import {
  BETA,
  openExplorer,
  type ExplorerFixture,
  type ExplorerFixtureOptions,
} from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTreeView } from '../../support/vscode/views.ts';

const PAGE = 'pageSize=100';
const ORGANIZATIONS = `GET /v2/organizations?${PAGE}`;

const DC01 = { id: 7, displayName: 'DC01', nodeClass: 'WINDOWS_SERVER', offline: true, organizationId: 42 };
const MAC = { id: 8, systemName: 'Mac', nodeClass: 'MAC', offline: false };

describe('Resources view', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let view: FakeTreeView<ResourceRow>;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
    await explorer.feature.resources();
    view = editor.window.treeView('ninjaone.resources') as FakeTreeView<ResourceRow>;
    explorer.answers('/v2/organizations', json([{ id: 42, name: 'Acme', description: 'Main' }]));
    explorer.answers('/v2/organization/42/locations', json([{ id: 3, name: 'Berlin' }]));
    explorer.answers('/v2/devices', json([DC01, MAC]));
  };
  afterEach(() => explorer.close());

  const rows = async (row?: ResourceRow): Promise<readonly ResourceRow[]> =>
    (await view.provider.getChildren(row)) ?? [];
  const itemOf = async (row: ResourceRow): Promise<vscode.TreeItem> => view.provider.getTreeItem(row);
  const labels = async (row?: ResourceRow): Promise<readonly unknown[]> =>
    Promise.all((await rows(row)).map(async (each) => (await itemOf(each)).label));
  /** Opens the rows with these labels one below the other. */
  const rowAt = async (...path: readonly string[]): Promise<ResourceRow> => {
    let row: ResourceRow | undefined;
    for (const label of path) {
      const below: readonly ResourceRow[] = await rows(row);
      const found = await Promise.all(below.map(async (each) => (await itemOf(each)).label === label));
      row = below[found.indexOf(true)];
      assert.ok(row, `There is no row ${label}`);
    }
    return row!;
  };

  /** The user picks the operation with this key. */
  const picks = (title: string, key: string): void => {
    editor.user.answers(
      title,
      ({ choices, notes }) => choices[(notes ?? []).findIndex((note) => note.startsWith(`${key} · `))],
    );
  };

  it('sends one request for each row that is opened, and none before or again (E17)', async () => {
    await open();
    assert.deepEqual(await labels(), ['Acme']);
    assert.deepEqual(explorer.calls, []);
    const root = await rowAt('Acme');
    assert.deepEqual(await labels(root), ['Acme', 'Load More']);
    assert.deepEqual(explorer.calls, [ORGANIZATIONS]);
    await rows(root);
    assert.deepEqual(await labels(await rowAt('Acme', 'Acme')), ['Berlin']);
    assert.deepEqual(explorer.calls.slice(1), ['GET /v2/organization/42/locations']);
    assert.deepEqual(await labels(await rowAt('Acme', 'Acme', 'Berlin')), ['DC01', 'Mac', 'Load More']);
    assert.deepEqual(explorer.calls.slice(2), [`GET /v2/devices?df=org%3D42%20AND%20loc%3D3&${PAGE}`]);
    assert.equal((await labels(await rowAt('Acme', 'Acme', 'Berlin', 'DC01'))).length, 9);
    assert.equal(explorer.calls.length, 3);
  });

  it('shows the lists of a device, each with one request (E17)', async () => {
    await open();
    const device = await rowAt('Acme', 'Acme', 'Berlin', 'DC01');
    const before = explorer.calls.length;
    for (const list of await rows(device)) {
      await rows(list);
    }
    assert.deepEqual(explorer.calls.slice(before), [
      'GET /v2/device/7/alerts',
      `GET /v2/device/7/activities?${PAGE}`,
      'GET /v2/device/7/software',
      'GET /v2/device/7/os-patches',
      'GET /v2/device/7/software-patches',
      'GET /v2/device/7/disks',
      'GET /v2/device/7/volumes',
      'GET /v2/device/7/windows-services',
      'GET /v2/device/7/jobs',
    ]);
    assert.equal((await labels(await rowAt('Acme', 'Acme', 'Berlin', 'Mac'))).includes('Windows Services'), false);
  });

  it('says in words what an object is and whether a device is offline, and makes every text plain (E14, E17)', async () => {
    await open();
    const { accessibilityInformation, description } = await itemOf(await rowAt('Acme', 'Acme', 'Berlin', 'DC01'));
    assert.equal(accessibilityInformation?.label, 'Device, DC01, offline, WINDOWS_SERVER');
    assert.equal(description, 'offline · WINDOWS_SERVER');
    explorer.answers('/v2/device/7/software', json([{ name: '$(bug) [x](command:y)', version: '1\n2' }]));
    const [leaf] = await rows(await rowAt('Acme', 'Acme', 'Berlin', 'DC01', 'Software'));
    const item = await itemOf(leaf!);
    assert.equal(item.label, '$\u2060(bug) [x]\u2060(command:y)');
    assert.equal(item.description, '1 2');
    assert.equal(item.accessibilityInformation?.label, `${item.label as string}, 1 2`);
    assert.equal(item.contextValue, 'item');
    await explorer.run('ninjaone.resources.copyId', leaf);
    assert.deepEqual(explorer.errors, ['resources.noRow']);
  });

  it('loads the next page with one request, and keeps no row twice (E17)', async () => {
    await open();
    const page = Array.from({ length: 100 }, (_, index) => ({ id: index + 1, name: `Org ${index + 1}` }));
    explorer.answers(
      '/v2/organizations',
      json(page),
      json([
        { id: 100, name: 'Org 100' },
        { id: 101, name: 'Last' },
      ]),
    );
    const root = await rowAt('Acme');
    const more = (await rows(root)).at(-1)!;
    const { label, description, command } = await itemOf(more);
    assert.deepEqual([label, description], ['Load More', '100 so far']);
    await explorer.run('ninjaone.resources.loadMore', ...((command?.arguments ?? []) as unknown[]));
    assert.deepEqual(explorer.calls, [ORGANIZATIONS, `${ORGANIZATIONS}&after=100`]);
    assert.deepEqual(view.redrawn, [root]);
    const all = await rows(root);
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
    assert.equal(explorer.calls.length, 2);
  });

  it('says in the list that NinjaOne is busy or refuses, sends nothing again by itself, and tries again (E17)', async () => {
    for (const [status, pattern] of [
      [429, /busy|many requests/i],
      [403, /permission|right|allow|role/i],
    ] as const) {
      await open();
      explorer.answers(
        '/v2/organizations',
        json({ resultCode: 'FAILURE' }, { status }),
        json([{ id: 1, name: 'One' }]),
      );
      const root = await rowAt('Acme');
      const [row] = await rows(root);
      const { label, command } = await itemOf(row!);
      assert.match(label as string, pattern);
      assert.deepEqual(explorer.errors, []);
      const sent = explorer.calls.length;
      assert.equal(sent, 1);
      await explorer.run('ninjaone.resources.loadMore', ...((command?.arguments ?? []) as unknown[]));
      assert.equal((await labels(root))[0], 'One');
      assert.equal(explorer.calls.length, sent + 1);
      if (status === 429) {
        await explorer.close();
      }
    }
  });

  it('keeps the rows of a list whose next page fails, and loads that page when it is tried again (E17)', async () => {
    await open();
    const page = [{ id: 1, name: 'One' }];
    explorer.answers('/v2/organizations', json(page), new TypeError('fetch failed'), json([{ id: 2, name: 'Two' }]));
    const root = await rowAt('Acme');
    await explorer.run('ninjaone.resources.loadMore', (await rows(root)).at(-1));
    const failed = await rows(root);
    assert.deepEqual((await labels(root))[0], 'One');
    assert.equal((await itemOf(failed.at(-1)!)).contextValue, 'note.failure');
    await explorer.run('ninjaone.resources.loadMore', failed.at(-1));
    assert.deepEqual((await labels(root)).slice(0, 2), ['One', 'Two']);
    assert.deepEqual(explorer.calls, [ORGANIZATIONS, `${ORGANIZATIONS}&after=1`, `${ORGANIZATIONS}&after=1`]);
  });

  it('is empty when nobody is signed in, and emptied by a sign-out or another connection (E17)', async () => {
    await open({ connections: [ACME, BETA] });
    await rows(await rowAt('Acme'));
    await explorer.run('ninjaone.useConnection', 'Beta');
    assert.deepEqual(await labels(), ['Beta']);
    assert.equal(view.redrawn.at(-1), undefined);
    await rows(await rowAt('Beta'));
    assert.equal(explorer.calls.length, 2);
    const { tokens } = explorer.host.window;
    await Promise.all(tokens.usable().map(({ session }) => tokens.signOut(session.id)));
    await until(() => tokens.usable().length === 0);
    assert.deepEqual(await labels(), []);
  });

  it('fetches a list again when its row is refreshed (E17)', async () => {
    await open();
    const root = await rowAt('Acme');
    await rows(root);
    await explorer.run('ninjaone.resources.refreshRow', root);
    assert.deepEqual(view.redrawn, [root]);
    assert.equal(explorer.calls.length, 1);
    await rows(root);
    assert.deepEqual(explorer.calls, [ORGANIZATIONS, ORGANIZATIONS]);
    // VS Code passes the selected row to the button of the view.
    await explorer.run('ninjaone.resources.refresh', root);
    assert.equal(view.redrawn.at(-1), undefined);
    await rows(root);
    assert.equal(explorer.calls.length, 3);
  });

  it('offers the operations of an object with its IDs, sends a read and opens any other (E17)', async () => {
    await open();
    const location = await rowAt('Acme', 'Acme', 'Berlin');
    const device = await rowAt('Acme', 'Acme', 'Berlin', 'DC01');
    const before = explorer.calls.length;
    picks('Operations for the device DC01', 'GET /v2/device/{id}/disks');
    await explorer.run('ninjaone.resources.showOperations', device);
    assert.deepEqual(explorer.calls.slice(before), ['GET /v2/device/7/disks']);
    picks('Operations for the device DC01', 'PATCH /v2/device/{id}');
    await explorer.run('ninjaone.resources.showOperations', device);
    assert.match(explorer.inFront.getText(), /"path": \{\s*"id": 7\s*\}/);
    // It needs nothing but the ID.
    explorer.allowWrites();
    picks('Operations for the device DC01', 'DELETE /v2/device/{id}/owner');
    await explorer.run('ninjaone.resources.showOperations', device);
    assert.match(explorer.inFront.getText(), /"operation": "DELETE/);
    picks('Operations for the location Berlin', 'PATCH /v2/organization/{id}/locations/{locationId}');
    await explorer.run('ninjaone.resources.showOperations', location);
    assert.match(explorer.inFront.getText(), /"path": \{\s*"id": 42,\s*"locationId": 3\s*\}/);
    assert.equal(explorer.calls.length, before + 1);
  });

  it('copies ID and name, opens the console page, and runs the list as a response (E17, E20)', async () => {
    await open();
    const device = await rowAt('Acme', 'Acme', 'Berlin', 'DC01');
    const { clipboard } = editor.env.api;
    await explorer.run('ninjaone.resources.copyId', device);
    assert.equal(await clipboard.readText(), '7');
    await explorer.run('ninjaone.resources.copyName', device);
    assert.equal(await clipboard.readText(), 'DC01');
    await explorer.run('ninjaone.resources.openInNinjaOne', device);
    assert.deepEqual(editor.env.opened, ['https://eu.ninjarmm.com/#/deviceDashboard/7/overview']);
    const sent = explorer.calls.length;
    await explorer.run('ninjaone.resources.showAsResponse', await rowAt('Acme', 'Acme', 'Berlin', 'DC01', 'Disks'));
    assert.deepEqual(explorer.calls.slice(sent), ['GET /v2/device/7/disks']);
  });

  it('takes no row of another extension (P7)', async () => {
    await open();
    const forged = { ...(await rowAt('Acme', 'Acme')) };
    await explorer.run('ninjaone.resources.copyId', forged);
    await explorer.run('ninjaone.resources.openInNinjaOne', forged);
    assert.deepEqual(explorer.errors, ['resources.noRow', 'resources.noRow']);
    assert.equal(await editor.env.api.clipboard.readText(), '');
    assert.deepEqual(editor.env.opened, []);
  });
});
