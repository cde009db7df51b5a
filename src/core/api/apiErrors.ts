import { isNinjaOneError, NinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { Connection, Scope } from '../connections/connection.ts';
import type { HttpResponse } from '../http/transport.ts';
import { failureOf, retryAfterMs } from '../serverErrors/classifyError.ts';
import { isWrite, type ApiRequest } from './apiRequest.ts';

export interface ResponseContext {
  readonly request: ApiRequest;
  /** What the session may do, as far as scopes go. */
  readonly scopes: readonly Scope[];
  /** Some servers repeat what they refuse. */
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What an answer of the API means, or `undefined` if it is a success (E12). */
export function responseFailure(response: HttpResponse, context: ResponseContext): NinjaOneError | undefined {
  const { status, headers, body } = response;
  const { request, accessToken } = context;
  const { connection } = request;
  if (status < 400) {
    // NinjaOne throttles with a web page, of any status.
    return isThrottlePage(response) ? busy(response, context) : undefined;
  }
  if (isWrite(request) && (status === 502 || status === 504)) {
    return unknownOutcome(request);
  }
  if (isThrottlePage(response)) {
    return busy(response, context);
  }
  const text = decode(body.subarray(0, MOST_BYTES));
  const failure = failureOf({ status, headers, text, secrets: [accessToken] }, 'api', connection);
  return failure.code === 'api.insufficientPrivileges' ? whichRight(failure, context) : failure;
}

/** Gateway pages name the limit in their first lines. */
function isThrottlePage({ headers, body }: HttpResponse): boolean {
  const type = headers.get('content-type') ?? '';
  if (/json/i.test(type)) {
    return false;
  }
  const text = decode(body.subarray(0, MOST_BYTES));
  return (/html/i.test(type) || /^\s*<(?:!doctype html|html)/i.test(text)) && THROTTLED.test(text);
}

const MOST_BYTES = 65_536;
const THROTTLED = /rate limit|too many requests|request limit exceeded/i;

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

function busy({ headers, status }: HttpResponse, { request, now }: ResponseContext): NinjaOneError {
  return new NinjaOneError({
    code: 'server.busy',
    intent: 'transient',
    message: l10n.t('{0} has too many requests. Wait a little, then try again.', request.connection.instance.host),
    action: 'retry',
    support: { status, requestId: plainText(headers.get('x-nj-request-id') ?? '', 100) || undefined },
    retryAfter: retryAfterMs(headers, now),
  });
}

/** NinjaOne says the same word for a scope that is missing and for a right that the user's role does not have. */
function whichRight({ support }: NinjaOneError, { request, scopes }: ResponseContext): NinjaOneError {
  const { connection, operation } = request;
  const { scope } = operation.traits;
  const name = plainText(connection.name, 64);
  return scopes.includes(scope)
    ? new NinjaOneError({
        code: 'api.missingRight',
        intent: 'permission',
        message: l10n.t(
          '"{0}" has the scope {1}, but may not do this all the same. Give your NinjaOne role, or the client app, the right to do it.',
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
          '"{0}" is signed in without the scope {1}, which this needs. Tick it on the client app and add it to the connection, then sign in again.',
          name,
          scope,
        ),
        action: 'editConnection',
        support,
      });
}

/** A write that was sent and not answered: never sent again, and never said to have failed (E9). */
export function writeFailure(error: unknown, request: ApiRequest): unknown {
  return isNinjaOneError(error) && error.code.startsWith('network.') && !NOT_SENT.has(error.code)
    ? unknownOutcome(request)
    : error;
}

/** After these the request has not reached NinjaOne, or NinjaOne did not take it. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'network.forbidden',
  'network.dns',
  'network.offline',
  'network.refused',
  'network.tls',
  'network.proxy',
  'network.redirect',
]);

export function unknownOutcome({ operation, connection }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.unknownOutcome',
    intent: 'transient',
    message: l10n.t(
      'It is unknown whether {0} was executed: no complete answer of {1} came. Look in NinjaOne before you send it again.',
      plainText(operation.key, 200),
      connection.instance.host,
    ),
    action: 'showLog',
  });
}

export function readOnly({ operation, connection }: Pick<ApiRequest, 'operation' | 'connection'>): NinjaOneError {
  return new NinjaOneError({
    code: 'api.readOnly',
    intent: 'permission',
    message: l10n.t(
      '"{0}" is read-only, so {1} was not sent. Allow writes for this connection first.',
      plainText(connection.name, 64),
      plainText(operation.key, 200),
    ),
    action: 'unlockWrites',
  });
}

export function notConfirmed({ operation }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.notConfirmed',
    intent: 'permission',
    message: l10n.t(
      '{0} was not sent, because nobody confirmed it. Send it again and confirm.',
      plainText(operation.key, 200),
    ),
  });
}

/** The token was not accepted, but it could be renewed: nothing was executed, and the write may be sent once more. */
export function tokenRenewed({ name }: Connection): NinjaOneError {
  return new NinjaOneError({
    code: 'api.tokenRenewed',
    intent: 'transient',
    message: l10n.t(
      'The access token of "{0}" had ended and was renewed. Nothing was executed; send it again.',
      plainText(name, 64),
    ),
    action: 'retry',
  });
}

/** Our own mistake, caught before anything leaves: the request is not a call of its operation on its connection. */
export function wrongTarget({ operation, connection }: ApiRequest): NinjaOneError {
  return new NinjaOneError({
    code: 'api.wrongTarget',
    intent: 'invalidInput',
    message: l10n.t(
      'The request does not fit {0} on {1}, so it was not sent. Open the operation again.',
      plainText(operation.key, 200),
      connection.instance.host,
    ),
  });
}
