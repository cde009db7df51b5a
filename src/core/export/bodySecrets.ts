import type { ApiRequest } from '../api/apiRequest.ts';
import { passwordValues } from '../api/passwordValues.ts';

/** JSON text, or the environment variable from which a text of the JSON is read when the request is sent. */
export type BodyPart = { readonly json: string } | { readonly variable: string };

/** A body that is JSON; that of a form is not sent as it is. */
export type JsonRequest = Pick<ApiRequest, 'operation' | 'body' | 'form'>;

/**
 * A body in parts that joined are the body, but with environment variables in place of passwords, because what is copied
 * is pasted into chats and tickets (E10). Empty without a body.
 */
export function bodyParts({ operation, body, form }: JsonRequest): readonly BodyPart[] {
  if (body === undefined || form) {
    return [];
  }
  const parts: BodyPart[] = [];
  const used = new Map<string, string>();
  let copied = 0;
  for (const { start, end, name } of passwordValues(body, operation) ?? []) {
    parts.push({ json: body.slice(copied, start) }, { variable: variableOf(name, body.slice(start, end), used) });
    copied = end;
  }
  return [...parts, { json: body.slice(copied) }];
}

/** The environment variables that a copied body needs. */
export function bodyVariables(request: JsonRequest): readonly string[] {
  return [...new Set(bodyParts(request).flatMap((part) => ('variable' in part ? [part.variable] : [])))];
}

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
