import assert from 'node:assert/strict';
import { sweep, checkStorage, type Findings } from '../../../src/core/sessions/storageCheck.ts';
import { serializeSession } from '../../../src/core/sessions/session.ts';
import { SecretDisk } from '../../support/memorySecrets.ts';
import { connection, createWorld, DAY, until, type SessionWorld } from '../../support/sessionFixture.ts';

const NOTHING: Findings = { storageFailed: false, lost: [], keepsSecrets: true, unreadable: 0, newer: 0 };

describe('taking stock at start', () => {
  let world: SessionWorld;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const start = (): Promise<Findings> => checkStorage(world.open().stock);

  it('A14: who never had a session is told nothing', async () => {
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: who has their sessions is told nothing', async () => {
    await world.open().signIn(world);
    world.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: an editor that forgets everything is told apart from one that lost a session, and each is told once', async () => {
    const window = world.open();
    const { session } = await window.signIn(world);
    await window.signIn(world, ['management']);
    world.clock.now += DAY;
    world.disk.forget(`session:${session.id}`);
    assert.deepEqual(await start(), { ...NOTHING, lost: ['Acme · eu · monitoring'] });
    assert.deepEqual(await start(), NOTHING);
    world.disk.forget();
    assert.deepEqual(await start(), { ...NOTHING, lost: ['Acme · eu · management'], keepsSecrets: false });
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: a session that another window has just stored is not missed', async () => {
    const window = world.open({ flushDelay: 10_000 });
    await window.signIn(world);
    assert.deepEqual(await start(), NOTHING);
    window.secrets.flush();
    world.clock.now += DAY;
    assert.deepEqual(await start(), NOTHING);
  });

  it('A13: who signed out has lost nothing', async () => {
    const window = world.open();
    const { session } = await window.signIn(world);
    await window.tokens.signOut(session.id);
    world.clock.now += 2 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal((await window.markers.all()).size, 0);
  });

  it('A13: a record that survived its sign-out is deleted at the next start', async () => {
    const window = world.open();
    const { session } = await window.signIn(world);
    await window.tokens.signOut(session.id);
    window.close();
    world.disk.write(`session:${session.id}`, serializeSession(session));
    const next = world.open();
    world.clock.now += 2 * DAY;
    assert.deepEqual(await checkStorage(next.stock), NOTHING);
    assert.deepEqual(next.tokens.usable(), []);
    assert.ok(!world.disk.values.has(`session:${session.id}`));
  });

  it('A14: a storage that fails is said so, and nothing counts as lost', async () => {
    await world.open().signIn(world);
    world.clock.now += DAY;
    const window = world.open();
    window.secrets.fail('keys', 'throw');
    assert.deepEqual(await checkStorage(window.stock), { ...NOTHING, storageFailed: true });
    window.secrets.heal();
    assert.deepEqual(await checkStorage(window.stock), NOTHING);
    assert.equal(window.tokens.usable().length, 1);
  });

  it('A14: an unreadable record is told once, also when its session was known', async () => {
    const { session } = await world.open().signIn(world);
    world.clock.now += DAY;
    const disk = world.disk.values;
    await world.close();
    const text = disk.get(`session:${session.id}`)!;
    world = await createWorld();
    world.disk.write('canary', '1');
    world.disk.write(`session:${session.id}`, text.slice(0, 100));
    await world.open().markers.set(session.id, { generation: 1, signedOut: false, label: 'x', writtenAt: 0 });
    assert.deepEqual(await start(), { ...NOTHING, unreadable: 1 });
    await until(() => !world.disk.values.has(`session:${session.id}`));
    assert.deepEqual(await start(), NOTHING);
  });

  it('A14: what another browser keeps on the same disk is not missed, and what this one kept is, once', async () => {
    const one = { disk: world.disk, secretStoreId: 'one' };
    const other = { disk: new SecretDisk(), secretStoreId: 'other' };
    await world.open(one).signIn(world);
    world.clock.now += DAY;
    assert.deepEqual(await checkStorage(world.open(other).stock), NOTHING);
    assert.deepEqual(await checkStorage(world.open(one).stock), NOTHING);
    world.disk.forget();
    const forgotten = { ...NOTHING, lost: ['Acme · eu · monitoring'], keepsSecrets: false };
    assert.deepEqual(await checkStorage(world.open(one).stock), forgotten);
    assert.deepEqual(await checkStorage(world.open(one).stock), NOTHING);
  });

  it('A14: records of a later version are told once', async () => {
    world.disk.write('session:later', '{"version":7}');
    assert.deepEqual(await start(), { ...NOTHING, newer: 1 });
    assert.deepEqual(await start(), NOTHING);
    world.clock.now += 100 * DAY;
    assert.deepEqual(await start(), NOTHING);
    assert.equal(world.disk.values.get('session:later'), '{"version":7}');
  });
});

describe('records that were set aside', () => {
  let world: SessionWorld;
  beforeEach(async () => {
    world = await createWorld();
    world.disk.write('session:broken', '{"version":1');
    await checkStorage(world.open().stock);
    await until(() => !world.disk.values.has('session:broken'));
  });
  afterEach(() => world.close());

  const sweepAfter = async (days: number): Promise<readonly string[]> => {
    world.clock.now += days * DAY;
    const { stock } = world.open();
    assert.deepEqual(await checkStorage(stock), NOTHING);
    await sweep(stock);
    return [...world.disk.values.keys()];
  };

  it('A14, C4: are kept for 30 days and then deleted, and nobody is told again', async () => {
    for (const days of [0, 10, 20]) {
      assert.match((await sweepAfter(days)).join(), /^aside:broken:[0-9a-f]+$/);
    }
    assert.deepEqual(await sweepAfter(0.1), []);
    assert.equal((await world.open().markers.all()).size, 0);
    assert.deepEqual(await sweepAfter(1), []);
  });

  it('A14: a clock that was a year ahead does not keep them for ever', async () => {
    await sweepAfter(365);
    await sweepAfter(-365);
    assert.deepEqual(await sweepAfter(30.1), []);
  });
});

describe('orphans', () => {
  let world: SessionWorld;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  it('C4: are kept for 30 days, and work again if the connection comes back in time', async () => {
    const window = world.open();
    const [acme] = world.connections;
    const { session } = await window.signIn(world);
    world.connections = [];
    for (const days of [0, 10, 19]) {
      world.clock.now += days * DAY;
      await sweep(window.stock);
    }
    assert.deepEqual(window.tokens.orphans(), [session]);
    world.connections = [acme!];
    await sweep(window.stock);
    assert.equal((await window.tokens.getValidToken(session.id)).session.generation, 2);
    world.connections = [];
    for (const days of [0, 29.9]) {
      world.clock.now += days * DAY;
      await sweep(window.stock);
    }
    assert.equal(window.tokens.orphans().length, 1);
  });

  it('C4: are deleted after 30 days with the client secret, and nobody is told that they were lost', async () => {
    const service = connection({ name: 'Service', platform: 'api-services', clientId: 'svc' });
    world.connections = [service];
    const window = world.open();
    await window.clientSecrets.set(service.id, 'the-secret');
    await window.signIn(world, ['monitoring'], {}, service);
    world.connections = [];
    await sweep(window.stock);
    world.clock.now += 30 * DAY + 1;
    await sweep(window.stock);
    assert.deepEqual(window.store.all(), []);
    assert.deepEqual([...world.disk.values.keys()], ['canary']);
    assert.equal((await window.markers.all()).size, 0);
    world.clock.now += DAY;
    assert.deepEqual(await checkStorage(world.open().stock), NOTHING);
    assert.deepEqual(world.server.calls, []);
  });

  it('C4: a clock that was a year ahead does not keep an orphan for ever', async () => {
    const window = world.open();
    await window.signIn(world);
    world.connections = [];
    world.clock.now += 365 * DAY;
    await sweep(window.stock);
    world.clock.now -= 365 * DAY;
    await sweep(window.stock);
    world.clock.now += 30 * DAY + 1;
    await sweep(window.stock);
    assert.deepEqual(window.store.all(), []);
  });

  it('A7: sweeping writes no mark that a refresh has to go by', async () => {
    const window = world.open();
    const { session } = await window.signIn(world);
    const before = await window.markers.get(session.id);
    world.connections = [];
    world.clock.now += DAY;
    await sweep(window.stock);
    assert.deepEqual(await window.markers.get(session.id), before);
  });
});
