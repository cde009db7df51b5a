import { errorMessage } from './errors.ts';
import type { Logger } from './log.ts';

/** Calls listeners where their error must not fail what has succeeded already, such as a sign-in that is being stored. */
export function notifySafely(notify: () => void, logger: Logger): void {
  try {
    notify();
  } catch (error) {
    logger.error(`A listener failed: ${errorMessage(error)}`);
  }
}
