import type { Locator } from 'playwright-core';
import { eventually, TIMEOUT } from './eventually.ts';

export interface PressOptions {
  readonly button?: 'left' | 'right' | 'middle';
  /** What has the pointer first, because the target appears only then. */
  readonly hover?: Locator;
}

/**
 * Presses an element exactly once. VS Code draws its lists again whenever something changes, and a press on an element
 * that goes away between the pointer's down and up does nothing. So the page is asked whether the element got both, and
 * only a press that was lost is made again.
 */
export async function press(target: Locator, options: PressOptions = {}): Promise<void> {
  await eventually(async () => {
    if (!(await tryPress(target, options))) {
      throw new Error(`A press on ${target.toString()} was lost.`);
    }
  });
}

/** Presses once and tells whether the element got it. Throws when there is nothing to press. */
export async function tryPress(target: Locator, { button = 'left', hover }: PressOptions = {}): Promise<boolean> {
  const timeout = TIMEOUT.attempt;
  await hover?.hover({ timeout });
  const element = await target.elementHandle({ timeout });
  try {
    const heard = await element.evaluateHandle(listen);
    const isPressed = (): Promise<boolean> => heard.evaluate((each) => each.isPressed);
    try {
      await element.click({ button, timeout });
    } catch (error) {
      // The element may be gone because the press did what it should.
      if (!(await isPressed())) {
        throw error;
      }
    }
    return await isPressed();
  } finally {
    await element.dispose();
  }
}

/** Runs in the page; a function of its own in it would need a helper that the page does not have. */
function listen(element: unknown): { isDown: boolean; isPressed: boolean } {
  const heard = { isDown: false, isPressed: false };
  const window = globalThis as unknown as PageWindow;
  for (const type of ['pointerdown', 'pointerup', 'mouseup', 'click', 'auxclick', 'contextmenu']) {
    window.addEventListener(
      type,
      (event) => {
        if (event.composedPath().includes(element)) {
          heard.isPressed ||= heard.isDown;
          heard.isDown ||= type === 'pointerdown';
        }
      },
      { capture: true },
    );
  }
  return heard;
}

/** As much of the page's window as is used; its globals are not those of the tests. */
interface PageWindow {
  addEventListener(
    type: string,
    listener: (event: { composedPath(): readonly unknown[] }) => void,
    options: { readonly capture: true },
  ): void;
}
