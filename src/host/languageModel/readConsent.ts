import * as vscode from 'vscode';
import { unlessAborted } from '../../core/base/errors.ts';
import { KeyedSingleFlight, withTimeout, type Disposable } from '../../core/base/lifecycle.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { Account } from '../../core/sessions/session.ts';
import type { TokenService } from '../../core/sessions/tokenService.ts';
import { chooseAction } from '../platform/confirm.ts';

export interface ReadConsentOptions {
  readonly tokens: Pick<TokenService, 'onDidChange'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface ConsentQuestion {
  readonly connection: Connection;
  /** The account with which is read. */
  readonly account: Account;
  /** The operation for which it is asked. */
  readonly operation: string;
}

export type ConsentAnswer = 'allowed' | 'declined' | 'unanswered';

/**
 * Asks the user before a language model reads data: once per window and connection, for 15 minutes (X4). It is asked here
 * and not by chat, which the user may have told to ask nothing. A sign-out ends the consent.
 */
export class ReadConsent implements Disposable {
  readonly #options: ReadConsentOptions;
  readonly #subscription: Disposable;
  readonly #open = new KeyedSingleFlight<boolean>();
  /** Until when a connection is allowed or, after a no, not asked about again; in milliseconds since 1970. */
  readonly #allowed = new Map<string, number>();
  readonly #declined = new Map<string, number>();
  #signOuts = 0;

  constructor(options: ReadConsentOptions) {
    this.#options = options;
    this.#subscription = options.tokens.onDidChange(({ removed }) => {
      this.#signOuts += removed.length;
      for (const { connection } of removed) {
        this.#allowed.delete(connection.id);
      }
    });
  }

  /**
   * Waits for the answer at most two minutes, and not after the signal was aborted: then it rejects as canceled. VS Code
   * cannot close the dialog, so a later answer counts for the next call, and until then no second dialog opens.
   */
  async ask(question: ConsentQuestion, signal: AbortSignal): Promise<ConsentAnswer> {
    const { id } = question.connection;
    if (this.#isBefore(this.#allowed, id)) {
      return 'allowed';
    }
    if (this.#isBefore(this.#declined, id)) {
      return 'declined';
    }
    const over = new Error('unanswered');
    const answer = this.#open.run(id, () => this.#show(question));
    try {
      const isAllowed = await unlessAborted(signal, () => withTimeout(QUESTION_LIMIT, answer, () => over));
      return isAllowed ? 'allowed' : 'declined';
    } catch (error) {
      if (error === over) {
        return 'unanswered';
      }
      throw error;
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #show({ connection, account, operation }: ConsentQuestion): Promise<boolean> {
    const { id, instance } = connection;
    const { now } = this.#options;
    const before = this.#signOuts;
    const allow = vscode.l10n.t('Allow for 15 Minutes');
    const choice = await chooseAction(
      {
        message: vscode.l10n.t({
          message: 'Let chat read data of {0}?',
          args: [instance.host],
          comment: '{0} is the host of an instance of NinjaOne.',
        }),
        detail: [
          vscode.l10n.t(
            'A language model, or an extension, asks through the tools of this window. What it reads is sent to the provider of the language model. It can read what this account can read, without secrets, and it cannot change anything.',
          ),
          '',
          vscode.l10n.t('Account: {0}', account.label),
          vscode.l10n.t('Host: {0}', instance.host),
          vscode.l10n.t('First request: {0}', operation),
        ].join('\n'),
      },
      allow,
    );
    // The dialog may have been open during a sign-out, and the answer is about the account that it names.
    const isAllowed = choice === allow && this.#signOuts === before;
    if (isAllowed) {
      this.#allowed.set(id, now() + ALLOWED_FOR);
    } else {
      this.#declined.set(id, now() + DECLINED_FOR);
    }
    return isAllowed;
  }

  /** A time that is too far away comes from a clock that was set back. */
  #isBefore(times: ReadonlyMap<string, number>, id: string): boolean {
    const rest = (times.get(id) ?? 0) - this.#options.now();
    return rest > 0 && rest <= ALLOWED_FOR;
  }
}

/** Milliseconds. */
const ALLOWED_FOR = 15 * 60_000;
/** A model that asks again at once must not trap the user in dialogs. */
const DECLINED_FOR = 30_000;
const QUESTION_LIMIT = 120_000;
