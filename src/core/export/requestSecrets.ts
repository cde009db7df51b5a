import type { ApiRequest } from '../api/apiRequest.ts';
import { isFilePart, type FilePart, type TextPart } from '../api/formParts.ts';
import { isSecretParameter } from '../api/passwordNames.ts';
import { passwordValues } from '../api/passwordValues.ts';
import { childrenOf, compactJson } from '../json/jsonReader.ts';

/** Text of an address or a body, or a secret in it, which is read from the environment when the request is sent. */
export type RequestPart = { readonly text: string } | SecretVariable;

export interface SecretVariable {
  readonly variable: string;
  /** Whether the variable has a number of JSON, which is sent without quotes. */
  readonly isNumber: boolean;
}

export type SecretRequest = Pick<ApiRequest, 'operation' | 'url' | 'body' | 'form'>;

/**
 * The address in parts that joined are the address, but with environment variables in place of the query's values that are
 * secrets by their names, or contain one, because what is copied is pasted into chats and tickets (E10).
 */
export function urlParts(request: Pick<ApiRequest, 'url'>): readonly RequestPart[] {
  return partsOf(
    request.url,
    querySecrets(request).map(({ start, end, variable }) => ({ start, end, secret: { variable, isNumber: false } })),
  );
}

/** The same for a body that is JSON. Empty without a body and for a form. */
export function bodyParts(request: SecretRequest): readonly RequestPart[] {
  const { body, form } = request;
  return body === undefined || form ? [] : partsOf(body, bodySecrets(body, request));
}

/** A part of a form that is a text, with variables in place of its secrets. */
export interface SecretTextPart extends Omit<TextPart, 'text'> {
  /** Only in a part with a content type, which is JSON, the variables are JSON, too. */
  readonly content: readonly RequestPart[];
}
export type SecretFormPart = FilePart | SecretTextPart;

export function isSecretFilePart(part: SecretFormPart): part is FilePart {
  return 'file' in part;
}

/** The same for a form (E15), whose body is an object with its parts. The path of a file is no secret. */
export function formParts(request: SecretRequest): readonly SecretFormPart[] {
  const { body, form = [] } = request;
  const json = compactJson(body ?? '');
  const secrets = bodySecrets(json, request);
  const values = (childrenOf(json) ?? [])
    .flatMap(({ start, end }) => {
      const isList = json.startsWith('[', start);
      const items = isList ? (childrenOf(json.slice(start, end)) ?? []) : [{ start: 0, end: end - start }];
      return items.map((item) => ({ from: start + item.start, to: start + item.end }));
    })
    .filter(({ from }) => !json.startsWith('null', from));
  return form.map((part, index) => {
    const value = values[index];
    // Not knowing where a value is would mean that none of its secrets are found.
    if (!value || values.length !== form.length) {
      throw new RangeError('The form does not have the parts of its body.');
    }
    if (isFilePart(part)) {
      return part;
    }
    const { name, text, contentType } = part;
    const { from, to } = value;
    const own = secrets
      .filter(({ start, end }) => start >= from && end <= to)
      .map(({ start, end, secret }) => ({ start: start - from, end: end - from, secret }));
    const whole = own.map(({ secret }) => secret);
    const isPlainSecret = contentType === undefined && whole.length > 0;
    return { name, contentType, content: isPlainSecret ? whole : partsOf(text, own) };
  });
}

function bodySecrets(json: string, { url, operation }: SecretRequest): readonly Place[] {
  const used = new Map<string, string>();
  querySecrets({ url }, used);
  return (passwordValues(json, operation) ?? []).map(({ start, end, name }) => {
    const value = json.slice(start, end);
    return { start, end, secret: { variable: variableOf(name, value, used), isNumber: !value.startsWith('"') } };
  });
}

/** The environment variables that a copied request needs. */
export function secretVariables(request: SecretRequest): readonly SecretVariable[] {
  return variablesIn([...urlParts(request), ...bodyParts(request), ...contentOf(formParts(request))]);
}

/** The environment variables of a form. */
export function formVariables(request: SecretRequest): readonly SecretVariable[] {
  return variablesIn(contentOf(formParts(request)));
}

function contentOf(parts: readonly SecretFormPart[]): readonly RequestPart[] {
  return parts.flatMap((part) => (isSecretFilePart(part) ? [] : part.content));
}

/** Each once. */
export function variablesIn(parts: readonly RequestPart[]): readonly SecretVariable[] {
  const secrets = parts.filter((part) => 'variable' in part);
  return [...new Map(secrets.map((secret) => [secret.variable, secret])).values()];
}

/** What a copy has to be able to do with such a variable. */
export function secretUses(request: SecretRequest): {
  readonly [U in 'inUrl' | 'asText' | 'asNumber' | 'inJsonPart']: boolean;
} {
  const ofBody = variablesIn(bodyParts(request));
  const jsonParts = formParts(request).filter(({ contentType }) => contentType !== undefined);
  const inJsonPart = variablesIn(contentOf(jsonParts)).some(({ isNumber }) => !isNumber);
  return {
    inUrl: querySecrets(request).length > 0,
    asText: inJsonPart || ofBody.some(({ isNumber }) => !isNumber),
    asNumber: [...ofBody, ...formVariables(request)].some(({ isNumber }) => isNumber),
    inJsonPart,
  };
}

/** The names of these variables. */
export function variableNames(request: SecretRequest): readonly string[] {
  return secretVariables(request).map(({ variable }) => variable);
}

/** A pair of the query whose value is a secret. */
export interface QuerySecret {
  readonly name: string;
  readonly value: string;
  /** The environment variable with the value. */
  readonly variable: string;
  /** Offsets of the value in the address. */
  readonly start: number;
  readonly end: number;
}

export function querySecrets(
  { url }: Pick<ApiRequest, 'url'>,
  used: Map<string, string> = new Map(),
): readonly QuerySecret[] {
  let at = url.indexOf('?') + 1 || url.length;
  return url
    .slice(at)
    .split('&')
    .flatMap((pair) => {
      const start = at + pair.indexOf('=') + 1;
      const end = at + pair.length;
      at = end + 1;
      const [[name, value] = ['', '']] = new URLSearchParams(pair);
      return isSecretParameter(name, value)
        ? [{ name, value, variable: variableOf(name, JSON.stringify(value), used), start, end }]
        : [];
    });
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly secret: SecretVariable;
}

function partsOf(text: string, secrets: readonly Place[]): readonly RequestPart[] {
  const parts: RequestPart[] = [];
  let copied = 0;
  for (const { start, end, secret } of secrets) {
    parts.push({ text: text.slice(copied, start) }, secret);
    copied = end;
  }
  const rest = text.slice(copied);
  return rest === '' && parts.length > 0 ? parts : [...parts, { text: rest }];
}

/** A number of JSON (RFC 8259), for all languages that copies are written in. */
export const JSON_NUMBER = '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?';

/** `NINJAONE_LOCAL_ADMIN_PASSWORD`; another value of the same name gets a number. Equal values share a variable. */
function variableOf(name: string, value: string, used: Map<string, string>): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replaceAll(/[^A-Z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const base = `NINJAONE_${words.slice(-60)}`;
  const first = OTHER_VARIABLES.has(base) ? `${base}_VALUE` : base;
  let variable = first;
  for (let number = 2; (used.get(variable) ?? value) !== value; number++) {
    variable = `${first}_${number}`;
  }
  used.set(variable, value);
  return variable;
}

/** Terminals, tasks and scripts have other values in these. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  'NINJAONE_ACCESS_TOKEN',
  'NINJAONE_BASE_URL',
  'NINJAONE_CLIENT_ID',
  'NINJAONE_CLIENT_SECRET',
]);
