import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { componentList } from './componentList.ts';
import { packVsix, readIdentity, sourceDateEpoch } from './packVsix.ts';
import { projectRoot } from './provisionVscode.ts';

/**
 * Writes the files of a release into `folder`, which is emptied: the VSIX, the list of components, the source maps and
 * the checksums of these. The bundle must be built. Answers their names.
 */
export async function writeReleaseFiles(folder: string): Promise<string[]> {
  const { name, version } = await readIdentity();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await packVsix(path.join(folder, `${name}-${version}.vsix`));
  await writeFile(path.join(folder, `${name}-${version}.cdx.json`), await componentList());
  await writeFile(path.join(folder, `${name}-${version}.maps.tar.gz`), await sourceMapArchive());
  const names = (await readdir(folder)).sort();
  const sums = await Promise.all(names.map(async (file) => `${await sha256(path.join(folder, file))}  ${file}\n`));
  await writeFile(path.join(folder, 'SHA256SUMS'), sums.join(''));
  return [...names, 'SHA256SUMS'];
}

export async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** With them, a stack in a bug report can be read. The same maps give the same bytes. */
async function sourceMapArchive(): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'maps-'));
  try {
    const dist = path.join(projectRoot, 'dist');
    const maps = (await readdir(dist)).filter((file) => file.endsWith('.map')).sort();
    const time = Number(await sourceDateEpoch());
    for (const file of maps) {
      await cp(path.join(dist, file), path.join(folder, file));
      await utimes(path.join(folder, file), time, time);
    }
    const flags = ['--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--mode=0644', '-cf', '-'];
    const options = { cwd: folder, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
    const { stdout } = await promisify(execFile)('tar', [...flags, ...maps], options);
    return gzipSync(stdout, { level: 9 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
