import { isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import { charsetOfBody, decoderOf } from '../http/charset.ts';
import type { HttpResponse } from '../http/transport.ts';
import { toServerError, serverBusy } from '../serverErrors/classifyError.ts';
import { isWrite, type ApiRequest } from './apiRequest.ts';
import { mayQuoteSecrets } from './apiResponse.ts';
import { reportedFailure, reportedReadFailure, type ReportedFailure } from './reportedFailure.ts';
import { unansweredOutcome, writeOutcome, type RequestOutcome } from './requestOutcome.ts';
import { isThrottled } from './throttling.ts';

export interface ResponseContext {
  readonly request: ApiRequest;
  /** Scopes of the session. */
  readonly scopes: readonly Scope[];
  /** Removed from error messages, because some servers quote it. */
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether a body over the limit proves that a write was executed. */
  readonly isProof?: boolean | undefined;
}

/** What a response means: its outcome, and its error unless it is a success (E9, E12). */
export function judgeResponse(
  response: HttpResponse,
  context: ResponseContext,
): { readonly outcome: RequestOutcome; readonly failure: NinjaOneError | undefined } {
  if (!isWrite(context.request)) {
    return { outcome: 'known', failure: responseFailure(response, context) ?? readFailure(response, context) };
  }
  const outcome = writeOutcome(response, context.isProof);
  const reported = reportedFailure(response);
  if (reported) {
    return { outcome, failure: reportedError(reported, response, context) };
  }
  const failure = outcome === 'known' ? undefined : responseFailure(response, context);
  return {
    outcome,
    failure: outcome === 'unknown' ? unknownOutcome(context.request, response.status, failure) : neverResent(failure),
  };
}

function readFailure(response: HttpResponse, context: ResponseContext): NinjaOneError | undefined {
  const reported = reportedReadFailure(response);
  return reported && reportedError(reported, response, context);
}

function responseFailure(response: HttpResponse, context: ResponseContext): NinjaOneError | undefined {
  const { status, headers, body } = response;
  const { request, accessToken, now } = context;
  const { connection } = request;
  if (isThrottled(response)) {
    const busy = serverBusy({ status, headers, requestBody: request.body }, connection, now);
    return isWrite(request) ? notExecuted(request, busy) : busy;
  }
  if (status < 400) {
    return undefined;
  }
  const start = body.subarray(0, MAX_BYTES);
  const charset = charsetOfBody(start, headers.get('content-type') ?? '', body.length > MAX_BYTES);
  const text = decoderOf(charset, false).decode(start);
  const isSecret = mayQuoteSecrets(request);
  const isPrivate = isSecret || request.body !== undefined;
  const secrets = { secrets: [accessToken], isPrivate, requestBody: request.body };
  const sent = namedRefusal(toServerError({ status, headers, text, ...secrets }, 'api', connection), context.request);
  const failure = isSecret ? withoutServerText(sent, connection) : sent;
  return failure.code === 'api.insufficientPrivileges' ? permissionError(failure, context) : failure;
}

const MAX_BYTES = 65_536;

/** Names the operation in place of the host, which is in the response and in the log. */
function namedRefusal(failure: NinjaOneError, { operation }: ApiRequest): NinjaOneError {
  const { code, intent, action, support, retryAfter, quote, args } = failure;
  if (code !== 'api.refused') {
    return failure;
  }
  return new NinjaOneError({
    ...{ code, intent, action, support, retryAfter, quote },
    message: l10n.t({
      message: '{0}: NinjaOne refused the request ({1}): {2}. Check its values.',
      args: [plainText(operation.title, 100), String(support.status), args.at(-1) ?? ''],
      comment: '{0} is the title of an operation, {1} a status code of HTTP and {2} the error message of the server.',
    }),
  });
}

/** For a status of success whose JSON says that the request, or a part of it, failed. */
function reportedError(
  { isWhole, text }: ReportedFailure,
  { status, headers }: HttpResponse,
  { request, accessToken }: ResponseContext,
): NinjaOneError {
  const { connection, operation } = request;
  const response = { status, headers, text, secrets: [accessToken], isPrivate: true };
  const { support, quote } = toServerError(response, 'api', connection);
  const words = quote ?? `HTTP ${status}`;
  const error = new NinjaOneError({
    code: 'api.reportedFailure',
    intent: 'invalidInput',
    message: isWhole
      ? l10n.t({
          message: '{0} answered HTTP {1}, but reports a failure: {2}. Check the values of the request.',
          args: [connection.instance.host, String(status), words],
          comment: '{0} is a host name, {1} a status code and {2} the error message of the server.',
        })
      : l10n.t({
          message:
            '{0} answered HTTP {1}, but reports that a part of {3} failed: {2}. Check the result in NinjaOne before you send the request again.',
          args: [connection.instance.host, String(status), words, plainText(operation.key, 200)],
          comment:
            '{0} is a host name, {1} a status code, {2} the error message of the server and {3} a method and path.',
        }),
    action: 'showLog',
    ...{ support, quote },
  });
  return mayQuoteSecrets(request) ? withoutServerText(error, connection) : error;
}

/** The same error without what the server wrote, which is masked in the response and shown nowhere else (E4). */
function withoutServerText(error: NinjaOneError, { instance }: Connection): NinjaOneError {
  const { code, intent, template, args, comment, action, retryAfter, quote } = error;
  const { incidentId, ...support } = error.support;
  return new NinjaOneError({
    ...{ code, intent, action, retryAfter },
    message:
      quote === undefined || !args.includes(quote)
        ? { template, args, comment }
        : l10n.t({
            message:
              '{0} answered HTTP {1} with an error. The message is hidden because it may contain secrets. Send shows it in the response, where you can reveal it.',
            args: [instance.host, String(support.status)],
            comment: '{0} is a host name and {1} a status code of HTTP.',
          }),
    support: { ...support, incidentId: INCIDENT_ID.exec(incidentId ?? '')?.[0] },
  });
}

/** The form of NinjaOne's own IDs. Any other text may be a secret. */
const INCIDENT_ID = /^[A-Z_]{3,40}-[\da-f-]{8,40}$/;

/** NinjaOne returns the same error for a missing scope and for a permission that the user's role does not have. */
function permissionError({ support }: NinjaOneError, { request, scopes }: ResponseContext): NinjaOneError {
  const { connection, operation } = request;
  const { scope, isScopeGuess } = operation.traits;
  const name = plainText(connection.name, 64);
  return scopes.includes(scope)
    ? new NinjaOneError({
        code: 'api.missingRight',
        intent: 'permission',
        message: isScopeGuess
          ? l10n.t(
              '"{0}" has the scope {1}, which is probably the required one, but is not allowed to do this. Add the permission to your NinjaOne role or the client app, or sign in with more scopes.',
              name,
              scope,
            )
          : l10n.t(
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
        message: isScopeGuess
          ? l10n.t(
              '"{0}" is signed in without the scope {1}, which is probably required. Select it on the client app and add it to the connection, then sign in again.',
              name,
              scope,
            )
          : l10n.t(
              '"{0}" is signed in without the required scope {1}. Select it on the client app and add it to the connection, then sign in again.',
              name,
              scope,
            ),
        action: 'editConnection',
        support,
      });
}

/** The error for a write without a response. */
export function writeFailure(error: unknown, request: ApiRequest): unknown {
  return unansweredOutcome(error) === 'unknown' ? unknownOutcome(request) : neverResent(error);
}

/**
 * For an error of a write: the same error without the button that repeats what failed. A write is sent again only by the
 * user's own Send, which asks its questions (E9).
 */
export function neverResent<E>(error: E): E | NinjaOneError {
  if (!isNinjaOneError(error) || error.action !== 'retry') {
    return error;
  }
  const { code, intent, template, args, comment, support, retryAfter, quote, cause } = error;
  return new NinjaOneError({
    ...{ code, intent, support, retryAfter, quote, cause },
    message: { template, args, comment },
    action: 'showLog',
  });
}

/** Without a status, no response was received. */
export function unknownOutcome(
  { operation, connection }: ApiRequest,
  status?: number,
  failure?: NinjaOneError,
): NinjaOneError {
  const key = plainText(operation.key, 200);
  const { host } = connection.instance;
  return new NinjaOneError({
    code: 'api.unknownOutcome',
    intent: 'transient',
    message:
      status === undefined
        ? l10n.t(
            'It is unknown whether {0} was executed, because no complete response was received from {1}. Check the result in NinjaOne before you send the request again.',
            key,
            host,
          )
        : l10n.t({
            message:
              'It is unknown whether {0} was executed, because the response of {1} (HTTP {2}) does not prove it. Check the result in NinjaOne before you send the request again.',
            args: [key, host, status],
            comment: '{0} is a method and a path, {1} a host name and {2} a status code of HTTP.',
          }),
    action: 'showLog',
    support: failure?.support ?? {},
  });
}

/** NinjaOne refuses a request that exceeds its limits before it executes anything. */
function notExecuted({ operation }: ApiRequest, { support, retryAfter }: NinjaOneError): NinjaOneError {
  return new NinjaOneError({
    code: 'server.busy',
    intent: 'transient',
    message: l10n.t(
      'NinjaOne received too many requests and did not execute {0}. Wait a moment, then send the request again.',
      plainText(operation.key, 200),
    ),
    action: 'showLog',
    support,
    retryAfter,
  });
}

type Refused = Pick<ApiRequest, 'operation' | 'connection'>;

export function readOnlyConnection({ operation, connection }: Refused): NinjaOneError {
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

/** The token was refused but renewed: nothing was executed, so the user can send the write again. */
export function tokenRenewed({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'api.tokenRenewed',
    intent: 'transient',
    message: l10n.t(
      'The access token of "{0}" had expired and was renewed. The request was not executed. Send it again.',
      plainText(name, 64),
    ),
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
