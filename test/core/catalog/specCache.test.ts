import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { specCache } from '../../../src/core/catalog/specCache.ts';

const USED = 'https://eu.ninjarmm.com';
const UNUSED = 'https://ca.ninjarmm.com';

describe('cache of API descriptions', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'ninjaone-specs-'));
    folder = join(parent, 'catalogs');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  it('never shows a torn description while two windows write it (E2)', async () => {
    const texts = ['a'.repeat(1_500_000), 'b'.repeat(800_000)];
    const windows = texts.map((text) => ({ cache: specCache(folder), text }));
    let isWriting = true;
    const write = async ({ cache, text }: (typeof windows)[number]): Promise<void> => {
      for (let round = 0; round < 40; round++) {
        await cache.write(USED, text);
      }
    };
    const read = async (): Promise<number> => {
      let count = 0;
      for (const cache = specCache(folder); isWriting; count++) {
        const text = await cache.read(USED);
        // A file that is not there yet is answered at once, and the writing needs a turn, too.
        await nextTurn();
        assert.ok(text === undefined || texts.includes(text), `${text?.length} characters, ${text?.slice(0, 10)}`);
      }
      return count;
    };
    const reading = read();
    await Promise.all(windows.map(write)).finally(() => {
      isWriting = false;
    });
    assert.ok((await reading) > 20);
    assert.equal((await readdir(folder)).length, 1);
  });

  it('deletes what is old and belongs to no connection, and nothing else (E2)', async () => {
    const cache = specCache(folder);
    await cache.expire([USED], Date.now());
    const gone = 'https://oc.ninjarmm.com';
    for (const origin of [USED, gone]) {
      await cache.write(origin, origin);
    }
    const [...files] = await readdir(folder);
    for (const file of files) {
      await utimes(join(folder, file), 1000, 1000);
    }
    await cache.write(UNUSED, UNUSED);
    await cache.expire([USED], 1_000_001);
    assert.deepEqual(await Promise.all([USED, UNUSED, gone].map((origin) => cache.read(origin))), [
      USED,
      UNUSED,
      undefined,
    ]);
  });
});
