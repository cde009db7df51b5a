import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Desk } from './useWorkbench.ts';

/** A line above a document, by what it says. */
export function lens(page: Page, title: string | RegExp): Locator {
  return page.locator('.codelens-decoration > *').filter({ hasText: title }).first();
}

/**
 * Presses a line above a document and waits for what it brings. A press on a line that is being drawn again at that moment
 * is lost now and then; a person who sees nothing happen presses once more.
 */
export async function pressLens(
  page: Page,
  title: string | RegExp,
  reaction: Promise<unknown> | Locator,
): Promise<void> {
  const seen = 'waitFor' in reaction ? reaction.waitFor({ timeout: 4 * PATIENCE_MS }) : reaction;
  const reacted = seen.then(() => true);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    // What comes late may lie over the line or take its place, and then there is nothing to press once more.
    const pressed = lens(page, title)
      .click({ timeout: PATIENCE_MS })
      .catch(() => {});
    if (await Promise.race([reacted, pressed.then(() => pause(PATIENCE_MS, false))])) {
      return;
    }
  }
  throw new Error(`Nothing came of three presses on ${title.toString()}.`);
}

/** Long for a press that was lost, because one that is slow on a busy machine must not be made twice. */
const PATIENCE_MS = 10_000;

/** What the editor does later is not told to anybody, so it is looked at again and again. */
export async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error('It did not become so.');
    }
    await pause(50);
  }
}

/** The tab in front, once its name is so. */
export function activeTab(page: Page, name: RegExp): Locator {
  return page.locator('.tab.active').filter({ hasText: name });
}

/**
 * The document that is being edited, as JSON, as soon as it has this text: what stands on the screen reaches the extensions
 * a moment later.
 */
export async function requestOf({ workbench }: Desk, text = ''): Promise<Record<string, unknown>> {
  await workbench.host.run(async (vscode, expected) => {
    while (!vscode.window.activeTextEditor?.document.getText().includes(expected)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, text);
  return JSON.parse(await textOf({ workbench })) as Record<string, unknown>;
}

/** The text that is being edited. */
export async function textOf({ workbench }: Pick<Desk, 'workbench'>): Promise<string> {
  const text = await workbench.host.run((vscode) =>
    Promise.resolve(vscode.window.activeTextEditor?.document.getText()),
  );
  return text ?? '';
}

/** Replaces the whole document at once, as pasting over everything does. */
export async function writeText({ workbench }: Desk, text: string): Promise<void> {
  await workbench.host.run(async (vscode, content) => {
    const editor = vscode.window.activeTextEditor;
    await editor?.edit((edit) => {
      edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), content);
    });
  }, text);
}

/** The extension saves by itself; this waits until it has. */
export async function saved({ page }: Desk): Promise<void> {
  await page.locator('.tab.active:not(.dirty)').waitFor();
}

/** Shows a file of the folder. */
export async function openFile({ workbench }: Desk, file: string): Promise<void> {
  await workbench.host.run(async (vscode, name) => {
    await vscode.window.showTextDocument(vscode.Uri.file(name), { preview: false });
  }, file);
}
