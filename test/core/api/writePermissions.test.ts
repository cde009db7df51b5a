import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashedFileName } from '../../../src/core/files/atomicWrite.ts';
import { WritePermissions } from '../../../src/core/api/writePermissions.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';

const MINUTE = 60_000;

describe('WritePermissions', () => {
  let directory: string;
  let clock: number;
  let permissions: WritePermissions;
  const acme = connectionOf({ id: 'acme' });
  const other = connectionOf({ id: 'other' });
  const fileOf = ({ id }: { id: string }): string => join(directory, 'writes', hashedFileName(id));

  const open = (): WritePermissions => new WritePermissions(join(directory, 'writes'), () => clock);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ninjaone-writes-'));
    clock = 1_000_000;
    permissions = open();
  });
  afterEach(() => {
    permissions.dispose();
    rmSync(directory, { recursive: true });
  });

  it('allows no write until the user allows it, and then only for that connection (E9)', () => {
    assert.equal(permissions.mayWrite(acme), false);
    permissions.allow(acme, 15 * MINUTE);
    assert.equal(permissions.mayWrite(acme), true);
    assert.equal(permissions.until(acme), clock + 15 * MINUTE);
    assert.equal(permissions.mayWrite(other), false);
  });

  it('ends a timed permission when the time is over, even if no timer ran, and when the window closes (E9)', () => {
    permissions.allow(acme, 15 * MINUTE);
    assert.equal(open().mayWrite(acme), false);
    clock += 15 * MINUTE - 1;
    assert.equal(permissions.mayWrite(acme), true);
    clock += 1;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('ends a timed permission by timer, even after the clock was set back, and notifies listeners (E9)', async () => {
    const heard = new EventEmitter();
    permissions.allow(acme, 5);
    permissions.onDidChange(() => heard.emit('change'));
    const holdOpen = setTimeout(() => {}, 10_000);
    await once(heard, 'change');
    clearTimeout(holdOpen);
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('keeps a permission without an end after a restart, bound to the id of the connection (E9, C4)', () => {
    permissions.allow(acme, Infinity);
    const next = open();
    assert.equal(next.until(acme), Infinity);
    assert.equal(next.mayWrite(connectionOf({ id: 'acme-of-another-origin' })), false);
    next.revoke(acme.id);
    assert.equal(open().mayWrite(acme), false);
  });

  it('ignores a stored value that is not exactly what it writes (E9)', () => {
    permissions.allow(acme, Infinity);
    const valid = readFileSync(fileOf(acme), 'utf8');
    assert.equal(open().mayWrite(acme), true);
    for (const value of [
      '',
      'true',
      'until turned off',
      valid.slice(0, -1),
      `${valid} `,
      ` ${valid}`,
      valid.slice(1),
    ]) {
      writeFileSync(fileOf(acme), value);
      assert.deepEqual([permissions.mayWrite(acme), open().mayWrite(acme)], [false, false], value);
    }
    rmSync(fileOf(acme));
    mkdirSync(fileOf(acme));
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('replaces a permission without an end with a timed one (E9)', () => {
    permissions.allow(acme, Infinity);
    permissions.allow(acme, 15 * MINUTE);
    clock += 15 * MINUTE;
    assert.equal(permissions.mayWrite(acme), false);
  });

  it('revokes both kinds of permission at once, and all of them on reset (E9)', () => {
    permissions.allow(acme, 15 * MINUTE);
    permissions.revoke(acme.id);
    assert.equal(permissions.mayWrite(acme), false);
    permissions.allow(acme, Infinity);
    permissions.allow(other, 15 * MINUTE);
    permissions.revokeAll();
    assert.deepEqual([permissions.mayWrite(acme), permissions.mayWrite(other)], [false, false]);
    assert.deepEqual(readdirSync(join(directory, 'writes')), []);
  });

  it('is a file that only this user can read (E9)', () => {
    permissions.allow(acme, Infinity);
    assert.equal(statSync(fileOf(acme)).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'writes')).mode & 0o777, 0o700);
  });

  it('allows nothing when the folder cannot be written (E9)', () => {
    writeFileSync(join(directory, 'writes'), 'a file');
    for (const milliseconds of [15 * MINUTE, Infinity]) {
      assert.throws(() => {
        permissions.allow(acme, milliseconds);
      }, /EEXIST|ENOTDIR/);
      assert.equal(permissions.mayWrite(acme), false);
    }
  });

  it('takes a permission back although its file cannot be deleted (E9)', () => {
    permissions.allow(acme, Infinity);
    const second = open();
    rmSync(fileOf(acme));
    mkdirSync(fileOf(acme));
    assert.throws(() => {
      permissions.revoke(acme.id);
    });
    assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [false, false]);
  });

  it('notifies listeners when a permission is given and when it is revoked (E9)', () => {
    const heard: boolean[] = [];
    permissions.onDidChange(() => heard.push(permissions.mayWrite(acme)));
    permissions.allow(acme, 15 * MINUTE);
    assert.equal(heard.at(-1), true);
    permissions.revoke(acme.id);
    assert.equal(heard.at(-1), false);
    permissions.allow(acme, Infinity);
    assert.equal(heard.at(-1), true);
    permissions.revoke(acme.id);
    assert.equal(heard.at(-1), false);
  });

  it('does not end a new permission when the time of the one that it replaced is over (E9)', async () => {
    permissions.allow(acme, 5);
    permissions.allow(acme, 15 * MINUTE);
    const heard = new EventEmitter();
    permissions.onDidChange(() => heard.emit('change'));
    // A permission that was given later and has ended: the timer of the first one would have fired before.
    permissions.allow(other, 20);
    const holdOpen = setTimeout(() => {}, 10_000);
    while (permissions.mayWrite(other)) {
      await once(heard, 'change');
    }
    clearTimeout(holdOpen);
    assert.equal(permissions.mayWrite(acme), true);
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
    const told = (): boolean[] => {
      const heard: boolean[] = [];
      const listening = second.onDidChange(() => heard.push(second.mayWrite(acme)));
      second.recheck();
      second.recheck();
      listening.dispose();
      return heard;
    };

    it('holds and is told in all of them when it has no end, and when that is taken back (E9)', () => {
      permissions.allow(acme, Infinity);
      assert.equal(second.mayWrite(acme), true);
      assert.deepEqual(told(), [true]);
      second.revoke(acme.id);
      assert.equal(permissions.mayWrite(acme), false);
      permissions.allow(acme, Infinity);
      permissions.revoke(acme.id);
      assert.equal(second.mayWrite(acme), false);
    });

    it('is valid for minutes in its own window only (E9)', () => {
      permissions.allow(acme, 15 * MINUTE);
      assert.deepEqual([second.mayWrite(acme), told()], [false, []]);
    });

    it('ends for minutes in all of them when any of them takes it back (E9)', () => {
      permissions.allow(acme, 15 * MINUTE);
      second.allow(acme, 60 * MINUTE);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [true, true]);
      told();
      permissions.revoke(acme.id);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [false, false]);
      assert.deepEqual(told(), [false]);
      permissions.allow(acme, 15 * MINUTE);
      assert.deepEqual([permissions.mayWrite(acme), second.mayWrite(acme)], [true, false]);
    });

    it('ends for minutes when a window that never had it takes it back, or takes back everything (E9)', () => {
      permissions.allow(acme, 15 * MINUTE);
      second.revoke(acme.id);
      assert.equal(permissions.mayWrite(acme), false);
      permissions.allow(acme, 15 * MINUTE);
      second.revokeAll();
      assert.equal(permissions.mayWrite(acme), false);
    });

    it('is not ended for minutes when another window allows it for minutes, too (E9)', () => {
      permissions.allow(acme, 15 * MINUTE);
      second.allow(acme, Infinity);
      second.allow(acme, 15 * MINUTE);
      assert.equal(permissions.mayWrite(acme), true);
    });

    it('has no time limit any longer when it was replaced by one without an end, and ends with that (E9)', () => {
      permissions.allow(acme, 15 * MINUTE);
      permissions.allow(acme, Infinity);
      rmSync(fileOf(acme));
      assert.equal(permissions.mayWrite(acme), false);
    });

    it('is not told twice (E9)', () => {
      permissions.allow(acme, Infinity);
      assert.deepEqual(told(), [true]);
      assert.deepEqual(told(), []);
    });
  });

  it('allows nothing and says nothing after it is disposed (E9)', () => {
    permissions.allow(acme, 15 * MINUTE);
    let changes = 0;
    permissions.onDidChange(() => (changes += 1));
    permissions.dispose();
    assert.equal(permissions.mayWrite(acme), false);
    permissions.allow(acme, 15 * MINUTE);
    assert.equal(changes, 0);
  });
});
