import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './provisionVscode.ts';

export interface ExtensionIdentity {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

const run = promisify(execFile);
const vsce = path.join(projectRoot, 'node_modules/@vscode/vsce/vsce');
const REPOSITORY = 'https://github.com/ninjaone-community/ninjaone-authentication';

export async function readIdentity(): Promise<ExtensionIdentity> {
  return JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')) as ExtensionIdentity;
}

/** An odd minor number is a pre-release, as the Marketplace recommends: its versions have no suffix. */
export function isPreRelease(version: string): boolean {
  return Number(version.split('.')[1]) % 2 === 1;
}

/**
 * Seconds since 1970 that the files of the package get: those of the last commit, so that everybody who builds it gets
 * the same bytes. `SOURCE_DATE_EPOCH` replaces it.
 */
export async function sourceDateEpoch(): Promise<string> {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && given !== '') {
    return given;
  }
  const { stdout } = await run('git', ['log', '-1', '--format=%ct'], { cwd: projectRoot });
  return stdout.trim();
}

/**
 * The files that `.vscodeignore` lets into the package, relative to the project. It is an allow-list of files and of
 * patterns with `*` in their last part, so the folders that it does not name need not be read.
 */
export async function packagedFiles(): Promise<string[]> {
  const lines = (await readFile(path.join(projectRoot, '.vscodeignore'), 'utf8')).split('\n');
  const patterns = lines.flatMap((line) => (line.startsWith('!') ? line.slice(1) : []));
  const files = await Promise.all(
    patterns.map(async (pattern) => {
      const folder = path.posix.dirname(pattern);
      const parts = path.posix
        .basename(pattern)
        .split('*')
        .map((part) => part.replaceAll('.', '\\.'));
      const name = new RegExp(`^${parts.join('.*')}$`);
      const names = (await readdir(path.join(projectRoot, folder))).filter((each) => name.test(each));
      return names.map((each) => path.posix.join(folder, each));
    }),
  );
  return files.flat().sort();
}

/**
 * Packs what `npm run build` made into `target`, and answers what the packer said. The same commit gives the same bytes
 * on every machine: times, modes, order and time zone are fixed. Links of the README lead to the tag of this version.
 */
export async function packVsix(target: string): Promise<string> {
  const { version } = await readIdentity();
  const staging = await mkdtemp(path.join(tmpdir(), 'package-'));
  try {
    for (const file of [...(await packagedFiles()), '.vscodeignore']) {
      await stage(file, staging);
    }
    const args = [
      ...['package', '--no-dependencies', '--out', path.resolve(target)],
      ...['--baseContentUrl', `${REPOSITORY}/blob/v${version}`],
      ...['--baseImagesUrl', `${REPOSITORY}/raw/v${version}`],
      ...(isPreRelease(version) ? ['--pre-release'] : []),
    ];
    const env = { ...process.env, SOURCE_DATE_EPOCH: await sourceDateEpoch(), TZ: 'UTC', LC_ALL: 'C' };
    const { stdout, stderr } = await run(process.execPath, [vsce, ...args], { cwd: staging, env });
    return `${stdout}${stderr}`;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The maps of the bundle are not shipped, so nothing refers to them. */
const SOURCE_MAP_COMMENT = /^\/\/# sourceMappingURL=.*\n?/gm;

async function stage(file: string, staging: string): Promise<void> {
  const source = path.join(projectRoot, file);
  const copy = path.join(staging, file);
  await mkdir(path.dirname(copy), { recursive: true });
  if (file.endsWith('.cjs')) {
    await writeFile(copy, (await readFile(source, 'utf8')).replaceAll(SOURCE_MAP_COMMENT, ''));
  } else {
    await copyFile(source, copy);
  }
  await chmod(copy, 0o644);
}
