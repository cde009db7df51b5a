import * as vscode from 'vscode';

export interface WorkspaceFile {
  readonly folder: vscode.Uri;
  readonly uri: vscode.Uri;
}

/** The file with this relative path in each folder of the workspace that has it. */
export async function findInWorkspace(path: string): Promise<readonly WorkspaceFile[]> {
  const segments = path.split(/[\\/]/);
  const found: WorkspaceFile[] = [];
  for (const { uri: folder } of vscode.workspace.workspaceFolders ?? []) {
    const uri = vscode.Uri.joinPath(folder, ...segments);
    if (await statOf(uri)) {
      found.push({ folder, uri });
    }
  }
  return found;
}

/** `undefined` if there is no such file. */
export async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch {
    return undefined;
  }
}
