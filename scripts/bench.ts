import { statSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import { startSandbox } from '../test/sandbox/sandbox.ts';
import { startWorkbench, type Workbench } from '../test/support/workbench.ts';
import { dialogButton } from '../test/support/workbenchDriver.ts';
import { projectRoot } from './provisionVscode.ts';

/**
 * Figures, side by side in one run; nothing passes or fails by them. Activation times are VS Code's own ("load code" and
 * "call activate" of its performance view), from fresh extension hosts.
 */
const WINDOWS = 5;
const CALLS = 200;

const COMPARED = {
  'ninjaone-community.ninjaone-authentication': 'ours',
  'vscode.github-authentication': 'github-authentication',
  'vscode.microsoft-authentication': 'microsoft-authentication',
  'ninjaone-community.bench-empty': 'an empty extension',
} as const;

const sandbox = await startSandbox({ autoApprove: true });
const workbench = await startWorkbench({
  extensions: [
    projectRoot,
    path.join(projectRoot, 'scripts/bench/empty'),
    path.join(projectRoot, 'scripts/bench/trivial'),
  ],
  agent: true,
  userSettings: { 'ninjaone.connections': sandbox.connections.slice(0, 1) },
});
try {
  const activations = await measureActivations(workbench);
  console.log(`\nActivation in ${WINDOWS} fresh extension hosts, ms: load code + call activate, median (min–max)\n`);
  for (const [id, name] of Object.entries(COMPARED)) {
    console.log(`  ${name.padEnd(26)} ${summary(activations.get(id) ?? [])}`);
  }
  const ours = await measureCalls(workbench, { provider: 'ninjaone', account: /Sandbox native/ });
  const trivial = await measureCalls(workbench, { provider: 'trivial' });
  console.log(`\n${CALLS} silent getSession calls one after the other with a session, ms a call\n`);
  console.log(`  ${'ours'.padEnd(26)} ${ours}`);
  console.log(`  ${'a trivial provider'.padEnd(26)} ${trivial}`);
  const bytes = statSync(path.join(projectRoot, 'dist/extension.cjs')).size;
  console.log(`\nBytes loaded at activation: ${bytes} of 80000\n`);
} finally {
  await workbench.stop();
  await sandbox.stop();
}

async function measureActivations(bench: Workbench): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let window = 0; window < WINDOWS; window += 1) {
    if (window > 0) {
      await bench.reload();
    }
    const table = await bench.host.run(readActivations, Object.keys(COMPARED));
    for (const line of table.split('\n')) {
      const [, id = '', , load, call] = line.split('|').map((cell) => cell.trim());
      if (id in COMPARED) {
        times.set(id, [...(times.get(id) ?? []), Number(load) + Number(call)]);
      }
    }
  }
  return times;
}

/** Runs in the extension host: activates what waits for an event, and reads VS Code's own performance view. */
async function readActivations(api: typeof vscode, ids: string[]): Promise<string> {
  for (const id of ids) {
    await api.extensions.getExtension(id)?.activate();
  }
  const read = async (): Promise<string | undefined> => {
    await api.commands.executeCommand('perfview.show');
    const view = api.workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
    const text = view?.getText() ?? '';
    return ids.every((id) => text.includes(`${id} |`) || text.includes(`| ${id}`) || text.includes(id))
      ? text
      : undefined;
  };
  for (;;) {
    const text = await read();
    if (text !== undefined) {
      return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function measureCalls(
  { page, host }: Workbench,
  { provider, account }: { readonly provider: string; readonly account?: RegExp },
): Promise<string> {
  const first = host.run(async (api, id: string) => {
    await api.authentication.getSession(id, ['monitoring'], { createIfNone: true });
  }, provider);
  await dialogButton(page, 'Allow');
  if (account) {
    await Promise.race([first, page.getByRole('option', { name: account }).first().click()]);
  }
  await first;
  const times = await host.run(
    async (api, [id, calls]: readonly [string, number]) => {
      const taken: number[] = [];
      for (let call = 0; call < calls; call += 1) {
        const start = performance.now();
        await api.authentication.getSession(id, ['monitoring'], { silent: true });
        taken.push(performance.now() - start);
      }
      return taken;
    },
    [provider, CALLS] as const,
  );
  return summary(times);
}

function summary(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(1);
  return sorted.length === 0 ? 'not seen' : `${at(0.5)} (${at(0)}–${at(1)})`;
}
