import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Workbench } from '../../tooling/workbench.ts';
import { activeTab } from '../../tooling/workbenchDriver.ts';
import { heading, line, median, timed } from './figures.ts';

/**
 * Milliseconds until the first rows of a table of 100,000 rows are seen, beside those until VS Code shows the same JSON
 * as a file. Expects a session.
 */
export async function measureTable({ page, host, workspaceDir }: Workbench, sandbox: Sandbox): Promise<void> {
  const [device] = sandbox.tenant.devices;
  const rows = Array.from({ length: ROWS }, (_, id) => ({ ...device, id, displayName: `N${id}` }));
  sandbox.misbehave({ api: { kind: 'response', status: 200, body: rows, path: '/v2/devices' } });
  const file = path.join(workspaceDir, 'rows.json');
  await writeFile(file, JSON.stringify(rows, undefined, 2));
  const close = async (): Promise<void> => {
    await host.run(async (api) => {
      await api.commands.executeCommand('workbench.action.closeActiveEditor');
    });
  };
  await host.run(async (api) => {
    await api.commands.executeCommand('ninjaone.explorer.run', 'GET /v2/devices');
  });
  const cell = page.frameLocator('iframe.webview').frameLocator('#active-frame').getByText('N0', { exact: true });
  const table = await timed(
    RUNS,
    async () => {
      await host.run(async (api) => {
        await api.commands.executeCommand('ninjaone.response.showTable');
      });
      await cell.waitFor();
    },
    close,
  );
  const opened = await timed(
    RUNS,
    async () => {
      await host.run(
        async (api, [address]) => {
          await api.commands.executeCommand('vscode.open', api.Uri.file(address));
        },
        [file] as const,
      );
      await activeTab(page, 'rows.json').waitFor();
      await page.locator('.editor-instance .view-line').getByText('"displayName": "N0",').waitFor();
    },
    close,
  );
  sandbox.reset();
  heading(`Milliseconds until ${ROWS.toLocaleString('en')} rows are seen`);
  line('our table, its first rows', median(table).toFixed(0));
  line('the same JSON as a file in VS Code', median(opened).toFixed(0));
  line('share (goal ≤ 1.5)', (median(table) / median(opened)).toFixed(2));
}

const ROWS = 100_000;
const RUNS = 5;
