import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashedFileName } from '../../../src/core/files/atomicWrite.ts';
import { RefreshLock } from '../../../src/core/sessions/refreshLock.ts';

describe('RefreshLock', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const pathOf = (id: string): string => join(directory, `${hashedFileName(id)}.lock`);

  it('lets one window in at a time and leaves no files behind (A7)', async () => {
    const windows = Array.from({ length: 8 }, () => new RefreshLock({ directory }));
    let inside = 0;
    let runs = 0;
    const task = async (): Promise<void> => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 3));
      runs += 1;
      inside -= 1;
    };
    await Promise.all(windows.map((window) => window.exclusively('s', task)));
    assert.equal(runs, 8);
    assert.deepEqual(await readdir(directory), []);
  });

  it('does not block other sessions, and is released when a task fails (A7)', async () => {
    const lock = new RefreshLock({ directory });
    await lock.exclusively('a', () => lock.exclusively('b', () => Promise.resolve()));
    await assert.rejects(
      lock.exclusively('a', () => Promise.reject(new Error('task'))),
      /task/,
    );
    assert.equal(await lock.exclusively('a', () => Promise.resolve(1)), 1);
  });

  it('is taken over from a window that died (A7)', async () => {
    await mkdir(pathOf('s'));
    const started = performance.now();
    assert.equal(await new RefreshLock({ directory, stale: 150 }).exclusively('s', () => Promise.resolve(1)), 1);
    assert.ok(performance.now() - started < 1500);
    assert.deepEqual(await readdir(directory), []);
  });

  it('is taken over even if its date is in the future because the clock was set back (A7)', async () => {
    await mkdir(pathOf('s'));
    const future = new Date(Date.now() + 365 * 86_400_000);
    await utimes(pathOf('s'), future, future);
    const lock = new RefreshLock({ directory, stale: 150, timeout: 5000 });
    const started = performance.now();
    await lock.exclusively('s', async () => {
      assert.equal((await readdir(pathOf('s'))).length, 1);
    });
    assert.ok(performance.now() - started < 2000);
  });

  it('is not taken from a window that was asleep (A7, T35)', async () => {
    const holder = new RefreshLock({ directory, stale: 300 });
    const other = new RefreshLock({ directory, stale: 300 });
    const order: string[] = [];
    let entered: Promise<void> | undefined;
    await holder.exclusively('s', async () => {
      const old = new Date(Date.now() - 3_600_000);
      await utimes(pathOf('s'), old, old);
      entered = other.exclusively('s', () => Promise.resolve(void order.push('other')));
      await new Promise((resolve) => setTimeout(resolve, 400));
      order.push('holder');
    });
    await entered;
    assert.deepEqual(order, ['holder', 'other']);
  });

  it('is not released by a window that lost it while it was asleep (A7)', async () => {
    const lock = new RefreshLock({ directory });
    await lock.exclusively('s', async () => {
      await rm(pathOf('s'), { recursive: true });
      await mkdir(pathOf('s'));
      await writeFile(join(pathOf('s'), 'somebody-else'), '');
    });
    assert.deepEqual(await readdir(pathOf('s')), ['somebody-else']);
  });

  it('lets only one of many windows take over an abandoned lock at a time (A7)', async () => {
    await mkdir(pathOf('s'));
    let inside = 0;
    const task = async (): Promise<void> => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    };
    const windows = Array.from({ length: 8 }, () => new RefreshLock({ directory, stale: 150 }));
    await Promise.all(windows.map((window) => window.exclusively('s', task)));
    assert.deepEqual(await readdir(directory), []);
  });

  it('still lets one window in at a time when its folder is deleted while others wait (A7)', async () => {
    const running = new Set<number>();
    const most: number[] = [];
    const task = (index: number) => async (): Promise<void> => {
      running.add(index);
      most.push(running.size);
      await sleep(20);
      running.delete(index);
    };
    const lock = (): RefreshLock => new RefreshLock({ directory });
    let others: Promise<unknown> = Promise.resolve();
    await lock().exclusively('s', async () => {
      others = Promise.all([1, 2, 3].map((index) => lock().exclusively('s', task(index))));
      await sleep(50);
      // Renamed first, so that it goes at once: a window could make its lock while the folder is being deleted.
      await rename(directory, `${directory}-deleted`);
      await rm(`${directory}-deleted`, { recursive: true });
    });
    await others;
    assert.deepEqual(most, [1, 1, 1]);
    assert.deepEqual(await readdir(directory), []);
  });

  it('lets a window go on without the lock after the time-out, and is left untouched (A7)', async () => {
    const holder = new RefreshLock({ directory });
    await holder.exclusively('s', async () => {
      const lock = new RefreshLock({ directory, timeout: 30 });
      assert.equal(await lock.exclusively('s', () => Promise.resolve(1)), 1);
      assert.equal((await readdir(pathOf('s'))).length, 1);
    });
  });

  it('is waited for as long as another window may need to renew a token and to store it (A7)', async () => {
    let started = false;
    let now = performance.now();
    const clock = mock.method(performance, 'now', () => now);
    try {
      await new RefreshLock({ directory }).exclusively('s', async () => {
        const waiting = new RefreshLock({ directory }).exclusively('s', () => {
          started = true;
          return Promise.resolve();
        });
        const looksAgain = async (): Promise<void> => {
          const before = clock.mock.callCount();
          while (!started && clock.mock.callCount() < before + 4) {
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        await looksAgain();
        // A token request may take 15 s, and five attempts to store the record 29 s.
        now += 45_000;
        await looksAgain();
        assert.equal(started, false);
        now += 60_000;
        await waiting;
      });
    } finally {
      clock.mock.restore();
    }
  });

  it('does not prevent a refresh if its folder cannot be created (A7)', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const lock = new RefreshLock({ directory: join(file, 'below') });
    assert.equal(await lock.exclusively('s', () => Promise.resolve(1)), 1);
  });

  it('lets one window in at a time also if its folder cannot be written (A7)', async () => {
    await writeFile(join(directory, 'file'), '');
    const blocked = join(directory, 'file', 'folder');
    const fallback = join(tmpdir(), `ninjaone-${hashedFileName(blocked)}`);
    const windows = Array.from({ length: 4 }, () => new RefreshLock({ directory: blocked }));
    let inside = 0;
    const task = async (): Promise<void> => {
      assert.equal(++inside, 1);
      assert.equal((await readdir(fallback)).length, 1);
      inside -= 1;
    };
    await Promise.all(windows.map((window) => window.exclusively('s', task)));
    await assert.rejects(readdir(fallback), { code: 'ENOENT' });
  });

  it('leaves no lock behind if its owner cannot be written, for example on a full disk (A7)', async function () {
    if (process.platform !== 'linux') {
      // Elsewhere the longest path is another one.
      this.skip();
    }
    // The lock fits in the longest path of the system, the file in it does not.
    const missing = 4040 - directory.length;
    const long = join(
      directory,
      ...Array.from({ length: Math.floor(missing / 100) }, () => 'x'.repeat(99)),
      'y'.repeat(Math.max(1, (missing % 100) - 1)),
    );
    await mkdir(long, { recursive: true });
    assert.equal(await new RefreshLock({ directory: long }).exclusively('s', () => Promise.resolve(1)), 1);
    assert.deepEqual(await readdir(long), []);
  });

  it('makes its folder, and excludes others there, too (A7)', async () => {
    const windows = Array.from({ length: 3 }, () => new RefreshLock({ directory: join(directory, 'a/b') }));
    let inside = 0;
    const task = async (): Promise<void> => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    };
    await Promise.all(windows.map((window) => window.exclusively('s', task)));
  });

  it('is not taken before its owner has been silent for long enough (A7)', async () => {
    const started = performance.now();
    await mkdir(pathOf('s'));
    await new RefreshLock({ directory, stale: 300 }).exclusively('s', () => Promise.resolve());
    assert.ok(performance.now() - started >= 300);
  });

  it('is taken over even if another window died while it was taking it over (A7)', async () => {
    const old = new Date(Date.now() - 3_600_000);
    for (const path of [pathOf('s'), `${pathOf('s')}.taking`]) {
      await mkdir(path);
      await utimes(path, old, old);
    }
    const lock = new RefreshLock({ directory, stale: 150, timeout: 20_000 });
    await lock.exclusively('s', async () => {
      assert.equal((await readdir(pathOf('s'))).length, 1);
    });
    assert.deepEqual(await readdir(directory), []);
  });

  it('is not taken while another window is taking it over (A7)', async () => {
    const guard = `${pathOf('s')}.taking`;
    await mkdir(guard);
    await mkdir(pathOf('s'));
    await writeFile(join(pathOf('s'), 'somebody-else'), '');
    const old = new Date(Date.now() - 3_600_000);
    await utimes(pathOf('s'), old, old);
    const isAlive = setInterval(() => {
      const now = new Date();
      void utimes(guard, now, now).catch(() => {});
    }, 50);
    await new RefreshLock({ directory, stale: 900, timeout: 1200 }).exclusively('s', () => Promise.resolve());
    clearInterval(isAlive);
    assert.deepEqual(await readdir(pathOf('s')), ['somebody-else']);
    assert.ok((await readdir(directory)).includes(basename(guard)));
  });

  it('does not prevent a refresh if the lock itself cannot be made (A7)', async function () {
    if (process.platform !== 'linux') {
      // Elsewhere the longest path is another one.
      this.skip();
    }
    const missing = 4080 - directory.length;
    const long = join(
      directory,
      ...Array.from({ length: Math.floor(missing / 100) }, () => 'x'.repeat(99)),
      'y'.repeat(Math.max(1, (missing % 100) - 1)),
    );
    await mkdir(long, { recursive: true });
    const started = performance.now();
    assert.equal(await new RefreshLock({ directory: long }).exclusively('s', () => Promise.resolve(1)), 1);
    assert.ok(performance.now() - started < 20_000);
  });
});
