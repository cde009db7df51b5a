import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashedFileName } from '../files/atomicWrite.ts';

/**
 * Failures of which a window has notified the user, for all windows that share the disk: when five windows start during
 * an outage, one of them tells the user (A8).
 */
export class Incidents {
  readonly #directory: string;
  readonly #now: () => number;

  constructor({ directory, now }: { readonly directory: string; readonly now: () => number }) {
    this.#directory = join(directory, 'incidents');
    this.#now = now;
  }

  /** True for the first window that claims the incident, and again after an hour. Never rejects. */
  async claim(connectionId: string, kind: string): Promise<boolean> {
    const path = join(this.#directory, `${hashedFileName(connectionId)}.${kind}`);
    const write = (flag: 'wx' | 'w'): Promise<void> => writeFile(path, String(this.#now()), { flag, mode: 0o600 });
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await write('wx');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // Without a disk in common, a window can only speak for itself.
        return true;
      }
    }
    const age = this.#now() - Number(await readFile(path, 'utf8').catch(() => NaN));
    if (age >= 0 && age < LONGEST_INCIDENT) {
      return false;
    }
    await write('w').catch(() => {});
    return true;
  }

  async endAll(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Ends the incidents of a connection. Never rejects. */
  async end(connectionId: string): Promise<void> {
    const names = await readdir(this.#directory).catch((): string[] => []);
    const prefix = `${hashedFileName(connectionId)}.`;
    for (const name of names.filter((each) => each.startsWith(prefix))) {
      await rm(join(this.#directory, name), { force: true }).catch(() => {});
    }
  }
}

/** A window that was closed during an outage never reports its end. */
const LONGEST_INCIDENT = 3_600_000;
