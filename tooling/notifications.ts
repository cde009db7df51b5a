import type { Locator, Page } from 'playwright-core';
import { eventually, expectToBecome, TIMEOUT } from './eventually.ts';
import { press } from './press.ts';
import { quickInput, runCommand } from './quickInput.ts';

/** `errors`: only those with the sign of an error. */
export type ToastKind = 'all' | 'errors';

/**
 * The message with this text, once it is on the screen. VS Code shows no toast of a message that comes too soon after
 * others, and takes each away after some seconds; then the message is looked for in the notification center. Under the
 * smoke test driver there are no toasts.
 */
export async function toast(page: Page, text: string | RegExp): Promise<Locator> {
  const found = shownMessages(page).filter({ hasText: text }).first();
  const started = performance.now();
  let isListed = false;
  await eventually(async () => {
    if (await found.isVisible()) {
      return;
    }
    const waited = performance.now() - started;
    if (
      !isListed &&
      (waited > TIMEOUT.attempt / 2 || (waited > 300 && (await isHeldBack(page)))) &&
      (await isFree(page))
    ) {
      isListed = true;
      await runCommand(page, 'Notifications: Show Notifications');
    }
    throw new Error(
      `No message says ${text.toString()}, only: ${(await shownMessages(page).allInnerTexts()).join(' | ')}`,
    );
  });
  return found;
}

/** There are new messages, and none is on the screen. */
async function isHeldBack(page: Page): Promise<boolean> {
  return (
    (await page.locator('.statusbar-item .codicon-bell-dot').isVisible()) && (await shownMessages(page).count()) === 0
  );
}

/** Presses a button of a message, once. */
export async function toastButton(page: Page, text: string | RegExp, button: string): Promise<void> {
  await press((await toast(page, text)).getByRole('button', { name: button, exact: true }));
}

/**
 * The message with this text offers exactly these buttons. Copy Support IDs does not count, because it is there for every
 * response of the sandbox.
 */
export async function expectToastButtons(page: Page, text: string | RegExp, labels: readonly string[]): Promise<void> {
  const buttons = (await toast(page, text)).locator('.notification-list-item-buttons-container .monaco-button');
  const read = async (): Promise<readonly string[]> =>
    (await buttons.allInnerTexts()).filter((label) => label !== 'Copy Support IDs');
  await expectToBecome<readonly string[]>(read, labels);
}

/** The texts of the messages on the screen. */
export function toasts(page: Page, kind: ToastKind = 'all'): Promise<string[]> {
  const shown = shownMessages(page);
  const wanted = kind === 'all' ? shown : shown.filter({ has: page.locator('.codicon-error') });
  return wanted.locator('.notification-list-item-message').allInnerTexts();
}

/** As many messages are on the screen. */
export async function expectToastCount(page: Page, kind: ToastKind, count: number): Promise<void> {
  await expectToBecome(
    () => toasts(page, kind),
    (texts) => texts.length === count,
  );
}

/** The notification center lists a message with this text, also when its toast is gone. */
export async function expectNotification(page: Page, text: RegExp): Promise<void> {
  const center = page.locator('.notifications-center.visible');
  await runCommand(page, 'Notifications: Show Notifications');
  await center.locator('.notification-list-item-message').filter({ hasText: text }).first().waitFor();
  await runCommand(page, 'Notifications: Hide Notifications');
  await center.waitFor({ state: 'hidden' });
}

/** As toasts or in the notification center, which takes the place of all toasts while it is open. */
function shownMessages(page: Page): Locator {
  return page.locator('.notification-list-item').filter({ visible: true });
}

/** Whether the palette may be opened without closing what waits for an answer. */
async function isFree(page: Page): Promise<boolean> {
  return !(await quickInput(page).isVisible()) && !(await page.locator('.monaco-dialog-box').isVisible());
}
