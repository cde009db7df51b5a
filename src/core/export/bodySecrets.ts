import { endOfToken, skipBlanks } from '../json/jsonTokens.ts';

/** JSON text, or the environment variable from which a text of the JSON is read when the request is sent. */
export type BodyPart = { readonly json: string } | { readonly variable: string };

/**
 * A body in parts that joined are the body, but with environment variables in place of passwords, because what is copied
 * is pasted into chats and tickets (E10). `body` must be valid JSON.
 */
export function bodyParts(body: string): readonly BodyPart[] {
  const parts: BodyPart[] = [];
  const used = new Map<string, string>();
  let copied = 0;
  for (let at = skipBlanks(body, 0); at < body.length;) {
    const end = endOfToken(body, at);
    if (typeof end !== 'number') {
      break;
    }
    const colon = skipBlanks(body, end);
    const start = skipBlanks(body, colon + 1);
    const valueEnd = endOfToken(body, start);
    const isMember = body.charAt(at) === '"' && body.charAt(colon) === ':' && typeof valueEnd === 'number';
    const value = isMember && body.charAt(start) === '"' ? body.slice(start, valueEnd) : '""';
    const name = isMember ? (JSON.parse(body.slice(at, end)) as string) : '';
    if (value !== '""' && typeof valueEnd === 'number' && SECRET_NAME.test(name)) {
      parts.push({ json: body.slice(copied, start) }, { variable: variableOf(name, value, used) });
      copied = valueEnd;
      at = skipBlanks(body, valueEnd);
    } else {
      at = colon;
    }
  }
  return [...parts, { json: body.slice(copied) }];
}

/** The environment variables that a copied body needs. */
export function bodyVariables(body: string | undefined): readonly string[] {
  return body === undefined ? [] : bodyParts(body).flatMap((part) => ('variable' in part ? [part.variable] : []));
}

/** `localAdminPassword`, `totpSecret`, `client_secret`, and so on. */
const SECRET_NAME = /(?:password|passwd|passphrase|secret|totp|private_?key|api_?key|access_?token|refresh_?token)$/i;

/** `NINJAONE_LOCAL_ADMIN_PASSWORD`; another value of the same name gets a number. Equal values share a variable. */
function variableOf(name: string, value: string, used: Map<string, string>): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replaceAll(/[^A-Z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const base = `NINJAONE_${words.slice(-60)}`;
  let variable = base === 'NINJAONE_ACCESS_TOKEN' || base === 'NINJAONE_CLIENT_SECRET' ? `${base}_VALUE` : base;
  for (let number = 2; (used.get(variable) ?? value) !== value; number++) {
    variable = `${base}_${number}`;
  }
  used.set(variable, value);
  return variable;
}
