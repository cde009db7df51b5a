import assert from 'node:assert/strict';
import files, { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { FavoritesFile } from '../../../src/core/catalog/favoritesFile.ts';

describe('the favorites', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'favorites-'));
    path = join(folder, 'storage', 'favorites.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keep the changes of all windows, in their order (E3)', async () => {
    const windows = Array.from({ length: 5 }, () => new FavoritesFile(path));
    const keys = windows.flatMap((_, index) => [`GET /v2/${index}`, `GET /v2/${index}/more`]);
    await Promise.all(keys.map((key, index) => windows[index % windows.length]!.change(key, true)));
    assert.deepEqual([...(await windows[0]!.read())].sort(), [...keys].sort());
    await Promise.all(keys.slice(1).map((key, index) => windows[index % windows.length]!.change(key, false)));
    assert.deepEqual(await windows[1]!.change('GET /v2/last', true), [keys[0], 'GET /v2/last']);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await windows[2]!.clear();
    assert.deepEqual(await windows[3]!.read(), []);
  });

  it('are read from a file that is damaged, which does not grow without end', async () => {
    const file = new FavoritesFile(path);
    await file.change('GET /v2/a', true);
    await writeFile(path, `{"key":7,"isFavorite":true}\n{"key":"GET /v2/b","isFavorite":true}\nnull\n{"key":\n`);
    assert.deepEqual(await file.change('GET /v2/a', true), ['GET /v2/b', 'GET /v2/a']);
    await writeFile(path, '{"key":"GET /v2/b","isFavorite":true}\n'.repeat(5000));
    assert.deepEqual(await file.change('GET /v2/a', true), ['GET /v2/b', 'GET /v2/a']);
    assert.equal((await readFile(path, 'utf8')).split('\n').length, 3);
  });

  it('are still there when the file cannot be read for a moment after it was written (E3)', async () => {
    const file = new FavoritesFile(path);
    await file.change('GET /v2/a', true);
    const { readFile: read } = files;
    mock.method(files, 'readFile', () => Promise.reject(Object.assign(new Error('busy'), { code: 'EBUSY' })));
    syncBuiltinESMExports();
    try {
      assert.deepEqual(await file.change('GET /v2/b', true), ['GET /v2/a', 'GET /v2/b']);
      assert.deepEqual(await file.read(), ['GET /v2/a', 'GET /v2/b']);
    } finally {
      mock.restoreAll();
      syncBuiltinESMExports();
    }
    assert.equal(files.readFile, read);
    assert.deepEqual(await new FavoritesFile(path).read(), ['GET /v2/a', 'GET /v2/b']);
  });

  it('say so when they cannot be written', async () => {
    await writeFile(join(folder, 'storage'), 'a file');
    await assert.rejects(new FavoritesFile(path).change('GET /v2/a', true), {
      code: 'favorites.notWritten',
      message: /favorites\.jsonl could not be written \((?:EEXIST|ENOTDIR)\)/,
    });
  });
});
