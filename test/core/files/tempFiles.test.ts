import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TempFiles, deleteStaleTempFiles } from '../../../src/core/files/tempFiles.ts';

describe('the files of large answers', () => {
  let parent: string;

  beforeEach(async () => {
    parent = join(await mkdtemp(join(tmpdir(), 'spool-')), 'responses');
  });

  afterEach(() => rm(dirname(parent), { recursive: true, force: true }));

  it('E7: nothing is created before an answer overflows; then only its owner may read it', async () => {
    const file = new TempFiles(parent).file();
    await assert.rejects(readdir(parent), { code: 'ENOENT' });
    await file.start();
    await file.write(Buffer.from('one '));
    await file.write(Buffer.from('two'));
    await file.close();
    assert.equal(await readFile(file.path, 'utf8'), 'one two');
    assert.equal((await stat(file.path)).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(file.path))).mode & 0o777, 0o700);
  });

  it('E7: an answer that is sent again begins anew', async () => {
    const file = new TempFiles(parent).file();
    await file.start();
    await file.write(Buffer.from('what came before it broke'));
    await file.start();
    await file.write(Buffer.from('all'));
    await file.close();
    assert.equal(await readFile(file.path, 'utf8'), 'all');
  });

  it('E7: a discarded file is gone, also one that never was, and the window’s folder goes with it', async () => {
    const spool = new TempFiles(parent);
    const file = spool.file();
    await file.discard();
    await file.start();
    await file.discard();
    assert.deepEqual(await readdir(dirname(file.path)), []);
    await spool.file().start();
    spool.dispose();
    assert.deepEqual(await readdir(parent), []);
    spool.dispose();
  });

  it('E7: a disk that does not take it is a sentence', async () => {
    await writeFile(parent, 'a file where the folder should be');
    await assert.rejects(new TempFiles(parent).file().start(), { code: 'spool.failed', args: ['ENOTDIR'] });
  });

  it('E7: at the start, what windows left that are no more is deleted, and nothing of the living', async () => {
    const getOwn = new TempFiles(parent).file();
    await getOwn.start();
    await getOwn.close();
    const [name = ''] = await readdir(parent);
    const [machine = '', , ...id] = name.split('-');
    const ended = String(spawnSync(process.execPath, ['-e', '']).pid);
    const beforeBoot = `${machine}-${process.ppid}-before`;
    const elsewhere = `${'0'.repeat(12)}-1-elsewhere`;
    const elsewhereLongAgo = `${'0'.repeat(12)}-1-long-ago`;
    const left = [`${machine}-${ended}-${id.join('-')}`, beforeBoot, elsewhereLongAgo, 'strange'];
    const living = [name, `${machine}-${process.ppid}-living`, elsewhere];
    for (const each of [...left, ...living.slice(1)]) {
      await mkdir(join(parent, each));
      await writeFile(join(parent, each, 'answer'), 'customers');
    }
    await utimes(join(parent, beforeBoot), 1, 1);
    await utimes(join(parent, elsewhereLongAgo), 1, 1);
    await deleteStaleTempFiles(parent);
    assert.deepEqual((await readdir(parent)).sort(), living.sort());
  });

  it('E7: without a folder there is nothing to sweep', async () => {
    await deleteStaleTempFiles(parent);
  });
});
