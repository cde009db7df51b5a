import { createHash, timingSafeEqual } from 'node:crypto';
import { canceled } from '../base/errors.ts';
import type { Connection } from '../connections/connection.ts';
import { readCallback, type CallbackParameters } from './callbackQuery.ts';
import { authorizationFailure } from '../serverErrors/classifyError.ts';
import { isAt, pasteProblem, readPasted, type PasteProblem, type PasteTarget } from './pastedUrl.ts';

export interface Callback {
  readonly code: string;
}

/**
 * The one place where every redirect ends: loopback, URI handler and paste. An answer counts only with a state that is
 * waited for (RFC 6749 §10.12). Everything else is ignored and what is pending stays so, because any page or program
 * can send us anything at any time.
 */
export class PendingCallbacks {
  readonly #pending = new Set<Pending>();

  /**
   * `state` is 256 random bits made for this one sign-in; in the relay flow it is the nonce within the `state` that is
   * sent. With `redirectUri` a pasted address must be there. `result` rejects with a NinjaOneError: what the server
   * refused, or canceled when disposed before an answer came.
   */
  expect(
    state: string,
    connection: Connection,
    options: { readonly redirectUri?: string | undefined } = {},
  ): { readonly result: Promise<Callback>; dispose(): void } {
    let resolve: (callback: Callback) => void = () => {};
    let reject: (error: Error) => void = () => {};
    const result = new Promise<Callback>((onCode, onError) => {
      resolve = onCode;
      reject = onError;
    });
    // Whoever waits gets the error all the same; a sign-in that was given up leaves no unhandled rejection behind.
    result.catch(() => {});
    const pending: Pending = { hash: hashOf(state), connection, redirectUri: options.redirectUri, resolve, reject };
    this.#pending.add(pending);
    return {
      result,
      dispose: () => {
        this.#pending.delete(pending);
        reject(canceled());
      },
    };
  }

  /** `query` with or without `?`, as it came or, as VS Code hands URIs over, decoded once. Never throws. */
  settle(query: string): 'settled' | 'ignored' {
    const response = readCallback(query);
    const pending = response && this.#find(response);
    if (!pending) {
      return 'ignored';
    }
    this.#take(pending, response);
    return 'settled';
  }

  /**
   * What a person pasted: the whole address on which the browser ended. A code alone is refused, because only the state
   * tells that it answers our own question. Whatever is wrong with it, the sign-in stays pending.
   */
  settleUrl(text: string): 'settled' | PasteProblem {
    const url = readPasted(text);
    if (!(url instanceof URL)) {
      return url;
    }
    const response = readCallback(url.search);
    const pending = response && this.#find(response);
    if (!pending || !isAt(url, pending.redirectUri)) {
      return pasteProblem(url, pending, [...this.#pending]);
    }
    this.#take(pending, response);
    return 'settled';
  }

  #find({ key, issuers }: CallbackParameters): Pending | undefined {
    const hash = hashOf(key);
    let found: Pending | undefined;
    // All are compared, each in constant time and by hash, so that the time tells nothing about a state.
    for (const pending of this.#pending) {
      if (timingSafeEqual(pending.hash, hash)) {
        found = pending;
      }
    }
    return found && isIssuer(issuers, found.connection) ? found : undefined;
  }

  /** Consumes the state before the code goes anywhere: a code that is replayed revokes its tokens (RFC 6749 §4.1.2). */
  #take(pending: Pending, { outcome }: CallbackParameters): void {
    this.#pending.delete(pending);
    if ('code' in outcome) {
      pending.resolve(outcome);
    } else {
      pending.reject(authorizationFailure(outcome, pending.connection));
    }
  }
}

interface Pending extends PasteTarget {
  readonly hash: Buffer;
  readonly resolve: (callback: Callback) => void;
  readonly reject: (error: Error) => void;
}

/** RFC 9207 §2.4. NinjaOne writes its issuer with a slash at the end. */
function isIssuer(issuers: readonly string[], { instance }: Connection): boolean {
  return (
    issuers.length === 0 ||
    (issuers.length === 1 && [instance.origin, `${instance.origin}/`].includes(issuers[0] ?? ''))
  );
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
