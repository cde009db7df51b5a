import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashedFileName } from '../../../src/core/files/atomicWrite.ts';
import { RefreshLock } from '../../../src/core/sessions/refreshLock.ts';
import { SessionMarkers, type SessionMarker } from '../../../src/core/sessions/sessionMarkers.ts';

const MARK: SessionMarker = { generation: 1, signedOut: false, label: 'Acme · eu · monitoring', writtenAt: 1 };

describe('refresh lock', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const pathOf = (id: string): string => join(directory, `${hashedFileName(id)}.lock`);

  it('A7: of all windows one at a time is in, and nothing is left behind', async () => {
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

  it('A7: other sessions do not wait, and a task that fails gives the lock back', async () => {
    const lock = new RefreshLock({ directory });
    await lock.exclusively('a', () => lock.exclusively('b', () => Promise.resolve()));
    await assert.rejects(
      lock.exclusively('a', () => Promise.reject(new Error('task'))),
      /task/,
    );
    assert.equal(await lock.exclusively('a', () => Promise.resolve(1)), 1);
  });

  it('A7: a lock whose window died is taken over', async () => {
    await mkdir(pathOf('s'));
    const started = performance.now();
    assert.equal(await new RefreshLock({ directory, stale: 150 }).exclusively('s', () => Promise.resolve(1)), 1);
    assert.ok(performance.now() - started < 1500);
    assert.deepEqual(await readdir(directory), []);
  });

  it('A7: a lock with a date in the future, from before the clock was set back, is taken over as well', async () => {
    await mkdir(pathOf('s'));
    const future = new Date(Date.now() + 365 * 86_400_000);
    await utimes(pathOf('s'), future, future);
    const lock = new RefreshLock({ directory, stale: 150, patience: 5000 });
    const started = performance.now();
    await lock.exclusively('s', async () => {
      assert.equal((await readdir(pathOf('s'))).length, 1);
    });
    assert.ok(performance.now() - started < 2000);
  });

  it('A7: a lock with an old date whose window has only slept is not taken from it', async () => {
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

  it('A7: a window that lost its lock while it slept does not remove the lock of the next one', async () => {
    const lock = new RefreshLock({ directory });
    await lock.exclusively('s', async () => {
      await rm(pathOf('s'), { recursive: true });
      await mkdir(pathOf('s'));
      await writeFile(join(pathOf('s'), 'somebody-else'), '');
    });
    assert.deepEqual(await readdir(pathOf('s')), ['somebody-else']);
  });

  it('A7: many windows that find a lock left behind do not get in together', async () => {
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

  it('A7: who cannot get the lock in time goes on without it, and without touching it', async () => {
    const holder = new RefreshLock({ directory });
    await holder.exclusively('s', async () => {
      const impatient = new RefreshLock({ directory, patience: 30 });
      assert.equal(await impatient.exclusively('s', () => Promise.resolve(1)), 1);
      assert.equal((await readdir(pathOf('s'))).length, 1);
    });
  });

  it('A7: a folder that cannot be made keeps nobody from their token', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const lock = new RefreshLock({ directory: join(file, 'below') });
    assert.equal(await lock.exclusively('s', () => Promise.resolve(1)), 1);
  });
});

describe('session marks', () => {
  let directory: string;
  let markers: SessionMarkers;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ninjaone-marks-'));
    markers = new SessionMarkers(join(directory, 'below'), () => 'machine');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('A7: what one window writes every window reads', async () => {
    assert.equal(await markers.get('s'), undefined);
    await markers.set('s', MARK);
    await markers.set('s', { ...MARK, generation: 2 });
    assert.deepEqual(await new SessionMarkers(join(directory, 'below'), () => 'machine').get('s'), {
      ...MARK,
      generation: 2,
    });
  });

  it('A13: no later mark takes a sign-out back', async () => {
    await markers.set('s', MARK);
    await markers.set('s', { ...MARK, signedOut: true });
    await markers.set('s', { ...MARK, generation: 9 });
    assert.equal((await markers.get('s'))?.signedOut, true);
    assert.equal((await markers.all()).get('s')?.signedOut, true);
    await markers.delete('s');
    assert.equal(await markers.get('s'), undefined);
  });

  it('A14: damaged marks are passed over, and ids never name a file', async () => {
    await markers.set('../../escape', MARK);
    await writeFile(join(directory, 'below', 'x.json'), '{"id":"x"');
    await writeFile(join(directory, 'below', 'y.json'), '{"id":"y","generation":"1"}');
    await writeFile(join(directory, 'below', 'z.json'), 'null');
    assert.deepEqual([...(await markers.all()).keys()], ['../../escape']);
    assert.deepEqual(await readdir(directory), ['below']);
  });

  it('A13: Reset deletes them all', async () => {
    await markers.set('s', MARK);
    await markers.clear();
    assert.equal((await markers.all()).size, 0);
    await markers.clear();
  });
});
