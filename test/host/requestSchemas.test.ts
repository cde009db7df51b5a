import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/host/platform/contributions.ts';
import { run, until } from '../support/host/commands.ts';

const FIELDS = 'PATCH /v2/device/{id}/custom-fields';

/** The JSON support of VS Code reads our schema and checks the document with it. */
describe('a request document in a running VS Code', () => {
  before(async () => {
    await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is marked where a body is wrong, and nowhere while it is legal or unfinished (E6)', async function () {
    this.timeout(120_000);
    await run('ninjaone.explorer.open', FIELDS);
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    const opened = document.getText();
    const marks = (): readonly string[] => vscode.languages.getDiagnostics(document.uri).map(({ message }) => message);
    const write = async (text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(0, 0, Number.MAX_SAFE_INTEGER, 0), text);
      await vscode.workspace.applyEdit(edit);
    };
    const withBody = (body: unknown): string =>
      JSON.stringify({ ...(JSON.parse(opened) as object), body }, undefined, 2);

    await write(withBody('no object'));
    await until(() => marks().length === 1);
    await write(
      withBody({ assetTag: 'A-17', patched: true, rackUnit: 4, tags: ['a'], note: { text: 'x' }, none: null }),
    );
    await until(() => marks().length === 0);
    await write(withBody(['no object']));
    await until(() => marks().length === 1);
    await write(opened);
    await until(() => marks().length === 0);
  });
});
