import type { Operation, RiskLevel } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';
import type { FormPart } from './formParts.ts';

/** One validated and encoded call of an operation. */
export interface ApiRequest {
  readonly connection: Connection;
  readonly operation: Operation;
  /** Absolute, on the origin of the connection. */
  readonly url: string;
  /** JSON text, as in the request document. */
  readonly body: string | undefined;
  /** The parts that are sent in place of `body`, if the operation takes a form (E15). */
  readonly form?: readonly FormPart[] | undefined;
}

/**
 * The risk level of a call (E4). A read that asks for secure values is a secret read, whatever its row says. An operation
 * that returns secrets only on request is a plain read otherwise. These operations are listed here and not read from the
 * server's description, which could declare any operation harmless.
 */
export function riskLevelOf({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): RiskLevel {
  const { riskLevel } = operation.traits;
  if (riskLevel === 'read') {
    return wantsSecureValues(url) ? 'secretRead' : 'read';
  }
  const isOptional =
    SECRETS_ON_REQUEST.has(operation.key) && operation.parameters.some(({ name }) => isSecureSwitch(name));
  return riskLevel === 'secretRead' && isOptional && !wantsSecureValues(url) ? 'read' : riskLevel;
}

/** Whether the response contains secrets, so that it is confirmed, masked and never stored (E4, E13). */
export function returnsSecrets(request: Pick<ApiRequest, 'operation' | 'url'>): boolean {
  const { operation, url } = request;
  return riskLevelOf(request) === 'secretRead' || operation.traits.secret === true || wantsSecureValues(url);
}

const SECRETS_ON_REQUEST: ReadonlySet<string> = new Set([
  'GET /v2/queries/custom-fields',
  'GET /v2/queries/custom-fields-detailed',
  'GET /v2/queries/scoped-custom-fields',
  'GET /v2/queries/scoped-custom-fields-detailed',
]);

/** `showSecureValues`, in any spelling, and what else an instance may call it, such as `include_secrets`. */
function isSecureSwitch(name: string): boolean {
  return /secure|secret|passw|unmask|decrypt|reveal/i.test(name.replaceAll(/[^\p{L}]/gu, ''));
}

function wantsSecureValues(url: string): boolean {
  return secureSwitches(url).length > 0;
}

/** The names of the query parameters that ask for secrets. */
export function secureSwitches(url: string): readonly string[] {
  return [...new URL(url).searchParams]
    .filter(([name, value]) => isSecureSwitch(name) && value.toLowerCase() !== 'false')
    .map(([name]) => name);
}

/**
 * Whether the operation changes data, according to its row in the overlay. PUT, PATCH, and DELETE always count as
 * writes.
 */
export function isWrite({ operation }: Pick<ApiRequest, 'operation'>): boolean {
  const { method, traits } = operation;
  const isRead = traits.riskLevel === 'read' || traits.riskLevel === 'secretRead';
  return !isRead || method === 'PUT' || method === 'PATCH' || method === 'DELETE';
}

/**
 * Whether the user must type a confirmation: for deletions and changes of many objects at once (E9). Not every DELETE
 * deletes: one resets an alert, for example.
 */
export function needsTypedText(request: Pick<ApiRequest, 'operation'>): boolean {
  const { method, traits } = request.operation;
  const deletes = method === 'DELETE' && !NO_DELETION.has(traits.riskLevel);
  return deletes || traits.typed === true || (traits.bulk && isWrite(request));
}

/** Whether the user is asked before the request is sent (E4, E9). */
export function asksFirst(request: Pick<ApiRequest, 'operation' | 'url'>): boolean {
  const riskLevel = riskLevelOf(request);
  return (riskLevel !== 'read' && riskLevel !== 'write') || returnsSecrets(request) || needsTypedText(request);
}

/** A POST that only reads can be repeated; one that creates an installer or a link would create a second one. */
export function isRepeatable(request: Pick<ApiRequest, 'operation' | 'url'>): boolean {
  return request.operation.method === 'GET' || riskLevelOf(request) === 'read';
}

/** A DELETE that is said to read is not believed. */
const NO_DELETION: ReadonlySet<RiskLevel> = new Set(['write', 'deviceAction']);

/**
 * Whether `url` is a call of exactly this `template` on `origin`: the same number of segments, equal literal segments,
 * and no other segment empty, `.`, or `..` (E11).
 */
export function matchesPathTemplate(url: string, template: string, origin: string): boolean {
  const target = URL.parse(url);
  // If the URL parser rewrites the text, the request would go to another address than the one checked.
  if (!target || target.href !== url || target.origin !== origin || target.username !== '' || target.hash !== '') {
    return false;
  }
  const segments = target.pathname.split('/');
  const expected = template.split('/');
  return (
    segments.length === expected.length && expected.every((segment, index) => fits(segments[index] ?? '', segment))
  );
}

/** `{id}`; names are in camelCase, snake_case, or kebab-case. */
export const PATH_PARAMETER = /\{([^{}/]+)\}/;

function fits(segment: string, expected: string): boolean {
  const [before = '', , after, ...more] = expected.split(PATH_PARAMETER);
  if (after === undefined) {
    return segment === expected;
  }
  const filled = segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after);
  return filled && more.length === 0 && !CLIMBING.test(decoded(segment));
}

/** Checked after decoding, because a server in between may decode before routing. */
const CLIMBING = /^\.*$|[/\\?#;%\p{Cc}]/u;

/** Empty, and therefore refused, if the percent-encoding is invalid. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** Header of all requests. Downloads are of other types. */
export const ACCEPT = 'application/json, */*;q=0.5';
