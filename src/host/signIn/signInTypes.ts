import type { Logger } from '../../core/base/log.ts';
import type { Connection, Scope } from '../../core/connections/connection.ts';
import type { TokenRequests } from '../../core/sessions/tokenRequests.ts';

export interface SignInOptions {
  readonly requests: Pick<TokenRequests, 'context' | 'mint'>;
  /** Rejects as canceled when the user does not trust the host, or answers after `over` was aborted. */
  readonly confirmHost: (connection: Connection, over: AbortSignal) => Promise<void>;
  /** Whether this extension host runs on another machine than the browser. */
  readonly remote: boolean;
  readonly logger: Logger;
}

/** A sign-in in progress, on which commands, views and messages act. */
export interface PendingSignIn {
  readonly connection: Connection;
  readonly scopes: readonly Scope[];
}
