import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashedFileName } from '../files/atomicWrite.ts';

export interface RefreshLockOptions {
  /** A folder of ours on the disk that all windows share. */
  readonly directory: string;
  /** After how many milliseconds without a sign of life a lock counts as left behind; 15 s. */
  readonly stale?: number;
  /** How many milliseconds to wait for the lock before the task runs without it; 20 s. */
  readonly patience?: number;
}

/**
 * Lets one window at a time renew a session. A directory is the lock, because making one is atomic on every file
 * system; the file in it says whose it is. It keeps token calls rare; what keeps sessions safe is the order of writes in
 * the renewal, so a task that cannot get the lock runs all the same.
 */
export class RefreshLock {
  readonly #directory: string;
  readonly #stale: number;
  readonly #patience: number;

  constructor({ directory, stale = 15_000, patience = 20_000 }: RefreshLockOptions) {
    this.#directory = directory;
    this.#stale = stale;
    this.#patience = patience;
  }

  async exclusively<T>(sessionId: string, task: () => Promise<T>): Promise<T> {
    const release = await this.#acquire(join(this.#directory, `${hashedFileName(sessionId)}.lock`));
    try {
      return await task();
    } finally {
      await release();
    }
  }

  async #acquire(path: string): Promise<() => Promise<void>> {
    const owner = join(path, randomUUID());
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const started = performance.now();
      const watch = new Watch(path, this.#stale);
      while (!(await tryMakeDirectory(path))) {
        if (await watch.isAbandoned()) {
          await this.#takeAway(path, watch);
        } else if (performance.now() - started > this.#patience) {
          return async () => {};
        } else {
          await sleep(10 + Math.random() * 20);
        }
      }
      await writeFile(owner, '', { mode: 0o600 });
    } catch {
      // A folder that cannot be written (read-only, full) must not keep anybody from their token.
      return async () => {};
    }
    // The owner's file goes first: a lock that was taken from a sleeping window is neither kept alive nor removed by it.
    const heartbeat = setInterval(() => {
      const now = new Date();
      utimes(owner, now, now)
        .then(() => utimes(path, now, now))
        .catch(() => {});
    }, this.#stale / 5);
    heartbeat.unref();
    return async () => {
      clearInterval(heartbeat);
      await unlink(owner)
        .then(() => rmdir(path))
        .catch(() => {});
    };
  }

  /** One window at a time, and only the very lock that was watched: another window may have made its own meanwhile. */
  async #takeAway(path: string, watch: Watch): Promise<void> {
    const guard = `${path}.taking`;
    if (!(await tryMakeDirectory(guard))) {
      const since = await lastChange(guard);
      if (since !== undefined && Math.abs(Date.now() - since) > this.#stale) {
        await rmdir(guard).catch(() => {});
      }
      await sleep(10);
      return;
    }
    try {
      if (await watch.isAbandoned()) {
        await rm(path, { recursive: true, force: true });
      }
    } finally {
      await rmdir(guard).catch(() => {});
    }
  }
}

/**
 * Judges whether the holder of a lock is gone. The clock of the computer may jump and all windows sleep together, so an
 * old date is not enough: the lock must also have been seen without a sign of life for a while.
 */
class Watch {
  readonly #path: string;
  readonly #stale: number;
  #seen: number | undefined;
  #unchanged = 0;
  #last = performance.now();

  constructor(path: string, stale: number) {
    this.#path = path;
    this.#stale = stale;
  }

  async isAbandoned(): Promise<boolean> {
    const change = await lastChange(this.#path);
    const now = performance.now();
    // A step that took long was a sleep of this window, in which the holder may have slept as well.
    this.#unchanged = change === this.#seen ? this.#unchanged + Math.min(now - this.#last, LONGEST_STEP) : 0;
    this.#seen = change;
    this.#last = now;
    if (change === undefined) {
      return false;
    }
    // The holder gives a sign of life every fifth of `stale`.
    const looksOld = Date.now() - change > this.#stale;
    return this.#unchanged > (looksOld ? this.#stale / 3 : this.#stale);
  }
}

const LONGEST_STEP = 100;

/** False when it exists. Windows says "not permitted" of a directory that is just being deleted. */
async function tryMakeDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || (process.platform === 'win32' && (code === 'EPERM' || code === 'EBUSY'))) {
      return false;
    }
    throw error;
  }
}

async function lastChange(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return undefined;
  }
}
