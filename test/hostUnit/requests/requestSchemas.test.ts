import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

interface Schema {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly defaultSnippets?: readonly { readonly label: string; readonly body: string }[];
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

  it('offer today and days ago where a date is taken (E6)', async () => {
    const { properties } = await schemaAt('ninjaone://schema/GET/v2/activities.json');
    const offered = properties['query']?.properties['after']?.defaultSnippets ?? [];
    assert.equal(offered.length, 3);
    const [today = 0, week = 0] = offered.map(({ body }) => Number(body));
    assert.equal(Math.round((today - week) / 86_400), 7);
  });

  for (const address of ['ninjaone://schema/GET/v2/nothing.json', 'ninjaone://other/GET/v2/devices.json']) {
    it(`name every operation where they do not know which one it is: ${address}`, async () => {
      const { properties } = await schemaAt(address);
      assert.equal(properties['operation']?.enum?.length, 310);
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
