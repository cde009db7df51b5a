import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { ConnectionStatusBar } from '../../../src/host/connections/connectionStatusBar.ts';
import { QuestionTime } from '../../../src/host/signIn/questionTime.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import { HOUR, MINUTE, until } from '../../support/sessionFixture.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import type { FakeStatusBarItem } from '../../support/vscode/views.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('status bar item of the connection', () => {
  const editor = useVscode();
  let host: HostFixture;
  let statusBar: ConnectionStatusBar;

  const open = async (connections?: readonly unknown[]): Promise<FakeStatusBarItem> => {
    host = await createHost(editor, connections);
    const { selection, signIn, window } = host;
    statusBar = new ConnectionStatusBar({
      selection,
      signIn,
      tokens: window.tokens,
      onDidChangeSessions: window.store.onDidChange,
    });
    return editor.window.statusBarItem('ninjaone.connection');
  };

  afterEach(async () => {
    mock.timers.reset();
    statusBar.dispose();
    await host.close();
  });

  it('is hidden without a connection and appears with the first one', async () => {
    const item = await open([]);
    assert.equal(item.isVisible, false);
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal(item.isVisible, true);
    assert.equal(item.text, '$(circle-outline) Acme · eu');
  });

  it('says whether the selected connection is signed in', async () => {
    const item = await open();
    assert.equal(item.tooltip, 'NinjaOne: Signed out of Acme. Select to use another connection.');
    await host.window.signIn(host.sessions);
    assert.equal(item.text, '$(pass) Acme · eu');
    assert.equal(item.accessibilityInformation?.label, 'NinjaOne connection Acme eu, signed in');
  });

  it('says that a sign-in is under way until it ends', async () => {
    const item = await open();
    const [connection] = host.settings.connections;
    const pending = host.signIn.acquire(connection!, ['monitoring'], new QuestionTime());
    await until(() => item.text === '$(sync~spin) Acme · eu');
    host.signIn.cancel();
    await assert.rejects(pending);
    assert.equal(item.text, '$(circle-outline) Acme · eu');
  });

  it('follows the selection of the window, and a click selects another connection', async () => {
    const item = await open([ACME, { ...ACME, name: 'Beta', instance: 'us' }]);
    assert.equal(item.text, '$(circle-outline) Acme · eu');
    await host.selection.select(host.settings.connections[1]!);
    assert.equal(item.text, '$(circle-outline) Beta · us');
    assert.equal(item.command, 'ninjaone.selectConnection');
  });

  it('notices within a minute that a session without a refresh token has expired', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const item = await open();
    await host.window.signIn(host.sessions, ['monitoring'], { refreshToken: undefined });
    assert.equal(item.text, '$(pass) Acme · eu');
    host.sessions.clock.now += 2 * HOUR;
    mock.timers.tick(60_000);
    assert.equal(item.text, '$(circle-outline) Acme · eu');
  });

  it('says that a token was not renewed while it works, and shows nothing else (A16, X6)', async () => {
    const item = await open();
    await host.window.signIn(host.sessions);
    host.sessions.server.script.push(offline());
    host.sessions.clock.now += HOUR - MINUTE;
    assert.equal((await host.window.tokens.sessionsFor(['monitoring'], undefined)).length, 1);
    assert.equal(item.text, '$(warning) Acme · eu');
    assert.equal(item.tooltip, 'NinjaOne: The token of Acme was not renewed. You are offline.');
    assert.equal(item.accessibilityInformation?.label, 'NinjaOne connection Acme eu, signed in, token not renewed');
    assert.deepEqual(editor.window.messages, []);
    host.sessions.clock.now += MINUTE;
    await host.window.tokens.sessionsFor(['monitoring'], undefined);
    assert.equal(item.text, '$(pass) Acme · eu');
  });

  it('shows the name of a connection as written, and draws no icon for it (A16, T41)', async () => {
    const item = await open([{ ...ACME, name: 'A $(bug) B' }]);
    assert.equal(item.text, '$(circle-outline) A $\u2060(bug) B · eu');
  });

  it('goes away with the extension', async () => {
    const item = await open();
    statusBar.dispose();
    assert.equal(item.isDisposed, true);
  });
});
