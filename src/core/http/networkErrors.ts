import { NinjaOneError, type Action, type Intent } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

/**
 * What came out of a failed `fetch`, as one sentence and one action. The error itself is read and left behind: the host
 * puts the request, its headers and its body into some of them, and with these tokens and secrets.
 */
export function toNetworkError(error: unknown, url: URL): NinjaOneError {
  const facts = factsOf(error);
  const kind = ORDER.find((each) => facts.some((fact) => NETWORK_ERRORS[each].found(fact, url))) ?? 'failed';
  const found = facts.find((fact) => NETWORK_ERRORS[kind].found(fact, url)) ?? facts.find(({ code }) => code !== '');
  return networkError(kind, url, found?.code);
}

/** `detail` is the system's own word for it, such as `ECONNRESET`. */
export function networkError(kind: NetworkErrorKind, url: URL, detail = ''): NinjaOneError {
  const { code, intent = 'transient', message, action } = NETWORK_ERRORS[kind];
  const word = /^\w{1,60}$/.test(detail) ? detail : 'unknown';
  return new NinjaOneError({
    code: `network.${code}`,
    intent,
    message: { ...message, args: [url.host, ...(message.template.includes('{1}') ? [word] : [])] },
    action,
  });
}

export type NetworkErrorKind =
  | 'aborted'
  | 'proxyPassword'
  | 'proxy'
  | 'clock'
  | 'wrongName'
  | 'untrusted'
  | 'tls'
  | 'refused'
  | 'timeout'
  | 'reset'
  | 'dns'
  | 'offline'
  | 'failed';

/** One error of the chain: `fetch` wraps the cause, and a host with several addresses gives an error for each. */
interface Fact {
  readonly code: string;
  /** Of the machine that was called, which is the proxy if there is one. */
  readonly port: number | undefined;
  readonly hostname: string | undefined;
  /** What a proxy answered to CONNECT. */
  readonly proxyStatus: number | undefined;
}

interface NetworkErrorEntry {
  readonly code: string;
  readonly intent?: Intent;
  readonly message: LocalizableMessage;
  readonly action?: Action;
  readonly found: (fact: Fact, url: URL) => boolean;
}

const NETWORK_ERRORS: { readonly [K in NetworkErrorKind]: NetworkErrorEntry } = {
  aborted: {
    code: 'aborted',
    intent: 'canceled',
    message: l10n.t('Canceled'),
    found: ({ code }) => code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED',
  },
  proxyPassword: {
    code: 'proxy',
    message: l10n.t('The proxy on the way to {0} asks for a user name and password. Check the proxy settings.'),
    action: 'openProxySettings',
    found: ({ proxyStatus }) => proxyStatus === 407,
  },
  proxy: {
    code: 'proxy',
    message: l10n.t('The proxy on the way to {0} cannot be used ({1}). Check the proxy settings.'),
    action: 'openProxySettings',
    found: (fact, url) => fact.proxyStatus !== undefined || fact.code === 'UND_ERR_PRX_TLS' || isElsewhere(fact, url),
  },
  clock: {
    code: 'tls',
    message: l10n.t(
      'The certificate of {0} is not valid at this time ({1}). Check the clock of this computer, then try again.',
    ),
    action: 'retry',
    found: ({ code }) => code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID',
  },
  wrongName: {
    code: 'tls',
    message: l10n.t(
      'The certificate that was shown for {0} belongs to another host ({1}). Check the instance of the connection, or whether this network asks you to sign in first.',
    ),
    action: 'editConnection',
    found: ({ code }) => code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH',
  },
  untrusted: {
    code: 'tls',
    message: l10n.t(
      'The certificate of {0} is not trusted ({1}). If your company inspects traffic, install its certificate in the operating system and check the setting http.systemCertificates.',
    ),
    action: 'openProxySettings',
    found: ({ code }) => UNTRUSTED.test(code),
  },
  tls: {
    code: 'tls',
    message: l10n.t(
      'No secure connection to {0} could be made ({1}). Check the proxy and the setting http.systemCertificates.',
    ),
    action: 'openProxySettings',
    found: ({ code }) => TLS.test(code),
  },
  refused: {
    code: 'refused',
    message: l10n.t('{0} refused the connection. Check the instance of the connection, or try again later.'),
    action: 'retry',
    found: ({ code }) => code === 'ECONNREFUSED',
  },
  timeout: {
    code: 'timeout',
    message: l10n.t('{0} did not answer in time. Check the network and try again.'),
    action: 'retry',
    found: ({ code }) => code === 'ETIMEDOUT' || /^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code),
  },
  reset: {
    code: 'reset',
    message: l10n.t('The connection to {0} broke before the answer was complete ({1}). Try again.'),
    action: 'retry',
    found: ({ code }) => BROKEN.test(code),
  },
  dns: {
    code: 'dns',
    message: l10n.t('The host {0} was not found. Check the network and the instance of the connection.'),
    action: 'retry',
    found: ({ code }) => code === 'ENOTFOUND' || code === 'ENODATA',
  },
  offline: {
    code: 'offline',
    message: l10n.t('{0} cannot be reached from this network ({1}). Check whether you are online, then try again.'),
    action: 'retry',
    found: ({ code }) => OFFLINE.has(code),
  },
  failed: {
    code: 'failed',
    message: l10n.t('The request to {0} failed ({1}). Try again.'),
    action: 'retry',
    found: () => false,
  },
};

/** With several addresses the most telling error wins: IPv6 being off is no news when IPv4 was refused. */
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

/** The machine that could not be reached is not the one that was asked for, so it is the proxy. */
function isElsewhere({ port, hostname }: Fact, url: URL): boolean {
  const wanted = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return (port !== undefined && port !== wanted) || (hostname !== undefined && hostname !== url.hostname);
}

function factsOf(error: unknown): Fact[] {
  const facts: Fact[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && facts.length < MOST_FACTS) {
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

/** Chains may bite their own tail. */
const MOST_FACTS = 50;

function factOf(fields: { readonly [name: string]: unknown }): Fact {
  const message = text(fields['message']);
  // undici's proxy agent tells the status only in its sentence; VS Code adds it as a number.
  const told = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  const status = number(fields['connectResponseStatusCode']) ?? (told === undefined ? undefined : Number(told));
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
