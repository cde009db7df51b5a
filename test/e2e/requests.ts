import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { Desk } from './person.ts';

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
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await lens(page, title).click();
    const seen = 'waitFor' in reaction ? reaction.waitFor({ timeout: PATIENCE_MS }) : within(reaction);
    const reacted = await seen.then(
      () => true,
      () => false,
    );
    if (reacted) {
      return;
    }
  }
  throw new Error(`Nothing came of three presses on ${title.toString()}.`);
}

const PATIENCE_MS = 6_000;

function within(reaction: Promise<unknown>): Promise<unknown> {
  return Promise.race([reaction, pause(PATIENCE_MS).then(() => Promise.reject(new Error('Nothing happened.')))]);
}

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

/** The document that is being edited, as JSON. */
export async function requestOf({ workbench }: Desk): Promise<Record<string, unknown>> {
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
