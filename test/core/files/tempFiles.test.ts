import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TempFiles, deleteStaleTempFiles } from '../../../src/core/files/tempFiles.ts';

describe('temporary files of large responses', () => {
  let parent: string;

  beforeEach(async () => {
    parent = join(await mkdtemp(join(tmpdir(), 'spool-')), 'responses');
  });

  afterEach(() => rm(dirname(parent), { recursive: true, force: true }));

  it('are created only when a response is too large for memory, and are readable for the owner only (E7)', async () => {
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

  it('start again when the request is sent again (E7)', async () => {
    const file = new TempFiles(parent).file();
    await file.start();
    await file.write(Buffer.from('the part before the failure'));
    await file.start();
    await file.write(Buffer.from('all'));
    await file.close();
    assert.equal(await readFile(file.path, 'utf8'), 'all');
  });

  it('are deleted when they are discarded, and their folder with the window (E7)', async () => {
    const files = new TempFiles(parent);
    const file = files.file();
    await file.discard();
    await file.start();
    await file.discard();
    assert.deepEqual(await readdir(dirname(file.path)), []);
    const last = files.file();
    await last.start();
    files.dispose();
    assert.deepEqual(await readdir(parent), []);
    files.dispose();
    await last.close();
  });

  it('report an error if the disk refuses them (E7)', async () => {
    await writeFile(parent, 'a file where the folder should be');
    await assert.rejects(new TempFiles(parent).file().start(), {
      code: 'spool.failed',
      args: [parent, 'ENOTDIR'],
    });
  });

  it('of closed windows are deleted at the start, but those of open windows are kept (E7)', async () => {
    const own = new TempFiles(parent).file();
    await own.start();
    await own.close();
    const [name = ''] = await readdir(parent);
    const [machine = '', , ...id] = name.split('-');
    const ended = String(spawnSync(process.execPath, ['-e', '']).pid);
    const beforeBoot = `${machine}-${process.ppid}-before`;
    const elsewhere = `${'0'.repeat(12)}-1-elsewhere`;
    const elsewhereLongAgo = `${'0'.repeat(12)}-1-long-ago`;
    const stale = [`${machine}-${ended}-${id.join('-')}`, beforeBoot, elsewhereLongAgo, 'strange'];
    const living = [name, `${machine}-${process.ppid}-living`, elsewhere];
    for (const each of [...stale, ...living.slice(1)]) {
      await mkdir(join(parent, each));
      await writeFile(join(parent, each, 'response'), 'customers');
    }
    await utimes(join(parent, beforeBoot), 1, 1);
    await utimes(join(parent, elsewhereLongAgo), 1, 1);
    await deleteStaleTempFiles(parent);
    assert.deepEqual((await readdir(parent)).sort(), living.sort());
  });

  it('need no cleanup if the folder does not exist (E7)', async () => {
    await deleteStaleTempFiles(parent);
  });
});
