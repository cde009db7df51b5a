import type { BrowserContext, Page, Request } from 'playwright-core';
import { expectToBecome, TIMEOUT } from './eventually.ts';

/**
 * Lets every page of the context close only when it is not about to show another document. Chromium stops answering, the
 * other pages included, when a page is closed while a navigation arrives: 11 of 11 loops over such pages ended so, after 3
 * to 59 rounds. `Page.waitForLoadState` does not help, because it answers for the document that is about to go.
 */
export function closeOnlyArrivedPages(context: BrowserContext): void {
  const navigating = new Map<Page, Request>();
  context.on('request', (request) => {
    const page = pageOf(request);
    if (page) {
      navigating.set(page, request);
    }
  });
  const end = (request: Request): void => {
    for (const [page, last] of navigating) {
      if (last === request) {
        navigating.delete(page);
      }
    }
  };
  context.on('requestfailed', end);
  context.on('requestfinished', end);
  context.on('page', (page) => {
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) {
        navigating.delete(page);
      }
    });
    page.on('close', () => navigating.delete(page));
    const close = page.close.bind(page);
    page.close = async (options) => {
      const timeout = TIMEOUT.attempt;
      // A page whose server never answers is closed all the same.
      await expectToBecome(() => navigating.has(page), false, { timeout }).catch(() => {});
      await page.waitForLoadState('load', { timeout }).catch(() => {});
      await close(options);
    };
  });
}

/** The page whose document the request is for; none for a request of something in the page. */
function pageOf(request: Request): Page | undefined {
  if (!request.isNavigationRequest()) {
    return undefined;
  }
  try {
    const frame = request.frame();
    return frame.parentFrame() ? undefined : frame.page();
  } catch {
    // Playwright does not know the frame yet: the page is only being opened.
    return undefined;
  }
}
