import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { formFileParts, isForm, isObjectSchema } from '../catalog/formSchema.ts';
import type { ParameterValues } from '../catalog/objectOperations.ts';
import type { Body, Operation, Parameter, Schemas } from '../catalog/operation.ts';
import { bodySkeleton, harmlessChoice } from './bodySkeleton.ts';
import { parseDraft, type DraftResult } from './requestDraft.ts';
import { duplicateKey, bodySource, exactValues, type SourceSpan } from './requestSource.ts';

export interface RequestTextOptions {
  /** URI of the schema for completion. */
  readonly schema: string;
  /** Schemas to which the body's schema can refer. */
  readonly schemas: Schemas;
  /** Values that are known already. */
  readonly values?: ParameterValues | undefined;
}

/**
 * A new request document with all required parameters and members of the body. A choice has its first harmless value;
 * all other values are still to be entered (E6).
 */
export function requestText(operation: Operation, { schema, schemas, values: known }: RequestTextOptions): string {
  const { key, parameters, body } = operation;
  const values = (location: 'path' | 'query'): Record<string, Record<string, string | number>> => {
    const found = parameters.filter((parameter) => parameter.in === location);
    const required = found.filter(({ required, name }) => required || known?.[location].has(name));
    // The schema has no `path` if the operation has no path parameters.
    return found.length > 0
      ? {
          [location]: Object.fromEntries(
            required.map((each) => [each.name, newValue(each, operation, known?.[location].get(each.name))]),
          ),
        }
      : {};
  };
  const request = {
    $schema: schema,
    operation: key,
    ...values('path'),
    ...values('query'),
    ...(body ? { body: isForm(body) ? emptyForm(body) : bodySkeleton(operation, schemas) } : {}),
  };
  return `${JSON.stringify(request, undefined, 2)}\n`;
}

function newValue({ type, values, list }: Parameter, operation: Operation, known?: string): string | number {
  if (known !== undefined) {
    return type === 'integer' && list === undefined && Number.isSafeInteger(Number(known)) ? Number(known) : known;
  }
  return values && list === undefined ? harmlessChoice(values, operation) : '';
}

/** With a place for each file and each object. */
function emptyForm(body: Body): object {
  const files = new Map(formFileParts(body).map(({ name, isList: several }) => [name, several]));
  const parts = Object.entries(asRecord(getOwn(body.schema, 'properties')) ?? {}).flatMap(([name, part]) =>
    files.has(name) ? [[name, files.get(name) ? [] : { $file: '' }]] : isObjectSchema(part) ? [[name, {}]] : [],
  );
  return Object.fromEntries(parts) as object;
}

/** Reads the text of an untrusted request document. Never throws. */
export function readRequestText(text: string): DraftResult {
  const value = parseJson(text);
  if (value === undefined) {
    const message = l10n.t('The request is not valid JSON. Fix the errors that are marked in the editor.');
    return { ok: false, problems: [{ location: [], message }] };
  }
  const duplicate = duplicateKey(text);
  if (duplicate) {
    const message = l10n.t('"{0}" appears twice. Remove one of the two.', plainText(duplicate.at(-1) ?? '', 40));
    return { ok: false, problems: [{ location: duplicate, message }] };
  }
  const lost = text.indexOf('\ufffd');
  if (lost >= 0) {
    return { ok: false, problems: [{ location: [], message: notText(text.slice(0, lost).split('\n').length) }] };
  }
  const read = parseDraft(value);
  if (!read.ok) {
    return read;
  }
  const { draft } = read;
  const path = exactValues(text, 'path', draft.path);
  const query = exactValues(text, 'query', draft.query);
  return { ok: true, draft: { ...draft, path, query, bodyText: bodySource(text) } };
}

/** VS Code puts this character in place of bytes that do not fit the encoding in which it opened the file. */
function notText(line: number): LocalizableMessage {
  return l10n.t({
    message:
      'Line {0} contains {1}, which stands for a letter that was lost. Reopen the file with its encoding, or enter the letter again.',
    args: [line, '\ufffd'],
    comment: '{0} is the number of a line and {1} the replacement character.',
  });
}

/**
 * The place in a new document where the user goes on writing: the first value that is missing, else the body, else the
 * query. The word `null` is replaced as a whole; between quotes and brackets, the user writes.
 */
export function firstEmptyValue(text: string): SourceSpan | undefined {
  const body = text.indexOf('\n  "body": ');
  for (const [pattern, from] of [
    [/""|: null\b/, 0],
    [/[[{](?=[\]}\n])/, body < 0 ? text.length : body],
    [/"query": \{(?=\})/, 0],
  ] as const) {
    const found = pattern.exec(text.slice(from));
    if (found) {
      const end = from + found.index + found[0].length - (found[0] === '""' ? 1 : 0);
      return { start: found[0].endsWith('null') ? end - 4 : end, end };
    }
  }
  return undefined;
}

/** Whether this place in a new document is between the brackets of a body without members. */
export function isEmptyBody(text: string, { start }: SourceSpan): boolean {
  return text.slice(0, start).endsWith('\n  "body": {');
}
