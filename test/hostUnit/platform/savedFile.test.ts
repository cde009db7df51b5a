import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { fileNameOf, offerSavedFile } from '../../../src/host/platform/savedFile.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const FILE = vscode.Uri.file('/projects/acme/Get-devices.ps1');
const FILE_MANAGERS = {
  win32: 'Reveal in File Explorer',
  darwin: 'Reveal in Finder',
  linux: 'Open Containing Folder',
} as const;

describe('the message about a saved file', () => {
  const editor = useVscode();
  const platform = process.platform;
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: platform });
  });

  /** Presses the button, and resolves to all of them. */
  const pressed = async (button: string, file = FILE): Promise<readonly string[]> => {
    editor.user.answers('Saved', button);
    await offerSavedFile(`Saved as ${fileNameOf(file)}.`, file);
    return editor.user.asked.at(-1)?.choices ?? [];
  };

  it('names the file without its folder, and opens it (E7)', async () => {
    await pressed('Open');
    assert.deepEqual(editor.user.asked[0]?.texts, ['Saved as Get-devices.ps1.']);
    assert.deepEqual(editor.commands.callsOf('vscode.open'), [[FILE]]);
  });

  for (const [system, label] of Object.entries(FILE_MANAGERS)) {
    it(`shows where the file is by the name that ${system} has for it (E7)`, async () => {
      Object.defineProperty(process, 'platform', { value: system });
      assert.deepEqual(await pressed(label), ['Open', label]);
      assert.deepEqual(editor.commands.callsOf('revealFileInOS'), [[FILE]]);
    });
  }

  for (const [place, change] of [
    ['a browser', () => (editor.env.uiKind = vscode.UIKind.Web)],
    ['a remote window', () => (editor.env.remoteName = 'ssh-remote')],
  ] as const) {
    it(`shows it in the Explorer view in ${place}, where there is no file manager (E7)`, async () => {
      change();
      assert.deepEqual(await pressed('Open'), ['Open']);
      editor.workspace.folders = [{ uri: vscode.Uri.file('/projects/acme'), name: 'acme', index: 0 }];
      assert.deepEqual(await pressed('Reveal in Explorer View'), ['Open', 'Reveal in Explorer View']);
      assert.deepEqual(editor.commands.callsOf('revealInExplorer'), [[FILE]]);
    });
  }
});
