import { createHash } from 'node:crypto';
import type { SecretPort, SecretWriter } from './secretStorage.ts';

/** Stores unreadable records under separate keys for recovery, until they expire (A14). */
export class Quarantine {
  readonly #secrets: SecretPort;
  readonly #write: SecretWriter;

  constructor(secrets: SecretPort, write: SecretWriter) {
    this.#secrets = secrets;
    this.#write = write;
  }

  /** Stores a copy; resolves to whether that succeeded. */
  add(id: string, text: string): Promise<boolean> {
    return this.#write(
      `${QUARANTINE_PREFIX}${id}:${createHash('sha256').update(text).digest('hex').slice(0, 8)}`,
      text,
    );
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
