import * as vscode from 'vscode';
import type { Action } from '../../core/base/errors.ts';
import type { Connection } from '../../core/connections/connection.ts';
import { endpointsOf } from '../../core/connections/instance.ts';
import { runCommand } from './contributions.ts';
import { openConnectionsSetting, openInBrowser } from './navigation.ts';
import { showInformation } from './windowMessages.ts';

/** The button of an error message. */
export interface ErrorAction {
  readonly label: string;
  readonly run: () => void;
}

/** The label and the behavior of each error action. */
export const ERROR_ACTIONS: { readonly [K in Action]: (connection: Connection | undefined) => ErrorAction } = {
  signIn: (connection) => ({
    label: vscode.l10n.t('Sign In'),
    run: () => {
      runCommand('ninjaone.signIn', connection?.name);
    },
  }),
  retry: (connection) => ({
    label: vscode.l10n.t('Try Again'),
    run: () => {
      runCommand('ninjaone.signIn', connection?.name);
    },
  }),
  addConnection: () => ({
    label: vscode.l10n.t('Add Connection'),
    run: () => {
      runCommand('ninjaone.addConnection');
    },
  }),
  editConnection: (connection) => ({
    label: vscode.l10n.t('Edit Connection'),
    run: () => {
      runCommand('ninjaone.editConnection', connection?.name);
    },
  }),
  setClientSecret: (connection) => ({
    label: vscode.l10n.t('Set Client Secret'),
    run: () => {
      runCommand('ninjaone.setClientSecret', connection?.name);
    },
  }),
  openClientApps: (connection) => ({
    label: vscode.l10n.t('Open Client Apps'),
    run: () => {
      openPage(connection, 'clientApps');
    },
  }),
  openTokenPage: (connection) => ({
    label: vscode.l10n.t('Open OAuth Tokens'),
    run: () => {
      openPage(connection, 'tokens');
    },
  }),
  openProxySettings: () => ({
    label: vscode.l10n.t('Open Proxy Settings'),
    run: () => {
      void vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy');
    },
  }),
  openSettings: () => ({
    label: vscode.l10n.t('Open Settings'),
    run: () => {
      void openConnectionsSetting();
    },
  }),
  showToken: (connection) => ({
    label: vscode.l10n.t('Show Token Details'),
    run: () => {
      runCommand('ninjaone.showToken', connection?.name);
    },
  }),
  unlockWrites: (connection) => ({
    label: vscode.l10n.t('Allow Writes…'),
    run: () => {
      // A request that changes data is never sent again by a button.
      void vscode.commands.executeCommand('ninjaone.unlockWrites', connection?.name).then((isAllowed) => {
        if (isAllowed === true) {
          showInformation(vscode.l10n.t('Writes are allowed. Send the request again.'));
        }
      });
    },
  }),
  showProblems: () => ({
    label: vscode.l10n.t('Show Problems'),
    run: () => {
      void vscode.commands.executeCommand('workbench.actions.view.problems');
    },
  }),
  manageTrust: () => ({
    label: vscode.l10n.t('Manage Workspace Trust'),
    run: () => {
      void vscode.commands.executeCommand('workbench.trust.manage');
    },
  }),
  refreshOperations: () => ({
    label: vscode.l10n.t('Refresh Operations'),
    run: () => {
      runCommand('ninjaone.explorer.refresh');
    },
  }),
  showLog: () => ({
    label: vscode.l10n.t('Show Log'),
    run: () => {
      runCommand('ninjaone.showLog');
    },
  }),
};

/** Without a connection the host is unknown, so the user selects the connection first. */
function openPage(connection: Connection | undefined, page: 'clientApps' | 'tokens'): void {
  if (connection) {
    void openInBrowser(endpointsOf(connection.instance.origin)[page]);
  } else {
    runCommand('ninjaone.editConnection');
  }
}
