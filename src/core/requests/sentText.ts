import type { ApiRequest } from '../api/apiRequest.ts';
import type { Operation, Parameter } from '../catalog/operation.ts';
import { formatJson } from '../json/formatJson.ts';
import { withMember } from '../json/jsonReader.ts';
import type { Values } from './requestDraft.ts';

export interface SentValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface SentTextOptions {
  /** URI of the schema for completion. */
  readonly schema: string;
  readonly values: SentValues;
}

/** The text of a request document that sends this request again, with every digit of its body. */
export function sentText(
  { operation, body }: Pick<ApiRequest, 'operation' | 'body'>,
  { schema, values }: SentTextOptions,
): string {
  const members = (['path', 'query'] as const).flatMap((location) =>
    operation.parameters.some((parameter) => parameter.in === location) || Object.keys(values[location]).length > 0
      ? [`${JSON.stringify(location)}: ${objectText(values[location], operation, location)}`]
      : [],
  );
  const source = [
    `"$schema": ${JSON.stringify(schema)}`,
    `"operation": ${JSON.stringify(operation.key)}`,
    ...members,
    ...(body === undefined ? [] : [`"body": ${body}`]),
  ].join(',');
  return `${formatJson(`{${source}}`, WHOLE).text}\n`;
}

/**
 * The text of a request document with these values of its path and this JSON text as its body. The text must be valid JSON;
 * all its values keep every digit, and it is laid out anew.
 */
export function withPresentBody(
  text: string,
  { path, operation, body }: { readonly path: Values; readonly operation: Operation; readonly body: string },
): string {
  const values = Object.fromEntries([...path].map(([name, value]) => [name, String(value)]));
  const withPath = path.size === 0 ? text : withMember(text, 'path', objectText(values, operation, 'path'));
  return `${formatJson(withMember(withPath ?? text, 'body', body) ?? text, WHOLE).text}\n`;
}

const WHOLE = { items: undefined, maxItems: Infinity, maxCharacters: Infinity, partial: false, mask: false };

function objectText(
  values: Readonly<Record<string, string>>,
  { parameters }: Operation,
  location: Parameter['in'],
): string {
  const members = Object.entries(values).map(([name, value]) => {
    const parameter = parameters.find((each) => each.in === location && each.name === name);
    return `${JSON.stringify(name)}: ${valueText(value, parameter)}`;
  });
  return `{${members.join(',')}}`;
}

/** Numbers and truth values as in JSON where the value is written like one; anything else is a text. */
function valueText(value: string, parameter: Parameter | undefined): string {
  const isPlain =
    parameter?.list === undefined &&
    ((parameter?.type === 'boolean' && /^(?:true|false)$/.test(value)) ||
      ((parameter?.type === 'integer' || parameter?.type === 'number') && /^-?(?:0|[1-9]\d*)$/.test(value)));
  return isPlain ? value : JSON.stringify(value);
}
