import { request } from 'node:http';
import type { LiveSpecSwitches } from '../../../sandbox/liveSpec.ts';
import type { Misbehavior } from '../../../sandbox/misbehavior.ts';
import type { SandboxRequest } from '../../../sandbox/requestLog.ts';

/**
 * The sandbox runs in the launcher, so that only the extension under test loads network code into the host. Its
 * switches are set by plain `node:http`.
 */
export const sandboxUrl = process.env['HOST_TEST_SANDBOX'] ?? '';

export interface SandboxState {
  readonly tokenCalls: Readonly<Record<string, number>>;
  readonly requests: readonly (Omit<SandboxRequest, 'query'> & { readonly query: string })[];
}

export async function sandboxState(): Promise<SandboxState> {
  return JSON.parse(await send('GET', '/sandbox/state')) as SandboxState;
}

/** Turns off all faults and clears the counters. */
export async function resetSandbox(): Promise<void> {
  await send('POST', '/sandbox/reset', {});
}

export async function misbehave(misbehavior: Misbehavior): Promise<void> {
  await send('POST', '/sandbox/misbehave', misbehavior);
}

export async function setLiveSpec(switches: LiveSpecSwitches): Promise<void> {
  await send('POST', '/sandbox/liveSpec', switches);
}

export async function allowRedirectOrigin(address: string): Promise<void> {
  await send('POST', '/sandbox/allowRedirectOrigin', address);
}

function send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(sandboxUrl + path, { method, headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        if ((response.statusCode ?? 0) < 300) {
          resolve(text);
        } else {
          reject(new Error(`The sandbox responded with ${response.statusCode}: ${text}`));
        }
      });
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
