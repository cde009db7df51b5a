import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import type { SecretPort } from '../../core/sessions/secretStorage.ts';

/**
 * Takes the callback that the browser sends to the editor. VS Code gives it to the window that is in front, which need
 * not be the one that waits; then it travels through SecretStorage to the other windows and is erased (A2).
 */
export class CallbackUriHandler implements vscode.UriHandler, Disposable {
  readonly #settle: Settle;
  readonly #secrets: SecretPort;
  readonly #logger: Logger;
  readonly #subscription: Disposable;

  constructor(settle: Settle, secrets: SecretPort, logger: Logger) {
    this.#settle = settle;
    this.#secrets = secrets;
    this.#logger = logger;
    this.#subscription = secrets.onDidChange(({ key }) => {
      if (key.startsWith(PREFIX)) {
        void this.#receive(key);
      }
    });
  }

  handleUri(uri: vscode.Uri): void {
    if (uri.path !== '/callback' || uri.query.length > LONGEST) {
      return;
    }
    if (this.#settle(uri.query) === 'ignored' && mayBeCallback(uri.query)) {
      void this.#send(uri.query);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #send(query: string): Promise<void> {
    const key = PREFIX + createHash('sha256').update(query).digest('hex').slice(0, 16);
    try {
      await this.#secrets.store(key, query);
      // Whoever waits has heard of it by then; a window that starts later must not find it.
      await sleep(LIFETIME);
    } catch {
      this.#logger.warn('A sign-in callback for another window could not be passed on.');
    } finally {
      await Promise.resolve(this.#secrets.delete(key)).catch(() => {});
    }
  }

  async #receive(key: string): Promise<void> {
    try {
      const query = await this.#secrets.get(key);
      if (query !== undefined && this.#settle(query) === 'settled') {
        await this.#secrets.delete(key);
      }
    } catch {
      this.#logger.warn('A sign-in callback from another window could not be read.');
    }
  }
}

/** Takes the query of a callback in; `ignored` when nobody in this window waits for it. */
export type Settle = (query: string) => 'settled' | 'ignored';

/** Erases what a window that was closed in between may have left behind. */
export async function eraseLeftCallbacks(secrets: SecretPort): Promise<void> {
  for (const key of await secrets.keys()) {
    if (key.startsWith(PREFIX)) {
      await secrets.delete(key);
    }
  }
}

const PREFIX = 'callback:';
const LONGEST = 16_384;
const LIFETIME = 5000;

/** Without a state and an answer it is noise, and noise is not spread to other windows. */
function mayBeCallback(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return (
    parameters.getAll('state').length === 1 &&
    parameters.getAll('code').length + parameters.getAll('error').length === 1
  );
}
