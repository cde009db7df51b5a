import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { WritePermissions } from '../../../src/core/api/writePermissions.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const MINUTE = 60_000;

describe('WritePermissions', () => {
  let stored: Map<string, unknown>;
  let clock: number;
  let permissions: WritePermissions;
  const acme = connectionOf({ id: 'acme' });
  const other = connectionOf({ id: 'other' });

  const open = (): WritePermissions =>
    new WritePermissions(
      {
        keys: () => [...stored.keys()],
        get: (key) => stored.get(key),
        update: (key, value) => {
          if (value === undefined) {
            stored.delete(key);
          } else {
            stored.set(key, value);
          }
          return Promise.resolve();
        },
      },
      () => clock,
    );

  beforeEach(() => {
    stored = new Map();
    clock = 1_000_000;
    permissions = open();
  });
  afterEach(() => {
    permissions.dispose();
  });

  it('allows no write until the user allows it, and then only for that connection (E9)', async () => {
    assert.equal(permissions.mayWrite(acme), false);
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(permissions.mayWrite(acme), true);
    assert.equal(permissions.until(acme), clock + 15 * MINUTE);
    assert.equal(permissions.mayWrite(other), false);
  });

  it('ends a timed permission when the time is over, even if no timer ran, and when the window closes (E9)', async () => {
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(open().mayWrite(acme), false);
    clock += 15 * MINUTE - 1;
    assert.equal(permissions.mayWrite(acme), true);
    clock += 1;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('ends a timed permission by timer, even after the clock was set back, and notifies listeners (E9)', async () => {
    const heard = new EventEmitter();
    await permissions.allow(acme, 5);
    permissions.onDidChange(() => heard.emit('change'));
    const holdOpen = setTimeout(() => {}, 10_000);
    await once(heard, 'change');
    clearTimeout(holdOpen);
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('keeps a permission without an end after a restart, bound to the id of the connection (E9, C4)', async () => {
    await permissions.allow(acme, Infinity);
    const next = open();
    assert.equal(next.until(acme), Infinity);
    assert.equal(next.mayWrite(connectionOf({ id: 'acme-of-another-origin' })), false);
    await next.revoke(acme.id);
    assert.equal(open().mayWrite(acme), false);
  });

  it('ignores a stored value that is not exactly what it writes (E9)', () => {
    for (const value of ['true', true, 1, 'yes', null, '1234', ' 7c9e6679-7425-40de-944b-e07fc1f90ae7']) {
      stored.set('mayWrite:acme', value);
      stored.set('mayWriteForMinutes:acme', value);
      assert.equal(permissions.mayWrite(acme), false, String(value));
    }
  });

  it('replaces a permission without an end with a timed one (E9)', async () => {
    await permissions.allow(acme, Infinity);
    await permissions.allow(acme, 15 * MINUTE);
    clock += 15 * MINUTE;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('revokes both kinds of permission at once, and all of them on reset (E9)', async () => {
    await permissions.allow(acme, 15 * MINUTE);
    const revoked = permissions.revoke(acme.id);
    assert.equal(permissions.mayWrite(acme), false);
    await revoked;
    stored.set('favorites', ['x']);
    await permissions.allow(acme, Infinity);
    await permissions.allow(other, 15 * MINUTE);
    await permissions.revokeAll();
    assert.deepEqual([permissions.mayWrite(acme), permissions.mayWrite(other)], [false, false]);
    assert.deepEqual([...stored.keys()], ['favorites']);
  });

  it('has no moment without a permission while another one replaces it (E9)', async () => {
    for (const before of [Infinity, 15 * MINUTE]) {
      for (const after of [Infinity, 60 * MINUTE]) {
        await permissions.allow(acme, before);
        const allowing = permissions.allow(acme, after);
        assert.equal(permissions.mayWrite(acme), true, `${before} ${after}`);
        await allowing;
        assert.equal(permissions.mayWrite(acme), true);
      }
    }
  });

  it('allows nothing for minutes when the memory cannot be written (E9)', async () => {
    const broken = new WritePermissions(
      { keys: () => [], get: () => undefined, update: () => Promise.reject(new Error('disk full')) },
      () => clock,
    );
    await assert.rejects(broken.allow(acme, 15 * MINUTE), /disk full/);
    assert.equal(broken.mayWrite(acme), false);
  });

  it('notifies listeners when a permission is given and when it is revoked (E9)', async () => {
    const heard: boolean[] = [];
    permissions.onDidChange(() => heard.push(permissions.mayWrite(acme)));
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(heard.at(-1), true);
    await permissions.revoke(acme.id);
    assert.equal(heard.at(-1), false);
    await permissions.allow(acme, Infinity);
    assert.equal(heard.at(-1), true);
    await permissions.revoke(acme.id);
    assert.equal(heard.at(-1), false);
  });

  it('does not end a new permission when the time of the one that it replaced is over (E9)', async () => {
    await permissions.allow(acme, 5);
    await permissions.allow(acme, 15 * MINUTE);
    const heard = new EventEmitter();
    permissions.onDidChange(() => heard.emit('change'));
    // A permission that was given later and has ended: the timer of the first one would have fired before.
    await permissions.allow(other, 20);
    const holdOpen = setTimeout(() => {}, 10_000);
    while (permissions.mayWrite(other)) {
      await once(heard, 'change');
    }
    clearTimeout(holdOpen);
    assert.equal(permissions.mayWrite(acme), true);
  });

  it('touches nothing in the memory that it did not write (E9)', async () => {
    const updates: string[] = [];
    const quiet = new WritePermissions(
      {
        keys: () => ['mayWrite:acme', 'favorites-of-1234', 'x'],
        get: (key) => (key === 'mayWrite:acme' ? true : undefined),
        update: (key) => {
          updates.push(key);
          return Promise.resolve();
        },
      },
      () => clock,
    );
    await quiet.revoke('other');
    assert.deepEqual(updates, []);
    await quiet.revokeAll();
    assert.deepEqual(updates, ['mayWrite:acme']);
  });

  describe('in several windows', () => {
    let second: WritePermissions;
    beforeEach(() => {
      second = open();
    });
    afterEach(() => {
      second.dispose();
    });
    /** What the second window is told, when it looks next. */
    const told = async (): Promise<boolean[]> => {
      const heard: boolean[] = [];
      const listening = second.onDidChange(() => heard.push(second.mayWrite(acme)));
      await second.recheck();
      await second.recheck();
      listening.dispose();
      return heard;
    };

    it('holds and is told in all of them when it has no end, and when that is taken back (E9)', async () => {
      await permissions.allow(acme, Infinity);
      assert.equal(second.mayWrite(acme), true);
      assert.deepEqual(await told(), [true]);
      await second.revoke(acme.id);
      assert.equal(permissions.mayWrite(acme), false);
      await permissions.allow(acme, Infinity);
      await permissions.revoke(acme.id);
      assert.equal(second.mayWrite(acme), false);
    });

    it('is valid for minutes in its own window only (E9)', async () => {
      await permissions.allow(acme, 15 * MINUTE);
      assert.deepEqual([second.mayWrite(acme), await told()], [false, []]);
    });

    it('ends for minutes in all of them when any of them takes it back (E9)', async () => {
      await permissions.allow(acme, 15 * MINUTE);
      await second.allow(acme, 60 * MINUTE);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [true, true]);
      await told();
      await permissions.revoke(acme.id);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [false, false]);
      assert.deepEqual(await told(), [false]);
      await permissions.allow(acme, 15 * MINUTE);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [true, false]);
    });

    it('ends for minutes when a window that never had it takes it back, or takes back everything (E9)', async () => {
      await permissions.allow(acme, 15 * MINUTE);
      await second.revoke(acme.id);
      assert.equal(permissions.mayWrite(acme), false);
      await permissions.allow(acme, 15 * MINUTE);
      await second.revokeAll();
      assert.equal(permissions.mayWrite(acme), false);
    });

    it('stays taken back when a window that has not heard of it writes the old memory again (E9)', async () => {
      for (const milliseconds of [Infinity, 15 * MINUTE]) {
        await permissions.allow(acme, milliseconds);
        const old = new Map(stored);
        await permissions.revoke(acme.id);
        old.forEach((value, key) => stored.set(key, value));
        assert.equal(permissions.mayWrite(acme), false);
        await permissions.recheck();
        assert.equal(second.mayWrite(acme), false);
        assert.deepEqual([...stored], []);
      }
    });

    it('is not ended for minutes when another window allows it for minutes, too (E9)', async () => {
      await permissions.allow(acme, 15 * MINUTE);
      await second.allow(acme, Infinity);
      await second.allow(acme, 15 * MINUTE);
      assert.equal(permissions.mayWrite(acme), true);
    });

    it('has no time limit any longer when it was replaced by one without an end, and ends with that (E9)', async () => {
      await permissions.allow(acme, 15 * MINUTE);
      await permissions.allow(acme, Infinity);
      stored.delete('mayWrite:acme');
      assert.equal(permissions.mayWrite(acme), false);
    });

    it('is not told twice, and other memory is left alone (E9)', async () => {
      stored.set('favorites', ['x']);
      await permissions.allow(acme, Infinity);
      assert.deepEqual(await told(), [true]);
      assert.deepEqual(await told(), []);
      assert.deepEqual(stored.get('favorites'), ['x']);
    });
  });

  it('allows nothing and says nothing after it is disposed (E9)', async () => {
    await permissions.allow(acme, 15 * MINUTE);
    let changes = 0;
    permissions.onDidChange(() => (changes += 1));
    permissions.dispose();
    assert.equal(permissions.mayWrite(acme), false);
    await permissions.allow(acme, 15 * MINUTE);
    assert.equal(changes, 0);
  });
});
