import type { Disposable } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import type { StoredSession } from './session.ts';

/** Keeps live tokens out of the log; the tokens before stay registered, they may still be in flight. */
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
    while (redactions.length > KEPT) {
      redactions.shift()?.dispose();
    }
    this.#redactions.set(id, redactions);
  }
}

/** Of one session: three times an access token and a refresh token. */
const KEPT = 6;
