import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteExpired, checkStorage, type Findings } from '../../../src/core/sessions/storageCheck.ts';
import { serializeSession } from '../../../src/core/sessions/session.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import { connection, createSessionFixture, DAY, until, type SessionFixture } from '../../support/sessionFixture.ts';

const NOTHING: Findings = { storageFailed: false, lost: [], keepsSecrets: true, unreadable: 0, newer: 0 };

describe('checkStorage at the start', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  const start = (): Promise<Findings> => checkStorage(fixture.open().storageCheck);

  it('reports nothing if there never was a session (A14)', async () => {
    assert.deepEqual(await start(), NOTHING);
  });

  it('reports nothing if all sessions are there (A14)', async () => {
    await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('distinguishes an editor that forgets everything from one lost session, and reports each once (A14)', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    await window.signIn(fixture, ['management']);
    fixture.clock.now += DAY;
    fixture.disk.forget(`session:${session.id}`);
    assert.deepEqual(await start(), { ...NOTHING, lost: ['Acme · eu · monitoring'] });
    assert.deepEqual(await start(), NOTHING);
    fixture.disk.forget();
    assert.deepEqual(await start(), { ...NOTHING, lost: ['Acme · eu · management'], keepsSecrets: false });
    assert.deepEqual(await start(), NOTHING);
  });

  it('does not miss a session that another window has just stored (A14)', async () => {
    const window = fixture.open({ flushDelay: 10_000 });
    await window.signIn(fixture);
    assert.deepEqual(await start(), NOTHING);
    window.secrets.flush();
    fixture.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('does not report a session as lost after a sign-out (A13)', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    await window.tokens.signOut(session.id);
    fixture.clock.now += 2 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal((await window.states.all()).size, 0);
  });

  it('deletes a record that survived its sign-out (A13)', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    await window.tokens.signOut(session.id);
    window.close();
    fixture.disk.write(`session:${session.id}`, serializeSession(session));
    const next = fixture.open();
    fixture.clock.now += 2 * DAY;
    assert.deepEqual(await checkStorage(next.storageCheck), NOTHING);
    assert.deepEqual(next.tokens.usable(), []);
    assert.ok(!fixture.disk.values.has(`session:${session.id}`));
  });

  it('reports a failing storage and counts nothing as lost (A14)', async () => {
    await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    const window = fixture.open();
    window.secrets.fail('keys', 'throw');
    assert.deepEqual(await checkStorage(window.storageCheck), { ...NOTHING, storageFailed: true });
    window.secrets.heal();
    assert.deepEqual(await checkStorage(window.storageCheck), NOTHING);
    assert.equal(window.tokens.usable().length, 1);
  });

  it('reports an unreadable record once, even if its session was known (A14)', async () => {
    const { session } = await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    const disk = fixture.disk.values;
    await fixture.close();
    const text = disk.get(`session:${session.id}`)!;
    fixture = await createSessionFixture();
    fixture.disk.write('canary', '1');
    fixture.disk.write(`session:${session.id}`, text.slice(0, 100));
    await fixture.open().states.set(session, { kind: 'current', label: 'x' });
    assert.deepEqual(await start(), { ...NOTHING, unreadable: 1 });
    await until(() => !fixture.disk.values.has(`session:${session.id}`));
    assert.deepEqual(await start(), NOTHING);
  });

  it('ignores sessions of another browser on the same disk, and reports its own lost ones once (A14)', async () => {
    const one = { disk: fixture.disk, secretStoreId: 'one' };
    const other = { disk: new SecretDisk(), secretStoreId: 'other' };
    await fixture.open(one).signIn(fixture);
    fixture.clock.now += DAY;
    assert.deepEqual(await checkStorage(fixture.open(other).storageCheck), NOTHING);
    assert.deepEqual(await checkStorage(fixture.open(one).storageCheck), NOTHING);
    fixture.disk.forget();
    const forgotten = { ...NOTHING, lost: ['Acme · eu · monitoring'], keepsSecrets: false };
    assert.deepEqual(await checkStorage(fixture.open(one).storageCheck), forgotten);
    assert.deepEqual(await checkStorage(fixture.open(one).storageCheck), NOTHING);
  });

  it('reports records of a newer version once (A14)', async () => {
    fixture.disk.write('session:later', '{"version":7}');
    assert.deepEqual(await start(), { ...NOTHING, newer: 1 });
    assert.deepEqual(await start(), NOTHING);
    fixture.clock.now += 100 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal(fixture.disk.values.get('session:later'), '{"version":7}');
  });
});

describe('quarantined records', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    fixture.disk.write('session:broken', '{"version":1');
    await checkStorage(fixture.open().storageCheck);
    await until(() => !fixture.disk.values.has('session:broken'));
  });
  afterEach(() => fixture.close());

  const cleanUpAfter = async (days: number): Promise<readonly string[]> => {
    fixture.clock.now += days * DAY;
    const { storageCheck } = fixture.open();
    assert.deepEqual(await checkStorage(storageCheck), NOTHING);
    await deleteExpired(storageCheck);
    return [...fixture.disk.values.keys()];
  };

  it('are deleted after 30 days without another report (A14, C4)', async () => {
    for (const days of [0, 10, 20]) {
      assert.match((await cleanUpAfter(days)).join(), /^aside:broken:[0-9a-f]+$/);
    }
    assert.deepEqual(await cleanUpAfter(0.1), []);
    assert.deepEqual(await readdir(join(fixture.directory, 'seen')), []);
    assert.deepEqual(await cleanUpAfter(1), []);
  });

  it('are not kept forever by a clock that was a year ahead (A14)', async () => {
    await cleanUpAfter(365);
    await cleanUpAfter(-365);
    assert.deepEqual(await cleanUpAfter(30.1), []);
  });
});

describe('orphaned sessions', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  it('are kept for 30 days and work again if the connection returns in time (C4, T36)', async () => {
    const window = fixture.open();
    const [acme] = fixture.connections;
    const { session } = await window.signIn(fixture);
    fixture.connections = [];
    for (const days of [0, 10, 19]) {
      fixture.clock.now += days * DAY;
      await deleteExpired(window.storageCheck);
    }
    assert.deepEqual(window.tokens.orphans(), [session]);
    fixture.connections = [acme!];
    await deleteExpired(window.storageCheck);
    assert.equal((await window.tokens.getValidToken(session.id)).session.generation, 2);
    fixture.connections = [];
    for (const days of [0, 29.9]) {
      fixture.clock.now += days * DAY;
      await deleteExpired(window.storageCheck);
    }
    assert.equal(window.tokens.orphans().length, 1);
  });

  it('are kept for 30 days each time that their connection is removed (C4)', async () => {
    const window = fixture.open();
    const [acme] = fixture.connections;
    const { session } = await window.signIn(fixture);
    fixture.connections = [];
    await deleteExpired(window.storageCheck);
    await window.tokens.signOut(session.id);
    fixture.connections = [acme!];
    fixture.clock.now += 40 * DAY;
    await deleteExpired(window.storageCheck);
    await window.signIn(fixture);
    // A typing error in the settings, for a moment.
    fixture.connections = [];
    await deleteExpired(window.storageCheck);
    assert.equal(window.tokens.orphans().length, 1);
  });

  it('are deleted with the client secret after 30 days and are not reported as lost (C4)', async () => {
    const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
    fixture.connections = [service];
    const window = fixture.open();
    await window.clientSecrets.set(service.id, 'the-secret');
    await window.signIn(fixture, ['monitoring'], {}, service);
    fixture.connections = [];
    await deleteExpired(window.storageCheck);
    fixture.clock.now += 30 * DAY + 1;
    await deleteExpired(window.storageCheck);
    assert.deepEqual(window.store.all(), []);
    assert.deepEqual([...fixture.disk.values.keys()], ['canary']);
    assert.equal((await window.states.all()).size, 0);
    fixture.clock.now += DAY;
    assert.deepEqual(await checkStorage(fixture.open().storageCheck), NOTHING);
    assert.deepEqual(fixture.server.calls, []);
  });

  it('are not kept forever by a clock that was a year ahead (C4)', async () => {
    const window = fixture.open();
    await window.signIn(fixture);
    fixture.connections = [];
    fixture.clock.now += 365 * DAY;
    await deleteExpired(window.storageCheck);
    fixture.clock.now -= 365 * DAY;
    await deleteExpired(window.storageCheck);
    fixture.clock.now += 30 * DAY + 1;
    await deleteExpired(window.storageCheck);
    assert.deepEqual(window.store.all(), []);
  });

  it('keep their token states unchanged during a cleanup (A7)', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    const before = await window.states.get(session.id);
    fixture.connections = [];
    fixture.clock.now += DAY;
    await deleteExpired(window.storageCheck);
    assert.deepEqual(await window.states.get(session.id), before);
  });
});
