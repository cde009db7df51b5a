import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import type { Disposable } from '../../../src/core/base/lifecycle.ts';
import { FirstSeen } from '../../../src/core/sessions/firstSeen.ts';
import { secretStoreIdIn, startSessions } from '../../../src/host/accounts/sessionStartup.ts';
import { createHost, type HostFixture } from '../../support/hostFixture.ts';
import { DAY, MINUTE, until, type SessionWindow } from '../../support/sessionFixture.ts';
import { FakeMemento } from '../../support/vscode/extensionContext.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('start of the sessions', () => {
  const editor = useVscode();
  let host: HostFixture;
  let next: SessionWindow;
  let warnings: string[];
  const subscriptions: Disposable[] = [];
  beforeEach(async () => {
    host = await createHost(editor);
    warnings = [];
  });
  afterEach(async () => {
    for (const each of subscriptions.splice(0)) {
      each.dispose();
    }
    await host.close();
  });

  /** As at the start of another window, or after a reload. */
  const start = (fail?: (window: SessionWindow) => void): Promise<void> => {
    next = host.sessions.open();
    fail?.(next);
    return startSessions({
      storageCheck: next.storageCheck,
      onDidLoadLate: next.recovery.onDidLoad,
      onDidChangeConnections: host.settings.onDidChangeConnections,
      logger: { ...silentLogger, warn: (text) => warnings.push(text) },
      register: (item) => {
        subscriptions.push(item);
        return item;
      },
    });
  };

  it('reads the stored sessions and says nothing (A14)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    await start();
    assert.deepEqual(
      next.tokens.usable().map((usable) => usable.session.id),
      [session.id],
    );
    assert.deepEqual(editor.window.messages, []);
  });

  it('names a session that the editor has lost, once (A14)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    host.sessions.clock.now += DAY;
    host.sessions.disk.forget(`session:${session.id}`);
    editor.user.closes(/Acme/);
    await start();
    await editor.user.wasAsked(/Acme/);
    await start();
    assert.equal(editor.window.messages.length, 1);
  });

  it('changes nothing when the secret storage does not work, and says so (A14, T44)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    const before = new Map(host.sessions.disk.values);
    editor.user.closes(/storage/);
    await start((window) => {
      window.secrets.fail('keys', 'throw');
    });
    await editor.user.wasAsked(/storage/);
    assert.deepEqual(next.tokens.usable(), []);
    assert.deepEqual(host.sessions.disk.values, before);
    assert.ok(session.id);
  });

  it('has the sessions ready without a message when a step of the check fails (A8)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    await start((window) => {
      window.states.all = () => Promise.reject(new Error('unexpected'));
      window.secrets.fail('delete', 'throw');
    });
    assert.deepEqual(
      next.tokens.usable().map((each) => each.session.id),
      [session.id],
    );
    assert.match(warnings.join(), /unexpected/);
    assert.deepEqual(editor.window.messages, []);
  });

  const cleanups: readonly (readonly [string, (window: SessionWindow) => void])[] = [
    ['the file of an old sign-out', () => {}],
    [
      'a record whose sign-out is not finished',
      (window) => {
        window.secrets.fail('delete', 'throw');
      },
    ],
  ];
  for (const [what, fail] of cleanups) {
    it(`has the sessions ready although ${what} cannot be deleted, and shows nothing (A8, A13)`, async () => {
      const healthy = await host.window.signIn(host.sessions, ['management']);
      const { session } = await host.window.signIn(host.sessions, ['monitoring']);
      host.window.secrets.fail('delete', 'throw');
      await host.window.tokens.signOut(session.id);
      assert.ok(host.sessions.disk.values.has(`session:${session.id}`));
      // A folder in the place of a file, which no process can delete as a file.
      await mkdir(join(host.sessions.directory, 'ended-2020-01-01.jsonl'));
      await start(fail);
      assert.deepEqual(
        next.tokens.usable().map((each) => each.session.id),
        [healthy.session.id],
      );
      assert.deepEqual(editor.window.messages, []);
    });
  }

  it('does not wait for somebody who closes its message (A8)', async () => {
    await start((window) => {
      window.secrets.fail('keys', 'throw');
    });
    const asked = editor.user.wasAsked(/storage/);
    editor.user.closes(/storage/);
    await asked;
  });

  const triggers: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['the window gets the focus', () => next.recovery.run()],
    ['another extension asks for a session', () => next.tokens.sessionsFor(['monitoring'], undefined)],
  ];
  for (const [what, trigger] of triggers) {
    it(`takes up the sessions of a locked secret storage when ${what}, without a reload or a second record (A14)`, async () => {
      const { session } = await host.window.signIn(host.sessions);
      editor.user.closes(/storage/);
      await start((window) => {
        window.secrets.fail('keys', 'throw');
      });
      assert.deepEqual(next.tokens.usable(), []);
      next.secrets.heal();
      await trigger();
      await until(() => next.tokens.usable().length > 0);
      const again = await next.signIn(host.sessions);
      assert.equal(again.session.id, session.id);
      const records = [...host.sessions.disk.values.keys()].filter((key) => key.startsWith('session:'));
      assert.deepEqual(records, [`session:${session.id}`]);
      await until(() => !host.sessions.server.isAlive(session.refreshToken));
    });
  }

  it('tells of a record that becomes unreadable later (A14)', async () => {
    await start();
    // Otherwise the other window may quarantine it first.
    host.window.close();
    editor.user.closes(/cannot be read/);
    host.sessions.disk.write('session:broken', '{');
    await editor.user.wasAsked(/cannot be read/);
  });

  it('sweeps when the settings change, and logs a storage that does not answer then (C4)', async () => {
    await start();
    await until(() => next.secrets.calls.keys.length > 1);
    next.secrets.fail('keys', 'throw');
    editor.configuration.set('ninjaone.connections', []);
    await until(() => warnings.length > 0);
    assert.deepEqual(editor.window.messages, []);
  });

  it('deletes what belongs to a connection that is gone for thirty days (C4)', async () => {
    const { session } = await host.window.signIn(host.sessions);
    editor.configuration.set('ninjaone.connections', []);
    await start();
    // The first start notes since when it is gone.
    await until(() => new FirstSeen(next.storageCheck).has(`orphan:${session.connectionId}`));
    host.sessions.clock.now += 31 * DAY + MINUTE;
    await start();
    await until(() => ![...host.sessions.disk.values.keys()].some((key) => key.startsWith('session:')));
  });

  describe('names the secret storage', () => {
    const { Desktop, Web } = vscode.UIKind;
    const machineId = 'a1'.repeat(32);
    const idIn = (memory: FakeMemento, uiKind: vscode.UIKind, machine = machineId): string =>
      secretStoreIdIn(memory, { uiKind, machineId: machine })();

    it('of a desktop the same in every profile, so that Reset reaches all of them (A13)', () => {
      const first = idIn(new FakeMemento(), Desktop);
      assert.equal(idIn(new FakeMemento(), Desktop), first);
      assert.notEqual(idIn(new FakeMemento(), Desktop, 'b2'.repeat(32)), first, 'another machine on the same disk');
      assert.equal(first.includes(machineId.slice(0, 8)), false);
    });

    it('of a browser the same at every start, and otherwise in every browser (A13)', () => {
      const memory = new FakeMemento();
      const first = idIn(memory, Web);
      assert.equal(idIn(memory, Web), first);
      assert.notEqual(idIn(new FakeMemento(), Web), first);
    });

    it('in a profile of its own when all machines have the same ID', () => {
      const memory = new FakeMemento();
      const first = idIn(memory, Desktop, 'someValue.machineId');
      assert.equal(idIn(memory, Desktop, 'someValue.machineId'), first);
      assert.notEqual(idIn(new FakeMemento(), Desktop, 'someValue.machineId'), first);
    });
  });
});
