import * as vscode from 'vscode';
import { offerInformation, offerWarning } from './windowMessages.ts';

export interface OfferedAction {
  /** The button. */
  readonly label: string;
  /** Runs when the button is pressed. */
  readonly run: () => unknown;
}

/** Shows a warning with one button. Resolves when it is closed and its action has run. */
export async function offerToFix(warning: string, { label, run }: OfferedAction): Promise<void> {
  if ((await offerWarning(warning, label)) === label) {
    await run();
  }
}

/** Shows a message with one button. Resolves when it is closed and its action has run. */
export async function offerAction(message: string, { label, run }: OfferedAction): Promise<void> {
  if ((await offerInformation(message, label)) === label) {
    await run();
  }
}

/** Shows a success message with an Open button. Resolves when the message is closed. */
export async function offerToOpen(message: string, open: () => PromiseLike<unknown>): Promise<void> {
  await offerAction(message, { label: vscode.l10n.t('Open'), run: open });
}
