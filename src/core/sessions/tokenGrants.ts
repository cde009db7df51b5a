import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import type { Connection } from '../connections/connection.ts';
import type { AccountLabels } from './accountLabels.ts';
import { acceptGrant, type Grant } from './acceptGrant.ts';
import { endAccount } from './endAccount.ts';
import { Incidents } from './incidents.ts';
import { RefreshLock, type RefreshLockOptions } from './refreshLock.ts';
import { RenewalFailures, type RenewalFailure } from './renewalFailures.ts';
import type { StoredSession } from './session.ts';
import { TokenPersistence } from './tokenPersistence.ts';
import { RENEWAL_TIMEOUTS, TokenRenewal, type TokenRenewalOptions, type ValidTokenOptions } from './tokenRenewal.ts';
import { SEALED_FOR } from './tokenStates.ts';

export interface TokenGrantsOptions extends Omit<TokenRenewalOptions, 'failures' | 'lock' | 'persistence'> {
  readonly connections: () => readonly Connection[];
  readonly labels: AccountLabels;
  readonly logger: Logger;
  readonly report: (failure: RenewalFailure) => void;
  readonly onChange: () => void;
  /** Folder of the locks and incidents, shared by all windows. */
  readonly directory: string;
  readonly lock?: Omit<RefreshLockOptions, 'directory'>;
}

/** Gets new tokens and stores them. Loaded when the first token is needed that is not stored and valid. */
export class TokenGrants implements Disposable {
  readonly failures: RenewalFailures;
  readonly #options: TokenGrantsOptions;
  readonly #lock: RefreshLock;
  readonly #persistence: TokenPersistence;
  readonly #renewal: TokenRenewal;
  readonly #running = new Set<Promise<StoredSession>>();

  constructor(options: TokenGrantsOptions) {
    this.#options = options;
    this.#lock = new RefreshLock({ ...options, ...options.lock });
    this.failures = new RenewalFailures({ ...options, incidents: new Incidents(options) });
    this.#persistence = new TokenPersistence({
      ...options,
      stateLock: new RefreshLock({ ...options, ...options.lock, ...STATE_LOCK }),
      failures: this.failures,
      arrival: options.sharedSecrets ? (options.timeouts ?? RENEWAL_TIMEOUTS).catchUp / 5 : 0,
      sealedFor: options.sharedSecrets ? SEALED_FOR : 0,
    });
    this.#renewal = new TokenRenewal({
      ...options,
      failures: this.failures,
      lock: this.#lock,
      persistence: this.#persistence,
    });
  }

  /** See `TokenRenewal.getValidToken`. */
  getValidToken(options: ValidTokenOptions): Promise<StoredSession> {
    return this.#track(this.#renewal.getValidToken(options));
  }

  /** See `acceptGrant`. */
  accept(grant: Grant): Promise<StoredSession> {
    const options = {
      ...this.#options,
      failures: this.failures,
      lock: this.#lock,
      persistence: this.#persistence,
    };
    return this.#track(acceptGrant(options, grant));
  }

  /** See `endAccount`. */
  signOut(session: StoredSession): ReturnType<typeof endAccount> {
    return endAccount({ ...this.#options, failures: this.failures }, session);
  }

  /** Resolves when nothing runs any longer. Never rejects. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.allSettled(this.#running);
    }
  }

  isExhausted(session: StoredSession): boolean {
    return this.#renewal.isExhausted(session);
  }

  dispose(): void {
    this.#renewal.dispose();
    this.#persistence.dispose();
  }

  #track(task: Promise<StoredSession>): Promise<StoredSession> {
    this.#running.add(task);
    const done = (): void => void this.#running.delete(task);
    task.then(done, done);
    return task;
  }
}

/** Writing a state takes milliseconds, so a lock that is not released soon belongs to a window that was killed. */
const STATE_LOCK = { timeout: 1000, jitter: 0 };
