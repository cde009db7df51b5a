import * as vscode from 'vscode';
import type { OfferedAction } from './offerAction.ts';
import { offerInformation } from './windowMessages.ts';

/** The name without its folder, for messages. */
export function fileNameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Says that a file was saved, with buttons that do `first`, open it and show where it is. Resolves when the message is
 * closed and its action has run.
 */
export async function offerSavedFile(
  message: string,
  file: vscode.Uri,
  ...first: readonly OfferedAction[]
): Promise<void> {
  const actions = [
    ...first,
    { label: vscode.l10n.t('Open'), run: () => vscode.commands.executeCommand('vscode.open', file) },
    ...revealing(file),
  ];
  const chosen = await offerInformation(message, ...actions.map(({ label }) => label));
  await actions.find(({ label }) => label === chosen)?.run();
}

/** In the file manager, with VS Code's names for it, or else in the Explorer view if the file is there. */
function revealing(file: vscode.Uri): readonly OfferedAction[] {
  if (isOnThisDesktop(file)) {
    return [{ label: fileManagerLabel(), run: () => vscode.commands.executeCommand('revealFileInOS', file) }];
  }
  return vscode.workspace.getWorkspaceFolder(file)
    ? [
        {
          label: vscode.l10n.t('Reveal in Explorer View'),
          run: () => vscode.commands.executeCommand('revealInExplorer', file),
        },
      ]
    : [];
}

function isOnThisDesktop({ scheme }: vscode.Uri): boolean {
  const { uiKind, remoteName } = vscode.env;
  return scheme === 'file' && uiKind === vscode.UIKind.Desktop && remoteName === undefined;
}

function fileManagerLabel(): string {
  if (process.platform === 'win32') {
    return vscode.l10n.t('Reveal in File Explorer');
  }
  return process.platform === 'darwin' ? vscode.l10n.t('Reveal in Finder') : vscode.l10n.t('Open Containing Folder');
}
