import { access, constants, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalIfAlive, startChildGroup, type ChildGroup } from './childGroup.ts';
import { projectRoot, welcomeExtension } from './provisionVscode.ts';

export interface DesktopVscode {
  /** Settles when the person has closed VS Code. Rejects when it could not be opened. */
  readonly closed: Promise<void>;
  /** Ends VS Code and deletes its data. */
  readonly stop: () => Promise<void>;
}

/**
 * The command `code` of an installed desktop VS Code, or nothing. In the terminal of a remote window, `code` is
 * another program, which knows neither profiles nor development extensions, so it does not count.
 */
export async function findDesktopVscode(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  if (env.VSCODE_IPC_HOOK_CLI) {
    return undefined;
  }
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  for (const folder of (env.PATH ?? '').split(path.delimiter).filter((each) => path.isAbsolute(each))) {
    const file = path.join(folder, name);
    if (await isProgram(file)) {
      return file;
    }
  }
  return undefined;
}

/** Opens a window with the extension under development, and with a profile that shares nothing with the person's own. */
export async function openDesktopVscode(
  code: string,
  userSettings: Readonly<Record<string, unknown>>,
): Promise<DesktopVscode> {
  const profile = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  const data = path.join(profile, 'data');
  const workspace = path.join(profile, 'workspace');
  await mkdir(path.join(data, 'User'), { recursive: true });
  await mkdir(workspace);
  await writeFile(
    path.join(data, 'User/settings.json'),
    JSON.stringify({ ...PLAIN_SETTINGS, ...userSettings }, null, 2),
  );
  const command = startChildGroup([
    code,
    ...['--wait', '--new-window', '--user-data-dir', data, '--extensions-dir', path.join(profile, 'extensions')],
    `--extensionDevelopmentPath=${projectRoot}`,
    `--extensionDevelopmentPath=${welcomeExtension}`,
    ...['--disable-workspace-trust', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
    // The tokens stay with the temporary data: no question for a keyring, and nothing is left in it.
    ...(process.platform === 'linux' ? ['--password-store=basic'] : []),
    // VS Code refuses to run as root otherwise.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    workspace,
  ]);
  return {
    closed: untilClosed(command, data),
    stop: async () => {
      await endEditor(command, data);
      await command.stop();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const PLAIN_SETTINGS = {
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
};

const LOOK_AGAIN_MS = 200;
const START_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 5_000;

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** `code --wait` also ends when its window is loaded again, so the editor itself decides. */
async function untilClosed(command: ChildGroup, data: string): Promise<void> {
  const exitCode = await command.closed;
  if (exitCode !== 0) {
    throw new Error(
      `The desktop VS Code ended with code ${exitCode}. Run "npm start -- --web" to use your browser instead. ${command.output()}`.trim(),
    );
  }
  const editor = await editorProcess(data);
  while (editor !== undefined && signalIfAlive(editor, 0)) {
    await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}

/** The command `code` starts the editor detached and knows no way to end it; the editor notes its process id itself. */
async function editorProcess(data: string): Promise<number | undefined> {
  const pid = Number(await readFile(path.join(data, 'code.lock'), 'utf8').catch(() => ''));
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

async function endEditor(command: ChildGroup, data: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let editor = await editorProcess(data);
  // An editor that is just starting has not noted its id yet, and would outlive the command.
  while (editor === undefined && command.isRunning() && Date.now() < deadline) {
    await sleep(LOOK_AGAIN_MS);
    editor = await editorProcess(data);
  }
  if (editor === undefined || !signalIfAlive(editor, 'SIGTERM')) {
    return;
  }
  if (!(await isGoneWithin(END_TIMEOUT_MS, editor))) {
    signalIfAlive(editor, 'SIGKILL');
    await isGoneWithin(END_TIMEOUT_MS, editor);
  }
}

async function isGoneWithin(milliseconds: number, pid: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (signalIfAlive(pid, 0)) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return true;
}
