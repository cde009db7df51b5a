import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { projectRoot } from './provisionVscode.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Settings } from './vscodeServer.ts';

/** What the host suites find when VS Code starts, whichever VS Code it is. */
export interface HostSurroundings {
  /** Installed beside the extension under test: the example consumer, and the probe that looks on. */
  readonly extensions: readonly string[];
  /** The user's settings: a connection of each platform to a sandbox that allows every sign-in at once. */
  readonly settings: Settings;
  /** Environment of the extension host. */
  readonly env: Readonly<Record<string, string>>;
  /** Command line of VS Code: the log must be free of secrets at its most talkative. */
  readonly args: readonly string[];
  stop(): Promise<void>;
}

export const consumerExtension = path.join(projectRoot, 'examples/consumer');

/** The sandbox runs here and not in the host: it is no part of what is looked at there. */
export async function startHostSurroundings(): Promise<HostSurroundings> {
  const sandbox = await startSandbox({ autoApprove: true });
  return {
    extensions: [consumerExtension, fileURLToPath(new URL('probe', import.meta.url))],
    settings: { 'ninjaone.connections': sandbox.connections },
    env: { HOST_TEST_SANDBOX: sandbox.baseUrl },
    args: ['--log', 'trace'],
    stop: () => sandbox.stop(),
  };
}
