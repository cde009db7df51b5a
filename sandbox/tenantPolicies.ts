/** Roles and policies by device class, conditions of policies, groups, scripts and products. */
export function seedPolicies(): PolicyData {
  return {
    roles: CLASSES.map((nodeClass, index) => ({
      id: index + 1,
      name: `${titleOf(nodeClass)} Role`,
      description: '',
      nodeClass,
      custom: false,
      chassisType: 'UNKNOWN' as const,
      created: MADE,
    })),
    policies: CLASSES.map((nodeClass, index) => ({
      id: 11 + index,
      name: `${titleOf(nodeClass)} Policy`,
      description: `What ${titleOf(nodeClass)}s have to obey`,
      nodeClass,
      updated: MADE + 0.25,
      nodeClassDefault: true,
    })),
    conditions: CLASSES.map((nodeClass, index) => ({
      id: `7c0d1e2f-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
      policyId: 11 + index,
      conditionName: 'Asset number is missing',
      displayName: `${titleOf(nodeClass)} without asset number`,
      enabled: true,
      severity: 'MINOR' as const,
      priority: 'LOW' as const,
    })),
    groups: [
      { id: 1, name: 'Windows servers', shared: true, created: MADE, criteria: 'class = WINDOWS_SERVER' },
      { id: 2, name: 'Offline devices', shared: true, created: MADE, criteria: 'offline' },
      {
        id: 3,
        name: 'Acme workstations',
        shared: false,
        created: MADE,
        criteria: 'org = 1 AND class = WINDOWS_WORKSTATION',
      },
    ],
    scripts: SCRIPTS.map(([name, language, operatingSystem], index) => ({
      id: 501 + index,
      name,
      description: '',
      active: true,
      language,
      architecture: ['64'],
      operatingSystems: [operatingSystem],
      scriptParameters: [],
      createdBy: 'Tess Technician',
      lastUpdatedBy: 'Tess Technician',
      createdOn: MADE,
      updatedOn: MADE + 0.5,
    })),
    softwareProducts: ['Firefox', '7-Zip', 'VLC media player', 'Notepad++'].map((productName, index) => ({
      id: `8d1e2f3a-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
      vendorName: `${productName.split(' ')[0] ?? ''} project`,
      productName,
      installable: true,
      active: index !== 3,
    })),
  };
}

export const CLASSES = ['WINDOWS_SERVER', 'WINDOWS_WORKSTATION', 'LINUX_SERVER', 'LINUX_WORKSTATION', 'MAC'] as const;

export type DeviceClass = (typeof CLASSES)[number];

export interface PolicyData {
  readonly roles: Role[];
  readonly policies: Policy[];
  readonly conditions: PolicyCondition[];
  readonly groups: Group[];
  readonly scripts: Script[];
  readonly softwareProducts: SoftwareProduct[];
}

export interface Role {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly nodeClass: DeviceClass;
  readonly custom: boolean;
  readonly chassisType: 'UNKNOWN' | 'DESKTOP' | 'LAPTOP' | 'MOBILE';
  readonly created: number;
}

export interface Policy {
  readonly id: number;
  readonly parentPolicyId?: number;
  readonly name: string;
  readonly description: string;
  readonly nodeClass: DeviceClass;
  readonly updated: number;
  readonly nodeClassDefault: boolean;
}

export interface PolicyCondition {
  readonly id: string;
  readonly policyId: number;
  readonly conditionName: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly severity: 'NONE' | 'MINOR' | 'MODERATE' | 'MAJOR' | 'CRITICAL';
  readonly priority: 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH';
}

export interface Group {
  readonly id: number;
  readonly name: string;
  readonly shared: boolean;
  readonly created: number;
  /** A device filter; not part of a response. */
  readonly criteria: string;
}

export interface Script {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly language: string;
  readonly architecture: readonly string[];
  readonly operatingSystems: readonly string[];
  readonly scriptParameters: readonly string[];
  readonly createdBy: string;
  readonly lastUpdatedBy: string;
  readonly createdOn: number;
  readonly updatedOn: number;
}

export interface SoftwareProduct {
  readonly id: string;
  readonly vendorName: string;
  readonly productName: string;
  readonly installable: boolean;
  readonly active: boolean;
}

const MADE = 1_739_000_000.5;

const SCRIPTS: readonly (readonly [name: string, language: string, operatingSystem: string])[] = [
  ['Clear print queue', 'powershell', 'Windows'],
  ['Collect event logs', 'powershell', 'Windows'],
  ['Restart web server', 'sh', 'Linux'],
  ['Rotate logs', 'sh', 'Linux'],
  ['Reset dock', 'sh', 'Mac'],
];

/** `Windows Server`, `Mac`. */
function titleOf(nodeClass: DeviceClass): string {
  return nodeClass
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join(' ');
}
