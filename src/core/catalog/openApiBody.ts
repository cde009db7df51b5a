import { l10n } from '../base/l10n.ts';
import { FORM_TYPE } from './formSchema.ts';
import type { Body, JsonSchema } from './operation.ts';
import { resolveReference } from './openApiParameters.ts';
import { readSchema, schemaName, schemaTypes, type Reading } from './openApiSchema.ts';
import { asName, asRecord, getOwn } from '../base/untrusted.ts';

/** Chooses the content type to send: JSON if the API accepts it, then a multipart form, then any other. */
export function readBody(value: unknown, key: string, document: unknown, reading: Reading): Body | undefined {
  if (value === undefined) {
    return undefined;
  }
  const raw = resolveReference(value, document);
  const content = asRecord(getOwn(raw, 'content')) ?? {};
  const declared = Object.keys(content).filter((type) => asName(type) !== undefined);
  const chosen =
    declared.find(isJson) ??
    declared.find((type) => type === FORM_TYPE) ??
    declared.find((type) => type === '*/*') ??
    declared.find(isOtherJson) ??
    declared[0];
  if (chosen === undefined) {
    reading.skip(key, l10n.t('The body has no content type.'));
    return undefined;
  }
  const schema = getOwn(content[chosen], 'schema');
  const partTypes = readPartTypes(getOwn(content[chosen], 'encoding'));
  return {
    ...(chosen === FORM_TYPE && Object.keys(partTypes).length > 0 ? { partTypes } : {}),
    // The API declares `*/*` where it accepts JSON.
    contentType: chosen === '*/*' ? 'application/json' : chosen,
    required: getOwn(raw, 'required') === true,
    schema:
      chosen === FORM_TYPE
        ? readForm(schema, key, document, reading)
        : schema === undefined
          ? {}
          : readSchema(schema, key, reading),
  };
}

function isJson(contentType: string): boolean {
  return baseType(contentType) === 'application/json';
}

/** Named in the refusal, because only `application/json` can be sent. */
function isOtherJson(contentType: string): boolean {
  return baseType(contentType).endsWith('+json');
}

function baseType(contentType: string): string {
  return contentType.split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * The parts of a form, with files identified: for a file, the API description refers to a class of its framework,
 * `FormDataBodyPart`.
 */
function readForm(value: unknown, key: string, document: unknown, reading: Reading): JsonSchema {
  const raw = resolveReference(value, document);
  const parts: Record<string, JsonSchema> = {};
  for (const [name, part] of Object.entries(asRecord(getOwn(raw, 'properties')) ?? {})) {
    if (asName(name) === undefined) {
      continue;
    }
    const many = schemaTypes(part).includes('array');
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

/** Content types of parts; others than plain ones, such as ranges, are left out. They go into headers. */
function readPartTypes(encoding: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asRecord(encoding) ?? {}).flatMap(([name, part]) => {
      const type = getOwn(part, 'contentType');
      return asName(name) !== undefined && typeof type === 'string' && TYPE.test(type) ? [[name, type]] : [];
    }),
  );
}

const TYPE = /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,80}$/i;

const FILE: JsonSchema = { type: 'string', format: 'binary' };

function isFile(schema: unknown): boolean {
  return getOwn(schema, 'format') === 'binary' || schemaName(getOwn(schema, '$ref'))?.endsWith('BodyPart') === true;
}
