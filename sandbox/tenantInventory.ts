import { LAST_SEEN, uidOf, type Device } from './tenantDevices.ts';

/** The inventory of a device, created on request and always the same for the same device. */
export const INVENTORY: { readonly [K in InventoryKind]: (device: Device) => readonly Item[] } = {
  software: (device) =>
    SOFTWARE.slice(0, 2 + (device.id % (SOFTWARE.length - 1))).map(([name, publisher, version], index) => ({
      installDate: `2024-0${String(1 + (index % 9))}-15`,
      location: isWindows(device) ? `C:\\Program Files\\${name}` : `/opt/${name.toLowerCase()}`,
      name,
      publisher,
      size: 10_000_000 * (index + 1),
      version,
      productCode: '',
      isSystemComponent: false,
    })),
  'operating-systems': (device) => [
    {
      ...OPERATING_SYSTEMS[device.nodeClass],
      architecture: '64-bit',
      lastBootTime: device.lastContact - 86_400,
      locale: 'en-US',
      language: 'en',
      needsReboot: device.id % 6 === 0,
    },
  ],
  'computer-systems': (device) => [
    {
      name: device.systemName,
      manufacturer: 'Example Computers',
      model: `EX-${String(device.nodeRoleId)}00`,
      biosSerialNumber: `B${String(device.id)}`,
      serialNumber: `S${String(device.id)}`,
      domain: `customer${String(device.organizationId)}.example`,
      domainRole: device.nodeClass.endsWith('SERVER') ? 'Standalone Server' : 'Member Workstation',
      numberOfProcessors: 1,
      totalPhysicalMemory: 17_179_869_184,
      virtualMachine: device.nodeClass.endsWith('SERVER'),
      chassisType: 'DESKTOP',
    },
  ],
  volumes: (device) =>
    (isWindows(device) ? ['C:', 'D:'] : ['/']).map((name, index) => ({
      name,
      ...(isWindows(device) && { driveLetter: name }),
      label: index === 0 ? 'System' : 'Data',
      deviceType: 'Local Disk',
      fileSystem: isWindows(device) ? 'NTFS' : 'ext4',
      capacity: 512_000_000_000,
      freeSpace: 40_000_000_000 + 1_000_000 * (device.id % 997),
      serialNumber: `V${String(device.id)}-${String(index)}`,
    })),
  disks: (device) => [
    {
      bytesPerSector: 512,
      description: 'Disk drive',
      interfaceType: 'NVMe',
      manufacturer: 'Example Disks',
      mediaType: 'Fixed hard disk media',
      model: 'EX-SSD',
      name: isWindows(device) ? '\\\\.\\PHYSICALDRIVE0' : '/dev/nvme0n1',
      partitionCount: 2,
      serialNumber: `D${String(device.id)}`,
      size: 512_110_190_592,
      smartCapable: true,
      status: 'OK',
    },
  ],
  processors: () => [
    {
      architecture: 'x64',
      maxClockSpeed: 3_600_000_000,
      clockSpeed: 2_400_000_000,
      name: 'Example CPU 8000',
      numCores: 8,
      numLogicalCores: 16,
    },
  ],
  'os-patches': (device) =>
    Array.from({ length: isWindows(device) ? 1 + (device.id % 3) : 0 }, (_, index) => ({
      id: uidOf('9e8d7c6b', 1 + ((device.id + index) % 50)),
      name: `Cumulative update ${String(1 + ((device.id + index) % 50))}`,
      severity: 'important',
      status: index === 0 ? 'MANUAL' : 'APPROVED',
      type: 'SECURITY_UPDATES',
      kbNumber: `KB50${String(10_000 + ((device.id + index) % 50))}`,
    })),
  'antivirus-status': (device) =>
    isWindows(device)
      ? [
          {
            productName: 'Example Defender',
            productState: 'ON',
            definitionStatus: device.offline ? 'Out-of-Date' : 'Up-to-Date',
            version: '4.18',
          },
        ]
      : [],
};

export type InventoryKind =
  | 'software'
  | 'operating-systems'
  | 'computer-systems'
  | 'volumes'
  | 'disks'
  | 'processors'
  | 'os-patches'
  | 'antivirus-status';

export type Item = Readonly<Record<string, unknown>>;

export const INVENTORY_KINDS = Object.keys(INVENTORY) as readonly InventoryKind[];

/** Who used the device last. */
export function lastLoggedOn(device: Device): Item {
  return {
    userName: `CUSTOMER${String(device.organizationId)}\\user${String(device.id % 12)}`,
    logonTime: device.lastContact - 3600,
  };
}

/** The time at which the inventory of a device was read. */
export function readAt(device: Device): number {
  return Math.min(device.lastUpdate, LAST_SEEN);
}

const SOFTWARE: readonly (readonly [name: string, publisher: string, version: string])[] = [
  ['Firefox', 'Mozilla', '131.0'],
  ['LibreOffice', 'The Document Foundation', '24.8'],
  ['7-Zip', 'Igor Pavlov', '24.08'],
  ['VLC media player', 'VideoLAN', '3.0.21'],
  ['Notepad++', 'Notepad++ Team', '8.7'],
  ['Git', 'The Git Development Community', '2.47'],
];

const WINDOWS = { manufacturer: 'Microsoft Corporation', servicePackMajorVersion: 0, servicePackMinorVersion: 0 };

const OPERATING_SYSTEMS: { readonly [K in Device['nodeClass']]: Item } = {
  WINDOWS_SERVER: { ...WINDOWS, name: 'Windows Server 2022', buildNumber: '20348', releaseId: '21H2' },
  WINDOWS_WORKSTATION: { ...WINDOWS, name: 'Windows 11 Pro', buildNumber: '22631', releaseId: '23H2' },
  LINUX_SERVER: { manufacturer: 'Debian', name: 'Debian GNU/Linux 12', buildNumber: '6.1.0', releaseId: '12' },
  LINUX_WORKSTATION: { manufacturer: 'Canonical', name: 'Ubuntu 24.04', buildNumber: '6.8.0', releaseId: '24.04' },
  MAC: { manufacturer: 'Apple', name: 'macOS 15', buildNumber: '24A335', releaseId: '15.0' },
};

function isWindows({ nodeClass }: Device): boolean {
  return nodeClass.startsWith('WINDOWS');
}
