import * as vscode from 'vscode';
import { isCanceled, isNinjaOneError, plainText, type Action, type NinjaOneError } from '../../core/base/errors.ts';
import type { Logger } from '../../core/base/log.ts';
import type { Connection } from '../../core/connections/connection.ts';
import type { ERROR_ACTIONS, ErrorAction } from './errorActions.ts';
import { localize } from './localize.ts';
import { offerError } from './windowMessages.ts';

/** Shows an error as one message with one button (A16). Cancellations are not shown. */
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
    this.#logger.error(`${error.code}: ${withSupportIds(error.message, error)}`);
    const { action } = error;
    void this.#offer(
      localizedErrorMessage(error),
      action &&
        (async () => {
          const offer = (await loadActions())[action](connection);
          return { ...offer, run: instead[action] ?? offer.run };
        }),
    );
  }

  async #offer(message: string, load: (() => Promise<ErrorAction>) | undefined): Promise<void> {
    // If its button cannot be loaded, the message is shown without.
    const offer = await load?.().catch(() => undefined);
    const chosen = await offerError(message, ...(offer ? [offer.label] : []));
    if (offer && chosen === offer.label) {
      offer.run();
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

/** The message in VS Code's display language, with the IDs that NinjaOne support asks for. */
export function localizedErrorMessage(error: NinjaOneError): string {
  const args = error.args.map((arg) => (typeof arg === 'string' ? plainText(arg) : arg));
  return plainText(withSupportIds(localize({ template: error.template, args, comment: error.comment }), error), 1000);
}

function withSupportIds(message: string, { support }: NinjaOneError): string {
  const incident = plainText(support.incidentId ?? '', 80);
  const request = plainText(support.requestId ?? '', 80);
  if (incident !== '' && request !== '') {
    return vscode.l10n.t({
      message: '{0} (incident {1}, request {2})',
      args: [message, incident, request],
      comment: '{0} is an error message. {1} and {2} are IDs that NinjaOne support asks for.',
    });
  }
  if (incident !== '') {
    return vscode.l10n.t({
      message: '{0} (incident {1})',
      args: [message, incident],
      comment: '{0} is an error message. {1} is an ID that NinjaOne support asks for.',
    });
  }
  return request === ''
    ? message
    : vscode.l10n.t({
        message: '{0} (request {1})',
        args: [message, request],
        comment: '{0} is an error message. {1} is an ID that NinjaOne support asks for.',
      });
}
