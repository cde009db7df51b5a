import type { SpecFacts, SpecOperation, SpecParameter } from '../src/core/catalog/spec.ts';
import { resolveReference } from '../src/core/catalog/openApiParameters.ts';
import type { JsonSchema, Schemas } from '../src/core/catalog/operation.ts';
import { COMPONENTS, Reading, readSchema, SCHEMAS } from '../src/core/catalog/openApiSchema.ts';
import { reachableSchemas } from '../src/core/catalog/requestSchema.ts';
import { asRecord, getOwn } from '../src/core/base/untrusted.ts';

export interface CatalogFiles {
  /** `media/catalog.json` */
  readonly catalog: string;
  /** `media/schemas.json` */
  readonly schemas: string;
  /** `sandbox/shapes.json` */
  readonly shapes: string;
}

/**
 * The files that are made from the facts of an API description. The first two are OpenAPI documents themselves, so that
 * bundled, cached and live catalogs go through one reader. They are two, because the tree needs every operation at once
 * and no schema of a body, which is half of the whole. One path or schema a line, sorted, keeps differences readable.
 */
export function catalogFiles(facts: SpecFacts, document: unknown): CatalogFiles {
  const paths = new Map<string, Record<string, unknown>>();
  for (const operation of sorted(facts.operations, ({ path, method }) => `${path} ${method}`)) {
    const item = paths.get(operation.path) ?? {};
    item[operation.method.toLowerCase()] = operationOut(operation);
    paths.set(operation.path, item);
  }
  const bodies = [...facts.operations].flatMap(({ body }) => (body ? [body.schema] : []));
  const head = `"openapi":"3.1.0","info":${JSON.stringify({ title: 'Facts of the NinjaOne API', version: facts.version })}`;
  return {
    catalog: `{${head},"paths":${lines(paths)}}\n`,
    schemas: `{"components":{"schemas":${lines(componentsOut(reachableSchemas({ anyOf: bodies }, facts.schemas)))}}}\n`,
    shapes: shapesOf(facts, document),
  };
}

function operationOut({ operationId, tag, parameters, body }: SpecOperation): unknown {
  return {
    ...(operationId === '' ? {} : { operationId }),
    ...(tag === '' ? {} : { tags: [tag] }),
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterOut) } : {}),
    ...(body
      ? {
          requestBody: {
            ...(body.required ? { required: true } : {}),
            content: { [body.contentType]: { schema: schemaOut(body.schema), ...encodingOut(body.partTypes) } },
          },
        }
      : {}),
  };
}

function encodingOut(partTypes: Readonly<Record<string, string>> = {}): object {
  const encoding = Object.entries(partTypes).map(([name, contentType]) => [name, { contentType }] as const);
  return encoding.length > 0 ? { encoding: Object.fromEntries(encoding) } : {};
}

function parameterOut({ name, in: place, required, list, ...item }: SpecParameter): unknown {
  const { type, format, values, minimum, maximum } = item;
  const schema = {
    type,
    ...(format === undefined ? {} : { format }),
    ...(values ? { enum: type === 'string' ? values : values.map(Number) } : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
  return {
    name,
    in: place,
    ...(required ? { required } : {}),
    ...(list === 'commas' ? { explode: false } : {}),
    schema: list === undefined ? schema : { type: 'array', items: schema },
  };
}

function componentsOut(schemas: Schemas): ReadonlyMap<string, unknown> {
  return new Map(sorted([...schemas], ([name]) => name).map(([name, schema]) => [name, schemaOut(schema)]));
}

function schemaOut(schema: JsonSchema): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace(SCHEMAS, COMPONENTS) : value,
  );
}

/** What each operation answers when all is well: names and types, with the first few values of a long list. */
function shapesOf(facts: SpecFacts, document: unknown): string {
  const operations = new Map<string, unknown>();
  const answers: JsonSchema[] = [];
  for (const { key, path, method } of sorted(facts.operations, ({ key }) => key)) {
    const raw = getOwn(getOwn(getOwn(getOwn(document, 'paths'), path), method.toLowerCase()), 'responses');
    const code = Object.keys(asRecord(raw) ?? {})
      .sort()
      .find((status) => /^(?:2\d\d|default)$/.test(status));
    const response = resolveReference(getOwn(raw, code ?? ''), document);
    const [content] = Object.values(asRecord(getOwn(response, 'content')) ?? {});
    const status = code === undefined || code === 'default' ? 200 : Number(code);
    const found = getOwn(content, 'schema');
    const schema = found === undefined ? undefined : readSchema(found, key, new Reading({ prose: false }));
    if (schema !== undefined) {
      answers.push(schema);
    }
    operations.set(key, { status, ...(schema === undefined ? {} : { schema: short(schema) }) });
  }
  const schemas = sorted([...reachableSchemas({ anyOf: answers }, facts.schemas)], ([name]) => name);
  return `{"operations":${lines(operations)},"schemas":${lines(
    new Map(schemas.map(([name, schema]) => [name, short(schema)])),
  )}}\n`;
}

function short(schema: JsonSchema): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'enum' && Array.isArray(value) ? value.slice(0, 5) : value,
  );
}

function lines(entries: ReadonlyMap<string, unknown>): string {
  return `{\n${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n')}\n}`;
}

function sorted<T>(values: readonly T[], name: (value: T) => string): readonly T[] {
  return [...values].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
