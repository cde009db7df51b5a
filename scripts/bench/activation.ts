import { statSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { Workbench } from '../../tooling/workbench.ts';
import { dialogButton } from '../../tooling/workbenchDriver.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { heading, line, summary } from './figures.ts';

const WINDOWS = 5;
const CALLS = 200;

const COMPARED = {
  'ninjaone-community.ninjaone-authentication': 'ours',
  'vscode.github-authentication': 'github-authentication',
  'vscode.microsoft-authentication': 'microsoft-authentication',
  'ninjaone-community.bench-empty': 'an empty extension',
} as const;

/** VS Code's own times ("load code" and "call activate" of its performance view), from fresh extension hosts. */
export async function measureActivation(workbench: Workbench): Promise<void> {
  const times = new Map<string, number[]>();
  for (let window = 0; window < WINDOWS; window += 1) {
    if (window > 0) {
      await workbench.reload();
    }
    const table = await workbench.host.run(readActivations, Object.keys(COMPARED));
    for (const row of table.split('\n')) {
      const [, id = '', , load, call] = row.split('|').map((cell) => cell.trim());
      if (id in COMPARED) {
        times.set(id, [...(times.get(id) ?? []), Number(load) + Number(call)]);
      }
    }
  }
  heading(`Activation in ${WINDOWS} fresh extension hosts, ms: load code + call activate, median (min–max)`);
  for (const [id, name] of Object.entries(COMPARED)) {
    line(name, summary(times.get(id) ?? []));
  }
  const bytes = statSync(path.join(projectRoot, 'dist/extension.cjs')).size;
  line('bytes that activation loads', `${bytes} of 80000`);
}

/** Silent `getSession` calls one after the other; signs in first, and leaves the session. */
export async function measureCalls(workbench: Workbench): Promise<void> {
  const ours = await timesOfCalls(workbench, { provider: 'ninjaone', account: /Sandbox native/ });
  const trivial = await timesOfCalls(workbench, { provider: 'trivial' });
  heading(`${CALLS} silent getSession calls one after the other with a session, ms a call: median (min–max)`);
  line('ours', summary(ours));
  line('a trivial provider', summary(trivial));
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
    return ids.every((id) => text.includes(id)) ? text : undefined;
  };
  for (;;) {
    const text = await read();
    if (text !== undefined) {
      return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function timesOfCalls(
  { page, host }: Workbench,
  { provider, account }: { readonly provider: string; readonly account?: RegExp },
): Promise<readonly number[]> {
  const first = host.run(async (api, id: string) => {
    await api.authentication.getSession(id, ['monitoring'], { createIfNone: true });
  }, provider);
  await dialogButton(page, 'Allow');
  if (account) {
    await Promise.race([first, page.getByRole('option', { name: account }).first().click()]);
  }
  await first;
  return host.run(
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
}
