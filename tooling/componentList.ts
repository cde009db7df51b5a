import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { readIdentity, sourceDateEpoch } from './packVsix.ts';
import { projectRoot } from './provisionVscode.ts';
import { bundledPackages, type ThirdPartyPackage } from './thirdParty.mjs';

/**
 * The software bill of materials (CycloneDX 1.5) of exactly what the package contains: taken from the bundle, because
 * the dependencies that `package.json` lists are neither all nor only what is shipped.
 */
export async function componentList(): Promise<string> {
  const { publisher, name, version } = await readIdentity();
  const packages = await bundledPackages(await readMetafiles());
  const own = `pkg:vscode-extension/${publisher}/${name}@${version}`;
  const integrities = await lockedIntegrities();
  const list = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(Number(await sourceDateEpoch()) * 1000).toISOString(),
      component: { type: 'application', 'bom-ref': own, group: publisher, name, version, purl: own, licenses: mit },
    },
    components: packages
      .filter(({ within }) => within === undefined)
      .map((each) => component(each, packages, integrities.get(each.name))),
    dependencies: [
      { ref: own, dependsOn: packages.filter(({ within }) => within === undefined).map(purl) },
      ...packages.filter(({ within }) => within === undefined).map((each) => ({ ref: purl(each), dependsOn: [] })),
    ],
  };
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** What the last build put into each file. */
export async function readMetafiles(): Promise<Metafile[]> {
  return JSON.parse(await readFile(path.join(projectRoot, 'out/metafiles.json'), 'utf8')) as Metafile[];
}

const mit = [{ license: { id: 'MIT' } }];

function component(
  each: ThirdPartyPackage,
  packages: readonly ThirdPartyPackage[],
  integrity: string | undefined,
): Readonly<Record<string, unknown>> {
  const { name, version, license } = each;
  const parts = packages.filter(({ within }) => within === name);
  return {
    type: 'library',
    'bom-ref': purl(each),
    name,
    ...(version !== undefined && { version, purl: purl(each) }),
    licenses: [{ license: { id: license } }],
    ...(integrity !== undefined && { hashes: [{ alg: 'SHA-512', content: integrity }] }),
    ...(parts.length > 0 && { components: parts.map((part) => component(part, packages, undefined)) }),
  };
}

function purl({ name, version, within }: ThirdPartyPackage): string {
  const encoded = name.replace('@', '%40');
  return version === undefined ? `${within}#${encoded}` : `pkg:npm/${encoded}@${version}`;
}

/** The SHA-512 of each package's archive, in hexadecimal digits, as the lock file has it. */
async function lockedIntegrities(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path.join(projectRoot, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, { integrity?: string }>> };
  return new Map(
    Object.entries(packages).flatMap(([folder, { integrity }]) => {
      const digest = /^sha512-(\S+)$/.exec(integrity ?? '')?.[1];
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(folder)?.[1];
      return digest === undefined || name === undefined
        ? []
        : [[name, Buffer.from(digest, 'base64').toString('hex')] as const];
    }),
  );
}
