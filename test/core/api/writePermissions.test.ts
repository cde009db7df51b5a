import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { WritePermissions } from '../../../src/core/api/writePermissions.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const MINUTE = 60_000;

describe('write permissions', () => {
  let kept: Map<string, unknown>;
  let clock: number;
  let permissions: WritePermissions;
  const acme = connectionOf({ id: 'acme' });
  const other = connectionOf({ id: 'other' });

  const open = (): WritePermissions =>
    new WritePermissions(
      {
        keys: () => [...kept.keys()],
        get: (key) => kept.get(key),
        update: (key, value) => {
          if (value === undefined) {
            kept.delete(key);
          } else {
            kept.set(key, value);
          }
          return Promise.resolve();
        },
      },
      () => clock,
    );

  beforeEach(() => {
    kept = new Map();
    clock = 1_000_000;
    permissions = open();
  });
  afterEach(() => {
    permissions.dispose();
  });

  it('E9: nobody may write until it is allowed, and then only that connection', async () => {
    assert.equal(permissions.mayWrite(acme), false);
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(permissions.mayWrite(acme), true);
    assert.equal(permissions.until(acme), clock + 15 * MINUTE);
    assert.equal(permissions.mayWrite(other), false);
  });

  it('E9: minutes end with the clock, also when no timer ran, and with the window', async () => {
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(open().mayWrite(acme), false);
    assert.deepEqual([...kept], []);
    clock += 15 * MINUTE - 1;
    assert.equal(permissions.mayWrite(acme), true);
    clock += 1;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('E9: minutes end with the timer, also when the clock was set back, and listeners hear it', async () => {
    const heard = new EventEmitter();
    await permissions.allow(acme, 5);
    permissions.onDidChange(() => heard.emit('change'));
    const holdOpen = setTimeout(() => {}, 10_000);
    await once(heard, 'change');
    clearTimeout(holdOpen);
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('E9, C4: until switched off outlives the window, under the id of the record', async () => {
    await permissions.allow(acme, Infinity);
    const next = open();
    assert.equal(next.until(acme), Infinity);
    assert.equal(next.mayWrite(connectionOf({ id: 'acme-of-another-origin' })), false);
    await next.revoke(acme.id);
    assert.equal(open().mayWrite(acme), false);
  });

  it('E9: what was kept counts only if it is exactly what is written here', () => {
    for (const value of ['true', 1, 'yes', null]) {
      kept.set('mayWrite:acme', value);
      assert.equal(permissions.mayWrite(acme), false, String(value));
    }
  });

  it('E9: minutes replace a permission without an end', async () => {
    await permissions.allow(acme, Infinity);
    await permissions.allow(acme, 15 * MINUTE);
    clock += 15 * MINUTE;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('E9: taking back ends both kinds at once, and all of them on reset', async () => {
    await permissions.allow(acme, 15 * MINUTE);
    const revoked = permissions.revoke(acme.id);
    assert.equal(permissions.mayWrite(acme), false);
    await revoked;
    kept.set('favorites', ['x']);
    await permissions.allow(acme, Infinity);
    await permissions.allow(other, 15 * MINUTE);
    await permissions.revokeAll();
    assert.deepEqual([permissions.mayWrite(acme), permissions.mayWrite(other)], [false, false]);
    assert.deepEqual([...kept.keys()], ['favorites']);
  });
});
