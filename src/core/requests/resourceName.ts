import type { ApiClient, ApiSession } from '../api/apiClient.ts';
import type { TargetObject } from '../api/requestTargets.ts';
import { getOwn, parseJson } from '../base/untrusted.ts';
import type { ResourceType, Operation } from '../catalog/operation.ts';
import { buildRequest } from './buildRequest.ts';

export interface ResourceNameOptions {
  readonly client: ApiClient;
  readonly operation: (key: string) => Operation | undefined;
  /** One that is there already and may call the operation: nobody signs in for a name. */
  readonly session: (operation: Operation) => ApiSession | undefined;
}

/** The name of a device or an organization, asked with one GET; undefined whatever goes wrong, since the id will do. */
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
    const signal = AbortSignal.timeout(PATIENCE);
    const { failure, body } = await options.client.send(result.request, { session, signal });
    const answer = failure ? undefined : parseJson(new TextDecoder().decode(body));
    return source.fields.map((field) => textAt(answer, field)).find((text) => text !== undefined);
  } catch {
    return undefined;
  }
}

/** Whether objects of this kind have a name that can be asked for. */
export function hasResourceName({ kind }: TargetObject): boolean {
  return kind !== undefined && SOURCES.has(kind);
}

/** Milliseconds that a person waits for a name at most. */
const PATIENCE = 5000;

const SOURCES: ReadonlyMap<ResourceType, { readonly operation: string; readonly fields: readonly string[] }> = new Map([
  ['device', { operation: 'GET /v2/device/{id}', fields: ['displayName', 'systemName'] }],
  ['organization', { operation: 'GET /v2/organization/{id}', fields: ['name'] }],
]);

function textAt(value: unknown, field: string): string | undefined {
  const text = getOwn(value, field);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
