import { fileName, type FormPart } from '../api/formParts.ts';
import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { asName, asRecord, getOwn } from '../base/untrusted.ts';
import { isFileSchema, isObjectSchema } from '../catalog/formSchema.ts';
import type { Body } from '../catalog/operation.ts';
import { childTexts } from '../json/jsonReader.ts';

type Report = (location: readonly string[], message: LocalizableMessage) => void;

/**
 * The parts of a form from the body of a request document, which is an object with a member for each part (E15). An object
 * is sent as JSON and a list as one part per item, as OpenAPI specifies for `multipart/form-data`; `null` is not sent.
 * `json` is the source of the body, so that long numbers keep their digits.
 */
export function readFormParts(body: Body, json: string | undefined, report: Report): readonly FormPart[] {
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  const members = asRecord(value) && json !== undefined ? childTexts(json) : [];
  const parts = members.flatMap(({ name = '', text }) => partsOf(name, text, body, report));
  if (json === undefined || !asRecord(value)) {
    report(['body'], l10n.t('Enter an object for "{0}", such as {1}.', 'body', exampleOf(body)));
  } else if (members.length === 0 || members.every(({ text }) => text === 'null' || text === '[]')) {
    report(['body'], l10n.t('The form is empty. Enter at least one part, such as {0}.', exampleOf(body)));
  }
  return parts;
}

/** The path in a reference to a file, `{ "$file": "path" }`; undefined for any other value. */
export function referencedFile(value: unknown): string | undefined {
  const path = getOwn(value, FILE);
  return typeof path === 'string' && Object.keys(asRecord(value) ?? {}).length === 1 ? path : undefined;
}

/** Name of the member that refers to a file. */
export const FILE = '$file';
const FILE_EXAMPLE = '{ "$file": "report.csv" }';

/** The name of the file goes into a header. */
const UNSENDABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

function partsOf(name: string, text: string, body: Body, report: Report): readonly FormPart[] {
  const schema = getOwn(getOwn(body.schema, 'properties'), name);
  const isList = text.startsWith('[');
  const items = isList ? childTexts(text).map((item) => item.text) : [text];
  const itemSchema = getOwn(schema, 'type') === 'array' ? getOwn(schema, 'items') : schema;
  if (isList && schema !== undefined && itemSchema === schema && items.length > 1) {
    report(['body', name], l10n.t('{0} accepts only one value.', plainText(name, 60)));
  }
  return items.flatMap((item) =>
    item === 'null' ? [] : partOf({ name, text: item, schema: itemSchema, body, isOnly: items.length === 1, report }),
  );
}

interface Given {
  readonly name: string;
  readonly text: string;
  /** From the API description; undefined if it does not have the part. */
  readonly schema: unknown;
  readonly body: Body;
  /** Whether no other part has its name. */
  readonly isOnly: boolean;
  readonly report: Report;
}

function partOf({ name, text, schema, body, isOnly, report }: Given): readonly FormPart[] {
  const value: unknown = JSON.parse(text);
  const location = ['body', name, ...(isOnly && getOwn(value, FILE) !== undefined ? [FILE] : [])];
  const shown = plainText(name, 60);
  const refuse = (message: LocalizableMessage): readonly FormPart[] => {
    report(location, message);
    return [];
  };
  const unsendable = l10n.t('{0} contains characters that cannot be sent. Remove them.', shown);
  if (asName(name) === undefined) {
    return refuse(unsendable);
  }
  const isReference = getOwn(value, FILE) !== undefined;
  if (schema === undefined ? isReference : isFileSchema(schema)) {
    const file = referencedFile(value);
    if (file === undefined || file.trim() === '') {
      return refuse(l10n.t('Choose a file for {0}, or enter its path as {1}.', shown, FILE_EXAMPLE));
    }
    if (UNSENDABLE.test(file)) {
      return refuse(unsendable);
    }
    return [{ name, file, contentType: body.partTypes?.[name] ?? typeOfFile(file) }];
  }
  if (isReference) {
    return refuse(l10n.t('{0} is not a file. Remove "{1}".', shown, FILE));
  }
  if (typeof value === 'object') {
    return [{ name, text, contentType: 'application/json' }];
  }
  if (isObjectSchema(schema)) {
    return refuse(l10n.t('Enter an object for "{0}", such as {1}.', shown, '{ "body": "" }'));
  }
  const plain = typeof value === 'string' ? value : text;
  return /\p{Cs}/u.test(plain) ? refuse(unsendable) : [{ name, text: plain }];
}

function exampleOf({ schema }: Body): string {
  const properties = Object.entries(asRecord(getOwn(schema, 'properties')) ?? {});
  const [name, part] = properties.find(([, each]) => isObjectSchema(each)) ?? properties.at(-1) ?? ['files', {}];
  const isList = getOwn(part, 'type') === 'array';
  const one = isFileSchema(isList ? getOwn(part, 'items') : part) ? FILE_EXAMPLE : '{}';
  return `{ ${JSON.stringify(plainText(name, 60))}: ${isList ? `[${one}]` : one} }`;
}

function typeOfFile(path: string): string {
  const [, ending = ''] = /\.([a-z0-9]+)$/i.exec(fileName(path)) ?? [];
  return TYPES.get(ending.toLowerCase()) ?? 'application/octet-stream';
}

/** Content types of common files, from the IANA registry. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['gif', 'image/gif'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['json', 'application/json'],
  ['log', 'text/plain'],
  ['md', 'text/markdown'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['svg', 'image/svg+xml'],
  ['txt', 'text/plain'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xml', 'application/xml'],
  ['zip', 'application/zip'],
]);
