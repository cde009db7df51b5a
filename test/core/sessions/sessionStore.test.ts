import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { createSession, serializeSession, withTokens, type StoredSession } from '../../../src/core/sessions/session.ts';
import { connection, createWorld, HOUR, until, type SessionWorld } from '../../support/sessionFixture.ts';

describe('session store', () => {
  let world: SessionWorld;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  describe('events', () => {
    it('A12: what changed in the store is what is fired, in every window, and nothing else', async () => {
      const one = world.open();
      const other = world.open();
      const session = record(world);
      const renewed = withTokens(session, tokens(world, 2));
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

    it('A12: an equal value makes no event, in no window', async () => {
      const one = world.open();
      const other = world.open();
      const session = record(world);
      await one.store.put(session);
      await until(() => other.storeChanges.length === 1);
      await one.store.put(session);
      await other.store.reread(session.id);
      world.disk.write(keyOf(session), serializeSession(session));
      await one.store.load();
      await other.store.load();
      await settled(one.secrets.calls.get);
      assert.equal(one.storeChanges.length, 1);
      assert.equal(other.storeChanges.length, 1);
    });

    it('A12: other secrets make no event and are not read', async () => {
      const { secrets, store, storeChanges } = world.open();
      world.disk.write('clientSecret:1', 'x');
      world.disk.write('callback', 'x');
      await store.load();
      assert.deepEqual(storeChanges, []);
      assert.deepEqual(secrets.calls.get, []);
    });

    it('A12: an older copy than the one in hand is the echo of a slower window', async () => {
      const { store, storeChanges } = world.open();
      const session = record(world);
      await store.put(withTokens(session, tokens(world, 2)));
      world.disk.write(keyOf(session), serializeSession(session));
      await store.reread(session.id);
      assert.equal(store.get(session.id)?.generation, 2);
      assert.equal(storeChanges.length, 1);
    });

    it('A12: of two readings that overtake each other the one that was asked for last counts', async () => {
      const window = world.open();
      const session = record(world);
      await window.store.put(session);
      const slow = holdNextGet(window.secrets);
      const first = window.store.reread(session.id);
      world.disk.write(keyOf(session), undefined);
      await until(() => window.store.get(session.id) === undefined);
      slow.answer(serializeSession(session));
      assert.equal(await first, undefined);
      assert.equal(window.storeChanges.length, 2);
    });

    it('A12: a listener that throws does not fail what is being stored', async () => {
      const { store, secrets } = world.open();
      store.onDidChange(() => {
        throw new Error('listener');
      });
      assert.equal(await store.put(record(world)), 'stored');
      assert.equal(secrets.disk.values.size, 1);
    });
  });

  describe('faults', () => {
    it('A14: a storage that throws or hangs is reported, nothing is overwritten, and a later load reads all', async () => {
      for (const operation of ['keys', 'get'] as const) {
        for (const kind of ['throw', 'hang'] as const) {
          const session = record(world);
          world.disk.write(keyOf(session), serializeSession(session));
          const { store, secrets, storeChanges } = world.open();
          secrets.fail(operation, kind);
          assert.deepEqual(await store.load(), { failed: true, unreadable: [], newer: [] });
          assert.deepEqual([secrets.calls.store, secrets.calls.delete, storeChanges], [[], [], []]);
          secrets.heal();
          assert.equal((await store.load()).failed, false);
          assert.ok(store.get(session.id));
        }
      }
    });

    it('A14: one record that cannot be had does not hide the others', async () => {
      const sessions = [record(world), record(world), record(world)];
      for (const session of sessions) {
        world.disk.write(keyOf(session), serializeSession(session));
      }
      const { store, secrets } = world.open();
      secrets.fail('get', 'hang', { key: sessions[0]!.id });
      assert.equal((await store.load()).failed, true);
      assert.deepEqual(idsOf(store.all()), idsOf(sessions.slice(1)));
    });

    it('A14: a storage that fails while a record is read again leaves the view as it is', async () => {
      const { store, secrets, storeChanges } = world.open();
      const session = record(world);
      await store.put(session);
      secrets.fail('get', 'throw');
      await assert.rejects(store.reread(session.id), isStorageFailure);
      secrets.fail('get', 'hang');
      await assert.rejects(store.reread(session.id), isStorageFailure);
      assert.deepEqual(store.get(session.id), session);
      assert.equal(storeChanges.length, 1);
    });

    it('A14: a storage that throws and then works has the record in the end', async () => {
      const { store, secrets, disk } = withDisk(world);
      secrets.fail('store', 'throw', { times: 2 });
      const session = record(world);
      assert.equal(await store.put(session), 'stored');
      assert.equal(disk.get(keyOf(session)), serializeSession(session));
    });

    it('A14: a session that is not taken lives on in this window, also when its key is said to be empty', async () => {
      const { store, secrets, disk } = withDisk(world);
      secrets.fail('store', 'throw');
      const session = record(world);
      assert.equal(await store.put(session), 'unsaved');
      assert.deepEqual(await store.reread(session.id), session);
      assert.equal(disk.size, 0);
      secrets.heal();
      assert.equal(await store.put(withTokens(session, tokens(world, 2))), 'stored');
      assert.equal(disk.size, 1);
    });

    it('A14: an unreadable record is moved aside as it is, and the others live on', async () => {
      const good = record(world);
      world.disk.write(keyOf(good), serializeSession(good));
      world.disk.write('session:broken', '{"version":1,"id":"bro');
      const { store } = world.open();
      assert.deepEqual(await store.load(), { failed: false, unreadable: ['broken'], newer: [] });
      assert.deepEqual(idsOf(store.all()), [good.id]);
      await until(() => !world.disk.values.has('session:broken'));
      const [quarantined, text] = [...world.disk.values].find(([key]) => key.startsWith('aside:broken:')) ?? [];
      assert.ok(quarantined);
      assert.equal(text, '{"version":1,"id":"bro');
      assert.deepEqual((await world.open().store.load()).unreadable, []);
    });

    it('A14: an unreadable record that comes after the start is told once', async () => {
      const { store } = world.open();
      await store.load();
      let told = 0;
      store.onDidFindUnreadable(() => {
        told++;
      });
      world.disk.write('session:broken', '{"version":1,"id":"bro');
      await until(() => told === 1 && !world.disk.values.has('session:broken'));
      world.disk.write('session:broken', '{"version":1,"id":"bro');
      await until(() => !world.disk.values.has('session:broken'));
      assert.equal(told, 1);
    });

    it('A14: an unreadable record that cannot be moved aside stays where it is', async () => {
      world.disk.write('session:broken', 'broken');
      const { store, secrets } = world.open();
      secrets.fail('store', 'throw');
      assert.deepEqual((await store.load()).unreadable, ['broken']);
      await until(() => secrets.calls.store.length === 3);
      await settled(secrets.calls.delete);
      assert.deepEqual([...world.disk.values], [['session:broken', 'broken']]);
    });

    it('A14: a hanging storage does not hold up the start because of a record that is set aside', async () => {
      world.disk.write('session:broken', 'broken');
      const { store, secrets } = world.open();
      secrets.fail('store', 'hang');
      const started = performance.now();
      await store.load();
      assert.ok(performance.now() - started < 140);
    });

    it('A14: a record that is damaged while it is in use stays in use, and the damage is kept', async () => {
      const { store, storeChanges } = world.open();
      const session = record(world);
      await store.put(session);
      world.disk.write(keyOf(session), 'damaged');
      await until(() => [...world.disk.values.keys()].some((key) => key.startsWith('aside:')));
      assert.deepEqual(store.get(session.id), session);
      assert.equal(storeChanges.length, 1);
    });

    it('A14: a record of a later version is left alone and not served', async () => {
      const text = JSON.stringify({ ...record(world), version: 99 });
      world.disk.write('session:later', text);
      const { store, secrets } = world.open();
      assert.deepEqual(await store.load(), { failed: false, unreadable: [], newer: ['later'] });
      assert.deepEqual(store.all(), []);
      assert.deepEqual([secrets.calls.store, secrets.calls.delete], [[], []]);
      assert.equal(world.disk.values.get('session:later'), text);
    });

    it('A14: a record under the key of another session is not taken for it', async () => {
      world.disk.write('session:other', serializeSession(record(world)));
      const { store } = world.open();
      assert.deepEqual((await store.load()).unreadable, ['other']);
      assert.deepEqual(store.all(), []);
    });

    it('A14: the canary tells whether this storage has kept anything', async () => {
      const { store } = world.open();
      assert.equal(await store.hasCanary(), false);
      await store.setCanary();
      assert.equal(await world.open().store.hasCanary(), true);
      world.disk.values.clear();
      assert.equal(await world.open().store.hasCanary(), false);
    });
  });

  describe('removal', () => {
    it('A13: what was signed out while it was being written is not stored', async () => {
      const { store, secrets, disk } = withDisk(world);
      const session = record(world);
      await store.put(session);
      secrets.fail('store', 'throw', { times: 1 });
      const writing = store.put(withTokens(session, tokens(world, 2)));
      await until(() => secrets.calls.store.length === 2);
      await store.remove(session.id);
      assert.equal(await writing, 'removed');
      assert.equal(disk.size, 0);
      assert.equal(store.get(session.id), undefined);
      assert.equal(await store.put(session), 'removed');
    });

    it('A13: a record that another window writes back after the sign-out is deleted again', async () => {
      const { store, storeChanges } = world.open();
      const session = record(world);
      await store.put(session);
      await store.remove(session.id);
      world.disk.write(keyOf(session), serializeSession(withTokens(session, tokens(world, 2))));
      await until(() => world.disk.values.size === 0);
      assert.deepEqual(
        storeChanges.map(({ added, removed }) => [added.length, removed.length]),
        [
          [1, 0],
          [0, 1],
        ],
      );
    });

    it('A13: Reset deletes every key, whatever it is', async () => {
      for (const key of ['aside:x:1', 'clientSecret:1', 'session:later', 'anything']) {
        world.disk.write(key, 'x');
      }
      const { store, disk } = withDisk(world);
      await store.put(record(world));
      await store.setCanary();
      await store.clear();
      assert.deepEqual([...disk.keys()], []);
      assert.deepEqual(store.all(), []);
    });
  });

  it('tokens are redacted from the moment they are in the view, the last ones too', async () => {
    const { store, redactor } = world.open();
    const session = record(world);
    await store.put(session);
    await store.put(withTokens(session, tokens(world, 2)));
    const line = redactor.redact('access-token-1 refresh-token-1 access-token-2 refresh-token-2');
    assert.equal(line, '[redacted] [redacted] [redacted] [redacted]');
  });
});

describe('client secrets', () => {
  it('C3: are kept by connection, told in every window, and redacted', async () => {
    const world = await createWorld();
    const one = world.open();
    const other = world.open();
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
    await world.close();
  });

  it('A14: a storage that fails is a storage failure, not a missing secret', async () => {
    const world = await createWorld();
    const { clientSecrets, secrets } = world.open();
    secrets.fail('get', 'hang');
    await assert.rejects(clientSecrets.get('c1'), isStorageFailure);
    await world.close();
  });
});

function tokens(world: SessionWorld, number: number): Parameters<typeof createSession>[2] {
  const { now } = world.clock;
  const names = { accessToken: `access-token-${number}`, refreshToken: `refresh-token-${number}` };
  return { ...names, issuedAt: now, expiresAt: now + HOUR };
}

function record(world: SessionWorld): StoredSession {
  return createSession(connection(), ['monitoring'], tokens(world, 1));
}

function keyOf({ id }: StoredSession): string {
  return `session:${id}`;
}

function idsOf(sessions: readonly StoredSession[]): string[] {
  return sessions.map(({ id }) => id).sort();
}

function withDisk(world: SessionWorld): ReturnType<SessionWorld['open']> & { disk: Map<string, string> } {
  return Object.assign(world.open(), { disk: world.disk.values });
}

function isStorageFailure(error: unknown): boolean {
  return isNinjaOneError(error) && error.code === 'storage.failed' && error.intent === 'storage';
}

/** The next reading gets `answer` when that is said, and not what the storage has by then. */
function holdNextGet(secrets: ReturnType<SessionWorld['open']>['secrets']): { answer(text: string): void } {
  const get = secrets.get.bind(secrets);
  let resolve: (text: string) => void = () => {};
  secrets.get = () => {
    secrets.get = get;
    return new Promise((done) => {
      resolve = done;
    });
  };
  return {
    answer: (text) => {
      resolve(text);
    },
  };
}

/** A few turns of the event loop, in which nothing more may be called. */
async function settled(calls: readonly string[]): Promise<void> {
  for (let turns = 0; turns < 20; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const before = calls.length;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, before);
}
