import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { projectRoot } from './provisionVscode.ts';

/** What stands in the open pick or input, so that a step is answered and not the one before it. */
export interface PromptOptions {
  /** Part of the title, the message or the placeholder. */
  readonly prompt?: string;
}

export const screenshots = path.join(projectRoot, 'artifacts/screenshots');

/** Runs a command of the palette by its full title, for example `NinjaOne: Sign In`. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const widget = quickInput(page);
  // A pick that is still closing would swallow the first keys.
  await widget.waitFor({ state: 'hidden' });
  const row = pickRow(page, title);
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F1');
    await inputField(page)
      .fill(`>${title}`, { timeout: 2_000 })
      .catch(() => {});
    const isChosen = await row.click({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (isChosen) {
      return;
    }
    if (attempt === 10) {
      throw new Error(`The palette has no command "${title}".`);
    }
    // The palette lists what was registered when it opened, and closes when something else is shown meanwhile.
    await page.keyboard.press('Escape');
    await widget.waitFor({ state: 'hidden' });
  }
}

/** Picks an entry by its exact label, or by a pattern over the whole row with its description and detail. */
export async function quickPick(page: Page, option: string | RegExp, options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  await pickRow(page, option).click();
}

/** Ticks or unticks entries of a pick that takes several, then accepts it. */
export async function quickPickMany(page: Page, labels: readonly string[], options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  for (const label of labels) {
    await pickRow(page, label).getByRole('checkbox').click();
  }
  await quickInput(page).getByRole('button', { name: 'OK' }).click();
}

/** The labels that the open pick lists; a long list shows only its first part. */
export async function quickPickLabels(page: Page, options: PromptOptions = {}): Promise<string[]> {
  await waitForPrompt(page, options);
  await pickRow(page, /./).first().waitFor();
  return page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
}

/** Types into the open input box, in place of what stands there, and accepts it. */
export async function inputBox(page: Page, text: string, options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  await inputField(page).fill(text);
  await page.keyboard.press('Enter');
}

/** Types into the open pick or input, in place of what stands there, and leaves it open. */
export async function typeInto(page: Page, text: string, options: PromptOptions = {}): Promise<void> {
  await waitForPrompt(page, options);
  await inputField(page).fill(text);
}

/** Types without accepting and answers the message below the input, which is where a problem is shown. */
export async function inputBoxMessage(
  page: Page,
  text: string,
  expected: RegExp,
  options: PromptOptions = {},
): Promise<string> {
  await waitForPrompt(page, options);
  await inputField(page).fill(text);
  const message = page.locator('.quick-input-message').filter({ hasText: expected });
  await message.waitFor();
  return message.innerText();
}

/** Presses one of the buttons of a pick or an input: Back, or one with the icon and tooltip of an extension. */
export async function quickInputButton(page: Page, name: string | RegExp): Promise<void> {
  await quickInput(page).getByRole('button', { name }).click();
}

/** Escape, as a person who changes their mind. */
export async function cancelQuickInput(page: Page): Promise<void> {
  await inputField(page).press('Escape');
  await quickInput(page).waitFor({ state: 'hidden' });
}

/** Presses a button of the modal dialog and answers the text that the dialog had. */
export async function dialogButton(page: Page, button: string, text?: string | RegExp): Promise<string> {
  const dialog = page.locator('.monaco-dialog-box').filter(text === undefined ? {} : { hasText: text });
  await dialog.waitFor();
  const content = await dialog.locator('.dialog-message-row').innerText();
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  return content;
}

/** The toast with this text, once it is on the screen. Under the smoke test driver there are no toasts. */
export async function toast(page: Page, text: string | RegExp): Promise<Locator> {
  const found = page.locator('.notifications-toasts .notification-toast').filter({ hasText: text }).first();
  await found.waitFor();
  return found;
}

export async function toastButton(page: Page, text: string | RegExp, button: string): Promise<void> {
  await (await toast(page, text)).getByRole('button', { name: button, exact: true }).click();
}

/** Every message of the notification center, also those whose toast is gone. */
export async function notifications(page: Page): Promise<string[]> {
  await runCommand(page, 'Notifications: Show Notifications');
  const center = page.locator('.notifications-center.visible');
  await center.waitFor();
  const messages = await center.locator('.notification-list-item-message').allInnerTexts();
  await runCommand(page, 'Notifications: Hide Notifications');
  await center.waitFor({ state: 'hidden' });
  return messages;
}

/** Opens the Accounts menu and answers its entries; Escape closes it. */
export async function openAccountsMenu(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: /^Accounts/ }).click();
  const items = page.locator('.monaco-menu').first().getByRole('menuitem');
  await items.first().waitFor();
  return (await items.allInnerTexts()).map((name) => name.trim());
}

/** Opens the Accounts menu and chooses an entry, and then one of its submenu, for example `Sign Out`. */
export async function chooseInAccountsMenu(page: Page, entry: string | RegExp, action?: string): Promise<void> {
  await openAccountsMenu(page);
  const menu = page.locator('.monaco-menu').first();
  const item = menu.getByRole('menuitem', { name: entry });
  if (action === undefined) {
    await chooseMenuItem(page, item);
  } else {
    const submenuItem = menu.locator('.monaco-submenu').getByRole('menuitem', { name: action, exact: true });
    await item.click();
    await submenuItem.waitFor();
    await chooseMenuItem(page, submenuItem);
  }
}

/** Shows the view container of the activity bar with this name. */
export async function openView(page: Page, name: string): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name });
  await tab.waitFor();
  if ((await tab.getAttribute('aria-selected')) !== 'true') {
    await tab.click();
  }
}

/** The row of a tree by its accessible name. */
export function treeItem(page: Page, name: string | RegExp): Locator {
  return page.getByRole('treeitem', { name });
}

/** Presses an inline action of a tree row, which appears when the row has the pointer. */
export async function treeItemAction(page: Page, name: string | RegExp, action: string): Promise<void> {
  const row = treeItem(page, name);
  await row.hover();
  await row.getByRole('button', { name: action }).click();
}

/** Chooses an entry of the context menu of a tree row. */
export async function treeItemMenu(page: Page, name: string | RegExp, action: string): Promise<void> {
  await treeItem(page, name).click({ button: 'right' });
  await chooseMenuItem(page, page.locator('.monaco-menu').getByRole('menuitem', { name: action, exact: true }));
}

export function statusBarItem(page: Page, name: string | RegExp): Locator {
  return page.locator('.statusbar-item').filter({ hasText: name });
}

/** A picture in `artifacts/screenshots`, numbered in the order of the first time; answers its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(screenshots, { recursive: true });
  const taken = (await readdir(screenshots)).filter((file) => file.endsWith('.png'));
  const again = taken.find((file) => file.replace(/^\d+-/, '') === `${name}.png`);
  const file = path.join(screenshots, again ?? `${String(taken.length + 1).padStart(2, '0')}-${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled' });
  return file;
}

/**
 * To be called in a `describe`: what the windows showed when a test failed is kept beside the other pictures. A pick or
 * dialog that it left open is closed, so that the tests after it fail by themselves only.
 */
export function captureFailures(pages: () => readonly Page[]): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const title = this.currentTest.fullTitle().replace(/\W+/g, '-').slice(0, 80);
      for (const [index, page] of pages().entries()) {
        await screenshot(page, `failed-${title}-${index + 1}`);
        if (await page.locator('.quick-input-widget, .monaco-dialog-box').filter({ visible: true }).count()) {
          await page.keyboard.press('Escape');
        }
      }
    }
  });
}

/** A menu takes no click in the first moments after it opened (so that opening it does not choose), hence the loop. */
async function chooseMenuItem(page: Page, item: Locator): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await item.click();
    try {
      await page.locator('.monaco-menu').first().waitFor({ state: 'hidden', timeout: 500 });
      return;
    } catch (error) {
      if (attempt === 10) {
        throw error;
      }
    }
  }
}

function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget');
}

function inputField(page: Page): Locator {
  return quickInput(page).locator('.quick-input-box input');
}

function pickRow(page: Page, option: string | RegExp): Locator {
  const rows = page.locator('.quick-input-list .monaco-list-row');
  if (typeof option !== 'string') {
    return rows.filter({ hasText: option }).first();
  }
  // By the exact label: "Sign In" is also in "Sign In Again".
  const label = page.locator('.label-name').filter({ hasText: new RegExp(`^\\s*${escapePattern(option)}\\s*$`) });
  return rows.filter({ has: label }).first();
}

async function waitForPrompt(page: Page, { prompt }: PromptOptions): Promise<void> {
  const widget = quickInput(page);
  if (prompt === undefined) {
    await inputField(page).waitFor();
  } else {
    await widget
      .filter({ hasText: prompt })
      .or(widget.filter({ has: page.getByPlaceholder(prompt) }))
      .waitFor();
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The line that a view shows above its rows. */
export function viewMessage(page: Page, text: string | RegExp): Locator {
  return page.locator('.tree-explorer-viewlet-tree-view .message').filter({ hasText: text });
}
