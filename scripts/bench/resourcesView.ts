import type { Workbench } from '../../tooling/workbench.ts';
import { openView, setSection, treeItem } from '../../tooling/workbenchDriver.ts';
import { timeBetween } from './explorerView.ts';
import { heading, line, median, summary } from './figures.ts';

const ROUNDS = 12;

/**
 * From the press on the icon to the row of the Resources view, beside a tree whose provider does nothing, in one window and
 * in turns. Needs a session. Then from the press on a row to what is below it, which takes one request.
 */
export async function measureResourcesView(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await openView(page, 'NinjaOne');
  await setSection(page, 'Connections', false);
  await setSection(page, 'API Explorer', false);
  await setSection(page, 'Resources', true);
  await openView(page, 'Explorer');
  const paints = { ours: [] as number[], plain: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const which of ['ours', 'plain'] as const) {
      const painted = timeBetween(page, 'mousedown', VIEWS[which].row);
      await openView(page, VIEWS[which].tab);
      paints[which].push(await painted);
    }
  }
  await openView(page, 'NinjaOne');
  const opened = timeBetween(page, 'mousedown', '[role=treeitem][aria-label^="Organization, "]');
  await treeItem(page, /, 127\.0\.0\.1:\d+$/).click();
  heading(`Resources view, opened ${ROUNDS} times, ms: median (min–max)`);
  line('icon to its row', summary(paints.ours));
  line('  the first time', (paints.ours[0] ?? NaN).toFixed(1));
  line('  a plain tree of 310 rows', summary(paints.plain));
  line('  ratio of medians (goal ≤ 1.5)', (median(paints.ours) / median(paints.plain)).toFixed(2));
  line('row to organizations, one request', (await opened).toFixed(1));
}

const VIEWS = {
  ours: { tab: 'NinjaOne', row: '[role=treeitem][aria-label^="Sandbox native, 127."]' },
  plain: { tab: 'Bench', row: '[role=treeitem][aria-label^="Group 1"]' },
} as const;
