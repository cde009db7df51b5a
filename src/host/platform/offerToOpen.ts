import * as vscode from 'vscode';

/** Says what was written, and opens it when a person presses Open. Resolves when the message is gone. */
export async function offerToOpen(message: string, open: () => PromiseLike<unknown>): Promise<void> {
  const label = vscode.l10n.t('Open');
  if ((await vscode.window.showInformationMessage(message, label)) === label) {
    await open();
  }
}
