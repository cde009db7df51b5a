import type { Page } from 'playwright-core';
import type { Workbench } from '../../tooling/workbench.ts';
import { openView, runCommand, typeInto } from '../../tooling/workbenchDriver.ts';
import { heading, line, median, summary } from './figures.ts';

/** Of each kind: opened first in its window, and opened after the other one. */
const WINDOWS = 6;
const FILTERS = 10;

/**
 * What a person waits for: from the press on the icon to the first rows in a fresh window, and from the letters of a
 * filter to what they leave. Beside it a tree of as many rows whose provider does nothing. The view that is opened second
 * in a window finds the editor's own code loaded, so it is compared only with one that was opened second, too.
 */
export async function measureExplorerView(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  const paints = {
    first: { ours: [] as number[], plain: [] as number[] },
    second: { ours: [] as number[], plain: [] as number[] },
  };
  for (let window = 0; window < 2 * WINDOWS; window += 1) {
    await openView(page, 'Explorer');
    await workbench.reload();
    const order = window % 2 === 0 ? (['ours', 'plain'] as const) : (['plain', 'ours'] as const);
    for (const [place, which] of [['first', order[0]] as const, ['second', order[1]] as const]) {
      const { tab, row } = VIEWS[which];
      const painted = timeBetween(page, 'mousedown', `[role=treeitem][aria-label^="${row}"]`);
      await openView(page, tab);
      paints[place][which].push(await painted);
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
  heading(`API Explorer, ${2 * WINDOWS} fresh windows and ${FILTERS} filters, ms: median (min–max)`);
  for (const [place, { ours, plain }] of Object.entries(paints)) {
    line(`icon to first rows, opened ${place}`, summary(ours));
    line('  a plain tree of 310 rows', summary(plain));
    line('  ratio of medians (goal ≤ 1.5)', (median(ours) / median(plain)).toFixed(2));
  }
  line('from "post script run" to 1 of 310', summary(filters));
}

const VIEWS = {
  ours: { tab: 'NinjaOne', row: 'Devices, ' },
  plain: { tab: 'Bench', row: 'Group 1' },
} as const;

/** Milliseconds in the page's own clock from the next event of this type to the frame that has the element. */
export async function timeBetween(page: Page, event: string, selector: string, text = ''): Promise<number> {
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
