import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  BETA,
  openExplorer,
  type ExplorerFixture,
  type ExplorerFixtureOptions,
} from '../../support/explorerFixture.ts';
import { json } from '../../support/apiClientFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTextDocument } from '../../support/vscode/textDocument.ts';

const DEVICE = 'GET /v2/device/{id}';
const LIST = 'GET /v2/organizations';
const SECURE_ITEM = 'POST /v2/related-items/entity/{entityType}/{entityId}/secure';
const FIELDS = 'PATCH /v2/device/{id}/custom-fields';

describe('request documents', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
  };
  afterEach(() => explorer.close());

  const drafts = (): readonly string[] =>
    Object.values(
      explorer.host.extension.workspaceState.get('request.drafts', {}) as Record<string, { text: string }>,
    ).map(({ text }) => text);

  it('begin with every required name, and the cursor in the first empty value (E5)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.open', DEVICE);
    const { text } = explorer.inFront;
    assert.deepEqual(JSON.parse(text), {
      $schema: 'ninjaone://schema/GET/v2/device/{id}.json',
      operation: DEVICE,
      path: { id: '' },
    });
    const { selection, preview } = editor.workspace.shownWith ?? {};
    assert.equal(preview, true);
    assert.equal(explorer.inFront.offsetAt(selection!.start), text.indexOf('""') + 1);
    assert.deepEqual(explorer.calls, []);
  });

  it('ask for suggestions where an empty body is waiting, and nowhere else (E6)', async () => {
    await open();
    for (const [key, count] of [
      [DEVICE, 0],
      ['POST /v2/organizations', 1],
      ['GET /v2/devices', 1],
    ] as const) {
      await explorer.run('ninjaone.explorer.open', key);
      assert.equal(editor.commands.callsOf('editor.action.triggerSuggest').length, count, key);
    }
  });

  it('stay as they were left while their tab is open', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    await until(() => !document.isDirty);
    await explorer.run('ninjaone.explorer.open', LIST);
    await explorer.run('ninjaone.explorer.open', DEVICE);
    assert.deepEqual(JSON.parse(explorer.inFront.text), { operation: DEVICE, path: { id: 7 } });
  });

  it('open from a response with its values, body and connection, and leave the others as they are (E6)', async () => {
    await open({ connections: [ACME, BETA] });
    const TICKETS = 'POST /v2/ticketing/trigger/board/{boardId}/run';
    explorer.answers('/v2/ticketing/trigger/board/1/run', json({ data: [] }));
    const sent = { path: { boardId: 1 }, body: { pageSize: 10, lastCursorId: 0 } };
    const document = await explorer.write(TICKETS, sent);
    await explorer.run('ninjaone.request.send', document.uri);
    const response = explorer.inFront.uri;
    await explorer.run('ninjaone.request.open', response);
    assert.equal(explorer.inFront.uri.toString(), document.uri.toString(), 'the document that sent it is still open');
    editor.workspace.edit(document, JSON.stringify({ operation: TICKETS, path: { boardId: 2 } }));
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    await explorer.run('ninjaone.request.open', response);
    assert.notEqual(explorer.inFront.uri.toString(), document.uri.toString());
    const { $schema, ...text } = JSON.parse(explorer.inFront.text) as Record<string, unknown>;
    assert.equal($schema, 'ninjaone://schema/POST/v2/ticketing/trigger/board/{boardId}/run.json');
    assert.deepEqual(text, { operation: TICKETS, ...sent });
    assert.match((await explorer.lenses()).join(), /Send to Acme/);
    assert.deepEqual(JSON.parse(document.text), { operation: TICKETS, path: { boardId: 2 } });
    assert.equal(explorer.sent.length, 1);
  });

  it('begin anew after their tab was closed', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    await until(() => !document.isDirty);
    editor.workspace.closeTab(document.uri);
    editor.workspace.close(document);
    await explorer.run('ninjaone.explorer.open', DEVICE);
    assert.match(explorer.inFront.text, /"id": ""/);
  });

  it('are saved after each change, as they stand (E6)', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    assert.equal(document.isDirty, true);
    await until(() => !document.isDirty);
    assert.deepEqual(drafts(), [document.text]);
    assert.equal(editor.commands.callsOf('workbench.action.files.saveWithoutFormatting').length, 1);
  });

  it('are saved in the end, also if another tab came to the front in the meantime (E6)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.open', DEVICE);
    const document = explorer.inFront;
    const { save } = document;
    let attempts = 0;
    document.save = () => {
      attempts += 1;
      return attempts < 3 ? Promise.resolve(false) : save.call(document);
    };
    editor.workspace.edit(document, '{}');
    await until(() => !document.isDirty);
    assert.equal(attempts, 3);
  });

  it('are saved by themselves while the user is in another tab (E6)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.open', DEVICE);
    const document = explorer.inFront;
    await explorer.run('ninjaone.explorer.open', LIST);
    editor.workspace.edit(document, '{}');
    await until(() => !document.isDirty);
    assert.deepEqual(editor.commands.callsOf('workbench.action.files.saveWithoutFormatting'), []);
  });

  it('are not kept as drafts without a tab (E6)', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    await until(() => !document.isDirty);
    editor.workspace.closeTab(document.uri);
    await until(() => drafts().length === 0);
  });

  it('are kept without passwords, which stay in memory while the tab is open (E6, P9)', async () => {
    await open();
    const item = {
      name: 'DC admin',
      username: 'administrator',
      password: 'Summer2025!',
      totpSecret: 'JBSWY3DPEHPK3PXP',
    };
    const document = await explorer.write(SECURE_ITEM, { path: { entityType: 'NODE', entityId: 1 }, body: item });
    await until(() => !document.isDirty);
    const [kept = ''] = drafts();
    assert.deepEqual(JSON.parse(kept), {
      operation: SECURE_ITEM,
      path: { entityType: 'NODE', entityId: 1 },
      body: { ...item, password: '', totpSecret: '' },
    });
    assert.match(document.text, /Summer2025!.*JBSWY3DPEHPK3PXP/s);

    const fields = await explorer.write(FIELDS, {
      path: { id: 1 },
      body: { localAdminPassword: 'Winter2025!', rack: 4 },
    });
    await until(() => !fields.isDirty);
    const headers = [{ name: 'X-Key', value: 'k-7f3a' }];
    const hook = await explorer.write('PUT /v2/webhook', { body: { url: 'https://example.com', headers } });
    await until(() => !hook.isDirty);
    const stored = JSON.stringify(
      explorer.host.extension.workspaceState.keys().map((key) => explorer.host.extension.workspaceState.get(key)),
    );
    for (const secret of ['Summer2025', 'JBSWY3DP', 'Winter2025', 'k-7f3a']) {
      assert.equal(stored.includes(secret), false, secret);
    }
    assert.match(stored, /rack.*4/);
  });

  it('are kept as they were last valid while a password is typed (E6)', async () => {
    await open();
    const document = await explorer.write(FIELDS, { path: { id: 1 }, body: { rack: 4 } });
    await until(() => !document.isDirty);
    for (const begun of [
      '{ "body": { "password": "Sum',
      '{ "body": { "localAdminPassword": "Summer", } }',
      '{ password: Summer',
    ]) {
      editor.workspace.edit(document, begun);
      await until(() => !document.isDirty);
      assert.deepEqual(
        drafts().map((text) => JSON.parse(text) as unknown),
        [{ operation: FIELDS, path: { id: 1 }, body: { rack: 4 } }],
      );
    }
    editor.workspace.edit(document, '{ "body": { "rack": ');
    await until(() => !document.isDirty);
    assert.deepEqual(drafts(), ['{ "body": { "rack": ']);
  });

  it('come back after a reload, with their connection (E6)', async () => {
    await open({ connections: [ACME, BETA] });
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    await until(() => !document.isDirty);
    const kept = explorer.host.extension.workspaceState.get('request.drafts');
    await explorer.close();
    editor.workspace.close(document);

    await open({ connections: [BETA, ACME] });
    await explorer.host.extension.workspaceState.update('request.drafts', kept);
    const again = await editor.workspace.open(document.uri);
    assert.equal(again.text, document.text);
    assert.match((await explorer.lenses(again)).join('\n'), /Acme/);
  });

  it('are not sent after a reload until each password that was not kept is entered or removed (E6)', async () => {
    await open();
    const path = { entityType: 'NODE', entityId: 1 };
    const item = { name: 'DC admin', password: 'Summer2025!', notes: [{ pin: 1234 }, { pin: 5678 }] };
    const before = await explorer.write(SECURE_ITEM, { path, body: item });
    await until(() => !before.isDirty);
    const reload = async (document: FakeTextDocument): Promise<FakeTextDocument> => {
      const kept = explorer.host.extension.workspaceState.get('request.drafts');
      await explorer.close();
      editor.workspace.close(document);
      await open();
      explorer.allowWrites();
      await explorer.host.extension.workspaceState.update('request.drafts', kept);
      return await editor.workspace.open(document.uri);
    };
    const marked = (document: FakeTextDocument): readonly string[] =>
      editor.languages.problemsOf(document.uri).map(({ range }) => document.getText(range));

    const first = await reload(before);
    assert.match(first.text, /"password": ""/);
    const document = await reload(first);
    assert.deepEqual(marked(document), ['"password"', '"pin"', '"pin"']);
    editor.user.closes(/value of "password" may be a secret, so it was not stored\. Enter it again/);
    await explorer.run('ninjaone.request.send', document.uri);

    editor.workspace.edit(document, document.text.replace('"password": ""', '"password": "Winter2025!"'));
    await until(() => !document.isDirty);
    assert.deepEqual(marked(document), ['"pin"', '"pin"']);
    editor.workspace.edit(document, document.text.replace('"pin": ""', '"pin": 99'));
    await until(() => !document.isDirty);
    editor.user.closes(/value of "pin" may be a secret/);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.calls, []);

    editor.workspace.edit(document, document.text.replace('"pin": ""', '"rack": 5'));
    await until(() => !document.isDirty);
    editor.workspace.edit(document, document.text.replace('Winter2025!', ''));
    assert.deepEqual(marked(document), []);
    editor.user.answers(/^The request has an empty value for "password"\./, 'Use Anyway');
    editor.user.answers(/changes data/, 'Create Secure Related Item for Entity');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.equal(explorer.calls.length, 1);
  });

  it('are asked about when they are saved as a file without their passwords, and are not sent without a yes (E6)', async () => {
    await open();
    explorer.allowWrites();
    const body = { displayName: 'x', userData: { adminPassword: '' } };
    const file = explorer.saved({ operation: 'PATCH /v2/device/{id}', path: { id: 7 }, body });
    const question = /^The request has an empty value for "adminPassword"\./;
    const refusal = /^The value of "adminPassword" is empty\. Enter the secret, or remove the member\./;
    const commands = [
      'ninjaone.request.send',
      'ninjaone.request.copyAs',
      'ninjaone.explorer.saveAsPowerShell',
    ] as const;
    for (const command of commands) {
      editor.user.closes(question);
      editor.user.closes(refusal);
      await explorer.run(command, file.uri);
      const marked = editor.languages.problemsOf(file.uri).map(({ range }) => file.getText(range));
      assert.deepEqual(marked, ['"adminPassword"'], command);
    }
    assert.deepEqual(explorer.calls, []);

    editor.user.answers(question, 'Use Anyway');
    editor.user.answers(/^Send "/, 'Update Device');
    await explorer.run('ninjaone.request.send', file.uri);
    assert.equal(explorer.sent.at(-1)?.body, JSON.stringify(body));
    assert.deepEqual(editor.languages.problemsOf(file.uri), []);

    editor.workspace.edit(file, file.text.replace('"adminPassword": ""', '"adminPassword": "Winter2025!"'));
    editor.user.answers(/^Send "/, 'Update Device');
    await explorer.run('ninjaone.request.send', file.uri);
    assert.match(explorer.sent.at(-1)?.body ?? '', /Winter2025/);
  });

  it('are asked about when their text comes from a document that lacks its passwords (E6)', async () => {
    await open();
    explorer.allowWrites();
    const body = { name: 'DC admin', password: '' };
    const pasted = await explorer.write(SECURE_ITEM, { path: { entityType: 'NODE', entityId: 1 }, body });
    const question = /^The request has an empty value for "password"\./;
    editor.user.closes(question);
    editor.user.closes(/^The value of "password" is empty\. Enter the secret, or remove the member\./);
    await explorer.run('ninjaone.request.send', pasted.uri);
    assert.deepEqual(explorer.calls, []);
    editor.user.answers(question, 'Use Anyway');
    editor.user.answers(/changes data/, 'Create Secure Related Item for Entity');
    await explorer.run('ninjaone.request.send', pasted.uri);
    assert.equal(explorer.calls.length, 1);
  });

  it('ignore drafts that are damaged', async () => {
    await open();
    await explorer.host.extension.workspaceState.update('request.drafts', { 'ninjaone-request:/x': { text: 5 } });
    await explorer.run('ninjaone.explorer.open', LIST);
    assert.equal(drafts().length, 1);
  });

  it('are forgotten by Reset (A13)', async () => {
    await open();
    await explorer.run('ninjaone.explorer.open', LIST);
    assert.equal(drafts().length, 1);
    await (await explorer.open()).forget();
    assert.deepEqual(drafts(), []);
  });

  describe('as files', () => {
    let files: vscode.FileSystemProvider;
    beforeEach(async () => {
      await open();
      files = editor.workspace.fileSystem('ninjaone-request');
    });
    const missing = vscode.Uri.parse('ninjaone-request:/no/such.ninjaone.json');

    it('have a size, and a time that grows with each change', async () => {
      const document = await explorer.write(DEVICE, {});
      const before = await files.stat(document.uri);
      await document.save();
      const after = await files.stat(document.uri);
      assert.equal(after.size, Buffer.byteLength(document.text));
      assert.equal(Math.sign(after.mtime - before.mtime), 1);
    });

    it('are in folders that are always there', async () => {
      const { type } = await files.stat(vscode.Uri.parse('ninjaone-request:/GET  v2 organizations'));
      assert.equal(type, vscode.FileType.Directory);
      assert.deepEqual(await files.readDirectory(missing), []);
    });

    it('are not found, and cannot be made, under a name of somebody else', async () => {
      await assert.rejects(async () => files.stat(missing), { code: 'FileNotFound' });
      await assert.rejects(async () => files.readFile(missing), { code: 'FileNotFound' });
      await assert.rejects(async () => files.writeFile(missing, Buffer.from('{}'), { create: true, overwrite: true }), {
        code: 'NoPermissions',
      });
    });

    it('cannot be deleted, renamed or given folders', () => {
      assert.throws(() => files.delete(missing, { recursive: false }), { code: 'NoPermissions' });
      assert.throws(() => files.rename(missing, missing, { overwrite: true }), { code: 'NoPermissions' });
      assert.throws(() => files.createDirectory(missing), { code: 'NoPermissions' });
      files.watch(missing, { recursive: false, excludes: [] }).dispose();
    });
  });
});
