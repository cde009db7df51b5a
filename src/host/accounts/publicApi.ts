import type { Event } from '../../core/base/lifecycle.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { ConnectionInfo, NinjaOneApi } from '../../../ninjaone.d.ts';

/** The API in `getExtension(…).exports` (X1). It returns no tokens and sends no requests. */
export function createPublicApi(tokens: TokenService, onDidChangeConnections: Event<void>): NinjaOneApi {
  return Object.freeze({
    version: 1 as const,
    getConnection: (query: unknown) => connectionInfo(tokens, query),
    onDidChangeConnections: (listener: () => void) =>
      onDidChangeConnections(() => {
        try {
          listener();
        } catch {
          // An error in another extension must not affect ours.
        }
      }),
  });
}

/**
 * Information about the connection of a session. The caller proves that VS Code gave it the session by passing a token
 * of that session. Any other caller gets undefined (X1).
 */
export function connectionInfo(tokens: TokenService, query: unknown): ConnectionInfo | undefined {
  if (typeof query !== 'object' || query === null) {
    return undefined;
  }
  const { id, accessToken } = query as { readonly id?: unknown; readonly accessToken?: unknown };
  const usable = typeof id === 'string' && typeof accessToken === 'string' ? tokens.known(id, accessToken) : undefined;
  if (!usable) {
    return undefined;
  }
  const { connection, session } = usable;
  return {
    instanceUrl: connection.instance.origin,
    apiUrl: endpointsOf(connection.instance.origin).api,
    name: connection.name,
    platform: connection.platform,
    scopes: [...session.scopes],
    expiresAt: session.expiresAt,
  };
}
