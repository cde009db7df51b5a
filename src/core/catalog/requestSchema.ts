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
 * Allows what `checkParameterValue()` accepts, so that VS Code neither offers a value that is refused nor marks one that is
 * sent. Values are sent as text, so a number or a boolean may be a string, and a string may be a number. Completion
 * takes the first type: of a number it is the text, whose quotes are empty, because a number would be a 0, which could
 * be sent. An empty string is a value that is still missing. Two kinds of values are marked although they are sent,
 * because VS Code would offer them if they were allowed: a boolean in place of a text, and a list in place of one
 * value.
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
  const isChoice = values !== undefined && values.length > 0;
  return {
    ...(description === '' ? {} : { description }),
    ...(required ? listedFirst(name, translate) : {}),
    ...(list === undefined
      ? { ...item, ...(isChoice ? choicesOf(parameter, values) : {}) }
      : {
          anyOf: [
            { type: 'array', items: { ...item, ...(isChoice ? { enum: inEachType(parameter, values) } : {}) } },
            { type: [...new Set(['string', ...item.type])] },
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
    // Other formats are not checked when the request is sent.
    ...(format === 'uuid' ? { format } : {}),
    type: [...TYPES[type], ...(type === 'string' && format !== 'uuid' ? ['number'] : [])],
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(type === 'string' ? {} : { pattern: PATTERNS[type], ...sentenceFor(type, translate) }),
  };
}

/** The first one is what VS Code completes a name with. */
const TYPES: { readonly [T in Parameter['type']]: readonly string[] } = {
  string: ['string'],
  integer: ['string', 'integer'],
  number: ['string', 'number'],
  boolean: ['boolean', 'string'],
};

/** Of a value that is written as a string. */
const PATTERNS = {
  integer: '^\\s*(-?\\d+)?\\s*$',
  number: '^\\s*(-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?)?\\s*$',
  boolean: '^\\s*(true|false)?\\s*$',
};

/** A value with commas is a list of words. They are suggested, but any combination of them is valid. */
function choicesOf(parameter: Parameter, values: readonly string[]): Readonly<Record<string, unknown>> {
  return values.some((value) => value.includes(','))
    ? { anyOf: [{ enum: values.flatMap((value) => value.split(',')) }, { type: 'string' }] }
    : { anyOf: [{ enum: inEachType(parameter, values) }, STILL_MISSING] };
}

function inEachType({ type }: Parameter, values: readonly string[]): readonly (string | number)[] {
  return type === 'string' ? values : [...values.map(Number), ...values];
}

/** Not a value of the enum, because VS Code would suggest it. */
const STILL_MISSING = { type: 'string', maxLength: 0 };
