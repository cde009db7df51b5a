import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { ExtensionHost } from '../../tooling/hostAgent.ts';
import type { Workbench } from '../../tooling/workbench.ts';
import { runCommand, toast, typeInto } from '../../tooling/workbenchDriver.ts';
import { heading, line } from './figures.ts';

/**
 * What the extension host needs on top of what it had while an answer of 100 MB is fetched and shown, and while it is
 * saved; and beside it what the same bytes cost when a script reads them whole. Expects a session.
 */
export async function measureSaving(workbench: Workbench, sandbox: Sandbox): Promise<void> {
  const { page, host, workspaceDir } = workbench;
  sandbox.misbehave({ api: { kind: 'shape', shape: 'huge' } });
  await watchMemory(host);
  await host.run(async (api) => {
    await api.commands.executeCommand('ninjaone.explorer.run', 'GET /v2/devices');
  });
  const fetched = await memoryOverStart(host);
  await watchMemory(host);
  const file = path.join(workspaceDir, 'huge.json');
  await runCommand(page, 'NinjaOne: Save Response as JSON…');
  // The dialog fills in its proposal once it has looked at the folder.
  await page.waitForFunction(`document.querySelector('.quick-input-widget input')?.value.endsWith('.json')`);
  await typeInto(page, file);
  await page.keyboard.press('Enter');
  await toast(page, /Saved/);
  const saved = await memoryOverStart(host);
  const { size } = await stat(file);

  await watchMemory(host);
  await host.run(
    async (_api, [url, target], require) => {
      const { writeFile } = require('node:fs/promises') as {
        writeFile(file: string, content: Uint8Array): Promise<void>;
      };
      await writeFile(target, Buffer.from(await (await fetch(url)).arrayBuffer()));
    },
    [`${sandbox.baseUrl}/v2/devices`, path.join(workspaceDir, 'whole.json')] as const,
  );
  const whole = await memoryOverStart(host);
  sandbox.reset();
  heading(`Memory of the extension host over what it had, while an answer of ${megabytes(size)} is taken, most`);
  line('ours, fetched and shown (goal ≤ 60 MB)', megabytes(fetched));
  line('ours, saved (goal ≤ 40 MB)', megabytes(saved));
  line('a script that reads and writes it whole', megabytes(whole));
}

/** Bytes that the process holds, looked at every 5 ms from here on. */
function watchMemory(host: ExtensionHost): Promise<void> {
  return host.run(() => {
    const watch = { start: process.memoryUsage().rss, peak: 0, timer: undefined as NodeJS.Timeout | undefined };
    watch.timer = setInterval(() => {
      watch.peak = Math.max(watch.peak, process.memoryUsage().rss);
    }, 5);
    Object.assign(globalThis, { memoryWatch: watch });
  });
}

function memoryOverStart(host: ExtensionHost): Promise<number> {
  return host.run(() => {
    const { memoryWatch } = globalThis as unknown as {
      readonly memoryWatch: { readonly start: number; readonly peak: number; readonly timer: NodeJS.Timeout };
    };
    clearInterval(memoryWatch.timer);
    return memoryWatch.peak - memoryWatch.start;
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
