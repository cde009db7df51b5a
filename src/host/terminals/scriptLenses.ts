import * as vscode from 'vscode';
import { originOfScript } from '../../core/export/ownScript.ts';
import { codeLens, registerCodeLensProvider } from '../platform/codeLenses.ts';
import { setContext } from '../platform/contributions.ts';
import { isScriptFile } from './savedScripts.ts';

/** Shows Run in NinjaOne Terminal above each open script that this extension has saved, and in its editor title. */
export function registerScriptLenses(): vscode.Disposable {
  // VS Code asks for no lenses where they are switched off.
  const update = ({ uri }: vscode.TextDocument): void => {
    if (isScriptFile(uri)) {
      const scripts = vscode.workspace.textDocuments.filter(isOwnScript);
      setContext(
        'ninjaone.runScript.files',
        scripts.map((each) => each.uri.toString()),
      );
    }
  };
  vscode.workspace.textDocuments.forEach(update);
  return vscode.Disposable.from(
    registerCodeLensProvider(SCRIPTS, {
      onDidChangeCodeLenses: vscode.workspace.onDidGrantWorkspaceTrust,
      provideCodeLenses: (document) =>
        isOwnScript(document) && vscode.workspace.isTrusted
          ? [
              codeLens(new vscode.Range(0, 0, 0, 0), {
                icon: 'play',
                title: vscode.l10n.t('Run in NinjaOne Terminal…'),
                command: 'ninjaone.runScript',
                arguments: [document.uri],
              }),
            ]
          : [],
    }),
    vscode.workspace.onDidOpenTextDocument(update),
    vscode.workspace.onDidCloseTextDocument(update),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      update(document);
    }),
  );
}

function isOwnScript(document: vscode.TextDocument): boolean {
  return isScriptFile(document.uri) && originOfScript(document.getText()) !== undefined;
}

const SCRIPTS = [{ pattern: '**/*.ps1' }];
