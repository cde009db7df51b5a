/** What the tenant of the sandbox consists of. Built anew for each sandbox, so that tests may change it. */
export function seedTenant(): TenantData {
  const organizations = ORGANIZATIONS.map((name, index) => ({
    id: index + 1,
    name,
    description: `${name} is a customer of Sandbox MSP`,
    nodeApprovalMode: 'AUTOMATIC' as const,
    tags: index === 0 ? ['priority'] : [],
  }));
  const locations = organizations.map(({ id, name }) => ({
    id: 100 + id,
    name: 'Main office',
    address: `${String(id)} ${name.split(' ')[0] ?? ''} Street`,
    organizationId: id,
  }));
  const devices = DEVICES.map(([organizationId, systemName, nodeClass, offline], index) => ({
    id: 1001 + index,
    uid: `5a4db0c5-0000-4000-8000-${String(1001 + index).padStart(12, '0')}`,
    assignedOwnerUid: `0b1f2c3d-0000-4000-8000-${String(1 + (index % 3)).padStart(12, '0')}`,
    organizationId,
    locationId: 100 + organizationId,
    nodeClass,
    nodeRoleId: 1 + (index % 4),
    approvalStatus: 'APPROVED' as const,
    offline,
    displayName: systemName,
    systemName,
    dnsName: `${systemName.toLowerCase()}.example`,
    // NinjaOne gives times as seconds since 1970 with a fraction.
    created: FIRST_SEEN + index * 86_400.25,
    lastContact: LAST_SEEN - (offline ? 604_800 : index) + 0.5,
    lastUpdate: LAST_SEEN - index + 0.75,
  }));
  return { organizations, locations, devices, patchScans: [] };
}

export interface TenantData {
  readonly organizations: Organization[];
  readonly locations: Location[];
  readonly devices: Device[];
  /** Ids of the devices that were told to look for patches, the first first. */
  readonly patchScans: number[];
}

export interface Organization {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly nodeApprovalMode: 'AUTOMATIC' | 'MANUAL' | 'REJECT';
  readonly tags: readonly string[];
}

export interface Location {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  readonly organizationId: number;
}

export interface Device {
  readonly id: number;
  readonly uid: string;
  assignedOwnerUid?: string;
  readonly organizationId: number;
  readonly locationId: number;
  readonly nodeClass: string;
  readonly nodeRoleId: number;
  readonly approvalStatus: 'APPROVED' | 'PENDING';
  readonly offline: boolean;
  readonly displayName: string;
  readonly systemName: string;
  readonly dnsName: string;
  readonly created: number;
  readonly lastContact: number;
  readonly lastUpdate: number;
}

const FIRST_SEEN = 1_740_000_000;
const LAST_SEEN = 1_760_000_000;

const ORGANIZATIONS = ['Acme Dental', 'Birch & Sons Law', 'Cobalt Logistics', 'Dune Architects', 'Elm Street School'];

const DEVICES: readonly (readonly [organization: number, name: string, nodeClass: string, offline: boolean])[] = [
  [1, 'ACME-DC01', 'WINDOWS_SERVER', false],
  [1, 'ACME-FRONT01', 'WINDOWS_WORKSTATION', false],
  [1, 'ACME-FRONT02', 'WINDOWS_WORKSTATION', true],
  [2, 'BIRCH-FILE01', 'WINDOWS_SERVER', false],
  [2, 'BIRCH-MAC07', 'MAC', false],
  [3, 'COBALT-WEB01', 'LINUX_SERVER', false],
  [3, 'COBALT-SCAN03', 'LINUX_WORKSTATION', true],
  [4, 'DUNE-CAD01', 'WINDOWS_WORKSTATION', false],
  [5, 'ELM-LAB01', 'WINDOWS_WORKSTATION', false],
  [5, 'ELM-LAB02', 'WINDOWS_WORKSTATION', true],
];
