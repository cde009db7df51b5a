import { plainText } from '../base/errors.ts';
import { l10n } from '../base/l10n.ts';
import { allOf, anyOf, type LocalizableMessage } from '../base/messages.ts';
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
  /** Zero-based position in the setting; -1 if the setting as a whole is invalid. */
  readonly index: number;
  /** The connection's name as entered, or `#3` for the third one if its name is unusable. Show it as plain text. */
  readonly connection: string;
  /** Empty if the entry as a whole is invalid. */
  readonly field: string;
  readonly message: LocalizableMessage;
}

/** A client secret found in the settings. It must be moved to the secret storage. */
export interface PlainSecret {
  readonly index: number;
  readonly connection: string;
  readonly secret: string;
  /** ID of the connection to which it belongs, unless that connection is invalid. */
  readonly id: string | undefined;
}

export interface ParsedConnections {
  readonly connections: readonly Connection[];
  readonly problems: readonly Problem[];
  readonly secrets: readonly PlainSecret[];
}

/**
 * Reads the value of `ninjaone.connections`. Never throws, whatever the value. Valid connections are returned; invalid
 * ones are omitted, with all of their problems reported. No problem quotes a secret.
 */
export function parseConnections(value: unknown): ParsedConnections {
  const found: Found = { connections: [], problems: [], secrets: [], indexes: new Map(), names: new Map() };
  const report = (index: number, message: LocalizableMessage): void => {
    found.problems.push({ index, connection: index < 0 ? SETTING : `#${index + 1}`, field: '', message });
  };
  try {
    if (value !== undefined && !Array.isArray(value)) {
      report(-1, l10n.t('Enter a list of connections: [ { "name": …, "instance": …, "clientId": … } ].'));
      return found;
    }
    const entries: readonly unknown[] = value ?? [];
    if (entries.length > MAX_ENTRIES) {
      report(-1, l10n.t('Only the first {0} connections are used. Remove some connections.', MAX_ENTRIES));
    }
    for (let index = 0; index < Math.min(entries.length, MAX_ENTRIES); index++) {
      try {
        readEntry(entries[index], index, found);
      } catch {
        report(index, l10n.t('This connection could not be read. Enter it again.'));
      }
    }
  } catch {
    report(-1, l10n.t('The list of connections could not be read. Enter it again.'));
  }
  return found;
}

/** `taken` are the names of the other connections. */
export function nameProblem(text: unknown, taken: readonly string[] = []): LocalizableMessage | undefined {
  if (typeof text !== 'string' || text.replaceAll(EMOJI_FORM, '').trim() === '') {
    return l10n.t('Enter a name of 1 to {0} characters.', MAX_NAME);
  }
  // A character has at most two UTF-16 code units, so longer texts need no counting.
  if (text.length > 2 * MAX_NAME || Array.from(text).length > MAX_NAME) {
    return l10n.t('The name is too long. Enter at most {0} characters.', MAX_NAME);
  }
  if (HIDDEN.test(text)) {
    return l10n.t('The name contains invisible characters. Enter it without line breaks and control characters.');
  }
  const clash = taken.find((name) => nameKey(name) === nameKey(text));
  return clash === undefined
    ? undefined
    : l10n.t('The name "{0}" is already in use. Choose another name.', plainText(clash));
}

/** RFC 6749 appendix A.1 allows visible ASCII and spaces. NinjaOne's IDs have no spaces, but pasted text often has. */
export function clientIdProblem(text: unknown): LocalizableMessage | undefined {
  if (typeof text !== 'string' || text === '') {
    return l10n.t('Enter the client ID from NinjaOne: Administration > Apps > API > Client app IDs.');
  }
  if (text.length > MAX_CLIENT_ID) {
    return l10n.t('The client ID is too long. Enter at most {0} characters.', MAX_CLIENT_ID);
  }
  return VISIBLE_ASCII.test(text)
    ? undefined
    : l10n.t(
        'The client ID can contain only unaccented letters, digits, and punctuation. Copy it again without spaces or line breaks.',
      );
}

interface Found extends ParsedConnections {
  readonly connections: Connection[];
  readonly problems: Problem[];
  readonly secrets: PlainSecret[];
  /** Name key of a valid connection → its index. */
  readonly indexes: Map<string, number>;
  /** ID of a valid connection → its name. */
  readonly names: Map<string, string>;
}

const SETTING = 'ninjaone.connections';
const FIELDS = ['name', 'instance', 'platform', 'clientId', 'scopes', 'offlineAccess', 'redirectUri'] as const;
type Field = (typeof FIELDS)[number];

/** Limits for a damaged setting, so that it costs little time and reports few problems. */
const MAX_ENTRIES = 10_000;
const MAX_UNKNOWN_FIELDS = 10;
const MAX_NAME = 64;
const MAX_CLIENT_ID = 200;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** Variation selector: it only changes how the character before it is drawn, so a name of nothing else is empty. */
const EMOJI_FORM = '\ufe0f';

/** Control, format, and bidirectional characters, lone surrogates, and fillers. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2800]|(?!\ufe0f)\p{Default_Ignorable_Code_Point}/u;

function readEntry(entry: unknown, index: number, found: Found): void {
  const position = `#${index + 1}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    const message = l10n.t('Enter an object such as {0}.', '{ "name": "Acme", "instance": "eu", "clientId": "…" }');
    found.problems.push({ index, connection: position, field: '', message });
    return;
  }
  // Read each own property once, so that getters run once and nothing is inherited from a prototype.
  const fields = new Map<string, unknown>(Object.entries(entry));
  const invalid: { field: string; message: LocalizableMessage }[] = [];
  const readField = <T>(field: Field, read: (value: unknown) => Read<T>): T | undefined => {
    const result = read(fields.get(field));
    if ('problem' in result) {
      invalid.push({ field, message: result.problem });
      return undefined;
    }
    return result.value;
  };

  const name = readField('name', (value) => checked(nameProblem(value), () => String(value).trim()));
  const duplicate = name === undefined ? undefined : found.indexes.get(nameKey(name));
  if (duplicate !== undefined) {
    invalid.push({
      field: 'name',
      message: l10n.t({
        message: 'Connection {0} has the same name. Choose another name.',
        args: [`#${duplicate + 1}`],
        comment: '{0} is a position in a list, such as #2.',
      }),
    });
  }
  const instance = readField('instance', readInstance);
  const platform = readField('platform', readPlatform);
  const clientId = readField('clientId', (value) => checked(clientIdProblem(value), () => String(value)));
  const scopes = readField('scopes', readScopes);
  const offlineAccess = readField('offlineAccess', readOfflineAccess);
  const redirectUri = readField('redirectUri', (value) => readRedirectUri(value, platform));

  const id = instance && platform && clientId ? connectionId(instance.origin, clientId, platform) : undefined;
  const twin = id === undefined ? undefined : found.names.get(id);
  if (twin !== undefined) {
    const message = l10n.t(
      'Connection "{0}" has the same instance, client ID, and platform. Remove one of the two.',
      plainText(twin),
    );
    invalid.push({ field: 'clientId', message });
  }

  const isValid = invalid.length === 0;
  if (isValid && id && name && instance && platform && clientId && scopes) {
    const offline = platform !== 'api-services' && offlineAccess === true;
    found.connections.push({ id, name, instance, platform, clientId, scopes, offlineAccess: offline, redirectUri });
    found.indexes.set(nameKey(name), index);
    found.names.set(id, name);
  }
  const connection = name ?? position;
  for (const [field, value] of fields) {
    if (isSecretField(field) && typeof value === 'string' && value !== '') {
      found.secrets.push({ index, connection, secret: value, id: isValid ? id : undefined });
    }
  }
  for (const problem of [...invalid, ...unknownFields(fields.keys())]) {
    found.problems.push({ index, connection, ...problem });
  }
}

type Read<T> = { readonly value: T } | { readonly problem: LocalizableMessage };

function checked<T>(problem: LocalizableMessage | undefined, value: () => T): Read<T> {
  return problem ? { problem } : { value: value() };
}

function readInstance(value: unknown): Read<Instance> {
  const result = parseInstance(value);
  return result.ok ? { value: result.instance } : result;
}

function readPlatform(value: unknown = 'native'): Read<Platform> {
  const platform = PLATFORMS.find((known) => known === value);
  return platform ? { value: platform } : { problem: l10n.t('Enter {0}.', anyOf(PLATFORMS)) };
}

function readScopes(value: unknown = ['monitoring']): Read<Scope[]> {
  // The copy has no holes, which `every` would skip.
  const listed: readonly unknown[] = Array.isArray(value) ? Array.from<unknown>(value) : [];
  if (listed.length === 0 || !listed.every((scope) => typeof scope === 'string')) {
    return { problem: l10n.t('Enter a list of one or more of these scopes: {0}.', allOf(SCOPES)) };
  }
  const other = listed.find((scope) => !isScope(scope));
  if (other === 'offline_access') {
    return { problem: l10n.t('Remove "offline_access" from the scopes and set "offlineAccess" to true.') };
  }
  return other === undefined
    ? { value: orderScopes(listed.filter(isScope)) }
    : { problem: l10n.t('"{0}" is not a scope. Enter {1}.', truncated(other), anyOf(SCOPES)) };
}

function readOfflineAccess(value: unknown = true): Read<boolean> {
  return typeof value === 'boolean' ? { value } : { problem: l10n.t('Enter true or false, without quotation marks.') };
}

/** Without a valid platform, only the syntax of a redirect URI can be checked. */
function readRedirectUri(value: unknown, platform: Platform | undefined): Read<string | undefined> {
  const assumed = platform ?? (value === undefined ? 'native' : 'web');
  return checked(redirectUriProblem(value, assumed), () => (typeof value === 'string' ? value : undefined));
}

function* unknownFields(fields: Iterable<string>): Generator<{ field: string; message: LocalizableMessage }> {
  let unknown = 0;
  for (const name of fields) {
    if ((FIELDS as readonly string[]).includes(name)) {
      continue;
    }
    const field = truncated(name);
    if (isSecretField(name)) {
      yield {
        field,
        message: l10n.t(
          'Remove the client secret from your settings. Then run "NinjaOne: Set Client Secret…" to store it securely.',
        ),
      };
    } else if (unknown++ < MAX_UNKNOWN_FIELDS) {
      yield { field, message: l10n.t('Unknown property. Remove it, or use one of these: {0}.', allOf(FIELDS)) };
    }
  }
}

/** Matches `clientSecret`, `client_secret`, `secret`, and similar names. */
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

/** Truncates before escaping, so that a megabyte of text costs nothing. */
function truncated(text: string): string {
  return plainText(text.slice(0, 200), 40);
}
