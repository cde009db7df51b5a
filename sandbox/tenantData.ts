import { seedCustomFields, type CustomFieldData } from './tenantCustomFields.ts';
import { seedDevices, type Device } from './tenantDevices.ts';
import { seedEvents, type EventData } from './tenantEvents.ts';
import { seedPeople, type PeopleData } from './tenantPeople.ts';
import { seedPolicies, type PolicyData } from './tenantPolicies.ts';
import { seedTickets, type TicketData } from './tenantTickets.ts';

/**
 * The data of the tenant. Each sandbox gets a new copy that tests may change, always with the same content. Every id
 * refers to an existing object.
 */
export function seedTenant({ devices: count = 10 }: { readonly devices?: number | undefined } = {}): TenantData {
  const organizations = ORGANIZATIONS.map((name, index) => ({
    id: index + 1,
    name,
    description: `${name} is a customer of Sandbox MSP`,
    nodeApprovalMode: 'AUTOMATIC' as const,
    tags: index === 0 ? ['priority'] : [],
  }));
  const locations = BRANCHES.flatMap((branch, place) =>
    organizations.map(({ id, name }) => ({
      id: 100 * (1 + place) + id,
      name: branch,
      address: `${String(id)} ${name.split(' ')[0] ?? ''} Street`,
      organizationId: id,
    })),
  );
  const devices = seedDevices(count);
  const people = seedPeople(organizations.map(({ id }) => id));
  const policies = seedPolicies();
  return {
    organizations,
    locations,
    devices,
    ...people,
    ...policies,
    ...seedEvents({ devices, ...people, ...policies }),
    ...seedTickets({ devices, ...people }),
    ...seedCustomFields(),
    patchScans: [],
    writes: [],
  };
}

export interface TenantData extends PeopleData, PolicyData, EventData, TicketData, CustomFieldData {
  readonly organizations: Organization[];
  /** In the order of their ids. */
  readonly locations: Location[];
  /** In the order of their ids. */
  readonly devices: Device[];
  /** Ids of the devices with a patch scan, in order. */
  readonly patchScans: number[];
  /** All successful writes since the start or the last reset. */
  readonly writes: Write[];
}

export interface Write {
  readonly method: string;
  readonly path: string;
  /** Parsed JSON, or the parts of a form; undefined when there was none. */
  readonly body: unknown;
}

export interface Organization {
  readonly id: number;
  name: string;
  description: string;
  nodeApprovalMode: 'AUTOMATIC' | 'MANUAL' | 'REJECT';
  readonly tags: readonly string[];
  userData?: unknown;
}

export interface Location {
  readonly id: number;
  name: string;
  address: string;
  description?: string;
  userData?: unknown;
  readonly organizationId: number;
}

const ORGANIZATIONS = ['Acme Dental', 'Birch & Sons Law', 'Cobalt Logistics', 'Dune Architects', 'Elm Street School'];
const BRANCHES = ['Main office', 'Branch', 'Warehouse'];
