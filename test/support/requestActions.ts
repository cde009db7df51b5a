import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import { tryPress } from '../../tooling/press.ts';
import { eventually, TIMEOUT } from '../../tooling/workbenchDriver.ts';
import { nextResponse, runInHost, type WorkbenchFixture } from './useWorkbench.ts';

type Fixture = Pick<WorkbenchFixture, 'workbench'>;

/** A lens above a document, by its text. */
export function lens(page: Page, title: string | RegExp): Locator {
  return page.locator('.codelens-decoration > *').filter({ hasText: title }).first();
}

/**
 * Presses a lens and waits for what it brings. VS Code drops a press on a lens that it is drawing again, so it is pressed
 * once more, but only after nothing came of the first press for a long time: a request must not be sent twice because the
 * machine is slow.
 */
export async function pressLens(
  page: Page,
  title: string | RegExp,
  reaction: Promise<unknown> | Locator,
): Promise<void> {
  const seen = 'waitFor' in reaction ? reaction.waitFor({ timeout: 2 * TIMEOUT.step }) : reaction;
  let hasReacted = false;
  const reacted = seen.then(() => {
    hasReacted = true;
  });
  reacted.catch(() => {});
  await eventually(async () => {
    if (hasReacted) {
      return;
    }
    // The hover of a tab would lie over the lens.
    await page.mouse.move(900, 600);
    // What comes late may lie over the lens or take its place, and then there is nothing to press once more.
    const isPressed = await tryPress(lens(page, title)).catch((error: unknown) => {
      if (!hasReacted) {
        throw error;
      }
      return true;
    });
    assert.ok(isPressed, `A press on the lens ${title.toString()} was lost.`);
    await Promise.race([reacted, pause(TIMEOUT_MS)]);
    assert.ok(hasReacted, `Nothing came of a press on the lens ${title.toString()}.`);
  });
}

const TIMEOUT_MS = 10_000;

/**
 * Presses Send above the document in front, and answers the request of this path as soon as the sandbox has answered
 * it.
 */
export async function pressSend(
  fixture: WorkbenchFixture,
  path: string,
  title: string | RegExp = /^Send to/,
): Promise<SandboxRequest> {
  const answered = nextResponse(fixture, path);
  // Any request shows that the press was seen, also one of the sign-in that comes before the other.
  const reaction = nextResponse(fixture, () => true);
  await pressLens(fixture.page, title, reaction);
  return answered;
}

/** Opens the request document of an operation. */
export async function openOperation(fixture: WorkbenchFixture, operation: string): Promise<void> {
  await runInHost(fixture, 'ninjaone.explorer.open', operation);
  await lens(fixture.page, /^Send/).waitFor();
}

/**
 * The document that is being edited, as JSON, as soon as it has this text: what stands on the screen reaches the extensions
 * a moment later.
 */
export function requestOf(fixture: Fixture, text = ''): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const content = await textOf(fixture);
    assert.ok(content.includes(text), `${JSON.stringify(text)} is not in ${content}`);
    return JSON.parse(content) as Record<string, unknown>;
  });
}

/** The text that is being edited. */
export async function textOf({ workbench }: Fixture): Promise<string> {
  const text = await workbench.host.run((vscode) => vscode.window.activeTextEditor?.document.getText());
  return text ?? '';
}

/** The text that is being edited is JSON with this list; answers the ids of its items. */
export function idsOf(fixture: Fixture): Promise<number[]> {
  return eventually(async () => (JSON.parse(await textOf(fixture)) as { id: number }[]).map(({ id }) => id));
}

/**
 * Replaces the whole document at once, as pasting over everything does. An editor that is just being replaced by another
 * takes no edit, so the text is looked at afterwards.
 */
export async function writeText({ workbench }: Fixture, text: string): Promise<void> {
  await eventually(async () => {
    const written = await workbench.host.run(async (vscode, content) => {
      const editor = vscode.window.activeTextEditor;
      if (editor && editor.document.getText() !== content) {
        await editor.edit((edit) => {
          edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), content);
        });
      }
      return vscode.window.activeTextEditor?.document.getText();
    }, text);
    assert.equal(written, text);
  });
}

/** The extension saves by itself; this waits until the text that is being edited is stored, and answers it. */
export function saved({ workbench }: Fixture): Promise<string> {
  return eventually(async () => {
    const { text, stored } = await workbench.host.run(async (vscode) => {
      const document = vscode.window.activeTextEditor?.document;
      const bytes = document && !document.isDirty ? await vscode.workspace.fs.readFile(document.uri) : undefined;
      return { text: document?.getText(), stored: bytes && new TextDecoder().decode(bytes) };
    });
    assert.ok(text !== undefined && text === stored, `${String(text)} is not what is stored: ${String(stored)}`);
    return text;
  });
}

/** Shows a file of the folder. */
export async function openFile({ workbench }: Fixture, file: string): Promise<void> {
  await workbench.host.run(async (vscode, name) => {
    await vscode.window.showTextDocument(vscode.Uri.file(name), { preview: false });
  }, file);
}

/** Moves the focus to the response that stands beside its request document, as a click into it does. */
export async function focusResponse({ workbench }: Fixture): Promise<void> {
  await eventually(async () => {
    const hasFocus = await workbench.host.run(async (vscode) => {
      for (const { activeTab, viewColumn } of vscode.window.tabGroups.all) {
        const { input } = activeTab ?? {};
        if (input instanceof vscode.TabInputText && input.uri.scheme === 'ninjaone-response') {
          await vscode.window.showTextDocument(input.uri, { viewColumn, preview: false });
          return true;
        }
      }
      return false;
    });
    assert.ok(hasFocus, 'There is no response.');
  });
}

/** Leaves only the response, so that it has the whole width and each lens is its own. */
export async function closeRequest(fixture: Fixture): Promise<void> {
  await focusResponse(fixture);
  await fixture.workbench.host.run(async (vscode) => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(
      tabs.filter(({ input }) => input instanceof vscode.TabInputText && input.uri.path.endsWith('.ninjaone.json')),
    );
  });
}

/** A line of the text that is shown. */
export function editorLine(page: Page, text: RegExp): Locator {
  // The editor writes a blank as a blank that does not break.
  const pattern = new RegExp(text.source.replaceAll(' ', '\\s'));
  return page.locator('.editor-container .view-line').filter({ hasText: pattern }).first();
}

/** Puts the cursor behind a text of the document. */
export async function placeCursor(
  { page, workbench }: Pick<WorkbenchFixture, 'page' | 'workbench'>,
  behind: string,
): Promise<void> {
  await workbench.host.run((vscode, text) => {
    const editor = vscode.window.activeTextEditor;
    if (editor) {
      const place = editor.document.positionAt(editor.document.getText().indexOf(text) + text.length);
      editor.selection = new vscode.Selection(place, place);
    }
  }, behind);
  await page
    .locator('.editor-container .monaco-editor textarea, .editor-container .native-edit-context')
    .first()
    .focus();
}

/** The entry of the list of suggestions; asks for the list until the language server has the schema. */
export async function suggestion(page: Page, label: string | RegExp): Promise<Locator> {
  const row = page.locator('.suggest-widget .monaco-list-row').filter({ hasText: label }).first();
  await eventually(async () => {
    if (!(await row.isVisible())) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Space');
      await row.waitFor({ timeout: TIMEOUT.attempt / 2 });
    }
  });
  return row;
}
