import type { Disposable } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import type { StoredSession } from './session.ts';

/** Redacts live tokens in the log. Previous tokens stay registered, because they may still be in use. */
export class TokenRedaction {
  readonly #redactor: Redactor;
  readonly #redactions = new Map<string, Disposable[]>();

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
  }
}

/** Per session: three access tokens and three refresh tokens. */
const MAX_REDACTIONS = 6;
