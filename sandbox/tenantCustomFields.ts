import { FIRST_SEEN } from './tenantDevices.ts';

/** Custom fields in the order of their names, more than two pages of them, and their values for some objects. */
export function seedCustomFields(): CustomFieldData {
  return {
    customFields: [...FIELDS, ...more()].sort((one, other) => (one.name < other.name ? -1 : 1)),
    // Dates in custom fields are milliseconds, unlike all other times of the API.
    customFieldValues: new Map<string, CustomFieldValues>([
      ['device/1001', { assetNumber: 'A-1001', inService: true, purchaseDate: 1_730_000_000_000 }],
      ['device/1002', { assetNumber: 'A-1002', inService: true }],
      ['organization/1', { contractLevel: 'gold' }],
      ['location/101', { openingHours: '08:00-17:00' }],
    ]),
  };
}

export interface CustomFieldData {
  readonly customFields: CustomField[];
  /** By `device/<id>`, `organization/<id>`, `location/<id>` and `endUser/<id>`. */
  readonly customFieldValues: Map<string, CustomFieldValues>;
}

export type CustomFieldValues = Readonly<Record<string, unknown>>;

export interface CustomField {
  readonly name: string;
  readonly label: string;
  readonly entityType: 'NODE';
  readonly scope: 'NODE_GLOBAL';
  readonly definitionScope: readonly ('NODE' | 'END_USER' | 'LOCATION' | 'ORGANIZATION')[];
  readonly type: string;
  readonly technicianPermission: 'EDITABLE';
  readonly apiPermission: 'READ_WRITE';
  readonly system: boolean;
  readonly active: boolean;
  readonly createTime: number;
  readonly updateTime: number;
}

const FIELDS: readonly CustomField[] = [
  field('assetNumber', 'TEXT', 'NODE'),
  field('contractLevel', 'DROPDOWN', 'ORGANIZATION'),
  field('inService', 'CHECKBOX', 'NODE'),
  field('openingHours', 'TEXT', 'LOCATION'),
  field('purchaseDate', 'DATE', 'NODE'),
];

function more(): CustomField[] {
  return Array.from({ length: 115 }, (_, index) =>
    field(`measure${String(index + 1).padStart(3, '0')}`, 'NUMERIC', 'NODE'),
  );
}

function field(name: string, type: string, definitionScope: CustomField['definitionScope'][number]): CustomField {
  return {
    name,
    label: name,
    entityType: 'NODE',
    scope: 'NODE_GLOBAL',
    definitionScope: [definitionScope],
    type,
    technicianPermission: 'EDITABLE',
    apiPermission: 'READ_WRITE',
    system: false,
    active: true,
    createTime: FIRST_SEEN + 0.5,
    updateTime: FIRST_SEEN + 0.5,
  };
}
