import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { writeAtomically } from '../../../src/core/files/atomicWrite.ts';

describe('writeAtomically', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'saved-'));
    file = join(directory, 'response.json');
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('writes all parts, replaces an existing file and makes it readable for the owner only (E7)', async () => {
    await writeFile(file, 'before');
    await writeAtomically(file, ['[1,', Buffer.from('2]')]);
    assert.equal(await readFile(file, 'utf8'), '[1,2]');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(directory), ['response.json']);
  });

  const broken: readonly [name: string, error: Error, code: string][] = [
    ['a failing source', Object.assign(new Error('read'), { code: 'EIO' }), 'file.notWritten'],
    [
      'a response that is not a table',
      new NinjaOneError({ code: 'response.notJson', intent: 'invalidInput', message: l10n.t('no') }),
      'response.notJson',
    ],
  ];
  for (const [name, error, code] of broken) {
    it(`keeps the existing file and leaves no other file after ${name} (E7)`, async () => {
      await writeFile(file, 'before');
      // eslint-disable-next-line @typescript-eslint/require-await
      const parts = async function* (): AsyncGenerator<string> {
        yield 'half';
        throw error;
      };
      await assert.rejects(writeAtomically(file, parts()), { code });
      assert.equal(await readFile(file, 'utf8'), 'before');
      assert.deepEqual(await readdir(directory), ['response.json']);
    });
  }

  it('leaves no file when it is canceled (E7)', async () => {
    const abort = new AbortController();
    const parts = async function* (): AsyncGenerator<string> {
      for (;;) {
        yield await Promise.resolve('more');
        abort.abort();
      }
    };
    await assert.rejects(writeAtomically(file, parts(), abort.signal), { code: 'canceled' });
    assert.deepEqual(await readdir(directory), []);
  });

  it('names the file in the error if the folder does not exist (E7)', async () => {
    const missing = join(directory, 'no', 'response.json');
    await assert.rejects(writeAtomically(missing, ['[]']), { code: 'file.notWritten', args: [missing, 'ENOENT'] });
  });
});
