import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { hashedFileName, writeAtomically } from '../files/atomicWrite.ts';

/** Remembers when something that expires was first seen, for all windows that share the disk. */
export class FirstSeen {
  readonly #directory: string;
  readonly #now: () => number;

  constructor({ directory, now }: { readonly directory: string; readonly now: () => number }) {
    this.#directory = join(directory, 'seen');
    this.#now = now;
  }

  /** Milliseconds since the first call for this subject, 0 for the first. Rejects if the disk cannot be written. */
  async age(subject: string): Promise<number> {
    const text = await readFile(this.#path(subject), 'utf8').catch(() => '');
    const since = asRecord(parseJson(text))?.['since'];
    // If the clock was set back, the subject would otherwise never expire.
    if (typeof since === 'number' && since <= this.#now()) {
      return this.#now() - since;
    }
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeAtomically(this.#path(subject), JSON.stringify({ subject, since: this.#now() }));
    return 0;
  }

  async forget(subject: string): Promise<void> {
    await rm(this.#path(subject), { force: true });
  }

  async forgetAll(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Whether the subject was seen before. */
  async has(subject: string): Promise<boolean> {
    return (await readFile(this.#path(subject), 'utf8').catch(() => '')) !== '';
  }

  #path(subject: string): string {
    return join(this.#directory, `${hashedFileName(subject)}.json`);
  }
}
