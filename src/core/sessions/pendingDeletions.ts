import type { Logger } from '../base/log.ts';
import { storageErrorMessage, type SecretPort } from './secretStorage.ts';

/** Deletes secrets, and remembers those that could not be deleted. */
export class PendingDeletions {
  readonly #secrets: Pick<SecretPort, 'delete'>;
  readonly #logger: Logger;
  readonly #keys = new Set<string>();

  constructor(secrets: Pick<SecretPort, 'delete'>, logger: Logger) {
    this.#secrets = secrets;
    this.#logger = logger;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Rejects if the secret cannot be deleted now; `retry` tries again. */
  async delete(key: string): Promise<void> {
    this.#keys.add(key);
    await this.#secrets.delete(key);
    this.#keys.delete(key);
  }

  /** As `delete`, but never rejects. */
  async tryDelete(key: string): Promise<void> {
    try {
      await this.delete(key);
    } catch (error) {
      this.#logger.warn(
        `The record of a session that was signed out could not be deleted: ${storageErrorMessage(error)}`,
      );
    }
  }

  async retry(): Promise<void> {
    await Promise.all([...this.#keys].map((key) => this.tryDelete(key)));
  }
}
