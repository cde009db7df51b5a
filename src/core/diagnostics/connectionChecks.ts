import { isNinjaOneError, plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { fetchSpec } from '../catalog/fetchSpec.ts';
import type { Connection } from '../connections/connection.ts';
import { endpointsOf } from '../connections/instance.ts';
import type { HttpResponse, Transport } from '../http/transport.ts';
import { isWebPage } from '../http/webPage.ts';
import { toServerError } from '../serverErrors/classifyError.ts';
import { ERROR_CATALOG } from '../serverErrors/errorCatalog.ts';
import { messageOf, ok, problem, unknown, type Check } from './diagnosis.ts';

export interface HostCheckOptions {
  readonly transport: Transport;
  /** Milliseconds since 1970 by the clock of this computer. */
  readonly now: () => number;
  /** Milliseconds for each request. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** False if the process was started with NODE_TLS_REJECT_UNAUTHORIZED=0. */
  readonly checksCertificates: boolean;
  /** Whether a proxy is set. VS Code does not use it for this computer itself. */
  readonly hasProxy: boolean;
}

/**
 * Host, clock, API description and client ID of a connection. Sends three kinds of requests, to the host of the
 * connection only, without a token or secret. Never rejects.
 */
export async function checkHost(connection: Connection, options: HostCheckOptions): Promise<readonly Check[]> {
  const started = options.now();
  try {
    const response = await options.transport({
      url: endpointsOf(connection.instance.origin).appVersion,
      method: 'GET',
      timeout: options.timeout,
      maxBytes: 65_536,
      signal: options.signal,
    });
    const received = options.now();
    const server = serverCheck(connection, response, received - started);
    const [client, description] = await Promise.all([
      checkClientId(connection, options),
      checkDescription(connection, options),
    ]);
    return [
      ...(options.hasProxy && connection.instance.kind !== 'loopback'
        ? [ok(NAMES.proxy, l10n.t('The host was reached with the proxy settings of this computer.'))]
        : []),
      ok(NAMES.dns, l10n.t('The host name was found.')),
      ...certificateChecks(connection, options),
      server,
      server.verdict === 'ok' &&
      !isWebPage(new TextDecoder().decode(response.body), response.headers.get('content-type'))
        ? clockCheck(connection, response.headers, (started + received) / 2)
        : unknown(NAMES.clock, l10n.t('Not checked, because the response is not one of NinjaOne.')),
      client,
      description,
    ];
  } catch (error) {
    return [
      ...failedChecks(connection, error, options),
      ...[NAMES.clock, NAMES.client, NAMES.description].map((name) => unknown(name, notReached())),
    ];
  }
}

/** The checks of a host to which nothing may be sent yet (P5). */
export function unconfirmedHost(): readonly Check[] {
  const reason = l10n.t('Not checked, because you have not confirmed this host yet. Sign in once to confirm it.');
  return [
    unknown(NAMES.server, reason),
    ...[NAMES.clock, NAMES.client, NAMES.description].map((name) => unknown(name, notReached())),
  ];
}

const NAMES = {
  proxy: l10n.t({ message: 'Proxy', comment: 'Row of a report about network problems.' }),
  dns: 'DNS',
  tls: 'TLS',
  server: l10n.t({ message: 'Server', comment: 'Row of a report about network problems.' }),
  clock: l10n.t({ message: 'Clock', comment: 'Row of a report: the date and time of this computer.' }),
  client: l10n.t('Client ID'),
  description: l10n.t({ message: 'API description', comment: 'Row of a report: the OpenAPI document of the server.' }),
} as const;

/** Which step of a request failed. The steps before it worked, and the result of those after it is unknown. */
function failedChecks(connection: Connection, error: unknown, options: HostCheckOptions): readonly Check[] {
  const message = messageOf(error);
  const code = isNinjaOneError(error) ? error.code : '';
  const found = ok(NAMES.dns, l10n.t('The host name was found.'));
  switch (code) {
    case 'network.proxy':
    case 'network.proxyAnswer':
      return [problem(NAMES.proxy, message), unknown(NAMES.server, notReached())];
    case 'network.dns':
      return [problem(NAMES.dns, message), unknown(NAMES.server, notReached())];
    case 'network.tls':
      return [found, problem(NAMES.tls, message), unknown(NAMES.server, notReached())];
    case 'network.refused':
    case 'network.reset':
      return [found, problem(NAMES.server, message)];
    case 'network.redirect':
      return [found, ...certificateChecks(connection, options), problem(NAMES.server, message)];
    default:
      return [problem(NAMES.server, message)];
  }
}

function certificateChecks(
  { instance }: Connection,
  { checksCertificates }: Pick<HostCheckOptions, 'checksCertificates'>,
): readonly Check[] {
  if (instance.origin.startsWith('http:')) {
    return [];
  }
  return [
    checksCertificates
      ? ok(NAMES.tls, l10n.t('The certificate is valid and trusted.'))
      : unknown(NAMES.tls, l10n.t('Not checked, because this process does not check certificates.')),
  ];
}

function serverCheck(connection: Connection, response: HttpResponse, milliseconds: number): Check {
  const { status, headers, body } = response;
  const text = new TextDecoder().decode(body);
  const version = /^[\w.+-]{1,40}$/.exec(text.trim())?.[0];
  if (status >= 500 || status === 429) {
    return problem(NAMES.server, toServerError({ status, headers, text: '', secrets: [] }, 'probe', connection));
  }
  if (status < 300 && version === undefined) {
    // A server of NinjaOne sends its version. This one is something else, for example the sign-in page of a network.
    return problem(NAMES.server, catalogMessage('server.webPage', connection));
  }
  return ok(
    NAMES.server,
    status < 300 && version !== undefined
      ? l10n.t({
          message: 'It responded in {0} ms. Its version is {1}.',
          args: [Math.round(milliseconds), version],
          comment: '{1} is a version number.',
        })
      : l10n.t('It responded in {0} ms.', Math.round(milliseconds)),
  );
}

/**
 * RFC 9110 §6.6.1: `Date` is in whole seconds. A cache keeps it and adds `Age` in seconds (RFC 9111 §5.1). `local` is
 * the time of this computer in the middle of the request.
 */
function clockCheck({ instance }: Connection, headers: Headers, local: number): Check {
  const age = headers.get('age') ?? '0';
  const server = Date.parse(headers.get('date') ?? '') + 1000 * (/^\d{1,9}$/.test(age) ? Number(age) : NaN);
  if (Number.isNaN(server)) {
    return unknown(NAMES.clock, l10n.t('{0} did not send its time.', instance.host));
  }
  const difference = local - server;
  const minutes = Math.round(Math.abs(difference) / 60_000);
  if (Math.abs(difference) < CLOCK_TOLERANCE) {
    return ok(NAMES.clock, l10n.t('The clock of this computer agrees with that of {0}.', instance.host));
  }
  return problem(
    NAMES.clock,
    difference > 0
      ? l10n.t(
          '{1, plural, one {The clock of this computer is # minute ahead of {0}.} other {The clock of this computer is # minutes ahead of {0}.}}',
          instance.host,
          minutes,
        )
      : l10n.t(
          '{1, plural, one {The clock of this computer is # minute behind {0}.} other {The clock of this computer is # minutes behind {0}.}}',
          instance.host,
          minutes,
        ),
    l10n.t('Set the date and time of this computer.'),
  );
}

/** Milliseconds. A smaller difference causes no problem. */
const CLOCK_TOLERANCE = 90_000;

async function checkClientId(
  connection: Connection,
  { transport, now, signal, timeout }: HostCheckOptions,
): Promise<Check> {
  try {
    const { probeClient } = await import('../oauth/oauthClient.ts');
    const send: Transport = (request) => transport({ ...request, timeout: Math.min(request.timeout, timeout) });
    const result = await probeClient({ connection, transport: send, clientSecret: undefined, now, signal });
    return result === 'known'
      ? ok(NAMES.client, l10n.t('{0} knows the client ID {1}.', connection.instance.host, shortened(connection)))
      : problem(NAMES.client, catalogMessage('oauth.wrongRegion', connection));
  } catch (error) {
    return problem(NAMES.client, messageOf(error));
  }
}

/** Shortens the client IDs in a text that a server may have written. Short ones could be parts of other words. */
export function withoutClientIds(text: string, connections: readonly Connection[]): string {
  return connections
    .filter(({ clientId }) => clientId.length >= 8)
    .reduce((result, connection) => result.replaceAll(connection.clientId, shortened(connection)), text);
}

/** A client ID is not secret, but with the host it identifies a customer, and reports are pasted into public places. */
function shortened({ clientId }: Connection): string {
  return clientId.length < 12 ? `${clientId.slice(0, 2)}…` : `${clientId.slice(0, 4)}…${clientId.slice(-4)}`;
}

async function checkDescription(
  { instance: { origin } }: Connection,
  { transport, now, signal }: HostCheckOptions,
): Promise<Check> {
  try {
    const send: Transport = (request) => transport({ ...request, signal });
    const spec = await fetchSpec({ origin, send, now }, undefined);
    const { version = '', operations = [] } = spec?.facts ?? {};
    return ok(
      NAMES.description,
      l10n.t(
        '{1, plural, one {Version {0}, # operation.} other {Version {0}, # operations.}}',
        plainText(version, 40),
        operations.length,
      ),
    );
  } catch (error) {
    return unknown(
      NAMES.description,
      l10n.t({
        message:
          'It could not be read ({0}). Sign-in does not need it, and the API Explorer uses the operations that come with the extension.',
        args: [isNinjaOneError(error) ? error.code : 'unexpected'],
        comment: '{0} is an error code.',
      }),
    );
  }
}

function catalogMessage(
  code: 'oauth.wrongRegion' | 'server.webPage',
  { name, instance }: Connection,
): LocalizableMessage {
  return { ...ERROR_CATALOG[code].message, args: [plainText(name, 64), instance.host] };
}

function notReached(): LocalizableMessage {
  return l10n.t('Not checked, because the host was not reached.');
}
