import { NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { METHODS, type JsonSchema, type Schemas } from './operation.ts';
import { readBody } from './openApiBody.ts';
import { pathParameterNames, readParameters } from './openApiParameters.ts';
import { Reading, readSchema, schemaReferences } from './openApiSchema.ts';
import type { SpecFacts, SpecOperation } from './spec.ts';
import { asArray, asName, asProse, asRecord, getOwn } from '../base/untrusted.ts';

/**
 * Reads an untrusted OpenAPI 3 document (E2). Invalid parts are skipped and listed. Throws a NinjaOneError `catalog.*`
 * only if the document is not OpenAPI, has no operation, or is too large. References are not resolved for the whole
 * document: they stay names, which are looked up for one operation at a time.
 */
export function readOpenApi(document: unknown, options: { readonly prose: boolean } = { prose: false }): SpecFacts {
  const paths = asRecord(getOwn(document, 'paths'));
  const openapi = getOwn(document, 'openapi');
  if (!paths || typeof openapi !== 'string' || !openapi.startsWith('3.')) {
    throw notOpenApi();
  }
  const reading = new Reading(options);
  const operations: SpecOperation[] = [];
  for (const [path, item] of Object.entries(paths)) {
    reading.spend(1);
    if (!isPath(path)) {
      reading.skip(plainText(path, 200), l10n.t('The path is not valid.'));
      continue;
    }
    for (const method of METHODS) {
      const raw = asRecord(getOwn(item, method.toLowerCase()));
      if (raw && operations.length < MAX_OPERATIONS) {
        operations.push(readOperation({ method, path, raw, item, document }, reading));
      } else if (raw) {
        reading.skip(`${method} ${path}`, l10n.t('Only the first {0} operations are read.', MAX_OPERATIONS));
      }
    }
    for (const method of OTHER_METHODS.filter((each) => asRecord(getOwn(item, each)) !== undefined)) {
      reading.skip(`${method.toUpperCase()} ${path}`, l10n.t('The method is not supported.'));
    }
  }
  if (operations.length === 0) {
    throw notOpenApi();
  }
  const schemas = readSchemas(document, reading);
  if (schemas.size > 0) {
    listDeadReferences(operations, schemas, reading);
  }
  return {
    version: asName(getOwn(getOwn(document, 'info'), 'version')) ?? '',
    operations,
    schemas,
    passwords: [...reading.passwords],
    skipped: reading.skipped,
  };
}

/** Reads only the schemas, for a file without operations. */
export function readSchemas(document: unknown, reading = new Reading({ prose: false })): Schemas {
  const schemas = new Map<string, JsonSchema>();
  for (const [name, raw] of Object.entries(asRecord(getOwn(getOwn(document, 'components'), 'schemas')) ?? {})) {
    if (asName(name) === undefined) {
      reading.skip('schemas', l10n.t('A schema has no valid name.'));
    } else {
      schemas.set(name, readSchema(raw, `schemas/${name}`, reading));
    }
  }
  return schemas;
}

export function notOpenApi(): NinjaOneError {
  return new NinjaOneError({
    code: 'catalog.notOpenApi',
    intent: 'invalidInput',
    message: l10n.t(
      'The API description is not an OpenAPI 3 document with operations and cannot be used. The list of operations was not changed.',
    ),
    action: 'showLog',
  });
}

interface RawOperation {
  readonly method: SpecOperation['method'];
  readonly path: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly item: unknown;
  readonly document: unknown;
}

function readOperation({ method, path, raw, item, document }: RawOperation, reading: Reading): SpecOperation {
  const key = `${method} ${path}`;
  if (method === 'GET' && getOwn(raw, 'requestBody') !== undefined) {
    reading.skip(key, l10n.t('A GET request is sent without a body.'));
  }
  const tag = asArray(getOwn(raw, 'tags')).find((name) => asName(name) !== undefined);
  return {
    key,
    method,
    path,
    operationId: asName(getOwn(raw, 'operationId')) ?? '',
    tag: asName(tag) ?? '',
    ...descriptionOf([getOwn(raw, 'summary'), getOwn(raw, 'description')], reading),
    parameters: readParameters(
      { key, path, ofOperation: getOwn(raw, 'parameters'), ofPath: getOwn(item, 'parameters') },
      document,
      reading,
    ),
    body: method === 'GET' ? undefined : readBody(getOwn(raw, 'requestBody'), key, document, reading),
  };
}

function descriptionOf(texts: readonly unknown[], { prose }: Reading): { readonly description?: string } {
  const text = [...new Set(texts.map(asProse).filter((part) => part !== undefined))].join('\n\n');
  return prose && text !== '' ? { description: text } : {};
}

const OTHER_METHODS = ['head', 'options', 'trace'];
const MAX_OPERATIONS = 5000;

/**
 * E11: each segment consists of unreserved characters (RFC 3986 §2.3) and parameters, and none is `.` or `..`, so that a
 * path of a malicious document cannot leave the origin or resolve to another path than the displayed one.
 */
function isPath(path: string): boolean {
  const [before, ...segments] = path.split('/');
  return (
    path.length <= 500 &&
    before === '' &&
    segments.length > 0 &&
    segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..') &&
    pathParameterNames(path).every((name) => asName(name) !== undefined)
  );
}

const SEGMENT = /^(?:[\w.~-]|\{[\w.~ -]+\})+$/;

function listDeadReferences(operations: readonly SpecOperation[], schemas: Schemas, reading: Reading): void {
  const check = (where: string, part: unknown): void => {
    for (const name of schemaReferences(part)) {
      if (!schemas.has(name)) {
        reading.skip(where, l10n.t('The schema {0} is missing.', plainText(name, 100)));
      }
    }
  };
  for (const { key, body } of operations) {
    check(key, body?.schema);
  }
  for (const [name, schema] of schemas) {
    check(`schemas/${name}`, schema);
  }
}
