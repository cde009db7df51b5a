import { errorMessage } from '../base/errors.ts';
import { Emitter, type Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { RenewalFailure } from './renewalFailures.ts';
import type { UsableSession, UsableSessionsChange } from './usableSessions.ts';

/** The emitters behind the events of the token service. */
export class TokenEvents implements Disposable {
  readonly change = new Emitter<UsableSessionsChange>();
  readonly signIn = new Emitter<UsableSession>();
  readonly renewalFailure = new Emitter<RenewalFailure>();
  readonly renewalProblem = new Emitter<void>();

  dispose(): void {
    this.renewalFailure.dispose();
    this.renewalProblem.dispose();
    this.change.dispose();
    this.signIn.dispose();
  }
}

/** For a place where an error of a listener must not fail a sign-in or a renewal that has succeeded. */
export function fireSafely<T>(emitter: Emitter<T>, value: T, logger: Logger): void {
  try {
    emitter.fire(value);
  } catch (error) {
    logger.error(`A listener of the sessions failed: ${errorMessage(error)}`);
  }
}
