import type { Disposable } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import type { StoredSession } from './session.ts';

/** Redacts live tokens in the log. Previous tokens stay registered, because they may still be in use. */
export class TokenRedaction {
  readonly #redactor: Redactor;
  readonly #redactions = new Map<string, Disposable[]>();
  /** Ids of sessions that ended, the latest one last. */
  readonly #ended = new Set<string>();

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
    this.#ended.delete(id);
  }

  /** The session ended. Its tokens stay registered until many more have ended, because they are still being revoked. */
  end(id: string): void {
    if (!this.#redactions.has(id)) {
      return;
    }
    this.#ended.add(id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MAX_ENDED) {
        return;
      }
      this.#ended.delete(oldest);
      this.#redactions.get(oldest)?.forEach((redaction) => redaction.dispose());
      this.#redactions.delete(oldest);
    }
  }
}

/** Per session: three access tokens and three refresh tokens. */
const MAX_REDACTIONS = 6;

/** A program can sign in and out all day, so that their number must be limited. */
const MAX_ENDED = 20;
