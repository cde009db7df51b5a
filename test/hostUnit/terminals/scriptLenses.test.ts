import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { powershellScript } from '../../../src/core/export/powershellScript.ts';
import { registerScriptLenses } from '../../../src/host/terminals/scriptLenses.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { LIST_DEVICES } from '../../support/operationFixtures.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import { Uri } from '../../support/vscode/values.ts';

const SCRIPT = powershellScript(requestOf(LIST_DEVICES));
const FILE = Uri.file('/scripts/List-devices.ps1');

describe('the lens above a saved script', () => {
  const editor = useVscode();
  let registration: vscode.Disposable;
  beforeEach(() => {
    registration = registerScriptLenses();
  });
  afterEach(() => {
    registration.dispose();
  });

  const commandsAbove = async (document: vscode.TextDocument): Promise<readonly unknown[]> =>
    (await editor.languages.lensesOf(document)).map(({ command }) => [command?.command, command?.arguments]);
  const filesInContext = (): unknown => editor.commands.context.get('ninjaone.runScript.files');

  it('runs it, and is in its editor title until it is closed (E10)', async () => {
    const document = editor.workspace.have(FILE, SCRIPT);
    await editor.workspace.show(document);
    assert.deepEqual(await commandsAbove(document), [['ninjaone.runScript', [FILE]]]);
    assert.deepEqual(filesInContext(), [FILE.toString()]);
    editor.workspace.close(document);
    assert.deepEqual(filesInContext(), []);
  });

  it('is in the editor title also where VS Code asks for no lenses, and of scripts that were open before (E14)', async () => {
    await editor.workspace.show(editor.workspace.have(FILE, SCRIPT));
    assert.deepEqual(filesInContext(), [FILE.toString()]);
    registration.dispose();
    editor.commands.context.delete('ninjaone.runScript.files');
    registration = registerScriptLenses();
    assert.deepEqual(filesInContext(), [FILE.toString()]);
  });

  it('goes when the text is another one, and is above no other script (E10)', async () => {
    const document = editor.workspace.have(FILE, SCRIPT);
    await commandsAbove(document);
    editor.workspace.edit(document, 'Get-Process');
    assert.deepEqual(await commandsAbove(document), []);
    assert.deepEqual(filesInContext(), []);
    for (const uri of [Uri.parse('untitled:List-devices.ps1'), Uri.parse('git:/scripts/other.ps1')]) {
      assert.deepEqual(await commandsAbove(editor.workspace.have(uri, SCRIPT)), []);
    }
  });

  it('is not there in Restricted Mode, where the command is off (P3)', async () => {
    editor.workspace.isTrusted = false;
    const document = editor.workspace.have(FILE, SCRIPT);
    assert.deepEqual(await commandsAbove(document), []);
    let changes = 0;
    for (const { provider } of editor.languages.lensProviders) {
      provider.onDidChangeCodeLenses?.(() => changes++);
    }
    editor.workspace.trust();
    assert.equal(changes, 1, 'VS Code asks again');
    assert.equal((await commandsAbove(document)).length, 1);
  });
});
