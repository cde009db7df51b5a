import type { Disposable, Event } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import { withDeadline, type SecretPort } from './secretStorage.ts';

export interface ClientSecretsOptions {
  readonly secrets: SecretPort;
  readonly redactor: Redactor;
  /** Milliseconds after which a secret storage that does not respond counts as failed; 5 s. */
  readonly timeout?: number;
}

/** Client secrets, one per connection ID. They are never in the settings (C3). */
export class ClientSecrets {
  readonly #secrets: SecretPort;
  readonly #redactor: Redactor;
  readonly #redactions = new Map<string, Disposable>();

  /** ID of the connection whose secret was set or deleted, in any window. */
  readonly onDidChange: Event<string> = (listener) =>
    this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) {
        listener(key.slice(PREFIX.length));
      }
    });

  constructor({ secrets, redactor, timeout }: ClientSecretsOptions) {
    this.#secrets = withDeadline(secrets, timeout);
    this.#redactor = redactor;
  }

  async get(connectionId: string): Promise<string | undefined> {
    const secret = await this.#secrets.get(clientSecretKey(connectionId));
    if (secret !== undefined) {
      this.#guard(connectionId, secret);
    }
    return secret;
  }

  async set(connectionId: string, secret: string): Promise<void> {
    this.#guard(connectionId, secret);
    await this.#secrets.store(clientSecretKey(connectionId), secret);
  }

  async delete(connectionId: string): Promise<void> {
    await this.#secrets.delete(clientSecretKey(connectionId));
  }

  /** IDs of connections that have a stored secret. */
  async connectionIds(): Promise<readonly string[]> {
    const keys = await this.#secrets.keys();
    return keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  }

  #guard(connectionId: string, secret: string): void {
    this.#redactions.get(connectionId)?.dispose();
    this.#redactions.set(connectionId, this.#redactor.add(secret));
  }
}

const PREFIX = 'clientSecret:';

function clientSecretKey(connectionId: string): string {
  return PREFIX + connectionId;
}
