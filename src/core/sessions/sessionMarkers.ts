import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asRecord, parseJson } from '../base/untrusted.ts';

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
   * `keeper` names the secrets that the marks are about. Several browsers can share this disk, and each has secrets of its
   * own.
   */
  constructor(directory: string, secretStoreId: () => string) {
    this.#directory = directory;
    this.#secretStoreId = secretStoreId;
  }

  async get(sessionId: string): Promise<SessionMarker | undefined> {
    return ((await read(this.#path(sessionId, 'ended'))) ?? (await read(this.#path(sessionId, 'alive'))))?.marker;
  }

  /** Whole or not at all: written aside, then renamed. */
  async set(sessionId: string, marker: SessionMarker): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#path(sessionId, marker.signedOut ? 'ended' : 'alive');
    const draft = `${path}.${randomUUID()}`;
    const text = JSON.stringify({ id: sessionId, secretStoreId: this.#secretStoreId(), ...marker });
    await writeFile(draft, text, { mode: 0o600 });
    await replace(draft, path);
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
    return join(this.#directory, `${fileNameOf(sessionId)}${kind === 'ended' ? '.ended' : ''}.json`);
  }
}

/** Ids come from stored records, so they are hashed before they name a file. */
export function fileNameOf(sessionId: string): string {
  return createHash('sha256').update(sessionId).digest('hex').slice(0, 32);
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

/** Windows refuses to replace a file while another process reads it; that takes a moment only. */
async function replace(draft: string, path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(draft, path);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (attempt >= 5 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) {
        await rm(draft, { force: true }).catch(() => {});
        throw error;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
  }
}
