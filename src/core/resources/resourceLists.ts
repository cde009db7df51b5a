import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asRecord, getOwn } from '../base/untrusted.ts';
import type { ResourceObject } from '../catalog/consoleAddresses.ts';
import type { Operation } from '../catalog/operation.ts';
import type { RequestDraft } from '../requests/requestDraft.ts';

/** A member of an item that a row shows beside the name. */
export interface ResourceFact {
  readonly member: string;
  /** A time is in seconds since 1970, a size in bytes; `online` is the opposite of its value. */
  readonly type: 'text' | 'time' | 'size' | 'online';
}

/** One kind of list in the Resources view (E17). */
export interface ResourceList {
  readonly operation: string;
  /** The kind of its objects in the overlay; undefined if no operation takes one. */
  readonly kind: 'organization' | 'location' | 'device' | 'alert' | undefined;
  /** The member with the ID. */
  readonly id: string;
  /** Members with a name, the best one first. */
  readonly names: readonly string[];
  readonly facts: readonly ResourceFact[];
}

export type ResourceListName = 'organizations' | 'locations' | 'devices' | DeviceListName;

/** The lists below a device, in the order of their rows. */
export const DEVICE_LISTS = [
  'alerts',
  'activities',
  'software',
  'osPatches',
  'softwarePatches',
  'disks',
  'volumes',
  'services',
  'jobs',
] as const;
export type DeviceListName = (typeof DEVICE_LISTS)[number];

export const DEVICE_LIST_NAMES: { readonly [N in DeviceListName]: LocalizableMessage } = {
  alerts: l10n.t({ message: 'Alerts', comment: 'A list of a device in the Resources view.' }),
  activities: l10n.t({ message: 'Activities', comment: 'A list of a device in the Resources view.' }),
  software: l10n.t({ message: 'Software', comment: 'A list of a device in the Resources view.' }),
  osPatches: l10n.t({ message: 'OS Patches', comment: 'A list of a device in the Resources view.' }),
  softwarePatches: l10n.t({ message: 'Software Patches', comment: 'A list of a device in the Resources view.' }),
  disks: l10n.t({ message: 'Disks', comment: 'A list of a device in the Resources view.' }),
  volumes: l10n.t({ message: 'Volumes', comment: 'A list of a device in the Resources view.' }),
  services: l10n.t({ message: 'Windows Services', comment: 'A list of a device in the Resources view.' }),
  jobs: l10n.t({ message: 'Jobs', comment: 'A list of a device in the Resources view.' }),
};

const text = (...members: readonly string[]): ResourceFact[] => members.map((member) => ({ member, type: 'text' }));
const time = (member: string): ResourceFact => ({ member, type: 'time' });
const size = (member: string): ResourceFact => ({ member, type: 'size' });

export const RESOURCE_LISTS: { readonly [N in ResourceListName]: ResourceList } = {
  organizations: {
    operation: 'GET /v2/organizations',
    ...{ kind: 'organization', id: 'id', names: ['name'], facts: text('description') },
  },
  locations: {
    operation: 'GET /v2/organization/{id}/locations',
    ...{ kind: 'location', id: 'id', names: ['name'], facts: text('address', 'description') },
  },
  devices: {
    // There is no list of the devices of a location, but this filter.
    operation: 'GET /v2/devices',
    ...{ kind: 'device', id: 'id', names: ['displayName', 'systemName', 'dnsName', 'netbiosName'] },
    facts: [{ member: 'offline', type: 'online' }, ...text('nodeClass'), time('lastContact')],
  },
  alerts: {
    operation: 'GET /v2/device/{id}/alerts',
    ...{ kind: 'alert', id: 'uid', names: ['message', 'subject', 'conditionName'] },
    facts: [...text('severity', 'priority'), time('createTime')],
  },
  activities: {
    operation: 'GET /v2/device/{id}/activities',
    ...{ kind: undefined, id: 'id', names: ['message', 'status', 'statusCode'] },
    facts: [time('activityTime'), ...text('activityType', 'status', 'severity')],
  },
  software: {
    operation: 'GET /v2/device/{id}/software',
    ...{ kind: undefined, id: 'productCode', names: ['name'], facts: text('version', 'publisher', 'installDate') },
  },
  osPatches: {
    operation: 'GET /v2/device/{id}/os-patches',
    ...{
      kind: undefined,
      id: 'id',
      names: ['name', 'kbNumber'],
      facts: text('status', 'severity', 'type', 'kbNumber'),
    },
  },
  softwarePatches: {
    operation: 'GET /v2/device/{id}/software-patches',
    ...{ kind: undefined, id: 'id', names: ['title', 'name'], facts: text('status', 'impact', 'type') },
  },
  disks: {
    operation: 'GET /v2/device/{id}/disks',
    ...{ kind: undefined, id: 'serialNumber', names: ['model', 'name'] },
    facts: [size('size'), ...text('status', 'interfaceType', 'mediaType', 'serialNumber')],
  },
  volumes: {
    operation: 'GET /v2/device/{id}/volumes',
    ...{ kind: undefined, id: 'serialNumber', names: ['name', 'driveLetter', 'label'] },
    facts: [size('capacity'), size('freeSpace'), ...text('label', 'fileSystem')],
  },
  services: {
    operation: 'GET /v2/device/{id}/windows-services',
    ...{ kind: undefined, id: 'name', names: ['displayName', 'name'], facts: text('state', 'startType', 'userName') },
  },
  jobs: {
    operation: 'GET /v2/device/{id}/jobs',
    ...{ kind: undefined, id: 'uid', names: ['message', 'subject', 'jobType'] },
    facts: [...text('jobStatus', 'jobResult', 'jobType'), time('createTime')],
  },
};

/** What a request asks for at first. NinjaOne takes 10 to 1000 activities. */
export const PAGE_SIZE = 100;

/** The request for a list of the objects: the one whose list it is, then those that it belongs to. */
export function resourceDraft(
  list: ResourceListName,
  objects: readonly ResourceObject[],
  { parameters }: Pick<Operation, 'parameters'>,
): RequestDraft {
  const { operation } = RESOURCE_LISTS[list];
  const [object] = objects;
  const path = operation.includes('{id}') && object ? [['id', object.id] as const] : [];
  const clauses = objects.map(({ kind, id }) => `${FILTER_KEYS.get(kind) ?? kind}=${id}`);
  const isPaged = parameters.some((each) => each.in === 'query' && each.name === 'pageSize');
  return {
    operation,
    path: new Map(path),
    query: new Map<string, string | number>([
      ...(list === 'devices' ? [['df', clauses.reverse().join(' AND ')] as const] : []),
      ...(isPaged ? [['pageSize', PAGE_SIZE] as const] : []),
    ]),
    body: undefined,
  };
}

/** Keys of NinjaOne's device filter. */
const FILTER_KEYS: ReadonlyMap<string, string> = new Map([
  ['organization', 'org'],
  ['location', 'loc'],
]);

/** What a row needs to know of an item. The rest of the item is not kept. */
export interface ResourceItem {
  /** Undefined if the item has none, or none that JSON can hold. */
  readonly id: string | undefined;
  readonly name: string;
  readonly facts: readonly (ResourceFact & { readonly value: string | number | boolean })[];
  /** Whether a device can have Windows services. */
  readonly isWindows: boolean;
}

export function resourceItem(list: ResourceListName, item: unknown): ResourceItem {
  const { id, names, facts } = RESOURCE_LISTS[list];
  const found = idAt(item, id);
  const name = names.map((member) => getOwn(item, member)).find((value) => typeof value === 'string' && value.trim());
  const nodeClass = getOwn(item, 'nodeClass');
  return {
    id: found,
    name: typeof name === 'string' ? name : (found ?? '–'),
    facts: facts.flatMap((fact) => {
      const value = getOwn(asRecord(item), fact.member);
      return isShown(value, name) ? [{ ...fact, value }] : [];
    }),
    isWindows: typeof nodeClass !== 'string' || nodeClass.startsWith('WINDOWS'),
  };
}

/** Not what is the name already. */
function isShown(value: unknown, name: unknown): value is string | number | boolean {
  return (
    (typeof value === 'string' && value.trim() !== '' && value !== name) ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    typeof value === 'boolean'
  );
}

/** A number that JSON has rounded is the ID of another object. */
function idAt(item: unknown, member: string): string | undefined {
  const id = getOwn(item, member);
  const isId = Number.isSafeInteger(id) || (typeof id === 'string' && id !== '' && id.length <= 200);
  return isId ? String(id) : undefined;
}
