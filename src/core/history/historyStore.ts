import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiRequest } from '../api/apiRequest.ts';
import type { ApiResponse } from '../api/apiResponse.ts';
import type { ListHeaders } from '../api/listHeaders.ts';
import type { Logger } from '../base/log.ts';
import { hashedFileName } from '../files/atomicWrite.ts';
import { compactFile } from '../files/compactFile.ts';
import { keptBodies, parseKeptBodies } from './keptBodies.ts';
import {
  toHistoryEntry,
  historyLine,
  isKeptInMemory,
  mayKeepBodies,
  MAX_ENTRIES,
  newestEntries,
  parseHistory,
  type EntryOptions,
  type HistoryEntry,
  withdrawalLine,
} from './historyEntry.ts';

export interface HistoryStoreOptions {
  /** A separate folder in the extension's storage. */
  readonly folder: string;
  /** `ninjaone.history.keepBodies`. */
  readonly keepBodies: () => boolean;
  readonly isSecret: EntryOptions['isSecret'];
  /** IDs of the connections in the settings. */
  readonly connections: () => ReadonlySet<string>;
  readonly logger: Logger;
  readonly now: () => number;
}

/** An exchange whose bodies are still available. */
export interface StoredExchange {
  /** JSON text of the request body. */
  readonly request: string | undefined;
  readonly responseBody: Uint8Array;
  /** From an earlier window only those of `keptBodies()`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly listHeaders: ListHeaders | undefined;
  /** Undefined if only the bodies are left from an earlier window. */
  readonly response: ApiResponse | undefined;
}

/**
 * Stores the history: entries in one file, to which every window appends lines, and bodies in the memory of this window.
 * With `keepBodies`, the bodies of each plain read are stored in a file. All files are readable only for this user.
 * File errors never fail a request.
 */
export class HistoryStore {
  readonly #options: HistoryStoreOptions;
  readonly #memory = new Map<string, ApiResponse>();
  /** The entries of the requests whose responses are shown, also when their bodies are dropped. */
  readonly #ids = new WeakMap<ApiRequest, string>();
  #bytes = 0;
  /** Serializes writes, so that rewriting the file never leaves an incomplete line. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: HistoryStoreOptions) {
    this.#options = options;
  }

  /**
   * Records a write that is about to leave, as one with an unknown outcome: its window can close before the response comes.
   * Resolves to the id of the entry, for `record` or `withdraw`; `undefined` if it must not be recorded. Never rejects.
   */
  async begin(request: ApiRequest): Promise<string | undefined> {
    const { isSecret, now } = this.#options;
    const nothingYet = { request, status: 0, ms: 0, size: 0, outcome: 'unknown' } as const;
    const entry = toHistoryEntry(nothingYet, { at: now(), isSecret });
    await (entry && this.#write(() => this.#append(historyLine(entry))));
    return entry?.id;
  }

  /** Takes back the entry of a write that did not leave. Never rejects. */
  async withdraw(id: string): Promise<void> {
    await this.#write(async () => {
      await this.#append(withdrawalLine(id));
      await this.#tidy();
    });
  }

  /**
   * Returns the recorded entry, which replaces the one that `begin` has made; `undefined` if the response must not be
   * recorded. `at` is when the request was sent, because the responses may come in another order. Never rejects.
   */
  async record(
    response: ApiResponse,
    begun?: string,
    at: number = this.#options.now(),
  ): Promise<HistoryEntry | undefined> {
    const { keepBodies, isSecret } = this.#options;
    const entry = toHistoryEntry(response, { at, isSecret }, begun);
    if (entry) {
      this.assign(response.request, entry);
      await this.#write(async () => {
        // In its turn: an earlier one would take it for a response without an entry and drop it.
        this.#remember(entry.id, response);
        await this.#append(historyLine(entry));
        if (keepBodies() && mayKeepBodies(response)) {
          await this.#keepBodies(entry.id, response);
        }
        await this.#tidy();
      });
    }
    return entry;
  }

  /** Says that the response of this request is shown, and is that of an entry. */
  assign(request: ApiRequest, { id }: HistoryEntry): void {
    this.#ids.set(request, id);
  }

  /** Whether the entry is that of a request that was recorded or assigned in this window. */
  isOf({ id }: HistoryEntry, request: ApiRequest): boolean {
    return this.#ids.get(request) === id;
  }

  /** Newest first, including entries of other windows. */
  async entries(): Promise<readonly HistoryEntry[]> {
    await this.#queue;
    return newestEntries(parseHistory(await this.#text()));
  }

  /** Returns a check for whether the response of an entry is still available. */
  async storedIds(): Promise<(entry: HistoryEntry) => boolean> {
    const files = new Set(await this.#bodyFiles());
    return ({ id }) => this.#memory.has(id) || files.has(bodyFileOf(id));
  }

  async exchange({ id }: HistoryEntry): Promise<StoredExchange | undefined> {
    const response = this.#memory.get(id);
    if (response) {
      const { request, body, headers, listHeaders } = response;
      return { request: request.body, responseBody: body, headers, listHeaders, response };
    }
    const text = await readFile(join(this.#bodies, bodyFileOf(id)), 'utf8').catch(() => '');
    const kept = parseKeptBodies(text);
    return kept && { ...kept, response: undefined };
  }

  /** Deletes all entries of a connection. */
  async forget(connectionId: string): Promise<void> {
    for (const [id, { request }] of this.#memory) {
      if (request.connection.id === connectionId) {
        this.#drop(id);
      }
    }
    await this.#write(() => this.#rewrite((entry) => entry.connectionId !== connectionId));
  }

  /** Deletes the history. Rejects if the files cannot be deleted, so that the user is informed. */
  async clear(): Promise<void> {
    this.#memory.clear();
    this.#bytes = 0;
    await this.#queue;
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  /**
   * Applies the settings: deletes bodies on the disk if `keepBodies` is off, bodies of removed connections immediately, and
   * entries of removed connections when they expire, so that a restored connection has its history again (C4).
   */
  async followSettings(): Promise<void> {
    await this.#write(async () => {
      if (!this.#options.keepBodies()) {
        await rm(this.#bodies, { recursive: true, force: true });
      }
      await this.#tidy();
    });
  }

  get #file(): string {
    return join(this.#options.folder, 'entries.jsonl');
  }

  get #bodies(): string {
    return join(this.#options.folder, 'bodies');
  }

  async #append(line: string): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    await appendFile(this.#file, line, { mode: 0o600 });
  }

  #remember(id: string, response: ApiResponse): void {
    const bytes = bytesOf(response);
    if (!isKeptInMemory(response) || bytes > MAX_BYTES) {
      return;
    }
    this.#memory.set(id, response);
    this.#bytes += bytes;
    for (const oldest of this.#memory.keys()) {
      if (this.#bytes <= MAX_BYTES && this.#memory.size <= MAX_ENTRIES) {
        break;
      }
      this.#drop(oldest);
    }
  }

  #drop(id: string): void {
    const response = this.#memory.get(id);
    if (response) {
      this.#memory.delete(id);
      this.#bytes -= bytesOf(response);
    }
  }

  async #keepBodies(id: string, response: ApiResponse): Promise<void> {
    const text = keptBodies(response, this.#options.isSecret);
    if (text !== undefined) {
      await mkdir(this.#bodies, { recursive: true, mode: 0o700 });
      await writeFile(join(this.#bodies, bodyFileOf(id)), text, { mode: 0o600 });
    }
  }

  #text(): Promise<string> {
    return readFile(this.#file, 'utf8').catch(() => '');
  }

  /**
   * Rewrites the file once it has twice as many lines as the maximum number of entries, and deletes bodies without an
   * entry, in memory and on the disk.
   */
  async #tidy(): Promise<void> {
    const text = await this.#text();
    const entries = parseHistory(text);
    const connections = this.#options.connections();
    const oldest = this.#options.now() - ORPHAN_LIFE;
    const isOrphan = ({ connectionId, at }: HistoryEntry): boolean => !connections.has(connectionId) && at < oldest;
    if (linesIn(text) > 2 * MAX_ENTRIES || entries.some(isOrphan)) {
      await this.#rewrite((entry) => !isOrphan(entry));
    }
    const listed = newestEntries(entries);
    const ids = new Set(listed.map(({ id }) => id));
    for (const id of [...this.#memory.keys()].filter((each) => !ids.has(each))) {
      this.#drop(id);
    }
    const alive = listed.filter(({ connectionId }) => connections.has(connectionId));
    const known = new Set(alive.map(({ id }) => bodyFileOf(id)));
    const files = await this.#bodyFiles();
    const sized = await Promise.all(
      files.map(async (name) => {
        const info = await stat(join(this.#bodies, name)).catch(() => undefined);
        return { name, size: info?.size ?? 0, at: info?.mtimeMs ?? 0 };
      }),
    );
    let bytes = 0;
    for (const { name, size } of sized.sort((a, b) => b.at - a.at)) {
      bytes += size;
      if (bytes > MAX_BYTES || !known.has(name)) {
        await rm(join(this.#bodies, name), { force: true });
      }
    }
  }

  async #rewrite(stays: (entry: HistoryEntry) => boolean): Promise<void> {
    let dropped: readonly HistoryEntry[] = [];
    await compactFile(this.#file, (text) => {
      const all = parseHistory(text);
      const stored = newestEntries(all.filter(stays));
      dropped = all.filter((entry) => !stored.includes(entry));
      return linesIn(text) > stored.length ? [...stored].reverse().map(historyLine).join('') : undefined;
    });
    for (const { id } of dropped) {
      await rm(join(this.#bodies, bodyFileOf(id)), { force: true });
    }
  }

  async #bodyFiles(): Promise<string[]> {
    return readdir(this.#bodies).catch(() => []);
  }

  async #write(task: () => Promise<void>): Promise<void> {
    const next = this.#queue.then(task).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      this.#options.logger.warn(`The history was not written: ${code ?? 'unknown error'}`);
    });
    this.#queue = next;
    await next;
  }
}

/** Limit in memory, and the same limit on the disk. */
export const MAX_BYTES = 20_000_000;

/** Milliseconds. */
const ORPHAN_LIFE = 30 * 86_400_000;

const linesIn = (text: string): number => text.split('\n').length - 1;

function bytesOf({ body, request }: ApiResponse): number {
  return body.byteLength + 2 * (request.body?.length ?? 0);
}

function bodyFileOf(id: string): string {
  return `${hashedFileName(id)}.json`;
}
