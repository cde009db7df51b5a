import { readFile } from 'node:fs/promises';
import type { Frame, Page } from 'playwright-core';

/** A rule of axe that a part of the page breaks, and the elements that do. */
export interface Violation {
  readonly rule: string;
  readonly elements: readonly string[];
}

/** What axe finds in the element of the selector, or in the whole document, with its default rules. */
export async function accessibilityViolations(frame: Frame | Page, selector?: string): Promise<readonly Violation[]> {
  await frame.evaluate(await readFile('node_modules/axe-core/axe.min.js', 'utf8'));
  const place = selector === undefined ? 'document' : JSON.stringify(selector);
  return frame.evaluate<Violation[]>(
    `axe.run(${place}).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ rule: id, elements: nodes.map(({ html }) => html) })))`,
  );
}
