import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => path.posix.join(parentPath.replaceAll('\\', '/'), name));

describe('ARCHITECTURE.md', () => {
  it('lists every folder of src once, and no folder that does not exist', () => {
    const folders = files
      .map((file) => path.posix.dirname(file).replace(/^src\/?/, ''))
      .filter((folder) => folder !== '' && folder !== 'host' && folder !== 'webview');
    const listed = [...readFileSync('ARCHITECTURE.md', 'utf8').matchAll(/^\| `((?:core|host|webview)\/[\w/]+)` /gm)];
    assert.deepEqual(listed.map(([, folder]) => folder).sort(), [...new Set(folders)].sort());
  });
});

describe('src', () => {
  const imports = new Map(files.filter((file) => file.endsWith('.ts')).map((file) => [file, importsOf(file)]));

  it('finds the imports of types and those that are loaded later', () => {
    assert.ok(imports.get('src/extension.ts')?.includes('src/host/platform/createPlatform.ts'));
    assert.ok(imports.get('src/core/catalog/spec.ts')?.includes('src/core/catalog/operation.ts'));
    assert.ok(imports.get('src/host/createApiExplorer.ts')?.includes('src/host/apiExplorer.ts'));
  });

  it('has no import circles, types included', () => {
    const done = new Set<string>();
    const visit = (file: string, above: readonly string[]): void => {
      assert.ok(!above.includes(file), [...above.slice(above.indexOf(file)), file].join(' → '));
      if (!done.has(file)) {
        imports.get(file)?.forEach((imported) => visit(imported, [...above, file]));
        done.add(file);
      }
    };
    for (const file of imports.keys()) {
      visit(file, []);
    }
  });

  it('has no two files of one name: bundles and Quick Open know a file by its name', () => {
    const names = [...imports.keys()].map((file) => path.posix.basename(file));
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });
});

function importsOf(file: string): readonly string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:^|[\s;}])(?:from|import) ?\(?'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => path.posix.join(path.posix.dirname(file), specifier));
}
