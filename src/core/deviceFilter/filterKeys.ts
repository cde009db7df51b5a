import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { ResourceType } from '../catalog/operation.ts';

/** The operators of the device filter, as they are offered. */
export type FilterOperator = '=' | '!=' | 'in' | 'notin' | 'before' | 'after';

/** A key of the device filter, or a word that is a clause by itself. */
export interface FilterKey {
  readonly name: string;
  /** Other names that NinjaOne takes for it. */
  readonly aliases: readonly string[];
  /** Names of the same thing elsewhere in the API, which are no keys. Lower case. */
  readonly misnomers: readonly string[];
  /** `group` stands before its ID without an operator, and a `flag` is a clause by itself. */
  readonly form: 'id' | 'name' | 'date' | 'group' | 'flag';
  /** What its IDs stand for. */
  readonly kind?: ResourceType;
  readonly operators: readonly FilterOperator[];
  /** A clause with this key. */
  readonly example: string;
  readonly meaning: LocalizableMessage;
  /**
   * Evidence that NinjaOne reads it like this: `documented` in the article about device filters, or `seen` in programs
   * of others that use it.
   */
  readonly source: 'documented' | 'seen';
}

const COMPARISONS = ['=', '!=', 'in', 'notin'] as const;
const COMMON = { aliases: [], misnomers: [], source: 'documented' } as const;

/** In the order in which they are offered. */
export const FILTER_KEYS: readonly FilterKey[] = [
  {
    ...COMMON,
    name: 'org',
    aliases: ['organization'],
    misnomers: ['organizationid', 'orgid', 'organisation'],
    form: 'id',
    kind: 'organization',
    operators: COMPARISONS,
    example: 'org = 42',
    meaning: l10n.t('Devices of an organization, by its ID.'),
  },
  {
    ...COMMON,
    name: 'loc',
    aliases: ['location'],
    misnomers: ['locationid', 'locid', 'site'],
    form: 'id',
    kind: 'location',
    operators: COMPARISONS,
    example: 'loc = 42',
    meaning: l10n.t('Devices of a location, by its ID.'),
  },
  {
    ...COMMON,
    name: 'class',
    misnomers: ['nodeclass', 'deviceclass', 'type', 'devicetype'],
    form: 'name',
    operators: COMPARISONS,
    example: 'class = WINDOWS_SERVER',
    meaning: l10n.t('Devices of a class, such as WINDOWS_SERVER. The names are in capitals.'),
  },
  {
    ...COMMON,
    name: 'offline',
    form: 'flag',
    operators: [],
    example: 'offline',
    meaning: l10n.t('Devices that are offline. Takes no value.'),
  },
  {
    ...COMMON,
    name: 'online',
    form: 'flag',
    operators: [],
    example: 'online',
    meaning: l10n.t('Devices that are online. Takes no value.'),
  },
  {
    ...COMMON,
    name: 'id',
    misnomers: ['deviceid', 'nodeid', 'device'],
    form: 'id',
    kind: 'device',
    operators: COMPARISONS,
    example: 'id = 42',
    meaning: l10n.t('Devices by their own IDs.'),
  },
  {
    ...COMMON,
    name: 'role',
    misnomers: ['noderoleid', 'roleid', 'noderole'],
    form: 'id',
    kind: 'deviceRole',
    operators: COMPARISONS,
    example: 'role = 42',
    meaning: l10n.t('Devices with a device role, by the ID of the role.'),
  },
  {
    ...COMMON,
    name: 'status',
    misnomers: ['approvalstatus', 'approval'],
    form: 'name',
    operators: COMPARISONS,
    example: 'status = PENDING',
    meaning: l10n.t('Devices by their approval. Without a clause with this key, only approved devices are returned.'),
  },
  {
    ...COMMON,
    name: 'created',
    misnomers: ['createdat', 'creationtime'],
    form: 'date',
    operators: ['before', 'after'],
    example: 'created after 2025-06-30',
    meaning: l10n.t('Devices that were added before or after a date.'),
    source: 'seen',
  },
  {
    ...COMMON,
    name: 'group',
    misnomers: ['groupid'],
    form: 'group',
    kind: 'deviceGroup',
    operators: [],
    example: 'group 42',
    meaning: l10n.t('Devices of a device group. The ID follows without an operator.'),
    source: 'seen',
  },
];

/** The key with this name, or with this other name of NinjaOne. Names are in lower case. */
export function filterKey(name: string): FilterKey | undefined {
  return FILTER_KEYS.find((key) => key.name === name || key.aliases.includes(name));
}

/** The key that a wrong name surely means; undefined if that is not certain. */
export function intendedKey(name: string): FilterKey | undefined {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  return filterKey(plain) ?? FILTER_KEYS.find(({ misnomers }) => misnomers.includes(plain));
}

/** Spellings that NinjaOne documents for an operator. */
export const OPERATORS: ReadonlyMap<string, FilterOperator> = new Map([
  ['=', '='],
  ['eq', '='],
  ['!=', '!='],
  ['neq', '!='],
  ['<>', '!='],
  ['in', 'in'],
  ['notin', 'notin'],
  ['nin', 'notin'],
  ['!in', 'notin'],
  ['before', 'before'],
  ['after', 'after'],
]);

/** What is written for an operator in other languages. Lower case. */
export const MISTAKEN_OPERATORS: ReadonlyMap<string, FilterOperator> = new Map([
  ['==', '='],
  ['===', '='],
  [':', '='],
  ['is', '='],
  ['equals', '='],
  ['!==', '!='],
  ['ne', '!='],
  ['not in', 'notin'],
  ['is not', '!='],
  ['<', 'before'],
  ['<=', 'before'],
  ['>', 'after'],
  ['>=', 'after'],
]);

export const OPERATOR_MEANINGS: { readonly [O in FilterOperator]: LocalizableMessage } = {
  '=': l10n.t('Is this value.'),
  '!=': l10n.t('Is any other value.'),
  in: l10n.t('Is one of the values in parentheses, with commas between them.'),
  notin: l10n.t('Is none of the values in parentheses, with commas between them.'),
  before: l10n.t('Before a date, such as {0}.', '2025-06-30'),
  after: l10n.t('After a date, such as {0}.', '2025-06-30'),
};

export const AND_MEANING = l10n.t('Both clauses have to be true. NinjaOne has no OR; use in (…) for several values.');

/** `APPROVED` and `PENDING` are documented for the filter; the others are in the API description of a device. */
export const STATUSES = ['APPROVED', 'PENDING', 'STAGED', 'DECOMMISSIONED'] as const;

/** Filters that show what can be written, for an empty one. */
export const FILTER_EXAMPLES = [
  'class = WINDOWS_SERVER AND offline',
  'class in (WINDOWS_SERVER, LINUX_SERVER)',
] as const;

/**
 * Whether the operation is a report, which does not apply `class`. Seen by programs of others, which got no rows or those of
 * all classes.
 */
export function ignoresClass(path: string): boolean {
  return path.startsWith('/v2/queries/');
}
