import type { Locator, Page } from 'playwright-core';
import { eventually, expectToBecome, TIMEOUT } from './eventually.ts';
import { press } from './press.ts';
import { quickInput, runCommand } from './quickInput.ts';

/** `errors`: only those with the sign of an error. */
export type ToastKind = 'all' | 'errors';

/**
 * The message with this text, once it is on the screen. A toast goes by itself after some seconds, and of many at once
 * only three are shown; then the message is looked for in the notification center. Under the smoke test driver there are
 * no toasts.
 */
export async function toast(page: Page, text: string | RegExp): Promise<Locator> {
  const found = page.locator('.notification-list-item').filter({ hasText: text, visible: true }).first();
  const isShown = (timeout: number): Promise<boolean> =>
    found.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
  if (!(await isShown(2 * TIMEOUT.attempt)) && (await isFree(page))) {
    await runCommand(page, 'Notifications: Show Notifications');
  }
  await found.waitFor();
  return found;
}

/** Presses a button of a message, once. */
export async function toastButton(page: Page, text: string | RegExp, button: string): Promise<void> {
  await press((await toast(page, text)).getByRole('button', { name: button, exact: true }));
}

/** The message with this text offers exactly these buttons. */
export async function expectToastButtons(page: Page, text: string | RegExp, labels: readonly string[]): Promise<void> {
  const buttons = (await toast(page, text)).locator('.notification-list-item-buttons-container .monaco-button');
  await expectToBecome<readonly string[]>(() => buttons.allInnerTexts(), labels);
}

/** The texts of the toasts on the screen. */
export function toasts(page: Page, kind: ToastKind = 'all'): Promise<string[]> {
  const shown = page.locator('.notifications-toasts .notification-toast');
  const wanted = kind === 'all' ? shown : shown.filter({ has: page.locator('.codicon-error') });
  return wanted.locator('.notification-list-item-message').allInnerTexts();
}

/** As many toasts are on the screen. */
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

/** Takes every message off the screen and out of the notification center. */
export async function clearNotifications(page: Page): Promise<void> {
  const shown = page.locator('.notification-list-item').filter({ visible: true });
  // What is said while the palette is open, and after the command, is cleared by the next one.
  await eventually(async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    await shown.first().waitFor({ state: 'hidden', timeout: TIMEOUT.attempt });
  });
}

/** Whether the palette may be opened without closing what waits for an answer. */
async function isFree(page: Page): Promise<boolean> {
  return !(await quickInput(page).isVisible()) && !(await page.locator('.monaco-dialog-box').isVisible());
}
