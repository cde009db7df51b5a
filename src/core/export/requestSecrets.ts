import type { ApiRequest } from '../api/apiRequest.ts';
import { isSecretParameter } from '../api/passwordNames.ts';
import { passwordValues } from '../api/passwordValues.ts';

/** Text of an address or a body, or a secret in it, which is read from the environment when the request is sent. */
export type RequestPart = { readonly text: string } | SecretVariable;

export interface SecretVariable {
  readonly variable: string;
  /** Whether the variable has a number of JSON, which is sent without quotes. */
  readonly isNumber: boolean;
}

/** A body that is JSON; that of a form is not sent as it is. */
export type SecretRequest = Pick<ApiRequest, 'operation' | 'url' | 'body' | 'form'>;

/**
 * The address in parts that joined are the address, but with environment variables in place of the values that are
 * secrets by their names, or contain one, because what is copied is pasted into chats and tickets (E10).
 */
export function urlParts(request: Pick<ApiRequest, 'url'>): readonly RequestPart[] {
  return partsOf(
    request.url,
    querySecrets(request).map(({ start, end, variable }) => ({ start, end, secret: { variable, isNumber: false } })),
  );
}

/** The same for the body. Empty without a body. */
export function bodyParts({ url, operation, body, form }: SecretRequest): readonly RequestPart[] {
  if (body === undefined || form) {
    return [];
  }
  const used = new Map<string, string>();
  querySecrets({ url }, used);
  const secrets = (passwordValues(body, operation) ?? []).map(({ start, end, name }) => {
    const value = body.slice(start, end);
    return { start, end, secret: { variable: variableOf(name, value, used), isNumber: !value.startsWith('"') } };
  });
  return partsOf(body, secrets);
}

/** The environment variables that a copied request needs. */
export function secretVariables(request: SecretRequest): readonly SecretVariable[] {
  return variablesIn([...urlParts(request), ...bodyParts(request)]);
}

/** Each once. */
export function variablesIn(parts: readonly RequestPart[]): readonly SecretVariable[] {
  const secrets = parts.filter((part) => 'variable' in part);
  return [...new Map(secrets.map((secret) => [secret.variable, secret])).values()];
}

/** What a copy has to be able to do with such a variable. */
export function secretUses(request: SecretRequest): { readonly [U in 'inUrl' | 'asText' | 'asNumber']: boolean } {
  const ofBody = variablesIn(bodyParts(request));
  return {
    inUrl: querySecrets(request).length > 0,
    asText: ofBody.some(({ isNumber }) => !isNumber),
    asNumber: ofBody.some(({ isNumber }) => isNumber),
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
  // The variables of the sign-in have other values.
  const first = base === 'NINJAONE_ACCESS_TOKEN' || base === 'NINJAONE_CLIENT_SECRET' ? `${base}_VALUE` : base;
  let variable = first;
  for (let number = 2; (used.get(variable) ?? value) !== value; number++) {
    variable = `${first}_${number}`;
  }
  used.set(variable, value);
  return variable;
}
