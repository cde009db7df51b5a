import type { Intent, NinjaOneError } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { notifySafely } from '../base/notifySafely.ts';
import type { Connection } from '../connections/connection.ts';
import type { Incidents } from './incidents.ts';
import type { StoredSession } from './session.ts';

/** A renewal failure in the background; shown once per incident (A8). */
export interface RenewalFailure {
  readonly session: StoredSession;
  readonly connection: Connection | undefined;
  readonly error: NinjaOneError;
}

export interface RenewalFailuresOptions {
  readonly incidents: Incidents;
  readonly connectionOf: (session: StoredSession) => Connection | undefined;
  readonly report: (failure: RenewalFailure) => void;
  /** Called when `latest` has changed. */
  readonly onChange: () => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Remembers which sessions could not be renewed. Retries in the background become less frequent, and the user is notified
 * once per incident, which lasts from the first failure to the next success (A8).
 */
export class RenewalFailures {
  readonly #options: RenewalFailuresOptions;
  readonly #failures = new Map<string, Failure>();
  /** Sessions of which the user knows that they exist only in this window. */
  readonly #unsaved = new Set<string>();

  constructor(options: RenewalFailuresOptions) {
    this.#options = options;
  }

  /** Notes a failure. The user is not told as long as the token works (A16). */
  add(session: StoredSession, error: NinjaOneError): void {
    const { connectionId } = session;
    const now = this.#options.now();
    const before = this.#failures.get(session.id);
    const attempts = (before?.attempts ?? 0) + 1;
    const told = before?.told ?? new Set();
    const notBefore = now + (error.retryAfter ?? 0);
    const pause = error.intent === 'transient' || error.intent === 'storage' ? 2 ** attempts * 1000 : LONGEST_PAUSE;
    const retryAt = Math.max(notBefore, now + Math.min(LONGEST_PAUSE, pause));
    this.#failures.set(session.id, { connectionId, error, attempts, told, notBefore, retryAt });
    this.#options.logger.warn(`The token of session ${session.id} was not renewed: ${error.code}: ${error.message}`);
    this.#options.onChange();
  }

  /** The last failure of a session of the connection since its last success. */
  latest(connectionId: string): NinjaOneError | undefined {
    return [...this.#failures.values()].findLast((failure) => failure.connectionId === connectionId)?.error;
  }

  /** Reports the last failure, which now keeps somebody from a token, unless a window has reported its kind. */
  async tell(session: StoredSession): Promise<void> {
    const { connectionId } = session;
    const failure = this.#failures.get(session.id);
    const isTold = [...this.#failures.values()].some(
      (each) => failure && each.connectionId === connectionId && each.told.has(failure.error.intent),
    );
    if (!failure || isTold) {
      return;
    }
    failure.told.add(failure.error.intent);
    if (await this.#options.incidents.claim(connectionId, failure.error.intent)) {
      this.#notify(session, failure.error);
    }
  }

  report(session: StoredSession, error: NinjaOneError): void {
    this.#options.logger.warn(`Session ${session.id}: ${error.code}: ${error.message}`);
    this.#notify(session, error);
  }

  /** Reports once that the session exists only in this window. */
  reportUnsaved(session: StoredSession, error: NinjaOneError): void {
    if (!this.#unsaved.has(session.id)) {
      this.#unsaved.add(session.id);
      this.report(session, error);
    }
  }

  forgetUnsaved({ id }: StoredSession): void {
    this.#unsaved.delete(id);
  }

  /**
   * The last failure if it is too early to retry. For a user action, only a pause that the server requested counts,
   */
  pending(id: string, { isUserAction }: { readonly isUserAction: boolean }): NinjaOneError | undefined {
    const failure = this.#failures.get(id);
    const left = failure ? (isUserAction ? failure.notBefore : failure.retryAt) - this.#options.now() : 0;
    // A remaining time longer than any pause means that the clock was set back.
    return left > 0 && left <= LONGEST_PAUSE ? failure?.error : undefined;
  }

  /** Ends the incident after a success, a sign-in, or a sign-out: the next failure is reported and retried immediately. */
  forget({ id, connectionId }: Pick<StoredSession, 'id' | 'connectionId'>): void {
    if (this.#failures.delete(id)) {
      void this.#options.incidents.end(connectionId);
      this.#options.onChange();
    }
  }

  /** After a change of settings that may have caused the failures, retries are allowed immediately. */
  clearFailuresAfterConfigChange(connectionId?: string): void {
    for (const [id, failure] of this.#failures) {
      const concerned = connectionId === undefined || failure.connectionId === connectionId;
      if (concerned && failure.error.intent === 'misconfigured') {
        this.#failures.delete(id);
        this.#options.onChange();
      }
    }
  }

  #notify(session: StoredSession, error: NinjaOneError): void {
    const { logger, connectionOf, report } = this.#options;
    notifySafely(() => report({ session, connection: connectionOf(session), error }), logger);
  }
}

interface Failure {
  readonly connectionId: string;
  readonly error: NinjaOneError;
  readonly attempts: number;
  /** Kinds of failure of which the user was notified in this incident. */
  readonly told: Set<Intent>;
  /** End of a pause that the server requested; milliseconds since 1970, like `retryAt`. */
  readonly notBefore: number;
  readonly retryAt: number;
}

const LONGEST_PAUSE = 300_000;
