import { createHash } from 'node:crypto';
import type * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Logger } from '../../core/base/log.ts';
import type { CallbackOutcome } from '../../core/oauth/pendingCallbacks.ts';
import type { SecretPort } from '../../core/sessions/secretStorage.ts';

/**
 * Receives the callback that the browser sends to VS Code. VS Code passes it to the active window, which may not be the
 * one that waits for it. In that case it is shared with the other windows through SecretStorage and then deleted (A2).
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
    if (uri.path !== '/callback' || uri.query.length > MAX_QUERY_LENGTH) {
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
      // The waiting window has received it by then. A window that starts later must not find it.
      await new Promise((resolve) => setTimeout(resolve, LIFETIME));
    } catch {
      this.#logger.warn('A sign-in callback could not be passed to another window.');
    } finally {
      await Promise.resolve(this.#secrets.delete(key)).catch(() => {});
    }
  }

  async #receive(key: string): Promise<void> {
    try {
      const query = await this.#secrets.get(key);
      if (query !== undefined && this.#settle(query) !== 'ignored') {
        await this.#secrets.delete(key);
      }
    } catch {
      this.#logger.warn('A sign-in callback from another window could not be read.');
    }
  }
}

/** Handles the query of a callback; `ignored` if it belongs to no sign-in of this window. */
export type Settle = (query: string) => CallbackOutcome;

/** Deletes callbacks that a window left behind because it was closed too early. */
export async function deleteStaleCallbacks(secrets: SecretPort): Promise<void> {
  for (const key of await secrets.keys()) {
    if (key.startsWith(PREFIX)) {
      await secrets.delete(key);
    }
  }
}

const PREFIX = 'callback:';
const MAX_QUERY_LENGTH = 16_384;
/** Milliseconds. */
const LIFETIME = 5000;

/** Only a query with a state and a result is shared with other windows. */
function mayBeCallback(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return (
    parameters.getAll('state').length === 1 &&
    parameters.getAll('code').length + parameters.getAll('error').length === 1
  );
}
