import { plainText } from '../base/errors.ts';
import { asArray, getOwn } from '../base/untrusted.ts';
import type { Parameter, ResourceType } from '../catalog/operation.ts';

/** An object of the instance with the name by which users know it. All texts are plain. */
export interface NamedObject {
  readonly id: string;
  readonly name: string;
  /** The organization and the location that it belongs to. */
  readonly organizationId?: string | undefined;
  readonly locationId?: string | undefined;
  /** What else tells it from others, such as an email address. */
  readonly note?: string | undefined;
}

/** How the names of one type of object are read. */
export interface NameSource {
  /** Key of the operation that lists the objects. */
  readonly list: string;
  /** Key of the operation that returns one of them, by its path parameter `id`. */
  readonly single?: string;
  /** Key of the operation that searches for a text, with the parameters `q` and `limit`. */
  readonly search?: string;
  /** Key of the operation that lists those of one organization, by its path parameter `id`. */
  readonly ofOrganization?: string;
  /** Most objects of one page, for lists with `pageSize` and `after`. */
  readonly pageSize?: number;
  readonly id: 'id' | 'uid';
  /** The first of these that has a text. Several members make one name. */
  readonly names: readonly (readonly string[])[];
  readonly note?: string;
  /** Objects of several customers can have the same name, so a confirmation also names what they belong to. */
  readonly hasOwners?: boolean;
}

const NAME = [['name']] as const;
const PERSON = [['firstName', 'lastName'], ['email']] as const;
const USERS = { list: 'GET /v2/users', names: PERSON, note: 'email' } as const;

const SOURCES: ReadonlyMap<ResourceType, NameSource> = new Map<ResourceType, NameSource>([
  [
    'organization',
    { list: 'GET /v2/organizations', single: 'GET /v2/organization/{id}', pageSize: 1000, id: 'id', names: NAME },
  ],
  [
    'location',
    {
      list: 'GET /v2/locations',
      ofOrganization: 'GET /v2/organization/{id}/locations',
      pageSize: 1000,
      id: 'id',
      names: NAME,
    },
  ],
  [
    'device',
    {
      list: 'GET /v2/devices',
      single: 'GET /v2/device/{id}',
      search: 'GET /v2/devices/search',
      pageSize: 500,
      id: 'id',
      names: [['displayName'], ['systemName'], ['dnsName']],
      hasOwners: true,
    },
  ],
  ['policy', { list: 'GET /v2/policies', id: 'id', names: NAME, note: 'nodeClass' }],
  ['deviceRole', { list: 'GET /v2/noderole/list', id: 'id', names: NAME, note: 'nodeClass' }],
  ['deviceGroup', { list: 'GET /v2/groups', id: 'id', names: NAME }],
  ['user', { ...USERS, id: 'id' }],
  ['userUid', { ...USERS, id: 'uid' }],
  [
    'technician',
    {
      list: 'GET /v2/user/technicians',
      single: 'GET /v2/user/technician/{id}',
      id: 'id',
      names: PERSON,
      note: 'email',
    },
  ],
  [
    'endUser',
    { list: 'GET /v2/user/end-users', single: 'GET /v2/user/end-user/{id}', id: 'id', names: PERSON, note: 'email' },
  ],
  ['userRole', { list: 'GET /v2/user/roles', id: 'id', names: NAME }],
  [
    'ticketForm',
    { list: 'GET /v2/ticketing/ticket-form', single: 'GET /v2/ticketing/ticket-form/{id}', id: 'id', names: NAME },
  ],
  ['script', { list: 'GET /v2/automation/scripts', id: 'id', names: NAME, note: 'language' }],
]);

/** Undefined if objects of this type have no names that can be read. */
export function nameSourceOf(kind: ResourceType | undefined): NameSource | undefined {
  return kind === undefined ? undefined : SOURCES.get(kind);
}

/**
 * The type of the objects whose names can be offered for a parameter. Undefined if the parameter takes something else than
 * the ID in the list, such as the UID of a script.
 */
export function namedKindOf({ kind, type, format }: Parameter): ResourceType | undefined {
  const source = nameSourceOf(kind);
  const isUid = type === 'string' && format === 'uuid';
  return source && (source.id === 'uid' ? isUid : type !== 'boolean' && !isUid && type !== 'string') ? kind : undefined;
}

/** The objects in the response of a list or a search. */
export function readObjects(value: unknown, source: NameSource): NamedObject[] {
  const rows = Array.isArray(value) ? asArray(value) : asArray(getOwn(value, 'devices'));
  return rows.flatMap((row) => {
    const object = readObject(row, source);
    return object && object.name !== '' ? [object] : [];
  });
}

/** The name is empty if the object has none. Undefined if the value has no ID. */
export function readObject(value: unknown, source: NameSource): NamedObject | undefined {
  const id = idAt(value, source.id);
  const name = source.names
    .map((members) => members.flatMap((member) => textAt(value, member) ?? []).join(' '))
    .find((text) => text !== '');
  if (id === undefined) {
    return undefined;
  }
  const note = source.note === undefined ? undefined : textAt(value, source.note);
  return {
    id,
    name: name ?? '',
    organizationId: idAt(value, 'organizationId'),
    locationId: idAt(value, 'locationId'),
    note: note === name ? undefined : note,
  };
}

function textAt(value: unknown, member: string): string | undefined {
  const text = getOwn(value, member);
  const plain = typeof text === 'string' ? (PLAIN.test(text) ? text : plainText(text, 200).trim()) : '';
  return plain === '' ? undefined : plain;
}

/** A fast path for most names, because lists are long. */
const PLAIN = /^[\w.@:+-]{1,60}(?: [\w.@:+-]{1,60}){0,2}$/;

function idAt(value: unknown, member: string): string | undefined {
  const id = getOwn(value, member);
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : undefined;
}
