import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { fileNameOf } from '../../../src/host/platform/savedFile.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const DEVICE = 'GET /v2/device/{id}';

describe('exporting a request', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  const token = async (): Promise<string> => {
    const { tokens } = explorer.host.window;
    const [usable] = tokens.usable();
    return (await tokens.getValidToken(usable!.session.id)).session.accessToken;
  };

  for (const [index, tool] of ['curl', 'PowerShell', 'Python', 'JavaScript'].entries()) {
    it(`copies it for ${tool}, without a token (E10)`, async () => {
      editor.user.answers(/\bid\b/, '7');
      editor.user.answers('Get device', ({ choices }) => choices[index]);
      editor.user.ignores(tool);
      await explorer.run('ninjaone.explorer.copyAs', DEVICE);
      assert.match(editor.env.clipboardText, /\/v2\/device\/7/);
      assert.match(editor.env.clipboardText, /NINJAONE_ACCESS_TOKEN/);
      assert.equal(editor.env.clipboardText.includes(await token()), false);
      assert.deepEqual(explorer.calls, []);
    });
  }

  it('copies nothing when the list is left', async () => {
    await explorer.write(DEVICE, { path: { id: 7 } });
    editor.user.closes('Get device');
    await explorer.press('Copy As…');
    assert.equal(editor.env.clipboardText, '');
  });

  it('opens what was copied when the user wants to see it', async () => {
    await explorer.write(DEVICE, { path: { id: 7 } });
    editor.user.answers('Get device', ({ choices }) => choices[0]);
    editor.user.answers(/NINJAONE_ACCESS_TOKEN/, 'Open');
    await explorer.press('Copy As…');
    await until(() => editor.workspace.activeTextEditor?.document.isUntitled === true);
    assert.equal(explorer.inFront.text, editor.env.clipboardText);
    assert.equal(explorer.inFront.languageId, 'shellscript');
  });

  it('saves a script with the name of the operation, and opens it (E10)', async () => {
    const file = join(explorer.host.sessions.directory, 'script.ps1');
    editor.user.answers(/\bid\b/, '7');
    editor.user.answers(/Get-device\.ps1/, file);
    editor.user.answers(/script\.ps1/, 'Open');
    await explorer.run('ninjaone.explorer.saveAsPowerShell', DEVICE);
    assert.match(await readFile(file, 'utf8'), /'\/v2\/device\/'/);
    await until(() => editor.commands.callsOf('vscode.open').length > 0);
    assert.equal(fileNameOf(editor.commands.callsOf('vscode.open')[0]?.[0] as vscode.Uri), 'script.ps1');
  });

  it('offers to run the saved script in a terminal with a token, except in Restricted Mode (P3, E10)', async () => {
    const file = join(explorer.host.sessions.directory, 'script.ps1');
    const saved = async (): Promise<readonly string[] | undefined> => {
      editor.user.answers(/\bid\b/, '7');
      editor.user.answers(/Get-device\.ps1/, file);
      editor.user.answers(/script\.ps1/, ({ choices }) => choices[0]);
      await explorer.run('ninjaone.explorer.saveAsPowerShell', DEVICE);
      await editor.user.wasAsked(/Saved as/);
      return editor.user.asked.at(-1)?.choices;
    };
    // Then the command that the button runs ends by itself, because terminals are on another computer.
    editor.env.remoteName = 'ssh-remote';
    assert.equal((await saved())?.[0], 'Run in NinjaOne Terminal…');
    await until(() => explorer.errors.length > 0);
    const [[uri] = []] = editor.commands.callsOf('ninjaone.runScript');
    assert.equal(fileNameOf(uri as vscode.Uri), 'script.ps1');
    editor.workspace.isTrusted = false;
    assert.equal((await saved())?.[0], 'Open');
  });

  it('saves a script without the headers of a webhook, and names the variables that it reads (E10)', async () => {
    const file = join(explorer.host.sessions.directory, 'hook.ps1');
    const headers = { 'X-Key': 'k-7f3a', other: ['k-8b4c'] };
    await explorer.write('PUT /v2/webhook', { body: { url: 'https://example.com', headers } });
    editor.user.answers(/\.ps1/, file);
    editor.user.ignores(/hook\.ps1.*NINJAONE_X_KEY, NINJAONE_OTHER/);
    await explorer.press('Save as Script…');
    const text = await readFile(file, 'utf8');
    assert.doesNotMatch(text, /k-7f3a|k-8b4c/);
    assert.match(text, /NINJAONE_X_KEY/);
  });

  it('saves a script of the request in a document (E10)', async () => {
    await explorer.write(DEVICE, { path: { id: 8 } });
    editor.user.closes(/Get-device\.ps1/);
    await explorer.press('Save as Script…');
    assert.deepEqual(explorer.errors, []);
  });
});
