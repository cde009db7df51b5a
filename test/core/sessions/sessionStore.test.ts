import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { createSession, serializeSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import { checkStorage } from '../../../src/core/sessions/storageCheck.ts';
import { connection, createSessionFixture, HOUR, until, type SessionFixture } from '../../support/sessionFixture.ts';

describe('SessionStore', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  describe('firing events', () => {
    it('reports exactly what changed in the store, in every window (A12)', async () => {
      const one = fixture.open();
      const other = fixture.open();
      const session = record(fixture);
      const renewed = withTokens(session, tokens(fixture, 2));
      await one.store.put(session);
      await until(() => other.storeChanges.length === 1);
      await one.store.put(renewed);
      await until(() => other.storeChanges.length === 2);
      await one.store.remove(session.id);
      await until(() => other.storeChanges.length === 3);
      for (const window of [one, other]) {
        assert.deepEqual(window.storeChanges, [
          { added: [session], removed: [], changed: [] },
          { added: [], removed: [], changed: [renewed] },
          { added: [], removed: [renewed], changed: [] },
        ]);
      }
    });

    it('reports nothing for an equal value, in any window (A12)', async () => {
      const one = fixture.open();
      const other = fixture.open();
      const session = record(fixture);
      await one.store.put(session);
      await until(() => other.storeChanges.length === 1);
      await one.store.put(session);
      await other.store.reread(session.id);
      fixture.disk.write(keyOf(session), serializeSession(session));
      await one.store.load();
      await other.store.load();
      await settled(one.secrets.calls.get);
      assert.equal(one.storeChanges.length, 1);
      assert.equal(other.storeChanges.length, 1);
    });

    it('reports nothing for other secrets and does not read them (A12)', async () => {
      const { secrets, store, storeChanges } = fixture.open();
      fixture.disk.write('clientSecret:1', 'x');
      fixture.disk.write('callback', 'x');
      await store.load();
      assert.deepEqual(storeChanges, []);
      assert.deepEqual(secrets.calls.get, []);
    });

    it('ignores an older copy that a slower window wrote (A12)', async () => {
      const { store, storeChanges } = fixture.open();
      const session = record(fixture);
      await store.put(withTokens(session, tokens(fixture, 2)));
      fixture.disk.write(keyOf(session), serializeSession(session));
      await store.reread(session.id);
      assert.equal(store.get(session.id)?.generation, 2);
      assert.equal(storeChanges.length, 1);
    });

    it('uses the read that was requested last when two overlap (A12)', async () => {
      const window = fixture.open();
      const session = record(fixture);
      await window.store.put(session);
      const slow = holdNextGet(window.secrets);
      const first = window.store.reread(session.id);
      fixture.disk.write(keyOf(session), undefined);
      await until(() => window.store.get(session.id) === undefined);
      slow.respond(serializeSession(session));
      assert.equal(await first, undefined);
      assert.equal(window.storeChanges.length, 2);
    });

    it('stores a session even if a listener throws (A12)', async () => {
      const { store, secrets } = fixture.open();
      store.onDidChange(() => {
        throw new Error('listener');
      });
      assert.equal(await store.put(record(fixture)), 'stored');
      assert.equal(secrets.disk.values.size, 1);
    });
  });

  describe('with a failing secret storage', () => {
    for (const kind of ['throw', 'hang'] as const) {
      it(`of one of two windows, which ${kind}s, changes nothing on the disk, and the other window goes on (A14, T44)`, async () => {
        const [bad, good] = [fixture.open(), fixture.open()];
        const { session } = await good.signIn(fixture);
        const disk = [...fixture.disk.values];
        for (const operation of ['get', 'store', 'delete', 'keys'] as const) {
          bad.secrets.fail(operation, kind);
        }
        fixture.clock.now += 2 * HOUR;
        const findings = await checkStorage(bad.storageCheck);
        assert.equal(findings.storageFailed, true);
        assert.deepEqual(findings.lost, []);
        const unsaved = await bad.signIn(fixture, ['management']);
        assert.deepEqual([...fixture.disk.values], disk);
        assert.deepEqual(
          bad.renewalFailures.map(({ error }) => error.intent),
          ['storage'],
        );

        assert.equal((await good.tokens.getValidToken(session.id)).session.generation, 2);
        bad.secrets.heal();
        await bad.recovery.run();
        await until(() => good.store.get(unsaved.session.id) !== undefined);
        assert.equal(bad.store.get(session.id)?.generation, 2);
        assert.deepEqual(fixture.server.reused, []);
      });
    }

    it('reports a storage that throws or hangs, overwrites nothing and reads everything later (A14, T44)', async () => {
      for (const operation of ['keys', 'get'] as const) {
        for (const kind of ['throw', 'hang'] as const) {
          const session = record(fixture);
          fixture.disk.write(keyOf(session), serializeSession(session));
          const { store, secrets, storeChanges } = fixture.open();
          secrets.fail(operation, kind);
          assert.deepEqual(await store.load(), { failed: true, unreadable: [], newer: [] });
          assert.deepEqual([secrets.calls.store, secrets.calls.delete, storeChanges], [[], [], []]);
          secrets.heal();
          assert.equal((await store.load()).failed, false);
          assert.ok(store.get(session.id));
        }
      }
    });

    it('shows the other sessions if one record cannot be read (A14)', async () => {
      const sessions = [record(fixture), record(fixture), record(fixture)];
      for (const session of sessions) {
        fixture.disk.write(keyOf(session), serializeSession(session));
      }
      const { store, secrets } = fixture.open();
      secrets.fail('get', 'hang', { key: sessions[0]!.id });
      assert.equal((await store.load()).failed, true);
      assert.deepEqual(idsOf(store.all()), idsOf(sessions.slice(1)));
    });

    it('keeps its sessions if the storage fails during a re-read (A14)', async () => {
      const { store, secrets, storeChanges } = fixture.open();
      const session = record(fixture);
      await store.put(session);
      secrets.fail('get', 'throw');
      await assert.rejects(store.reread(session.id), isStorageFailure);
      secrets.fail('get', 'hang');
      await assert.rejects(store.reread(session.id), isStorageFailure);
      assert.deepEqual(store.get(session.id), session);
      assert.equal(storeChanges.length, 1);
    });

    it('stores the record after some failed attempts (A14)', async () => {
      const { store, secrets, disk } = withDisk(fixture);
      secrets.fail('store', 'throw', { times: 2 });
      const session = record(fixture);
      assert.equal(await store.put(session), 'stored');
      assert.equal(disk.get(keyOf(session)), serializeSession(session));
    });

    it('keeps a session that cannot be stored in this window, even if the storage has no such key (A14)', async () => {
      const { store, secrets, disk } = withDisk(fixture);
      secrets.fail('store', 'throw');
      const session = record(fixture);
      assert.equal(await store.put(session), 'unsaved');
      assert.deepEqual(await store.reread(session.id), session);
      assert.equal(disk.size, 0);
      secrets.heal();
      assert.equal(await store.put(withTokens(session, tokens(fixture, 2))), 'stored');
      assert.equal(disk.size, 1);
    });

    it('quarantines an unreadable record unchanged and keeps the others (A14, T45)', async () => {
      const good = record(fixture);
      fixture.disk.write(keyOf(good), serializeSession(good));
      fixture.disk.write('session:broken', '{"version":1,"id":"bro');
      const { store } = fixture.open();
      assert.deepEqual(await store.load(), { failed: false, unreadable: ['broken'], newer: [] });
      assert.deepEqual(idsOf(store.all()), [good.id]);
      await until(() => !fixture.disk.values.has('session:broken'));
      const [quarantined, text] = [...fixture.disk.values].find(([key]) => key.startsWith('aside:broken:')) ?? [];
      assert.ok(quarantined);
      assert.equal(text, '{"version":1,"id":"bro');
      assert.deepEqual((await fixture.open().store.load()).unreadable, []);
    });

    it('reports an unreadable record once if it appears after the start (A14)', async () => {
      const { store } = fixture.open();
      await store.load();
      let reports = 0;
      store.onDidFindUnreadable(() => {
        reports++;
      });
      fixture.disk.write('session:broken', '{"version":1,"id":"bro');
      await until(() => reports === 1 && !fixture.disk.values.has('session:broken'));
      fixture.disk.write('session:broken', '{"version":1,"id":"bro');
      await until(() => !fixture.disk.values.has('session:broken'));
      assert.equal(reports, 1);
    });

    it('leaves an unreadable record in place if it cannot be quarantined (A14, T45)', async () => {
      fixture.disk.write('session:broken', 'broken');
      const { store, secrets } = fixture.open();
      secrets.fail('store', 'throw');
      assert.deepEqual((await store.load()).unreadable, ['broken']);
      await until(() => secrets.calls.store.length === 3);
      await settled(secrets.calls.delete);
      assert.deepEqual([...fixture.disk.values], [['session:broken', 'broken']]);
    });

    it('does not delay the start for a quarantine while the storage hangs (A14)', async () => {
      fixture.disk.write('session:broken', 'broken');
      const { store, secrets } = fixture.open({ storageLimit: 20_000 });
      secrets.fail('store', 'hang');
      const started = performance.now();
      await store.load();
      assert.ok(performance.now() - started < 10_000);
      await until(() => secrets.calls.store.length === 1);
    });

    it('keeps using a session whose record is damaged, and quarantines the damaged record (A14)', async () => {
      const { store, storeChanges } = fixture.open();
      const session = record(fixture);
      await store.put(session);
      fixture.disk.write(keyOf(session), 'damaged');
      await until(() => [...fixture.disk.values.keys()].some((key) => key.startsWith('aside:')));
      assert.deepEqual(store.get(session.id), session);
      assert.equal(storeChanges.length, 1);
    });

    it('ignores a record of a newer version and leaves it alone (A14, T45)', async () => {
      const text = JSON.stringify({ ...record(fixture), version: 99 });
      fixture.disk.write('session:later', text);
      const { store, secrets } = fixture.open();
      assert.deepEqual(await store.load(), { failed: false, unreadable: [], newer: ['later'] });
      assert.deepEqual(store.all(), []);
      assert.deepEqual([secrets.calls.store, secrets.calls.delete], [[], []]);
      assert.equal(fixture.disk.values.get('session:later'), text);
    });

    it('ignores a record under the key of another session (A14)', async () => {
      fixture.disk.write('session:other', serializeSession(record(fixture)));
      const { store } = fixture.open();
      assert.deepEqual((await store.load()).unreadable, ['other']);
      assert.deepEqual(store.all(), []);
    });

    it('knows from the canary whether this storage has ever kept anything (A14)', async () => {
      const { store } = fixture.open();
      assert.equal(await store.hasCanary(), false);
      await store.setCanary();
      assert.equal(await fixture.open().store.hasCanary(), true);
      fixture.disk.values.clear();
      assert.equal(await fixture.open().store.hasCanary(), false);
    });
  });

  describe('removing sessions', () => {
    it('does not store a session that was signed out while it was being written (A13)', async () => {
      const { store, secrets, disk } = withDisk(fixture);
      const session = record(fixture);
      await store.put(session);
      secrets.fail('store', 'throw', { times: 1 });
      const writing = store.put(withTokens(session, tokens(fixture, 2)));
      await until(() => secrets.calls.store.length === 2);
      await store.remove(session.id);
      assert.equal(await writing, 'removed');
      assert.equal(disk.size, 0);
      assert.equal(store.get(session.id), undefined);
      assert.equal(await store.put(session), 'removed');
    });

    it('forgets a session that could not be stored and was signed out in another window (A13)', async () => {
      const one = fixture.open();
      const session = record(fixture);
      one.secrets.fail('store', 'throw');
      assert.equal(await one.store.put(session), 'unsaved');
      await one.states.end(session.id);
      assert.equal(await one.store.put(withTokens(session, tokens(fixture, 2))), 'removed');
      assert.equal(one.store.isBehind, false);
    });

    it('deletes a record again that another window writes after the sign-out (A13)', async () => {
      const { store, storeChanges } = fixture.open();
      const session = record(fixture);
      await store.put(session);
      await store.remove(session.id);
      fixture.disk.write(keyOf(session), serializeSession(withTokens(session, tokens(fixture, 2))));
      await until(() => fixture.disk.values.size === 0);
      assert.deepEqual(
        storeChanges.map(({ added, removed }) => [added.length, removed.length]),
        [
          [1, 0],
          [0, 1],
        ],
      );
    });

    it('deletes every key on reset (A13)', async () => {
      for (const key of ['aside:x:1', 'clientSecret:1', 'session:later', 'anything']) {
        fixture.disk.write(key, 'x');
      }
      const { store, disk } = withDisk(fixture);
      await store.put(record(fixture));
      await store.setCanary();
      await store.clear();
      assert.deepEqual([...disk.keys()], []);
      assert.deepEqual(store.all(), []);
    });
  });

  it('serves no session that is signed out while other records are still being read (A13)', async () => {
    const of = (scope: Scope): StoredSession => ({ ...record(fixture), scopes: [scope] });
    const [old, held, late] = [of('monitoring'), of('management'), of('control')];
    const { store, secrets, storeChanges, tokens: service } = fixture.open();
    await store.put(old);
    await until(() => service.usable().length === 1);
    fixture.disk.write(keyOf(held), serializeSession(held));
    await until(() => store.all().length === 2);
    secrets.fail('get', 'lag', { key: held.id });
    const loading = store.load();
    fixture.disk.write(keyOf(late), serializeSession(late));
    await until(() => store.get(late.id) !== undefined);
    await service.signOut(old.id);
    await service.signOut(late.id);
    assert.deepEqual(idsOf(service.usable().map(({ session }) => session)), [held.id]);
    assert.deepEqual(
      storeChanges.flatMap(({ removed }) => removed.map(({ id }) => id)),
      [old.id, late.id],
    );
    secrets.heal();
    await loading;
    assert.deepEqual(
      storeChanges.flatMap(({ added }) => added.map(({ id }) => id)),
      [old.id, held.id, late.id],
    );
  });

  it('redacts current and earlier tokens as soon as they are loaded', async () => {
    const { store, redactor } = fixture.open();
    const session = record(fixture);
    await store.put(session);
    await store.put(withTokens(session, tokens(fixture, 2)));
    const line = redactor.redact('access-token-1 refresh-token-1 access-token-2 refresh-token-2');
    assert.equal(line, '[redacted] [redacted] [redacted] [redacted]');
  });
});

describe('ClientSecrets', () => {
  it('stores secrets per connection, notifies every window and redacts them (C3)', async () => {
    const fixture = await createSessionFixture();
    const one = fixture.open();
    const other = fixture.open();
    const heard: string[] = [];
    other.clientSecrets.onDidChange((id) => heard.push(id));
    await one.clientSecrets.set('c1', 'a-client-secret');
    assert.equal(await other.clientSecrets.get('c1'), 'a-client-secret');
    assert.equal(one.redactor.redact('a-client-secret'), '[redacted]');
    assert.equal(other.redactor.redact('a-client-secret'), '[redacted]');
    await one.store.setCanary();
    assert.deepEqual(await one.clientSecrets.connectionIds(), ['c1']);
    await one.clientSecrets.delete('c1');
    assert.equal(await other.clientSecrets.get('c1'), undefined);
    assert.deepEqual(heard, ['c1', 'c1']);
    await fixture.close();
  });

  it('reports a failing storage as such, not as a missing secret (A14)', async () => {
    const fixture = await createSessionFixture();
    const { clientSecrets, secrets } = fixture.open();
    secrets.fail('get', 'hang');
    await assert.rejects(clientSecrets.get('c1'), isStorageFailure);
    await fixture.close();
  });
});

function tokens(fixture: SessionFixture, number: number): Parameters<typeof createSession>[2] {
  const { now } = fixture.clock;
  const names = { accessToken: `access-token-${number}`, refreshToken: `refresh-token-${number}` };
  return { ...names, issuedAt: now, expiresAt: now + HOUR };
}

function record(fixture: SessionFixture): StoredSession {
  return createSession(connection(), ['monitoring'], tokens(fixture, 1));
}

function keyOf({ id }: StoredSession): string {
  return `session:${id}`;
}

function idsOf(sessions: readonly StoredSession[]): string[] {
  return sessions.map(({ id }) => id).sort();
}

function withDisk(fixture: SessionFixture): ReturnType<SessionFixture['open']> & { disk: Map<string, string> } {
  return Object.assign(fixture.open(), { disk: fixture.disk.values });
}

function isStorageFailure(error: unknown): boolean {
  return isNinjaOneError(error) && error.code === 'storage.failed' && error.intent === 'storage';
}

/** Holds the next read until `respond` provides its result. */
function holdNextGet(secrets: ReturnType<SessionFixture['open']>['secrets']): { respond(text: string): void } {
  const get = secrets.get.bind(secrets);
  let resolve: (text: string) => void = () => {};
  secrets.get = () => {
    secrets.get = get;
    return new Promise((done) => {
      resolve = done;
    });
  };
  return {
    respond: (text) => {
      resolve(text);
    },
  };
}

/** Waits some turns of the event loop, after which no more calls may happen. */
async function settled(calls: readonly string[]): Promise<void> {
  for (let turns = 0; turns < 20; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const before = calls.length;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, before);
}
