import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
}

describe('schemas of request documents', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
  });
  afterEach(() => explorer.close());

  const schemaAt = async (address: string): Promise<Schema> =>
    JSON.parse((await editor.workspace.open(vscode.Uri.parse(address))).text) as Schema;

  it('know the values of their operation (E6)', async () => {
    await explorer.run('ninjaone.explorer.open', 'GET /v2/device/{id}');
    const { $schema } = JSON.parse(explorer.inFront.text) as { $schema: string };
    const { properties } = await schemaAt($schema);
    assert.deepEqual(Object.keys(properties['path']?.properties ?? {}), ['id']);
  });

  it('hold no day, because a window may stay open for longer (E5)', async () => {
    const { text } = await editor.workspace.open(vscode.Uri.parse('ninjaone://schema/GET/v2/activities.json'));
    assert.doesNotMatch(text, /defaultSnippets|\b\d{10}\b|\b20\d\d-/);
  });

  for (const address of ['ninjaone://schema/GET/v2/nothing.json', 'ninjaone://other/GET/v2/devices.json']) {
    it(`name every operation where they do not know which one it is: ${address}`, async () => {
      const { properties } = await schemaAt(address);
      assert.equal(properties['operation']?.enum?.length, 310);
      // VS Code would offer null, which Send refuses.
      assert.doesNotMatch(JSON.stringify(properties), /"null"/);
    });
  }

  it('are read again when the operations have changed', async () => {
    await explorer.open();
    const document = await editor.workspace.open(vscode.Uri.parse('ninjaone://schema/GET/v2/devices.json'));
    const { version } = document;
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    await until(() => document.version > version);
  });
});
