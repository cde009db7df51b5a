import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { saveFile } from '../../../src/core/files/atomicWrite.ts';

describe('a file that is saved', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'saved-'));
    file = join(directory, 'answer.json');
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('E7: has all parts, takes the place of what was there, and is its owner’s', async () => {
    await writeFile(file, 'before');
    await saveFile(file, ['[1,', Buffer.from('2]')]);
    assert.equal(await readFile(file, 'utf8'), '[1,2]');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(directory), ['answer.json']);
  });

  const broken: readonly [name: string, error: Error, code: string][] = [
    ['a source that fails', Object.assign(new Error('read'), { code: 'EIO' }), 'file.notWritten'],
    [
      'a list that is no table',
      new NinjaOneError({ code: 'response.notJson', intent: 'invalidInput', template: 'no' }),
      'response.notJson',
    ],
  ];
  for (const [name, error, code] of broken) {
    it(`E7: ${name} leaves the file as it was, and nothing beside it`, async () => {
      await writeFile(file, 'before');
      // eslint-disable-next-line @typescript-eslint/require-await
      const parts = async function* (): AsyncGenerator<string> {
        yield 'half';
        throw error;
      };
      await assert.rejects(saveFile(file, parts()), { code });
      assert.equal(await readFile(file, 'utf8'), 'before');
      assert.deepEqual(await readdir(directory), ['answer.json']);
    });
  }

  it('E7: canceled, it is as it was', async () => {
    const abort = new AbortController();
    const parts = async function* (): AsyncGenerator<string> {
      for (;;) {
        yield await Promise.resolve('more');
        abort.abort();
      }
    };
    await assert.rejects(saveFile(file, parts(), abort.signal), { code: 'canceled' });
    assert.deepEqual(await readdir(directory), []);
  });

  it('E7: a folder that is not there is a sentence that names the file', async () => {
    const missing = join(directory, 'no', 'answer.json');
    await assert.rejects(saveFile(missing, ['[]']), { code: 'file.notWritten', args: [missing, 'ENOENT'] });
  });
});
