import { randomUUID } from 'node:crypto';
import { riskLevelOf, type ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import { pathValues } from '../api/requestTargets.ts';
import { isUnknown } from '../catalog/overlay.ts';
import { asRecord, getOwn, parseJson } from '../base/untrusted.ts';
import type { RequestDraft } from '../requests/requestDraft.ts';

/**
 * What is remembered of one answer (E13). The rules of what that may be:
 * - What gives out secrets is not remembered at all, and neither is an operation of which nobody knows what it gives out.
 * - On the disk stands what is needed to send the request again: the values of path and query. If one of them may be a
 *   secret, by its own look or by its name, none is kept, because a request without it would be another request.
 * - No header and no address is kept: the connection decides both when the request is sent again.
 * - What a request carries or is answered stays in memory. With `ninjaone.history.keepBodies` the bodies of plain reads
 *   go to the disk as well, those of writes never: a password that is set is in the one, and often in the other.
 */
export interface HistoryEntry {
  /** Random, and told to nobody, so that no other extension can name one. */
  readonly id: string;
  readonly connectionId: string;
  /** Key of the operation. */
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 where no answer came. */
  readonly status: number;
  /** Of a write: nobody knows whether it was executed (E9). */
  readonly outcome?: 'unknown';
  readonly ms: number;
  /** Bytes of the answer. */
  readonly size: number;
  /** Whether the request had a body; it is not here. */
  readonly hasBody: boolean;
  /** Undefined where they may not be kept. */
  readonly values: HistoryValues | undefined;
}

export interface HistoryValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface EntryOptions {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether a text has a token or secret in it that this extension knows of, or what looks like one. */
  readonly isSecret: (text: string) => boolean;
}

/** `undefined` for what is not remembered. */
export function entryOf(response: ApiResponse, { at, isSecret }: EntryOptions): HistoryEntry | undefined {
  const { request, status, ms, size, failure } = response;
  if (!mayBeRemembered(request)) {
    return undefined;
  }
  const values = valuesOf(request);
  const pairs = [...Object.entries(values.path), ...Object.entries(values.query)];
  const isPlain = pairs.every(
    ([name, value]) => value.length <= MOST_CHARACTERS && !SECRET_NAME.test(name) && !isSecret(value),
  );
  return {
    id: randomUUID(),
    connectionId: request.connection.id,
    operation: request.operation.key,
    at,
    status,
    ...(failure?.code === 'api.unknownOutcome' ? UNKNOWN_OUTCOME : {}),
    ms: Math.round(ms),
    size,
    hasBody: request.body !== undefined,
    values: isPlain ? values : undefined,
  };
}

const UNKNOWN_OUTCOME = { outcome: 'unknown' } as const;

function mayBeRemembered(request: ApiRequest): boolean {
  return riskLevelOf(request) !== 'secretRead' && !isUnknown(request.operation.traits);
}

/** Whether the bodies of this exchange may go to the disk when the user wants bodies kept. */
export function mayKeepBodies({ request, failure, size, body }: ApiResponse): boolean {
  return riskLevelOf(request) === 'read' && mayBeRemembered(request) && !failure && size === body.byteLength;
}

/** The request as a person would write it, to be checked again like any other. */
export function draftOf(operation: string, { path, query }: HistoryValues, body: string | undefined): RequestDraft {
  return {
    operation,
    path: new Map(Object.entries(path)),
    query: new Map(Object.entries(query)),
    body: body === undefined ? undefined : JSON.parse(body),
    // As it was sent: parsed and written again, a large id would be another one.
    bodyText: body,
  };
}

/** The values that stand in the address. */
export function valuesOf(request: Pick<ApiRequest, 'operation' | 'url'>): HistoryValues {
  const { searchParams } = new URL(request.url);
  return { path: Object.fromEntries(pathValues(request)), query: Object.fromEntries(searchParams) };
}

/** One line of the file of entries. */
export function lineOf(entry: HistoryEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Reads the file of entries, which anybody may have written to; what is no entry is passed over. Newest first. */
export function parseHistory(text: string): HistoryEntry[] {
  const entries = new Map<string, HistoryEntry>();
  for (const line of text.split('\n')) {
    const entry = line.length > MOST_LINE ? undefined : parseLine(line);
    if (entry) {
      entries.set(entry.id, entry);
    }
  }
  return [...entries.values()].sort((a, b) => b.at - a.at);
}

/** The newest of each operation of a connection, and of all. Takes and answers the newest first. */
export function newest(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const counts = new Map<string, number>();
  return entries
    .filter((entry) => {
      const key = `${entry.connectionId} ${entry.operation}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= MOST_OF_OPERATION;
    })
    .slice(0, MOST_ENTRIES);
}

/** The entry before this one of the same operation and connection, among those that are asked for. */
export function previousOf(entry: HistoryEntry, among: readonly HistoryEntry[]): HistoryEntry | undefined {
  return among
    .filter((each) => isSameKind(each, entry) && each.id !== entry.id && each.at <= entry.at)
    .reduce<HistoryEntry | undefined>((last, each) => (last && last.at >= each.at ? last : each), undefined);
}

export function isSameKind(a: HistoryEntry, b: HistoryEntry): boolean {
  return a.operation === b.operation && a.connectionId === b.connectionId;
}

export const MOST_OF_OPERATION = 20;
export const MOST_ENTRIES = 500;

/** A value that is longer is no id, filter or page; it may be anything. */
const MOST_CHARACTERS = 500;
const MOST_LINE = 20_000;
const SECRET_NAME = /token|secret|passw|api_?key|authori[sz]ation|credential|signature|session|cookie/i;

function parseLine(line: string): HistoryEntry | undefined {
  const value = parseJson(line);
  const [id, connectionId, operation] = ['id', 'connectionId', 'operation'].map((name) => textOf(getOwn(value, name)));
  const [at, status, ms, size] = ['at', 'status', 'ms', 'size'].map((name) => countOf(getOwn(value, name)));
  const hasBody = getOwn(value, 'hasBody');
  const numbers = at !== undefined && status !== undefined && ms !== undefined && size !== undefined;
  // A time that no calendar has would be thrown at when it is shown.
  if (!id || !connectionId || !operation || !numbers || at > LAST_TIME || typeof hasBody !== 'boolean') {
    return undefined;
  }
  const [path, query] = ['path', 'query'].map((name) => textsOf(getOwn(getOwn(value, 'values'), name)));
  const outcome = getOwn(value, 'outcome') === 'unknown' ? UNKNOWN_OUTCOME : {};
  const values = path && query && { path, query };
  return { id, connectionId, operation, at, status, ...outcome, ms, size, hasBody, values };
}

const LAST_TIME = Date.UTC(2200, 0);

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** All or none: without one of its values it would be another request. */
function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const record = asRecord(value);
  const isText = Object.values(record ?? {}).every((each) => textOf(each) !== undefined);
  return record && isText ? (record as Readonly<Record<string, string>>) : undefined;
}
