import { l10n } from '../base/l10n.ts';
import type { Parameter } from './operation.ts';
import type { SpecParameter } from './spec.ts';
import { schemaName, schemaTypes, type Reading } from './openApiSchema.ts';
import { asArray, asName, asProse, getOwn } from '../base/untrusted.ts';

interface RawParameters {
  readonly key: string;
  readonly path: string;
  readonly ofOperation: unknown;
  /** Shared by all operations of the path; a parameter of the operation itself takes precedence. */
  readonly ofPath: unknown;
}

/**
 * Path parameters in the order of the template, declared or not, then query parameters as declared. Headers and cookies
 * are omitted, because a document must not determine them (E11).
 */
export function readParameters(raw: RawParameters, document: unknown, reading: Reading): readonly SpecParameter[] {
  const declared = new Map<string, SpecParameter>();
  const entries = [...asArray(raw.ofPath), ...asArray(raw.ofOperation)];
  if (entries.length > MAX_PARAMETERS) {
    reading.skip(raw.key, l10n.t('Only the first {0} parameters are read.', MAX_PARAMETERS));
  }
  for (const entry of entries.slice(0, MAX_PARAMETERS)) {
    reading.spend(1);
    const parameter = readParameter(resolveReference(entry, document), raw.key, document, reading);
    if (parameter) {
      declared.set(`${parameter.in} ${parameter.name}`, parameter);
    }
  }
  const inPath = [...new Set(pathParameterNames(raw.path))].map((name) => {
    const parameter = declared.get(`path ${name}`);
    if (!parameter) {
      reading.skip(raw.key, l10n.t('The path parameter {0} is not declared and is treated as text.', name));
    }
    return parameter ?? { ...UNDECLARED, name };
  });
  const inQuery = [...declared.values()].filter((parameter) => parameter.in === 'query');
  for (const { name } of [...declared.values()].filter((parameter) => parameter.in === 'path')) {
    if (!inPath.some((parameter) => parameter.name === name)) {
      reading.skip(raw.key, l10n.t('The path does not contain the parameter {0}.', name));
    }
  }
  return [...inPath, ...inQuery];
}

/** Names of the `{…}` parameters in a path template, which may contain hyphens and underscores. */
export function pathParameterNames(path: string): readonly string[] {
  return path
    .split('{')
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('}')));
}

const MAX_PARAMETERS = 200;

const UNDECLARED = { in: 'path', required: true, type: 'string', format: undefined, values: undefined } as const;

function readParameter(raw: unknown, key: string, document: unknown, reading: Reading): SpecParameter | undefined {
  const location = getOwn(raw, 'in');
  const name = asName(getOwn(raw, 'name'));
  if (location === 'header' || location === 'cookie') {
    return undefined;
  }
  if (name === undefined || (location !== 'path' && location !== 'query')) {
    reading.skip(key, l10n.t('A parameter has no valid name or location.'));
    return undefined;
  }
  const declared = resolveReference(getOwn(raw, 'schema'), document);
  const list = location === 'query' && schemaTypes(declared).includes('array') ? listOf(raw) : undefined;
  const schema = list === undefined ? declared : resolveReference(getOwn(declared, 'items'), document);
  const type = typeOf(schema);
  if (!isReadable(raw, schema, list !== undefined)) {
    reading.skip(`${key} ${name}`, l10n.t('The format of the parameter is not supported. It is treated as text.'));
  }
  const description = reading.prose
    ? (asProse(getOwn(raw, 'description')) ?? asProse(getOwn(declared, 'description')))
    : undefined;
  return {
    name,
    in: location,
    required: location === 'path' || getOwn(raw, 'required') === true,
    type,
    format: asName(getOwn(schema, 'format')),
    values: enumValues(schema, type, `${key} ${name}`, reading),
    ...(list === undefined ? {} : { list }),
    ...boundsOf(schema, type),
    ...(description === undefined ? {} : { description }),
  };
}

/** By default, OpenAPI 3 has a parameter for each item of a list in a query, and one for all with other separators. */
function listOf(raw: unknown): NonNullable<Parameter['list']> {
  const separators = SEPARATORS.get(getOwn(raw, 'style'));
  const explode = getOwn(raw, 'explode') ?? separators === undefined;
  return explode === false ? (separators ?? 'commas') : 'repeated';
}

const SEPARATORS: ReadonlyMap<unknown, 'pipes' | 'spaces'> = new Map([
  ['pipeDelimited', 'pipes'],
  ['spaceDelimited', 'spaces'],
]);

/** An object, a list in a list or in the path, a content type, or the style of an object becomes text. */
function isReadable(raw: unknown, schema: unknown, isList: boolean): boolean {
  const types = schemaTypes(schema);
  const style = getOwn(raw, 'style') ?? 'form';
  return (
    getOwn(raw, 'content') === undefined &&
    !types.includes('object') &&
    !types.includes('array') &&
    (!isList || style === 'form' || SEPARATORS.has(style))
  );
}

function boundsOf(schema: unknown, type: Parameter['type']): Pick<Parameter, 'minimum' | 'maximum'> {
  const bound = (keyword: 'minimum' | 'maximum'): object => {
    const value = getOwn(schema, keyword);
    const isBound = (type === 'integer' || type === 'number') && Number.isFinite(value);
    return isBound ? { [keyword]: value } : {};
  };
  return { ...bound('minimum'), ...bound('maximum') };
}

/** The API represents most lists as comma-separated text. Everything else that is not a single value is text too. */
function typeOf(schema: unknown): Parameter['type'] {
  const type = schemaTypes(schema).find((name) => name !== 'null');
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string';
}

function enumValues(
  schema: unknown,
  type: Parameter['type'],
  where: string,
  reading: Reading,
): readonly string[] | undefined {
  const values = asArray(getOwn(schema, 'enum')).filter((value) => value !== null);
  reading.spend(values.length);
  if (values.length === 0 || type === 'boolean') {
    return undefined;
  }
  const expected = type === 'string' ? 'string' : 'number';
  const texts = values.flatMap((value) =>
    typeof value === expected ? [typeof value === 'number' ? String(value) : asName(value)] : [],
  );
  if (texts.length < values.length || texts.includes(undefined)) {
    reading.skip(where, l10n.t('The list of values does not match the type.'));
    return undefined;
  }
  return [...new Set(texts)].filter((text) => text !== undefined);
}

/** Resolves a parameter, body, or schema through a limited number of references. */
export function resolveReference(value: unknown, document: unknown): unknown {
  let target = value;
  for (let hops = 0; hops < 8; hops++) {
    const reference = getOwn(target, '$ref');
    if (typeof reference !== 'string') {
      return target;
    }
    const name = schemaName(reference);
    const [, kind = '', other = ''] =
      /^#\/components\/(parameters|requestBodies|responses)\/([^/]+)$/.exec(reference) ?? [];
    target = getOwn(getOwn(getOwn(document, 'components'), name === undefined ? kind : 'schemas'), name ?? other);
  }
  return undefined;
}
