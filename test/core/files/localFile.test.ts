import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import { isWithin, openLocalFile } from '../../../src/core/files/localFile.ts';

describe('a file that is sent', () => {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'ninjaone-local-')));
    writeFileSync(join(folder, 'a.txt'), 'x'.repeat(200_000));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const read = async (file: { chunks(): AsyncIterable<Uint8Array> }): Promise<Buffer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks()) {
      assert.ok(chunk.byteLength <= 65_536);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  };
  const refusedAs = (code: string) => (error: unknown) => isNinjaOneError(error) && error.code === code;

  it('is read in small parts, and only as long as it was when it was opened (E15)', async () => {
    const file = await openLocalFile(join(folder, 'a.txt'), () => {});
    appendFileSync(join(folder, 'a.txt'), 'more');
    assert.deepEqual([file.size, (await read(file)).toString()], [200_000, 'x'.repeat(200_000)]);
    await file.close();
  });

  it('is refused when it becomes shorter while it is read (E15)', async () => {
    const file = await openLocalFile(join(folder, 'a.txt'), () => {});
    truncateSync(join(folder, 'a.txt'), 70_000);
    await assert.rejects(read(file), refusedAs('request.fileNotReadable'));
    await file.close();
  });

  it('is checked where it really is, with all links resolved (E15)', async () => {
    symlinkSync(join(folder, 'a.txt'), join(folder, 'link'));
    const checked: string[] = [];
    await (await openLocalFile(join(folder, 'link'), (path) => void checked.push(path))).close();
    assert.deepEqual(checked, [join(folder, 'a.txt')]);
  });

  it('is refused when another one takes its place while it is opened (E15)', async () => {
    writeFileSync(join(folder, 'b.txt'), 'other');
    const opening = openLocalFile(join(folder, 'a.txt'), () => {
      renameSync(join(folder, 'b.txt'), join(folder, 'a.txt'));
    });
    await assert.rejects(opening, refusedAs('request.fileNotReadable'));
  });

  it('is refused when it is missing, a folder, a pipe or a device (E15)', async function () {
    mkdirSync(join(folder, 'sub'));
    for (const [path, code] of [
      [join(folder, 'none'), 'request.fileNotFound'],
      [join(folder, 'a.txt/b'), 'request.fileNotFound'],
      [join(folder, 'sub'), 'request.fileNotReadable'],
    ] as const) {
      await assert.rejects(
        openLocalFile(path, () => {}),
        refusedAs(code),
        path,
      );
    }
    if (process.platform === 'win32') {
      this.skip();
    }
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const path of [join(folder, 'pipe'), '/dev/zero']) {
      await assert.rejects(
        openLocalFile(path, () => {}),
        refusedAs('request.fileNotReadable'),
        path,
      );
    }
  });

  it('is in a folder only when its path says so', () => {
    const root = join('/', 'work', 'a');
    for (const [path, expected] of [
      [join(root, 'x'), true],
      [join(root, '..x'), true],
      [join(root, 'x', 'y'), true],
      [root, false],
      [join('/', 'work', 'ab'), false],
      [join('/', 'work'), false],
    ] as const) {
      assert.equal(isWithin(root, path), expected, path);
    }
  });
});
