import type { Redactor } from '../base/log.ts';
import { ClientSecrets } from './clientSecrets.ts';
import { RefreshLock, type RefreshLockOptions } from './refreshLock.ts';
import type { SecretPort } from './secretStorage.ts';
import { SessionMarkers } from './sessionMarkers.ts';
import { SessionStore } from './sessionStore.ts';
import { TokenService, type TokenServiceOptions } from './tokenService.ts';

export interface SessionsOptions extends Omit<TokenServiceOptions, 'store' | 'markers' | 'lock' | 'clientSecrets'> {
  readonly secrets: SecretPort;
  readonly redactor: Redactor;
  /** Folder of the session markers and locks, shared by all windows. */
  readonly directory: string;
  /** Names the secret storage that the markers describe. */
  readonly secretStoreId: () => string;
  readonly lock?: Omit<RefreshLockOptions, 'directory'>;
}

export interface Sessions {
  readonly store: SessionStore;
  readonly markers: SessionMarkers;
  readonly clientSecrets: ClientSecrets;
  readonly tokens: TokenService;
}

/** Stored sessions and the service that keeps their tokens valid. The caller disposes `store` and `tokens`. */
export function createSessions({
  secrets,
  redactor,
  directory,
  secretStoreId,
  lock,
  ...options
}: SessionsOptions): Sessions {
  const store = new SessionStore({ secrets, logger: options.logger, redactor });
  const markers = new SessionMarkers(directory, secretStoreId);
  const clientSecrets = new ClientSecrets({ secrets, redactor });
  const tokens = new TokenService({
    ...options,
    store,
    markers,
    clientSecrets,
    lock: new RefreshLock({ directory, ...lock }),
  });
  return { store, markers, clientSecrets, tokens };
}
