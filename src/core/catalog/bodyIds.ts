import { getOwn } from '../base/untrusted.ts';
import { membersOfSchema, resolvedSchema, typesOf } from './bodyMembers.ts';
import type { Operation, ResourceType, Schemas } from './operation.ts';

/**
 * The type of object that a member of a body identifies, or each item of it if it is a list. The API description has only
 * names and numbers, so this is known by the name of the member, which is the same in all operations. `location` has the
 * names of the members that lead to it, and is empty for a body that is a list of IDs.
 */
export function bodyIdKind({ key }: Pick<Operation, 'key'>, location: readonly string[]): ResourceType | undefined {
  const special = OF_OPERATION.get(key);
  return special ? special.get(location.join('.')) : MEMBERS.get(location.at(-1) ?? '');
}

/** Whether the schema of the body wants a text there and no number. */
export function isTextInBody({ body }: Operation, location: readonly string[], schemas: Schemas): boolean {
  let found = resolvedSchema(body?.schema, schemas);
  for (const name of location) {
    found = resolvedSchema(membersOfSchema(itemsOf(found, schemas), schemas).properties.get(name), schemas);
  }
  const types = typesOf(itemsOf(found, schemas));
  return types.includes('string') && !types.includes('integer');
}

function itemsOf(schema: Readonly<Record<string, unknown>>, schemas: Schemas): Readonly<Record<string, unknown>> {
  return typesOf(schema).includes('array') ? resolvedSchema(getOwn(schema, 'items'), schemas) : schema;
}

const MEMBERS: ReadonlyMap<string, ResourceType> = new Map([
  ['organizationId', 'organization'],
  ['organizationIds', 'organization'],
  ['orgId', 'organization'],
  ['destinationOrganizationId', 'organization'],
  // Of tickets.
  ['clientId', 'organization'],
  ['locationId', 'location'],
  ['locationIds', 'location'],
  ['deviceId', 'device'],
  ['deviceIds', 'device'],
  ['nodeId', 'device'],
  ['nodeIds', 'device'],
  ['policyId', 'policy'],
  ['parentPolicyId', 'policy'],
  ['nodeRoleId', 'deviceRole'],
  ['nodeRoleParentId', 'deviceRole'],
  // Of devices and tabs. Roles of users are in no body.
  ['roleId', 'deviceRole'],
  ['assignedToUserId', 'user'],
  ['assignedUserUid', 'userUid'],
  ['requesterUid', 'userUid'],
  ['assignedAppUserId', 'technician'],
  ['technicianId', 'technician'],
  ['additionalAssignedTechnicianIds', 'technician'],
  ['ticketFormId', 'ticketForm'],
  ['scriptId', 'script'],
]);

/** Operations whose members have general names. */
const OF_OPERATION: ReadonlyMap<string, ReadonlyMap<string, ResourceType>> = new Map([
  ['POST /v2/device/{id}/script/run', new Map([['id', 'script']])],
  [
    'PATCH /v2/noderole',
    new Map([
      ['id', 'deviceRole'],
      ['nodeRoleParentId', 'deviceRole'],
    ]),
  ],
  ['POST /v2/noderole/delete', new Map([['ids', 'deviceRole']])],
  ['PATCH /v2/user/role/{roleId}/add-members', new Map([['', 'user']])],
  ['PATCH /v2/user/role/{roleId}/remove-members', new Map([['', 'user']])],
]);
