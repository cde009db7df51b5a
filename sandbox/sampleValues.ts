import type { Schema } from './operations.ts';

/**
 * A value for a shape, the same each time: lists of two, the first values of enums, times in NinjaOne's format, and
 * text with the name of its member. A member that refers to a surrounding shape is omitted, so that recursive shapes
 * end. There are no members that the shape does not name.
 */
export function sampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, known: KnownValues = {}): unknown {
  const top = valueOf(schema, { schemas, inside: [], name: 'value', index: 0 });
  if (typeof top !== 'object' || top === null || Array.isArray(top)) {
    return top;
  }
  const same = Object.entries(known).filter(([name, value]) => typeof value === typeof (top as KnownValues)[name]);
  return { ...top, ...Object.fromEntries(same) };
}

/** Members of the outermost object with values from the request, such as the id in its path. */
export type KnownValues = Readonly<Record<string, unknown>>;

interface Context {
  readonly schemas: Readonly<Record<string, Schema>>;
  /** Names of the surrounding shapes. */
  readonly inside: readonly string[];
  /** The member that the value is for. */
  readonly name: string;
  /** Which row of a list the value belongs to. */
  readonly index: number;
}

function valueOf(schema: Schema, context: Context): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    const target = context.schemas[name];
    return target === undefined || context.inside.includes(name)
      ? undefined
      : valueOf(target, { ...context, inside: [...context.inside, name] });
  }
  if (schema.enum !== undefined) {
    return schema.enum[0];
  }
  switch (schema.type) {
    case 'array':
      return listOf(schema, context);
    case 'object':
      return objectOf(schema, context);
    case 'integer':
      return integerOf(context);
    case 'number':
      return TIME.test(context.name) ? timeOf(context.index) : context.index + 1.5;
    case 'boolean':
      return context.index % 2 === 0;
    case undefined:
    default:
      return textOf(schema, context);
  }
}

function listOf({ items = {}, maxItems = 2 }: Schema, context: Context): unknown[] {
  const name = context.name.replace(/(?<!s)s$/, '');
  const element = resolved(items, context.schemas);
  // Elements of a list differ, because many lists are sets.
  return Array.from({ length: Math.min(2, maxItems, element.enum?.length ?? 2) }, (_, row) =>
    element.enum ? element.enum[row] : valueOf(items, { ...context, name, index: context.index + row }),
  ).filter((value) => value !== undefined);
}

function objectOf({ properties, additionalProperties }: Schema, context: Context): Record<string, unknown> {
  const members = Object.entries(properties ?? {})
    .filter(([, member]) => member.writeOnly !== true)
    .map(([name, member]) => [name, valueOf(member, { ...context, name })] as const);
  const more =
    typeof additionalProperties === 'object'
      ? ['first', 'second'].map((name) => [name, valueOf(additionalProperties, { ...context, name })] as const)
      : [];
  return Object.fromEntries([...members, ...more].filter(([, value]) => value !== undefined));
}

function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf('/') + 1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function integerOf({ name, index }: Context): number {
  if (TIME.test(name)) {
    return Math.floor(timeOf(index));
  }
  if (BYTES.test(name)) {
    return (index + 1) * 1_073_741_824;
  }
  // The first ids of devices and locations in the tenant.
  const first = /^(?:.*device|node)Id$/i.test(name) ? 1001 : name === 'locationId' ? 101 : 1;
  return first + index;
}

function textOf({ format }: Schema, { name, index }: Context): string {
  const number = index + 1;
  if (format === 'uuid' || /Uid$|^uid$/.test(name)) {
    return `5a4db0c5-0000-4000-8000-${String(number).padStart(12, '0')}`;
  }
  if (format === 'date-time') {
    return new Date(timeOf(index) * 1000).toISOString();
  }
  const [, make] = TEXTS.find(([pattern]) => pattern.test(name)) ?? [];
  return make?.(number) ?? `${name}-${number}`;
}

const TEXTS: readonly (readonly [pattern: RegExp, make: (number: number) => string])[] = [
  [/email/i, (number) => `person${number}@customer.example`],
  [/url$/i, (number) => `https://files.example/${number}`],
  [/mac(?:address)?(?:es)?$/i, (number) => `00:00:5E:00:53:0${number}`],
  [/gateway$|ip(?:address)?(?:es)?$/i, (number) => `192.0.2.${number}`],
  [/version$/i, (number) => `${number}.0.1`],
  [/date$/i, (number) => `2025-10-0${number}`],
  [/phone/i, (number) => `+1-555-010${number}`],
];

/** Members whose numbers are seconds since 1970. */
const TIME =
  /time$|date$|update$|(?:created|updated|completed)(?:On)?$|(?:last|Updated)On$|^(?:start|end|expires|installedAt|last[A-Z]\w*|timestamp)$|timestamp$/i;

const BYTES = /size$|bytes$|capacity|freeSpace|memory/i;

function timeOf(index: number): number {
  return 1_760_000_000.5 - index * 3600;
}
