import * as vscode from 'vscode';

/** Whether the extension runs on another computer than the user's browser. */
export function isRemoteHost({ extension }: vscode.ExtensionContext): boolean {
  return vscode.env.remoteName !== undefined && extension.extensionKind === vscode.ExtensionKind.Workspace;
}
