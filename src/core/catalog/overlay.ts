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
import { asName, asRecord, getOwn } from '../base/untrusted.ts';

/**
 * What the API's description does not say about an operation (E4): one row for each, by method and path template, kept
 * by hand in `media/overlay.json`. It stands beside the catalog and is not merged into it, because a live catalog
 * needs the same rows, and because whoever corrects a row must not need the description to do so.
 */
export interface OverlayRow {
  readonly group: string;
  readonly riskLevel: RiskLevel;
  readonly scope: Scope;
  readonly needsUser: boolean;
  readonly paging: PagingStyle | undefined;
  /** Where the list is in the answer; `''` when the answer is the list; undefined when there is none. */
  readonly items: string | undefined;
  readonly bulk: boolean;
  /** By parameter name. */
  readonly kinds: ReadonlyMap<string, ResourceType>;
  readonly dates: ReadonlyMap<string, DateFormat>;
  readonly source: Source;
}

/**
 * What scope, tier and need of a user rest on: the API's description says so, NinjaOne's documentation does, users of the
 * API have seen it, or only the rule that a GET reads with `monitoring` and everything else needs `management`.
 */
const SOURCES = ['spec', 'documented', 'issue', 'rule'] as const;
export type Source = (typeof SOURCES)[number];

const DATE_FORMS = ['epochSeconds', 'epochMilliseconds', 'iso', 'day'] as const satisfies readonly DateFormat[];

/** By key, such as `GET /v2/devices`. */
export type Overlay = ReadonlyMap<string, OverlayRow>;

/** Never throws: a row that cannot be read is no row, and its operation falls to the strictest tier. */
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
 * An operation that the overlay does not know may do anything, so it is treated as what does most harm. Its scope stays
 * `management`: no known operation needs `control`, which gives remote access to devices, and asking for that would make
 * people hand out more than an unknown operation can need. It is not said to need a user, because a wrong lock would be
 * final while the server's own refusal is explained.
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

/** By shape, not by identity: lazily loaded bundles carry their own copy of the row. No row of the overlay has its group. */
export function isUnknownTraits({ group }: Traits): boolean {
  return group === UNKNOWN_TRAITS.group;
}

export function operationTraits(row: OverlayRow | undefined): Traits {
  if (!row) {
    return UNKNOWN_TRAITS;
  }
  const { group, riskLevel, scope, needsUser, bulk, items, paging } = row;
  return {
    group,
    riskLevel,
    scope,
    needsUser,
    bulk,
    items,
    paging: paging === undefined ? undefined : { style: paging, items: items ?? '' },
  };
}

export function operationParameters(operation: SpecOperation, row: OverlayRow | undefined): readonly Parameter[] {
  return operation.parameters.map((parameter: SpecParameter) => ({
    ...parameter,
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
  'source',
] satisfies (keyof OverlayRow)[]);

/** Every word is checked: a row with a slip in it must not pass as a weaker one. */
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
  };
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((candidate) => candidate === value);
}
