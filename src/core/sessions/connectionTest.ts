import { ApiClient } from '../api/apiClient.ts';
import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { parseJson } from '../base/untrusted.ts';
import type { Operation } from '../catalog/operation.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { Transport } from '../http/transport.ts';
import { toServerError } from '../serverErrors/classifyError.ts';

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
  const client = new ApiClient({
    transport,
    writes: { mayWrite: () => false },
    timeout: () => timeout,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
  const url = `${endpointsOf(connection.instance.origin).api}/organizations?pageSize=1`;
  const session = { connection, scopes, accessToken: () => Promise.resolve(accessToken) };
  const { status, headers, body, failure } = await client.send(
    { connection, operation: LIST_ORGANIZATIONS, url, body: undefined },
    { session, once: true, maxBytes: 1_000_000 },
  );
  if (failure) {
    throw failure;
  }
  const text = new TextDecoder().decode(body);
  if (status !== 200 || !Array.isArray(parseJson(text))) {
    throw toServerError({ status, headers: new Headers(headers), text, secrets: [accessToken] }, 'api', connection);
  }
}

const LIST_ORGANIZATIONS: Operation = {
  key: 'GET /v2/organizations',
  method: 'GET',
  path: '/v2/organizations',
  operationId: 'getOrganizations',
  tag: '',
  title: '',
  parameters: [],
  body: undefined,
  traits: { group: '', riskLevel: 'read', scope: 'monitoring', needsUser: false, paging: undefined, bulk: false },
};
