import * as vscode from 'vscode';
import { originOfScript } from '../../core/export/ownScript.ts';
import { codeLens, registerCodeLensProvider } from '../platform/codeLenses.ts';
import { setContext } from '../platform/contributions.ts';
import { isScriptFile } from './savedScripts.ts';

/** Shows Run in NinjaOne Terminal above each open script that this extension has saved, and in its editor title. */
export function registerScriptLenses(): vscode.Disposable {
  const scripts = new Set<string>();
  const note = ({ uri }: vscode.TextDocument, isOwn: boolean): void => {
    const address = uri.toString();
    if (scripts.has(address) !== isOwn) {
      scripts[isOwn ? 'add' : 'delete'](address);
      setContext('ninjaone.runScript.files', [...scripts]);
    }
  };
  return vscode.Disposable.from(
    registerCodeLensProvider(SCRIPTS, {
      provideCodeLenses: (document) => {
        const isOwn = isScriptFile(document.uri) && originOfScript(document.getText()) !== undefined;
        note(document, isOwn);
        return isOwn && vscode.workspace.isTrusted
          ? [
              codeLens(new vscode.Range(0, 0, 0, 0), {
                icon: 'play',
                title: vscode.l10n.t('Run in NinjaOne Terminal…'),
                command: 'ninjaone.runScript',
                arguments: [document.uri],
              }),
            ]
          : [];
      },
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      note(document, false);
    }),
  );
}

const SCRIPTS = [{ pattern: '**/*.ps1' }];
