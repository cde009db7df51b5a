import type { Redactor } from '../base/log.ts';
import { ClientSecrets } from './clientSecrets.ts';
import { RefreshLock, type RefreshLockOptions } from './refreshLock.ts';
import type { SecretPort } from './secretStorage.ts';
import { SessionMarkers } from './sessionMarkers.ts';
import { SessionStore, type SessionStoreOptions } from './sessionStore.ts';
import { TokenRequests, type TokenRequestOptions } from './tokenRequests.ts';
import { TokenService, type TokenServiceOptions } from './tokenService.ts';

export interface SessionsOptions
  extends
    Omit<TokenRequestOptions, 'clientSecrets'>,
    Pick<TokenServiceOptions, 'onDidChangeConnections' | 'sharedSecrets' | 'timeouts'> {
  readonly secrets: SecretPort;
  readonly redactor: Redactor;
  /** Folder of the session markers and locks, shared by all windows. */
  readonly directory: string;
  /** Identifies the secret storage to which the markers belong. */
  readonly secretStoreId: () => string;
  readonly lock?: Omit<RefreshLockOptions, 'directory'>;
  readonly storage?: Pick<SessionStoreOptions, 'timeout' | 'retries'>;
}

export interface Sessions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly clientSecrets: ClientSecrets;
  readonly requests: TokenRequests;
  readonly tokens: TokenService;
}

/** Creates the session store and the token service. The caller disposes `store` and `tokens`. */
export function createSessions(options: SessionsOptions): Sessions {
  const { directory, storage } = options;
  const store = new SessionStore({ ...options, ...storage });
  const markers = new SessionMarkers(directory, options.secretStoreId);
  const clientSecrets = new ClientSecrets({ ...options, ...storage });
  const requests = new TokenRequests({ ...options, clientSecrets });
  const lock = new RefreshLock({ directory, ...options.lock });
  const tokens = new TokenService({ ...options, store, markers, clientSecrets, requests, lock });
  return { store, markers, clientSecrets, requests, tokens };
}
