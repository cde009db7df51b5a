import type { Event } from '../../core/base/lifecycle.ts';
import { textAt } from '../../core/base/untrusted.ts';
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
  const id = textAt(query, 'id');
  const accessToken = textAt(query, 'accessToken');
  const usable = id === undefined || accessToken === undefined ? undefined : tokens.known(id, accessToken);
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
