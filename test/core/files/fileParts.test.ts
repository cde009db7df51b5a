import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../src/core/files/atomicWrite.ts';
import { readFileParts } from '../../../src/core/files/fileParts.ts';

describe('the parts of a file', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ninjaone-parts-'));
    file = join(folder, 'source');
  });
  after(() => rm(folder, { recursive: true }));

  for (const size of [0, 1, 1 << 18, (1 << 18) + 1, 1_000_000]) {
    it(`are its ${size} bytes when they are written to another file (E7)`, async () => {
      const content = randomBytes(size);
      await writeFile(file, content);
      await writeAtomically(join(folder, 'copy'), readFileParts(file));
      assert.ok(content.equals(await readFile(join(folder, 'copy'))));
    });
  }

  it('share one buffer, so that the memory does not grow with the file (E7)', async () => {
    await writeFile(file, randomBytes(1_000_000));
    const buffers = new Set<ArrayBufferLike>();
    for await (const { buffer } of readFileParts(file)) {
      buffers.add(buffer);
    }
    assert.equal(buffers.size, 1);
  });

  it('fail with the error of the file', async () => {
    await assert.rejects(readFileParts(join(folder, 'missing')).next(), { code: 'ENOENT' });
  });
});
