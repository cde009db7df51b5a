import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { hashedFileName, writeAtomically } from '../files/atomicWrite.ts';

/**
 * Facts about a session that are not secret. A window learns from it how recent its copy of the record must be (A7),
 * that a session was signed out (A13), and that SecretStorage has lost a session (A14).
 */
export interface SessionMarker {
  readonly generation: number;
  /** Final: no later marker of the same session reverts it. */
  readonly signedOut: boolean;
  /** Display name of the session. */
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** A marker, and whether its secret belongs to the secret storage of this window. */
export interface StoredMarker extends SessionMarker {
  readonly isOurs: boolean;
}

/**
 * One small file per session in addition to SecretStorage: every window reads the current content, while SecretStorage
 * returns a cached copy that may be outdated. The end of a session has a separate file, so that a window that renews it
 * at the same time cannot overwrite it.
 */
export class SessionMarkers {
  readonly #directory: string;
  readonly #secretStoreId: () => string;

  /**
   * `secretStoreId` identifies the secret storage to which the markers belong. Several browsers can share this disk, and
   * each has its own secret storage.
   */
  constructor(directory: string, secretStoreId: () => string) {
    this.#directory = directory;
    this.#secretStoreId = secretStoreId;
  }

  async get(sessionId: string): Promise<SessionMarker | undefined> {
    return ((await read(this.#path(sessionId, 'ended'))) ?? (await read(this.#path(sessionId, 'alive'))))?.marker;
  }

  async set(sessionId: string, marker: SessionMarker): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(sessionId, marker.signedOut ? 'ended' : 'alive');
    await writeAtomically(path, JSON.stringify({ id: sessionId, secretStoreId: this.#secretStoreId(), ...marker }));
  }

  async delete(sessionId: string): Promise<void> {
    await rm(this.#path(sessionId, 'alive'), { force: true });
    await rm(this.#path(sessionId, 'ended'), { force: true });
  }

  /** All markers by session ID; unreadable files are skipped. */
  async all(): Promise<ReadonlyMap<string, StoredMarker>> {
    const markers = new Map<string, StoredMarker>();
    const names = await readdir(this.#directory).catch((): string[] => []);
    for (const name of names.filter((each) => each.endsWith('.json'))) {
      const entry = await read(join(this.#directory, name));
      if (entry && markers.get(entry.id)?.signedOut !== true) {
        markers.set(entry.id, { ...entry.marker, isOurs: entry.secretStoreId === this.#secretStoreId() });
      }
    }
    return markers;
  }

  /** Deletes the folder and its content. */
  async clear(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  #path(sessionId: string, kind: 'alive' | 'ended'): string {
    return join(this.#directory, `${hashedFileName(sessionId)}${kind === 'ended' ? '.ended' : ''}.json`);
  }
}

interface Entry {
  readonly id: string;
  readonly secretStoreId: unknown;
  readonly marker: SessionMarker;
}

async function read(path: string): Promise<Entry | undefined> {
  const { id, secretStoreId, generation, signedOut, label, writtenAt } =
    asRecord(parseJson(await readFile(path, 'utf8').catch(() => ''))) ?? {};
  if (typeof id !== 'string' || typeof generation !== 'number' || typeof writtenAt !== 'number') {
    return undefined;
  }
  return {
    id,
    secretStoreId,
    marker: { generation, signedOut: signedOut === true, label: typeof label === 'string' ? label : '', writtenAt },
  };
}
