import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { cacheDir, projectRoot, provisionFolder } from './provisionVscode.ts';

export interface FoundBrowser {
  readonly executablePath: string;
  readonly args: readonly string[];
  /** The whole environment to launch the browser with. */
  readonly env: Record<string, string>;
}

/**
 * A Chromium to drive: `CHROME_PATH`, else an installed Chrome, Chromium or Edge, else the one of the npm package
 * `@sparticuz/chromium`, which brings its own libraries and fonts. Rejects with what to do when there is none.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (!(await isExecutable(chosen))) {
      throw new Error(`CHROME_PATH names ${chosen}, which is not an executable file. Correct it or unset it.`);
    }
    return { executablePath: chosen, args: QUIET, env: environment() };
  }
  for (const candidate of candidates()) {
    if (await isExecutable(candidate)) {
      return { executablePath: candidate, args: QUIET, env: environment() };
    }
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chrome, Chromium or Edge was found. Install one or name its executable in CHROME_PATH.');
  }
  return provisionedBrowser();
}

/** No first-run pages, no updates, no calls home, no proxy: the tests speak with loopback only. */
const QUIET: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
  // Containers and hardened kernels refuse the sandbox, and only pages of our own are opened.
  '--no-sandbox',
];

const PATH_NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge-stable'];

const APPLICATIONS: { readonly [platform in NodeJS.Platform]?: readonly string[] } = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

function candidates(): string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const onPath = PATH_NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...(APPLICATIONS[process.platform] ?? [])];
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function environment(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(inherited), ...extra };
}

async function provisionedBrowser(): Promise<FoundBrowser> {
  const dir = path.join(cacheDir, 'chromium');
  const home = path.join(projectRoot, 'node_modules/@sparticuz/chromium');
  const archives = path.join(home, 'bin');
  const manifest = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8')) as { version: string };
  // The package's own code would unpack into the temporary folder that every user of the machine shares.
  await provisionFolder(dir, `@sparticuz/chromium ${manifest.version}`, async (temporary) => {
    const executable = path.join(temporary, 'chromium');
    await Promise.all([
      inflate(path.join(archives, 'chromium.br'), executable),
      unpack(path.join(archives, 'al2023.tar.br'), temporary),
      unpack(path.join(archives, 'fonts.tar.br'), temporary),
    ]);
    await chmod(executable, 0o755);
    await writeFile(path.join(temporary, 'fonts.conf'), fontConfiguration(dir));
  });
  const executablePath = path.join(dir, 'chromium');
  const extra: Record<string, string> = { FONTCONFIG_FILE: path.join(dir, 'fonts.conf') };
  if (await lacksLibraries(executablePath)) {
    extra.LD_LIBRARY_PATH = [path.join(dir, 'lib'), process.env.LD_LIBRARY_PATH ?? []].flat().join(path.delimiter);
  }
  return { executablePath, args: QUIET, env: environment(extra) };
}

async function inflate(archive: string, target: string): Promise<void> {
  await pipeline(createReadStream(archive), createBrotliDecompress({ chunkSize: 2 ** 21 }), createWriteStream(target));
}

async function unpack(archive: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const tar = path.join(target, path.basename(archive, '.br'));
  await inflate(archive, tar);
  await promisify(execFile)('tar', ['-xf', tar, '-C', target]);
  await rm(tar);
}

/** A system without NSS (most servers) gets the package's copy; where the system has it, its own is the better match. */
async function lacksLibraries(executable: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [executable]);
    return stdout.includes('not found');
  } catch {
    return true;
  }
}

/** The package's fonts first, so that screenshots look the same on a machine with many fonts and on one with none. */
function fontConfiguration(dir: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(dir, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(dir, 'font-cache')}</cachedir>
  <alias binding="same"><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
}
