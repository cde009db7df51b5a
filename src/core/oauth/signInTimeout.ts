import type { Disposable } from '../base/lifecycle.ts';

export interface SignInTimeoutOptions {
  /** Offers Reopen, Paste, and Cancel, because the browser page may be lost. May be called more than once. */
  readonly onOfferHelp: () => void;
  /** The sign-in has timed out. */
  readonly onGiveUp: () => void;
  readonly setTimeout?: (callback: () => void, milliseconds: number) => NodeJS.Timeout;
}

/**
 * How long a sign-in waits for the browser (A4): help is offered after 10 s or when the window regains focus. The
 * sign-in ends after 3 minutes, or 60 s after the user returned without a callback, unless they chose to keep waiting.
 */
export class SignInTimeout implements Disposable {
  readonly #options: SignInTimeoutOptions;
  readonly #timers = new Map<'help' | 'end' | 'return', NodeJS.Timeout>();
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
      this.#start('return', END_AFTER_RETURN, () => {
        this.#giveUp();
      });
    }
  }

  /** The extension has opened the browser again, so the countdown that started on the user's return is canceled. */
  left(): void {
    this.#stop('return');
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
