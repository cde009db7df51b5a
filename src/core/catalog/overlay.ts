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
  readonly typed: boolean;
  readonly secret: boolean;
  /** By parameter name. */
  readonly kinds: ReadonlyMap<string, ResourceType>;
  readonly dates: ReadonlyMap<string, DateFormat>;
  readonly parameters: ReadonlyMap<string, ParameterFacts>;
  /** Names of members of the body that are passwords. */
  readonly passwords: readonly string[];
  readonly source: Source;
  /** The reason for a row that NinjaOne's description does not explain, and what is unknown. Not used by the code. */
  readonly note: string | undefined;
}

/** Corrections of one parameter. With `in` and `type`, the parameter is added if the API description does not have it. */
export type ParameterFacts = Partial<Pick<Parameter, 'in' | 'type' | 'format' | 'required' | 'minimum' | 'maximum'>> & {
  /** Never offered, because it has no use. */
  readonly omit?: boolean;
};

/**
 * The evidence for the scope, the risk level, and the need for a user:
 * - `spec`: the API description says it for this operation.
 * - `documented`: NinjaOne's documentation says it.
 * - `issue`: users of the API reported it.
 * - `tag`: the API description has the operation under the tag `management`.
 * - `client`: public clients, such as the PowerShell module NinjaOne, agree on whether the operation reads or changes
 *   data. NinjaOne documents `monitoring` for reading and `management` for changing.
 * - `rule`: only the rule that a GET needs `monitoring` and all other methods need `management`.
 */
const SOURCES = ['spec', 'documented', 'issue', 'tag', 'client', 'rule'] as const;
export type Source = (typeof SOURCES)[number];

/** Public clients request all scopes, so they do not show which one an operation needs. */
const SCOPE_GUESSES: ReadonlySet<Source> = new Set(['tag', 'client', 'rule']);

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
 * A change without a row could do anything, so it gets the highest risk level, and its response is protected like one
 * with secrets. Its scope is only `management`: no known operation needs `control`, which gives remote access to
 * devices, so users would grant more than necessary. It does not require a user, because that would block client
 * credentials even if they work. If the server refuses them, its error explains why.
 */
export const UNKNOWN_TRAITS: Traits = {
  group: 'Other',
  riskLevel: 'destructive',
  scope: 'management',
  needsUser: false,
  paging: undefined,
  bulk: true,
  secret: true,
  items: undefined,
};

/**
 * A GET without a row reads, but may return secrets. If it needed the permission to write, users would give it in order to
 * read, which is less safe.
 */
export const UNKNOWN_READ: Traits = {
  ...UNKNOWN_TRAITS,
  riskLevel: 'secretRead',
  scope: 'monitoring',
  bulk: false,
  isScopeGuess: true,
};

/** Compares the group, which no row has, because lazily loaded bundles have their own copy of the object. */
export function isUnknownTraits({ group }: Traits): boolean {
  return group === UNKNOWN_TRAITS.group;
}

/** `passwords` are names of members that the API description marks as passwords. */
export function operationTraits(
  { method }: Pick<SpecOperation, 'method'>,
  row: OverlayRow | undefined,
  passwords: readonly string[] = [],
): Traits {
  if (!row) {
    const unknown = method === 'GET' ? UNKNOWN_READ : UNKNOWN_TRAITS;
    return passwords.length > 0 ? { ...unknown, passwords } : unknown;
  }
  const { group, riskLevel, scope, needsUser, bulk, typed, secret, items, paging, source } = row;
  return {
    group,
    riskLevel,
    scope,
    needsUser,
    bulk,
    ...(typed ? { typed } : {}),
    ...(secret ? { secret } : {}),
    ...(SCOPE_GUESSES.has(source) ? { isScopeGuess: true } : {}),
    items,
    ...(row.passwords.length + passwords.length > 0 ? { passwords: [...row.passwords, ...passwords] } : {}),
    paging: paging === undefined ? undefined : { style: paging, items: items ?? '' },
  };
}

export function operationParameters(operation: SpecOperation, row: OverlayRow | undefined): readonly Parameter[] {
  const declared = new Set(operation.parameters.map(({ name }) => name));
  const added = [...(row?.parameters ?? [])].flatMap(([name, { in: location, type, ...facts }]) =>
    declared.has(name) || !location || !type ? [] : [{ ...UNDECLARED, ...facts, name, in: location, type }],
  );
  return [...operation.parameters, ...added].flatMap((parameter: SpecParameter) => {
    const { omit, format, required, minimum, maximum } = row?.parameters.get(parameter.name) ?? {};
    return omit
      ? []
      : [
          {
            ...parameter,
            // The description declares cursors of 32 bits, but the ids of activities are longer.
            format:
              format ?? (parameter.name === row?.paging && parameter.format === 'int32' ? 'int64' : parameter.format),
            required: parameter.required || required === true,
            minimum: minimum ?? parameter.minimum ?? (PAGE_SIZES.has(parameter.name) ? 1 : undefined),
            maximum: maximum ?? parameter.maximum,
            kind: row ? row.kinds.get(parameter.name) : kindInPath(operation, parameter),
            date: row?.dates.get(parameter.name),
          },
        ];
  });
}

/** Of an operation that only the description of an instance has, so that its confirmation can name the object, too. */
function kindInPath({ path }: SpecOperation, { in: location, name }: SpecParameter): ResourceType | undefined {
  return location === 'path' ? NAMED_IN_PATH.find((kind) => path.startsWith(`/v2/${kind}/{${name}}`)) : undefined;
}

const NAMED_IN_PATH: readonly ResourceType[] = ['device', 'organization'];

const UNDECLARED = { required: false, format: undefined, values: undefined } as const;
const PAGE_SIZES: ReadonlySet<string> = new Set(['pageSize', 'limit']);

/** Checks every field, so that a typing error cannot make a row less strict. */
function readRow(raw: unknown): OverlayRow | undefined {
  const record = asRecord(raw) ?? {};
  const group = asName(getOwn(raw, 'group'));
  const riskLevel = oneOf(RISK_LEVELS, getOwn(raw, 'riskLevel'));
  const scope = oneOf(SCOPES, getOwn(raw, 'scope'));
  const source = oneOf(SOURCES, getOwn(raw, 'source'));
  const isValid = Object.entries(record).every(([field, value]) => ROW_FIELDS.get(field)?.(value) === true);
  if (!isValid || group === undefined || riskLevel === undefined || scope === undefined || source === undefined) {
    return undefined;
  }
  const flag = (name: string): boolean => getOwn(raw, name) === true;
  return {
    group,
    riskLevel,
    scope,
    source,
    paging: oneOf(PAGING_STYLES, getOwn(raw, 'paging')),
    items: getOwn(raw, 'items') as string | undefined,
    needsUser: flag('needsUser'),
    bulk: flag('bulk'),
    typed: flag('typed'),
    secret: flag('secret'),
    kinds: mapOf<ResourceType>(getOwn(raw, 'kinds')),
    dates: mapOf<DateFormat>(getOwn(raw, 'dates')),
    parameters: mapOf<ParameterFacts>(getOwn(raw, 'parameters')),
    passwords: asArray(getOwn(raw, 'passwords')) as readonly string[],
    note: getOwn(raw, 'note') as string | undefined,
  };
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => Number.isSafeInteger(value);
const isFlag: Check = (value) => typeof value === 'boolean';
const isOneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const isMapOf =
  (check: Check): Check =>
  (value) =>
    Object.values(asRecord(value) ?? { none: undefined }).every(check);

const PARAMETER_FIELDS = checksOf({
  in: isOneOf(['path', 'query']),
  type: isOneOf(['string', 'integer', 'number', 'boolean']),
  format: isText,
  required: isFlag,
  minimum: isNumber,
  maximum: isNumber,
  omit: isFlag,
} satisfies Record<keyof ParameterFacts, Check>);

const ROW_FIELDS = checksOf({
  group: isText,
  riskLevel: isOneOf(RISK_LEVELS),
  scope: isOneOf(SCOPES),
  needsUser: isFlag,
  secret: isFlag,
  typed: isFlag,
  paging: isOneOf(PAGING_STYLES),
  items: isText,
  bulk: isFlag,
  kinds: isMapOf(isText),
  dates: isMapOf(isOneOf(DATE_FORMS)),
  parameters: isMapOf((facts) =>
    Object.entries(asRecord(facts) ?? { none: 1 }).every(
      ([field, value]) => PARAMETER_FIELDS.get(field)?.(value) === true,
    ),
  ),
  passwords: (names) => Array.isArray(names) && names.every(isText),
  source: isOneOf(SOURCES),
  note: isText,
} satisfies Record<keyof OverlayRow, Check>);

function checksOf(checks: Readonly<Record<string, Check>>): ReadonlyMap<string, Check> {
  return new Map(Object.entries(checks));
}

/** The values were checked with `ROW_FIELDS`. */
function mapOf<T>(value: unknown): ReadonlyMap<string, T> {
  return new Map(Object.entries(asRecord(value) ?? {}) as [string, T][]);
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((candidate) => candidate === value);
}
