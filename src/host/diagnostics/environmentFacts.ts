import { homedir, release } from 'node:os';
import * as vscode from 'vscode';
import { plainText } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import type { LocalizableMessage } from '../../core/base/messages.ts';
import { getOwn } from '../../core/base/untrusted.ts';
import { fact, type Check } from '../../core/diagnostics/diagnosis.ts';
import { isRemoteHost } from '../platform/extensionHost.ts';

/** Versions, and where the extension runs. `externalBrowser` is the user's setting of VS Code. */
export function environmentFacts(context: vscode.ExtensionContext, externalBrowser: unknown): readonly Check[] {
  const { appName, appHost, uiKind } = vscode.env;
  const version = getOwn(context.extension.packageJSON, 'version');
  return [
    fact(l10n.t({ message: 'Extension', comment: 'Row of a report: a version.' }), String(version)),
    fact(
      l10n.t({ message: 'Editor', comment: 'Row of a report.' }),
      `${plainText(appName, 60)} ${vscode.version} (${appHost})`,
    ),
    fact(
      l10n.t({ message: 'System', comment: 'Row of a report: the operating system.' }),
      `${process.platform} ${release()} ${process.arch}, Node.js ${process.versions.node}`,
    ),
    fact(l10n.t({ message: 'Requests', comment: 'Row of a report: where requests are sent from.' }), sender(context)),
    fact(
      l10n.t({ message: 'Links', comment: 'Row of a report: how links are opened.' }),
      uiKind === vscode.UIKind.Web
        ? l10n.t('They open in this browser.')
        : typeof externalBrowser === 'string' && externalBrowser !== ''
          ? l10n.t({
              message: 'They open in {0}, as the setting workbench.externalBrowser says.',
              args: [plainText(externalBrowser.replaceAll(homedir(), '~'), 200)],
              comment: '{0} is the name or path of a browser.',
            })
          : l10n.t('They open in the default browser of the operating system.'),
    ),
    fact(
      l10n.t({ message: 'Folder', comment: 'Row of a report: the trust in the folder that is open.' }),
      vscode.workspace.isTrusted ? l10n.t('Trusted.') : l10n.t('Not trusted (Restricted Mode). Sign-in works.'),
    ),
  ];
}

function sender(context: vscode.ExtensionContext): LocalizableMessage {
  const { remoteName, uiKind } = vscode.env;
  // Some servers put their address there.
  const kind = remoteName !== undefined && /^[a-z-]+$/.test(remoteName) ? remoteName : 'remote';
  if (isRemoteHost(context)) {
    return l10n.t({
      message: 'They are sent from the remote computer ({0}), with its network and its environment variables.',
      args: [kind],
      comment: '{0} is the kind of a remote window, such as wsl.',
    });
  }
  if (uiKind === vscode.UIKind.Web) {
    return l10n.t('They are sent from the server of this browser window, with its network.');
  }
  return remoteName === undefined
    ? l10n.t('They are sent from this computer.')
    : l10n.t({
        message: 'They are sent from this computer, not from the remote one ({0}).',
        args: [kind],
        comment: '{0} is the kind of a remote window, such as wsl.',
      });
}
