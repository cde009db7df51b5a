import { NinjaOneError, type Action, type Intent } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/**
 * Converts the error of a failed `fetch` into a message and an action. The original error is not passed on, because the
 * host adds the request with its headers and body to some errors, and with them tokens and secrets.
 */
export function toNetworkError(error: unknown, url: URL): NinjaOneError {
  const facts = factsOf(error);
  const isOf = (kind: NetworkErrorKind, fact: Fact): boolean => NETWORK_ERRORS[kind].matches?.(fact, url) === true;
  const kind = ORDER.find((each) => facts.some((fact) => isOf(each, fact))) ?? 'failed';
  const match = facts.find((fact) => isOf(kind, fact)) ?? facts.find(({ code }) => code !== '');
  return networkError(kind, url, match?.code);
}

/** `detail` is a system error code, such as `ECONNRESET`. */
export function networkError(kind: NetworkErrorKind, url: URL, detail = ''): NinjaOneError {
  const { code, intent = 'transient', message, action } = NETWORK_ERRORS[kind];
  const systemCode = /^\w{1,60}$/.test(detail) ? detail : 'unknown';
  return new NinjaOneError({
    code: `network.${code}`,
    intent,
    message: { ...message, args: [url.host, ...(message.template.includes('{1}') ? [systemCode] : [])] },
    action,
  });
}

export type NetworkErrorKind =
  | 'aborted'
  | 'proxyPassword'
  | 'proxyAnswer'
  | 'proxy'
  | 'clock'
  | 'wrongName'
  | 'untrusted'
  | 'tls'
  | 'checksOff'
  | 'unchecked'
  | 'refused'
  | 'timeout'
  | 'reset'
  | 'dns'
  | 'offline'
  | 'failed';

/** One error of the chain: `fetch` wraps the cause, and a host with several addresses has an error for each of them. */
interface Fact {
  readonly code: string;
  /** Of the machine to which the connection was made, which is the proxy if there is one. */
  readonly port: number | undefined;
  readonly hostname: string | undefined;
  /** Status of the proxy's response to CONNECT. */
  readonly proxyStatus: number | undefined;
}

interface NetworkErrorEntry {
  readonly code: string;
  readonly intent?: Intent;
  readonly message: LocalizableMessage;
  readonly action?: Action;
  /** Missing if no error of `fetch` has this meaning. */
  readonly matches?: (fact: Fact, url: URL) => boolean;
}

const PROXY_PASSWORD = l10n.t({
  message: 'The proxy for {0} requires a user name and password. Check the proxy settings.',
  comment: '{0} is a host name.',
});

const NETWORK_ERRORS: { readonly [K in NetworkErrorKind]: NetworkErrorEntry } = {
  aborted: {
    code: 'aborted',
    intent: 'canceled',
    message: l10n.t('Canceled'),
    matches: ({ code }) => code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED',
  },
  proxyPassword: {
    code: 'proxy',
    message: PROXY_PASSWORD,
    action: 'openProxySettings',
    matches: ({ proxyStatus }) => proxyStatus === 407,
  },
  // Of a proxy that reads the traffic. It does not prove that it has not passed the request on.
  proxyAnswer: { code: 'proxyAnswer', message: PROXY_PASSWORD, action: 'openProxySettings' },
  proxy: {
    code: 'proxy',
    message: l10n.t({
      message: 'Cannot use the proxy for {0} ({1}). Check the proxy settings.',
      comment: '{0} is a host name, {1} a system error code.',
    }),
    action: 'openProxySettings',
    matches: (fact, url) => fact.proxyStatus !== undefined || fact.code === 'UND_ERR_PRX_TLS' || isElsewhere(fact, url),
  },
  clock: {
    code: 'tls',
    message: l10n.t(
      'The certificate of {0} is not valid at this time ({1}). Check the date and time of this computer, then try again.',
    ),
    action: 'retry',
    matches: ({ code }) => code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID',
  },
  wrongName: {
    code: 'tls',
    message: l10n.t(
      'The certificate for {0} belongs to another host ({1}). Check the instance of the connection, and whether your network requires you to sign in first.',
    ),
    action: 'editConnection',
    matches: ({ code }) => code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH',
  },
  untrusted: {
    code: 'tls',
    message: l10n.t(
      'The certificate of {0} is not trusted ({1}). If your organization inspects network traffic, install its certificate in the operating system and check the setting http.systemCertificates.',
    ),
    action: 'openProxySettings',
    matches: ({ code }) => UNTRUSTED.test(code),
  },
  tls: {
    code: 'tls',
    message: l10n.t(
      'Could not establish a secure connection to {0} ({1}). Check the proxy and the setting http.systemCertificates.',
    ),
    action: 'openProxySettings',
    matches: ({ code }) => TLS.test(code),
  },
  checksOff: {
    code: 'checksOff',
    message: l10n.t(
      'Nothing was sent to {0}, because the environment variable NODE_TLS_REJECT_UNAUTHORIZED turns off the check of certificates. Remove the variable and restart VS Code.',
    ),
  },
  unchecked: {
    code: 'tls',
    message: l10n.t(
      'Nothing was sent to {0}, because its certificate is not valid and VS Code or another extension accepted it without a check. Turn off extensions that change network settings, then try again.',
    ),
    action: 'retry',
  },
  refused: {
    code: 'refused',
    message: l10n.t('{0} refused the connection. Check the instance of the connection, or try again later.'),
    action: 'retry',
    matches: ({ code }) => code === 'ECONNREFUSED',
  },
  timeout: {
    code: 'timeout',
    message: l10n.t('{0} did not respond in time. Check your network and try again.'),
    action: 'retry',
    matches: ({ code }) => code === 'ETIMEDOUT' || /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code),
  },
  reset: {
    code: 'reset',
    message: l10n.t('The connection to {0} was lost before the response was complete ({1}). Try again.'),
    action: 'retry',
    matches: ({ code }) => BROKEN.test(code),
  },
  dns: {
    code: 'dns',
    message: l10n.t('Could not find the host {0}. Check your network and the instance of the connection.'),
    action: 'retry',
    matches: ({ code }) => code === 'ENOTFOUND' || code === 'ENODATA',
  },
  offline: {
    code: 'offline',
    message: l10n.t('Could not reach {0} from this network ({1}). Check your internet connection, then try again.'),
    action: 'retry',
    matches: ({ code }) => OFFLINE.has(code),
  },
  failed: {
    code: 'failed',
    message: l10n.t('The request to {0} failed ({1}). Try again.'),
    action: 'retry',
  },
};

/** With several addresses, the most informative error wins: IPv6 being off is irrelevant if IPv4 was refused. */
const ORDER: readonly NetworkErrorKind[] = [
  'aborted',
  'proxyPassword',
  'proxy',
  'clock',
  'wrongName',
  'untrusted',
  'tls',
  'refused',
  'timeout',
  'reset',
  'dns',
  'offline',
];

const UNTRUSTED =
  /^(?:UNABLE_TO_GET_|UNABLE_TO_VERIFY_|DEPTH_ZERO_|SELF_SIGNED_|CERT_UNTRUSTED|CERT_REJECTED|CERT_REVOKED|INVALID_CA)/;
const TLS = /^(?:CERT_|CRL_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERROR_IN_C|INVALID_PURPOSE|PATH_LENGTH_|EPROTO$)/;
const BROKEN =
  /^(?:ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET|UND_ERR_RES_\w+|UND_ERR_HEADERS_OVERFLOW|HPE_\w+|Z_\w+)$/;
const OFFLINE: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
]);

/** Whether the machine that could not be reached is not the requested one, so that it must be the proxy. */
function isElsewhere({ port, hostname }: Fact, url: URL): boolean {
  const expected = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return (port !== undefined && port !== expected) || (hostname !== undefined && hostname !== url.hostname);
}

function factsOf(error: unknown): Fact[] {
  const facts: Fact[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && facts.length < MAX_FACTS) {
    const next = queue.shift();
    if (typeof next !== 'object' || next === null) {
      continue;
    }
    const fields = next as { readonly [name: string]: unknown };
    facts.push(factOf(fields));
    queue.push(fields['cause'], ...(Array.isArray(fields['errors']) ? (fields['errors'] as unknown[]) : []));
  }
  return facts;
}

/** A chain of causes can be circular. */
const MAX_FACTS = 50;

function factOf(fields: { readonly [name: string]: unknown }): Fact {
  const message = text(fields['message']);
  // undici's proxy agent reports the status only in its message; VS Code adds it as a number.
  const statusText = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  const status =
    number(fields['connectResponseStatusCode']) ?? (statusText === undefined ? undefined : Number(statusText));
  return {
    code: text(fields['code']),
    port: number(fields['port']),
    hostname: text(fields['hostname']) || undefined,
    proxyStatus: status === 200 ? undefined : status,
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
