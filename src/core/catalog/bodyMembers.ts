import { asArray, asRecord } from '../base/untrusted.ts';
import type { JsonSchema, Schemas } from './operation.ts';
import { schemaReferences } from './openApiSchema.ts';

/** What the schema of an object says about its members, with the schemas that it refers to and combines by `allOf`. */
export interface ObjectMembers {
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
}

/** The schema that a reference leads to, or the schema itself. A missing schema and a circle allow every value. */
export function resolvedSchema(schema: unknown, schemas: Schemas): Readonly<Record<string, unknown>> {
  let found = asRecord(schema);
  for (let steps = 0; typeof found?.['$ref'] === 'string'; steps++) {
    const [name = ''] = schemaReferences({ $ref: found['$ref'] });
    found = steps < MAX_STEPS ? asRecord(schemas.get(name)) : undefined;
  }
  return found ?? {};
}

const MAX_STEPS = 20;

export function membersOfSchema(schema: unknown, schemas: Schemas, depth = 0): ObjectMembers {
  const found = resolvedSchema(schema, schemas);
  const parts = depth < MAX_STEPS ? asArray(found['allOf']) : [];
  const inherited = parts.map((part) => membersOfSchema(part, schemas, depth + 1));
  const own = Object.entries(asRecord(found['properties']) ?? {}) as [string, JsonSchema][];
  return {
    properties: new Map([...inherited.flatMap(({ properties }) => [...properties]), ...own]),
    required: new Set([
      ...inherited.flatMap(({ required }) => [...required]),
      ...asArray(found['required']).filter((name) => typeof name === 'string'),
    ]),
  };
}

/** The JSON types that a schema names; empty if it allows every value. */
export function typesOf(schema: Readonly<Record<string, unknown>>): readonly string[] {
  return [schema['type']].flat().filter((type) => typeof type === 'string');
}
