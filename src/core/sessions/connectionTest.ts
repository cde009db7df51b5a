import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { Transport } from '../http/transport.ts';
import { failureOf } from '../serverErrors/classifyError.ts';

export interface ConnectionTestOptions {
  readonly connection: Connection;
  /** Of the token. */
  readonly scopes: readonly Scope[];
  readonly accessToken: string;
  readonly transport: Transport;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Sends the cheapest request that verifies a token: it requires `monitoring` but no user (NinjaOne has no "who am I"
 * request). Rejects with a NinjaOneError.
 */
export async function testConnection(options: ConnectionTestOptions): Promise<void> {
  const { connection, scopes, accessToken, transport, timeout } = options;
  if (!scopes.includes('monitoring')) {
    throw new NinjaOneError({
      code: 'connection.nothingToRead',
      intent: 'permission',
      message: l10n.t(
        'You are signed in to "{0}". The connection was not tested, because the test requires the scope monitoring.',
        connection.name,
      ),
      action: 'editConnection',
    });
  }
  const response = await transport({
    url: `${endpointsOf(connection.instance.origin).api}/organizations?pageSize=1`,
    method: 'GET',
    headers: { accept: 'application/json', authorization: `Bearer ${accessToken}` },
    timeout,
    maxBytes: 1_000_000,
  });
  const text = new TextDecoder().decode(response.body);
  if (response.status !== 200 || !isJsonArray(text)) {
    throw failureOf(
      { status: response.status, headers: response.headers, text, secrets: [accessToken] },
      'api',
      connection,
    );
  }
}

function isJsonArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
