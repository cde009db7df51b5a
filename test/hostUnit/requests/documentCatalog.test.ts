import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { json, text } from '../../support/apiClientFixture.ts';
import { specOf } from '../../support/bundledMedia.ts';
import { BETA, openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const LIST = 'GET /v2/devices';
const CREATE = 'POST /v2/organizations';

/** Beta knows a filter, a form and a password that Acme, which has the bundled description, does not know. */
const BETA_SPEC = specOf({
  [LIST]: {
    operationId: 'getDevices',
    parameters: [{ name: 'betaFilter', in: 'query', schema: { type: 'string' } }],
  },
  [CREATE]: {
    operationId: 'createOrganization',
    requestBody: {
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, doorCode: { type: 'string', format: 'password' } },
          },
        },
      },
    },
  },
});

describe('the API description of a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor, { connections: [ACME, BETA] });
    explorer.answers('/app-version.txt', text('13.0'));
    explorer.answers('/apidocs/NinjaRMM-API-v2.json', json(BETA_SPEC));
    await select('Beta');
    await explorer.run('ninjaone.explorer.refresh');
    await showOperationsOf('Acme');
    explorer.sent.length = 0;
  });
  afterEach(() => explorer.close());

  const select = async (name: 'Acme' | 'Beta'): Promise<void> => {
    await explorer.host.selection.select(explorer.host.settings.connection(name)!);
  };
  const showOperationsOf = async (name: 'Acme' | 'Beta'): Promise<void> => {
    const { catalog } = await explorer.open();
    await select(name);
    await until(() => catalog.value.operations.length === (name === 'Beta' ? 2 : 310));
  };

  it('is that of its connection when another one is selected, so that the same body is sent (E2, E6)', async () => {
    explorer.allowWrites();
    const document = await explorer.write(CREATE, { body: { name: 'Example' } });
    await showOperationsOf('Beta');
    assert.ok((await explorer.lenses(document)).every((title) => !title.startsWith('Choose File')));
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.errors, []);
    const [sent] = explorer.sent;
    assert.match(sent?.url ?? '', /^https:\/\/eu\.ninjarmm\.com\/v2\/organizations$/);
    assert.deepEqual([sent?.headers?.['content-type'], sent?.body], ['application/json', '{"name":"Example"}']);
  });

  it('asks about a parameter that only the selected instance has (E2, E6)', async () => {
    const document = await explorer.write(LIST, { query: { betaFilter: 'x' } });
    await showOperationsOf('Beta');
    editor.user.closes(/^The API description does not have the query parameter "betaFilter"/);
    editor.user.closes(/^The operation does not have the query parameter "betaFilter"/);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.sent, []);
  });

  it('is that of the new connection after Change Connection, also for completion (E2, E6)', async () => {
    const document = await explorer.write(LIST, { query: { betaFilter: 'x' } });
    const address = vscode.Uri.parse('ninjaone://schema/GET/v2/devices.json');
    const schema = await editor.workspace.open(address);
    assert.doesNotMatch(schema.text, /betaFilter/);
    editor.user.answers(/connection/, 'Beta');
    await explorer.run('ninjaone.request.changeConnection', document.uri);
    await until(() => schema.text.includes('betaFilter'));
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.errors, []);
    assert.match(explorer.sent[0]?.url ?? '', /^https:\/\/app\.ninjarmm\.com\/v2\/devices\?betaFilter=x$/);
  });

  it('is that of the document in front, also for completion, when several are open (E2, E6)', async () => {
    const acme = await explorer.write(LIST);
    const beta = explorer.saved({ operation: LIST });
    editor.user.answers(/connection/, 'Beta');
    await explorer.run('ninjaone.request.changeConnection', beta.uri);
    const schema = await editor.workspace.open(vscode.Uri.parse('ninjaone://schema/GET/v2/devices.json'));
    const any = await editor.workspace.open(vscode.Uri.parse('ninjaone://schema/request.json'));
    for (const [document, isBeta] of [
      [beta, true],
      [acme, false],
      [beta, true],
    ] as const) {
      await vscode.window.showTextDocument(document as vscode.TextDocument);
      await until(() => schema.text.includes('betaFilter') === isBeta);
      await until(() => any.text.includes('/v2/activities') !== isBeta);
    }
  });

  it('asks again about a parameter after Change Connection (E2, E6)', async () => {
    const document = await explorer.write(LIST, { query: { newFilter: 'x' } });
    const question = /^The API description does not have the query parameter "newFilter"/;
    editor.user.answers(question, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    editor.user.answers(/connection/, 'Beta');
    await explorer.run('ninjaone.request.changeConnection', document.uri);
    editor.user.answers(question, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.errors, []);
    assert.equal(explorer.sent.length, 3);
  });

  it('is that of the connection of the entry when a request is run again (E2, E13)', async () => {
    explorer.answers('/v2/organizations', json([{ id: 1 }]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await explorer.remembered(1);
    await showOperationsOf('Beta');
    editor.user.answers(/to which connection/, 'Acme');
    await explorer.run('ninjaone.history.rerun');
    assert.deepEqual(explorer.errors, []);
    assert.equal(explorer.sent.length, 2);
    assert.equal(explorer.sent[1]?.url, explorer.sent[0]?.url);
  });

  it('keeps a password out of the stored draft if that of any connection marks it (E6, P9)', async () => {
    const document = await explorer.write(CREATE, { body: { name: 'Example', doorCode: '4711-secret' } });
    await until(() => !document.isDirty);
    const memory = explorer.host.extension.workspaceState;
    const stored = JSON.stringify(memory.keys().map((key) => memory.get(key)));
    assert.match(stored, /Example/);
    assert.doesNotMatch(stored, /4711/);
  });
});
