import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { withTimeout } from '../../core/base/lifecycle.ts';
import { textAt } from '../../core/base/untrusted.ts';
import { isFresh } from '../../core/sessions/session.ts';
import { RESPONSE_TIMEOUT } from '../../core/sessions/sessionRequest.ts';
import { endsSession } from '../../core/sessions/sessionErrors.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import type { UsableSession } from '../../core/sessions/usableSessions.ts';
import type { RefreshOutcome } from '../../../ninjaone.d.ts';

export interface TokenRefreshOptions {
  readonly tokens: TokenService;
  readonly now: () => number;
}

/** Refreshes the token of a session before it is due, at most once a minute, for a person or another extension (X3). */
export class TokenRefresh {
  readonly #options: TokenRefreshOptions;
  /** Session ID → time of the last refresh that succeeded. */
  readonly #last = new Map<string, number>();

  constructor(options: TokenRefreshOptions) {
    this.#options = options;
  }

  /** Rejects with a NinjaOneError, which is shown to the person. */
  async forPerson(id: string): Promise<UsableSession | undefined> {
    const { tokens } = this.#options;
    if (!tokens.find(id)) {
      return undefined;
    }
    if (this.#isRecent(id)) {
      throw tooSoon();
    }
    const usable = await tokens.getValidToken(id, { force: true });
    this.#note(id);
    return usable;
  }

  /**
   * For another extension after a 401. `reference` is a session, its id with an access token of it, or its id alone. Shows
   * nothing, never rejects, and answers within `RESPONSE_TIMEOUT`. A refresh that takes longer goes on.
   */
  async forExtension(reference: unknown): Promise<RefreshOutcome> {
    const { tokens } = this.#options;
    const id = typeof reference === 'string' ? reference : textAt(reference, 'id');
    const accessToken = textAt(reference, 'accessToken');
    const usable =
      typeof reference === 'string'
        ? [...tokens.usable(), ...tokens.expired()].find(({ session }) => session.id === id)
        : tokens.known(id ?? '', accessToken ?? '');
    if (id === undefined || !usable) {
      return 'unknown';
    }
    const { session } = usable;
    if (accessToken !== undefined && accessToken !== session.accessToken && isFresh(session, this.#options.now(), 0)) {
      // The 401 was for an earlier token.
      return 'refreshed';
    }
    return withTimeout(RESPONSE_TIMEOUT, this.#refresh(id), () => new Error('slow')).catch(() => 'unreachable');
  }

  async #refresh(id: string): Promise<RefreshOutcome> {
    if (this.#isRecent(id)) {
      return 'recent';
    }
    try {
      await this.#options.tokens.getValidToken(id, { force: true, isUserAction: false });
      this.#note(id);
      return 'refreshed';
    } catch (error) {
      return endsSession(error) ? 'ended' : 'unreachable';
    }
  }

  #isRecent(id: string): boolean {
    const last = this.#last.get(id);
    return last !== undefined && Math.abs(this.#options.now() - last) < ONCE_A_MINUTE;
  }

  #note(id: string): void {
    this.#last.set(id, this.#options.now());
    for (const each of [...this.#last.keys()].filter((key) => !this.#isRecent(key))) {
      this.#last.delete(each);
    }
  }
}

/** Milliseconds. */
const ONCE_A_MINUTE = 60_000;

function tooSoon(): NinjaOneError {
  return new NinjaOneError({
    code: 'session.tooSoon',
    intent: 'invalidInput',
    message: l10n.t('The token was refreshed less than a minute ago. Try again in a minute.'),
    action: 'showToken',
  });
}
