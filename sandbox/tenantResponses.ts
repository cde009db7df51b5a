import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';

/** Thrown where there is no way on: the answer is the refusal that the client gets. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(JSON.stringify(answer.body));
    this.answer = answer;
  }
}

export const NO_CONTENT: Answer = { status: 204 };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function notFound(): Refused {
  return new Refused(failure(404, 'entity_not_found', 'Entity not found'));
}

/** `code` stands in the object that NinjaOne's `errorMessage` sometimes is. */
export function invalid(code: string, params: Readonly<Record<string, unknown>> = {}): Refused {
  return new Refused(failure(400, code, { code, params }));
}

export function oauthError(status: number, error: string, description: string, code?: number): Answer {
  return {
    status,
    body: { error, error_description: description, ...(code === undefined ? {} : { error_code: code }) },
  };
}

export function insufficientScope(scope: string): Answer {
  return oauthError(401, 'insufficient_privileges', `Scope ${scope} is required`);
}

export function needsUser(): Answer {
  return oauthError(403, 'user_context_required', 'This operation requires a user context', 5);
}

export function failure(status: number, resultCode: string, errorMessage: unknown): Answer {
  return { status, body: { resultCode, errorMessage, incidentId: incidentId() } };
}

/** NinjaOne's reference of a failure, as its support asks for it. */
export function incidentId(): string {
  return `WEB_MGMT_SERVICE-${randomUUID()}`;
}
