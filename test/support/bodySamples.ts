import type { JsonSchema, Schemas } from '../../src/core/catalog/operation.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Values that a place without a type can have, such as a custom field. */
export const ANY_VALUES: readonly unknown[] = [
  'A-17',
  4,
  1.5,
  true,
  null,
  ['a', 1],
  { text: 'x', html: '<b>x</b>' },
  '',
];

/**
 * Bodies that the API description allows, read from the description and not from the schema of the editor. Every member
 * is filled, and each free place has one of `ANY_VALUES`.
 */
export function legalBodies(schema: JsonSchema, schemas: Schemas): readonly unknown[] {
  return ANY_VALUES.map((any) => make(schema as Schema, { schemas, any, depth: 0 }));
}

/** Bodies with exactly one wrong place: the body itself, or one of its direct members whose type is known. */
export function illegalBodies(schema: JsonSchema, schemas: Schemas): readonly unknown[] {
  const body = resolve(schema as Schema, schemas);
  const legal = make(body, { schemas, any: 'x', depth: 0 });
  const wrongWhole = [body.type === 'array' ? { no: 'list' } : ['no object'], 'text', 7];
  const members = Object.entries(membersOf(body, schemas)).flatMap(([name, part]) => {
    const wrong = wrongValue(resolve(part, schemas));
    return wrong === undefined ? [] : [{ ...(legal as object), [name]: wrong }];
  });
  return [...wrongWhole, ...members];
}

interface Making {
  readonly schemas: Schemas;
  readonly any: unknown;
  readonly depth: number;
}

function make(schema: Schema, making: Making): unknown {
  const found = resolve(schema, making.schemas);
  const inner = (part: Schema): unknown => make(part, { ...making, depth: making.depth + 1 });
  const [choice] = found.anyOf ?? found.oneOf ?? [];
  if (found.enum) {
    return found.enum.at(-1);
  }
  if (choice) {
    return inner(choice);
  }
  switch (String([found.type].flat()[0])) {
    case 'string':
      return text(found);
    case 'integer':
    case 'number':
      return Math.max(found.minimum ?? 0, Math.min(3, found.maximum ?? 3));
    case 'boolean':
      return true;
    case 'array':
      return making.depth < 6
        ? Array.from({ length: Math.max(1, found.minItems ?? 1) }, () => inner(found.items ?? {}))
        : [];
    default: {
      const members = Object.entries(membersOf(found, making.schemas));
      const { additionalProperties: more } = found;
      if (members.length === 0 && more === undefined && making.depth > 0) {
        return making.any;
      }
      return Object.fromEntries([
        ...(making.depth < 6 ? members.map(([name, part]) => [name, inner(part)] as const) : []),
        ...(more === undefined || more === false
          ? []
          : [['custom field', more === true ? making.any : inner(more)] as const]),
      ]);
    }
  }
}

function membersOf(schema: Schema, schemas: Schemas): Readonly<Record<string, Schema>> {
  const parts = (schema.allOf ?? []).map((part) => membersOf(resolve(part, schemas), schemas));
  return Object.assign({}, ...parts, schema.properties) as Readonly<Record<string, Schema>>;
}

function wrongValue({ type, enum: values, properties }: Schema): unknown {
  const [first] = [type].flat();
  return values
    ? 'NO_SUCH_VALUE'
    : first === 'string'
      ? 12
      : first === 'object'
        ? properties && 'text'
        : first === undefined
          ? undefined
          : { wrong: true };
}

function text({ format, minLength = 0, maxLength = 3 }: Schema): string {
  return format === 'uuid'
    ? '6f1c1c5e-0a5b-4c5e-9d3b-2f1e0d9c8b7a'
    : 'x'.repeat(Math.max(minLength, Math.min(3, maxLength)));
}

function resolve(schema: Schema, schemas: Schemas): Schema {
  const name = schema.$ref === undefined ? undefined : decodeURIComponent(schema.$ref.replace('#/schemas/', ''));
  return name === undefined ? schema : resolve(schemas.get(name) as Schema, schemas);
}
