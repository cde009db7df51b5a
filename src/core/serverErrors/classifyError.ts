import { NinjaOneError, plainText, type Support } from '../base/errors.ts';
import { hasClientSecret, type Connection } from '../connections/connection.ts';
import { ERROR_CATALOG, type ErrorCode } from './errorCatalog.ts';
import { EMPTY_ERROR_BODY, parseErrorBody, type ParsedErrorBody, type ErrorResponse } from './errorBody.ts';
import { quotesBody } from './quotedBody.ts';

/** The request that failed: authorization, a grant at the token endpoint, revocation, the client probe, or an API call. */
export type Step = 'authorize' | 'code' | 'refresh' | 'mint' | 'revoke' | 'probe' | 'api';

/** Maps an error response to an error with a remedy. Server text goes only into `args` and `support`, as plain text. */
export function toServerError(response: ErrorResponse, step: Step, connection: Connection): NinjaOneError {
  const parsed = parseErrorBody(response);
  const code = step === 'api' ? apiErrorCode(parsed) : tokenErrorCode(parsed, step, connection);
  return failure(code, parsed, connection, {
    support: {
      ...supportOf(response),
      // Nothing but an ID, because it is logged.
      incidentId: supportId(/^[\w.:-]+$/.exec(plainText(parsed.incidentId, 100))?.[0], response),
    },
    retryAfter: retryAfterMs(response.headers, Date.now()),
    isPrivate: response.isPrivate === true,
  });
}

/** For throttling by NinjaOne, whatever the status and body of the response. `now` in epoch milliseconds. */
export function serverBusy(
  response: Pick<ErrorResponse, 'status' | 'headers' | 'requestBody'>,
  connection: Connection,
  now: number,
): NinjaOneError {
  return failure('server.busy', EMPTY_ERROR_BODY, connection, {
    support: supportOf(response),
    retryAfter: retryAfterMs(response.headers, now),
  });
}

/** For an unusable success response. `reason` is a text of this extension, because the body may contain tokens. */
export function invalidResponse(reason: string, connection: Connection, response?: ErrorResponse): NinjaOneError {
  const parsed = { ...EMPTY_ERROR_BODY, words: reason };
  return failure('oauth.invalidResponse', parsed, connection, response ? { support: supportOf(response) } : {});
}

/** RFC 6749 §4.1.2.1: the redirect has an error and the correct state. */
export function authorizationFailure(
  { error, description }: { readonly error: string; readonly description: string | undefined },
  connection: Connection,
): NinjaOneError {
  const parsed: ParsedErrorBody = {
    ...EMPTY_ERROR_BODY,
    status: 400,
    form: 'json',
    error,
    words: description ?? error,
  };
  return failure(tokenErrorCode(parsed, 'authorize', connection), parsed, connection, {});
}

/** RFC 9110 §10.2.3, in milliseconds from `now` (epoch ms), at most five minutes. `undefined` if the header is invalid. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  // Some servers send fractions, although seconds are whole numbers.
  if (/^\d+(?:\.\d+)?$/.test(value)) {
    return Math.min(Math.ceil(Number(value) * 1000), MAX_RETRY_AFTER);
  }
  // Only HTTP dates, because `Date.parse` accepts almost any text.
  const date = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), MAX_RETRY_AFTER);
}

const MAX_RETRY_AFTER = 300_000;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .*\d\d:\d\d:\d\d GMT$/;

function failure(
  code: ErrorCode,
  parsed: ParsedErrorBody,
  connection: Connection,
  { isPrivate = false, ...more }: FailureParts,
): NinjaOneError {
  const { intent, message, action } = ERROR_CATALOG[code];
  const sent = parsed.words || parsed.error || parsed.resultCode;
  const words = withoutPeriod(plainText(sent || (parsed.status > 0 ? `HTTP ${parsed.status}` : 'no reason'), 200));
  const values = [plainText(connection.name, 64), connection.instance.host, words];
  return new NinjaOneError({
    code,
    intent,
    message: { ...message, args: values.slice(0, highestPlaceholder(message.template) + 1) },
    action,
    quote: isPrivate && sent !== '' ? words : undefined,
    ...more,
  });
}

interface FailureParts {
  readonly support?: Support;
  readonly retryAfter?: number | undefined;
  /** Whether the text of the server may repeat the body of the request. */
  readonly isPrivate?: boolean;
}

/** The highest placeholder in the template. Only errors that show the server's message need to carry it. */
function highestPlaceholder(template: string): number {
  return Math.max(0, ...Array.from(template.matchAll(/\{(\d)\}/g), ([, index]) => Number(index)));
}

function supportOf(response: Pick<ErrorResponse, 'status' | 'headers' | 'requestBody'>): Support {
  const { status, headers } = response;
  return { status, requestId: supportId(plainText(headers.get('x-nj-request-id') ?? '', 100), response) };
}

/** Undefined if it is empty or repeats the body of the request. */
function supportId(
  id: string | undefined,
  { requestBody = '' }: Pick<ErrorResponse, 'requestBody'>,
): string | undefined {
  return id === undefined || id === '' || quotesBody(id, requestBody) ? undefined : id;
}

/** The template adds its own period. */
function withoutPeriod(text: string): string {
  return text.replace(/[\s.!]+$/, '');
}

function tokenErrorCode(parsed: ParsedErrorBody, step: Exclude<Step, 'api'>, connection: Connection): ErrorCode {
  const early = anyErrorCode(parsed);
  if (early) {
    return early;
  }
  if (parsed.status < 400 || parsed.form === 'empty') {
    return 'oauth.invalidResponse';
  }
  const aboutRedirect = /redirect[ _-]?ur[il]/i.test(parsed.words);
  switch (parsed.error) {
    case 'invalid_grant':
    case 'invalid_token':
    case 'expired_token':
      // The only case that ends a session. A gateway in between does not use this combination of status and error code.
      if (parsed.status !== 400 && parsed.status !== 401) {
        return 'oauth.refused';
      }
      if (step === 'refresh') {
        return 'oauth.invalidGrant';
      }
      return step !== 'code' ? 'oauth.refused' : aboutRedirect ? 'oauth.redirectMismatch' : 'oauth.codeRefused';
    case 'invalid_client':
      return hasClientSecret(connection.platform) ? 'oauth.invalidClient' : 'oauth.secretExpected';
    case 'unauthorized_client':
    case 'unsupported_grant_type':
    case 'unsupported_response_type':
      return aboutRedirect
        ? 'oauth.redirectMismatch'
        : step === 'refresh'
          ? 'oauth.refreshTokenNotTicked'
          : 'oauth.unauthorizedClient';
    case 'invalid_scope':
      return /offline_access|refresh[ _]token/i.test(parsed.words)
        ? 'oauth.refreshTokenNotTicked'
        : 'oauth.invalidScope';
    case 'access_denied':
      return 'oauth.accessDenied';
    case 'server_error':
    case 'temporarily_unavailable':
      return 'server.unavailable';
    case 'slow_down':
      return 'server.busy';
  }
  if (/^client app (?:does )?not exist/i.test(parsed.resultCode)) {
    return 'oauth.wrongRegion';
  }
  if (aboutRedirect || /^(?:invalid_redirect_uri|redirect_uri_mismatch)$/.test(parsed.error)) {
    return 'oauth.redirectMismatch';
  }
  return /invalid scope/i.test(parsed.words) ? 'oauth.invalidScope' : 'oauth.refused';
}

function apiErrorCode(parsed: ParsedErrorBody): ErrorCode {
  // The same words come as `error` and as `resultCode`.
  const known = API_ERRORS.get(parsed.error) ?? API_ERRORS.get(parsed.resultCode.toLowerCase());
  if (known) {
    return known;
  }
  if (parsed.status === 401 && parsed.form !== 'html') {
    return 'api.notAuthenticated';
  }
  const early = anyErrorCode(parsed);
  // A text explains a refusal as well as an object does.
  if (early && !(early === 'server.unreadable' && parsed.status >= 400)) {
    return early;
  }
  switch (parsed.status) {
    case 403:
      return 'api.forbidden';
    case 404:
      return 'api.notFound';
    default:
      return parsed.status < 400 ? 'server.unreadable' : 'api.refused';
  }
}

const API_ERRORS: ReadonlyMap<string, ErrorCode> = new Map([
  ['user_context_required', 'api.userContextRequired'],
  // NinjaOne returns 401 for a missing permission too. Signing in again would not help then.
  ['insufficient_privileges', 'api.insufficientPrivileges'],
  ['not_authenticated', 'api.notAuthenticated'],
]);

/** Errors that are the same for every endpoint and do not affect the session. */
function anyErrorCode({ status, form }: ParsedErrorBody): ErrorCode | undefined {
  if (status === 429) {
    return 'server.busy';
  }
  // A gateway in front of NinjaOne answers with a page, too. A captive portal sends a success, or 511 (RFC 6585 §6).
  if ((status >= 500 && status !== 511) || status === 408 || status === 425) {
    return 'server.unavailable';
  }
  if (form === 'html') {
    return 'server.webPage';
  }
  return form === 'text' ? 'server.unreadable' : undefined;
}
