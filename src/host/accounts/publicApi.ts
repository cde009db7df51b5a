import type { Event } from '../../core/base/lifecycle.ts';
import { textAt } from '../../core/base/untrusted.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { Settings } from '../platform/settings.ts';
import type { ConnectionInfo, NinjaOneApi } from '../../../ninjaone.d.ts';

/** Fires when a connection is added, removed or changed; not for a setting that was written without a change (X1). */
export function onConnectionsChange(settings: Pick<Settings, 'connections' | 'onDidChangeConnections'>): Event<void> {
  return (listener) => {
    const present = (): string => JSON.stringify([...settings.connections].sort((a, b) => (a.id < b.id ? -1 : 1)));
    let known = present();
    return settings.onDidChangeConnections(() => {
      const before = known;
      known = present();
      if (known !== before) {
        listener();
      }
    });
  };
}

/** The API in `getExtension(…).exports` (X1). It returns no tokens and sends no requests. */
export function createPublicApi(tokens: TokenService, onDidChangeConnections: Event<void>): NinjaOneApi {
  return Object.freeze<NinjaOneApi>({
    version: 1,
    getConnection: (query: unknown) => connectionInfo(tokens, query),
    onDidChangeConnections: (listener, thisArgs, disposables) => {
      const subscription = onDidChangeConnections(() => {
        try {
          listener.call(thisArgs);
        } catch {
          // An error in another extension must not affect ours.
        }
      });
      disposables?.push(subscription);
      return subscription;
    },
  });
}

/**
 * Information about the connection of a session. The caller proves that VS Code gave it the session by passing a token
 * of that session. Any other caller gets undefined (X1).
 */
export function connectionInfo(tokens: TokenService, query: unknown): ConnectionInfo | undefined {
  const id = textAt(query, 'id');
  const accessToken = textAt(query, 'accessToken');
  const usable = id === undefined || accessToken === undefined ? undefined : tokens.known(id, accessToken);
  if (!usable) {
    return undefined;
  }
  const { connection, session } = usable;
  return {
    id: connection.id,
    instanceUrl: connection.instance.origin,
    apiUrl: endpointsOf(connection.instance.origin).api,
    name: connection.name,
    platform: connection.platform,
    scopes: [...session.scopes],
    expiresAt: session.expiresAt,
  };
}
