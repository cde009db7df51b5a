import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { sandboxClients } from '../sandbox/clients.ts';

describe('the package', () => {
  it('contains exactly the files of test/golden/package.txt (P1)', function () {
    // It lists every file of the folder, which takes long while other tests keep the disk and the CPU busy.
    this.timeout(120_000);
    const list = ['node_modules/@vscode/vsce/vsce', 'ls', '--no-dependencies'];
    const listed = execFileSync(process.execPath, list, { encoding: 'utf8' });
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

  it('contains no private key, no token, and no secret of a client of the sandbox (T46)', () => {
    const files = readFileSync('test/golden/package.txt', 'utf8').trim().split('\n');
    const secrets = sandboxClients.flatMap(({ clientSecret }) => clientSecret ?? []);
    assert.equal(secrets.length, 2);
    for (const file of files) {
      const text = readFileSync(file, 'latin1');
      assert.ok(!secrets.some((secret) => text.includes(secret)), file);
      assert.doesNotMatch(text, /-----BEGIN [A-Z ]*PRIVATE KEY-----/, file);
      // As NinjaOne's tokens look, as JSON Web Tokens do, and as tokens of registries and hosts do.
      assert.doesNotMatch(text, /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w+/=-]{16,}/i, file);
      assert.doesNotMatch(text, /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}|\b(?:gh[pousr]|npm|glpat)_\w{20,}/, file);
    }
  });
});
