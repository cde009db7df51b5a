import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withTimeout } from '../src/core/base/lifecycle.ts';
import { startChildGroup, type ChildGroup } from './childGroup.ts';
import { startHostAgent, type ExtensionHost } from './hostAgent.ts';
import { linkExtension, QUIET_SETTINGS, type Settings } from './vscodeServer.ts';

/** Set by `npm run test:electron`: the program of a desktop VS Code. */
export const DESKTOP_VARIABLE = 'TEST_DESKTOP_VSCODE';

export interface DesktopWindowsOptions {
  readonly executable: string;
  /** Folders of extensions, ready to run. */
  readonly extensions: readonly string[];
  readonly userSettings: Settings;
  readonly count: number;
}

export interface DesktopWindows {
  /** The extension hosts, in the order in which their windows opened. */
  readonly hosts: readonly ExtensionHost[];
  /** The folder in which each extension has a folder of its own. */
  readonly globalStorage: string;
  stop(): Promise<void>;
}

/**
 * Opens windows of one desktop VS Code, which share a profile, its secrets and its disk. `clockAhead`, a global variable of
 * each extension host, puts its clock forward.
 */
export async function openDesktopWindows(options: DesktopWindowsOptions): Promise<DesktopWindows> {
  const agent = await startHostAgent();
  const profile = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  const processes: ChildGroup[] = [];
  const stop = async (): Promise<void> => {
    agent.dispose();
    await Promise.all(processes.map((each) => each.stop()));
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const user = path.join(profile, 'data/User');
    await mkdir(user, { recursive: true });
    await writeFile(path.join(user, 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...options.userSettings }));
    for (const folder of [...options.extensions, agent.extensionDir]) {
      await linkExtension(folder, path.join(profile, 'extensions'));
    }
    const hosts: ExtensionHost[] = [];
    for (let number = 1; number <= options.count; number++) {
      const folder = path.join(profile, `folder-${number}`);
      await mkdir(folder);
      // The first process is the editor; each later one only asks it to open a window.
      processes.push(
        startChildGroup([options.executable, ...argumentsFor(profile), folder], {
          env: { ...agent.env, TEST_AGENT_CLOCK: '1' },
        }),
      );
      hosts.push(
        await withTimeout(START_TIMEOUT_MS, agent.nextHost(), () => {
          return new Error(`Window ${number} did not start. ${processes.at(-1)?.output() ?? ''}`);
        }),
      );
    }
    return { hosts, globalStorage: path.join(user, 'globalStorage'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const START_TIMEOUT_MS = 60_000;

function argumentsFor(profile: string): readonly string[] {
  return [
    ...['--new-window', '--user-data-dir', path.join(profile, 'data')],
    ...['--extensions-dir', path.join(profile, 'extensions')],
    ...['--disable-workspace-trust', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
    // The tokens stay with the temporary data: no question for a keyring, and nothing is left in it.
    ...(process.platform === 'linux' ? ['--password-store=basic', '--no-sandbox'] : []),
  ];
}
