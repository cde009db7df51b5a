import { formParts } from './formParts.ts';
import type { SandboxResponse } from './response.ts';
import { failure, insufficientScope, needsUser, oauthError, Refused } from './tenantResponses.ts';
import { seedTenant, type TenantData } from './tenantData.ts';
import { DEVICE_WRITES } from './tenantDeviceWrites.ts';
import { READS } from './tenantReads.ts';
import { REPORTS } from './tenantReports.ts';
import { routeFinder, type FoundRoute } from './tenantRoute.ts';
import { TICKETING } from './tenantTicketing.ts';
import { WRITES } from './tenantWrites.ts';

/**
 * The API of a tenant below `/v2` and `/api/v2`, which requires a bearer token. To extend it, add rows to the routes.
 */
export class TenantApi {
  readonly data: TenantData;
  readonly #findToken: FindToken;
  readonly #fallback: Fallback | undefined;

  constructor(findToken: FindToken, { devices, fallback }: TenantOptions = {}) {
    this.data = seedTenant({ devices });
    this.#findToken = findToken;
    this.#fallback = fallback;
  }

  /** `path` has no leading `/api`. The responses have the shapes that clients of NinjaOne report. */
  async respond(request: ApiRequest): Promise<SandboxResponse> {
    const { authorization, method, path, body } = request;
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
    const found = findRoute(method, path);
    const handled = found
      ? {
          response: await this.#handle(found, request, owner),
          isWrite: method !== 'GET' && found.route.isRead !== true,
        }
      : this.#fallback?.(request, owner);
    if (!handled) {
      return failure(404, 'FAILURE', 'HTTP 404 Not Found');
    }
    if (handled.isWrite && handled.response.status < 300) {
      this.data.writes.push({ method, path, body: body ?? (await writtenForm(request)) });
    }
    return handled.response;
  }

  async #handle({ route, ids, texts }: FoundRoute, request: ApiRequest, owner: TokenOwner): Promise<SandboxResponse> {
    const scope = route.method === 'GET' || route.isRead === true ? 'monitoring' : 'management';
    if (!owner.scopes.has(scope)) {
      return insufficientScope(scope);
    }
    if (route.needsUser === true && !owner.isUser) {
      return needsUser();
    }
    const { query, body } = request;
    try {
      return await route.handle({ data: this.data, ids, texts, query, body, form: () => formOf(request) });
    } catch (error) {
      if (error instanceof Refused) {
        return error.response;
      }
      throw error;
    }
  }
}

/** Whether the tenant has data for the operation; otherwise only the shape of its response is known. */
export function hasData(method: string, path: string): boolean {
  return findRoute(method, path) !== undefined;
}

export interface TenantOptions {
  /** How many devices the tenant has; 10 by default. */
  readonly devices?: number | undefined;
  /** Responds if no route of the tenant does; undefined means that the operation is unknown. */
  readonly fallback?: Fallback | undefined;
}

/** Called with a valid token; checks the scopes itself. */
export type Fallback = (request: ApiRequest, owner: TokenOwner) => FallbackResponse | undefined;

export interface FallbackResponse {
  readonly response: SandboxResponse;
  readonly isWrite: boolean;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  readonly contentType: string | undefined;
  /** The unparsed body. */
  readonly content: Buffer;
}

export interface TokenOwner {
  readonly scopes: ReadonlySet<string>;
  /** False for tokens of client credentials. */
  readonly isUser: boolean;
}

type FindToken = (token: string) => Promise<TokenOwner | undefined>;

const findRoute = routeFinder([...READS, ...REPORTS, ...TICKETING, ...WRITES, ...DEVICE_WRITES]);

/** The parts of a form for the list of writes; undefined for any other request. */
async function writtenForm({ contentType = '', content }: ApiRequest): Promise<unknown> {
  if (!contentType.startsWith('multipart/form-data')) {
    return undefined;
  }
  const parts = await formParts(contentType, content);
  return parts.map((part) => ({ ...part, content: part.content.toString() }));
}

/** The parts of a multipart body. */
async function formOf({ contentType = '', content }: ApiRequest): Promise<FormData | undefined> {
  if (!contentType.startsWith('multipart/form-data')) {
    return undefined;
  }
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Test input does not justify another parser.
    return await new Response(new Uint8Array(content), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new Refused(failure(400, 'FAILURE', 'HTTP 400 Bad Request'));
  }
}
