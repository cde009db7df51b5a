import * as vscode from 'vscode';
import { l10n } from '../../core/base/l10n.ts';
import { allOf } from '../../core/base/messages.ts';
import type { Findings } from '../../core/sessions/storageCheck.ts';
import { runCommand } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { openInBrowser } from '../platform/navigation.ts';
import { offerAction, offerToFix } from '../platform/offerAction.ts';

/**
 * Reports once what the startup check found wrong with the secret storage (A14). Each message has a button, also because
 * VS Code truncates a message without a button after one line.
 */
export async function showStorageFindings(findings: Findings): Promise<void> {
  if (findings.storageFailed) {
    await offerToFix(
      vscode.l10n.t(
        "VS Code's secret storage did not respond, so your NinjaOne sessions cannot be read. Nothing was changed. Unlock the keyring of your operating system; your sessions then appear by themselves.",
      ),
      { label: vscode.l10n.t('Show Log'), run: () => vscode.commands.executeCommand('ninjaone.showLog') },
    );
    return;
  }
  if (findings.lost.length > 0) {
    await showLostSessions(findings);
  }
  if (findings.unreadable > 0) {
    await offerSignIn(
      localize(
        l10n.t(
          '{0, plural, one {# stored NinjaOne session cannot be read. It is kept for 30 days in case it can be read again.} other {# stored NinjaOne sessions cannot be read. They are kept for 30 days in case they can be read again.}} Sign in again to the connections that are signed out.',
          findings.unreadable,
        ),
      ),
    );
  }
  if (findings.newer > 0) {
    await offerAction(
      localize(
        l10n.t(
          '{0, plural, one {# NinjaOne session was stored by a later version of this extension and is not used.} other {# NinjaOne sessions were stored by a later version of this extension and are not used.}} Update the extension to use all sessions.',
          findings.newer,
        ),
      ),
      {
        label: vscode.l10n.t('Check for Updates'),
        run: () => vscode.commands.executeCommand('workbench.extensions.action.checkForUpdates'),
      },
    );
  }
}

/** Another extension has the ID of our authentication provider. */
export async function showRivalProvider(): Promise<void> {
  await offerToFix(
    vscode.l10n.t(
      'Another extension provides accounts of NinjaOne, so other extensions cannot use your connections. Disable that extension, then reload the window.',
    ),
    { label: vscode.l10n.t('Show Extensions'), run: () => vscode.commands.executeCommand('workbench.view.extensions') },
  );
}

async function showLostSessions({ lost, keepsSecrets }: Findings): Promise<void> {
  if (keepsSecrets) {
    await offerSignIn(
      localize(
        l10n.t({
          message: "VS Code's secret storage lost these NinjaOne sessions: {0}. Sign in again.",
          args: [allOf(lost)],
          comment: '{0} is a list of accounts.',
        }),
      ),
    );
    return;
  }
  await offerToFix(
    localize(
      l10n.t({
        message:
          'VS Code did not store these NinjaOne sessions: {0}. The computer has no working keyring, or VS Code runs in a browser that does not keep secrets.',
        args: [allOf(lost)],
        comment: '{0} is a list of accounts.',
      }),
    ),
    {
      label: vscode.l10n.t('How to Fix'),
      run: () =>
        openInBrowser('https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues'),
    },
  );
}

async function offerSignIn(message: string): Promise<void> {
  await offerToFix(message, { label: vscode.l10n.t('Sign In'), run: () => runCommand('ninjaone.signIn') });
}
