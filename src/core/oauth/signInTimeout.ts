import type { Disposable } from '../base/lifecycle.ts';

export interface SignInTimeoutOptions {
  /** Offers Reopen, Copy, Paste, and Cancel, because the browser page may be lost. May be called more than once. */
  readonly onOfferHelp: () => void;
  /** The sign-in has timed out. */
  readonly onGiveUp: () => void;
  readonly setTimeout?: (callback: () => void, milliseconds: number) => NodeJS.Timeout;
  /** Milliseconds of a clock that nobody sets. */
  readonly now?: () => number;
}

/**
 * How long a sign-in waits for the browser (A4): help is offered after 10 s or when the window regains focus. The
 * sign-in ends after 3 minutes, or after 60 s in which the user was back at the window without a callback, unless they
 * chose to keep waiting.
 */
export class SignInTimeout implements Disposable {
  readonly #options: SignInTimeoutOptions;
  readonly #timers = new Map<'help' | 'end' | 'return', NodeJS.Timeout>();
  /** Milliseconds that the user may still be at the window without a callback. */
  #left = END_AFTER_RETURN;
  #returnedAt = 0;
  #keepsWaiting = false;
  #done = false;

  constructor(options: SignInTimeoutOptions) {
    this.#options = options;
    this.#start('help', HELP_AFTER, options.onOfferHelp);
    this.#start('end', END_AFTER, () => {
      this.#giveUp();
    });
  }

  /** The VS Code window has regained focus. */
  returned(): void {
    if (this.#done) {
      return;
    }
    this.#stop('help');
    this.#options.onOfferHelp();
    if (!this.#keepsWaiting && !this.#timers.has('return')) {
      this.#returnedAt = this.#now();
      this.#start('return', this.#left, () => {
        this.#giveUp();
      });
    }
  }

  /** The VS Code window has lost focus, for example because the user signs in with a second factor in the browser. */
  left(): void {
    if (this.#timers.has('return')) {
      this.#left = Math.max(0, this.#left - (this.#now() - this.#returnedAt));
      this.#stop('return');
    }
  }

  /** The extension has opened the browser again, so the user has the whole time again. */
  reopened(): void {
    this.#stop('return');
    this.#left = END_AFTER_RETURN;
  }

  keepWaiting(): void {
    this.#keepsWaiting = true;
    this.#stop('return');
  }

  dispose(): void {
    this.#done = true;
    for (const name of [...this.#timers.keys()]) {
      this.#stop(name);
    }
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now();
  }

  #giveUp(): void {
    this.dispose();
    this.#options.onGiveUp();
  }

  #start(name: 'help' | 'end' | 'return', milliseconds: number, callback: () => void): void {
    const start = this.#options.setTimeout ?? setTimeout;
    this.#timers.set(name, start(callback, milliseconds));
  }

  #stop(name: 'help' | 'end' | 'return'): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

const HELP_AFTER = 10_000;
const END_AFTER = 180_000;
const END_AFTER_RETURN = 60_000;
