import { returnsSecrets } from '../api/apiRequest.ts';
import { passwordsInResponse, passwordValues } from '../api/passwordValues.ts';
import { membersOfSchema, resolvedSchema, typesOf } from '../catalog/bodyMembers.ts';
import { isListRead, type Operation, type Schemas } from '../catalog/operation.ts';
import { childrenOf, childTexts, compactJson } from '../json/jsonReader.ts';

/**
 * The GET that reads what a PUT or PATCH writes (E19): it has the same path, and both are about one object. Undefined for
 * a GET that returns a list, because a body with all of its objects would change all of them, and for one whose response
 * contains secrets, because those are not written into a document.
 */
export function presentRead(
  write: Operation | undefined,
  find: (key: string) => Operation | undefined,
): Operation | undefined {
  if (!write || (write.method !== 'PUT' && write.method !== 'PATCH') || write.traits.bulk) {
    return undefined;
  }
  const read = find(`GET ${write.path}`);
  const isJson = write.body !== undefined && /^application\/json\b/i.test(write.body.contentType);
  // No instance is in the path of an operation, so any origin tells whether it returns secrets.
  const isSecret = read !== undefined && returnsSecrets({ operation: read, url: 'https://localhost/' });
  return read && isJson && !isListRead(read) && !isSecret ? read : undefined;
}

/** What a write can send of a value that was read. */
export interface PresentBody {
  /** JSON text of an object, with every digit of the response. */
  readonly body: string;
  /** Members that are left out because they have secrets. */
  readonly secret: readonly string[];
  /** Members that are left out because the write takes another form of value than the GET returns. */
  readonly unlike: readonly string[];
}

export interface PresentPair {
  readonly read: Operation;
  readonly write: Operation;
  readonly schemas: Schemas;
}

/**
 * The members of a response to `read` that `write` takes, by its body schema. Others are left out, such as `id` or
 * `lastContact`. A body without a schema, such as custom fields, takes everything. Undefined if the response is not a JSON
 * object, or has none of the members.
 */
export function presentBody(response: string, { read, write, schemas }: PresentPair): PresentBody | undefined {
  const children = response.trimStart().startsWith('{') ? childrenOf(response) : undefined;
  if (!children || !write.body) {
    return undefined;
  }
  const { properties } = membersOfSchema(write.body.schema, schemas);
  const isFree = takesAnyMember(write.body.schema, schemas);
  const names = WRITTEN_NAMES.get(write.key);
  const secrets = [...passwordsInResponse(response, read), ...(passwordValues(response, write) ?? [])];
  const [kept, secret, unlike] = [new Map<string, string>(), new Set<string>(), new Set<string>()];
  for (const { name: returned = '', start, end } of children) {
    const name = names?.get(returned) ?? returned;
    const schema = properties.get(name);
    const text = compactJson(response.slice(start, end));
    // NinjaOne leaves out a member or returns `null` for the same reason: it has no value.
    const isUnset = text === 'null' && !isFree && !fits(text, resolvedSchema(schema, schemas));
    if ((schema === undefined && !isFree) || isUnset) {
      continue;
    }
    if (secrets.some((each) => each.start >= start && each.end <= end)) {
      secret.add(name);
      continue;
    }
    const value = writableText(text, schema ?? true, schemas);
    if (value === undefined) {
      unlike.add(name);
    } else {
      kept.set(name, value);
    }
  }
  const body = `{${[...kept].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
  const isEmpty = kept.size + secret.size + unlike.size === 0;
  return isEmpty && !isFree ? undefined : { body, secret: [...secret], unlike: [...unlike] };
}

/** Names of members that the GET returns under another name than the write takes, by the key of the write. */
const WRITTEN_NAMES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'PUT /v2/ticketing/ticket/{ticketId}',
    new Map([
      ['ccList', 'cc'],
      ['attributeValues', 'attributes'],
    ]),
  ],
  ['PUT /v2/custom-fields/field-name/{fieldName}', new Map([['name', 'fieldName']])],
]);

/** A value with only the members of its schema, at every level; undefined if a value in it has another type. */
function writableText(text: string, schema: unknown, schemas: Schemas, depth = 0): string | undefined {
  const found = resolvedSchema(schema, schemas);
  if (!fits(text, found) && text !== 'null') {
    return undefined;
  }
  // The server decides how deep a value is.
  if (depth === MAX_DEPTH || !/^[[{]/.test(text)) {
    return text;
  }
  if (text.startsWith('[')) {
    const items = childTexts(text).map((item) => writableText(item.text, found['items'] ?? true, schemas, depth + 1));
    return items.every((item) => item !== undefined) ? `[${items.join()}]` : undefined;
  }
  if (takesAnyMember(found, schemas)) {
    return text;
  }
  const { properties } = membersOfSchema(found, schemas);
  const members = childTexts(text)
    .filter(({ name = '' }) => properties.has(name))
    .map(({ name = '', text: member }) => ({
      name,
      value: writableText(member, properties.get(name), schemas, depth + 1),
    }));
  return members.every(({ value }) => value !== undefined)
    ? `{${members.map(({ name, value }) => `${JSON.stringify(name)}:${value ?? ''}`).join()}}`
    : undefined;
}

const MAX_DEPTH = 20;

function takesAnyMember(schema: unknown, schemas: Schemas): boolean {
  const found = resolvedSchema(schema, schemas);
  const others = found['additionalProperties'];
  return (others !== undefined && others !== false) || membersOfSchema(found, schemas).properties.size === 0;
}

function fits(text: string, schema: Readonly<Record<string, unknown>>): boolean {
  const types = typesOf(schema);
  const possible = TYPES.get(text.charAt(0)) ?? ['number', 'integer'];
  return types.length === 0 || types.some((type) => possible.includes(type));
}

/** JSON types by the first character of a value; all others begin a number. */
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ['{', ['object']],
  ['[', ['array']],
  ['"', ['string']],
  ['t', ['boolean']],
  ['f', ['boolean']],
  ['n', ['null']],
]);
