import assert from 'node:assert/strict';
import { sweep, checkStorage, type Findings } from '../../../src/core/sessions/storageCheck.ts';
import { serializeSession } from '../../../src/core/sessions/session.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import { connection, createSessionFixture, DAY, until, type SessionFixture } from '../../support/sessionFixture.ts';

const NOTHING: Findings = { storageFailed: false, lost: [], keepsSecrets: true, unreadable: 0, newer: 0 };

describe('taking stock at start', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  const start = (): Promise<Findings> => checkStorage(fixture.open().stock);

  it('A14: who never had a session is told nothing', async () => {
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: who has their sessions is told nothing', async () => {
    await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: an editor that forgets everything is told apart from one that lost a session, and each is told once', async () => {
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

  it('A14: a session that another window has just stored is not missed', async () => {
    const window = fixture.open({ flushDelay: 10_000 });
    await window.signIn(fixture);
    assert.deepEqual(await start(), NOTHING);
    window.secrets.flush();
    fixture.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('A13: who signed out has lost nothing', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    await window.tokens.signOut(session.id);
    fixture.clock.now += 2 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal((await window.markers.all()).size, 0);
  });

  it('A13: a record that survived its sign-out is deleted at the next start', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    await window.tokens.signOut(session.id);
    window.close();
    fixture.disk.write(`session:${session.id}`, serializeSession(session));
    const next = fixture.open();
    fixture.clock.now += 2 * DAY;
    assert.deepEqual(await checkStorage(next.stock), NOTHING);
    assert.deepEqual(next.tokens.usable(), []);
    assert.ok(!fixture.disk.values.has(`session:${session.id}`));
  });

  it('A14: a storage that fails is said so, and nothing counts as lost', async () => {
    await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    const window = fixture.open();
    window.secrets.fail('keys', 'throw');
    assert.deepEqual(await checkStorage(window.stock), { ...NOTHING, storageFailed: true });
    window.secrets.heal();
    assert.deepEqual(await checkStorage(window.stock), NOTHING);
    assert.equal(window.tokens.usable().length, 1);
  });

  it('A14: an unreadable record is told once, also when its session was known', async () => {
    const { session } = await fixture.open().signIn(fixture);
    fixture.clock.now += DAY;
    const disk = fixture.disk.values;
    await fixture.close();
    const text = disk.get(`session:${session.id}`)!;
    fixture = await createSessionFixture();
    fixture.disk.write('canary', '1');
    fixture.disk.write(`session:${session.id}`, text.slice(0, 100));
    await fixture.open().markers.set(session.id, { generation: 1, signedOut: false, label: 'x', writtenAt: 0 });
    assert.deepEqual(await start(), { ...NOTHING, unreadable: 1 });
    await until(() => !fixture.disk.values.has(`session:${session.id}`));
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: what another browser keeps on the same disk is not missed, and what this one kept is, once', async () => {
    const one = { disk: fixture.disk, secretStoreId: 'one' };
    const other = { disk: new SecretDisk(), secretStoreId: 'other' };
    await fixture.open(one).signIn(fixture);
    fixture.clock.now += DAY;
    assert.deepEqual(await checkStorage(fixture.open(other).stock), NOTHING);
    assert.deepEqual(await checkStorage(fixture.open(one).stock), NOTHING);
    fixture.disk.forget();
    const forgotten = { ...NOTHING, lost: ['Acme · eu · monitoring'], keepsSecrets: false };
    assert.deepEqual(await checkStorage(fixture.open(one).stock), forgotten);
    assert.deepEqual(await checkStorage(fixture.open(one).stock), NOTHING);
  });

  it('A14: records of a later version are told once', async () => {
    fixture.disk.write('session:later', '{"version":7}');
    assert.deepEqual(await start(), { ...NOTHING, newer: 1 });
    assert.deepEqual(await start(), NOTHING);
    fixture.clock.now += 100 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal(fixture.disk.values.get('session:later'), '{"version":7}');
  });
});

describe('records that were set aside', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
    fixture.disk.write('session:broken', '{"version":1');
    await checkStorage(fixture.open().stock);
    await until(() => !fixture.disk.values.has('session:broken'));
  });
  afterEach(() => fixture.close());

  const sweepAfter = async (days: number): Promise<readonly string[]> => {
    fixture.clock.now += days * DAY;
    const { stock } = fixture.open();
    assert.deepEqual(await checkStorage(stock), NOTHING);
    await sweep(stock);
    return [...fixture.disk.values.keys()];
  };

  it('A14, C4: are kept for 30 days and then deleted, and nobody is told again', async () => {
    for (const days of [0, 10, 20]) {
      assert.match((await sweepAfter(days)).join(), /^aside:broken:[0-9a-f]+$/);
    }
    assert.deepEqual(await sweepAfter(0.1), []);
    assert.equal((await fixture.open().markers.all()).size, 0);
    assert.deepEqual(await sweepAfter(1), []);
  });

  it('A14: a clock that was a year ahead does not keep them for ever', async () => {
    await sweepAfter(365);
    await sweepAfter(-365);
    assert.deepEqual(await sweepAfter(30.1), []);
  });
});

describe('orphans', () => {
  let fixture: SessionFixture;
  beforeEach(async () => {
    fixture = await createSessionFixture();
  });
  afterEach(() => fixture.close());

  it('C4: are kept for 30 days, and work again if the connection comes back in time', async () => {
    const window = fixture.open();
    const [acme] = fixture.connections;
    const { session } = await window.signIn(fixture);
    fixture.connections = [];
    for (const days of [0, 10, 19]) {
      fixture.clock.now += days * DAY;
      await sweep(window.stock);
    }
    assert.deepEqual(window.tokens.orphans(), [session]);
    fixture.connections = [acme!];
    await sweep(window.stock);
    assert.equal((await window.tokens.getValidToken(session.id)).session.generation, 2);
    fixture.connections = [];
    for (const days of [0, 29.9]) {
      fixture.clock.now += days * DAY;
      await sweep(window.stock);
    }
    assert.equal(window.tokens.orphans().length, 1);
  });

  it('C4: are deleted after 30 days with the client secret, and nobody is told that they were lost', async () => {
    const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
    fixture.connections = [service];
    const window = fixture.open();
    await window.clientSecrets.set(service.id, 'the-secret');
    await window.signIn(fixture, ['monitoring'], {}, service);
    fixture.connections = [];
    await sweep(window.stock);
    fixture.clock.now += 30 * DAY + 1;
    await sweep(window.stock);
    assert.deepEqual(window.store.all(), []);
    assert.deepEqual([...fixture.disk.values.keys()], ['canary']);
    assert.equal((await window.markers.all()).size, 0);
    fixture.clock.now += DAY;
    assert.deepEqual(await checkStorage(fixture.open().stock), NOTHING);
    assert.deepEqual(fixture.server.calls, []);
  });

  it('C4: a clock that was a year ahead does not keep an orphan for ever', async () => {
    const window = fixture.open();
    await window.signIn(fixture);
    fixture.connections = [];
    fixture.clock.now += 365 * DAY;
    await sweep(window.stock);
    fixture.clock.now -= 365 * DAY;
    await sweep(window.stock);
    fixture.clock.now += 30 * DAY + 1;
    await sweep(window.stock);
    assert.deepEqual(window.store.all(), []);
  });

  it('A7: sweeping writes no mark that a refresh has to go by', async () => {
    const window = fixture.open();
    const { session } = await window.signIn(fixture);
    const before = await window.markers.get(session.id);
    fixture.connections = [];
    fixture.clock.now += DAY;
    await sweep(window.stock);
    assert.deepEqual(await window.markers.get(session.id), before);
  });
});
