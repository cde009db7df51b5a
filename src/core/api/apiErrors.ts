import { isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { HttpResponse } from '../http/transport.ts';
import { toServerError, serverBusy } from '../serverErrors/classifyError.ts';
import { isWrite, type ApiRequest } from './apiRequest.ts';

export interface ResponseContext {
  readonly request: ApiRequest;
  /** Scopes of the session. */
  readonly scopes: readonly Scope[];
  /** Removed from error messages, because some servers quote it. */
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The error for an API response, or `undefined` if it is a success (E12). */
export function responseFailure(response: HttpResponse, context: ResponseContext): NinjaOneError | undefined {
  const { status, headers, body } = response;
  const { request, accessToken, now } = context;
  const { connection } = request;
  if (status < 400) {
    // NinjaOne throttles with a web page of any status.
    return isThrottlePage(response) ? serverBusy(response, connection, now) : undefined;
  }
  if (isWrite(request) && (status === 502 || status === 504)) {
    return unknownOutcome(request);
  }
  if (isThrottlePage(response)) {
    return serverBusy(response, connection, now);
  }
  const text = decode(body.subarray(0, MAX_BYTES));
  const failure = toServerError({ status, headers, text, secrets: [accessToken] }, 'api', connection);
  return failure.code === 'api.insufficientPrivileges' ? permissionError(failure, context) : failure;
}

/** Gateway pages mention the limit in their first lines. */
function isThrottlePage({ headers, body }: HttpResponse): boolean {
  const type = headers.get('content-type') ?? '';
  if (/json/i.test(type)) {
    return false;
  }
  const text = decode(body.subarray(0, MAX_BYTES));
  return (/html/i.test(type) || /^\s*<(?:!doctype html|html)/i.test(text)) && THROTTLED.test(text);
}

const MAX_BYTES = 65_536;
const THROTTLED = /rate limit|too many requests|request limit exceeded/i;

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

/** NinjaOne returns the same error for a missing scope and for a permission that the user's role does not have. */
function permissionError({ support }: NinjaOneError, { request, scopes }: ResponseContext): NinjaOneError {
  const { connection, operation } = request;
  const { scope } = operation.traits;
  const name = plainText(connection.name, 64);
  return scopes.includes(scope)
    ? new NinjaOneError({
        code: 'api.missingRight',
        intent: 'permission',
        message: l10n.t(
          '"{0}" has the scope {1} but is still not allowed to do this. Add the permission to your NinjaOne role or the client app.',
          name,
          scope,
        ),
        action: 'openClientApps',
        support,
      })
    : new NinjaOneError({
        code: 'api.missingScope',
        intent: 'permission',
        message: l10n.t(
          '"{0}" is signed in without the required scope {1}. Select it on the client app and add it to the connection, then sign in again.',
          name,
          scope,
        ),
        action: 'editConnection',
        support,
      });
}

/** The error for a write without a response: it is never retried and never reported as failed (E9). */
export function writeFailure(error: unknown, request: ApiRequest): unknown {
  return isNinjaOneError(error) && error.code.startsWith('network.') && !NOT_SENT.has(error.code)
    ? unknownOutcome(request)
    : error;
}

/** Errors after which the request did not reach NinjaOne, or NinjaOne did not accept it. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'network.forbidden',
  'network.dns',
  'network.offline',
  'network.refused',
  'network.tls',
  'network.checksOff',
  'network.proxy',
  'network.redirect',
]);

export function unknownOutcome({ operation, connection }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.unknownOutcome',
    intent: 'transient',
    message: l10n.t(
      'It is unknown whether {0} was executed, because no complete response was received from {1}. Check the result in NinjaOne before you send the request again.',
      plainText(operation.key, 200),
      connection.instance.host,
    ),
    action: 'showLog',
  });
}

export function readOnlyConnection({
  operation,
  connection,
}: Pick<ApiRequest, 'operation' | 'connection'>): NinjaOneError {
  return new NinjaOneError({
    code: 'api.readOnly',
    intent: 'permission',
    message: l10n.t(
      '{1} was not sent because "{0}" is read-only. Allow writes for this connection first.',
      plainText(connection.name, 64),
      plainText(operation.key, 200),
    ),
    action: 'unlockWrites',
  });
}

export function requestNotConfirmed({ operation }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.notConfirmed',
    intent: 'permission',
    message: l10n.t(
      '{0} was not sent because it was not confirmed. Send it again and confirm it.',
      plainText(operation.key, 200),
    ),
  });
}

/** The token was refused but renewed: nothing was executed, so the write can be sent again. */
export function tokenRenewed({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'api.tokenRenewed',
    intent: 'transient',
    message: l10n.t(
      'The access token of "{0}" had expired and was renewed. The request was not executed. Send it again.',
      plainText(name, 64),
    ),
    action: 'retry',
  });
}

/** A defect detected before sending: the request does not match its operation or its connection. */
export function wrongTarget({ operation, connection }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.wrongTarget',
    intent: 'invalidInput',
    message: l10n.t(
      'The request was not sent because it does not match {0} on {1}. Open the operation again.',
      plainText(operation.key, 200),
      connection.instance.host,
    ),
  });
}
