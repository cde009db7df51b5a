import { createHash, randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../base/errors.ts';
import { FreshRead } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { hashedFileName } from '../files/atomicWrite.ts';
import type { StoredSession } from './session.ts';
import { readStateFile, writeStateFile, type IssuedState } from './tokenStateFile.ts';

/**
 * What the windows know about the tokens of a session. Contains no readable secret.
 * - `current`: the record of this generation was stored
 * - `spent`: the server has issued the tokens of this generation, and their record is not stored yet
 * - `ended`: the session was signed out, or the server ended it; final
 */
export type TokenState = IssuedState | { readonly kind: 'ended' };

export interface NewState extends Pick<IssuedState, 'kind' | 'label'> {
  /** The refresh token that the tokens replace. */
  readonly replaced?: string | undefined;
  /** Called if the server has replaced that token. */
  readonly seal?: (session: StoredSession, replaced: string) => string;
}

/** A state on the disk, and whether its record belongs to the secret storage of this window. */
export type StoredState = IssuedState & { readonly isOurs: boolean };

export interface TokenStatesOptions {
  /** A folder of this extension that all windows share. */
  readonly directory: string;
  /**
   * Identifies the secret storage that has the records. Several browsers can share this disk, and each has its own secret
   * storage.
   */
  readonly secretStoreId: () => string;
  readonly now: () => number;
}

/**
 * The token states of all sessions, on the disk beside SecretStorage: every window reads the current content, while
 * SecretStorage returns a cached copy that may be outdated. An issued state has a file of its own. The IDs of ended
 * sessions are appended to one file a day, so that a window that renews a session at the same time cannot undo its end.
 */
export class TokenStates {
  readonly #options: TokenStatesOptions;
  readonly #endedFiles = new Map<string, EndedFile>();
  readonly #readEnded = new FreshRead(() => this.#ended());

  constructor(options: TokenStatesOptions) {
    this.#options = options;
  }

  /** The state, or `undefined` if nothing is known. Never rejects. */
  async get(id: string): Promise<TokenState | undefined> {
    return (await this.isEnded(id)) ? { kind: 'ended' } : (await readStateFile(this.#path(id)))?.state;
  }

  async isEnded(id: string): Promise<boolean> {
    return (await this.#readEnded.run()).has(id);
  }

  /**
   * Records the tokens of a session, and which refresh token they replace. What is known already stays: spent tokens, and
   * a later state. Rejects if the disk cannot be written. Only one window at a time may call it.
   */
  async set(session: StoredSession, { kind, label, replaced, seal }: NewState): Promise<void> {
    const { directory, secretStoreId, now } = this.#options;
    const before = (await readStateFile(this.#path(session.id)))?.state;
    const isLate = before !== undefined && isLater(before, { kind, generation: session.generation });
    const isReplaced = replaced !== undefined && replaced !== session.refreshToken;
    const added = isReplaced ? [shortHash(replaced)] : [];
    const sealed = [
      ...(before && !this.#hasArrived(before, session) ? before.sealed : []),
      ...(isReplaced && seal ? [seal(session, replaced)] : []),
    ].slice(-MAX_SEALED);
    const spent = [...new Set([...added, ...(before?.spent ?? [])])].slice(0, MAX_SPENT);
    const state: IssuedState = isLate
      ? { ...before, spent }
      : { kind, generation: session.generation, spent, sealed, label, writtenAt: now() };
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeStateFile(this.#path(session.id), { id: session.id, secretStoreId: secretStoreId(), state });
  }

  /**
   * Deletes the sealed records up to this session, because its record has reached the other windows. Rejects if the disk
   * cannot be written. Only one window at a time may call it.
   */
  async unseal({ id, generation }: Pick<StoredSession, 'id' | 'generation'>): Promise<void> {
    const entry = await readStateFile(this.#path(id));
    const isStored = entry?.state.kind === 'current' && entry.state.generation <= generation;
    if (isStored && entry.state.sealed.length > 0) {
      await writeStateFile(this.#path(id), { ...entry, state: { ...entry.state, sealed: [] } });
    }
  }

  /** Records that a session has ended. Resolves to its last issued state. Rejects if the disk cannot be written. */
  async end(id: string): Promise<IssuedState | undefined> {
    await this.#append({ id });
    // Read after that: a window that records tokens later finds the end, and revokes them itself.
    const last = (await readStateFile(this.#path(id)))?.state;
    await this.forget(id);
    await this.deleteExpired();
    return last;
  }

  /** Records that all sessions of this secret storage end (Reset). Rejects if the disk cannot be written. */
  async endAll(): Promise<void> {
    await this.#append({ id: randomUUID(), reset: this.#options.secretStoreId() });
  }

  /** Random IDs, one for each time in the last day that all sessions have ended. Never rejects. */
  async resets(): Promise<ReadonlySet<string>> {
    await this.#readEnded.run();
    const store = this.#options.secretStoreId();
    const all = [...this.#endedFiles.values()].flatMap(({ resets }) => [...resets]);
    return new Set(all.flatMap(([id, of]) => (of === store ? [id] : [])));
  }

  /** Deletes what is known about a session, but not that it has ended. */
  async forget(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  /** The issued states by session ID. Unreadable files are skipped, and those of ended sessions are deleted. */
  async all(): Promise<ReadonlyMap<string, StoredState>> {
    const { directory, secretStoreId } = this.#options;
    const [names, ended] = await Promise.all([readdir(directory).catch((): string[] => []), this.#readEnded.run()]);
    const files = names.filter((name) => STATE_FILE.test(name));
    const entries = await Promise.all(files.map((name) => readStateFile(join(directory, name))));
    const states = new Map<string, StoredState>();
    for (const entry of entries) {
      if (entry && ended.has(entry.id)) {
        await this.forget(entry.id);
      } else if (entry) {
        states.set(entry.id, { ...entry.state, isOurs: entry.secretStoreId === secretStoreId() });
      }
    }
    return states;
  }

  /** Deletes the files of ended sessions that are older than a day: no renewal is in flight for that long. */
  async deleteExpired(): Promise<void> {
    const { directory, now } = this.#options;
    const oldest = endedFileName(now() - DAY);
    const names = await readdir(directory).catch((): string[] => []);
    for (const name of names.filter((each) => ENDED_FILE.test(each) && each < oldest)) {
      await rm(join(directory, name), { force: true });
      this.#endedFiles.delete(name);
    }
  }

  /** The IDs of ended sessions. A file is read again when its size has changed. */
  async #ended(): Promise<Pick<ReadonlySet<string>, 'has'>> {
    const { directory } = this.#options;
    const names = (await readdir(directory).catch((): string[] => [])).filter((name) => ENDED_FILE.test(name));
    for (const name of names) {
      const path = join(directory, name);
      const size = await stat(path).then(
        (stats) => stats.size,
        () => 0,
      );
      if (this.#endedFiles.get(name)?.size !== size) {
        const text = await readFile(path, 'utf8').catch(() => '');
        const lines = text.split('\n').flatMap(endIn);
        this.#endedFiles.set(name, {
          size: Buffer.byteLength(text),
          ids: new Set(lines.map(([id]) => id)),
          resets: new Map(lines.filter(([, reset]) => reset !== undefined)),
        });
      }
    }
    return { has: (id) => names.some((name) => this.#endedFiles.get(name)?.ids.has(id)) };
  }

  async #append(end: object): Promise<void> {
    const { directory, now } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // A short line is appended at once, also by several windows at a time. It begins with a line break, because a line
    // before it may be torn.
    await appendFile(join(directory, endedFileName(now())), `\n${JSON.stringify(end)}\n`, { mode: 0o600 });
  }

  /** Whether the record of `before` was stored so long ago that every window has it. */
  #hasArrived(before: IssuedState, { generation }: StoredSession): boolean {
    const age = this.#options.now() - before.writtenAt;
    return before.kind === 'current' && before.generation < generation && age > SEALED_FOR;
  }

  #path(id: string): string {
    return join(this.#options.directory, `${hashedFileName(id)}.json`);
  }
}

/** Records that a session has ended, and resolves to whether that succeeded, and the last state. Never rejects. */
export async function recordEnd(
  states: TokenStates,
  { id }: Pick<StoredSession, 'id'>,
  logger: Pick<Logger, 'warn'>,
): Promise<{ readonly isRecorded: boolean; readonly last: TokenState | undefined }> {
  try {
    return { isRecorded: true, last: await states.end(id) };
  } catch (error) {
    logger.warn(`The end of session ${id} could not be recorded: ${errorMessage(error)}`);
    return { isRecorded: false, last: await states.get(id) };
  }
}

/** Whether the server has replaced the refresh token of this record. */
export function isSpent({ refreshToken }: StoredSession, state: TokenState | undefined): boolean {
  return (
    refreshToken !== undefined &&
    state !== undefined &&
    state.kind !== 'ended' &&
    state.spent.includes(shortHash(refreshToken))
  );
}

type Progress = Pick<IssuedState, 'kind' | 'generation'>;

/** Whether the first state comes after the second. */
function isLater(a: Progress, b: Progress): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.kind === 'current' && b.kind === 'spent');
}

interface EndedFile {
  readonly size: number;
  readonly ids: ReadonlySet<string>;
  /** IDs of resets, and their secret storages. */
  readonly resets: ReadonlyMap<string, unknown>;
}

function endIn(line: string): (readonly [id: string, reset: unknown])[] {
  const { id, reset } = asRecord(parseJson(line)) ?? {};
  return typeof id === 'string' ? [[id, reset]] : [];
}

/** 64 bits: enough to recognize one of a few tokens, and useless to find it. */
function shortHash(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('hex').slice(0, 16);
}

/** The name sorts by day. */
function endedFileName(time: number): string {
  return `ended-${new Date(time).toISOString().slice(0, 10)}.jsonl`;
}

const STATE_FILE = /^[0-9a-f]{32}\.json$/;
const ENDED_FILE = /^ended-\d{4}-\d{2}-\d{2}\.jsonl$/;
const DAY = 86_400_000;
/** A window that slept through so many renewals may send a spent token, but cannot end the session with it. */
const MAX_SPENT = 200;
/** Two days of hourly renewals that no window can store. */
const MAX_SEALED = 48;
/**
 * Milliseconds after which every window has a stored record. VS Code writes it about 100 ms after `store` has resolved, and
 * tells the other windows then.
 */
export const SEALED_FOR = 60_000;
