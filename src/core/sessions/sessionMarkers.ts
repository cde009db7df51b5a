import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, parseJson } from '../base/untrusted.ts';
import { hashedFileName, writeAtomically } from '../files/atomicWrite.ts';

/**
 * What is known of a session without any secret. It tells a window how new its copy of the record must be (A7), that
 * a session was signed out (A13), and that one existed which SecretStorage has forgotten (A14).
 */
export interface SessionMarker {
  readonly generation: number;
  /** Final: no later mark of the same session takes it back. */
  readonly signedOut: boolean;
  /** How the session is named to the user. */
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/** A mark, and whether its secret should be among those of this window. */
export interface StoredMarker extends SessionMarker {
  readonly isOurs: boolean;
}

/**
 * One small file per session, beside SecretStorage: every window reads it as it is, while SecretStorage serves each
 * window a cached copy that lags behind. The end of a session has a file of its own, so that a window which renews it
 * at that moment cannot write over it.
 */
export class SessionMarkers {
  readonly #directory: string;
  readonly #secretStoreId: () => string;

  /**
   * `secretStoreId` names the secrets that the marks are about. Several browsers can share this disk, and each has secrets of its
   * own.
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

  /** Every mark by session id; unreadable files are passed over. */
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

  /** Deletes the folder with everything in it. */
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
