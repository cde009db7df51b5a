import { createHash, timingSafeEqual } from 'node:crypto';
import { canceled } from '../base/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { readCallback, type CallbackParameters } from './callbackQuery.ts';
import { authorizationFailure } from '../serverErrors/classifyError.ts';
import { isRedirectTarget, pasteProblem, readPasted, type PasteProblem, type PasteTarget } from './pastedUrl.ts';

export interface Callback {
  readonly code: string;
}

/**
 * `ended` is a response to a sign-in of this window that was canceled or timed out. Like everything that is `ignored`, it
 * has no effect.
 */
export type CallbackOutcome = 'settled' | 'ended' | 'ignored';

/**
 * Receives every redirect: from the loopback server, the URI handler, and pasted addresses. Only a response with the
 * state of a pending sign-in counts (RFC 6749 §10.12). Everything else is ignored and leaves pending sign-ins
 * unchanged, because any page or program can send anything at any time.
 */
export class PendingCallbacks {
  readonly #pending = new Set<Pending>();
  /** Hashes of the latest states that ended without a response, so that a page that returns late gets an answer (A4). */
  readonly #ended: Buffer[] = [];

  /**
   * `state` is 256 random bits, created for this sign-in; with the relay it is the nonce within the `state` of the
   * request. With `redirectUri`, a pasted address must start with it or with `relayedTo`. `result` rejects with the
   * server's error as a NinjaOneError, or as canceled when disposed before a response.
   */
  expect(
    state: string,
    connection: Connection,
    options: Partial<Pick<PasteTarget, 'redirectUri' | 'relayedTo'>> = {},
  ): { readonly result: Promise<Callback>; dispose(): void } {
    let resolve: (callback: Callback) => void = () => {};
    let reject: (error: Error) => void = () => {};
    const result = new Promise<Callback>((onCode, onError) => {
      resolve = onCode;
      reject = onError;
    });
    // Callers still receive the error, but an abandoned sign-in must not cause an unhandled rejection.
    result.catch(() => {});
    const { redirectUri, relayedTo } = options;
    const pending: Pending = { hash: hashOf(state), connection, redirectUri, relayedTo, resolve, reject };
    this.#pending.add(pending);
    return {
      result,
      dispose: () => {
        if (this.#pending.delete(pending)) {
          this.#ended.push(pending.hash);
          this.#ended.splice(0, this.#ended.length - MAX_ENDED);
        }
        reject(canceled());
      },
    };
  }

  /** `query` with or without `?`, unchanged or decoded once, as VS Code does with URIs. Never throws. */
  settle(query: string): CallbackOutcome {
    const response = readCallback(query);
    const pending = response && this.#find(response);
    if (!pending) {
      return response && this.#isEnded(response) ? 'ended' : 'ignored';
    }
    this.#consume(pending, response);
    return 'settled';
  }

  /**
   * Handles the pasted final address from the browser. A code alone is refused, because only the state proves that it
   * belongs to this sign-in. If the address is refused, the sign-in stays pending.
   */
  settleUrl(text: string): 'settled' | PasteProblem {
    const url = readPasted(text);
    if (!(url instanceof URL)) {
      return url;
    }
    const response = readCallback(url.search);
    const pending = response && this.#find(response);
    if (!pending || !isRedirectTarget(url, pending)) {
      return pasteProblem(url, pending, [...this.#pending]);
    }
    this.#consume(pending, response);
    return 'settled';
  }

  #find({ key, issuers }: CallbackParameters): Pending | undefined {
    const hash = hashOf(key);
    let found: Pending | undefined;
    // Compares all of them by hash and in constant time, so that the duration reveals nothing about a state.
    for (const pending of this.#pending) {
      if (timingSafeEqual(pending.hash, hash)) {
        found = pending;
      }
    }
    return found && isIssuer(issuers, found.connection) ? found : undefined;
  }

  #isEnded({ key }: CallbackParameters): boolean {
    const hash = hashOf(key);
    return this.#ended.filter((each) => timingSafeEqual(each, hash)).length > 0;
  }

  /** Consumes the state before the code is used: a replayed code would revoke its tokens (RFC 6749 §4.1.2). */
  #consume(pending: Pending, { outcome }: CallbackParameters): void {
    this.#pending.delete(pending);
    if ('code' in outcome) {
      pending.resolve(outcome);
    } else {
      pending.reject(authorizationFailure(outcome, pending.connection));
    }
  }
}

const MAX_ENDED = 20;

interface Pending extends PasteTarget {
  readonly hash: Buffer;
  readonly resolve: (callback: Callback) => void;
  readonly reject: (error: Error) => void;
}

/** RFC 9207 §2.4. NinjaOne's issuer has a trailing slash. */
function isIssuer(issuers: readonly string[], { instance }: Connection): boolean {
  return (
    issuers.length === 0 ||
    (issuers.length === 1 && [instance.origin, `${instance.origin}/`].includes(issuers[0] ?? ''))
  );
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
