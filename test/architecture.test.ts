import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

describe('ARCHITECTURE.md', () => {
  it('lists every folder of src once, and no folder that does not exist', () => {
    const folders = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath }) => parentPath.replaceAll('\\', '/').replace(/^src\/?/, ''))
      .filter((folder) => folder !== '' && folder !== 'host' && folder !== 'webview');
    const listed = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^\| `((?:core|host|webview)\/[\w/]+)` /gm)];
    assert.deepEqual(listed.map(([, folder]) => folder).sort(), [...new Set(folders)].sort());
  });
});
