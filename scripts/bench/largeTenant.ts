import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { serviceToken } from '../../tooling/serviceToken.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import type { FetchAllServer } from './fetchAll.ts';

/** The sandbox with so many devices, in a process of its own, so that client and server do not share a thread. */
export async function startLargeTenant(devices: number): Promise<FetchAllServer & { stop(): Promise<void> }> {
  const server = spawn(
    process.execPath,
    ['--import', 'tsx', 'sandbox/cli.ts', '--port', '0', '--devices', String(devices)],
    { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async (): Promise<void> => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  };
  try {
    const [hello] = (await once(createInterface(server.stdout), 'line')) as [string];
    const baseUrl = /http:\S+/.exec(hello)?.[0] ?? '';
    return { baseUrl, accessToken: await serviceToken(baseUrl), devices, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
