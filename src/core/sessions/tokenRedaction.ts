import type { Disposable } from '../base/lifecycle.ts';
import type { Redactor } from '../base/log.ts';
import type { StoredSession } from './session.ts';

/** Keeps live tokens out of the log; the tokens before stay registered, they may still be in flight. */
export class TokenGuards {
  readonly #redactor: Redactor;
  readonly #guards = new Map<string, Disposable[]>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  add({ id, accessToken, refreshToken }: StoredSession): void {
    const guards = this.#guards.get(id) ?? [];
    guards.push(this.#redactor.add(accessToken));
    if (refreshToken !== undefined) {
      guards.push(this.#redactor.add(refreshToken));
    }
    while (guards.length > KEPT) {
      guards.shift()?.dispose();
    }
    this.#guards.set(id, guards);
  }
}

/** Of one session: three times an access token and a refresh token. */
const KEPT = 6;
