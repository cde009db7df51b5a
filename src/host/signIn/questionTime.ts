import { NinjaOneError, unlessAborted } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { withTimeout } from '../../core/base/lifecycle.ts';

/**
 * The time for all questions of one sign-in together, because VS Code queues every other request of an extension behind
 * the one that asks (A17). It runs only while a question is open.
 */
export class QuestionTime {
  #remaining = QUESTIONS_LIMIT;

  /**
   * Asks the user, and rejects as timed out when the time is up, or when `canceled` is aborted. VS Code cannot close a
   * modal dialog for us, so a later answer must change nothing: see `over`.
   */
  async ask<T>(question: (over: AbortSignal) => Promise<T>, canceled?: AbortSignal): Promise<T> {
    const over = new AbortController();
    const started = performance.now();
    try {
      const answer = canceled ? unlessAborted(canceled, () => question(over.signal)) : question(over.signal);
      return await withTimeout(this.#remaining, answer, questionTimedOut);
    } finally {
      over.abort();
      this.#remaining = Math.max(0, this.#remaining - (performance.now() - started));
    }
  }
}

/** Milliseconds. */
const QUESTIONS_LIMIT = 180_000;

function questionTimedOut(): NinjaOneError {
  return new NinjaOneError({
    code: 'signIn.unanswered',
    intent: 'invalidInput',
    message: l10n.t('The sign-in ended because its questions were not answered within 3 minutes. Start it again.'),
    action: 'signIn',
  });
}
