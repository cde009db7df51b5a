import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { tokenHash } from '../../core/sessions/session.ts';
import { showInStatusBar, showWarning } from './windowMessages.ts';

/**
 * Copies tokens and secret values, and removes them from the clipboard later if they are still there. Stores hashes
 * only.
 */
export class SecretClipboard implements Disposable {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #hashes = new Map<string, string>();

  /** With 0 `seconds` the token stays on the clipboard. */
  async copy(sessionId: string, token: string, seconds: number): Promise<void> {
    await vscode.env.clipboard.writeText(token);
    this.#hashes.set(sessionId, tokenHash(token));
    clearTimeout(this.#timers.get(sessionId));
    if (seconds > 0) {
      const timer = setTimeout(() => {
        void this.clear(sessionId);
      }, seconds * 1000);
      timer.unref();
      this.#timers.set(sessionId, timer);
    }
  }

  /** Copies a value of a response that contains secrets (E4). */
  async copyValue(value: string, seconds: number): Promise<void> {
    await this.copy(VALUE, value, seconds);
  }

  /** Empties the clipboard if it still holds the token of this session; warns if the clipboard cannot be read. */
  async clear(sessionId: string): Promise<void> {
    const hash = this.#hashes.get(sessionId);
    clearTimeout(this.#timers.get(sessionId));
    this.#timers.delete(sessionId);
    this.#hashes.delete(sessionId);
    if (hash === undefined) {
      return;
    }
    try {
      if (await emptyClipboard((text) => tokenHash(text) === hash)) {
        const message =
          sessionId === VALUE
            ? vscode.l10n.t('The secret value was removed from the clipboard.')
            : vscode.l10n.t('The NinjaOne token was removed from the clipboard.');
        showInStatusBar(message, 5000);
      }
    } catch {
      showWarning(
        vscode.l10n.t(
          'VS Code cannot read the clipboard, so a token or value copied from NinjaOne may still be on it. Copy something else to remove it.',
        ),
      );
    }
  }

  dispose(): void {
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
  }
}

/** Empties the clipboard if it still holds what was copied. Rejects if it cannot be read or written. */
export async function emptyClipboard(isCopied: (text: string) => boolean): Promise<boolean> {
  const isThere = isCopied(await vscode.env.clipboard.readText());
  if (isThere) {
    await vscode.env.clipboard.writeText('');
  }
  return isThere;
}

/** Used instead of a session ID; one is enough, because the clipboard holds one value at a time. */
const VALUE = 'secret value';
