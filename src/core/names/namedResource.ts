import type { TargetObject } from '../api/requestTargets.ts';
import type { Connection } from '../connections/connection.ts';
import type { NameDirectory } from './nameDirectory.ts';
import { nameSourceOf, type NamedObject } from './nameSources.ts';

/** What a user knows an object by. */
export interface NamedResource {
  /** Undefined if it could not be read. */
  readonly name: string | undefined;
  /** The organization and the location of a device, because devices of several customers can have the same name. */
  readonly owners: readonly (TargetObject & { readonly ownerName: string | undefined })[];
}

/**
 * Reads the present name of an object for a confirmation, with one request for each name. Never rejects, because the IDs are
 * enough, and takes at most five seconds, because the user waits.
 */
export async function fetchNamedResource(
  { kind, id }: TargetObject,
  directory: NameDirectory,
  { connection, signal }: { readonly connection: Connection; readonly signal: AbortSignal },
): Promise<NamedResource> {
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]), isFresh: true };
  const find = async (type: string, objectId: string, organizationId?: string): Promise<NamedObject | undefined> => {
    try {
      return await directory.find({ kind: type, connection }, objectId, { ...options, organizationId });
    } catch {
      return undefined;
    }
  };
  const object = kind === undefined ? undefined : await find(kind, id);
  const hasOwners = nameSourceOf(kind)?.hasOwners === true;
  const owners = [
    ['organization', object?.organizationId],
    ['location', object?.locationId],
  ] as const;
  return {
    name: object?.name,
    owners: await Promise.all(
      owners
        .flatMap(([type, ownerId]) =>
          hasOwners && ownerId !== undefined ? [{ name: type, kind: type, id: ownerId }] : [],
        )
        .map(async (owner) => ({
          ...owner,
          ownerName: (await find(owner.kind, owner.id, object?.organizationId))?.name,
        })),
    ),
  };
}

/** Whether the name of objects of this kind can be fetched. */
export function hasResourceName({ kind }: TargetObject): boolean {
  return nameSourceOf(kind) !== undefined;
}

const TIMEOUT_MS = 5000;
