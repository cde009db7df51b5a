import * as vscode from 'vscode';
import {
  isCanceled,
  isNinjaOneError,
  loggedMessage,
  plainText,
  type Action,
  type NinjaOneError,
} from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ERROR_ACTIONS, ErrorAction } from './errorActions.ts';
import { localize } from './localize.ts';
import { offerError } from './windowMessages.ts';

/**
 * Shows an error as one message with one button, and a second one for the IDs that NinjaOne support asks for (A16).
 * Cancellations are not shown.
 */
export class ErrorReporter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Returns at once: whoever reports an error never waits until somebody closes the message (A8). `instead` are other
   * behaviors of buttons. Without one, Try Again signs in.
   */
  show(error: unknown, connection?: Connection, instead: { readonly [K in Action]?: () => void } = {}): void {
    if (error instanceof vscode.CancellationError || isCanceled(error)) {
      return;
    }
    if (!isNinjaOneError(error)) {
      const name = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : typeof error;
      this.#logger.error(`Unexpected error: ${name}`);
      const text = vscode.l10n.t('NinjaOne: An unexpected error occurred. See the log for details.');
      void this.#offer(text, async () => (await loadActions()).showLog(undefined));
      return;
    }
    const ids = supportIds(error);
    this.#logger.error(`${error.code}: ${loggedMessage(error)}${ids === '' ? '' : ` (${ids})`}`);
    const { action } = error;
    void this.#offer(
      localizedErrorMessage(error),
      action &&
        (async () => {
          const offer = (await loadActions())[action](connection);
          return { ...offer, run: instead[action] ?? offer.run };
        }),
      ids,
    );
  }

  async #offer(message: string, load: (() => Promise<ErrorAction>) | undefined, ids = ''): Promise<void> {
    // If its button cannot be loaded, the message is shown without.
    const offer = await load?.().catch(() => undefined);
    const copy = vscode.l10n.t('Copy Support IDs');
    const chosen = await offerError(message, ...(offer ? [offer.label] : []), ...(ids === '' ? [] : [copy]));
    if (offer && chosen === offer.label) {
      offer.run();
    } else if (chosen === copy) {
      await vscode.env.clipboard.writeText(ids);
    }
  }
}

/** Loaded for the first error that has a button. */
async function loadActions(): Promise<typeof ERROR_ACTIONS> {
  return (await import('./errorActions.ts')).ERROR_ACTIONS;
}

/** Shows an error together with an alternative, and resolves to whether the user chooses it. */
export async function offerAlternative(error: NinjaOneError, label: string): Promise<boolean> {
  return (await offerError(localizedErrorMessage(error), label)) === label;
}

/** The message in VS Code's display language. */
export function localizedErrorMessage(error: NinjaOneError): string {
  const args = error.args.map((arg) => (typeof arg === 'string' ? plainText(arg) : arg));
  return plainText(localize({ template: error.template, args, comment: error.comment }), 1000);
}

/** For the log and NinjaOne's support, in English; empty if there are none. */
export function supportIds({ support: { incidentId = '', requestId = '' } }: NinjaOneError): string {
  return [
    ...(incidentId === '' ? [] : [`incident ${plainText(incidentId, 80)}`]),
    ...(requestId === '' ? [] : [`request ${plainText(requestId, 80)}`]),
  ].join(', ');
}
