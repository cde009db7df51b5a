import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { connectionId, type Connection, type Platform, type Scope, hasRedirectUri } from './connection.ts';
import { nameProblem, parseConnections } from './parseConnections.ts';
import { parseInstance, PRESETS, type InstanceResult } from './instance.ts';

/** A connection that is being edited. Texts are as typed and may be invalid; '' means not entered yet. */
export interface ConnectionDraft {
  readonly name: string;
  /** A preset name, an origin, or the address of any page of the NinjaOne console. */
  readonly instance: string;
  readonly platform: Platform;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly offlineAccess: boolean;
  /** Retained for platforms that do not use it, so that switching the platform back and forth loses nothing. */
  readonly redirectUri: string;
}

export const EMPTY_DRAFT: ConnectionDraft = {
  name: '',
  instance: '',
  platform: 'native',
  clientId: '',
  scopes: ['monitoring'],
  offlineAccess: true,
  redirectUri: '',
};

export function toConnectionDraft({
  name,
  instance,
  platform,
  clientId,
  scopes,
  ...rest
}: Connection): ConnectionDraft {
  return {
    name,
    instance: isPreset(instance.label) ? instance.label : instance.origin,
    platform,
    clientId,
    scopes,
    // Client credentials never use it. If the platform is changed, the default applies.
    offlineAccess: platform === 'api-services' || rest.offlineAccess,
    redirectUri: rest.redirectUri ?? '',
  };
}

/**
 * Like `parseInstance`, but also accepts surrounding spaces and the address of a page or of an API request, such as
 * `https://eu.ninjarmm.com/#/dashboard` or `eu.ninjarmm.com/v2/devices`, because users copy it from the address bar, where
 * some browsers hide the scheme. The host follows the same rules.
 */
export function parseConsoleAddress(text: string): InstanceResult {
  const trimmed = text.trim();
  const address = WITHOUT_SCHEME.test(trimmed) ? `https://${trimmed}` : trimmed;
  const result = parseInstance(address);
  const origin = PAGE.exec(address)?.[1];
  return result.ok || origin === undefined ? result : parseInstance(origin);
}

/** The connection as entered so far, for checks that need only parts of it; undefined while the instance is invalid. */
export function provisionalConnection(draft: ConnectionDraft): Connection | undefined {
  const result = parseConsoleAddress(draft.instance);
  if (!result.ok) {
    return undefined;
  }
  const { instance } = result;
  const { platform, clientId, scopes } = draft;
  return {
    id: connectionId(instance.origin, clientId, platform),
    name: draft.name || suggestedName(draft, []),
    instance,
    platform,
    clientId,
    scopes,
    offlineAccess: platform !== 'api-services' && draft.offlineAccess,
    redirectUri: hasRedirectUri(platform) ? draft.redirectUri : undefined,
  };
}

/** The entry for the setting. Default values are omitted, except for the platform, which users expect to see. */
export function connectionEntry(draft: ConnectionDraft): Readonly<Record<string, unknown>> {
  const { name, platform, clientId, scopes, offlineAccess, redirectUri } = draft;
  const result = parseConsoleAddress(draft.instance);
  const instance = result.ok && (isPreset(result.instance.label) ? result.instance.label : result.instance.origin);
  return {
    name,
    instance: instance || draft.instance,
    platform,
    clientId,
    ...(scopes.join() === 'monitoring' ? {} : { scopes }),
    ...(platform === 'api-services' || offlineAccess ? {} : { offlineAccess }),
    ...(hasRedirectUri(platform) ? { redirectUri } : {}),
  };
}

/**
 * The entries with the draft in place of `replaced`, or at the end. All other entries stay unchanged, even invalid
 * ones. Unknown fields of the replaced entry stay too: one may be a client secret that is yet to be migrated (C3).
 */
export function withConnectionEntry(
  entries: readonly unknown[],
  draft: ConnectionDraft,
  replaced?: Connection,
): unknown[] {
  const entry = connectionEntry(draft);
  const index = replaced ? entries.findIndex((each) => isConnectionEntry(each, replaced)) : -1;
  if (index < 0) {
    return [...entries, entry];
  }
  const others = Object.entries(entries[index] as object).filter(([field]) => !OPTIONAL_FIELDS.has(field));
  return entries.with(index, { ...Object.fromEntries<unknown>(others), ...entry });
}

/**
 * A name not in `taken`: based on the instance, then with the name of the platform, then with the start of the client ID,
 * then with a number.
 */
export function suggestedName(
  { instance, clientId }: ConnectionDraft,
  taken: readonly string[],
  platformName?: string,
): string {
  const base = nameOfInstance(instance);
  const client = clientId.slice(0, 8).replace(/[^\p{L}\p{N}]+$/u, '');
  const candidates = [
    base,
    ...(platformName === undefined ? [] : [`${base} (${platformName})`]),
    ...(client === '' ? [] : [`${base} ${client}`]),
  ];
  for (let count = 2; count <= taken.length + 2; count++) {
    candidates.push(`${base} ${count}`);
  }
  return candidates.find((candidate) => !nameProblem(candidate, taken)) ?? base;
}

/** What `clientIdProblem` cannot know: whether another text was pasted by mistake. */
export function pastedClientIdProblem(text: string): LocalizableMessage | undefined {
  return ADDRESS.test(text) ? l10n.t('This is an address, not a client ID. Paste the client ID.') : undefined;
}

/** Two connections to the same client app would share their sessions (C4). */
export function twinProblem(draft: ConnectionDraft, others: readonly Connection[]): LocalizableMessage | undefined {
  const id = provisionalConnection(draft)?.id;
  const twin = others.find((other) => other.id === id);
  return (
    twin &&
    l10n.t(
      'Connection "{0}" has the same instance, client ID, and platform. Edit that connection, or enter another client ID.',
      plainText(twin.name),
    )
  );
}

/** RFC 6749 appendix A.2: visible ASCII and spaces. `others` are the texts that are often pasted by mistake. */
export function secretProblem(
  text: string,
  others: { readonly clientId: string; readonly redirectUri?: string | undefined },
): LocalizableMessage | undefined {
  if (text === '') {
    return l10n.t('Paste the client secret. NinjaOne shows it only once, when you create the client app.');
  }
  if (text === others.clientId) {
    return l10n.t('This is the client ID. Paste the client secret.');
  }
  if (text === others.redirectUri) {
    return l10n.t('This is the redirect URI. Paste the client secret.');
  }
  if (ADDRESS.test(text)) {
    return l10n.t('This is an address, not a client secret. Paste the client secret.');
  }
  return /^[\x20-\x7e]+$/.test(text)
    ? undefined
    : l10n.t(
        'The client secret can contain only unaccented letters, digits, punctuation, and spaces. Copy it from NinjaOne again.',
      );
}

/**
 * The origin before a path, query, or fragment. Does not match a user name or a backslash: `parseInstance` refuses
 * both.
 */
const PAGE = /^(https?:\/\/[^\s/?#\\@]+)[/?#]/i;

const ADDRESS = /^https?:\/\//i;

/** A domain name with or without a page, as browsers show it that hide the scheme. */
const WITHOUT_SCHEME = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]|$)/i;

/** A draft omits these when they are not needed, so they must not be copied from the entry that it replaces. */
const OPTIONAL_FIELDS: ReadonlySet<string> = new Set(['scopes', 'offlineAccess', 'redirectUri']);

function isPreset(label: string): boolean {
  return Object.hasOwn(PRESETS, label);
}

/** Compares parsed values, because a name may have spaces around it and invalid entries may repeat it. */
export function isConnectionEntry(entry: unknown, { id, name }: Connection): boolean {
  return parseConnections([entry]).connections.some((connection) => connection.id === id && connection.name === name);
}

function nameOfInstance(text: string): string {
  const result = parseConsoleAddress(text);
  if (!result.ok) {
    return 'NinjaOne';
  }
  const { label, kind, host } = result.instance;
  if (isPreset(label)) {
    return `NinjaOne ${label.toUpperCase()}`;
  }
  if (kind === 'loopback') {
    return 'Test server';
  }
  const first = (host.split('.')[0] ?? host).slice(0, MAX_LABEL);
  if (kind === 'custom') {
    return label.length > MAX_LABEL ? first : label;
  }
  // The first label of a NinjaOne host identifies the customer, except that of the shared app.ninjaone.com.
  return first === 'app' ? 'NinjaOne' : first.charAt(0).toUpperCase() + first.slice(1);
}

/** Leaves space for a suffix that makes the name unique. */
const MAX_LABEL = 50;
