import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type * as vscode from 'vscode';
import { ConnectionsView } from '../../../src/host/connections/connectionsView.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { HOUR, until } from '../../support/sessionFixture.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import type { FakeTreeView } from '../../support/vscode/views.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us', platform: 'web', redirectUri: 'http://localhost:9090/' };

describe('Connections view', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let view: ConnectionsView;
  let tree: FakeTreeView<unknown>;

  const open = async (connections?: readonly unknown[]): Promise<void> => {
    host = await createCommandFixture(editor, connections);
    view = new ConnectionsView({
      settings: host.settings,
      tokens: host.window.tokens,
      signIn: host.browserSignIn,
      selection: host.selection,
      writes: host.writeAccess,
      onDidChangeSessions: host.window.store.onDidChange,
      now: () => host.sessions.clock.now,
    });
    tree = editor.window.treeView('ninjaone.connections');
  };
  const rowsOf = async (label: string): Promise<readonly vscode.TreeItem[]> => {
    for (const row of await view.getChildren()) {
      if ((await view.getTreeItem(row)).label === label) {
        return tree.items(row);
      }
    }
    return [];
  };
  const first = async (): Promise<vscode.TreeItem> => (await tree.items())[0]!;
  afterEach(async () => {
    mock.timers.reset();
    view.dispose();
    await host.close();
  });

  it('shows each connection with its state and instance, in the order of the settings', async () => {
    await open([ACME, BETA]);
    const items = await tree.items();
    assert.deepEqual(
      items.map(({ label }) => label),
      ['Acme', 'Beta'],
    );
    assert.deepEqual(
      items.map(({ description }) => description),
      ['active · signed out · eu', 'signed out · us'],
    );
    // What cannot be had here is not offered.
    assert.deepEqual(
      items.map(({ contextValue }) => contextValue),
      ['connection.signedOut.active', 'connection.signedOut.hasSecret'],
    );
  });

  it('draws its first rows after those of the API Explorer, and every later change at once', async () => {
    await open([ACME]);
    const order: string[] = [];
    const ask = async (name: string): Promise<void> => {
      await view.getChildren();
      order.push(name);
    };
    const first = ask('first rows');
    // A view that answers in the turn that follows, as the API Explorer does.
    const explorer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('explorer'));
    await Promise.all([first, explorer]);
    await Promise.all([
      ask('later'),
      new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('turn')),
    ]);
    assert.deepEqual(order, ['explorer', 'first rows', 'later', 'turn']);
  });

  it('makes the tooltip of a connection when the pointer rests on it, as plain text', async () => {
    await open([BETA]);
    const [row] = await view.getChildren();
    const item = await view.getTreeItem(row!);
    assert.equal(item.tooltip, undefined);
    const { tooltip } = await view.resolveTreeItem(item, row!);
    // A text is shown as it is, and never as Markdown.
    assert.ok(typeof tooltip === 'string');
    assert.match(tooltip, /^Beta\nhttps:\/\/app\.ninjarmm\.com[^]*client-1[^]*State: active, signed out/);
  });

  it('says everything in words, too, for a screen reader (E14)', async () => {
    await open();
    const item = await first();
    assert.equal(item.accessibilityInformation?.label, 'Acme, signed out, eu, active');
  });

  it('shows the sessions of a connection below it, the state first, then their scopes', async () => {
    await open();
    await host.window.signIn(host.sessions, ['monitoring']);
    await host.window.signIn(host.sessions, ['monitoring', 'management']);
    assert.equal((await first()).contextValue, 'connection.signedIn.active');
    assert.equal((await first()).collapsibleState, 2);
    const sessions = await rowsOf('Acme');
    assert.deepEqual(
      sessions.map(({ description, contextValue }) => [description, contextValue]),
      [
        ['monitoring', 'session'],
        ['monitoring, management', 'session'],
      ],
    );
    assert.match(sessions[0]?.label as string, /^Token valid until \d/);
  });

  it('opens a row that gets its first session, which is another row to VS Code', async () => {
    await open();
    const { id } = await first();
    await host.window.signIn(host.sessions);
    assert.notEqual((await first()).id, id);
  });

  it('tells a token that is renewed at its next use from a session that has ended', async () => {
    await open();
    await host.window.signIn(host.sessions, ['monitoring']);
    await host.window.signIn(host.sessions, ['management'], { refreshToken: undefined });
    assert.match((await rowsOf('Acme'))[1]?.label as string, /sign in again/);
    host.sessions.clock.now += 2 * HOUR;
    assert.deepEqual(
      (await rowsOf('Acme')).map(({ contextValue }) => contextValue),
      ['session', 'expired'],
    );
    assert.match((await rowsOf('Acme'))[0]?.label as string, /renewed/);
  });

  it('says of a connection whose only session has expired that it has', async () => {
    await open();
    await host.window.signIn(host.sessions, ['monitoring'], { refreshToken: undefined });
    host.sessions.clock.now += 2 * HOUR;
    assert.match(String((await first()).description), /expired/);
    assert.equal((await first()).contextValue, 'connection.signedOut.active');
    assert.equal((await rowsOf('Acme')).length, 1);
  });

  it('shows a sign-in that is under way, with what can be done about it (A4)', async () => {
    await open();
    const pending = host.run('ninjaone.signIn');
    await host.browserOpened();
    assert.equal((await first()).contextValue, 'connection.signingIn.browser.active');
    host.browserSignIn.cancel();
    await pending;
    assert.equal((await first()).contextValue, 'connection.signedOut.active');
  });

  it('shows what is selected and what may write first (E9)', async () => {
    await open([ACME, BETA]);
    const [, beta] = host.settings.connections;
    await host.selection.select(beta!);
    host.writeAccess.unlock(beta!, HOUR);
    const [acme, other] = await tree.items();
    assert.match(String(other?.description), /^active · writes allowed · /);
    assert.match(String(other?.contextValue), /active.*mayWrite/);
    assert.doesNotMatch(String(acme?.description), /writes|active/);
    // A narrow view may show no description at all.
    assert.notDeepEqual(other?.iconPath, acme?.iconPath);
  });

  it('signs in by a click on a row that is signed out, else uses its connection in the window (E14)', async () => {
    await open([ACME, BETA]);
    const commands = async (): Promise<readonly unknown[]> =>
      (await tree.items()).map(({ command }) => command?.command);
    assert.deepEqual(await commands(), ['ninjaone.signIn', 'ninjaone.signIn']);
    for (const { name } of host.settings.connections) {
      await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connection(name));
    }
    assert.deepEqual(await commands(), [undefined, 'ninjaone.useConnection']);
    const [, beta] = await tree.items();
    const [row] = (beta?.command?.arguments ?? []) as readonly unknown[];
    // Only a row proves that a person has clicked it.
    assert.equal(view.isRow(row), true);
    await host.run('ninjaone.useConnection', row);
    assert.equal(host.selection.current?.name, 'Beta');
    assert.deepEqual(await commands(), ['ninjaone.useConnection', undefined]);
  });

  it('lists what is wrong in the settings, and the good connections (C1)', async () => {
    await open([{ ...ACME, name: 'Broken', instance: 'mars' }, 'nonsense', ACME]);
    const items = await tree.items();
    assert.deepEqual(
      items.map(({ label, contextValue }) => [label, contextValue?.split('.')[0]]),
      [
        ['Acme', 'connection'],
        ['Broken: instance', 'problem'],
        ['#2', 'problem'],
      ],
    );
    assert.equal(items[1]?.command?.command, 'ninjaone.editConnection');
    assert.ok(items[1].description);
  });

  it('lists a session whose connection is gone, with Sign Out (C4)', async () => {
    await open();
    await host.window.signIn(host.sessions);
    editor.configuration.set('ninjaone.connections', [BETA]);
    const items = await tree.items();
    assert.deepEqual(
      items.map(({ label, contextValue }) => [label, contextValue]),
      [
        ['Beta', 'connection.signedOut.active.hasSecret'],
        ['Acme', 'orphan'],
      ],
    );
    assert.deepEqual(await view.getChildren((await view.getChildren())[1]), []);
  });

  it('knows its own rows from objects of anybody else', async () => {
    await open();
    const [row] = await view.getChildren();
    assert.equal(view.isRow(row), true);
    assert.equal(view.isRow({ ...row }), false);
    assert.equal(view.isRow('Acme'), false);
    assert.equal(view.isRow(null), false);
  });

  it('draws once for what changes in one go', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await open();
    await host.selection.select(host.settings.connections[0]!);
    editor.configuration.set('ninjaone.connections', [ACME, BETA]);
    assert.equal(tree.refreshes, 0);
    mock.timers.tick(20);
    await until(() => tree.refreshes === 1);
  });

  it('draws in the minute in which a text changes, and never for nothing: a token gets older', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    await open();
    await tree.items();
    await host.window.signIn(host.sessions, ['monitoring']);
    const minute = async (): Promise<void> => {
      mock.timers.tick(60_000);
      mock.timers.tick(20);
      // The check loads the rows first, as this does.
      await tree.items();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await minute();
    await until(() => tree.refreshes === 1);
    tree.setVisible(true);
    for (let minutes = 0; minutes < 3; minutes++) {
      await minute();
    }
    assert.equal(tree.refreshes, 1);
    host.sessions.clock.now += 2 * HOUR;
    await minute();
    await until(() => tree.refreshes === 2);
    tree.setVisible(false);
    host.sessions.clock.now -= 2 * HOUR;
    await minute();
    assert.equal(tree.refreshes, 2);
    tree.setVisible(true);
    await minute();
    await until(() => tree.refreshes === 3);
  });

  it('draws after a change that no text shows, because commands get the rows', async () => {
    await open();
    editor.configuration.set('ninjaone.connections', [{ ...ACME, offlineAccess: true }]);
    await until(() => tree.refreshes === 1);
    editor.configuration.set('ninjaone.connections', [{ ...ACME, offlineAccess: false }]);
    await until(() => tree.refreshes === 2);
  });

  it('says at once that a session has ended because another tab has used its refresh token (A7)', async () => {
    await open();
    const { id } = (await host.window.signIn(host.sessions, ['monitoring'])).session;
    await until(() => tree.refreshes === 1);
    assert.match(String((await first()).description), /signed in/);
    const disk = new SecretDisk();
    for (const [key, value] of host.sessions.disk.values) {
      disk.write(key, value);
    }
    const tab = host.sessions.open({ sharedSecrets: false, disk });
    await tab.store.load();
    await tab.tokens.getValidToken(id, { force: true });
    host.sessions.clock.now += 2 * HOUR;
    await host.window.tokens.sessionsFor(['monitoring'], undefined);
    await until(() => tree.refreshes === 2);
    assert.match(String((await first()).description), /expired, sign in again/);
    assert.deepEqual(
      (await rowsOf('Acme')).map(({ contextValue }) => contextValue),
      ['expired'],
    );
  });

  it('tells when it comes into sight', async () => {
    await open();
    let shown = 0;
    view.onDidShow(() => {
      shown += 1;
    });
    tree.setVisible(true);
    tree.setVisible(false);
    assert.equal(shown, 1);
  });
});
