import { asArray, asRecord } from '../base/untrusted.ts';
import type { Column } from './tableModel.ts';

/** How a person has arranged the columns of a table. It contains names and no value of a row. */
export interface ColumnLayout {
  /** Keys of columns, from left to right. Columns of a later response that are not named keep their usual place. */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  /** Pixels, by key. */
  readonly widths: Readonly<Record<string, number>>;
  /** Number of columns that stay in sight on the left, hidden ones included, so that the others of them are the same. */
  readonly frozen: number;
}

export interface PlacedColumn extends Column {
  /** Index in the cells of a row. */
  readonly index: number;
  readonly isHidden: boolean;
  /** Width that a person has chosen. */
  readonly pixels: number | undefined;
}

/** The first two columns, which are mostly the id and the name, stay in sight. */
export const USUAL_LAYOUT: ColumnLayout = { order: [], hidden: [], widths: {}, frozen: 2 };

/** All columns in their order, hidden ones included. */
export function placeColumns(columns: readonly Column[], layout: ColumnLayout): readonly PlacedColumn[] {
  const hidden = new Set(layout.hidden);
  const placed = columns.map((column, index) => ({
    ...column,
    index,
    isHidden: hidden.has(column.key),
    pixels: Object.hasOwn(layout.widths, column.key) ? layout.widths[column.key] : undefined,
  }));
  const usual = placed.toSorted((a, b) => rankOf(a) - rankOf(b) || a.index - b.index);
  const order = new Map(layout.order.map((key, at) => [key, at]));
  const known = usual.filter(({ key }) => order.has(key)).toSorted((a, b) => at(order, a) - at(order, b));
  const others = usual.filter(({ key }) => !order.has(key));
  // A new column stands before the UUIDs that end the usual order.
  const end = known.length - [...known].reverse().findIndex(({ isUuid }) => !isUuid);
  const split = others.findIndex(({ isUuid }) => isUuid);
  const [texts, uuids] = split < 0 ? [others, []] : [others.slice(0, split), others.slice(split)];
  return known.length === 0 ? usual : [...known.slice(0, end), ...texts, ...known.slice(end), ...uuids];
}

export function shownColumns(columns: readonly Column[], layout: ColumnLayout): readonly PlacedColumn[] {
  return placeColumns(columns, layout).filter(({ isHidden }) => !isHidden);
}

/** How many columns of this table are hidden; the layout may name columns of other responses, too. */
export function hiddenColumns(columns: readonly Column[], layout: ColumnLayout): number {
  return placeColumns(columns, layout).filter(({ isHidden }) => isHidden).length;
}

/** The column that names the row: the first of the names, or else the first column. */
export function naming(columns: readonly Column[]): Column | undefined {
  const names = columns.filter((column) => rankOf(column) < NAMES.length && column.name !== 'id');
  return names.toSorted((a, b) => rankOf(a) - rankOf(b))[0] ?? columns.find(({ name }) => name === 'id') ?? columns[0];
}

/** Number of shown columns that stay in sight. */
export function frozenColumns(columns: readonly Column[], layout: ColumnLayout): number {
  const frozen = placeColumns(columns, layout).slice(0, layout.frozen);
  return Math.min(MAX_FROZEN, frozen.filter(({ isHidden }) => !isHidden).length);
}

/** Keeps the shown columns up to this one in sight. */
export function withFrozen(columns: readonly Column[], layout: ColumnLayout, key: string): ColumnLayout {
  const last = shownColumns(columns, layout).findIndex((column) => column.key === key);
  const lastKey = shownColumns(columns, layout)[Math.min(last, MAX_FROZEN - 1)]?.key;
  return { ...layout, frozen: placeColumns(columns, layout).findIndex((column) => column.key === lastKey) + 1 };
}

/** `key` goes where `target` is. The columns that stay in sight are the same as before, but for this one. */
export function withMoved(columns: readonly Column[], layout: ColumnLayout, key: string, target: string): ColumnLayout {
  const keys = placeColumns(columns, layout).map((column) => column.key);
  const [from, to] = [keys.indexOf(key), keys.indexOf(target)];
  if (from < 0 || to < 0) {
    return layout;
  }
  const rest = keys.toSpliced(from, 1);
  const frozen = layout.frozen + Number(to < layout.frozen) - Number(from < layout.frozen);
  return { ...layout, order: rest.toSpliced(to, 0, key), frozen };
}

export function withHidden(layout: ColumnLayout, hidden: readonly string[]): ColumnLayout {
  return { ...layout, hidden };
}

export function withWidth(layout: ColumnLayout, key: string, pixels: number): ColumnLayout {
  const width = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, pixels)));
  return { ...layout, widths: { ...layout.widths, [key]: width } };
}

export function withUsualWidth(layout: ColumnLayout, key: string): ColumnLayout {
  return { ...layout, widths: Object.fromEntries(Object.entries(layout.widths).filter(([each]) => each !== key)) };
}

/** A layout that was stored or sent; undefined if it is none. */
export function parseLayout(value: unknown): ColumnLayout | undefined {
  const record = asRecord(value);
  const widths = asRecord(record?.['widths']);
  if (!record || !widths) {
    return undefined;
  }
  const { order, hidden, frozen } = record;
  const entries = Object.entries(widths).flatMap(([key, width]) =>
    typeof width === 'number' && width >= MIN_WIDTH && width <= MAX_WIDTH ? [[key, width] as const] : [],
  );
  return {
    order: keysOf(order),
    hidden: keysOf(hidden),
    frozen: typeof frozen === 'number' && Number.isInteger(frozen) && frozen >= 0 ? Math.min(frozen, MAX_KEYS) : 2,
    widths: Object.fromEntries(entries.slice(0, MAX_KEYS)),
  };
}

function keysOf(value: unknown): readonly string[] {
  const keys = asArray(value).filter((key) => typeof key === 'string');
  return keys.filter((key) => key.length <= MAX_KEY_LENGTH).slice(0, MAX_KEYS);
}

function at(order: ReadonlyMap<string, number>, { key }: Column): number {
  return order.get(key) ?? 0;
}

/** The names of a thing come first, UUIDs last. */
function rankOf({ name, isUuid }: Column): number {
  const rank = NAMES.indexOf(name);
  return rank >= 0 ? rank : isUuid ? NAMES.length + 1 : NAMES.length;
}

const NAMES = 'id displayName systemName name fullName title subject hostname'.split(' ');

/** `table.css` has a rule for each. */
const MAX_FROZEN = 6;
const MIN_WIDTH = 40;
const MAX_WIDTH = 2000;
const MAX_KEYS = 200;
const MAX_KEY_LENGTH = 200;
