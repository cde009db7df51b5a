import type { SandboxResponse } from './response.ts';
import { invalid, notFound } from './tenantResponses.ts';
import type { TenantData } from './tenantData.ts';

/** One operation of the tenant. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** As in the API description. A path parameter is a number, or text if its name is in `TEXT_PARAMETERS`. */
  readonly path: string;
  /** Changes nothing, although it is not a GET. */
  readonly isRead?: boolean;
  /** Refused with a token of client credentials. */
  readonly needsUser?: boolean;
  readonly handle: (call: RouteCall) => SandboxResponse | Promise<SandboxResponse>;
}

export interface RouteCall {
  readonly data: TenantData;
  /** Values of the path parameters from left to right; NaN for other values than numbers. */
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
  readonly form: () => Promise<FormData | undefined>;
}

export interface FoundRoute {
  readonly route: Route;
  readonly ids: readonly number[];
  readonly texts: readonly string[];
}

/** Returns a function that finds the first matching route. */
export function routeFinder(routes: readonly Route[]): (method: string, path: string) => FoundRoute | undefined {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return (method, path) => {
    for (const { route, pattern } of compiled) {
      const match = route.method === method ? pattern.exec(path) : null;
      if (match) {
        const texts = match.slice(1).map(decodeURIComponent);
        return { route, texts, ids: texts.map(Number) };
      }
    }
    return undefined;
  };
}

/** The record with this number; throws a 404 response if there is none. */
export function one<T extends { readonly id: number }>(rows: readonly T[], id: number | undefined): T {
  const row = rows.find((candidate) => candidate.id === id);
  if (!row) {
    throw notFound();
  }
  return row;
}

/** The members of a JSON object; anything else is refused. */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('invalid_request_body');
  }
  return { ...body };
}

/** The listed members of the body; others are ignored, as NinjaOne does. */
export function picked(body: unknown, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(membersOf(body)).filter(([name]) => names.includes(name)));
}

/** A required string. */
export function required(body: unknown, name: string, code: string): string {
  const value = membersOf(body ?? {})[name];
  if (typeof value !== 'string' || value === '') {
    throw invalid(code);
  }
  return value;
}

/** The record without these members, for a response. */
export function without<T extends object, K extends string & keyof T>(row: T, ...names: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !names.some((out) => out === name))) as Omit<T, K>;
}

const TEXT_PARAMETERS = new Set(['uid', 'ownerUid', 'mode', 'condition_id', 'fieldName', 'serviceId']);

function patternOf(path: string): RegExp {
  const source = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    TEXT_PARAMETERS.has(name) ? '([^/]+)' : '(\\d+)',
  );
  return new RegExp(`^${source}$`);
}
