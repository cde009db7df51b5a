import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashedFileName, writeAtomically } from '../files/atomicWrite.ts';
import type { SpecCache } from './catalogSource.ts';

/** Stores fetched API descriptions in `folder`, one file per origin. Writes are atomic. */
export function specCache(folder: string): SpecCache {
  const fileOf = (origin: string): string => join(folder, `${hashedFileName(origin)}.json`);
  return {
    read: async (origin) => {
      const file = fileOf(origin);
      // Most often there is none, and the rows of the tree wait for the answer.
      return existsSync(file) ? readFile(file, 'utf8').catch(() => undefined) : undefined;
    },
    write: async (origin, text) => {
      await mkdir(folder, { recursive: true });
      await writeAtomically(fileOf(origin), text);
    },
    expire: async (origins, time) => {
      const used = new Set(origins.map(fileOf));
      const files = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
      for (const file of files.filter((each) => !used.has(each))) {
        if ((await stat(file)).mtimeMs < time) {
          await rm(file, { force: true });
        }
      }
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}
