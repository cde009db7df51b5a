import type { Operation, RiskLevel } from '../catalog/operation.ts';
import type { Connection } from '../connections/connection.ts';

/** One call of one operation, as it will be sent: everything is checked and encoded. */
export interface ApiRequest {
  readonly connection: Connection;
  readonly operation: Operation;
  /** Absolute, on the origin of the connection. */
  readonly url: string;
  /** JSON text. */
  readonly body: string | undefined;
}

/**
 * How harmless this call is: an operation that gives out secrets only when asked to is a plain read otherwise (E4). Which
 * ones do so is not for the server's own description to say: it could call any other one harmless that way.
 */
export function riskLevelOf({ operation, url }: Pick<ApiRequest, 'operation' | 'url'>): RiskLevel {
  const { riskLevel } = operation.traits;
  const asksOnly = ASKING.has(operation.key) && operation.parameters.some(({ name }) => name === SECURE_VALUES);
  return riskLevel === 'secretRead' && asksOnly && !wantsSecureValues(url) ? 'read' : riskLevel;
}

const SECURE_VALUES = 'showSecureValues';
const ASKING: ReadonlySet<string> = new Set([
  'GET /v2/queries/custom-fields',
  'GET /v2/queries/custom-fields-detailed',
  'GET /v2/queries/scoped-custom-fields',
  'GET /v2/queries/scoped-custom-fields-detailed',
]);

function wantsSecureValues(url: string): boolean {
  return new URL(url).searchParams.getAll(SECURE_VALUES).some((value) => value.toLowerCase() !== 'false');
}

/**
 * Whether a call of the operation changes something. Its row in the overlay decides; PUT, PATCH and DELETE change
 * something whatever their row says.
 */
export function isWrite({ operation }: Pick<ApiRequest, 'operation'>): boolean {
  const { method, traits } = operation;
  const isRead = traits.riskLevel === 'read' || traits.riskLevel === 'secretRead';
  return !isRead || method === 'PUT' || method === 'PATCH' || method === 'DELETE';
}

/** Whether a person types what it is about before it is sent: it deletes, or changes many objects at once (E9). */
export function needsTypedText(request: Pick<ApiRequest, 'operation'>): boolean {
  const { method, traits } = request.operation;
  return method === 'DELETE' || (traits.bulk && isWrite(request));
}

/**
 * Whether `url` is a call of `template` on `origin` and of nothing else: as many segments, the literal ones equal, the
 * others neither empty nor climbing (E11).
 */
export function matchesPathTemplate(url: string, template: string, origin: string): boolean {
  const target = URL.parse(url);
  // A text that the URL parser would rewrite is not the address that was checked.
  if (!target || target.href !== url || target.origin !== origin || target.username !== '' || target.hash !== '') {
    return false;
  }
  const segments = target.pathname.split('/');
  const wanted = template.split('/');
  return segments.length === wanted.length && wanted.every((segment, index) => fits(segments[index] ?? '', segment));
}

/** `{id}`; the names come in camelCase, snake_case and kebab-case. */
export const PATH_PARAMETER = /\{([^{}/]+)\}/;

function fits(segment: string, wanted: string): boolean {
  const [before = '', , after, ...more] = wanted.split(PATH_PARAMETER);
  if (after === undefined) {
    return segment === wanted;
  }
  const filled = segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after);
  return filled && more.length === 0 && !CLIMBING.test(decoded(segment));
}

/** Once decoded: a server in between may do that before it routes. */
const CLIMBING = /^\.*$|[/\\?#;%\p{Cc}]/u;

/** Empty, and so refused, where the escapes are wrong. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
