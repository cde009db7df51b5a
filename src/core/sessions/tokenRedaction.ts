import type { Disposable } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import type { StoredSession } from './session.ts';

/**
 * Redacts the tokens of sessions in the log. Previous tokens stay registered, because they may still be in use, and those
 * of a removed session until its revocation has ended.
 */
export class TokenRedaction implements Disposable {
  readonly #redactor: Redactor;
  readonly #redactions = new Map<string, Disposable[]>();

  readonly #removals = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  add({ id, accessToken, refreshToken }: StoredSession): void {
    const redactions = this.#redactions.get(id) ?? [];
    redactions.push(this.#redactor.add(accessToken));
    if (refreshToken !== undefined) {
      redactions.push(this.#redactor.add(refreshToken));
    }
    while (redactions.length > MAX_REDACTIONS) {
      redactions.shift()?.dispose();
    }
    this.#redactions.set(id, redactions);
    this.#keep(id);
  }

  /** Unregisters the tokens of a session a minute later. */
  removeSoon(id: string): void {
    this.#keep(id);
    if (!this.#redactions.has(id)) {
      return;
    }
    const timer = setTimeout(() => {
      this.#removals.delete(id);
      for (const redaction of this.#redactions.get(id) ?? []) {
        redaction.dispose();
      }
      this.#redactions.delete(id);
    }, REVOCATION_MS);
    timer.unref();
    this.#removals.set(id, timer);
  }

  /** Stops the timers; the tokens stay registered, because the last messages may still be written. */
  dispose(): void {
    for (const id of [...this.#removals.keys()]) {
      this.#keep(id);
    }
  }

  #keep(id: string): void {
    clearTimeout(this.#removals.get(id));
    this.#removals.delete(id);
  }
}

/** Per session: three access tokens and three refresh tokens. */
const MAX_REDACTIONS = 6;
const REVOCATION_MS = 60_000;
