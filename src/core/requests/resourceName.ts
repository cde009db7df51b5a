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
  /** Ends the look-up early. */
  readonly signal: AbortSignal;
}

/** What a user knows an object by. */
export interface NamedResource {
  /** Undefined if it could not be read. */
  readonly name: string | undefined;
  /** The organization and the location of a device, because devices of several customers can have the same name. */
  readonly owners: readonly (TargetObject & { readonly ownerName: string | undefined })[];
}

/** Fetches the names of a device or an organization. Never rejects, because the IDs are enough. */
export async function fetchNamedResource(
  { kind, id }: TargetObject,
  options: ResourceNameOptions,
): Promise<NamedResource> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const source = kind === undefined ? undefined : SOURCES.get(kind);
  const resource = source && (await fetchObject(source.operation, id, { ...options, signal }));
  const name = source?.fields.map((field) => textAt(resource, field)).find((text) => text !== undefined);
  return { name, owners: kind === 'device' ? await ownersOf(resource, { ...options, signal }) : [] };
}

async function ownersOf(device: unknown, options: ResourceNameOptions): Promise<NamedResource['owners']> {
  const [organizationId, locationId] = [idAt(device, 'organizationId'), idAt(device, 'locationId')];
  if (organizationId === undefined) {
    return [];
  }
  const [organization, locations] = await Promise.all([
    fetchObject('GET /v2/organization/{id}', organizationId, options),
    locationId === undefined ? undefined : fetchJson('GET /v2/organization/{id}/locations', organizationId, options),
  ]);
  const location: unknown = Array.isArray(locations)
    ? locations.find((each: unknown) => idAt(each, 'id') === locationId)
    : undefined;
  const owner = (kind: string, id: string, value: unknown): NamedResource['owners'][number] => ({
    ...{ name: kind, kind, id },
    ownerName: textAt(value, 'name'),
  });
  return [
    owner('organization', organizationId, organization),
    ...(locationId === undefined ? [] : [owner('location', locationId, location)]),
  ];
}

/** Undefined if the answer is about another object, because its name would be confirmed in place of the right one. */
async function fetchObject(key: string, id: string, options: ResourceNameOptions): Promise<unknown> {
  const object = await fetchJson(key, id, options);
  return idAt(object, 'id') === id ? object : undefined;
}

/** Sends one GET. Undefined if that fails. */
async function fetchJson(
  key: string,
  id: string,
  { client, signal, ...options }: ResourceNameOptions,
): Promise<unknown> {
  const operation = options.operation(key);
  const session = operation && options.session(operation);
  if (!session) {
    return undefined;
  }
  const draft = { operation: key, path: new Map([['id', id]]), query: new Map(), body: undefined };
  const result = buildRequest(draft, { operation, connection: session.connection });
  if (!result.ok) {
    return undefined;
  }
  try {
    const { failure, body } = await client.send(result.request, { session, signal });
    return failure ? undefined : parseJson(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** Whether the name of objects of this kind can be fetched. */
export function hasResourceName({ kind }: TargetObject): boolean {
  return kind !== undefined && SOURCES.has(kind);
}

/** The user waits for the names. */
const TIMEOUT_MS = 5000;

const SOURCES: ReadonlyMap<ResourceType, { readonly operation: string; readonly fields: readonly string[] }> = new Map([
  ['device', { operation: 'GET /v2/device/{id}', fields: ['displayName', 'systemName'] }],
  ['organization', { operation: 'GET /v2/organization/{id}', fields: ['name'] }],
]);

function textAt(value: unknown, field: string): string | undefined {
  const text = getOwn(value, field);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

function idAt(value: unknown, field: string): string | undefined {
  const id = getOwn(value, field);
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined;
}
