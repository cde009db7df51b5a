import type { Connection } from '../connections/connection.ts';
import type { UsableSession } from './usableSessions.ts';

/**
 * Sign-ins of the last seconds, one per connection. VS Code asks for the second of two sessions when the first sign-in has
 * ended, so it would otherwise open a second browser (A17).
 */
export class RecentSignIns {
  readonly #signIns = new Map<string, { readonly id: string; readonly at: number }>();

  /** `at` in milliseconds since 1970. */
  add(connectionId: string, id: string, at: number): void {
    this.#signIns.set(connectionId, { id, at });
  }

  /** The ID of a session that may answer a request that began at `startedAt`. */
  find(connection: Pick<Connection, 'id'>, startedAt: number): string | undefined {
    const signIn = this.#signIns.get(connection.id);
    const since = signIn ? startedAt - signIn.at : Infinity;
    // Includes a sign-in that started while the other was running, but not one from before the clock was set back.
    return since < JUST_NOW && since > -LONGEST_SIGN_IN ? signIn?.id : undefined;
  }

  /** These sessions were returned to a request. Whoever signs in after that forces a new sign-in. */
  forgetReturned(sessions: readonly UsableSession[]): void {
    for (const { session } of sessions) {
      if (this.#signIns.get(session.connectionId)?.id === session.id) {
        this.forget(session.connectionId);
      }
    }
  }

  forget(connectionId: string): void {
    this.#signIns.delete(connectionId);
  }
}

const JUST_NOW = 5000;
const LONGEST_SIGN_IN = 300_000;
