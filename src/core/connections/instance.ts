import { isIPv4 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { l10n } from '../base/l10n.ts';
import { anyOf, type LocalizableMessage } from '../base/messages.ts';

export const PRESETS = {
  us: 'https://app.ninjarmm.com',
  us2: 'https://us2.ninjarmm.com',
  eu: 'https://eu.ninjarmm.com',
  ca: 'https://ca.ninjarmm.com',
  oc: 'https://oc.ninjarmm.com',
  fed: 'https://fed.ninjarmm.com',
} as const;

export type Preset = keyof typeof PRESETS;

/** One NinjaOne server: the only origin for a connection's authorize, token, API, and page URLs. */
export interface Instance {
  /** `https://eu.ninjarmm.com`, without a trailing slash. */
  readonly origin: string;
  /** The preset name, even if its origin was entered; otherwise the ASCII host name, with the port for loopback. */
  readonly label: string;
  /** `ninjaone` is a domain that NinjaOne owns; the user must confirm a `custom` host before any request. */
  readonly kind: 'ninjaone' | 'custom' | 'loopback';
  /** The host name in ASCII (Punycode) form, as a confirmation must show it. */
  readonly host: string;
}

export type InstanceResult =
  { readonly ok: true; readonly instance: Instance } | { readonly ok: false; readonly problem: LocalizableMessage };

/**
 * Parses a preset name or an origin. Never throws. Requests must go to the host that the user sees, so a text whose
 * host the URL parser would rewrite (`127.1`, full-width letters, a tab, a backslash) is refused, not corrected.
 */
export function parseInstance(value: unknown): InstanceResult {
  if (typeof value !== 'string' || value === '') {
    return refuse(l10n.t('Enter a region ({0}) or an address such as {1}.', PRESET_NAMES, EXAMPLE));
  }
  if (Object.hasOwn(PRESETS, value)) {
    return accept(new URL(PRESETS[value as Preset]), 'ninjaone');
  }
  if (value.length > MAX_ADDRESS) {
    return refuse(
      l10n.t('The address is too long. Enter a region ({0}) or an address such as {1}.', PRESET_NAMES, EXAMPLE),
    );
  }
  const url = URL.parse(value);
  const match = ADDRESS.exec(value);
  if (!url || !match?.groups) {
    return refuse(addressProblem(value));
  }
  const { host = '', port } = match.groups;
  if (url.protocol === 'http:') {
    return LOOPBACK.has(host.toLowerCase()) && port !== undefined
      ? accept(url, 'loopback')
      : refuse(
          l10n.t(
            'The address must start with https://. Only a local test server can use http://, with its port number.',
          ),
        );
  }
  if (isIPv4(url.hostname)) {
    return refuse(l10n.t('IP addresses are not supported. Enter the host name, as in {0}.', EXAMPLE));
  }
  if (url.port !== '') {
    return refuse(l10n.t('Remove the port number. NinjaOne uses port 443 only.'));
  }
  if (!isDomainName(url.hostname) || !isValidIdn(url.hostname)) {
    return refuse(l10n.t('This is not a complete domain name. Enter an address such as {0}.', EXAMPLE));
  }
  // Only A to Z: `toLowerCase` would also convert the Kelvin sign to k.
  const lowercase = host.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (lowercase !== url.hostname && lowercase !== domainToUnicode(url.hostname)) {
    return refuse(
      l10n.t({
        message: 'The host name contains unusual characters. Check it. If it is correct, enter {0} instead.',
        args: [url.origin],
        comment: '{0} is the same address in ASCII characters.',
      }),
    );
  }
  return accept(url, NINJAONE.test(url.hostname) && !IDN.test(url.hostname) ? 'ninjaone' : 'custom');
}

export interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  readonly api: string;
  /** Returns the server version as plain text, without authentication. */
  readonly appVersion: string;
  /** The page for registering OAuth client apps. */
  readonly clientApps: string;
  /** The page for revoking OAuth tokens manually. */
  readonly tokens: string;
}

/** Derived from the origin and never discovered, so that no server response can point to another host. */
export function endpointsOf(origin: string): Endpoints {
  return {
    authorize: `${origin}/ws/oauth/authorize`,
    token: `${origin}/ws/oauth/token`,
    revoke: `${origin}/ws/oauth/revoke`,
    api: `${origin}/v2`,
    appVersion: `${origin}/app-version.txt`,
    clientApps: `${origin}/#/administration/apps/api/client`,
    tokens: `${origin}/#/administration/apps/api`,
  };
}

const PRESET_NAMES = anyOf(Object.keys(PRESETS));
const EXAMPLE = 'https://acme.rmmservice.com';

/** A domain name has at most 253 characters; scheme, port and slash come on top. */
const MAX_ADDRESS = 270;

/** Scheme, host, port, and an optional slash, without any character that a URL parser drops or rewrites. */
const ADDRESS = /^https?:\/\/(?<host>[^\s\p{C}/\\?#@%:[\]]+)(?::(?<port>[1-9]\d*))?\/?$/iu;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

/** The domains that belong to NinjaOne. Without a subdomain they are websites and mail domains, not instances. */
const NINJAONE =
  /^(?:[^.]+\.)+(?:ninjarmm\.com|rmmservice\.(?:com|eu|ca)|rmmservices\.net)$|^app\.ninjaone\.(?:com|us)$/;

/** A label in another script can look like a NinjaOne host, so such a host always needs confirmation. */
const IDN = /(?:^|\.)xn--/;

function accept(url: URL, kind: Instance['kind']): InstanceResult {
  const { origin, hostname: host } = url;
  const preset = Object.entries(PRESETS).find(([, address]) => address === origin)?.[0];
  const label = preset ?? (kind === 'loopback' ? `${host}:${url.port || '80'}` : host);
  return { ok: true, instance: { origin, label, kind, host } };
}

function refuse(problem: LocalizableMessage): InstanceResult {
  return { ok: false, problem };
}

/**
 * Whether every `xn--` label survives decoding and encoding (RFC 5891 §5.4). Node 20's URL parser refuses other labels,
 * Node 24's accepts them, and the user could not recognize the host in a confirmation.
 */
function isValidIdn(host: string): boolean {
  const unicode = domainToUnicode(host);
  return !IDN.test(host) || (!IDN.test(unicode) && domainToASCII(unicode) === host);
}

/** At least two labels (RFC 1123 §2.1). A name under `.localhost` means this computer (RFC 6761 §6.3). */
function isDomainName(host: string): boolean {
  const labels = host.split('.');
  return (
    host.length <= 253 &&
    labels.length > 1 &&
    labels.at(-1) !== 'localhost' &&
    labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  );
}

/** Explains the correct form. Does not quote the text itself, which may contain a password or a token. */
function addressProblem(text: string): LocalizableMessage {
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/?$/i.test(text)) {
    return l10n.t('The address must start with https://, as in {0}.', EXAMPLE);
  }
  if (text.includes('@')) {
    return l10n.t('Remove the user name and password from the address. Example: {0}', EXAMPLE);
  }
  if (/^https?:\/\/\[/i.test(text)) {
    return l10n.t('IP addresses are not supported. Enter the host name, as in {0}.', EXAMPLE);
  }
  if (/^https:\/\/[a-z0-9.-]+(?::443)?[/?#]/i.test(text)) {
    return l10n.t('Enter the address without a path, query, or fragment, as in {0}.', EXAMPLE);
  }
  return l10n.t(
    'This is not a NinjaOne instance. Enter a region ({0}) or an address such as {1}.',
    PRESET_NAMES,
    EXAMPLE,
  );
}
