import type { SecretPort } from './secretStorage.ts';
import { serializeSession, type StoredSession } from './session.ts';
import { sessionKey } from './sessionKeys.ts';

export interface UnsavedSessionsOptions {
  readonly secrets: Pick<SecretPort, 'store'>;
  readonly get: (id: string) => StoredSession | undefined;
  /** Whether the session was signed out, in any window. */
  readonly isRemoved: (id: string) => Promise<boolean>;
  /** Called when a session turns out to be signed out while it is being stored. */
  readonly onRemoved: (id: string) => Promise<void>;
  readonly onSaved: (session: StoredSession) => void;
}

/** The IDs of sessions that are only in the memory of this window, because they could not be written. */
export class UnsavedSessions {
  readonly #options: UnsavedSessionsOptions;
  readonly #ids = new Set<string>();

  constructor(options: UnsavedSessionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
  }

  delete(id: string): void {
    this.#ids.delete(id);
  }

  /** The session has been stored, by this window or another one. */
  markSaved(session: StoredSession): void {
    if (this.#ids.delete(session.id)) {
      this.#options.onSaved(session);
    }
  }

  /** Tries once to store each session. Never rejects. */
  async save(): Promise<void> {
    for (const id of [...this.#ids]) {
      await this.#save(id);
    }
  }

  /** Writes the current record until it is the last one that this window has written. */
  async #save(id: string): Promise<void> {
    const { get, isRemoved, onRemoved } = this.#options;
    for (let session = get(id); session;) {
      const isStored = !(await isRemoved(id)) && get(id) === session && (await this.#write(session));
      // Also after the write, because the user may have signed out in any window meanwhile.
      if (await isRemoved(id)) {
        await onRemoved(id);
        return;
      }
      const present = get(id);
      if (present === session) {
        if (isStored) {
          this.markSaved(session);
        }
        return;
      }
      session = present;
    }
  }

  #write(session: StoredSession): Promise<boolean> {
    const written = Promise.resolve(this.#options.secrets.store(sessionKey(session.id), serializeSession(session)));
    return written.then(() => true).catch(() => false);
  }
}
