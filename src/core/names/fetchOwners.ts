import type { Connection } from '../connections/connection.ts';
import type { NameDirectory } from './nameDirectory.ts';
import type { NamedObject } from './nameSources.ts';

/**
 * Reads the names of the organizations and locations that objects belong to, with at most two lists. Resolves to whether
 * there are more of them in memory now. Never rejects, because the objects can be told apart by their IDs.
 */
export async function fetchOwners(
  objects: readonly NamedObject[],
  directory: NameDirectory,
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal },
): Promise<boolean> {
  const kinds = [
    ...(objects.some(({ organizationId }) => organizationId !== undefined) ? ['organization'] : []),
    ...(objects.some(({ locationId }) => locationId !== undefined) ? ['location'] : []),
  ].filter((kind) => !directory.known({ kind, connection }));
  const lists = await Promise.allSettled(kinds.map((kind) => directory.list({ kind, connection }, signal)));
  return lists.some(({ status }) => status === 'fulfilled');
}
