import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { ApiRequest } from '../../core/api/apiRequest.ts';
import { isAbsolutePath, isFilePart } from '../../core/api/formParts.ts';
import { canceled } from '../../core/base/errors.ts';
import { variableNames } from '../../core/export/requestSecrets.ts';
import { scriptFileName } from '../../core/export/powershellHelp.ts';
import { SNIPPET_TARGETS, SNIPPETS } from '../../core/export/snippets.ts';
import { runCommand, setContext } from '../platform/contributions.ts';
import { localize } from '../platform/localize.ts';
import { offerToOpen, type OfferedAction } from '../platform/offerAction.ts';
import { showPick } from '../platform/quickInputs.ts';
import { fileNameOf, offerSavedFile } from '../platform/savedFile.ts';
import { findInWorkspace } from '../platform/workspaceFiles.ts';

/** Copies the request as a command for another tool, without a token (E10). Rejects as canceled. */
export async function copyRequestAs(request: ApiRequest): Promise<void> {
  const chosen = await showPick(
    SNIPPET_TARGETS.map((target) => {
      const { label, language, write } = SNIPPETS[target];
      return { label: localize(label), language, write };
    }),
    {
      title: vscode.l10n.t({
        message: 'Copy "{0}" As',
        args: [request.operation.title],
        comment: '{0} is the title of an operation. A list of tools follows, such as curl and PowerShell.',
      }),
      ignoreFocusOut: true,
    },
  );
  if (!chosen) {
    throw canceled();
  }
  const content = chosen.write(await withWholePaths(request));
  await vscode.env.clipboard.writeText(content);
  const { label, language } = chosen;
  void offerToOpen(
    vscode.l10n.t({
      message: 'Copied as {0}. The command reads these environment variables: {1}.',
      args: [label, ['NINJAONE_ACCESS_TOKEN', ...variableNames(request)].join(', ')],
      comment: '{0} is a tool, such as curl. {1} is a list of names.',
    }),
    async () => vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language })),
  );
}

/** Saves a script that signs in, sends the request and reads all pages (E10). Rejects as canceled. */
export async function saveRequestAsPowerShell(request: ApiRequest): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save as PowerShell Script'),
    filters: { PowerShell: ['ps1'] },
    defaultUri: vscode.Uri.joinPath(folder, scriptFileName(request.operation.title)),
  });
  if (!file) {
    throw canceled();
  }
  const { savedScript } = await import('../../core/export/savedScript.ts');
  await vscode.workspace.fs.writeFile(file, Buffer.from(savedScript(await withWholePaths(request))));
  setContext('ninjaone.hasScript', true);
  const [name, variables] = [fileNameOf(file), variableNames(request)];
  void offerSavedFile(
    variables.length === 0
      ? vscode.l10n.t(
          'Saved as {0}. The script reads the access token from the environment variable {1}, or signs in as a service with {2} and {3}.',
          name,
          ...SIGN_IN_VARIABLES,
        )
      : vscode.l10n.t({
          message:
            'Saved as {0}. The script reads the access token from the environment variable {1}, or signs in as a service with {2} and {3}. It reads the secrets of the request from {4}.',
          args: [name, ...SIGN_IN_VARIABLES, variables.join(', ')],
          comment:
            '{0} is the name of a file, {1} to {3} are names of environment variables and {4} a list of such names.',
        }),
    file,
    ...runningScript(file),
  );
}

/** In a terminal whose environment has the token, so that nobody sets the variables. Off in Restricted Mode (P3). */
function runningScript(file: vscode.Uri): readonly OfferedAction[] {
  const run = (): void => {
    runCommand('ninjaone.runScript', file);
  };
  return vscode.workspace.isTrusted ? [{ label: vscode.l10n.t('Run in NinjaOne Terminal…'), run }] : [];
}

const SIGN_IN_VARIABLES = ['NINJAONE_ACCESS_TOKEN', 'NINJAONE_CLIENT_ID', 'NINJAONE_CLIENT_SECRET'] as const;

/**
 * Names the files of a form with the whole path where they are on this computer: the shell is in another folder than the
 * editor, which can have another file of that name.
 */
async function withWholePaths(request: ApiRequest): Promise<ApiRequest> {
  if (!request.form) {
    return request;
  }
  const form = request.form.map(async (part) => {
    const [found, other] = isFilePart(part) && !isAbsolutePath(part.file) ? await findInWorkspace(part.file) : [];
    return found?.uri.scheme === 'file' && !other ? { ...part, file: found.uri.fsPath } : part;
  });
  return { ...request, form: await Promise.all(form) };
}
