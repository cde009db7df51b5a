import type { Redactor } from '../base/log.ts';
import { AccountLabels } from './accountLabels.ts';
import { ClientSecrets } from './clientSecrets.ts';
import type { SecretPort } from './secretStorage.ts';
import { SessionStore, type SessionStoreOptions } from './sessionStore.ts';
import type { StorageCheckOptions } from './storageCheck.ts';
import { StorageRecovery, type StorageRecoveryOptions } from './storageRecovery.ts';
import { TokenRequests, type TokenRequestOptions } from './tokenRequests.ts';
import { TokenService, type TokenServiceOptions } from './tokenService.ts';
import { TokenStates } from './tokenStates.ts';

export interface SessionsOptions
  extends
    Omit<TokenRequestOptions, 'clientSecrets'>,
    Pick<TokenServiceOptions, 'directory' | 'lock' | 'onDidChangeConnections' | 'sharedSecrets' | 'timeouts'> {
  readonly secrets: SecretPort;
  readonly redactor: Redactor;
  /** Folder of the memory of account labels, shared by all windows. Reset leaves it (A13, A19). */
  readonly labelDirectory: string;
  /** Identifies the secret storage to which the token states belong. */
  readonly secretStoreId: () => string;
  readonly storage?: Pick<SessionStoreOptions, 'timeout' | 'retries'> & Pick<StorageRecoveryOptions, 'pause'>;
}

export interface Sessions {
  readonly store: SessionStore;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly tokens: TokenService;
  readonly recovery: StorageRecovery;
  readonly storageCheck: StorageCheckOptions;
}

/** Creates the session store and the token service. The caller disposes `store`, `tokens`, and `recovery`. */
export function createSessions(options: SessionsOptions): Sessions {
  const { storage } = options;
  const states = new TokenStates(options);
  const store = new SessionStore({ ...options, ...storage, isEnded: (id) => states.isEnded(id) });
  const recovery = new StorageRecovery({ ...options, ...storage, store });
  const clientSecrets = new ClientSecrets({ ...options, ...storage });
  const requests = new TokenRequests({ ...options, clientSecrets });
  const tokens = new TokenService({
    ...options,
    store,
    states,
    labels: new AccountLabels({ directory: options.labelDirectory, logger: options.logger }),
    clientSecrets,
    requests,
    recover: () => void recovery.run(),
  });
  const storageCheck = { ...options, store, states, clientSecrets };
  return { store, clientSecrets, requests, tokens, recovery, storageCheck };
}
