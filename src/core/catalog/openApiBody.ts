import { l10n } from '../base/l10n.ts';
import type { Body, JsonSchema } from './operation.ts';
import { resolve } from './openApiParameters.ts';
import { readSchema, schemaName, typesOf, type Reading } from './openApiSchema.ts';
import { asName, asRecord, getOwn } from '../base/untrusted.ts';

/** The one form of the body that is sent: JSON where the API takes it, else a multipart form, else what there is. */
export function readBody(value: unknown, key: string, document: unknown, reading: Reading): Body | undefined {
  if (value === undefined) {
    return undefined;
  }
  const raw = resolve(value, document);
  const content = asRecord(getOwn(raw, 'content')) ?? {};
  const declared = Object.keys(content).filter((type) => asName(type) !== undefined);
  const chosen =
    declared.find(isJson) ??
    declared.find((type) => type === 'multipart/form-data') ??
    declared.find((type) => type === '*/*') ??
    declared[0];
  if (chosen === undefined) {
    reading.skip(key, l10n.t('Its body has no content type.'));
    return undefined;
  }
  const schema = getOwn(content[chosen], 'schema');
  return {
    // The API says `*/*` where it reads JSON.
    contentType: chosen === '*/*' ? 'application/json' : chosen,
    required: getOwn(raw, 'required') === true,
    schema:
      chosen === 'multipart/form-data'
        ? readForm(schema, key, document, reading)
        : schema === undefined
          ? {}
          : readSchema(schema, key, reading),
  };
}

function isJson(contentType: string): boolean {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return type === 'application/json' || type.endsWith('+json');
}

/**
 * The parts of a form with their files told apart: the API's description has its framework's own class, `FormDataBodyPart`,
 * where a file is meant.
 */
function readForm(value: unknown, key: string, document: unknown, reading: Reading): JsonSchema {
  const raw = resolve(value, document);
  const parts: Record<string, JsonSchema> = {};
  for (const [name, part] of Object.entries(asRecord(getOwn(raw, 'properties')) ?? {})) {
    if (asName(name) === undefined) {
      continue;
    }
    const many = typesOf(part).includes('array');
    const one = many ? getOwn(part, 'items') : part;
    if (isFile(one)) {
      parts[name] = many ? { type: 'array', items: FILE } : FILE;
    } else {
      parts[name] = readSchema(part, `${key} ${name}`, reading);
    }
  }
  const required = getOwn(readSchema(raw ?? {}, key, reading), 'required');
  return { type: 'object', properties: parts, ...(required === undefined ? {} : { required }) };
}

const FILE: JsonSchema = { type: 'string', format: 'binary' };

function isFile(schema: unknown): boolean {
  return getOwn(schema, 'format') === 'binary' || schemaName(getOwn(schema, '$ref'))?.endsWith('BodyPart') === true;
}
