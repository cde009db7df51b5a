import type { ResourceObject } from '../catalog/consoleAddresses.ts';

export interface IdMember {
  /** Names of the members that lead to the value, from the item of a list or else from the response. */
  readonly path: readonly string[];
  /** The value as JSON or as text. */
  readonly value: string;
  /** Path template of the operation that returned it. */
  readonly operation: string;
}

/** The device, organization or ticket that a value of a response identifies; undefined if it is no such ID (E20). */
export function objectOfMember({ path, value, operation }: IdMember): ResourceObject | undefined {
  const name = path.at(-1) ?? '';
  const kind = name === 'id' ? kindOfItem(path.at(-2), operation) : KINDS.get(name);
  return kind !== undefined && /^[1-9]\d*$/.test(value) && !/unmanaged/.test(operation)
    ? { kind, id: value }
    : undefined;
}

function kindOfItem(owner: string | undefined, operation: string): string | undefined {
  return owner === undefined ? ITEMS.find(([pattern]) => pattern.test(operation))?.[1] : OWNERS.get(owner);
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['deviceId', 'device'],
  ['nodeId', 'device'],
  ['organizationId', 'organization'],
  // What NinjaOne calls an organization in tickets.
  ['clientId', 'organization'],
  ['ticketId', 'ticket'],
]);

/** Members that have the object. */
const OWNERS: ReadonlyMap<string, string> = new Map([
  ['device', 'device'],
  ['organization', 'organization'],
]);

/** What the items of a response are. */
const ITEMS: readonly (readonly [RegExp, string])[] = [
  [/^\/v2\/(?:devices|devices-detailed|devices\/search|device\/\{\w+\}|organization\/\{\w+\}\/devices)$/, 'device'],
  [/^\/v2\/(?:organizations|organizations-detailed|organization\/\{\w+\})$/, 'organization'],
  [/^\/v2\/ticketing\/(?:ticket|ticket\/\{\w+\}|trigger\/board\/\{\w+\}\/run)$/, 'ticket'],
];
