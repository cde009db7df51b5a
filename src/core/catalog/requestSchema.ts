import type { JsonSchema, Operation, Parameter, Schemas } from './operation.ts';
import { dateFormatOf } from './dateParameters.ts';
import { isForm, withFileReferences } from './formSchema.ts';
import { COMBINATORS, schemaReferences, SCHEMAS } from './openApiSchema.ts';
import { asArray, asRecord } from '../base/untrusted.ts';

/**
 * The draft-07 schema of an operation's request document `{ operation, path, query, body }` (E6). Contains only the
 * schemas that the body refers to, so that VS Code reads little text. A missing schema allows every value. Nothing is
 * required, because a document is incomplete while it is written: what is missing is reported when it is sent.
 */
export function requestSchema(operation: Operation, schemas: Schemas): JsonSchema {
  const { key, title, description, parameters, body } = operation;
  const path = valuesSchema(parameters.filter((parameter) => parameter.in === 'path'));
  const query = valuesSchema(parameters.filter((parameter) => parameter.in === 'query'));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...(description === undefined ? {} : { description }),
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      operation: { type: 'string', enum: [key] },
      ...(path ? { path } : {}),
      ...(query ? { query } : {}),
      ...(body ? { body: editorSchema(isForm(body) ? withFileReferences(body.schema) : body.schema, 'root') } : {}),
    },
    definitions: Object.fromEntries(
      [...reachableSchemas(body?.schema, schemas)].map(([name, schema]) => [name, editorSchema(schema, 'value')]),
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
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, valueSchema(parameter)])),
  };
}

/**
 * Values are sent as text, so a number may be written as a string of digits. A string may be written as a number if it
 * is an ID, a list of IDs, or a date in seconds. An empty string is a value that is still missing. An optional value may
 * be null, which is not sent.
 */
function valueSchema(parameter: Parameter): JsonSchema {
  const { description, required, list, values } = parameter;
  const item = itemSchema(parameter);
  const one = values && list === undefined ? { ...item, ...choicesOf(parameter, values) } : item;
  return {
    ...(description === undefined ? {} : { description }),
    ...(list === undefined
      ? { ...one, type: required ? one.type : [...one.type, 'null'] }
      : {
          anyOf: [
            {
              type: 'array',
              items: {
                ...item,
                ...(values ? { enum: parameter.type === 'string' ? values : values.map(Number) } : {}),
              },
            },
            { type: ['string', 'null'] },
          ],
        }),
  };
}

function itemSchema(parameter: Parameter): { readonly type: readonly string[]; readonly [keyword: string]: unknown } {
  const { type, format, minimum, maximum } = parameter;
  if (dateFormatOf(parameter) !== undefined) {
    // A date is accepted in more forms than those of its format.
    return { type: ['string', 'number'] };
  }
  return {
    ...(format === undefined ? {} : { format }),
    type: [...TYPES[type], ...(isIdInText(parameter) ? ['number'] : [])],
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(type === 'integer' ? { pattern: '^\\s*(-?\\d+)?\\s*$' } : {}),
  };
}

const TYPES: { readonly [T in Parameter['type']]: readonly string[] } = {
  string: ['string'],
  integer: ['integer', 'string'],
  number: ['number', 'string'],
  boolean: ['boolean'],
};

function isIdInText({ type, kind, format }: Parameter): boolean {
  return type === 'string' && kind !== undefined && format !== 'uuid';
}

/** A value with commas is a list of words. They are suggested, but any combination of them is valid. */
function choicesOf({ type, required }: Parameter, values: readonly string[]): Readonly<Record<string, unknown>> {
  const known = type === 'string' ? values : values.map(Number);
  return values.some((value) => value.includes(','))
    ? { anyOf: [{ enum: values.flatMap((value) => value.split(',')) }, { type: 'string' }] }
    : { anyOf: [{ enum: required ? known : [...known, null] }, STILL_MISSING] };
}

/** Not a value of the enum, because VS Code would suggest it. */
const STILL_MISSING = { type: 'string', maxLength: 0 };

/**
 * The schema of a body or of a part of it, as the editor needs it:
 * - Without `required`.
 * - Without `oneOf`: when nothing is required, several of its schemas can fit, and that would be an error.
 * - In this API, `object` without any detail is Java's `Object`, which is any value. Only the body itself is an object
 *   then.
 */
function editorSchema(schema: JsonSchema, place: 'root' | 'value'): JsonSchema {
  if (typeof schema === 'boolean') {
    return schema;
  }
  const inner = (part: unknown): JsonSchema => editorSchema(part as JsonSchema, 'value');
  const entries = Object.entries(schema).flatMap(([keyword, content]): [string, unknown][] => {
    switch (keyword) {
      case 'required':
      case 'oneOf':
        return [];
      case '$ref':
        return [[keyword, String(content).replace(SCHEMAS, '#/definitions/')]];
      case 'properties':
        return [
          [
            keyword,
            Object.fromEntries(Object.entries(asRecord(content) ?? {}).map(([name, part]) => [name, inner(part)])),
          ],
        ];
      case 'items':
      case 'additionalProperties':
        return [[keyword, inner(content)]];
      case 'allOf':
      case 'anyOf':
        return [[keyword, asArray(content).map((part) => editorSchema(part as JsonSchema, place))]];
      default:
        return [[keyword, content]];
    }
  });
  const { type, ...converted } = Object.fromEntries(entries);
  const choices = asArray(schema['oneOf']).map((part) => editorSchema(part as JsonSchema, place));
  return {
    ...(type === undefined || (place === 'value' && isAnyValue(schema)) ? {} : { type }),
    ...converted,
    ...(choices.length === 0
      ? {}
      : 'anyOf' in converted
        ? { allOf: [...asArray(converted['allOf']), { anyOf: choices }] }
        : { anyOf: choices }),
  };
}

function isAnyValue(schema: Readonly<Record<string, unknown>>): boolean {
  const isObject = [schema['type']].flat().includes('object');
  return isObject && !DETAILS.some((keyword) => keyword in schema);
}

const DETAILS = ['properties', 'additionalProperties', 'enum', ...COMBINATORS];
