import * as vscode from 'vscode';

/** The setting `ninjaone.connections` in the file, where whatever is wrong with it can be seen and put right. */
export async function openConnectionsSetting(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'ninjaone.connections' },
  });
}

/**
 * The text itself goes to the browser: a parsed `Uri` would encode a nested redirect URI a second time. The API is
 * typed for `Uri` and takes a string all the same.
 */
export function openInBrowser(url: string): Thenable<boolean> {
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
