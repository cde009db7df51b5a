import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import { connectionId, type Connection, type Platform, type Scope } from './connection.ts';
import { nameProblem, parseConnections } from './parseConnections.ts';
import { parseInstance, PRESETS, type InstanceResult } from './instance.ts';

/** A connection while it is being put together. Texts are as typed, so they may still be wrong; '' is nothing yet. */
export interface Draft {
  readonly name: string;
  /** A preset's name, an origin, or the address of any page of the NinjaOne console. */
  readonly instance: string;
  readonly platform: Platform;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly offlineAccess: boolean;
  /** Kept for platforms without one too, so that trying another platform loses nothing. */
  readonly redirectUri: string;
}

export const EMPTY_DRAFT: Draft = {
  name: '',
  instance: '',
  platform: 'native',
  clientId: '',
  scopes: ['monitoring'],
  offlineAccess: true,
  redirectUri: '',
};

export function draftOf({ name, instance, platform, clientId, scopes, ...rest }: Connection): Draft {
  return {
    name,
    instance: isPreset(instance.label) ? instance.label : instance.origin,
    platform,
    clientId,
    scopes,
    // Client credentials never ask for it, which says nothing about what another platform should do.
    offlineAccess: platform === 'api-services' || rest.offlineAccess,
    redirectUri: rest.redirectUri ?? '',
  };
}

/**
 * Like `parseInstance`, but blanks at the ends and the address of a page, such as `https://eu.ninjarmm.com/#/dashboard`,
 * are accepted: people copy what their address bar shows. The host is judged by the same rules.
 */
export function parseConsoleAddress(text: string): InstanceResult {
  const address = text.trim();
  const result = parseInstance(address);
  const origin = PAGE.exec(address)?.[1];
  return result.ok || origin === undefined ? result : parseInstance(origin);
}

/** The connection as far as it is known, for questions that need no more; undefined while the instance is wrong. */
export function provisionalConnection(draft: Draft): Connection | undefined {
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

/** The entry as it is written into the setting. What is the default is left out, but for the platform, which people look for. */
export function entryOf(draft: Draft): Readonly<Record<string, unknown>> {
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
 * The entries with the draft in the place of `replaced`, or at the end. All others stay as they are, wrong ones too; so do
 * fields of the replaced entry that are unknown here: a client secret among them is still to be moved (C3).
 */
export function withEntry(entries: readonly unknown[], draft: Draft, replaced?: Connection): unknown[] {
  const entry = entryOf(draft);
  const place = replaced ? entries.findIndex((each) => isEntryOf(each, replaced)) : -1;
  if (place < 0) {
    return [...entries, entry];
  }
  const others = Object.entries(entries[place] as object).filter(([field]) => !OPTIONAL_FIELDS.has(field));
  return entries.with(place, { ...Object.fromEntries<unknown>(others), ...entry });
}

/** A name that none of `taken` has: after the instance, then with the beginning of the client id, then counted. */
export function suggestedName({ instance, clientId }: Draft, taken: readonly string[]): string {
  const base = nameOfInstance(instance);
  const candidates = [base, ...(clientId === '' ? [] : [`${base} ${clientId.slice(0, 8)}`])];
  for (let count = 2; count <= taken.length + 2; count++) {
    candidates.push(`${base} ${count}`);
  }
  return candidates.find((candidate) => !nameProblem(candidate, taken)) ?? base;
}

/** Two connections to the same client app would share their records (C4). */
export function twinProblem(draft: Draft, others: readonly Connection[]): LocalizableMessage | undefined {
  const id = provisionalConnection(draft)?.id;
  const twin = others.find((other) => other.id === id);
  return (
    twin &&
    l10n.t(
      'Connection "{0}" has the same instance, client ID and platform. Edit that one, or write another client ID.',
      plainText(twin.name),
    )
  );
}

/** RFC 6749 appendix A.2: visible ASCII and blanks. */
export function secretProblem(text: string): LocalizableMessage | undefined {
  if (text === '') {
    return l10n.t('Paste the client secret that NinjaOne showed when it was made.');
  }
  return /^[\x20-\x7e]+$/.test(text)
    ? undefined
    : l10n.t('The client secret may have only ASCII letters, digits and signs. Copy it again from NinjaOne.');
}

export function hasRedirectUri(platform: Platform): boolean {
  return platform === 'web' || platform === 'spa';
}

export function hasClientSecret(platform: Platform): boolean {
  return platform === 'web' || platform === 'api-services';
}

/** The origin in front of a path, query or fragment. A user name or a back-slash in it is for `parseInstance` to refuse. */
const PAGE = /^(https?:\/\/[^\s/?#\\@]+)[/?#]/i;

/** A draft writes these only when they are needed, so an entry that it replaces must not keep its own. */
const OPTIONAL_FIELDS: ReadonlySet<string> = new Set(['scopes', 'offlineAccess', 'redirectUri']);

function isPreset(label: string): boolean {
  return Object.hasOwn(PRESETS, label);
}

/** By what the entry means, because a name may stand there with blanks around it and wrong entries may repeat it. */
export function isEntryOf(entry: unknown, { id, name }: Connection): boolean {
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
  // The first label of a host of NinjaOne's is the tenant's own; of a long custom host it has to do.
  return kind === 'ninjaone' || label.length > MOST_LABEL ? (host.split('.')[0] ?? host).slice(0, MOST_LABEL) : label;
}

/** Leaves room for what makes a name unique. */
const MOST_LABEL = 50;
