import type { JsonSchema, Operation, Parameter, Schemas } from './operation.ts';
import { schemaReferences, SCHEMAS } from './openApiSchema.ts';
import { asRecord } from '../base/untrusted.ts';

/**
 * The draft-07 schema of an operation's request document `{ operation, path, query, body }` (E6). Contains only the
 * schemas that the body refers to, so that VS Code reads little text. A missing schema allows every value.
 */
export function requestSchema(operation: Operation, schemas: Schemas): JsonSchema {
  const { key, title, description, parameters, body } = operation;
  const path = valuesSchema(parameters.filter((parameter) => parameter.in === 'path'));
  const query = valuesSchema(parameters.filter((parameter) => parameter.in === 'query'));
  const required = ['operation', ...(path?.['required'] ? ['path'] : []), ...(query?.['required'] ? ['query'] : [])];
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...(description === undefined ? {} : { description }),
    type: 'object',
    required: body?.required === true ? [...required, 'body'] : required,
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      operation: { type: 'string', enum: [key] },
      ...(path ? { path } : {}),
      ...(query ? { query } : {}),
      ...(body ? { body: inDefinitions(body.schema) } : {}),
    },
    definitions: Object.fromEntries(
      [...reachableSchemas(body?.schema, schemas)].map(([name, schema]) => [name, inDefinitions(schema)]),
    ),
  };
}

/** The named schemas that a schema refers to, directly or indirectly. A missing schema is `{}`. */
export function reachableSchemas(schema: JsonSchema | undefined, schemas: Schemas): Schemas {
  const found = new Map<string, JsonSchema>();
  const waiting = [...schemaReferences(schema)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (!found.has(name)) {
      const target = schemas.get(name) ?? {};
      found.set(name, target);
      waiting.push(...schemaReferences(target));
    }
  }
  return found;
}

function valuesSchema(parameters: readonly Parameter[]): Readonly<Record<string, unknown>> | undefined {
  if (parameters.length === 0) {
    return undefined;
  }
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, valueSchema(parameter)])),
  };
}

/**
 * Values are sent as text, so a number may be written as a string of digits. A string may be written as a number if it
 * is an ID, a list of IDs, or a date in seconds. An optional value may be null, which is not sent.
 */
function valueSchema(parameter: Parameter): JsonSchema {
  const { type, format, values, description, required } = parameter;
  const types = [...TYPES[type], ...(type === 'string' && isNumberInText(parameter) ? ['number'] : [])];
  const choices = values ? choicesOf(parameter, values) : undefined;
  return {
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format }),
    type: required ? types : [...types, 'null'],
    ...(type === 'integer' ? { pattern: required ? '^\\s*-?\\d+\\s*$' : '^\\s*(-?\\d+)?\\s*$' } : {}),
    ...choices,
  };
}

const TYPES: { readonly [T in Parameter['type']]: readonly string[] } = {
  string: ['string'],
  integer: ['integer', 'string'],
  number: ['number', 'string'],
  boolean: ['boolean'],
};

function isNumberInText({ date, kind, format }: Parameter): boolean {
  return date !== undefined || (kind !== undefined && format !== 'uuid');
}

/** A value with commas is a list of words. They are suggested, but any combination of them is valid. */
function choicesOf({ type, required }: Parameter, values: readonly string[]): Readonly<Record<string, unknown>> {
  const known = type === 'string' ? values : values.map(Number);
  return values.some((value) => value.includes(','))
    ? { anyOf: [{ enum: values.flatMap((value) => value.split(',')) }, { type: 'string' }] }
    : { enum: required ? known : [...known, null] };
}

function inDefinitions(schema: JsonSchema): JsonSchema {
  return moved(schema) as JsonSchema;
}

function moved(part: unknown): unknown {
  if (Array.isArray(part)) {
    return part.map(moved);
  }
  const record = asRecord(part);
  return record
    ? Object.fromEntries(
        Object.entries(record).map(([key, value]) =>
          key === '$ref' && typeof value === 'string' && value.startsWith(SCHEMAS)
            ? [key, `#/definitions/${value.slice(SCHEMAS.length)}`]
            : [key, moved(value)],
        ),
      )
    : part;
}
