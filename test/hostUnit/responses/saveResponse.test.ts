import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { json, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('saving a response', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let file: string;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    file = join(explorer.host.sessions.directory, 'saved');
  });
  afterEach(() => explorer.close());

  const send = async (response: Parameters<ExplorerFixture['answers']>[1]): Promise<void> => {
    explorer.answers('/v2/organizations', response);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
  };
  /** Chooses the file, and leaves the message that it is saved. */
  const choosesFile = (name: RegExp, target: string | vscode.Uri = file): void => {
    editor.user.answers(name, target);
    editor.user.ignores(/saved/i);
  };

  it('writes all items, also those that the document does not show (E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    await send(json([{ id: 1 }, { id: 2 }]));
    choosesFile(/Get-organizations-Acme\.json/);
    await explorer.press('Save as JSON…');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), [{ id: 1 }, { id: 2 }]);
  });

  it('writes a table of every item, and no cell begins a formula (E7, T43)', async () => {
    await send(json([{ id: 1, name: '=1+1' }, { id: 2 }]));
    choosesFile(/Get-organizations-Acme\.csv/);
    await explorer.press('Save as CSV…');
    const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/);
    assert.deepEqual([lines[0], lines[1], lines[2]?.startsWith('2')], ['id,name', "1,'=1+1", true]);
  });

  it('proposes the folder that is open', async () => {
    editor.workspace.folders = [{ uri: vscode.Uri.file('/project/folder'), name: 'folder', index: 0 }];
    await send(json([{ id: 1 }]));
    editor.user.closes('file:///project/folder/Get-organizations-Acme.json');
    await explorer.press('Save as JSON…');
    assert.deepEqual(explorer.errors, []);
  });

  it('names a file of bytes as the server did, without what is no part of a name', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-disposition': 'filename="../a b.zip"' };
    await send({ ...text('', { headers }), body: Uint8Array.of(0, 255, 1) });
    choosesFile(/\/[-_]*a-b\.zip$/);
    await explorer.press('Save…');
    assert.deepEqual([...(await readFile(file))], [0, 255, 1]);
  });

  it('writes to a file of another machine through the editor', async () => {
    const target = vscode.Uri.parse('vscode-remote://host/home/file.json');
    await send(json([{ id: 1 }]));
    choosesFile(/json/, target);
    await explorer.press('Save as JSON…');
    const saved = editor.workspace.remoteFiles.get(target.toString()) ?? new Uint8Array();
    assert.deepEqual(JSON.parse(Buffer.from(saved).toString()), [{ id: 1 }]);
  });

  it('opens the file when the user wants to', async () => {
    await send(json([{ id: 1 }]));
    editor.user.answers(/json/, file);
    editor.user.answers(/saved/i, 'Open');
    await explorer.press('Save as JSON…');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(String(editor.commands.callsOf('vscode.open')[0]?.[0]), vscode.Uri.file(file).toString());
  });

  it('offers JSON for what is no table (E7)', async () => {
    await send(json({ id: 1 }));
    editor.user.answers(/JSON/, ({ choices }) => choices[0]);
    choosesFile(/json/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), { id: 1 });
  });

  it('saves nothing for what is no table when the offer is left', async () => {
    await send(json({ id: 1 }));
    editor.user.closes(/JSON/);
    await explorer.run('ninjaone.response.saveCsv');
    assert.deepEqual(explorer.errors, []);
  });
});
