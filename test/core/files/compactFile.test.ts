import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactFile } from '../../../src/core/files/compactFile.ts';
import { effort } from '../../../tooling/effort.ts';

describe('a file to which windows append lines', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compact-'));
    path = join(folder, 'lines');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('loses no line that is appended while it is rewritten (E13)', async () => {
    const lines: string[] = [];
    let isDone = false;
    const append = async (window: number): Promise<void> => {
      for (let number = 0; !isDone; number++) {
        const line = `${window}-${number}`;
        lines.push(line);
        await appendFile(path, `${line}\n`);
      }
    };
    await writeFile(path, 'old\n'.repeat(1000));
    const windows = [1, 2, 3].map(append);
    for (let round = 0; round < effort({ short: 15, long: 200 }); round++) {
      await compactFile(path, (text) => text.replaceAll('old\n', ''));
      await appendFile(path, 'old\n');
    }
    isDone = true;
    await Promise.all(windows);
    const kept = (await readFile(path, 'utf8')).split('\n');
    assert.deepEqual(
      lines.filter((line) => !kept.includes(line)),
      [],
    );
    assert.equal(new Set(kept).size, lines.length + 2);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('stays as it is if nothing has to change, and is not made', async () => {
    await compactFile(path, () => 'new');
    await assert.rejects(stat(path), { code: 'ENOENT' });
    await writeFile(path, 'a\n');
    await compactFile(path, () => undefined);
    assert.equal(await readFile(path, 'utf8'), 'a\n');
  });
});
