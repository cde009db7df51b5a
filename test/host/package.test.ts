import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';

interface PackedManifest {
  readonly l10n?: string;
  readonly icon: string;
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('the installed package', () => {
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  const root = extension?.extensionPath ?? '';

  before(async () => {
    await extension?.activate();
  });

  it('has every part that is loaded later, and each can be loaded (P1, P2)', () => {
    const load = createRequire(path.join(root, 'dist/extension.cjs'));
    const parts = readdirSync(path.join(root, 'dist')).filter((file) => file.endsWith('.cjs'));
    assert.ok(parts.length > 20, `${parts.length} parts`);
    const named = parts.flatMap((file) => {
      const code = readFileSync(path.join(root, 'dist', file), 'utf8');
      return [...code.matchAll(/require\("\.\/([\w.-]+\.cjs)"\)/g)].map(([, name = '']) => name);
    });
    assert.ok(named.length > 0, 'the parts are found in the code');
    for (const file of new Set([...parts, ...named])) {
      const exported = load(`./${file}`) as object;
      // What the parts share is a function that the parts call.
      assert.ok(typeof exported === 'function' || Object.keys(exported).length > 0, file);
    }
  });

  it('has a handler for each command that it declares (P1)', async () => {
    const { contributes } = extension?.packageJSON as PackedManifest;
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributes.commands.flatMap(({ command }) => (known.has(command) ? [] : command)),
      [],
    );
  });

  it('has its icon, its licenses and no source map (P1)', function () {
    if (existsSync(path.join(root, 'node_modules'))) {
      // `npm run test:electron` runs the folder of the project.
      this.skip();
    }
    const { icon } = extension?.packageJSON as PackedManifest;
    assert.ok(readFileSync(path.join(root, icon)).length > 0);
    assert.match(readFileSync(path.join(root, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8'), /undici/);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      files.filter((file) => /\.map$|\.ts$/.test(file) && !file.endsWith('.d.ts')),
      [],
    );
  });
});
