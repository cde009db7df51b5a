import type { ApiClient, ApiSession } from '../api/apiClient.ts';
import type { TargetObject } from '../api/requestTargets.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import type { ResourceType, Operation } from '../catalog/operation.ts';
import { buildRequest } from './buildRequest.ts';

export interface ResourceNameOptions {
  readonly client: ApiClient;
  readonly operation: (key: string) => Operation | undefined;
  /** An existing session that may call the operation. A name is no reason to sign in. */
  readonly session: (operation: Operation) => ApiSession | undefined;
}

/** Fetches the name of a device or an organization with one GET. Undefined if that fails, because the ID is enough. */
export async function fetchResourceName(
  { kind, id }: TargetObject,
  options: ResourceNameOptions,
): Promise<string | undefined> {
  const source = kind === undefined ? undefined : SOURCES.get(kind);
  const operation = source && options.operation(source.operation);
  const session = operation && options.session(operation);
  if (!session) {
    return undefined;
  }
  const draft = { operation: operation.key, path: new Map([['id', id]]), query: new Map(), body: undefined };
  const result = buildRequest(draft, { operation, connection: session.connection });
  if (!result.ok) {
    return undefined;
  }
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { failure, body } = await options.client.send(result.request, { session, signal });
    const response = failure ? undefined : parseJson(new TextDecoder().decode(body));
    return source.fields.map((field) => textAt(response, field)).find((text) => text !== undefined);
  } catch {
    return undefined;
  }
}

/** Whether the name of objects of this kind can be fetched. */
export function hasResourceName({ kind }: TargetObject): boolean {
  return kind !== undefined && SOURCES.has(kind);
}

/** The user waits for the name. */
const TIMEOUT_MS = 5000;

const SOURCES: ReadonlyMap<ResourceType, { readonly operation: string; readonly fields: readonly string[] }> = new Map([
  ['device', { operation: 'GET /v2/device/{id}', fields: ['displayName', 'systemName'] }],
  ['organization', { operation: 'GET /v2/organization/{id}', fields: ['name'] }],
]);

function textAt(value: unknown, field: string): string | undefined {
  const text = getOwn(value, field);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
