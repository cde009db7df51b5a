import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually, TIMEOUT } from './eventually.ts';
import { press, tryPress } from './press.ts';
import { projectRoot } from './provisionVscode.ts';

export { eventually, expectToBecome, TIMEOUT } from './eventually.ts';
export { press } from './press.ts';
export * from './notifications.ts';
export * from './quickInput.ts';

export const screenshots = path.join(projectRoot, 'artifacts/screenshots');

/** The modal dialog with this text. */
export function dialog(page: Page, text?: string | RegExp): Locator {
  return page.locator('.monaco-dialog-box').filter(text === undefined ? {} : { hasText: text });
}

/** Presses a button of the modal dialog and answers the text that the dialog had. */
export async function dialogButton(page: Page, button: string, text?: string | RegExp): Promise<string> {
  // By the element and not by its text: the next dialog may come at once.
  const element = await dialog(page, text).elementHandle({ timeout: TIMEOUT.step });
  assert.ok(element);
  const row = await element.waitForSelector('.dialog-message-row');
  const content = await row.innerText();
  await eventually(async () => {
    if (await element.isVisible()) {
      await tryPress(dialog(page, text).getByRole('button', { name: button, exact: true }));
      await element.waitForElementState('hidden', { timeout: TIMEOUT.attempt });
    }
  });
  return content;
}

/** Opens the Accounts menu and answers its entries; `closeMenus` closes it. */
export async function openAccountsMenu(page: Page): Promise<string[]> {
  return eventually(async () => {
    const items = menus(page).first().getByRole('menuitem');
    if (!(await items.first().isVisible())) {
      await tryPress(page.getByRole('button', { name: /^Accounts/ }));
      await items.first().waitFor({ timeout: TIMEOUT.attempt });
    }
    const names = (await items.allInnerTexts()).map((name) => name.trim()).filter((name) => name !== '');
    assert.notDeepEqual(names, []);
    return names;
  });
}

/** Opens the Accounts menu again and again until its entries satisfy `isExpected`; closes it and answers them. */
export async function expectAccountsMenu(
  page: Page,
  isExpected: (entries: readonly string[]) => boolean,
  picture?: string,
): Promise<string[]> {
  return eventually(async () => {
    const entries = await openAccountsMenu(page);
    try {
      assert.ok(isExpected(entries), `The entries ${entries.join(' | ')} do not satisfy ${isExpected.toString()}`);
      if (picture !== undefined) {
        await screenshot(page, picture);
      }
      return entries;
    } finally {
      await closeMenus(page);
    }
  });
}

/** Opens the Accounts menu and chooses an entry, and then one of its submenu, for example `Sign Out`. */
export async function chooseInAccountsMenu(page: Page, entry: string | RegExp, action?: string): Promise<void> {
  await chooseInMenu(page, async () => {
    await openAccountsMenu(page);
    const item = menus(page).first().getByRole('menuitem', { name: entry }).first();
    if (action === undefined) {
      return item;
    }
    const submenuItem = page.locator('.monaco-submenu').getByRole('menuitem', { name: action, exact: true });
    if (!(await submenuItem.isVisible())) {
      await item.click({ timeout: TIMEOUT.attempt });
    }
    return submenuItem;
  });
}

/** The entries of the open menu, without its separators. */
export async function menuEntries(page: Page): Promise<string[]> {
  const entries = menus(page).getByRole('menuitem');
  await entries.first().waitFor();
  return (await entries.allInnerTexts())
    .map((text) => text.trim().replaceAll(/\s+/g, ' '))
    .filter((text) => text !== '');
}

export async function closeMenus(page: Page): Promise<void> {
  await eventually(async () => {
    if (await menus(page).first().isVisible()) {
      await page.keyboard.press('Escape');
      await menus(page)
        .first()
        .waitFor({ state: 'hidden', timeout: TIMEOUT.attempt / 5 });
    }
  });
}

/** Shows the view container of the activity bar with this name. */
export async function openView(page: Page, name: string): Promise<void> {
  const tab = page.locator('.activitybar').getByRole('tab', { name });
  await tab.waitFor();
  await eventually(async () => {
    if ((await tab.getAttribute('aria-selected')) !== 'true') {
      await tryPress(tab);
      assert.equal(await tab.getAttribute('aria-selected'), 'true', `The view ${name} is not shown.`);
    }
  });
}

/** Opens or closes a section of the side bar by its title. */
export async function setSection(page: Page, title: string, isExpanded: boolean): Promise<void> {
  const header = page.getByRole('button', { name: `${title} Section` });
  await eventually(async () => {
    if ((await header.getAttribute('aria-expanded')) !== String(isExpanded)) {
      await tryPress(header);
      assert.equal(await header.getAttribute('aria-expanded'), String(isExpanded));
    }
  });
}

/** The row of a tree by its accessible name. A tree draws only the rows in sight: `revealRow` scrolls to one. */
export function treeItem(page: Page, name: string | RegExp): Locator {
  return page.getByRole('treeitem', { name });
}

/** Waits for a row of a tree with this name, and scrolls the trees when it is out of sight. */
export async function revealRow(page: Page, name: string | RegExp): Promise<Locator> {
  const row = treeItem(page, name).first();
  const isShown = (timeout: number): Promise<boolean> =>
    row.waitFor({ timeout }).then(
      () => isInSight(row),
      () => false,
    );
  await eventually(async () => {
    if (!(await isShown(TIMEOUT.attempt / 2)) && !(await scrollTo(page, row))) {
      throw new Error(`No tree has the row ${String(name)}.`);
    }
  });
  return row;
}

/** No tree has a row with this name. */
export async function expectNoRow(page: Page, name: string | RegExp): Promise<void> {
  await treeItem(page, name).first().waitFor({ state: 'detached' });
}

/** Presses an inline action of a tree row, which appears when the row has the pointer. */
export async function treeItemAction(page: Page, name: string | RegExp, action: string): Promise<void> {
  const row = await revealRow(page, name);
  await press(row.getByRole('button', { name: action }), { hover: row });
}

/** Chooses an entry of the context menu of a tree row. */
export async function treeItemMenu(page: Page, name: string | RegExp, action: string): Promise<void> {
  const row = await revealRow(page, name);
  await chooseInMenu(page, async () => {
    const item = menus(page).getByRole('menuitem', { name: action, exact: true });
    if (!(await item.isVisible())) {
      await closeMenus(page);
      await tryPress(row, { button: 'right' });
    }
    return item;
  });
}

export function statusBarItem(page: Page, name: string | RegExp): Locator {
  return page.locator('.statusbar-item').filter({ hasText: name });
}

/** The line that a view shows above its rows. */
export function viewMessage(page: Page, text: string | RegExp): Locator {
  return page.locator('.tree-explorer-viewlet-tree-view .message').filter({ hasText: text });
}

/** The tab in front, once its name is so. */
export function activeTab(page: Page, name: string | RegExp): Locator {
  return page.locator('.tab.active').filter({ hasText: name });
}

/** Moves the pointer to where nothing is hovered, and waits until no hover lies over anything. */
export async function leaveHover(page: Page): Promise<void> {
  const hover = page.locator('.workbench-hover').first();
  // VS Code misses a move of the pointer that comes while it draws, so it is moved again.
  let offset = 0;
  await eventually(async () => {
    offset = 2 - offset;
    await page.mouse.move(900 + offset, 600 + offset);
    await hover.waitFor({ state: 'hidden', timeout: TIMEOUT.attempt / 5 });
  });
}

/** A picture in `artifacts/screenshots`; answers its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  await mkdir(screenshots, { recursive: true });
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled' });
  return file;
}

/** Closes every menu, pick and dialog that is open, as Escape does. */
export async function dismissPopups(page: Page): Promise<void> {
  const open = page.locator('.quick-input-widget, .monaco-dialog-box, .monaco-menu').filter({ visible: true });
  await eventually(async () => {
    if (await open.first().isVisible()) {
      await page.keyboard.press('Escape');
      await open.first().waitFor({ state: 'hidden', timeout: TIMEOUT.attempt / 5 });
    }
  });
}

function menus(page: Page): Locator {
  return page.locator('.monaco-menu');
}

/**
 * A menu takes no press in the first moments after it opened, so that opening it does not choose. It closes before what was
 * chosen begins: as long as it is open, nothing was.
 */
async function chooseInMenu(page: Page, open: () => Promise<Locator>): Promise<void> {
  let chosen: Locator | undefined;
  await eventually(async () => {
    // Opened again only when nothing was pressed yet, so that nothing is chosen twice.
    if (!chosen || (await menus(page).first().isVisible())) {
      const item = chosen ?? (await open());
      await item.click({ timeout: TIMEOUT.attempt });
      chosen = item;
      await menus(page)
        .first()
        .waitFor({ state: 'hidden', timeout: TIMEOUT.attempt / 10 });
    }
  });
}

/** Scrolls each tree from its top to its end until the row is drawn. */
async function scrollTo(page: Page, row: Locator): Promise<boolean> {
  for (const tree of await page.getByRole('tree').filter({ visible: true }).all()) {
    const box = await tree.boundingBox();
    if (!box) {
      continue;
    }
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -100_000);
    await nextFrame(page);
    for (let before = '', now = await shownRows(tree); now !== before; before = now, now = await shownRows(tree)) {
      if ((await row.isVisible()) && (await isInSight(row))) {
        return true;
      }
      await page.mouse.wheel(0, box.height / 2);
      await nextFrame(page);
    }
    if ((await row.isVisible()) && (await isInSight(row))) {
      return true;
    }
  }
  return false;
}

/** Whether the row is within its list as a whole. The first and the last one that are drawn may be cut off by it. */
export async function isInSight(row: Locator): Promise<boolean> {
  const [own, list] = await Promise.all([
    row.boundingBox(),
    row.locator('xpath=ancestor::*[@role="tree"]').boundingBox(),
  ]);
  return own !== null && list !== null && own.y >= list.y - 1 && own.y + own.height <= list.y + list.height + 1;
}

/** What was scrolled is drawn with the next frame. */
async function nextFrame(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

async function shownRows(tree: Locator): Promise<string> {
  return (await tree.getByRole('treeitem').allInnerTexts()).join('\n');
}
