import { CLASSES, type DeviceClass } from './tenantPolicies.ts';

/** The ten devices of every tenant and any number of others; the same in every sandbox. */
export function seedDevices(count: number): Device[] {
  return Array.from({ length: count }, (_, index) => {
    const [organizationId, systemName, nodeClass, offline, branch] = NAMED[index] ?? generated(index);
    const id = FIRST_ID + index;
    const role = CLASSES.indexOf(nodeClass) + 1;
    return {
      id,
      uid: uidOf('5a4db0c5', id),
      assignedOwnerUid: uidOf('0b1f2c3d', 100 * organizationId + 1 + (index % 12)),
      organizationId,
      locationId: 100 * (1 + branch) + organizationId,
      nodeClass,
      nodeRoleId: role,
      rolePolicyId: 10 + role,
      approvalStatus: 'APPROVED',
      offline,
      displayName: systemName,
      systemName,
      dnsName: `${systemName.toLowerCase()}.example`,
      // NinjaOne's times are seconds since 1970 with a fraction.
      created: FIRST_SEEN + (index % 200) * 86_400.25,
      lastContact: LAST_SEEN - (offline ? 604_800 : index % 900) + 0.5,
      lastUpdate: LAST_SEEN - (index % 900) + 0.75,
    };
  });
}

export interface Device {
  readonly id: number;
  readonly uid: string;
  assignedOwnerUid?: string;
  organizationId: number;
  locationId: number;
  readonly nodeClass: DeviceClass;
  nodeRoleId: number;
  rolePolicyId: number;
  /** Set for the device alone, instead of that of its role. */
  policyId?: number;
  approvalStatus: 'APPROVED' | 'PENDING' | 'STAGED' | 'DECOMMISSIONED';
  readonly offline: boolean;
  displayName: string;
  readonly systemName: string;
  readonly dnsName: string;
  readonly created: number;
  readonly lastContact: number;
  lastUpdate: number;
  userData?: unknown;
  maintenance?: Maintenance;
}

export interface Maintenance {
  readonly status: 'PENDING' | 'IN_MAINTENANCE' | 'FAILED';
  readonly start: number;
  readonly end: number;
  readonly reasonMessage?: string;
}

/** A UUID that contains the kind and number of its object. */
export function uidOf(kind: string, number: number): string {
  return `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export const FIRST_SEEN = 1_740_000_000;
export const LAST_SEEN = 1_760_000_000;

const FIRST_ID = 1001;

type Seed = readonly [organization: number, name: string, nodeClass: DeviceClass, offline: boolean, branch: number];

const NAMED: readonly Seed[] = [
  [1, 'ACME-DC01', 'WINDOWS_SERVER', false, 0],
  [1, 'ACME-FRONT01', 'WINDOWS_WORKSTATION', false, 0],
  [1, 'ACME-FRONT02', 'WINDOWS_WORKSTATION', true, 1],
  [2, 'BIRCH-FILE01', 'WINDOWS_SERVER', false, 0],
  [2, 'BIRCH-MAC07', 'MAC', false, 2],
  [3, 'COBALT-WEB01', 'LINUX_SERVER', false, 0],
  [3, 'COBALT-SCAN03', 'LINUX_WORKSTATION', true, 1],
  [4, 'DUNE-CAD01', 'WINDOWS_WORKSTATION', false, 0],
  [5, 'ELM-LAB01', 'WINDOWS_WORKSTATION', false, 0],
  [5, 'ELM-LAB02', 'WINDOWS_WORKSTATION', true, 0],
];

const PREFIXES = ['ACME', 'BIRCH', 'COBALT', 'DUNE', 'ELM'];

function generated(index: number): Seed {
  const organization = index % PREFIXES.length;
  const nodeClass = CLASSES[Math.floor(index / 7) % CLASSES.length] ?? 'WINDOWS_WORKSTATION';
  const name = `${PREFIXES[organization] ?? ''}-${String(index + 1).padStart(5, '0')}`;
  return [organization + 1, name, nodeClass, index % 11 === 0, Math.floor(index / 5) % 3];
}
