import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';

export type Shell = Required<Pick<vscode.TerminalOptions, 'shellPath' | 'shellArgs'>>;

/**
 * Runs the script in PowerShell and stays open. The path is an argument of its own, so that no shell reads it. `isThere`
 * says whether this extension runs on the remote computer of the window. Throws if PowerShell is not on the computer that
 * runs terminals; about a computer that cannot be looked at, VS Code tells.
 */
export async function powershellShell(file: string, isThere: boolean): Promise<Shell> {
  const canLook = isThere || vscode.env.remoteName === undefined;
  if (canLook && process.platform === 'win32') {
    // Only Windows has a policy that keeps scripts from running. A policy of the organization still wins.
    return {
      shellPath: 'powershell.exe',
      shellArgs: ['-NoLogo', '-NoExit', '-ExecutionPolicy', 'RemoteSigned', '-File', file],
    };
  }
  const shellPath = canLook ? await findPwsh() : 'pwsh';
  if (shellPath === undefined) {
    throw noPowershell();
  }
  return { shellPath, shellArgs: ['-NoLogo', '-NoExit', '-File', file] };
}

/** In a folder of PATH, or where its installers put it: a VS Code that the desktop started often has a shorter PATH. */
async function findPwsh(): Promise<string | undefined> {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    join(homedir(), '.dotnet', 'tools'),
    ...POWERSHELL_FOLDERS,
  ];
  // A relative folder depends on the current one, where anybody may have put a program of this name.
  for (const file of folders.filter((folder) => isAbsolute(folder)).map((folder) => join(folder, 'pwsh'))) {
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // It is not there.
    }
  }
  return undefined;
}

/** The folders of installers for everybody. */
export const POWERSHELL_FOLDERS: readonly string[] = [
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/snap/bin',
  '/opt/microsoft/powershell/7',
  '/usr/local/microsoft/powershell/7',
];

function noPowershell(): NinjaOneError {
  return new NinjaOneError({
    code: 'terminal.noPowershell',
    intent: 'misconfigured',
    message: l10n.t(
      'PowerShell was not found, so the script was not run. Install PowerShell 7, or add the folder of its command pwsh to PATH and restart VS Code.',
    ),
  });
}
