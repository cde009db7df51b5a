import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import type { LocalizableMessage } from '../base/messages.ts';
import {
  connectionId,
  isScope,
  orderScopes,
  PLATFORMS,
  SCOPES,
  type Connection,
  type Platform,
  type Scope,
} from './connection.ts';
import { parseInstance, type Instance } from './instance.ts';
import { redirectUriProblem } from './redirectUri.ts';

export interface Problem {
  /** Place in the setting, from 0; -1 when the setting as a whole is wrong. */
  readonly index: number;
  /** The connection's name as written, or `#3` for the third one if its name is of no use. Show it as plain text. */
  readonly connection: string;
  /** Empty when the entry as a whole is wrong. */
  readonly field: string;
  readonly message: LocalizableMessage;
}

/** A client secret that was found in settings, where it must not stay. */
export interface PlainSecret {
  readonly index: number;
  readonly connection: string;
  readonly secret: string;
  /** The id of the connection that it belongs to, unless that connection is wrong itself. */
  readonly id: string | undefined;
}

export interface ParsedConnections {
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
  readonly secrets: readonly PlainSecret[];
}

/**
 * Reads the value of `ninjaone.connections`. Never throws, whatever it is given: good connections stay, each wrong one is
 * left out with all of its problems. No problem repeats a secret.
 */
export function parseConnections(value: unknown): ParsedConnections {
  const found: Found = { connections: [], problems: [], secrets: [], places: new Map(), names: new Map() };
  const report = (index: number, message: LocalizableMessage): void => {
    found.problems.push({ index, connection: index < 0 ? SETTING : `#${index + 1}`, field: '', message });
  };
  try {
    if (value !== undefined && !Array.isArray(value)) {
      report(-1, l10n.t('Write a list of connections: [ { "name": …, "instance": …, "clientId": … } ].'));
      return found;
    }
    const entries: readonly unknown[] = value ?? [];
    if (entries.length > MOST_ENTRIES) {
      report(-1, l10n.t('Only the first {0} connections are read. Remove some.', MOST_ENTRIES));
    }
    for (let index = 0; index < Math.min(entries.length, MOST_ENTRIES); index++) {
      try {
        readEntry(entries[index], index, found);
      } catch {
        report(index, l10n.t('This connection cannot be read. Write it again.'));
      }
    }
  } catch {
    report(-1, l10n.t('The list of connections cannot be read. Write it again.'));
  }
  return found;
}

/** `taken` are the names of the other connections. */
export function nameProblem(text: unknown, taken: readonly string[] = []): LocalizableMessage | undefined {
  if (typeof text !== 'string' || text.replaceAll(EMOJI_FORM, '').trim() === '') {
    return l10n.t('Write a name of 1 to {0} characters.', MOST_NAME);
  }
  // A character is at most two UTF-16 units; what is longer than that need not be counted.
  if (text.length > 2 * MOST_NAME || Array.from(text).length > MOST_NAME) {
    return l10n.t('The name is too long. Write at most {0} characters.', MOST_NAME);
  }
  if (HIDDEN.test(text)) {
    return l10n.t('The name has invisible characters. Write it again without line breaks and control characters.');
  }
  const clash = taken.find((name) => nameKey(name) === nameKey(text));
  return clash === undefined ? undefined : l10n.t('The name "{0}" is taken. Choose another one.', plainText(clash));
}

/** RFC 6749 appendix A.1 allows visible ASCII and blanks; NinjaOne's ids have no blanks, pasted text often does. */
export function clientIdProblem(text: unknown): LocalizableMessage | undefined {
  if (typeof text !== 'string' || text === '') {
    return l10n.t('Write the client ID that NinjaOne shows under Administration > Apps > API.');
  }
  if (text.length > MOST_CLIENT_ID) {
    return l10n.t('The client ID is too long. Write at most {0} characters.', MOST_CLIENT_ID);
  }
  return VISIBLE_ASCII.test(text)
    ? undefined
    : l10n.t(
        'The client ID may have only ASCII letters, digits and signs. Copy it again without blanks or line breaks.',
      );
}

interface Found extends ParsedConnections {
  readonly connections: Connection[];
  readonly problems: Problem[];
  readonly secrets: PlainSecret[];
  /** Key of a good connection's name → its place. */
  readonly places: Map<string, number>;
  /** Id of a good connection → its name. */
  readonly names: Map<string, string>;
}

const SETTING = 'ninjaone.connections';
const FIELDS = ['name', 'instance', 'platform', 'clientId', 'scopes', 'offlineAccess', 'redirectUri'] as const;
type Field = (typeof FIELDS)[number];

/** These bound the work and the noise that a damaged setting can cause. */
const MOST_ENTRIES = 10_000;
const MOST_UNKNOWN_FIELDS = 10;
const MOST_NAME = 64;
const MOST_CLIENT_ID = 200;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** Only picks how the sign before it is drawn, so it is allowed, but is nothing by itself. */
const EMOJI_FORM = '\ufe0f';

/** Control, format and direction characters, half characters and fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2800]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/u;

function readEntry(entry: unknown, index: number, found: Found): void {
  const place = `#${index + 1}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const message = l10n.t('Write an object such as {0}.', '{ "name": "Acme", "instance": "eu", "clientId": "…" }');
    found.problems.push({ index, connection: place, field: '', message });
    return;
  }
  // One read of each own property: getters run once, and nothing comes from a prototype.
  const fields = new Map<string, unknown>(Object.entries(entry));
  const wrong: { field: string; message: LocalizableMessage }[] = [];
  const take = <T>(field: Field, read: (value: unknown) => Read<T>): T | undefined => {
    const result = read(fields.get(field));
    if ('problem' in result) {
      wrong.push({ field, message: result.problem });
      return undefined;
    }
    return result.value;
  };

  const name = take('name', (value) => judged(nameProblem(value), () => String(value).trim()));
  const namesake = name === undefined ? undefined : found.places.get(nameKey(name));
  if (namesake !== undefined) {
    wrong.push({
      field: 'name',
      message: l10n.t('Connection {0} has the same name. Choose another one.', `#${namesake + 1}`),
    });
  }
  const instance = take('instance', readInstance);
  const platform = take('platform', readPlatform);
  const clientId = take('clientId', (value) => judged(clientIdProblem(value), () => String(value)));
  const scopes = take('scopes', readScopes);
  const offlineAccess = take('offlineAccess', readOfflineAccess);
  const redirectUri = take('redirectUri', (value) => readRedirectUri(value, platform));

  const id = instance && platform && clientId ? connectionId(instance.origin, clientId, platform) : undefined;
  const twin = id === undefined ? undefined : found.names.get(id);
  if (twin !== undefined) {
    const message = l10n.t(
      'Connection "{0}" has the same instance, client ID and platform. Remove one of the two.',
      plainText(twin),
    );
    wrong.push({ field: 'clientId', message });
  }

  const good = wrong.length === 0;
  if (good && id && name && instance && platform && clientId && scopes) {
    const offline = platform !== 'api-services' && offlineAccess === true;
    found.connections.push({ id, name, instance, platform, clientId, scopes, offlineAccess: offline, redirectUri });
    found.places.set(nameKey(name), index);
    found.names.set(id, name);
  }
  const connection = name ?? place;
  for (const [field, value] of fields) {
    if (isSecretField(field) && typeof value === 'string' && value !== '') {
      found.secrets.push({ index, connection, secret: value, id: good ? id : undefined });
    }
  }
  for (const problem of [...wrong, ...unknownFields(fields.keys())]) {
    found.problems.push({ index, connection, ...problem });
  }
}

type Read<T> = { readonly value: T } | { readonly problem: LocalizableMessage };

function judged<T>(problem: LocalizableMessage | undefined, value: () => T): Read<T> {
  return problem ? { problem } : { value: value() };
}

function readInstance(value: unknown): Read<Instance> {
  const result = parseInstance(value);
  return result.ok ? { value: result.instance } : result;
}

function readPlatform(value: unknown = 'native'): Read<Platform> {
  const platform = PLATFORMS.find((known) => known === value);
  return platform ? { value: platform } : { problem: l10n.t('Write one of {0}.', PLATFORMS.join(', ')) };
}

function readScopes(value: unknown = ['monitoring']): Read<Scope[]> {
  // The copy has no holes, which `every` would pass over.
  const listed: readonly unknown[] = Array.isArray(value) ? Array.from<unknown>(value) : [];
  if (listed.length === 0 || !listed.every((scope) => typeof scope === 'string')) {
    return { problem: l10n.t('Write a list of at least one of {0}.', SCOPES.join(', ')) };
  }
  const other = listed.find((scope) => !isScope(scope));
  if (other === 'offline_access') {
    return { problem: l10n.t('Remove "offline_access" from the scopes and set "offlineAccess" to true.') };
  }
  return other === undefined
    ? { value: orderScopes(listed.filter(isScope)) }
    : { problem: l10n.t('"{0}" is not a scope. Write {1}.', cut(other), SCOPES.join(', ')) };
}

function readOfflineAccess(value: unknown = true): Read<boolean> {
  return typeof value === 'boolean' ? { value } : { problem: l10n.t('Write true or false, without quotes.') };
}

/** Without a valid platform only the form of a redirect URI can be judged. */
function readRedirectUri(value: unknown, platform: Platform | undefined): Read<string | undefined> {
  const assumed = platform ?? (value === undefined ? 'native' : 'web');
  return judged(redirectUriProblem(value, assumed), () => (typeof value === 'string' ? value : undefined));
}

function* unknownFields(fields: Iterable<string>): Generator<{ field: string; message: LocalizableMessage }> {
  let unknown = 0;
  for (const name of fields) {
    if ((FIELDS as readonly string[]).includes(name)) {
      continue;
    }
    const field = cut(name);
    if (isSecretField(name)) {
      yield {
        field,
        message: l10n.t(
          'Remove it: a client secret must not stand in settings. Then run NinjaOne: Set Client Secret….',
        ),
      };
    } else if (unknown++ < MOST_UNKNOWN_FIELDS) {
      yield { field, message: l10n.t('There is no such field. Write {0}, or remove it.', FIELDS.join(', ')) };
    }
  }
}

/** `clientSecret`, `client_secret`, `secret`, and what else people call it. */
export function isSecretField(name: string): boolean {
  return (
    name.length <= 100 &&
    name
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .endsWith('secret')
  );
}

function nameKey(name: string): string {
  return name.trim().normalize('NFC');
}

/** Cut before it is made plain, so that a megabyte costs nothing. */
function cut(text: string): string {
  return plainText(text.slice(0, 200), 40);
}
