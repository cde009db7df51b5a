import { asRecord, getOwn } from '../base/untrusted.ts';
import type { Body, JsonSchema } from './operation.ts';

export const FORM_TYPE = 'multipart/form-data';

/** Whether the body of an operation is sent as a form (E15). */
export function isForm(body: Body | undefined): boolean {
  return body?.contentType === FORM_TYPE;
}

/** Whether a part of a form is a file, according to its schema. */
export function isFileSchema(schema: unknown): boolean {
  return getOwn(schema, 'type') === 'string' && getOwn(schema, 'format') === 'binary';
}

/** Whether a part of a form is JSON. */
export function isObjectSchema(schema: unknown): boolean {
  return getOwn(schema, 'type') === 'object' || getOwn(schema, '$ref') !== undefined;
}

/** The schema of a form as it is written in a request document: a file is `{ "$file": "path" }` (E15). */
export function withFileReferences(form: JsonSchema): JsonSchema {
  const properties = Object.entries(asRecord(getOwn(form, 'properties')) ?? {}).map(([name, part]) => {
    const items = getOwn(part, 'items');
    const isList = isFileSchema(items);
    return [name, isFileSchema(part) ? FILE_REFERENCE : isList ? { type: 'array', items: FILE_REFERENCE } : part];
  });
  return { ...asRecord(form), properties: Object.fromEntries(properties) as object, additionalProperties: false };
}

export interface FormFilePart {
  readonly name: string;
  /** Whether the part accepts several files. */
  readonly isList: boolean;
}

/** The parts of a form that are files. */
export function formFileParts({ schema }: Body): readonly FormFilePart[] {
  return Object.entries(asRecord(getOwn(schema, 'properties')) ?? {})
    .map(([name, part]) => ({ name, part, isList: isFileSchema(getOwn(part, 'items')) }))
    .filter(({ part, isList }) => isList || isFileSchema(part))
    .map(({ name, isList }) => ({ name, isList }));
}

const FILE_REFERENCE: JsonSchema = {
  type: 'object',
  properties: { $file: { type: 'string' } },
  required: ['$file'],
  additionalProperties: false,
};
