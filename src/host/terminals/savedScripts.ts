import * as vscode from 'vscode';
import { NinjaOneError } from '../../core/base/errors.ts';
import { l10n } from '../../core/base/l10n.ts';
import { originOfScript } from '../../core/export/ownScript.ts';

export interface SavedScript {
  /** Its path on the computer that runs terminals. */
  readonly file: string;
  /** Of the instance for which it was saved. */
  readonly origin: string;
}

/**
 * The script that the argument names, or else the one in front, saved. Throws if it is no script of this extension, or if
 * it is not on the computer that runs terminals. `remote` says whether this extension runs on the remote computer of the
 * window.
 */
export async function findScript(argument: unknown, remote: boolean): Promise<SavedScript> {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (!uri || !isScriptFile(uri)) {
    throw noScript();
  }
  // There, another file can have the same path.
  if (uri.scheme === 'file' && vscode.env.remoteName !== undefined && !remote) {
    throw notThere();
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const origin = originOfScript(document.getText());
  if (origin === undefined) {
    throw noScript();
  }
  if (document.isDirty && !(await document.save())) {
    throw notSaved();
  }
  return { file: uri.scheme === 'file' ? uri.fsPath : uri.path, origin };
}

/** On this computer or the remote one of the window. */
export function isScriptFile({ scheme, path }: vscode.Uri): boolean {
  return (scheme === 'file' || scheme === 'vscode-remote') && /\.ps1$/i.test(path);
}

function noScript(): NinjaOneError {
  return new NinjaOneError({
    code: 'terminal.noScript',
    intent: 'invalidInput',
    message: l10n.t('Open a PowerShell script that was saved from the API Explorer, then run the command again.'),
  });
}

function notThere(): NinjaOneError {
  return new NinjaOneError({
    code: 'terminal.scriptNotThere',
    intent: 'invalidInput',
    message: l10n.t(
      'Terminals of this window run on another computer. Save the script there, then run the command again.',
    ),
  });
}

function notSaved(): NinjaOneError {
  return new NinjaOneError({
    code: 'terminal.scriptNotSaved',
    intent: 'invalidInput',
    message: l10n.t('The script could not be saved, so it was not run. Save it, then run the command again.'),
  });
}
