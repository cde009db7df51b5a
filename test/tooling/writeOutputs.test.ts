import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeStale, writeOutputs, type OutputFile } from '../../tooling/writeOutputs.mjs';

describe('the output of a build', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'outputs-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const output = (name: string, text: string): OutputFile => {
    return { path: path.join(folder, 'dist', name), contents: Buffer.from(text) };
  };
  const write = (...files: OutputFile[]): Promise<number> => writeOutputs(files, path.join(folder, 'out'));

  it('is not written again when it is the same', async () => {
    assert.equal(await write(output('a.cjs', 'one'), output('webview/b.js', 'one')), 2);
    const before = await stat(path.join(folder, 'dist/a.cjs'));
    assert.equal(await write(output('a.cjs', 'one'), output('webview/b.js', 'other')), 1);
    const after = await stat(path.join(folder, 'dist/a.cjs'));
    assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
    assert.equal(await readFile(path.join(folder, 'dist/webview/b.js'), 'utf8'), 'other');
    assert.deepEqual(await readdir(path.join(folder, 'out')), []);
  });

  it('replaces files whole, so that whoever reads the one before still has it', async () => {
    await write(output('a.cjs', 'one'));
    const before = await stat(path.join(folder, 'dist/a.cjs'));
    await write(output('a.cjs', 'other'));
    assert.notEqual((await stat(path.join(folder, 'dist/a.cjs'))).ino, before.ino);
  });

  it('leaves no file of an earlier build', async () => {
    await write(output('a.cjs', 'one'), output('webview/b.js', 'one'));
    await writeFile(path.join(folder, 'dist/webview/old.js'), '');
    await removeStale(path.join(folder, 'dist'), [output('a.cjs', 'one'), output('webview/b.js', 'one')]);
    assert.deepEqual(await readdir(path.join(folder, 'dist/webview')), ['b.js']);
    assert.deepEqual((await readdir(path.join(folder, 'dist'))).sort(), ['a.cjs', 'webview']);
  });
});
