import { chromium, type Browser, type Page } from 'playwright-core';
import { answerSignIn, pageOpenedBy } from '../tooling/pageActions.ts';
import { expectAccountsMenu, openView, screenshot, treeItem, treeItemAction } from '../tooling/workbenchDriver.ts';
import { findBrowser } from '../tooling/browser.ts';

/**
 * Does once what a person would do in the workbench at `url`, in a Chromium of its own: signs in on "Sandbox native"
 * through the sandbox's pages. Answers the label of the account. Rejects when a step fails or `signal` interrupts.
 */
export async function signInOnce(url: string, signal: AbortSignal): Promise<string> {
  const { executablePath, args, env } = await findBrowser();
  const browser = await chromium.launch({
    executablePath,
    env,
    args: [...args, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    // Playwright would end this process on a signal, before the rest is cleaned up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = (): void => void browser.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    signal.throwIfAborted();
    return await signIn(browser, url);
  } finally {
    signal.removeEventListener('abort', close);
    await browser.close();
  }
}

const WORKBENCH_TIMEOUT_MS = 60_000;
const STEP_TIMEOUT_MS = 30_000;

async function signIn(browser: Browser, url: string): Promise<string> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const page = await context.newPage();
  try {
    await page.goto(url);
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: WORKBENCH_TIMEOUT_MS });
    await page.getByText('Get Started with NinjaOne').first().waitFor();
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox native.*signed out/i).waitFor();
    const ninjaOne = await pageOpenedBy(context, () => treeItemAction(page, /Sandbox native/i, 'Sign In'));
    await answerSignIn(ninjaOne);
    await treeItem(page, /Sandbox native.*signed in/i).waitFor();
    return await accountLabel(page);
  } catch (error) {
    await screenshot(page, 'failed-npm-start-smoke').catch(() => {});
    throw error;
  }
}

async function accountLabel(page: Page): Promise<string> {
  const isAccount = (entry: string): boolean => entry.startsWith('Sandbox native');
  const entries = await expectAccountsMenu(page, (each) => each.some(isAccount));
  return entries.find(isAccount)?.replace(/ \(NinjaOne\)$/, '') ?? '';
}
