import { NinjaOneError } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import type { JsonSchema } from './operation.ts';
import { asArray, asName, asProse, asRecord, getOwn } from '../base/untrusted.ts';

export interface SpecWarnings {
  /** `GET /v2/devices`, `schemas/Device`; plain text. */
  readonly where: string;
  readonly why: LocalizableMessage;
}

/** Tracks the effort of reading one untrusted document, and collects warnings about skipped parts. */
export class Reading {
  readonly skipped: SpecWarnings[] = [];
  /** Names of properties with the format `password`. */
  readonly passwords = new Set<string>();
  readonly prose: boolean;
  #left = MAX_NODES;

  constructor(options: { readonly prose: boolean }) {
    this.prose = options.prose;
  }

  skip(where: string, why: LocalizableMessage): void {
    if (this.skipped.length < MAX_SPEC_WARNINGS) {
      this.skipped.push({ where, why });
    }
  }

  /** With circular references, a small document can take endless time, so the limit counts steps and not bytes. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new NinjaOneError({
        code: 'catalog.tooLarge',
        intent: 'invalidInput',
        message: l10n.t(
          'The API description is too large, or its references are circular. The list of operations was not changed.',
        ),
      });
    }
  }
}

/**
 * Converts an OpenAPI 3.0 or 3.1 schema to a draft-07 JSON schema with known keywords only. References are not resolved,
 * so cycles are harmless. An invalid part becomes a schema that allows everything, because a missing completion is better
 * than a wrong error. `pattern` is omitted, because an untrusted regular expression can block the process.
 */
export function readSchema(value: unknown, where: string, reading: Reading, depth = 0): JsonSchema {
  reading.spend(1);
  if (typeof value === 'boolean') {
    return value;
  }
  const raw = asRecord(value);
  if (!raw || depth > MAX_DEPTH) {
    reading.skip(where, raw ? l10n.t('A schema is nested too deeply.') : l10n.t('A schema is not valid.'));
    return {};
  }
  const reference = getOwn(raw, '$ref');
  if (reference !== undefined) {
    const name = schemaName(reference);
    if (name === undefined) {
      reading.skip(where, l10n.t('A reference does not point to a schema in the same document.'));
      return {};
    }
    return { $ref: `${SCHEMAS}${escaped(name)}` };
  }
  const inner = (part: unknown): JsonSchema => readSchema(part, where, reading, depth + 1);
  const types = schemaTypes(raw);
  const schema: Record<string, unknown> = {};
  const put = (keyword: string, content: unknown): void => {
    if (content !== undefined) {
      schema[keyword] = content;
    }
  };
  put('type', types.length === 1 ? types[0] : types.length > 1 ? types : undefined);
  put('format', asName(getOwn(raw, 'format')));
  put('enum', enumOf(raw, types, where, reading));
  put('properties', propertiesOf(raw, where, reading, inner));
  put('required', requiredOf(raw));
  put('items', getOwn(raw, 'items') === undefined ? undefined : inner(getOwn(raw, 'items')));
  put(
    'additionalProperties',
    getOwn(raw, 'additionalProperties') === undefined ? undefined : inner(getOwn(raw, 'additionalProperties')),
  );
  for (const keyword of COMBINATORS) {
    const parts = asArray(getOwn(raw, keyword));
    put(keyword, parts.length > 0 ? parts.map(inner) : undefined);
  }
  for (const [keyword, kind] of PLAIN_KEYWORDS) {
    const content = getOwn(raw, keyword);
    put(keyword, typeof content === kind && (kind !== 'number' || Number.isFinite(content)) ? content : undefined);
  }
  if (reading.prose) {
    put('description', asProse(getOwn(raw, 'description')));
  }
  return getOwn(raw, 'nullable') === true ? orNull(schema, types) : schema;
}

/** The schema name of a `$ref`, if it refers to a schema of the same document. */
export function schemaName(reference: unknown): string | undefined {
  return typeof reference === 'string' && reference.startsWith(COMPONENTS)
    ? asName(unescaped(reference.slice(COMPONENTS.length)))
    : undefined;
}

/** RFC 6901 §4 and §6: escapes a name as one step of a JSON pointer in a URI fragment. */
function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

function unescaped(step: string): string | undefined {
  try {
    const name = decodeURIComponent(step);
    // An unescaped slash points into the schema.
    return name.includes('/') ? undefined : name.replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}

/** Names of the schemas to which the schema refers directly. */
export function schemaReferences(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (part: unknown): void => {
    for (const inner of Array.isArray(part) ? part : Object.values(asRecord(part) ?? {})) {
      walk(inner);
    }
    const reference = getOwn(part, '$ref');
    if (typeof reference === 'string' && reference.startsWith(SCHEMAS)) {
      names.add(unescaped(reference.slice(SCHEMAS.length)) ?? reference);
    }
  };
  walk(schema);
  return names;
}

export const SCHEMAS = '#/schemas/';
export const COMPONENTS = '#/components/schemas/';

/** The largest known document has 6,000 steps and 7 levels. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 40;
const MAX_SPEC_WARNINGS = 200;

export const COMBINATORS = ['allOf', 'anyOf', 'oneOf'] as const;
const PLAIN_KEYWORDS = [
  ['minimum', 'number'],
  ['maximum', 'number'],
  ['minLength', 'number'],
  ['maxLength', 'number'],
  ['minItems', 'number'],
  ['maxItems', 'number'],
  ['uniqueItems', 'boolean'],
  ['readOnly', 'boolean'],
  ['writeOnly', 'boolean'],
] as const;

const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'number', 'boolean', 'object', 'array', 'null']);

/** OpenAPI 3.0 has one type, 3.1 a list of them. */
export function schemaTypes(schema: unknown): readonly string[] {
  const type = getOwn(schema, 'type');
  return (Array.isArray(type) ? type : [type]).filter((name): name is string => TYPES.has(name));
}

function propertiesOf(
  raw: unknown,
  where: string,
  reading: Reading,
  inner: (part: unknown) => JsonSchema,
): Record<string, JsonSchema> | undefined {
  const properties = asRecord(getOwn(raw, 'properties'));
  if (!properties) {
    return undefined;
  }
  const result: Record<string, JsonSchema> = {};
  for (const [name, part] of Object.entries(properties)) {
    if (asName(name) === undefined) {
      reading.skip(where, l10n.t('A property has no valid name.'));
    } else {
      result[name] = inner(part);
      if (getOwn(part, 'format') === 'password') {
        reading.passwords.add(name);
      }
    }
  }
  return result;
}

/** Omits read-only properties, which a request does not contain. */
function requiredOf(raw: unknown): readonly string[] | undefined {
  const properties = getOwn(raw, 'properties');
  const names = asArray(getOwn(raw, 'required')).filter(
    (name): name is string =>
      asName(name) !== undefined && getOwn(getOwn(properties, name as string), 'readOnly') !== true,
  );
  return names.length > 0 ? names : undefined;
}

/**
 * YAML 1.1 parses `NO` and `on` as booleans, so a list with a value of another type is not the intended list and is
 * omitted completely.
 */
function enumOf(
  raw: unknown,
  types: readonly string[],
  where: string,
  reading: Reading,
): readonly unknown[] | undefined {
  const values = asArray(getOwn(raw, 'enum'));
  reading.spend(values.length);
  if (values.length === 0) {
    return undefined;
  }
  if (types.length > 0 && !values.every((value) => types.some((type) => isOfType(value, type, raw)))) {
    reading.skip(where, l10n.t('The list of values does not match the type.'));
    return undefined;
  }
  return values.every((value) => typeof value !== 'object' || value === null) ? [...new Set(values)] : undefined;
}

function isOfType(value: unknown, type: string, raw: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type || (value === null && getOwn(raw, 'nullable') === true);
    case 'integer':
    case 'number':
      return typeof value === 'number' || (value === null && getOwn(raw, 'nullable') === true);
    case 'null':
      return value === null;
    default:
      return false;
  }
}

function orNull(schema: Record<string, unknown>, types: readonly string[]): JsonSchema {
  if (types.length === 0 || COMBINATORS.some((keyword) => keyword in schema)) {
    return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
  }
  const values = schema['enum'] as readonly unknown[] | undefined;
  return {
    ...schema,
    type: [...new Set([...types, 'null'])],
    ...(values ? { enum: [...new Set([...values, null])] } : {}),
  };
}
