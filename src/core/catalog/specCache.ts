import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpecCache } from './catalogSource.ts';

/** What was fetched of instances, in `folder`: one file for each origin, written whole or not at all. */
export function specCache(folder: string): SpecCache {
  const fileOf = (origin: string): string =>
    join(folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`);
  return {
    read: (origin) => readFile(fileOf(origin), 'utf8').catch(() => undefined),
    write: async (origin, text) => {
      await mkdir(folder, { recursive: true });
      await writeFile(`${fileOf(origin)}.draft`, text);
      await rename(`${fileOf(origin)}.draft`, fileOf(origin));
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}
