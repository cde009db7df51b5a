import { randomUUID } from 'node:crypto';
import type { SandboxResponse } from './response.ts';

/** Thrown to refuse a request with this response. */
export class Refused extends Error {
  readonly response: SandboxResponse;

  constructor(response: SandboxResponse) {
    super(JSON.stringify(response.body));
    this.response = response;
  }
}

export const NO_CONTENT: SandboxResponse = { status: 204 };

export function ok(body: unknown): SandboxResponse {
  return { status: 200, body };
}

export function notFound(): Refused {
  return new Refused(failure(404, 'entity_not_found', 'Entity not found'));
}

/** NinjaOne's `errorMessage` is sometimes an object with a `code`. */
export function invalid(code: string, params: Readonly<Record<string, unknown>> = {}): Refused {
  return new Refused(failure(400, code, { code, params }));
}

export function oauthError(status: number, error: string, description: string, code?: number): SandboxResponse {
  return {
    status,
    body: { error, error_description: description, ...(code === undefined ? {} : { error_code: code }) },
  };
}

export function insufficientScope(scope: string): SandboxResponse {
  return oauthError(401, 'insufficient_privileges', `Scope ${scope} is required`);
}

export function needsUser(): SandboxResponse {
  return oauthError(403, 'user_context_required', 'This operation requires a user context', 5);
}

export function failure(status: number, resultCode: string, errorMessage: unknown): SandboxResponse {
  return { status, body: { resultCode, errorMessage, incidentId: incidentId() } };
}

/** The id of a failure for NinjaOne's support. */
export function incidentId(): string {
  return `WEB_MGMT_SERVICE-${randomUUID()}`;
}
