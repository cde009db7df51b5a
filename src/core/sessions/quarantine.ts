import { createHash } from 'node:crypto';
import type { Logger } from '../base/log.ts';
import { storageErrorMessage, type SecretPort, type SecretWriter } from './secretStorage.ts';

export interface QuarantineOptions {
  readonly secrets: SecretPort;
  readonly write: SecretWriter;
  readonly logger: Logger;
}

/** Stores unreadable records under separate keys for recovery, until they expire (A14). */
export class Quarantine {
  readonly #secrets: SecretPort;
  readonly #write: SecretWriter;
  readonly #logger: Logger;

  constructor({ secrets, write, logger }: QuarantineOptions) {
    this.#secrets = secrets;
    this.#write = write;
    this.#logger = logger;
  }

  /**
   * Moves the text of `key` to another key, so that it is neither lost nor reported again at the next start. `isInUse` is
   * true if the session has been stored again meanwhile. Never rejects.
   */
  async move(key: string, text: string, isInUse: () => boolean): Promise<void> {
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
    if (!(await this.#write(`${QUARANTINE_PREFIX}${key.slice(key.indexOf(':') + 1)}:${hash}`, text)) || isInUse()) {
      return;
    }
    try {
      if ((await this.#secrets.get(key)) === text) {
        await this.#secrets.delete(key);
      }
    } catch (error) {
      this.#logger.warn(`An unreadable record stays where it is: ${storageErrorMessage(error)}`);
    }
  }

  /** Deletes the unreadable records of one session or connection, as far as they can be recognized. */
  async deleteOf({ sessionId, connectionId }: { sessionId?: string; connectionId?: string }): Promise<void> {
    for (const key of await this.keys()) {
      const isMeant =
        (sessionId !== undefined && key.startsWith(`${QUARANTINE_PREFIX}${sessionId}:`)) ||
        (connectionId !== undefined && (await this.#secrets.get(key))?.includes(JSON.stringify(connectionId)) === true);
      if (isMeant) {
        await this.delete(key);
      }
    }
  }

  async keys(): Promise<readonly string[]> {
    return (await this.#secrets.keys()).filter((key) => key.startsWith(QUARANTINE_PREFIX));
  }

  async delete(key: string): Promise<void> {
    await this.#secrets.delete(key);
  }
}

/** Prefix of the keys. */
export const QUARANTINE_PREFIX = 'aside:';
