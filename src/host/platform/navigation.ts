import * as vscode from 'vscode';

/** Opens the setting `ninjaone.connections` in settings.json, where every problem can be seen and fixed. */
export async function openConnectionsSetting(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'ninjaone.connections' },
  });
}

/**
 * Passes the URL as a string, because a parsed `Uri` would encode a nested redirect URI a second time. The API is typed
 * for `Uri` but also accepts a string.
 */
export function openInBrowser(url: string): Thenable<boolean> {
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
