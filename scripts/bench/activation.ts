import { statSync } from 'node:fs';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { Workbench } from '../../tooling/workbench.ts';
import { dialogButton } from '../../tooling/workbenchDriver.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { heading, line, median, summary } from './figures.ts';

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

/**
 * Silent `getSession` calls, ours and those of a trivial provider in turns, so that both meet the same noise, and calls of
 * `ninjaone.getConnection`. Signs in first, and leaves the session.
 */
export async function measureCalls(workbench: Workbench): Promise<void> {
  await giveConsent(workbench, { provider: 'ninjaone', account: /Sandbox native/ });
  await giveConsent(workbench, { provider: 'trivial' });
  const { ours, trivial, connection } = await workbench.host.run(timeCalls, CALLS);
  heading(`${CALLS} calls of another extension one after the other with a session, ms a call: median (min–max)`);
  line('silent getSession, ours', summary(ours));
  line('the same, a trivial provider', summary(trivial));
  line('ratio of medians (goal ≤ 1.05)', (median(ours) / median(trivial)).toFixed(3));
  line('ninjaone.getConnection (goal ≤ 2)', summary(connection));
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

async function giveConsent(
  { page, host }: Workbench,
  { provider, account }: { readonly provider: string; readonly account?: RegExp },
): Promise<void> {
  const first = host.run(async (api, id: string) => {
    await api.authentication.getSession(id, ['monitoring'], { createIfNone: true });
  }, provider);
  await dialogButton(page, 'Allow');
  if (account) {
    await Promise.race([first, page.getByRole('option', { name: account }).first().click()]);
  }
  await first;
}

interface CallTimes {
  readonly ours: readonly number[];
  readonly trivial: readonly number[];
  readonly connection: readonly number[];
}

/** Runs in the extension host. */
async function timeCalls(api: typeof vscode, calls: number): Promise<CallTimes> {
  const timed = async <T>(times: number[], call: () => Thenable<T>): Promise<T> => {
    const start = performance.now();
    const result = await call();
    times.push(performance.now() - start);
    return result;
  };
  const ask = (id: string) => () => api.authentication.getSession(id, ['monitoring'], { silent: true });
  const [ours, trivial, connection]: [number[], number[], number[]] = [[], [], []];
  for (let call = 0; call < calls; call += 1) {
    await timed(trivial, ask('trivial'));
    const session = await timed(ours, ask('ninjaone'));
    await timed(connection, () => api.commands.executeCommand('ninjaone.getConnection', session));
  }
  return { ours, trivial, connection };
}
