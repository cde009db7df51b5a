import * as vscode from 'vscode';
import type { Findings } from '../../core/sessions/storageCheck.ts';
import { runCommand } from '../platform/contributions.ts';
import { openInBrowser } from '../platform/navigation.ts';

/**
 * Says once what the start found wrong with the secret storage (A14); a good start says nothing. Each has a button, also
 * because a message without one is cut after one line.
 */
export async function showStorageFindings(findings: Findings): Promise<void> {
  if (findings.storageFailed) {
    const log = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The secret storage of the editor did not answer, so your NinjaOne sessions cannot be read. Nothing was changed; unlock the keyring of your system and reload the window.',
      ),
      log,
    );
    if (chosen === log) {
      await vscode.commands.executeCommand('ninjaone.showLog');
    }
    return;
  }
  if (findings.lost.length > 0) {
    await showLostSessions(findings);
  }
  if (findings.unreadable > 0) {
    await offerSignIn(
      findings.unreadable === 1
        ? vscode.l10n.t(
            'A stored NinjaOne session cannot be read. It is set aside for 30 days and the others work; sign in again where one is missing.',
          )
        : vscode.l10n.t(
            '{0} stored NinjaOne sessions cannot be read. They are set aside for 30 days and the others work; sign in again where one is missing.',
            findings.unreadable,
          ),
    );
  }
  if (findings.newer > 0) {
    const update = vscode.l10n.t('Check for Updates');
    const chosen = await vscode.window.showInformationMessage(
      findings.newer === 1
        ? vscode.l10n.t(
            'A NinjaOne session was stored by a later version of this extension. It is left alone; update the extension to use it.',
          )
        : vscode.l10n.t(
            '{0} NinjaOne sessions were stored by a later version of this extension. They are left alone; update the extension to use them.',
            findings.newer,
          ),
      update,
    );
    if (chosen === update) {
      await vscode.commands.executeCommand('workbench.extensions.action.checkForUpdates');
    }
  }
}

async function showLostSessions({ lost, keepsSecrets }: Findings): Promise<void> {
  const names = lost.join('; ');
  if (keepsSecrets) {
    await offerSignIn(
      vscode.l10n.t('The secret storage of the editor has lost these NinjaOne sessions: {0}. Sign in again.', names),
    );
    return;
  }
  const help = vscode.l10n.t('How to Fix');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'Your editor did not keep these NinjaOne sessions: {0}. It has no working keyring, or it runs in a browser that forgets.',
      names,
    ),
    help,
  );
  if (chosen === help) {
    await openInBrowser('https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues');
  }
}

async function offerSignIn(message: string): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  if ((await vscode.window.showWarningMessage(message, signIn)) === signIn) {
    runCommand('ninjaone.signIn');
  }
}
