import { Emitter, type Disposable } from '../base/lifecycle.ts';
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
