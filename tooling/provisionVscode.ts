import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkArchive, checkNodePackage } from './checksums.ts';
import { NATIVE_STAND_INS } from './nativeModuleStubs.ts';

/** Everything that is fetched, by exact version: code-server carries VS Code's own server, node-* the Node that runs it. */
export const PINNED = {
  /** VS Code 1.139. */
  current: { codeServer: '4.139.1', node: '24.21.0' },
  /** VS Code 1.105, the oldest that package.json's `engines` allows. */
  oldest: { codeServer: '4.105.1', node: '22.23.3' },
} as const;

/** Raise this when the recipe below changes, so that what was provisioned before is provisioned again. */
const RECIPE = 5;

/**
 * `tooling/runtime/<version>` has the packages that VS Code's server, extension host and page import at run time, at the
 * versions of VS Code's own lock file, and locks them with their checksums. Terminals also need node-pty, which npm has
 * compiled for Linux only: elsewhere VS Code starts without terminals. Everything else (Copilot, notebooks) would add some
 * 350 MB that no test looks at.
 */
const runtimeFolder = fileURLToPath(new URL('runtime', import.meta.url));

/** Large built-in extensions that no test needs; the authentication extensions stay, the benchmark compares with them. */
const DROPPED_EXTENSIONS = [
  'copilot',
  'mermaid-markdown-features',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
  'node_modules',
];

export type VscodeVersion = keyof typeof PINNED;

export interface ProvisionedVscode {
  readonly dir: string;
  /** The Node executable that runs the server. */
  readonly node: string;
  /** The folder of the server; its entry point is `out/server-main.js`. */
  readonly server: string;
}

export interface ProvisionOptions {
  readonly version?: VscodeVersion;
  readonly log?: (line: string) => void;
}

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** The extension of `npm start` that opens the walkthrough. */
export const welcomeExtension = fileURLToPath(new URL('welcome', import.meta.url));

/** Where downloaded parts are kept; git ignores it, and deleting it is always safe. */
export const cacheDir = path.join(projectRoot, '.vscode-test');

/** Where a version is once it is provisioned. */
export function vscodePaths(version: VscodeVersion): ProvisionedVscode {
  const dir = path.join(cacheDir, version);
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  return { dir, node: path.join(dir, 'node', executable), server: path.join(dir, 'server') };
}

/**
 * A VS Code server and its Node, from the npm registry alone: no compiler, no install scripts, no other download.
 * Does nothing when the pinned versions are already there. Rejects when npm or tar fails.
 */
export async function provisionVscode(options: ProvisionOptions = {}): Promise<ProvisionedVscode> {
  const version = options.version ?? 'current';
  const log = options.log ?? (() => {});
  const result = vscodePaths(version);
  const { dir } = result;
  const { codeServer, node } = PINNED[version];
  const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  checkNodePackage(`${nodePackage}@${node}`);
  await provisionFolder(
    dir,
    `code-server ${codeServer}, ${nodePackage} ${node}, recipe ${RECIPE}`,
    async (temporary) => {
      const started = Date.now();
      log(`Fetching VS Code (code-server ${codeServer}) and Node ${node} from npm…`);
      const server = path.join(temporary, 'server');
      await Promise.all([
        unpackPackage(`code-server@${codeServer}`, 'package/lib/vscode', server, DROPPED_EXTENSIONS),
        unpackPackage(`${nodePackage}@${node}`, 'package/bin', path.join(temporary, 'node')),
      ]);
      await installRuntimePackages(server, path.join(runtimeFolder, version));
      await writeStandIns(server);
      log(`VS Code is ready after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
    },
  );
  return result;
}

/**
 * Fills `dir` by `fill`, unless its stamp says that this was done. The work is done in a temporary folder that is
 * renamed at the end, so that a run that was interrupted, or one at the same time, never leaves half a folder behind.
 */
export async function provisionFolder(
  dir: string,
  wanted: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const isDone = async (): Promise<boolean> =>
    (await readFile(path.join(dir, 'stamp.txt'), 'utf8').catch(() => '')) === wanted;
  if (await isDone()) {
    return;
  }
  const parent = path.dirname(dir);
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const temporary = await mkdtemp(path.join(parent, TEMPORARY_PREFIX));
  try {
    await fill(temporary);
    await writeFile(path.join(temporary, 'stamp.txt'), wanted);
    if (!(await isDone())) {
      await rm(dir, { recursive: true, force: true });
      await rename(temporary, dir).catch(async (error: unknown) => {
        if (!(await isDone())) {
          throw error;
        }
      });
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const TEMPORARY_PREFIX = 'temporary-';
const run = promisify(execFile);

/** Removes what runs that were killed left behind: no provisioning takes an hour. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of (await readdir(parent)).filter((entry) => entry.startsWith(TEMPORARY_PREFIX))) {
    const folder = path.join(parent, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > 3_600_000) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const isWindows = process.platform === 'win32';
  const options = { cwd, maxBuffer: 16 * 1024 * 1024, shell: isWindows };
  return (await run(isWindows ? 'npm.cmd' : 'npm', args, options)).stdout;
}

async function unpackPackage(spec: string, part: string, target: string, excluded: string[] = []): Promise<void> {
  await mkdir(target, { recursive: true });
  const packed = await npm(['pack', '--json', '--prefer-offline', '--pack-destination', '.', spec], target);
  const archive = path.join(target, (JSON.parse(packed) as [{ filename: string }])[0].filename);
  await checkArchive(spec, archive);
  const excludes = excluded.map((name) => `--exclude=${part}/extensions/${name}`);
  const depth = part.split('/').length;
  await run('tar', ['-xzf', archive, '-C', target, `--strip-components=${depth}`, ...excludes, part]);
  await rm(archive);
}

interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

async function installRuntimePackages(server: string, locked: string): Promise<void> {
  await rm(path.join(server, 'npm-shrinkwrap.json'));
  await copyFile(path.join(locked, 'package-lock.json'), path.join(server, 'package-lock.json'));
  const { dependencies, optionalDependencies } = await readManifest(locked);
  const { name, version, type } = await readManifest(server);
  const packages = { dependencies, optionalDependencies };
  const manifest = JSON.stringify({ name, version, type, private: true, ...packages }, null, 2);
  await writeFile(path.join(server, 'package.json'), manifest);
  // The prefix is named because a folder below a project is otherwise at the mercy of what npm takes for the root.
  // These packages run on the Node of VS Code, so that the project's `engine-strict` must not judge them by the
  // installed one.
  const flags = [
    '--omit=dev',
    '--ignore-scripts',
    '--engine-strict=false',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ];
  await npm(['ci', '--loglevel=error', ...flags, '--prefix', server], server);
  await keepOwnRipgrep(path.join(server, 'node_modules/@vscode/ripgrep-universal/bin'));
}

async function readManifest(folder: string): Promise<PackageManifest> {
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

/** The package brings the program for twelve platforms, 56 MB. */
async function keepOwnRipgrep(folder: string): Promise<void> {
  const own = `${process.platform}-${process.arch}`;
  for (const platform of await readdir(folder).catch(() => [])) {
    if (platform !== own) {
      await rm(path.join(folder, platform), { recursive: true, force: true });
    } else if (process.platform !== 'win32') {
      await chmod(path.join(folder, platform, 'rg'), 0o755);
    }
  }
}

async function writeStandIns(server: string): Promise<void> {
  for (const [name, source] of Object.entries(NATIVE_STAND_INS)) {
    const folder = path.join(server, 'node_modules', name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const manifest = { name, version: '0.0.0-stand-in', main: 'index.js', type: 'commonjs' };
    await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
    await writeFile(path.join(folder, 'index.js'), source);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const version: VscodeVersion = process.argv[2] === 'oldest' ? 'oldest' : 'current';
  const { dir } = await provisionVscode({ version, log: console.log });
  console.log(dir);
}
