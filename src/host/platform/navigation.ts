import * as vscode from 'vscode';

/** Opens the setting `ninjaone.connections` in settings.json, where every problem can be seen and fixed. */
export async function openConnectionsSetting(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
    revealSetting: { key: 'ninjaone.connections' },
  });
}

/**
 * Opens https addresses, and http addresses of a test server on this machine. Resolves to false for any other, because
 * the operating system could start a program for it. Passes the URL as a string, because a parsed `Uri` would encode a
 * nested redirect URI a second time. The API is typed for `Uri` but also accepts a string.
 */
export async function openInBrowser(url: string): Promise<boolean> {
  return BROWSABLE.test(url) && vscode.env.openExternal(url as unknown as vscode.Uri);
}

const BROWSABLE = /^(?:https:\/\/[\w-]|http:\/\/(?:127\.0\.0\.1|localhost)[:/])/;
