import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('the menu of a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  it('has Fetch All only where the operation has pages, also after it was changed (E7, E8)', async () => {
    const offered = (): unknown => editor.commands.context.get('ninjaone.request.fetchAll.documents');
    const becomes = (...addresses: readonly string[]): Promise<void> =>
      until(() => JSON.stringify(offered()) === JSON.stringify(addresses));
    const document = await explorer.write('POST /v2/organizations');
    await becomes();
    const address = document.uri.toString();
    editor.workspace.edit(document, '{ "operation": "GET /v2/devices", "query": ');
    await becomes(address);
    const list = await explorer.write('GET /v2/organizations');
    await becomes(address, list.uri.toString());
    editor.workspace.edit(document, '{ "operation": "GET /v2/device/{id}" }');
    await becomes(list.uri.toString());
    editor.workspace.isTrusted = false;
    explorer.saved({ operation: 'GET /v2/devices' });
    await becomes(list.uri.toString());
  });
});
