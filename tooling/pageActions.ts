import type { BrowserContext, Page } from 'playwright-core';

/** The page that the editor opens in the browser while `act` goes on. */
export async function pageOpenedBy(context: BrowserContext, act: () => Promise<unknown>): Promise<Page> {
  const [page] = await Promise.all([context.waitForEvent('page'), act()]);
  return page;
}

/** Answers the pages of NinjaOne: e-mail and password, when they are asked for, then the consent. */
export async function answerSignIn(page: Page, consent: 'Allow' | 'Deny' = 'Allow'): Promise<void> {
  const signIn = page.getByRole('button', { name: 'Sign in' });
  const decide = page.getByRole('button', { name: consent });
  await signIn.or(decide).waitFor();
  if (await signIn.isVisible()) {
    await page.getByLabel('Password').fill('correct horse');
    await signIn.click();
  }
  await decide.click();
}
