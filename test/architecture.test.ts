import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const architecture = readFileSync('ARCHITECTURE.md', 'utf8');
const sources: ReadonlyMap<string, string> = new Map(
  filesIn('src')
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(file, 'utf8')]),
);

describe('ARCHITECTURE.md', () => {
  it('lists every folder of src once, and no folder that does not exist', () => {
    const folders = filesIn('src')
      .map((file) => path.posix.dirname(file).replace(/^src\/?/, ''))
      .filter((folder) => folder !== '' && folder !== 'host' && folder !== 'webview');
    const listed = [...architecture.matchAll(/^\| `((?:core|host|webview)\/[\w/]+)` /gm)];
    assert.deepEqual(listed.map(([, folder]) => folder).sort(), [...new Set(folders)].sort());
  });

  it('shows the layers that lint enforces', () => {
    assert.deepEqual(layersOfPage('core'), layersOfLint('CORE'));
    assert.deepEqual(layersOfPage('host'), layersOfLint('HOST'));
  });

  it('names only files that exist, each by a name that only one file has', () => {
    const files = ['src', 'test', 'sandbox', 'tooling', 'scripts', 'media', 'docs', 'l10n', '.'].flatMap((folder) =>
      filesIn(folder, folder !== '.'),
    );
    const named = [...architecture.matchAll(/`([\w./-]+\.(?:ts|mjs|json|txt|md))`/g)].map(([, file = '']) => file);
    assert.ok(named.length > 100, 'the names are found');
    assert.deepEqual(
      named.filter((name) => !files.includes(name) && files.filter((file) => file.endsWith(`/${name}`)).length !== 1),
      [],
    );
  });

  it('names only functions and members that exist', () => {
    const code = [...sources.values()];
    const functions = [...architecture.matchAll(/`(\w+)\(\)`/g)].map(([, name = '']) => name);
    const members = [...architecture.matchAll(/`([A-Z]\w*[a-z]\w*)\.(#?[a-z]\w*)`/g)];
    assert.ok(functions.length > 15 && members.length > 15, 'the names are found');
    assert.deepEqual(
      functions.filter(
        (name) => name !== 'import' && !code.some((text) => new RegExp(`(?:function\\*?|const) ${name}\\b`).test(text)),
      ),
      [],
    );
    assert.deepEqual(
      members
        .filter(
          ([, owner = '', member = '']) =>
            !code.some(
              (text) => new RegExp(`(?:class|interface) ${owner}\\b`).test(text) && text.includes(` ${member}`),
            ),
        )
        .map(([name]) => name),
      [],
    );
  });

  it('has no link that leads nowhere, and neither have the other pages', () => {
    const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/authors.md'];
    for (const page of pages) {
      const text = readFileSync(page, 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        const [name = '', anchor] = target.split('#');
        if (!/^https?:/.test(target)) {
          const file = name === '' ? page : path.posix.join(path.posix.dirname(page), name);
          assert.ok(existsSync(file), `${page} links to ${target}`);
          assert.ok(anchor === undefined || hasAnchor(file, anchor), `${page} links to ${target}`);
        }
      }
    }
  });
});

describe('the code of src', () => {
  it('has no import circles, imports of types included', () => {
    const done = new Set<string>();
    const visit = (file: string, above: readonly string[]): void => {
      assert.ok(!above.includes(file), [...above.slice(above.indexOf(file)), file].join(' → '));
      if (!done.has(file)) {
        importsOf(file).forEach((imported) => visit(imported, [...above, file]));
        done.add(file);
      }
    };
    assert.ok(importsOf('src/extension.ts').includes('src/host/platform/createPlatform.ts'), 'the imports are found');
    assert.ok(importsOf('src/core/catalog/spec.ts').includes('src/core/catalog/operation.ts'), 'those of types, too');
    for (const file of sources.keys()) {
      visit(file, []);
    }
  });

  it('follows the layers with import(), too, which lint does not look at', () => {
    const imports = [...sources].flatMap(([file, text]) =>
      [...text.matchAll(/\bimport\(\s*'(\.[^']+)'\s*\)/g)].map(([, target = '']) => ({
        file,
        target: path.posix.join(path.posix.dirname(file), target),
      })),
    );
    assert.ok(imports.length > 20, 'the imports are found');
    assert.deepEqual(
      imports.filter(({ file, target }) => !mayImport(file, target)),
      [],
    );
  });

  it('gives no two files the same name: bundles are named after files', () => {
    const names = [...sources.keys()].map((file) => path.posix.basename(file));
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  it('has no variables in modules: each part that loads later has a copy of its own', () => {
    assert.deepEqual(filesWith(/^(?:export )?(?:let|var) /m), []);
  });

  it('starts no process', () => {
    assert.deepEqual(filesWith(/child_process/), []);
  });

  it('uses the secret storage for sessions, client secrets, sign-in callbacks and the diagnosis only (P9)', () => {
    assert.deepEqual(
      filesWith(/\bcontext\.secrets\b|\bSecretPort\b|\bSecretStorage\b.*from/).filter(
        (file) => !file.startsWith('src/core/sessions/'),
      ),
      [
        'src/host/accounts/createAccounts.ts',
        'src/host/accounts/openSessions.ts',
        'src/host/diagnostics/signInDiagnosis.ts',
        'src/host/signIn/createSignIn.ts',
        'src/host/signIn/uriHandler.ts',
      ],
    );
  });

  it('sends an access token from the API client only (P9, E9)', () => {
    assert.deepEqual(filesWith(/authorization: `Bearer/i), ['src/core/api/apiClient.ts']);
  });
});

function filesIn(folder: string, recursive = true): string[] {
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.posix.normalize(`${parentPath}/${name}`.replaceAll('\\', '/')));
}

function filesWith(pattern: RegExp): string[] {
  return [...sources.entries()]
    .filter(([, text]) => pattern.test(text))
    .map(([file]) => file)
    .sort();
}

type Layers = readonly (readonly string[])[];

/** The table of layers, without what it says in words. */
function layersOfPage(root: 'core' | 'host'): Layers {
  const rows = [...architecture.matchAll(/^\| \d +\|([^|]*)\|([^|]*)\|$/gm)];
  const cells = rows.map(([, core = '', host = '']) => (root === 'core' ? core : host));
  return cells
    .map((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, folder = '']) => folder))
    .filter((folders) => folders.length > 0);
}

function layersOfLint(name: 'CORE' | 'HOST'): Layers {
  const text = readFileSync('eslint.config.mjs', 'utf8');
  const body = new RegExp(`^const ${name} = \\[([\\s\\S]*?)^\\];`, 'm').exec(text)?.[1] ?? '';
  return [...body.matchAll(/\[([^\]]*)\]/g)].map(([, line = '']) =>
    [...line.matchAll(/'(\w+)'/g)].map(([, folder = '']) => folder),
  );
}

/** As the lint rules have it. What is directly in `host`, and the entry point, may import everything. */
function mayImport(file: string, target: string): boolean {
  const [, root, folder = ''] = /^src\/(core|host|webview)\/(?:([^/]+)\/)?/.exec(file) ?? [];
  const [, targetRoot, targetFolder = ''] = /^src\/(core|host|webview)\/(?:([^/]+)\/)?/.exec(target) ?? [];
  if (root === undefined || (root === 'host' && folder === '')) {
    return true;
  }
  if (root !== targetRoot) {
    return root === 'host' && targetRoot === 'core';
  }
  const layers = layersOfLint(root === 'core' ? 'CORE' : 'HOST');
  const layerOf = (name: string): number => layers.findIndex((layer) => layer.includes(name));
  return folder === targetFolder || (layerOf(targetFolder) >= 0 && layerOf(targetFolder) < layerOf(folder));
}

/** As GitHub makes anchors of headings. */
function hasAnchor(file: string, anchor: string): boolean {
  const text = readFileSync(file, 'utf8');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return headings.includes(anchor) || text.includes(`<a id="${anchor}">`);
}

function importsOf(file: string): readonly string[] {
  const specifiers = (sources.get(file) ?? '').matchAll(/(?:^|[\s;}])(?:from|import) ?\(?'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => path.posix.join(path.posix.dirname(file), specifier));
}
