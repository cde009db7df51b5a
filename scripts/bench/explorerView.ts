import type { Page } from 'playwright-core';
import type { Workbench } from '../../tooling/workbench.ts';
import { openView, runCommand, typeInto } from '../../tooling/workbenchDriver.ts';
import { heading, line, summary } from './figures.ts';

const WINDOWS = 5;
const FILTERS = 10;

/**
 * What a person waits for: from the press on the icon to the first rows in a fresh window, and from the letters of a
 * filter to what they leave. Beside it a tree of as many rows whose provider does nothing.
 */
export async function measureExplorerView(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const paints: Record<keyof typeof VIEWS, number[]> = { ours: [], plain: [] };
  for (let window = 0; window < WINDOWS; window += 1) {
    await openView(page, 'Explorer');
    await workbench.reload();
    // Whichever is second finds more of the editor's own code loaded, so they take turns.
    for (const which of window % 2 === 0 ? (['ours', 'plain'] as const) : (['plain', 'ours'] as const)) {
      const { tab, row } = VIEWS[which];
      const painted = timeBetween(page, 'mousedown', `[role=treeitem][aria-label^="${row}"]`);
      await openView(page, tab);
      paints[which].push(await painted);
    }
  }
  await openView(page, VIEWS.ours.tab);
  const filters: number[] = [];
  for (let round = 0; round < FILTERS; round += 1) {
    await runCommand(page, 'NinjaOne: Filter Operations…');
    const filtered = timeBetween(page, 'input', '.pane-body .message', '1 of 310');
    await typeInto(page, 'post script run', { prompt: 'Filter operations' });
    filters.push(await filtered);
    await page.keyboard.press('Escape');
  }
  heading(`API Explorer, ${WINDOWS} fresh windows and ${FILTERS} filters, ms: median (min–max)`);
  line('from the icon to the first rows', summary(paints.ours));
  line('  a plain tree of 310 rows', summary(paints.plain));
  line('from "post script run" to 1 of 310', summary(filters));
}

const VIEWS = {
  ours: { tab: 'NinjaOne', row: 'Devices, ' },
  plain: { tab: 'Bench', row: 'Group 1' },
} as const;

/** Milliseconds in the page's own clock from the next event of this type to the frame that has the element. */
async function timeBetween(page: Page, event: string, selector: string, text = ''): Promise<number> {
  const [type, wanted, part] = [event, selector, text].map((value) => JSON.stringify(value));
  return page.evaluate<number>(`new Promise((resolve) => {
    let started;
    addEventListener(${type}, () => (started = performance.now()), { capture: true, once: true });
    const look = () => {
      const isThere = [...document.querySelectorAll(${wanted})].some((found) => found.textContent.includes(${part}));
      if (started !== undefined && isThere) {
        resolve(performance.now() - started);
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  })`);
}
