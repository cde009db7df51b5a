import { isIPv4 } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';

export const PRESETS = {
  us: 'https://app.ninjarmm.com',
  us2: 'https://us2.ninjarmm.com',
  eu: 'https://eu.ninjarmm.com',
  ca: 'https://ca.ninjarmm.com',
  oc: 'https://oc.ninjarmm.com',
  fed: 'https://fed.ninjarmm.com',
} as const;

export type Preset = keyof typeof PRESETS;

/** One NinjaOne server: the only origin that a connection's authorize, token, API and page addresses may have. */
export interface Instance {
  /** `https://eu.ninjarmm.com`, without a slash at the end. */
  readonly origin: string;
  /** The preset's name, also when its origin was written out; else the host in ASCII, with the port for loopback. */
  readonly label: string;
  /** `ninjaone` is a domain of NinjaOne's own; `custom` has to be confirmed by the user before any request. */
  readonly kind: 'ninjaone' | 'custom' | 'loopback';
  /** The host name in ASCII (punycode) form, which is what a confirmation has to show. */
  readonly host: string;
}

export type InstanceResult =
  { readonly ok: true; readonly instance: Instance } | { readonly ok: false; readonly problem: LocalizableMessage };

/**
 * A preset's name or an origin. Never throws. The rule is that what the person sees is where requests go: a text whose
 * host the URL parser would rewrite (`127.1`, full-width letters, a tab, a back-slash) is refused, not repaired.
 */
export function parseInstance(value: unknown): InstanceResult {
  if (typeof value !== 'string' || value === '') {
    return refuse(l10n.t('Write {0}, or an address such as {1}.', PRESET_NAMES, EXAMPLE));
  }
  if (Object.hasOwn(PRESETS, value)) {
    return accept(new URL(PRESETS[value as Preset]), 'ninjaone');
  }
  if (value.length > MAX_ADDRESS) {
    return refuse(l10n.t('The address is too long. Write {0}, or an address such as {1}.', PRESET_NAMES, EXAMPLE));
  }
  const url = URL.parse(value);
  const written = ADDRESS.exec(value);
  if (!url || !written?.groups) {
    return refuse(whyNoAddress(value));
  }
  const { host = '', port } = written.groups;
  if (url.protocol === 'http:') {
    return LOOPBACK.has(host.toLowerCase()) && port !== undefined
      ? accept(url, 'loopback')
      : refuse(l10n.t('Write the address with https://. Only a local test server may have http://, with its port.'));
  }
  if (isIPv4(url.hostname)) {
    return refuse(l10n.t('An IP address is not accepted. Write the host name, as in {0}.', EXAMPLE));
  }
  if (url.port !== '') {
    return refuse(l10n.t('Write the address without a port: NinjaOne is reached on 443 only.'));
  }
  if (!isDomainName(url.hostname) || !isValidIdn(url.hostname)) {
    return refuse(l10n.t('This is not a full domain name. Write an address such as {0}.', EXAMPLE));
  }
  // Only A to Z: `toLowerCase` would also turn the Kelvin sign into a k.
  const shown = host.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (shown !== url.hostname && shown !== domainToUnicode(url.hostname)) {
    return refuse(
      l10n.t('The host has unusual letters. Check it, and write {0} if that is what you mean.', url.origin),
    );
  }
  return accept(url, NINJAONE.test(url.hostname) && !IDN.test(url.hostname) ? 'ninjaone' : 'custom');
}

export interface Endpoints {
  readonly authorize: string;
  readonly token: string;
  readonly revoke: string;
  readonly api: string;
  /** Answers the version of the server as plain text, without sign-in. */
  readonly appVersion: string;
  /** The page on which OAuth client apps are registered. */
  readonly clientApps: string;
  /** The page from which OAuth tokens are revoked by hand. */
  readonly tokens: string;
}

/** Derived from the one origin and never discovered, so that no answer of a server can point anywhere else. */
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

const PRESET_NAMES = Object.keys(PRESETS).join(', ');
const EXAMPLE = 'https://acme.rmmservice.com';

/** A domain name has at most 253 characters; scheme, port and slash come on top. */
const MAX_ADDRESS = 270;

/** Scheme, host, port and at most the bare slash, without any character that a URL parser drops or rewrites. */
const ADDRESS = /^https?:\/\/(?<host>[^\s\p{C}/\\?#@%:[\]]+)(?::(?<port>[1-9]\d*))?\/?$/iu;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

/** The domains that belong to NinjaOne. The bare ones are web sites and mail domains, not instances. */
const NINJAONE =
  /^(?:[^.]+\.)+(?:ninjarmm\.com|rmmservice\.(?:com|eu|ca)|rmmservices\.net)$|^app\.ninjaone\.(?:com|us)$/;

/** A label of another script may look like a NinjaOne host to the eye, so such a host is always confirmed. */
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
 * Whether every `xn--` label decodes and encodes to itself again (RFC 5891 §5.4). The URL parser of Node 20 refuses other
 * labels, the one of Node 24 takes them as they are, and nobody could read in a confirmation which host they name.
 */
function isValidIdn(host: string): boolean {
  const unicode = domainToUnicode(host);
  return !IDN.test(host) || (!IDN.test(unicode) && domainToASCII(unicode) === host);
}

/** RFC 1123 §2.1 labels, at least two of them. A name under `.localhost` is this machine (RFC 6761 §6.3). */
function isDomainName(host: string): boolean {
  const labels = host.split('.');
  return (
    host.length <= 253 &&
    labels.length > 1 &&
    labels.at(-1) !== 'localhost' &&
    labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  );
}

/** Says what to write instead; repeats nothing of the text itself, which may hold a password or a token. */
function whyNoAddress(text: string): LocalizableMessage {
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+\/?$/i.test(text)) {
    return l10n.t('Write the address with https:// in front, as in {0}.', EXAMPLE);
  }
  if (text.includes('@')) {
    return l10n.t('Write the address without a user name or password, as in {0}.', EXAMPLE);
  }
  if (/^https?:\/\/\[/i.test(text)) {
    return l10n.t('An IP address is not accepted. Write the host name, as in {0}.', EXAMPLE);
  }
  if (/^https:\/\/[a-z0-9.-]+(?::443)?[/?#]/i.test(text)) {
    return l10n.t('Write only the origin, without path, query or fragment, as in {0}.', EXAMPLE);
  }
  return l10n.t('This is not an instance. Write {0}, or an address such as {1}.', PRESET_NAMES, EXAMPLE);
}
