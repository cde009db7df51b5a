import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

describe('the package', () => {
  it('contains exactly the files of test/golden/package.txt (P1)', function () {
    this.timeout(30_000);
    const listed = execFileSync('npx', ['vsce', 'ls', '--no-dependencies'], { encoding: 'utf8' });
    const files = `${listed
      .split('\n')
      .filter((line) => line !== '')
      .sort()
      .join('\n')}\n`;
    const golden = 'test/golden/package.txt';
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(golden, files);
    }
    assert.equal(files, readFileSync(golden, 'utf8'));
  });
});
