import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import { seedTenant, type TenantData } from './tenantData.ts';

/** The bearer-checked `/v2` (also `/api/v2`) of a tenant. More of it: add rows to `ROUTES` and records to the data. */
export class TenantApi {
  readonly data: TenantData = seedTenant();
  readonly #findToken: (token: string) => Promise<TokenOwner | undefined>;

  constructor(findToken: (token: string) => Promise<TokenOwner | undefined>) {
    this.#findToken = findToken;
  }

  /** `path` without a leading `/api`; the answers' shapes are those that clients of NinjaOne report. */
  async answer(request: ApiRequest): Promise<Answer> {
    const { authorization } = request;
    if (authorization === undefined) {
      return oauthError(400, 'missing_header', 'Authorization header is missing', 2);
    }
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) {
      return oauthError(400, 'invalid_header', 'Authorization header is malformed', 1);
    }
    const owner = await this.#findToken(token);
    if (!owner) {
      return oauthError(401, 'not_authenticated', 'Access token is invalid or expired', 10);
    }
    const found = findRoute(request.method, request.path);
    if (!found) {
      return failure(404, 'FAILURE', 'HTTP 404 Not Found');
    }
    const { route, ids } = found;
    const scope = route.method === 'GET' ? 'monitoring' : 'management';
    if (!owner.scopes.has(scope)) {
      return oauthError(401, 'insufficient_privileges', `Scope ${scope} is required`);
    }
    if (route.needsUser === true && !owner.isUser) {
      return oauthError(403, 'user_context_required', 'This operation requires a user context', 5);
    }
    return route.handle({ data: this.data, ids, query: request.query, body: request.body });
  }
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
}

export interface TokenOwner {
  readonly scopes: ReadonlySet<string>;
  /** False for tokens of client credentials. */
  readonly isUser: boolean;
}

interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** `{id}` stands for a number. */
  readonly path: string;
  readonly needsUser?: boolean;
  readonly handle: (call: RouteCall) => Answer;
}

interface RouteCall {
  readonly data: TenantData;
  /** Values of the `{…}` places from left to right. */
  readonly ids: readonly number[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v2/organizations', handle: ({ data, query }) => ok(page(data.organizations, query)) },
  { method: 'POST', path: '/v2/organizations', handle: createOrganization },
  { method: 'GET', path: '/v2/organization/{id}', handle: ({ data, ids }) => one(data.organizations, ids[0]) },
  { method: 'GET', path: '/v2/locations', handle: ({ data, query }) => ok(page(data.locations, query)) },
  { method: 'GET', path: '/v2/devices', handle: ({ data, query }) => ok(page(data.devices, query)) },
  { method: 'GET', path: '/v2/device/{id}', handle: ({ data, ids }) => one(data.devices, ids[0]) },
  { method: 'DELETE', path: '/v2/device/{id}/owner', handle: removeOwner },
  { method: 'POST', path: '/v2/device/{id}/patch/os/scan', handle: scanPatches },
  {
    method: 'POST',
    path: '/v2/device/{id}/script/run',
    needsUser: true,
    handle: ({ data, ids }) => (data.devices.some(({ id }) => id === ids[0]) ? { status: 204 } : notFound()),
  },
];

function findRoute(method: string, path: string): { route: Route; ids: number[] } | undefined {
  for (const route of ROUTES) {
    const pattern = new RegExp(`^${route.path.replaceAll('{id}', '(\\d+)')}$`);
    const match = route.method === method ? pattern.exec(path) : null;
    if (match) {
      return { route, ids: match.slice(1).map(Number) };
    }
  }
  return undefined;
}

function createOrganization({ data, body }: RouteCall): Answer {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
  if (typeof name !== 'string' || name === '') {
    // NinjaOne's `errorMessage` is sometimes an object.
    return failure(400, 'organization_name_required', { code: 'organization_name_required', params: {} });
  }
  const id = Math.max(0, ...data.organizations.map((organization) => organization.id)) + 1;
  const organization = { id, name, description: '', nodeApprovalMode: 'AUTOMATIC' as const, tags: [] };
  data.organizations.push(organization);
  return ok(organization);
}

function removeOwner({ data, ids }: RouteCall): Answer {
  const device = data.devices.find(({ id }) => id === ids[0]);
  if (!device) {
    return notFound();
  }
  delete device.assignedOwnerUid;
  return { status: 204 };
}

function scanPatches({ data, ids }: RouteCall): Answer {
  const device = data.devices.find(({ id }) => id === ids[0]);
  if (!device) {
    return notFound();
  }
  data.patchScans.push(device.id);
  return { status: 204 };
}

/** NinjaOne's paging by last id: rows after `after`, at most `pageSize`. */
function page<T extends { readonly id: number }>(rows: readonly T[], query: URLSearchParams): T[] {
  const after = Number(query.get('after') ?? 0);
  const pageSize = Number(query.get('pageSize') ?? rows.length);
  return rows.filter(({ id }) => id > after).slice(0, pageSize);
}

function one(rows: readonly { readonly id: number }[], id: number | undefined): Answer {
  const row = rows.find((candidate) => candidate.id === id);
  return row ? ok(row) : notFound();
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function notFound(): Answer {
  return failure(404, 'entity_not_found', 'Entity not found');
}

function oauthError(status: number, error: string, description: string, code?: number): Answer {
  return {
    status,
    body: { error, error_description: description, ...(code === undefined ? {} : { error_code: code }) },
  };
}

function failure(status: number, resultCode: string, errorMessage: unknown): Answer {
  return { status, body: { resultCode, errorMessage, incidentId: incidentId() } };
}

/** NinjaOne's reference of a failure, as its support asks for it. */
export function incidentId(): string {
  return `WEB_MGMT_SERVICE-${randomUUID()}`;
}
