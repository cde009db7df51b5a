import type { SandboxResponse } from './response.ts';
import { invalid, NO_CONTENT, notFound, ok } from './tenantResponses.ts';
import type { Location, Organization, TenantData } from './tenantData.ts';
import { record } from './tenantEvents.ts';
import { contactOf, organizationDetails } from './tenantReads.ts';
import { membersOf, one, picked, required, without, type Route, type RouteCall } from './tenantRoute.ts';

/**
 * Writes to organizations, locations, policies, people and custom fields. Those to devices and tickets are in other
 * files.
 */
export const WRITES: readonly Route[] = [
  { method: 'POST', path: '/v2/organizations', handle: createOrganization },
  { method: 'PATCH', path: '/v2/organization/{id}', handle: updateOrganization },
  { method: 'POST', path: '/v2/organization/{id}/locations', handle: createLocation },
  { method: 'PATCH', path: '/v2/organization/{id}/locations/{locationId}', handle: updateLocation },
  { method: 'DELETE', path: '/v2/policies/{policy_id}/condition/{condition_id}', handle: deleteCondition },
  { method: 'POST', path: '/v2/contacts', handle: createContact },
  { method: 'PATCH', path: '/v2/contact/{id}', handle: updateContact },
  { method: 'DELETE', path: '/v2/contact/{id}', handle: ({ data, ids }) => removed(data.contacts, ids[0]) },
  { method: 'DELETE', path: '/v2/user/technician/{id}', handle: removeTechnician },
  { method: 'DELETE', path: '/v2/user/end-user/{id}', handle: removeEndUser },
  ...customFieldValues(
    '/v2/device/{id}/custom-fields',
    ({ data, ids }) => `device/${String(one(data.devices, ids[0]).id)}`,
  ),
  ...customFieldValues(
    '/v2/organization/{id}/custom-fields',
    ({ data, ids }) => `organization/${String(one(data.organizations, ids[0]).id)}`,
  ),
  ...customFieldValues(
    '/v2/organization/{id}/location/{locationId}/custom-fields',
    (call) => `location/${String(locationOf(call).id)}`,
  ),
  ...customFieldValues(
    '/v2/user/end-user/{id}/custom-fields',
    ({ data, ids }) => `endUser/${String(one(data.endUsers, ids[0]).id)}`,
  ),
];

const ORGANIZATION_MEMBERS = ['name', 'description', 'userData', 'nodeApprovalMode'];
const LOCATION_MEMBERS = ['name', 'address', 'description', 'userData'];
const CONTACT_MEMBERS = ['firstName', 'lastName', 'email', 'phone', 'jobTitle', 'organizationId'];

function createOrganization({ data, body }: RouteCall): SandboxResponse {
  const name = required(body, 'name', 'organization_name_required');
  const { locations = [] } = membersOf(body);
  if (!Array.isArray(locations)) {
    throw invalid('invalid_request_body');
  }
  const places = locations.map((place: unknown) => required(place, 'name', 'location_name_required'));
  const organization: Organization = {
    description: '',
    nodeApprovalMode: 'AUTOMATIC',
    tags: [],
    ...picked(body, ORGANIZATION_MEMBERS),
    id: nextId(data.organizations),
    name,
  };
  data.organizations.push(organization);
  for (const place of places) {
    addLocation(data, organization, { name: place });
  }
  logActivity(data, 'CLIENT_CREATED', `Organization ${name} was created`);
  return ok(organizationDetails(organization, data));
}

function updateOrganization({ data, ids, body }: RouteCall): SandboxResponse {
  const organization = one(data.organizations, ids[0]);
  Object.assign(organization, picked(body, ORGANIZATION_MEMBERS));
  logActivity(data, 'CLIENT_UPDATED', `Organization ${organization.name} was changed`);
  return NO_CONTENT;
}

function createLocation({ data, ids, body }: RouteCall): SandboxResponse {
  const organization = one(data.organizations, ids[0]);
  const name = required(body, 'name', 'location_name_required');
  const location = addLocation(data, organization, { ...picked(body, LOCATION_MEMBERS), name });
  logActivity(data, 'LOCATION_CREATED', `Location ${name} was created`);
  return ok(without(location, 'organizationId'));
}

function updateLocation(call: RouteCall): SandboxResponse {
  const location = locationOf(call);
  Object.assign(location, picked(call.body, LOCATION_MEMBERS));
  logActivity(call.data, 'LOCATION_UPDATED', `Location ${location.name} was changed`);
  return ok(without(location, 'organizationId'));
}

function addLocation(data: TenantData, { id }: Organization, members: { readonly name: string }): Location {
  const location: Location = { address: '', ...members, id: nextId(data.locations), organizationId: id };
  data.locations.push(location);
  return location;
}

/** The location within the organization of the path. */
function locationOf({ data, ids }: RouteCall): Location {
  const location = one(data.locations, ids[1]);
  if (location.organizationId !== ids[0]) {
    throw notFound();
  }
  return location;
}

function deleteCondition({ data, ids, texts }: RouteCall): SandboxResponse {
  const index = data.conditions.findIndex(({ id, policyId }) => id === texts[1] && policyId === ids[0]);
  if (index === -1) {
    throw notFound();
  }
  data.conditions.splice(index, 1);
  logActivity(data, 'POLICY_UPDATED', 'A condition was deleted');
  return NO_CONTENT;
}

function createContact({ data, body }: RouteCall): SandboxResponse {
  const email = required(body, 'email', 'contact_email_required');
  const { id: organizationId } = one(data.organizations, Number(membersOf(body)['organizationId']));
  const id = nextId(data.contacts);
  const contact = {
    firstName: '',
    lastName: '',
    phone: '',
    jobTitle: '',
    ...picked(body, CONTACT_MEMBERS),
    id,
    uid: `1c2d3e4f-0000-4000-8000-${String(id).padStart(12, '0')}`,
    naturalId: 10_000 + id,
    organizationId,
    email,
  };
  data.contacts.push(contact);
  return ok(contactOf(contact));
}

function updateContact({ data, ids, body }: RouteCall): SandboxResponse {
  const contact = one(data.contacts, ids[0]);
  const members = picked(body, CONTACT_MEMBERS);
  if ('organizationId' in members) {
    one(data.organizations, Number(members['organizationId']));
  }
  Object.assign(contact, members);
  return ok(contactOf(contact));
}

function removed(rows: { readonly id: number }[], id: number | undefined): SandboxResponse {
  rows.splice(rows.indexOf(one(rows, id)), 1);
  return NO_CONTENT;
}

function removeTechnician({ data, ids }: RouteCall): SandboxResponse {
  const response = removed(data.technicians, ids[0]);
  for (const ticket of data.tickets) {
    if (ticket.assignedAppUserId === ids[0]) {
      delete ticket.assignedAppUserId;
    }
  }
  return response;
}

function removeEndUser({ data, ids }: RouteCall): SandboxResponse {
  const { uid } = one(data.endUsers, ids[0]);
  for (const device of data.devices) {
    if (device.assignedOwnerUid === uid) {
      delete device.assignedOwnerUid;
    }
  }
  for (const ticket of data.tickets) {
    if (ticket.requesterUid === uid) {
      delete ticket.requesterUid;
    }
  }
  return removed(data.endUsers, ids[0]);
}

/** `null` removes a value; an unknown field name is refused. */
function customFieldValues(path: string, keyOf: (call: RouteCall) => string): Route[] {
  return [
    { method: 'GET', path, handle: (call) => ok(call.data.customFieldValues.get(keyOf(call)) ?? {}) },
    {
      method: 'PATCH',
      path,
      handle: (call) => {
        const { customFields, customFieldValues: values } = call.data;
        const key = keyOf(call);
        const given = membersOf(call.body);
        const unknown = Object.keys(given).find((name) => !customFields.some((field) => field.name === name));
        if (unknown !== undefined) {
          throw invalid('custom_field_not_found', { name: unknown });
        }
        const all = Object.entries({ ...values.get(key), ...given });
        values.set(key, Object.fromEntries(all.filter(([, value]) => value !== null)));
        return NO_CONTENT;
      },
    },
  ];
}

function logActivity(data: TenantData, statusCode: string, message: string): void {
  const status = statusCode.replaceAll('_', ' ');
  record(data, { activityType: 'SYSTEM', statusCode, status, message, type: 'System' });
}

function nextId(rows: readonly { readonly id: number }[]): number {
  return Math.max(0, ...rows.map(({ id }) => id)) + 1;
}
