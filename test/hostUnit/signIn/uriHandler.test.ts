import assert from 'node:assert/strict';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { CallbackUriHandler, deleteStaleCallbacks, type Settle } from '../../../src/host/signIn/uriHandler.ts';
import { MemorySecrets, SecretDisk } from '../../support/memorySecrets.ts';
import { until } from '../../support/sessionFixture.ts';
import { FakeLogChannel } from '../../support/vscode/views.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

interface Window {
  readonly relay: CallbackUriHandler;
  readonly secrets: MemorySecrets;
  /** Queries that reached it. */
  readonly settled: string[];
  readonly log: FakeLogChannel;
  /** What it answers to its callback. */
  outcome: 'settled' | 'ended';
}

describe('URI handler', () => {
  const editor = useVscode();
  let disk: SecretDisk;
  let windows: Window[];
  beforeEach(() => {
    disk = new SecretDisk();
    windows = [];
    // A query is kept for the other windows for a few seconds.
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    for (const { relay, secrets } of windows) {
      relay.dispose();
      secrets.crash();
    }
    mock.timers.reset();
  });

  const open = (waitsFor?: string): Window => {
    const secrets = new MemorySecrets({ disk });
    const settled: string[] = [];
    const log = new FakeLogChannel('test');
    const settle: Settle = (query) => {
      settled.push(query);
      return query === waitsFor ? window.outcome : 'ignored';
    };
    const relay = new CallbackUriHandler(settle, secrets, log);
    const window: Window = { relay, secrets, settled, log, outcome: 'settled' };
    vscode.window.registerUriHandler(window.relay);
    windows.push(window);
    return window;
  };
  const browserGoesTo = (path: string): void => {
    editor.window.openUri(`vscode://ninjaone-community.ninjaone-authentication${path}`);
  };

  it('gives a callback to the sign-in that waits in this window, and stores nothing', () => {
    const window = open('code=1&state=2');
    browserGoesTo('/callback?code=1&state=2');
    assert.deepEqual(window.settled, ['code=1&state=2']);
    assert.deepEqual(window.secrets.calls.store, []);
  });

  it('leaves a callback of a sign-in that has ended to the window that started it (A4)', async () => {
    const other = open();
    const waiting = open('code=1&state=2');
    waiting.outcome = 'ended';
    browserGoesTo('/callback?code=1&state=2');
    assert.deepEqual(waiting.secrets.calls.store, []);
    vscode.window.registerUriHandler(other.relay);
    browserGoesTo('/callback?code=1&state=2');
    await until(() => waiting.settled.length === 2);
    await until(() => disk.values.size === 0);
  });

  it('passes a callback to the window that waits, which erases it (A2)', async () => {
    const waiting = open('code=1&state=2');
    open();
    browserGoesTo('/callback?code=1&state=2');
    await until(() => waiting.settled.length > 0 && disk.values.size === 0);
    assert.deepEqual(waiting.settled, ['code=1&state=2']);
  });

  it('erases a callback that nobody took after five seconds (A2)', async () => {
    open();
    browserGoesTo('/callback?error=access_denied&state=2');
    await until(() => disk.values.size === 1);
    // The timer starts when the window goes on after it has stored the callback.
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(4_999);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(disk.values.size, 1);
    mock.timers.tick(1);
    await until(() => disk.values.size === 0);
  });

  it('names the stored callback by a hash, so that the name tells nothing', async () => {
    open();
    browserGoesTo('/callback?code=secret-code&state=2');
    await until(() => disk.values.size === 1);
    assert.match([...disk.values.keys()][0] ?? '', /^callback:[0-9a-f]{16}$/);
  });

  for (const [what, path] of [
    ['another path', '/elsewhere?code=1&state=2'],
    ['no path', '?code=1&state=2'],
    ['the root', '/?code=1&state=2'],
    ['a longer path', '/callback/?code=1&state=2'],
    ['a path below', '/callback/run?code=1&state=2'],
    ['a path in another case', '/Callback?code=1&state=2'],
    ['an encoded path', '/%2fcallback?code=1&state=2'],
    ['a path that climbs', '/x/../callback?code=1&state=2'],
    ['a command', '/run?command=ninjaone.signOut&code=1&state=2'],
    ['a query in the fragment', '/callback#code=1&state=2'],
    ['a query that is too long', `/callback?code=1&state=${'x'.repeat(16_384)}`],
  ] as const) {
    it(`ignores ${what} (T11)`, () => {
      const { settled, secrets } = open('code=1&state=2');
      browserGoesTo(path);
      assert.ok(!settled.includes('code=1&state=2'));
      assert.deepEqual(editor.window.messages, []);
      assert.deepEqual(secrets.calls.store, []);
    });
  }

  for (const query of [
    '',
    'code=1',
    'state=2',
    'code=1&error=x&state=2',
    'code=1&code=3&state=2',
    'code=1&state=2&state=3',
  ]) {
    it(`spreads no noise to other windows: ?${query}`, () => {
      const { secrets } = open();
      browserGoesTo(`/callback?${query}`);
      assert.deepEqual(secrets.calls.store, []);
    });
  }

  it('writes into the log that a callback could not be passed on, without the callback', async () => {
    const { secrets, log } = open();
    secrets.fail('store', 'throw');
    browserGoesTo('/callback?code=secret-code&state=2');
    await until(() => log.lines.length > 0);
    assert.deepEqual(log.lines, [{ level: 'warn', text: 'A sign-in callback could not be passed to another window.' }]);
  });

  it('writes into the log that a callback could not be read', async () => {
    const { secrets, log } = open();
    secrets.fail('get', 'throw');
    disk.write('callback:1', 'code=1&state=2');
    await until(() => log.lines.length > 0);
    assert.match(log.lines[0]?.text ?? '', /could not be read/);
  });

  it('erases at the start what a closed window left behind, and nothing else', async () => {
    disk.write('callback:1', 'code=1&state=2');
    disk.write('session:1', 'kept');
    await deleteStaleCallbacks(open().secrets);
    assert.deepEqual([...disk.values.keys()], ['session:1']);
  });
});
