import * as vscode from 'vscode';
import { isNinjaOneError, plainText, type NinjaOneError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ERROR_ACTIONS, ErrorAction } from './errorActions.ts';
import { localize } from './localize.ts';

/** Shows an error as one sentence with one button (A16). What the user canceled is not shown at all. */
export class ErrorReporter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `retry` is what Try Again does; a sign-in when nothing is said. */
  async show(error: unknown, connection?: Connection, retry?: () => void): Promise<void> {
    if (error instanceof vscode.CancellationError || (isNinjaOneError(error) && error.intent === 'canceled')) {
      return;
    }
    if (!isNinjaOneError(error)) {
      const name = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : typeof error;
      this.#logger.error(`Unexpected error: ${name}`);
      const text = vscode.l10n.t('NinjaOne: an unexpected error happened. The log has the details.');
      await this.#offer(text, (await loadActions()).showLog(undefined));
      return;
    }
    this.#logger.error(`${error.code}: ${error.message}${supportText(error)}`);
    const offer = error.action && (await loadActions())[error.action](connection);
    await this.#offer(messageOf(error), error.action === 'retry' && offer && retry ? { ...offer, run: retry } : offer);
  }

  async #offer(message: string, offer: ErrorAction | undefined): Promise<void> {
    const chosen = await (offer
      ? vscode.window.showErrorMessage(message, offer.label)
      : vscode.window.showErrorMessage(message));
    if (offer && chosen === offer.label) {
      offer.run();
    }
  }
}

/** Loaded with the first error that has a button. */
async function loadActions(): Promise<typeof ERROR_ACTIONS> {
  return (await import('./errorActions.ts')).ERROR_ACTIONS;
}

/** Shows an error after which there is another way to go on, and answers whether the user takes it. */
export async function offerAlternative(error: NinjaOneError, label: string): Promise<boolean> {
  return (await vscode.window.showErrorMessage(messageOf(error), label)) === label;
}

/** The sentence in the language of the editor, with the references that NinjaOne's support asks for. */
export function messageOf(error: NinjaOneError): string {
  const args = error.args.map((arg) => (typeof arg === 'string' ? plainText(arg) : arg));
  return plainText(localize({ template: error.template, args, comment: error.comment }) + supportText(error), 1000);
}

function supportText({ support }: NinjaOneError): string {
  const parts = [
    support.incidentId === undefined ? undefined : vscode.l10n.t('incident {0}', plainText(support.incidentId, 80)),
    support.requestId === undefined ? undefined : vscode.l10n.t('request {0}', plainText(support.requestId, 80)),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
