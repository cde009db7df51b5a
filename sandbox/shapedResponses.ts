import type { SandboxResponse } from './response.ts';
import {
  findOperation,
  type FoundOperation,
  type Operations,
  type ParameterFacts,
  type SandboxOperation,
} from './operations.ts';
import { sampleOf } from './sampleValues.ts';
import { failure, insufficientScope, needsUser } from './tenantResponses.ts';
import type { ApiRequest, FallbackResponse, TokenOwner } from './tenantApi.ts';

/**
 * Responds to every operation of the API with the known shape of its response but without real data, where the tenant
 * has no data of its own. Writes change nothing; the tenant lists them.
 */
export class ShapedResponses {
  readonly #operations: Operations;

  constructor(operations: Operations) {
    this.#operations = operations;
  }

  /** Undefined if there is no such operation. Call this after the token was checked. */
  respond(request: ApiRequest, owner: TokenOwner): FallbackResponse | undefined {
    const found = findOperation(this.#operations, request.method, request.path);
    return (
      found && {
        response: this.#respond(found, request, owner),
        isWrite: !READS.has(found.operation.traits.riskLevel),
      }
    );
  }

  #respond({ operation, values }: FoundOperation, request: ApiRequest, owner: TokenOwner): SandboxResponse {
    const { traits, shape } = operation;
    if (!owner.scopes.has(traits.scope)) {
      return insufficientScope(traits.scope);
    }
    if (traits.needsUser === true && !owner.isUser) {
      return needsUser();
    }
    const refusal = checkValues(operation, values, request.query) ?? checkBody(this.#operations, operation, request);
    if (refusal) {
      return refusal;
    }
    if (shape.schema === undefined) {
      return READS.has(traits.riskLevel) && shape.status === 200 ? json(200, {}) : { status: shape.status };
    }
    const body = sampleOf(shape.schema, this.#operations.shapes, knownValues(values));
    return json(shape.status, pageOf(body, operation, request));
  }
}

const READS: ReadonlySet<string> = new Set(['read', 'secretRead']);

/** Serializes the body, because a string would be sent unchanged. */
function json(status: number, body: unknown): SandboxResponse {
  return { status, contentType: 'application/json;charset=UTF-8', body: JSON.stringify(body) };
}

/** The last id in the path, under its own name and as `id`. */
function knownValues(values: ReadonlyMap<string, string>): Record<string, unknown> {
  const parsed = [...values].map(([name, text]) => [name, /^\d{1,15}$/.test(text) ? Number(text) : text] as const);
  const last = parsed.at(-1)?.[1];
  return { ...(last === undefined ? {} : { id: last }), ...Object.fromEntries(parsed) };
}

function checkValues(
  operation: SandboxOperation,
  values: ReadonlyMap<string, string>,
  query: URLSearchParams,
): SandboxResponse | undefined {
  for (const parameter of operation.facts.parameters ?? []) {
    const { name } = parameter;
    const text = parameter.in === 'path' ? values.get(name) : (query.get(name) ?? undefined);
    if (text === undefined ? parameter.required === true : !isValue(text, parameter)) {
      return refuse(operation, text === undefined ? 'missing_parameter' : 'invalid_parameter', name);
    }
  }
  return undefined;
}

function isValue(text: string, { schema }: ParameterFacts): boolean {
  if (schema.enum && !schema.enum.map(String).includes(text)) {
    return false;
  }
  switch (schema.type) {
    case 'integer':
      return /^-?\d+$/.test(text);
    case 'number':
      return text !== '' && !Number.isNaN(Number(text));
    case 'boolean':
      return text === 'true' || text === 'false';
    case undefined:
    default:
      return true;
  }
}

function checkBody(
  operations: Operations,
  operation: SandboxOperation,
  request: ApiRequest,
): SandboxResponse | undefined {
  const { requestBody } = operation.facts;
  const [declared] = Object.entries(requestBody?.content ?? {});
  if (!requestBody || !declared) {
    return undefined;
  }
  const [wantedType, { schema: named }] = declared;
  const schema = operations.components[named.$ref?.slice('#/components/schemas/'.length) ?? ''] ?? named;
  const { content, contentType = '' } = request;
  if (content.length === 0) {
    return requestBody.required === true ? refuse(operation, 'missing_body', 'body') : undefined;
  }
  if (contentType.split(';')[0]?.trim().toLowerCase() !== wantedType) {
    return failure(415, 'FAILURE', 'HTTP 415 Unsupported Media Type');
  }
  if (wantedType === 'application/json' && request.body === undefined) {
    return refuse(operation, 'malformed_body', 'body');
  }
  const given = wantedType === 'application/json' ? namesOf(request.body) : partsOf(content);
  const missing = schema.required?.find((name) => !given.has(name));
  return missing === undefined ? undefined : refuse(operation, 'missing_member', missing);
}

function namesOf(body: unknown): ReadonlySet<string> {
  return new Set(typeof body === 'object' && body !== null ? Object.keys(body) : []);
}

/** Names of the parts of a `multipart/form-data` body (RFC 7578 §4.2). */
function partsOf(content: Buffer): ReadonlySet<string> {
  const heads = content.toString('latin1').matchAll(/^content-disposition: form-data;.*?\bname="([^"]*)"/gim);
  return new Set([...heads].map(([, name]) => name ?? ''));
}

/** NinjaOne's `errorMessage` is sometimes an object; billing has a shape of its own. */
function refuse({ traits }: SandboxOperation, code: string, name: string): SandboxResponse {
  return traits.group === 'Billing'
    ? { status: 400, body: { errorCode: code, message: name } }
    : failure(400, code, { code, params: { name } });
}

/** At most `pageSize` rows, and none after the first page, because there is only one. */
function pageOf(body: unknown, { traits }: SandboxOperation, request: ApiRequest): unknown {
  const { paging, items = '' } = traits;
  if (paging === undefined || typeof body !== 'object' || body === null) {
    return body;
  }
  // A board run has its cursor in the body, and 0 for the first page.
  const asked = paging === 'boardRun' ? request.body : Object.fromEntries(request.query);
  const first = [undefined, null, '', 0, '0'].includes(memberOf(asked, CURSORS[paging] ?? paging));
  const pageSize = Number(memberOf(asked, 'pageSize') ?? Infinity);
  const cut = (rows: unknown): unknown => (Array.isArray(rows) ? rows.slice(0, first ? pageSize : 0) : rows);
  return items === '' ? cut(body) : { ...body, [items]: cut(memberOf(body, items)) };
}

/** Cursors that have another name than the paging style. */
const CURSORS: Readonly<Record<string, string>> = { boardRun: 'lastCursorId' };

function memberOf(value: unknown, name: string): string | number | undefined | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>)[name] : undefined;
}
