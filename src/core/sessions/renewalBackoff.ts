import type { Intent, NinjaOneError } from '../base/errors.ts';
import type { StoredSession } from './session.ts';

/**
 * Remembers which sessions could not be renewed. Retries become less frequent, and the user is notified once per
 * incident, which lasts from the first failure to the next success (A8).
 */
export class RenewalBackoff {
  readonly #failures = new Map<string, Failure>();

  /** True if the user has not been notified of this kind of failure for this connection yet. */
  note(session: StoredSession, error: NinjaOneError, now: number): boolean {
    const { connectionId } = session;
    const before = this.#failures.get(session.id);
    const attempts = (before?.attempts ?? 0) + 1;
    const isNotified = [...this.#failures.values()].some(
      (failure) => failure.connectionId === connectionId && failure.intents.has(error.intent),
    );
    const intents = new Set(before?.intents).add(error.intent);
    const notBefore = now + (error.retryAfter ?? 0);
    const pause = error.intent === 'transient' || error.intent === 'storage' ? 2 ** attempts * 1000 : LONGEST_PAUSE;
    const retryAt = Math.max(notBefore, now + Math.min(LONGEST_PAUSE, pause));
    this.#failures.set(session.id, { connectionId, error, attempts, intents, notBefore, retryAt });
    return !isNotified;
  }

  /** The last failure if it is too early to retry. With `force`, only a pause that the server requested counts. */
  pending(id: string, { now, force }: { readonly now: number; readonly force: boolean }): NinjaOneError | undefined {
    const failure = this.#failures.get(id);
    const left = failure ? (force ? failure.notBefore : failure.retryAt) - now : 0;
    // A remaining time longer than any pause means that the clock was set back.
    return left > 0 && left <= LONGEST_PAUSE ? failure?.error : undefined;
  }

  forget(id: string): void {
    this.#failures.delete(id);
  }

  /** After a change of settings that may have caused the failures, retries are allowed immediately. */
  clearFailuresAfterConfigChange(connectionId?: string): void {
    for (const [id, failure] of this.#failures) {
      const concerned = connectionId === undefined || failure.connectionId === connectionId;
      if (concerned && failure.error.intent === 'misconfigured') {
        this.#failures.delete(id);
      }
    }
  }
}

interface Failure {
  readonly connectionId: string;
  readonly error: NinjaOneError;
  readonly attempts: number;
  /** Failures of which the user was notified in this incident. */
  readonly intents: ReadonlySet<Intent>;
  /** End of a pause that the server requested; milliseconds since 1970, like `retryAt`. */
  readonly notBefore: number;
  readonly retryAt: number;
}

const LONGEST_PAUSE = 300_000;
