import { SCOPES, type Scope } from '../connections/connection.ts';
import type { SpecOperation, SpecParameter } from './spec.ts';
import {
  PAGING_STYLES,
  RISK_LEVELS,
  type DateFormat,
  type ResourceType,
  type PagingStyle,
  type Parameter,
  type RiskLevel,
  type Traits,
} from './operation.ts';
import { asArray, asName, asRecord, getOwn } from '../base/untrusted.ts';

/**
 * Facts about an operation that the API description does not contain (E4). `media/overlay.json` has one row per
 * operation, by method and path template, and is maintained by hand. It is not merged into the catalog, because a live
 * catalog needs the same rows, and because a row can be corrected without the API description.
 */
export interface OverlayRow {
  readonly group: string;
  readonly riskLevel: RiskLevel;
  readonly scope: Scope;
  readonly needsUser: boolean;
  readonly paging: PagingStyle | undefined;
  /** The property that has the list. Empty if the response is the list, undefined if it has none. */
  readonly items: string | undefined;
  readonly bulk: boolean;
  /** By parameter name. */
  readonly kinds: ReadonlyMap<string, ResourceType>;
  readonly dates: ReadonlyMap<string, DateFormat>;
  /** Names of members of the body that are passwords. */
  readonly passwords: readonly string[];
  readonly source: Source;
}

/**
 * The evidence for the scope, the risk level, and the need for a user: the API description, NinjaOne's documentation,
 * reports of API users, or only the rule that a GET needs `monitoring` and all other methods need `management`.
 */
const SOURCES = ['spec', 'documented', 'issue', 'rule'] as const;
export type Source = (typeof SOURCES)[number];

const DATE_FORMS = ['epochSeconds', 'epochMilliseconds', 'iso', 'day'] as const satisfies readonly DateFormat[];

/** Rows by key, such as `GET /v2/devices`. */
export type Overlay = ReadonlyMap<string, OverlayRow>;

/** Never throws. Ignores invalid rows, so that their operations get the strictest traits. */
export function readOverlay(value: unknown): Overlay {
  const rows = new Map<string, OverlayRow>();
  for (const [key, raw] of Object.entries(asRecord(value) ?? {})) {
    const row = readRow(raw);
    if (row) {
      rows.set(key, row);
    }
  }
  return rows;
}

/**
 * An operation without a row could do anything, so it gets the highest risk level. Its scope is only `management`: no
 * known operation needs `control`, which gives remote access to devices, so users would grant more than necessary. It
 * does not require a user, because that would block client credentials even if they work. If the server refuses them,
 * its error explains why.
 */
export const UNKNOWN_TRAITS: Traits = {
  group: 'Other',
  riskLevel: 'destructive',
  scope: 'management',
  needsUser: false,
  paging: undefined,
  bulk: true,
  items: undefined,
};

/** Compares the group, which no row has, because lazily loaded bundles have their own copy of the object. */
export function isUnknownTraits({ group }: Traits): boolean {
  return group === UNKNOWN_TRAITS.group;
}

/** `passwords` are names of members that the API description marks as passwords. */
export function operationTraits(row: OverlayRow | undefined, passwords: readonly string[] = []): Traits {
  if (!row) {
    return passwords.length > 0 ? { ...UNKNOWN_TRAITS, passwords } : UNKNOWN_TRAITS;
  }
  const { group, riskLevel, scope, needsUser, bulk, items, paging } = row;
  return {
    group,
    riskLevel,
    scope,
    needsUser,
    bulk,
    items,
    passwords: [...row.passwords, ...passwords],
    paging: paging === undefined ? undefined : { style: paging, items: items ?? '' },
  };
}

export function operationParameters(operation: SpecOperation, row: OverlayRow | undefined): readonly Parameter[] {
  return operation.parameters.map((parameter: SpecParameter) => ({
    ...parameter,
    // The description declares cursors of 32 bits, but the ids of activities are longer.
    format: parameter.name === row?.paging && parameter.format === 'int32' ? 'int64' : parameter.format,
    kind: row?.kinds.get(parameter.name),
    date: row?.dates.get(parameter.name),
  }));
}

const ROW_FIELDS: ReadonlySet<string> = new Set([
  'group',
  'riskLevel',
  'scope',
  'needsUser',
  'paging',
  'items',
  'bulk',
  'kinds',
  'dates',
  'passwords',
  'source',
] satisfies (keyof OverlayRow)[]);

/** Checks every field, so that a typing error cannot make a row less strict. */
function readRow(raw: unknown): OverlayRow | undefined {
  const group = asName(getOwn(raw, 'group'));
  const riskLevel = oneOf(RISK_LEVELS, getOwn(raw, 'riskLevel'));
  const scope = oneOf(SCOPES, getOwn(raw, 'scope'));
  const source = oneOf(SOURCES, getOwn(raw, 'source'));
  const paging = oneOf(PAGING_STYLES, getOwn(raw, 'paging'));
  const items = getOwn(raw, 'items');
  const known =
    Object.keys(asRecord(raw) ?? {}).every((field) => ROW_FIELDS.has(field)) &&
    [getOwn(raw, 'needsUser'), getOwn(raw, 'bulk')].every((flag) => flag === undefined || typeof flag === 'boolean') &&
    (getOwn(raw, 'paging') === undefined || paging !== undefined) &&
    (items === undefined || typeof items === 'string');
  if (!known || group === undefined || riskLevel === undefined || scope === undefined || source === undefined) {
    return undefined;
  }
  const dates = Object.entries(asRecord(getOwn(raw, 'dates')) ?? {}).flatMap(([name, form]) => {
    const known = oneOf(DATE_FORMS, form);
    return known === undefined ? [] : [[name, known] as const];
  });
  const kinds = Object.entries(asRecord(getOwn(raw, 'kinds')) ?? {}).flatMap(([name, kind]) =>
    typeof kind === 'string' ? [[name, kind] as const] : [],
  );
  return {
    group,
    riskLevel,
    scope,
    source,
    paging,
    items,
    needsUser: getOwn(raw, 'needsUser') === true,
    bulk: getOwn(raw, 'bulk') === true,
    kinds: new Map(kinds),
    dates: new Map(dates),
    passwords: asArray(getOwn(raw, 'passwords')).filter((name) => typeof name === 'string'),
  };
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((candidate) => candidate === value);
}
