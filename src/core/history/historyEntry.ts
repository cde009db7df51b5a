import { randomUUID } from 'node:crypto';
import { returnsSecrets, riskLevelOf, type ApiRequest } from '../api/apiRequest.ts';
import type { AllPages, ApiResponse } from '../api/apiResponse.ts';
import { isPasswordName, isSecretParameter } from '../api/passwordNames.ts';
import { passwordValues } from '../api/passwordValues.ts';
import type { RequestOutcome } from '../api/requestOutcome.ts';
import { pathValues } from '../api/requestTargets.ts';
import { isUnknownTraits } from '../catalog/overlay.ts';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import { charsetOfBody, isUtf8Name } from '../http/charset.ts';
import { SEPARATORS } from '../catalog/listSeparators.ts';
import type { RequestDraft } from '../requests/requestDraft.ts';

/**
 * One entry of the history (E13). Rules:
 * - Operations that return secrets, and unknown operations, are never recorded.
 * - The disk has only the data for sending the request again: the values of path and query. If one of them may be a
 *   secret, by its content or its name, none is stored, because the request would be incomplete without it.
 * - Headers and addresses are not stored: the connection determines both when the request is sent again.
 * - Bodies stay in memory, without those of requests that contain passwords. With `ninjaone.history.keepBodies`, the bodies
 *   of plain reads are also stored on the disk, unless the name of a member says that its value is a secret. Those of
 *   writes never are, because request and response may contain a new password.
 */
export interface HistoryEntry {
  /** Random and not disclosed, so that no other extension can refer to an entry. */
  readonly id: string;
  readonly connectionId: string;
  /** Key of the operation. */
  readonly operation: string;
  /** When the request was sent, in milliseconds since 1970. */
  readonly at: number;
  /** 0 without a response. */
  readonly status: number;
  /** For a write of which it is unknown whether it was executed, or whose success reports a failure (E9). */
  readonly outcome?: NotedOutcome;
  /** For a list of all pages, whose body is not kept. */
  readonly allPages?: AllPages;
  readonly ms: number;
  /** Size of the response in bytes. */
  readonly size: number;
  /** Whether the request had a body, which is not part of the entry. */
  readonly hasBody: boolean;
  /** Undefined if they must not be stored. */
  readonly values: HistoryValues | undefined;
}

type NotedOutcome = Exclude<RequestOutcome, 'known'>;

export interface HistoryValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface EntryOptions {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether a text contains a known token or secret, or something similar. */
  readonly isSecret: (text: string) => boolean;
}

/** `undefined` if the response must not be recorded. The `id` is that of the entry that this one replaces. */
export function toHistoryEntry(
  response: Pick<ApiResponse, 'request' | 'status' | 'ms' | 'size' | 'outcome' | 'allPages'>,
  { at, isSecret }: EntryOptions,
  id: string = randomUUID(),
): HistoryEntry | undefined {
  const { request, status, ms, size, outcome, allPages } = response;
  if (!mayBeRemembered(request)) {
    return undefined;
  }
  const values = requestValues(request);
  const pairs = [...Object.entries(values.path), ...Object.entries(values.query)];
  const isPlain = pairs.every(
    ([name, value]) => value.length <= MAX_CHARACTERS && !isSecretParameter(name, value) && !isSecret(value),
  );
  return {
    id,
    connectionId: request.connection.id,
    operation: request.operation.key,
    at,
    status,
    // A status of an error says that it was refused.
    ...(outcome === 'unknown' || (outcome === 'refused' && status < 400) ? { outcome } : {}),
    ...(allPages ? { allPages } : {}),
    ms: Math.round(ms),
    size,
    hasBody: request.body !== undefined,
    values: isPlain ? values : undefined,
  };
}

function mayBeRemembered(request: ApiRequest): boolean {
  return !returnsSecrets(request) && !isUnknownTraits(request.operation.traits);
}

/** Whether the body of the request may be kept, also in memory. Text that is not JSON may contain passwords. */
function mayKeepRequestBody({ body, operation }: ApiRequest): boolean {
  return body === undefined || passwordValues(body, operation)?.length === 0;
}

/**
 * Whether this window keeps the response in its history. Only the first part of a larger one is available, and the target
 * of a redirect may be a signed address.
 */
export function isKeptInMemory({ request, body, size, isRedirect = false }: ApiResponse): boolean {
  return mayBeRemembered(request) && mayKeepRequestBody(request) && size <= body.byteLength && !isRedirect;
}

/** Whether the bodies of this exchange may be stored on the disk if the user has enabled that. */
export function mayKeepBodies(response: ApiResponse): boolean {
  const { request, failure, size, body, isRedirect = false } = response;
  const isPlain = riskLevelOf(request) === 'read' && !isRedirect && mayKeepRequestBody(request);
  return isPlain && mayBeRemembered(request) && !failure && size === body.byteLength && hasNoPasswords(response);
}

/**
 * An instance may add a password to the response of a plain read. In a text that is not JSON, any word can name one, also
 * one with escapes. A text in another encoding is not kept, because only the media type is kept with it.
 */
function hasNoPasswords({ body, headers, request }: ApiResponse): boolean {
  const text = new TextDecoder().decode(body);
  const isUtf8 = isUtf8Name(charsetOfBody(body, headers['content-type']));
  return isUtf8 && !(passwordValues(text, request.operation)?.length ?? (isPasswordName(text) || /\\u|\0/.test(text)));
}

/** The request as a draft, which is validated again like any other. */
export function historyRequestDraft(
  operation: string,
  { path, query }: HistoryValues,
  body: string | undefined,
): RequestDraft {
  return {
    operation,
    path: new Map(Object.entries(path)),
    query: new Map(Object.entries(query)),
    body: body === undefined ? undefined : JSON.parse(body),
    // Use the original text, because parsing and serializing would change large IDs.
    bodyText: body,
  };
}

/** The parameter values in the address as a user writes them: the items of a list with commas, however they are sent. */
export function requestValues(request: Pick<ApiRequest, 'operation' | 'url'>): HistoryValues {
  const { searchParams } = new URL(request.url);
  const query = new Map<string, string>();
  for (const [name, value] of searchParams) {
    const list = request.operation.parameters.find((each) => each.in === 'query' && each.name === name)?.list;
    const items = list === undefined || list === 'repeated' ? value : value.replaceAll(SEPARATORS[list], ',');
    const before = query.get(name);
    query.set(name, before === undefined ? items : `${before},${items}`);
  }
  return { path: Object.fromEntries(pathValues(request)), query: Object.fromEntries(query) };
}

/** One line of the file of entries. */
export function historyLine(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** One line that takes an entry back. */
export function withdrawalLine(id: string): string {
  return `${JSON.stringify({ withdrawn: id })}\n`;
}

/**
 * Reads the file of entries, which is not trusted; invalid lines are skipped. A later line replaces an entry or takes it
 * back. Newest first.
 */
export function parseHistory(text: string): HistoryEntry[] {
  const entries = new Map<string, HistoryEntry>();
  for (const line of text.split('\n')) {
    const entry = line.length > MAX_LINE ? undefined : parseLine(line);
    if (typeof entry === 'string') {
      entries.delete(entry);
    } else if (entry) {
      entries.set(entry.id, entry);
    }
  }
  return [...entries.values()].sort((a, b) => b.at - a.at);
}

/** The newest entries per operation and connection, and in total. Input and result are newest first. */
export function newestEntries(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const counts = new Map<string, number>();
  return entries
    .filter((entry) => {
      const key = `${entry.connectionId} ${entry.operation}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= MAX_PER_OPERATION;
    })
    .slice(0, MAX_ENTRIES);
}

export function isSameOperation(a: HistoryEntry, b: HistoryEntry): boolean {
  return a.operation === b.operation && a.connectionId === b.connectionId;
}

/** Whether both have the same values, too. Bodies are not part of an entry, and values that are not stored are unknown. */
export function isSameRequest(a: HistoryEntry, b: HistoryEntry): boolean {
  return isSameOperation(a, b) && a.hasBody === b.hasBody && hasValues(a, b.values);
}

export function hasValues({ values }: HistoryEntry, others: HistoryValues | undefined): boolean {
  return values !== undefined && others !== undefined && textOf(values) === textOf(others);
}

/** The values of path and query in one line, such as `id 1, pageSize 100`; empty if there are none. */
export function valuesText({ path, query }: HistoryValues): string {
  return [path, query]
    .flatMap((values) => Object.entries(values))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/**
 * The parameters in which two requests of one operation differ, with the values of the first; undefined is no value.
 * Empty if there is no difference, or if the values of one are unknown.
 */
export function differingValues(a: HistoryEntry, b: HistoryEntry): readonly (readonly [string, string | undefined])[] {
  if (!a.values || !b.values) {
    return [];
  }
  const { path, query } = a.values;
  return [...differences(path, b.values.path), ...differences(query, b.values.query)];
}

function differences(a: HistoryValues['query'], b: HistoryValues['query']): readonly [string, string | undefined][] {
  const [mine, others] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...mine.keys(), ...others.keys()])]
    .filter((name) => mine.get(name) !== others.get(name))
    .map((name) => [name, mine.get(name)]);
}

/** The order of parameters has no meaning. */
function textOf({ path, query }: HistoryValues): string {
  return JSON.stringify([path, query].map((values) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export const MAX_PER_OPERATION = 20;
export const MAX_ENTRIES = 500;

/** Longer values are not IDs, filters, or pages. */
const MAX_CHARACTERS = 500;
const MAX_LINE = 20_000;

/** The id of an entry if the line takes it back. */
function parseLine(line: string): HistoryEntry | string | undefined {
  const value = parseJson(line);
  const withdrawn = storedText(getOwn(value, 'withdrawn'));
  if (withdrawn !== undefined) {
    return withdrawn;
  }
  const [id, connectionId, operation] = ['id', 'connectionId', 'operation'].map((name) =>
    storedText(getOwn(value, name)),
  );
  const [at, status, ms, size] = ['at', 'status', 'ms', 'size'].map((name) => storedCount(getOwn(value, name)));
  const hasBody = getOwn(value, 'hasBody');
  const numbers = at !== undefined && status !== undefined && ms !== undefined && size !== undefined;
  // Displaying an invalid time would throw.
  if (!id || !connectionId || !operation || !numbers || at > LAST_TIME || typeof hasBody !== 'boolean') {
    return undefined;
  }
  const [path, query] = ['path', 'query'].map((name) => storedTexts(getOwn(getOwn(value, 'values'), name)));
  const noted = getOwn(value, 'outcome');
  const outcome = noted === 'unknown' || noted === 'refused' ? ({ outcome: noted } as const) : {};
  const values = path && query && { path, query };
  const pages = getOwn(value, 'allPages');
  const allPages = pages === 'complete' || pages === 'incomplete' ? ({ allPages: pages } as const) : {};
  return { id, connectionId, operation, at, status, ...outcome, ...allPages, ms, size, hasBody, values };
}

const LAST_TIME = Date.UTC(2200, 0);

function storedText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS ? value : undefined;
}

function storedCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** All or none, because the request would be incomplete without one of its values. */
function storedTexts(value: unknown): Readonly<Record<string, string>> | undefined {
  const record = asRecord(value);
  const isText = Object.values(record ?? {}).every((each) => storedText(each) !== undefined);
  return record && isText ? (record as Readonly<Record<string, string>>) : undefined;
}
