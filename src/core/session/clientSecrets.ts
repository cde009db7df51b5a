import type { Disposable, Event } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import { askStorage, STORAGE_TIMEOUT, type SecretPort } from './secretPort.ts';

export interface ClientSecretsOptions {
  readonly secrets: SecretPort;
  readonly redactor: Redactor;
  /** Milliseconds after which a secret storage that does not answer counts as failed; 5 s. */
  readonly timeout?: number;
}

/** Client secrets, one per connection id: they are never in the settings (C3). */
export class ClientSecrets {
  readonly #secrets: SecretPort;
  readonly #redactor: Redactor;
  readonly #timeout: number;
  readonly #guards = new Map<string, Disposable>();

  /** The connection id whose secret was set or deleted, in whatever window. */
  readonly onDidChange: Event<string> = (listener) =>
    this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) {
        listener(key.slice(PREFIX.length));
      }
    });

  constructor({ secrets, redactor, timeout = STORAGE_TIMEOUT }: ClientSecretsOptions) {
    this.#secrets = secrets;
    this.#redactor = redactor;
    this.#timeout = timeout;
  }

  async get(connectionId: string): Promise<string | undefined> {
    const secret = await this.#ask(() => this.#secrets.get(keyOf(connectionId)));
    if (secret !== undefined) {
      this.#guard(connectionId, secret);
    }
    return secret;
  }

  async set(connectionId: string, secret: string): Promise<void> {
    this.#guard(connectionId, secret);
    await this.#ask(() => this.#secrets.store(keyOf(connectionId), secret));
  }

  async delete(connectionId: string): Promise<void> {
    await this.#ask(() => this.#secrets.delete(keyOf(connectionId)));
  }

  /** Connection ids that a secret is kept for. */
  async connectionIds(): Promise<readonly string[]> {
    const keys = await this.#ask(() => this.#secrets.keys());
    return keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  }

  #guard(connectionId: string, secret: string): void {
    this.#guards.get(connectionId)?.dispose();
    this.#guards.set(connectionId, this.#redactor.add(secret));
  }

  #ask<T>(answer: () => PromiseLike<T>): Promise<T> {
    return askStorage(this.#timeout, answer);
  }
}

const PREFIX = 'clientSecret:';

function keyOf(connectionId: string): string {
  return PREFIX + connectionId;
}
