import * as vscode from 'vscode';
import { offerInformation } from './windowMessages.ts';

/** Shows a success message with an Open button. Resolves when the message is closed. */
export async function offerToOpen(message: string, open: () => PromiseLike<unknown>): Promise<void> {
  const label = vscode.l10n.t('Open');
  if ((await offerInformation(message, label)) === label) {
    await open();
  }
}
