import type { ApiClient, ApiSession } from '../api/apiClient.ts';
import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { parseJson } from '../base/untrusted.ts';
import type { Operation } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';
import { buildRequest } from '../requests/buildRequest.ts';
import type { Scalar } from '../requests/requestDraft.ts';

export interface NameRequestOptions {
  readonly client: ApiClient;
  /** The operation of this key in the catalog of the connection. */
  readonly operation: (key: string, connection: Connection) => Promise<Operation | undefined>;
  /** An existing session that may call the operation. A name is no reason to sign in. */
  readonly session: (operation: Operation, connection: Connection) => ApiSession | undefined;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  /** A person waits for it, so it is sent again when NinjaOne is busy. */
  readonly isFresh: boolean;
}

/**
 * Sends one GET with those values that the operation takes, and returns its JSON. Rejects with a NinjaOneError, also for an
 * error response.
 */
export async function fetchJson(
  key: string,
  values: Readonly<Record<string, Scalar | undefined>>,
  { client, connection, signal, isFresh, ...options }: NameRequestOptions,
): Promise<unknown> {
  const operation = await options.operation(key, connection);
  if (!operation) {
    throw noNames(key);
  }
  const session = options.session(operation, connection);
  if (!session) {
    throw signedOut(connection);
  }
  const placed = (place: 'path' | 'query'): ReadonlyMap<string, Scalar> =>
    new Map(
      operation.parameters.flatMap(({ name, in: location }) => {
        const value = location === place ? values[name] : undefined;
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const draft = { operation: key, path: placed('path'), query: placed('query'), body: undefined };
  const result = buildRequest(draft, { operation, connection: session.connection });
  if (!result.ok) {
    throw noNames(key);
  }
  const { failure, body, size } = await client.send(result.request, { session, signal, once: !isFresh });
  if (failure) {
    throw failure;
  }
  const value = size > body.byteLength ? undefined : parseJson(new TextDecoder().decode(body));
  if (value === undefined) {
    throw noNames(key);
  }
  return value;
}

/** Code of the error for a connection without a session. */
export const SIGNED_OUT = 'names.signedOut';

function signedOut({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: SIGNED_OUT,
    intent: 'permission',
    message: l10n.t({
      message: 'Sign in to {0} to see names here.',
      args: [name],
      comment: '{0} is the name of a connection.',
    }),
  });
}

/** For `what`, such as the key of an operation, there are no names. */
export function noNames(what: string): NinjaOneError {
  return new NinjaOneError({
    code: 'names.notAvailable',
    intent: 'misconfigured',
    message: l10n.t({
      message: 'This instance does not answer {0} with names.',
      args: [what],
      comment: '{0} is method and path of a request, such as GET /v2/devices.',
    }),
  });
}
