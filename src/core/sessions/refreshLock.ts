import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashedFileName } from '../files/atomicWrite.ts';

export interface RefreshLockOptions {
  /** A folder of this extension that all windows share. */
  readonly directory: string;
  /** Milliseconds without a heartbeat after which a lock counts as abandoned; 15 s. */
  readonly stale?: number;
  /** Milliseconds to wait for the lock before the task runs without it; longer than any renewal takes. */
  readonly timeout?: number;
  /**
   * Milliseconds; a task without the lock begins at a random time within them, so that two windows rarely coincide; 1
   * s.
   */
  readonly jitter?: number;
}

/**
 * Lets one window at a time renew a session. The lock is a directory, because creating one is atomic on every file
 * system; a file in it identifies the owner. The order of writes during renewal keeps sessions safe, so a task that
 * cannot get the lock still runs. If the folder cannot be written, the lock is in the temporary folder of the system.
 */
export class RefreshLock {
  readonly #directory: string;
  readonly #stale: number;
  readonly #timeout: number;
  readonly #jitter: number;

  constructor({ directory, stale = 15_000, timeout = LONGEST_RENEWAL, jitter = 1000 }: RefreshLockOptions) {
    this.#directory = directory;
    this.#stale = stale;
    this.#timeout = timeout;
    this.#jitter = jitter;
  }

  async exclusively<T>(sessionId: string, task: () => Promise<T>): Promise<T> {
    const name = `${hashedFileName(sessionId)}.lock`;
    const release = (await this.#acquire(join(this.#directory, name))) ?? (await this.#acquireElsewhere(name));
    if (!release) {
      await sleep(Math.random() * this.#jitter);
    }
    try {
      return await task();
    } finally {
      await release?.();
    }
  }

  /** As `#acquire`, in a folder that is the same for all windows of this user, and is deleted when nobody uses it. */
  async #acquireElsewhere(name: string): Promise<(() => Promise<void>) | undefined> {
    const directory = join(tmpdir(), `ninjaone-${hashedFileName(this.#directory)}`);
    const release = await this.#acquire(join(directory, name));
    return (
      release &&
      (async () => {
        await release();
        await rmdir(directory).catch(() => {});
      })
    );
  }

  /** Resolves to the function that releases the lock, or `undefined` if its folder cannot be written. */
  async #acquire(path: string): Promise<(() => Promise<void>) | undefined> {
    const owner = join(path, randomUUID());
    let isCreated = false;
    try {
      const started = performance.now();
      const watch = new Watch(path, this.#stale);
      while (!(await this.#tryLock(path))) {
        // Also for an abandoned lock: it may be one that cannot be removed.
        if (performance.now() - started > this.#timeout) {
          await sleep(Math.random() * this.#jitter);
          return async () => {};
        } else if (await watch.isAbandoned()) {
          await this.#removeAbandoned(path, watch);
        } else {
          await sleep(10 + Math.random() * 20);
        }
      }
      isCreated = true;
      await writeFile(owner, '', { mode: 0o600 });
    } catch {
      if (isCreated) {
        // A lock without an owner would delay the next renewal.
        await rmdir(path).catch(() => {});
      }
      // A folder that cannot be written (read-only, full) must not prevent the renewal.
      return undefined;
    }
    // Uses the owner's file first, so that a window that lost its lock while asleep neither renews nor removes it.
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

  async #tryLock(path: string): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await tryMakeDirectory(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === ATTEMPTS) {
          throw error;
        }
        // Not made yet, or deleted while windows wait.
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      }
    }
  }

  /** One window at a time, and only the lock that was watched: another window may have created a new one meanwhile. */
  async #removeAbandoned(path: string, watch: Watch): Promise<void> {
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
 * Detects an abandoned lock. The system clock may change and all windows may sleep at the same time, so an old timestamp
 * is not enough: the lock must also have had no heartbeat while it was watched.
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
    // A long step means that this window was asleep, and the owner may have been asleep too.
    this.#unchanged = change === this.#seen ? this.#unchanged + Math.min(now - this.#last, MAX_STEP) : 0;
    this.#seen = change;
    this.#last = now;
    if (change === undefined) {
      return false;
    }
    // The owner sends a heartbeat five times in `stale` milliseconds.
    const looksOld = Date.now() - change > this.#stale;
    return this.#unchanged > (looksOld ? this.#stale / 3 : this.#stale);
  }
}

const MAX_STEP = 100;
/** How often a folder may be deleted by another window before it is used. */
const ATTEMPTS = 5;
/**
 * Milliseconds: waiting for a record (5 s), two token requests (30 s each) and a recovery (2 s) between them, and five
 * attempts to store the record (29 s).
 */
const LONGEST_RENEWAL = 100_000;

/** False if it exists. Windows returns "not permitted" for a directory that is being deleted. */
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
