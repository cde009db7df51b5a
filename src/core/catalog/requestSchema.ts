import type { JsonSchema, Operation, Parameter, Schemas } from './operation.ts';
import { dateFormatOf, isActivityId } from './dateParameters.ts';
import { isForm, withFileReferences } from './formSchema.ts';
import { bodyEditorSchema, listedFirst, namesRequiredIn, sentenceFor, type Translate } from './bodyEditorSchema.ts';
import { schemaReferences } from './openApiSchema.ts';
import { formatMessage } from '../base/messages.ts';
import { parameterDescription } from './parameterDescriptions.ts';

/**
 * The draft-07 schema of an operation's request document `{ operation, path, query, body }` (E6). Contains only the
 * schemas that the body refers to, so that VS Code reads little text. A missing schema allows every value. Nothing is
 * required, because a document is incomplete while it is written: what is missing is reported when it is sent. So each
 * required place also allows the value that it has in a new document, and completion lists it first. `translate` makes
 * sentences for VS Code's messages.
 */
export function requestSchema(operation: Operation, schemas: Schemas, translate = formatMessage): JsonSchema {
  const { key, title, description, parameters, body } = operation;
  const path = valuesSchema(
    parameters.filter((parameter) => parameter.in === 'path'),
    translate,
  );
  const query = valuesSchema(
    parameters.filter((parameter) => parameter.in === 'query'),
    translate,
  );
  const reachable = reachableSchemas(body?.schema, schemas);
  const required = new Set([body?.schema, ...reachable.values()].flatMap((schema) => [...namesRequiredIn(schema)]));
  const converted = (schema: JsonSchema, place: 'root' | 'value'): JsonSchema =>
    bodyEditorSchema(schema, place, { required, translate });
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
      ...(body ? { body: converted(isForm(body) ? withFileReferences(body.schema) : body.schema, 'root') } : {}),
    },
    definitions: Object.fromEntries([...reachable].map(([name, schema]) => [name, converted(schema, 'value')])),
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

function valuesSchema(
  parameters: readonly Parameter[],
  translate: Translate,
): Readonly<Record<string, unknown>> | undefined {
  if (parameters.length === 0) {
    return undefined;
  }
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, valueSchema(parameter, translate)])),
  };
}

/**
 * Values are sent as text, so a number may be written as a string of digits. A string may be written as a number if it
 * is an ID, a list of IDs, or a date in seconds. An empty string is a value that is still missing. An optional value may
 * be null, which is not sent.
 */
function valueSchema(parameter: Parameter, translate: Translate): JsonSchema {
  const { name, required, list, values } = parameter;
  const known = parameterDescription(parameter);
  // An ID that is named like a time is explained even where the API description has a text.
  const description = [
    ...(parameter.description === undefined ? [] : [parameter.description]),
    ...(known && (parameter.description === undefined || isActivityId(parameter)) ? [translate(known)] : []),
  ].join('\n\n');
  const item = itemSchema(parameter, translate);
  const one = values && list === undefined ? { ...item, ...choicesOf(parameter, values) } : item;
  return {
    ...(description === '' ? {} : { description }),
    ...(required ? listedFirst(name, translate) : {}),
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

function itemSchema(
  parameter: Parameter,
  translate: Translate,
): { readonly type: readonly string[]; readonly [keyword: string]: unknown } {
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
    ...(type === 'string' ? {} : sentenceFor(type, translate)),
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
