import { deviceFilter } from './deviceFilter.ts';
import { invalid, notFound, ok } from './tenantResponses.ts';
import type { Organization, TenantData } from './tenantData.ts';
import { LAST_SEEN, type Device } from './tenantDevices.ts';
import type { Activity } from './tenantEvents.ts';
import { lastLoggedOn, INVENTORY } from './tenantInventory.ts';
import { pageAfter, pageByName, pageOlder } from './tenantPaging.ts';
import type { Contact, User } from './tenantPeople.ts';
import { one, without, type Route, type RouteCall } from './tenantRoute.ts';

/** Lists and single objects, except for ticketing and the queries. */
export const READS: readonly Route[] = [
  { method: 'GET', path: '/v2/organizations', handle: ({ data, query }) => ok(pageAfter(data.organizations, query)) },
  {
    method: 'GET',
    path: '/v2/organizations-detailed',
    handle: ({ data, query }) => ok(pageAfter(data.organizations, query).map((row) => organizationDetails(row, data))),
  },
  {
    method: 'GET',
    path: '/v2/organization/{id}',
    handle: ({ data, ids }) => ok(organizationDetails(one(data.organizations, ids[0]), data)),
  },
  {
    method: 'GET',
    path: '/v2/organization/{id}/locations',
    handle: ({ data, ids }) => ok(locationsOf(one(data.organizations, ids[0]), data)),
  },
  { method: 'GET', path: '/v2/organization/{id}/devices', handle: devicesOfOrganization },
  { method: 'GET', path: '/v2/organization/{id}/end-users', handle: endUsersOfOrganization },
  { method: 'GET', path: '/v2/locations', handle: ({ data, query }) => ok(pageAfter(data.locations, query)) },
  {
    method: 'GET',
    path: '/v2/devices',
    handle: ({ data, query }) => ok(pageAfter(data.devices, query, deviceFilter(query, data))),
  },
  {
    method: 'GET',
    path: '/v2/devices-detailed',
    handle: ({ data, query }) => ok(pageAfter(data.devices, query, deviceFilter(query, data)).map(deviceDetails)),
  },
  { method: 'GET', path: '/v2/devices/search', handle: searchDevices },
  { method: 'GET', path: '/v2/device/{id}', handle: ({ data, ids }) => ok(deviceDetails(one(data.devices, ids[0]))) },
  { method: 'GET', path: '/v2/device/{id}/alerts', handle: (call) => ok(ofDevice(call.data.alerts, call)) },
  { method: 'GET', path: '/v2/device/{id}/jobs', handle: (call) => ok(ofDevice(call.data.jobs, call)) },
  { method: 'GET', path: '/v2/device/{id}/activities', handle: activitiesOfDevice },
  { method: 'GET', path: '/v2/alerts', handle: (call) => ok(filtered(call.data.alerts, call)) },
  { method: 'GET', path: '/v2/jobs', handle: (call) => ok(filtered(call.data.jobs, call)) },
  { method: 'GET', path: '/v2/activities', handle: activities },
  { method: 'GET', path: '/v2/groups', handle: ({ data }) => ok(groups(data)) },
  {
    method: 'GET',
    path: '/v2/group/{id}/device-ids',
    handle: ({ data, ids }) => ok(membersOfGroup(one(data.groups, ids[0]).criteria, data).map(({ id }) => id)),
  },
  { method: 'GET', path: '/v2/policies', handle: ({ data }) => ok(data.policies) },
  { method: 'GET', path: '/v2/policies/{policy_id}/condition/custom-fields', handle: conditionsOfPolicy },
  { method: 'GET', path: '/v2/roles', handle: ({ data }) => ok(data.roles) },
  { method: 'GET', path: '/v2/noderole/list', handle: ({ data }) => ok(data.roles) },
  { method: 'GET', path: '/v2/automation/scripts', handle: ({ data }) => ok(data.scripts) },
  { method: 'GET', path: '/v2/software-products', handle: ({ data }) => ok(data.softwareProducts) },
  { method: 'GET', path: '/v2/users', handle: users },
  { method: 'GET', path: '/v2/user/technicians', handle: ({ data }) => ok(withDevices(data.technicians, data)) },
  {
    method: 'GET',
    path: '/v2/user/technician/{id}',
    handle: ({ data, ids }) => ok(withDevices([one(data.technicians, ids[0])], data)[0]),
  },
  { method: 'GET', path: '/v2/user/end-users', handle: ({ data }) => ok(withDevices(data.endUsers, data)) },
  {
    method: 'GET',
    path: '/v2/user/end-user/{id}',
    handle: ({ data, ids }) => ok(withDevices([one(data.endUsers, ids[0])], data)[0]),
  },
  { method: 'GET', path: '/v2/contacts', handle: ({ data }) => ok(data.contacts.map(contactOf)) },
  { method: 'GET', path: '/v2/contact/{id}', handle: ({ data, ids }) => ok(contactOf(one(data.contacts, ids[0]))) },
  { method: 'GET', path: '/v2/custom-fields', handle: ({ data, query }) => ok(pageByName(data.customFields, query)) },
  { method: 'GET', path: '/v2/device-custom-fields', handle: ({ data }) => ok(data.customFields) },
  {
    method: 'GET',
    path: '/v2/custom-fields/field-name/{fieldName}',
    handle: ({ data, texts }) => ok(data.customFields.find(({ name }) => name === texts[0]) ?? missing()),
  },
];

export function contactOf(contact: Contact): Omit<Contact, 'naturalId'> {
  return without(contact, 'naturalId');
}

export function organizationDetails(organization: Organization, data: TenantData): unknown {
  return {
    ...organization,
    locations: locationsOf(organization, data),
    policies: data.roles.map(({ id }) => ({ nodeRoleId: id, policyId: 10 + id })),
  };
}

/** Without `organizationId`, which only the list of all locations has. */
function locationsOf({ id }: Organization, { locations }: TenantData): unknown[] {
  return locations
    .filter(({ organizationId }) => organizationId === id)
    .map((location) => without(location, 'organizationId'));
}

function deviceDetails(device: Device): unknown {
  const [system] = INVENTORY['computer-systems'](device);
  return {
    ...device,
    ipAddresses: [`10.${String(device.organizationId)}.${String((device.id >> 8) & 255)}.${String(device.id & 255)}`],
    macAddresses: [`02:00:00:00:${hex(device.id >> 8)}:${hex(device.id)}`],
    publicIP: `192.0.2.${String(device.organizationId)}`,
    deviceType: 'AGENT_DEVICE',
    os: INVENTORY['operating-systems'](device)[0],
    system,
    memory: { capacity: system?.['totalPhysicalMemory'] },
    processors: INVENTORY.processors(device),
    volumes: INVENTORY.volumes(device),
    lastLoggedInUser: lastLoggedOn(device)['userName'],
  };
}

function devicesOfOrganization({ data, ids, query }: RouteCall): ReturnType<typeof ok> {
  const { id } = one(data.organizations, ids[0]);
  return ok(pageAfter(data.devices, query, ({ organizationId }) => organizationId === id));
}

function endUsersOfOrganization({ data, ids }: RouteCall): ReturnType<typeof ok> {
  const { id } = one(data.organizations, ids[0]);
  const own = data.endUsers.filter(({ organizationId }) => organizationId === id);
  return ok(withDevices(own, data));
}

function searchDevices({ data, query }: RouteCall): ReturnType<typeof ok> {
  const term = query.get('q') ?? '';
  const found = data.devices.filter(({ displayName }) => displayName.toLowerCase().includes(term.toLowerCase()));
  const devices = found
    .slice(0, Number(query.get('limit') ?? 50))
    .map((device) => ({ ...device, score: 1, matchAttr: 'displayName', matchAttrValue: device.displayName }));
  return ok({ query: term, devices });
}

function users({ data, query }: RouteCall): ReturnType<typeof ok> {
  const userType = query.get('userType');
  const all = [...data.technicians, ...data.endUsers];
  return ok(withDevices(userType === null ? all : all.filter((user) => user.userType === userType), data));
}

function withDevices(rows: readonly User[], { devices }: TenantData): unknown[] {
  const byOwner = new Map<string, number[]>();
  for (const { id, assignedOwnerUid } of devices) {
    if (assignedOwnerUid !== undefined) {
      const own = byOwner.get(assignedOwnerUid);
      if (own) {
        own.push(id);
      } else {
        byOwner.set(assignedOwnerUid, [id]);
      }
    }
  }
  return rows.map((user) => {
    const own = byOwner.get(user.uid) ?? [];
    return {
      ...without(user, 'naturalId'),
      permitAllClients: user.userType === 'TECHNICIAN',
      notifyAllClients: false,
      mustChangePw: false,
      mfaConfigured: true,
      deviceIds: own,
      assignedDeviceIds: own,
      roles: [],
    };
  });
}

function ofDevice<T extends { readonly deviceId?: number }>(rows: readonly T[], { data, ids }: RouteCall): T[] {
  const { id } = one(data.devices, ids[0]);
  return rows.filter(({ deviceId }) => deviceId === id);
}

/** Alerts and jobs: never paged, filtered by device and source. */
function filtered<T extends { readonly deviceId: number; readonly sourceType: string; readonly jobType?: string }>(
  rows: readonly T[],
  { data, query }: RouteCall,
): T[] {
  const meant = new Set(data.devices.filter(deviceFilter(query, data)).map(({ id }) => id));
  const [sourceType, jobType] = [query.get('sourceType'), query.get('jobType')];
  return rows.filter(
    (row) =>
      meant.has(row.deviceId) &&
      (sourceType === null || row.sourceType === sourceType) &&
      (jobType === null || row.jobType === jobType),
  );
}

function activities({ data, query }: RouteCall): ReturnType<typeof ok> {
  const matches = deviceFilter(query, data);
  const meant = query.has('df') ? new Set(data.devices.filter(matches).map(({ id }) => id)) : undefined;
  const kind = query.get('class') ?? 'ALL';
  const test = activityTest(query, 'type');
  return ok({
    // The last id of the account rather than of the page, as in the API description.
    lastActivityId: data.activities.at(-1)?.id ?? 0,
    activities: pageOlder(
      data.activities,
      query,
      (activity) =>
        (kind === 'ALL' || kind === classOf(activity)) &&
        (meant === undefined || (activity.deviceId !== undefined && meant.has(activity.deviceId))) &&
        test(activity),
    ),
  });
}

function activitiesOfDevice(call: RouteCall): ReturnType<typeof ok> {
  const own = ofDevice(call.data.activities, call);
  return ok({
    lastActivityId: call.data.activities.at(-1)?.id ?? 0,
    lastNodeActivityId: own.at(-1)?.id ?? 0,
    activities: pageOlder(own, call.query, activityTest(call.query, 'activityType')),
  });
}

function classOf({ deviceId, userId }: Activity): 'DEVICE' | 'USER' | 'SYSTEM' {
  return deviceId !== undefined ? 'DEVICE' : userId !== undefined ? 'USER' : 'SYSTEM';
}

/** `before` and `after` are seconds since 1970; the rest are equalities. */
function activityTest(query: URLSearchParams, typeName: string): (activity: Activity) => boolean {
  const type = query.get(typeName);
  const status = query.get('status');
  const seriesUid = query.get('seriesUid');
  const before = Number(query.get('before') ?? Infinity);
  const after = Number(query.get('after') ?? -Infinity);
  if (Number.isNaN(before) || Number.isNaN(after)) {
    throw invalid('invalid_date');
  }
  return (activity) =>
    (type === null || activity.activityType === type) &&
    (status === null || activity.statusCode === status) &&
    (seriesUid === null || activity.seriesUid === seriesUid) &&
    activity.activityTime < before &&
    activity.activityTime > after;
}

function groups(data: TenantData): unknown[] {
  return data.groups.map(({ criteria, ...group }) => ({
    ...group,
    updated: group.created,
    deviceCount: membersOfGroup(criteria, data).length,
    lastEvaluated: LAST_SEEN + 0.5,
  }));
}

function membersOfGroup(criteria: string, data: TenantData): Device[] {
  return data.devices.filter(deviceFilter(new URLSearchParams({ df: criteria }), data));
}

function conditionsOfPolicy({ data, ids }: RouteCall): ReturnType<typeof ok> {
  const { id } = one(data.policies, ids[0]);
  return ok(
    data.conditions.filter(({ policyId }) => policyId === id).map((condition) => without(condition, 'policyId')),
  );
}

function hex(number: number): string {
  return (number & 255).toString(16).padStart(2, '0');
}

function missing(): never {
  throw notFound();
}
