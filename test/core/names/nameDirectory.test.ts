import assert from 'node:assert/strict';
import { isCanceled, isNinjaOneError } from '../../../src/core/base/errors.ts';
import { fetchNamedResource } from '../../../src/core/names/namedResource.ts';
import type { NamePlace } from '../../../src/core/names/nameDirectory.ts';
import { namedKindOf } from '../../../src/core/names/nameSources.ts';
import { bundledOperations } from '../../support/bundledOperations.ts';
import { startNames, type NameFixture } from '../../support/nameFixture.ts';

const MINUTE = 60_000;

describe('names of objects', () => {
  let names: NameFixture;
  let place: (kind: string) => NamePlace;

  before(async () => {
    names = await startNames({ devices: 1200 });
    place = (kind) => ({ kind, connection: names.connection });
  });
  beforeEach(() => {
    names.sandbox.reset();
    names.directory.forget(names.connection.id);
    names.isSignedIn = true;
    names.calls();
  });
  after(() => names.sandbox.stop());

  const has = (code: string) => (error: unknown) => isNinjaOneError(error) && error.code === code;

  it('are listed for each type, with one request (E16)', async () => {
    for (const [kind, id, name] of [
      ['organization', '1', 'Acme Dental'],
      ['location', '101', 'Main office'],
      ['device', '1001', 'ACME-DC01'],
      ['policy', '11', /^Windows Server Policy$/i],
      ['deviceRole', '1', /^Windows Server Role$/i],
      ['deviceGroup', '1', 'Windows servers'],
      ['user', '101', 'Ada Employee'],
      ['technician', '1', 'Tess Technician'],
      ['endUser', '101', 'Ada Employee'],
      ['ticketForm', '1', /./],
      ['script', '501', /./],
    ] as const) {
      const { objects } = await names.directory.list(place(kind), names.signal);
      const found = objects.find((each) => each.id === id)?.name ?? '';
      assert.ok(typeof name === 'string' ? found === name : name.test(found), `${kind}: ${found}`);
      assert.equal(names.calls().length, 1, kind);
    }
  });

  it('are those of one page where NinjaOne can search, and of all pages elsewhere (E16)', async () => {
    const devices = await names.directory.list(place('device'), names.signal);
    assert.deepEqual([devices.objects.length, devices.isComplete], [500, false]);
    assert.deepEqual(names.calls(), ['/v2/devices?pageSize=500']);
    const { organizations } = names.sandbox.tenant;
    const [first] = organizations;
    const extra = Array.from({ length: 1500 }, (_, index) => ({ ...first!, id: 10 + index, name: `Extra ${index}` }));
    organizations.push(...extra);
    try {
      const list = await names.directory.list(place('organization'), names.signal);
      assert.deepEqual([list.objects.length, list.isComplete], [1505, true]);
      assert.equal(names.calls().length, 2);
    } finally {
      organizations.splice(organizations.length - extra.length);
    }
  });

  it('are found by NinjaOne, with one request for a text (E16)', async () => {
    const { objects, isComplete } = await names.directory.search(place('device'), 'elm-01', names.signal);
    assert.deepEqual([isComplete, objects.every(({ name }) => name.startsWith('ELM-01'))], [true, true]);
    assert.ok(objects.length > 0);
    assert.deepEqual(names.calls(), ['/v2/devices/search?q=elm-01&limit=50']);
  });

  it('are kept for five minutes, and asked for once by several callers (E16)', async () => {
    const lists = await Promise.all([1, 2, 3].map(() => names.directory.list(place('policy'), names.signal)));
    assert.equal(new Set(lists).size, 1);
    names.now += 5 * MINUTE - 1;
    await names.directory.list(place('policy'), names.signal);
    assert.equal(names.calls().length, 1);
    names.now += 1;
    assert.equal(names.directory.known(place('policy')), undefined);
    await names.directory.list(place('policy'), names.signal);
    assert.equal(names.calls().length, 1);
  });

  it('are gone when the connection is forgotten, also those that are on their way (E16)', async () => {
    await names.directory.list(place('policy'), names.signal);
    names.sandbox.misbehave({ api: { kind: 'hold', path: '/v2/groups' } });
    const arrived = names.sandbox.nextRequest(({ path }) => path === '/v2/groups');
    const late = assert.rejects(names.directory.list(place('deviceGroup'), names.signal), isCanceled);
    await arrived;
    names.directory.forget(names.connection.id);
    await late;
    assert.equal(names.directory.known(place('policy')), undefined);
    assert.equal(names.directory.known(place('deviceGroup')), undefined);
  });

  it('are no longer waited for by a caller that cancels, and end with the last one (E16)', async () => {
    names.sandbox.misbehave({ api: { kind: 'hold', path: '/v2/groups' } });
    const [one, other] = [new AbortController(), new AbortController()];
    const arrived = names.sandbox.nextRequest(({ path }) => path === '/v2/groups');
    const first = assert.rejects(names.directory.list(place('deviceGroup'), one.signal), isCanceled);
    const second = assert.rejects(names.directory.list(place('deviceGroup'), other.signal), isCanceled);
    await arrived;
    const ended = names.sandbox.nextResponse(({ path }) => path === '/v2/groups');
    one.abort();
    await first;
    other.abort();
    await second;
    assert.equal((await ended).outcome, 'dropped');
  });

  it('are not asked for without a session (E16)', async () => {
    names.isSignedIn = false;
    await assert.rejects(names.directory.list(place('policy'), names.signal), has('names.signedOut'));
    assert.deepEqual(names.calls(), []);
    names.isSignedIn = true;
    await names.directory.list(place('policy'), names.signal);
  });

  it('are asked for again only after a while when NinjaOne refuses or is busy, and never retried (E16)', async () => {
    names.sandbox.misbehave({ api: { kind: 'response', status: 403, path: '/v2/policies' } });
    names.sandbox.misbehave({ api: { kind: 'tooManyRequests', retryAfter: 30, path: '/v2/devices/search' } });
    for (let stroke = 0; stroke < 10; stroke += 1) {
      await assert.rejects(names.directory.list(place('policy'), names.signal));
      await assert.rejects(names.directory.search(place('device'), `elm-${stroke}`, names.signal), has('server.busy'));
    }
    assert.equal(names.calls().length, 2);
    names.now += 10_000;
    await assert.rejects(names.directory.search(place('device'), 'elm', names.signal));
    assert.deepEqual(names.calls(), []);
    names.now += 20_000;
    await assert.rejects(names.directory.search(place('device'), 'elm', names.signal));
    assert.equal(names.calls().length, 1);
  });

  describe('of one object', () => {
    const find = async (kind: string, id: string, isFresh = false): Promise<string | undefined> =>
      (await names.directory.find(place(kind), id, { signal: names.signal, isFresh }))?.name;

    it('come with one request, and without one the next time (E16)', async () => {
      assert.equal(await find('device', '2001'), 'ACME-01001');
      assert.equal(await find('device', '2001'), 'ACME-01001');
      assert.deepEqual(names.calls(), ['/v2/device/2001']);
      assert.equal(await find('policy', '11'), 'Windows Server Policy');
      assert.equal(await find('policy', '12'), 'Windows Workstation Policy');
      assert.deepEqual(names.calls(), ['/v2/policies']);
    });

    it('come from the list that is in memory (E16)', async () => {
      await names.directory.list(place('device'), names.signal);
      names.calls();
      assert.equal(await find('device', '1001'), 'ACME-DC01');
      assert.deepEqual(names.calls(), []);
    });

    it('are read again for a confirmation, with the organization and the location of a device (E9, E16)', async () => {
      await names.directory.list(place('device'), names.signal);
      await find('organization', '1');
      names.calls();
      const options = { connection: names.connection, signal: names.signal };
      const named = await fetchNamedResource({ name: 'id', kind: 'device', id: '1001' }, names.directory, options);
      assert.deepEqual(
        [named.name, ...named.owners.map(({ ownerName }) => ownerName)],
        ['ACME-DC01', 'Acme Dental', 'Main office'],
      );
      assert.deepEqual([...names.calls()].sort(), [
        '/v2/device/1001',
        '/v2/organization/1',
        '/v2/organization/1/locations',
      ]);
    });

    it('are unknown, and no error, for an object that does not exist (E9)', async () => {
      const options = { connection: names.connection, signal: names.signal };
      for (const kind of ['device', 'policy', 'technician']) {
        const named = await fetchNamedResource({ name: 'id', kind, id: '999999' }, names.directory, options);
        assert.equal(named.name, undefined);
      }
    });
  });

  it('belong to parameters that take the ID in the list, and to no others (E16)', () => {
    const kinds = new Map<string, string[]>();
    for (const { key, parameters } of bundledOperations()) {
      for (const parameter of parameters) {
        const kind = namedKindOf(parameter);
        if (kind !== undefined) {
          kinds.set(kind, [...(kinds.get(kind) ?? []), `${key} ${parameter.name}`]);
        }
      }
    }
    assert.deepEqual([...kinds.keys()].sort(), [
      'device',
      'deviceGroup',
      'deviceRole',
      'endUser',
      'location',
      'organization',
      'policy',
      'technician',
      'ticketForm',
      'user',
      'userRole',
      'userUid',
    ]);
    assert.ok(!kinds.get('organization')?.some((each) => each.endsWith('organizationIds')));
  });
});
