import type { Intent, NinjaOneError } from '../base/errors.ts';
import type { StoredSession } from './session.ts';

/**
 * Remembers which sessions could not be renewed, so that a server in trouble is asked less and less often and people are
 * told once an incident, which lasts from the first failure to the next success (A8).
 */
export class RenewalBackoff {
  readonly #failures = new Map<string, Failure>();

  /** True when the user has not been told of such trouble with this connection yet. */
  note(session: StoredSession, error: NinjaOneError, now: number): boolean {
    const { connectionId } = session;
    const before = this.#failures.get(session.id);
    const attempts = (before?.attempts ?? 0) + 1;
    const told = [...this.#failures.values()].some(
      (failure) => failure.connectionId === connectionId && failure.intents.has(error.intent),
    );
    const intents = new Set(before?.intents).add(error.intent);
    const notBefore = now + (error.retryAfter ?? 0);
    const pause = error.intent === 'transient' || error.intent === 'storage' ? 2 ** attempts * 1000 : LONGEST_PAUSE;
    const retryAt = Math.max(notBefore, now + Math.min(LONGEST_PAUSE, pause));
    this.#failures.set(session.id, { connectionId, error, attempts, intents, notBefore, retryAt });
    return !told;
  }

  /** The failure after which it is too early to try again. By force only a pause that the server asked for counts. */
  pending(id: string, { now, force }: { readonly now: number; readonly force: boolean }): NinjaOneError | undefined {
    const failure = this.#failures.get(id);
    const left = failure ? (force ? failure.notBefore : failure.retryAt) - now : 0;
    // More is left than any pause is long only when the clock was set back.
    return left > 0 && left <= LONGEST_PAUSE ? failure?.error : undefined;
  }

  forget(id: string): void {
    this.#failures.delete(id);
  }

  /** The user has changed something that may have been the reason: it is worth trying again at once. */
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
  /** What the user was told of in this incident. */
  readonly intents: ReadonlySet<Intent>;
  /** The server asked for a pause until then; milliseconds since 1970, as `retryAt`. */
  readonly notBefore: number;
  readonly retryAt: number;
}

const LONGEST_PAUSE = 300_000;
