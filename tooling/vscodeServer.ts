import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { provisionVscode, type ProvisionedVscode, type VscodeVersion } from './provisionVscode.ts';

export type Settings = Readonly<Record<string, unknown>>;

export interface VscodeServerOptions {
  /** Default `current`; `oldest` is the VS Code that `engines` allows at least. */
  readonly version?: VscodeVersion;
  /** Origins that VS Code opens without asking; 127.0.0.1 and localhost always are. */
  readonly trustedDomains?: readonly string[];
  /** Environment of the server and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /** Laid over the quiet user settings below. */
  readonly userSettings?: Settings;
  /** Written to `.vscode/settings.json` of the workspace folder. */
  readonly workspaceSettings?: Settings;
  /**
   * Opens a workspace file with these folders, each with its `.vscode/settings.json`, beside the workspace folder. The
   * file has `workspaceSettings`, too.
   */
  readonly folderSettings?: readonly Settings[];
  /** Turns Workspace Trust on: the folder then opens in Restricted Mode. Default off, which trusts everything. */
  readonly workspaceTrust?: boolean;
  /** Lets tests hear the end of a host run, at the price that no notification toast is shown. Default off. */
  readonly smokeDriver?: boolean;
  readonly serverArgs?: readonly string[];
  /** Folders of extensions, ready to run, that are linked as if they were installed. */
  readonly extensions?: readonly string[];
  /** VSIX files to install. */
  readonly vsix?: readonly string[];
  /**
   * What becomes of a link to `http://127.0.0.1:<port>/…`. `direct` (default) opens it as it is. `proxied` is
   * code-server's own way: `/proxy/<port>/…` of the workbench's origin, which also takes an encoded address inside the
   * query apart.
   */
  readonly loopbackLinks?: 'direct' | 'proxied';
  /** Whoever opens the server must name it (`tkn` in the URL); default none, for a server that nobody is told of. */
  readonly connectionToken?: string;
  /** The port to listen on; default a free one. */
  readonly port?: number;
}

export interface VscodeServer {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly port: number;
  readonly dataDir: string;
  /** The user's `settings.json`, which VS Code watches. */
  readonly settingsPath: string;
  readonly workspaceDir: string;
  /** The workspace file, with `folderSettings`. */
  readonly workspaceFile: string | undefined;
  /** What the server wrote to its output so far. */
  output(): string;
  /** Ends the server with its extension hosts and deletes its data. */
  stop(): Promise<void>;
}

/** VS Code's own web server on a free loopback port, with a profile and a workspace folder of its own. */
export async function startVscodeServer(options: VscodeServerOptions = {}): Promise<VscodeServer> {
  const vscode = await provisionVscode({ version: options.version ?? 'current', log: console.log });
  const dataDir = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  try {
    const workspaceDir = path.join(dataDir, 'workspace');
    const settingsPath = path.join(dataDir, 'data/User/settings.json');
    const trust = { 'security.workspace.trust.enabled': options.workspaceTrust === true };
    await writeJson(settingsPath, { ...QUIET_SETTINGS, ...trust, ...options.userSettings });
    await mkdir(workspaceDir);
    await mkdir(path.join(dataDir, 'tmp'));
    if (options.workspaceSettings) {
      await writeJson(path.join(workspaceDir, '.vscode/settings.json'), options.workspaceSettings);
    }
    const workspaceFile = await writeWorkspaceFile(dataDir, options);
    for (const folder of options.extensions ?? []) {
      await linkExtension(folder, path.join(dataDir, 'extensions'));
    }
    for (const file of options.vsix ?? []) {
      await installVsix(vscode, file, dataDir);
    }
    const { child, port, output } = await launch(vscode, dataDir, options);
    const stop = async (): Promise<void> => {
      await endGroup(child);
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    };
    return {
      origin: `http://127.0.0.1:${port}`,
      port,
      dataDir,
      settingsPath,
      workspaceDir,
      workspaceFile,
      output,
      stop,
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** Nothing that calls out, asks, or moves on the screen by itself. */
export const QUIET_SETTINGS: Settings = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  // Looks through all processes of the machine, again and again.
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.titleBarStyle': 'custom',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const START_TIMEOUT_MS = 30_000;
const orphanGuard = fileURLToPath(new URL('orphanGuard.cjs', import.meta.url));

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(value, null, 2));
}

async function writeWorkspaceFile(
  dataDir: string,
  { folderSettings, workspaceSettings }: VscodeServerOptions,
): Promise<string | undefined> {
  if (!folderSettings) {
    return undefined;
  }
  const folders = ['workspace', ...folderSettings.map((_, index) => `folder-${index + 1}`)];
  for (const [index, settings] of folderSettings.entries()) {
    await writeJson(path.join(dataDir, folders[index + 1] ?? '', '.vscode/settings.json'), settings);
  }
  const file = path.join(dataDir, 'test.code-workspace');
  await writeJson(file, { folders: folders.map((folder) => ({ path: folder })), settings: workspaceSettings ?? {} });
  return file;
}

/** A link and not a copy, because the folder may be the project itself with everything that it keeps beside. */
export async function linkExtension(folder: string, target: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`.toLowerCase();
  await mkdir(target, { recursive: true });
  await symlink(path.resolve(folder), path.join(target, name), 'junction');
}

async function installVsix(vscode: ProvisionedVscode, file: string, dataDir: string): Promise<void> {
  const args = ['out/server-main.js', '--accept-server-license-terms', '--server-data-dir', dataDir];
  await promisify(execFile)(vscode.node, [...args, '--install-extension', path.resolve(file)], {
    cwd: vscode.server,
    env: serverEnvironment(),
  });
}

/** Proxies and the variables of a VS Code that may have started the tests would make a run depend on who runs it. */
function serverEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_.*|ELECTRON_.*|NODE_OPTIONS|XDG_RUNTIME_DIR|(https?|all|no)_proxy)$/i;
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}', ...extra };
}

interface LaunchedServer {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
}

async function launch(
  vscode: ProvisionedVscode,
  dataDir: string,
  options: VscodeServerOptions,
): Promise<LaunchedServer> {
  const tokenFile = path.join(dataDir, 'connection-token');
  if (options.connectionToken !== undefined) {
    // In a file, because a command line is there for every user of the machine to read.
    await writeFile(tokenFile, options.connectionToken, { mode: 0o600 });
  }
  const args = [
    ...['--require', orphanGuard, 'out/server-main.js'],
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0), '--server-data-dir', dataDir],
    ...(options.connectionToken === undefined
      ? ['--without-connection-token']
      : ['--connection-token-file', tokenFile]),
    ...['--accept-server-license-terms', '--disable-update-check'],
    ...['--disable-telemetry', '--telemetry-level', 'off', '--disable-experiments'],
    ...['--disable-getting-started-override'],
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(options.smokeDriver ? ['--enable-smoke-test-driver'] : []),
    ...(options.trustedDomains ?? []).flatMap((domain) => ['--link-protection-trusted-domains', domain]),
    ...(options.serverArgs ?? []),
  ];
  const env = serverEnvironment({
    // As if a shell had started it. Otherwise it starts a login shell to read its environment, whatever is in the profile.
    VSCODE_CLI: '1',
    // An empty template is none: the workbench then opens loopback links as they are.
    ...(options.loopbackLinks !== 'proxied' && { VSCODE_PROXY_URI: '' }),
    // Its sockets would otherwise stay behind. Elsewhere the longer path would break the limit on socket names.
    ...(process.platform === 'linux' && { TMPDIR: path.join(dataDir, 'tmp') }),
    ...options.env,
  });
  const child = spawn(vscode.node, args, {
    cwd: vscode.server,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let text = '';
  const output = (): string => text;
  try {
    const port = await new Promise<number>((resolve, reject) => {
      const listen = (chunk: Buffer): void => {
        text += chunk.toString('utf8');
        const found = /listening on (\d+)/.exec(text);
        if (found) {
          resolve(Number(found[1]));
        }
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`The VS Code server ended with code ${code} before it listened:\n${text}`));
      });
      setTimeout(() => {
        reject(new Error(`The VS Code server did not listen within ${START_TIMEOUT_MS} ms:\n${text}`));
      }, START_TIMEOUT_MS).unref();
    });
    return { child, port, output };
  } catch (error) {
    await endGroup(child);
    throw error;
  }
}

/** The extension hosts inherit the server's output, so the whole group ends, or the pipes would stay open. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const group = -child.pid;
  const gone = once(child, 'exit');
  const stubborn = setTimeout(() => process.kill(group, 'SIGKILL'), 5_000);
  process.kill(group, 'SIGTERM');
  await gone;
  clearTimeout(stubborn);
  child.stdout?.destroy();
  child.stderr?.destroy();
}
