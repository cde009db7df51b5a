import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { json, largeAnswer } from '../../support/apiClientFixture.ts';
import {
  BETA,
  openExplorer,
  type ExplorerFixture,
  type ExplorerFixtureOptions,
} from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { Question } from '../../support/vscode/user.ts';

const DEVICE = 'GET /v2/device/{id}';
const LIST = 'GET /v2/organizations';

describe('request documents and their commands', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
  };
  afterEach(() => explorer.close());

  it('send the request that is written in the document (E6)', async () => {
    await open();
    explorer.answers('/v2/device/7', json({ id: 7 }));
    await explorer.write(DEVICE, { path: { id: 7 } });
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
    assert.deepEqual(JSON.parse(explorer.inFront.text), { id: 7 });
  });

  it('send a body exactly as it is written, long numbers too (E6)', async () => {
    await open();
    explorer.allowWrites();
    await explorer.write('PATCH /v2/device/{id}');
    const body = '{ "displayName": "A", "nodeId": 12345678901234567890 }';
    editor.workspace.edit(
      explorer.inFront,
      `{"operation": "PATCH /v2/device/{id}", "path": {"id": 7}, "body": ${body}}`,
    );
    editor.user.answers('Update device', 'Update Device');
    await explorer.run('ninjaone.request.send');
    assert.deepEqual(explorer.calls, ['GET /v2/device/7', 'PATCH /v2/device/7']);
    assert.match(explorer.sent[1]?.body ?? '', /12345678901234567890/);
  });

  it('mark every problem in the document, and send nothing (E6)', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 'x' }, query: { no: 1 } });
    editor.user.closes(/./);
    await explorer.run('ninjaone.request.send', document.uri);
    const marked = editor.languages.problemsOf(document.uri).map(({ range }) => document.getText(range));
    assert.deepEqual([...marked].sort(), ['"id"', '"no"']);
    assert.deepEqual(explorer.calls, []);
    editor.workspace.edit(document, '{}');
    assert.deepEqual(editor.languages.problemsOf(document.uri), []);
  });

  it('send a query parameter that the description does not have after one question (E2)', async () => {
    await open();
    const document = await explorer.write(LIST, { query: { newFilter: 'x' } });
    editor.user.closes(/does not have the query parameter "newFilter"/);
    editor.user.closes(/does not have the query parameter "newFilter"\. Available/);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.equal(editor.languages.problemsOf(document.uri).length, 1);
    assert.deepEqual(explorer.calls, []);

    editor.user.answers(/does not have the query parameter "newFilter"/, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.calls, Array<string>(2).fill(`${LIST}?newFilter=x`));
    assert.deepEqual(editor.languages.problemsOf(document.uri), []);

    await explorer.remembered(2);
    await explorer.run('ninjaone.history.rerun', (await (await explorer.feature.history()).entries())[0]?.id);
    assert.equal(explorer.calls.length, 3);

    editor.workspace.edit(document, `{"operation": "${LIST}", "query": {"newFilter": 1, "other": 2}}`);
    editor.user.answers(/does not have the query parameter "other"/, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.ok(explorer.calls.join().endsWith(`,${LIST}?newFilter=1&other=2`));
  });

  it('ask before they read secure values that only the instance can give (E4)', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 }, query: { showSecureValues: true } });
    explorer.answers('/v2/device/7', json({ adminPassword: 'hunter2' }));
    editor.user.answers(/does not have the query parameter "showSecureValues"/, 'Use Anyway');
    editor.user.answers(/This request reads secrets/, 'Send');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.calls, ['GET /v2/device/7?showSecureValues=true']);
    assert.doesNotMatch(explorer.inFront.text, /hunter2/);
    assert.deepEqual(await (await explorer.feature.history()).entries(), []);
  });

  it('say of a large response with secrets, which is not stored, that it is cut or not valid JSON (E4, E7)', async () => {
    await open();
    editor.user.answers(/does not have the query parameter "showSecureValues"/, 'Use Anyway');
    const list = JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id, adminPassword: 'CANARY' })));
    for (const [bytes, said] of [
      [list, /The rest is not stored because the response contains secrets/],
      [list.replace('"id":90', '"id":NaN'), /The rest of the response is not valid JSON/],
      [list.slice(0, -20), /the response ends in the middle of its JSON/],
    ] as const) {
      const document = await explorer.write(DEVICE, { path: { id: 7 }, query: { showSecureValues: true } });
      explorer.answers('/v2/device/7', largeAnswer(Buffer.from(bytes)));
      editor.user.answers(/This request reads secrets/, 'Send');
      await explorer.run('ninjaone.request.send', document.uri);
      assert.match((await explorer.lenses()).join('\n'), said);
      assert.doesNotMatch(explorer.inFront.text, /CANARY/);
    }
  });

  it('ask before a change whose response has secrets, and mask and forget it (E4, E13)', async () => {
    await open();
    explorer.allowWrites();
    const key = 'POST /v2/organization/generate-installer';
    const document = await explorer.write(key, { body: { organizationId: 1 } });
    explorer.answers('/v2/organization/generate-installer', json({ url: 'https://secret.example' }));
    editor.user.answers(/changes data/, ({ detail = '' }) => {
      assert.match(detail, /The response contains secrets\./);
      return 'Get Installer';
    });
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.calls, [key]);
    assert.match(explorer.inFront.text, /^\{\n {2}"url": "[^a-z]+"\n\}/);
    await explorer.run('ninjaone.explorer.run', LIST);
    await explorer.remembered(1);
    const entries = await (await explorer.feature.history()).entries();
    assert.deepEqual(
      entries.map(({ operation }) => operation),
      [LIST],
    );
  });

  it('tell what the body lacks after Send, one problem a value, and ask when the same text is sent again (E6)', async () => {
    await open();
    explorer.allowWrites();
    const key = 'POST /v2/ticketing/ticket';
    await explorer.run('ninjaone.explorer.open', key);
    const document = explorer.inFront;
    const problems = (): readonly string[] => editor.languages.problemsOf(document.uri).map(({ message }) => message);
    assert.deepEqual(problems(), []);
    editor.user.closes('Enter a value for clientId.');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(
      problems(),
      ['clientId', 'ticketFormId', 'subject', 'status'].map((name) => `Enter a value for ${name}.`),
    );
    const body = { clientId: 1, ticketFormId: 2, subject: 'x' };
    editor.workspace.edit(document, JSON.stringify({ operation: key, body }));
    assert.deepEqual(problems(), []);
    editor.user.closes('Enter a value for status.');
    await explorer.run('ninjaone.request.send', document.uri);
    editor.user.closes(/no value for "status"/);
    editor.user.closes('Enter a value for status.');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual([problems().length, explorer.calls], [1, []]);
    editor.user.answers(/no value for "status"/, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual(explorer.calls, [key]);
  });

  it('list no problem of a document whose tab is closed', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: {} });
    editor.user.closes(/./);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.equal(editor.languages.problemsOf(document.uri).length, 1);
    editor.workspace.closeTab(document.uri);
    assert.deepEqual(editor.languages.problemsOf(document.uri), []);
  });

  for (const [what, text, mark] of [
    ['a document with a header', `{"operation": "${LIST}", "headers": {"Authorization": "x"}}`, '"headers"'],
    ['an operation that does not exist', '{"operation": "GET /v2/nothing"}', '"operation"'],
    ['a name that stands twice', `{"operation": "${LIST}", "operation": "${LIST}"}`, '"operation"'],
    ['a text that is not JSON', 'hello', ''],
  ] as const) {
    it(`refuse ${what}, and mark the place (E6, E11)`, async () => {
      await open();
      const document = await explorer.write(LIST);
      editor.workspace.edit(document, text);
      editor.user.closes(/./);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.deepEqual(explorer.calls, []);
      const [problem] = editor.languages.problemsOf(document.uri);
      assert.equal(problem && document.getText(problem.range), mark);
    });
  }

  it('say so when there is no request document', async () => {
    await open();
    await explorer.run('ninjaone.request.send');
    await explorer.run('ninjaone.request.send', vscode.Uri.parse('file:///some/text.txt'));
    assert.deepEqual(explorer.errors, ['request.noDocument', 'request.noDocument']);
  });

  it('offer to fetch all pages only where there are pages (E8)', async () => {
    await open();
    const titles = await explorer.lenses(await explorer.write(LIST));
    assert.match(titles.join('\n'), /Fetch All/);
    assert.doesNotMatch((await explorer.lenses(await explorer.write(DEVICE))).join('\n'), /Fetch All/);
    for (const title of ['Send to Acme · eu', 'Copy As…', 'Save as Script…']) {
      assert.ok(titles.includes(title), title);
    }
  });

  it('propose the values of the last time, of the same connection, and none for a change (E5)', async () => {
    await open({ connections: [ACME, BETA] });
    const proposed: unknown[] = [];
    const runWith = async (key: string, id: string): Promise<void> => {
      editor.user.answers(/\bid\b|documentTemplateId/, (question) => {
        proposed.push(proposedBy(question));
        return id;
      });
      await explorer.run('ninjaone.explorer.run', key);
    };
    await runWith('GET /v2/device/{id}', '7');
    await runWith('GET /v2/device/{id}', '8');
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    await runWith('GET /v2/device/{id}', '9');
    await explorer.host.selection.select(explorer.host.settings.connection('Acme')!);
    await runWith('GET /v2/device/{id}', '8');
    assert.deepEqual(proposed.splice(0), [undefined, '7', undefined, '8']);
    explorer.allowWrites();
    await runWith('POST /v2/document-templates/{documentTemplateId}/archive', '1');
    await runWith('POST /v2/document-templates/{documentTemplateId}/archive', '2');
    assert.deepEqual(proposed, [undefined, undefined]);
  });

  it('propose the values of a pasted path or address, and none of it for a change (E3, E5)', async () => {
    await open();
    const proposed: unknown[] = [];
    const propose = (question: RegExp): void => {
      editor.user.answers(question, (asked) => {
        proposed.push(proposedBy(asked));
        return '7';
      });
    };
    propose(/\bid\b/);
    await explorer.run('ninjaone.explorer.run', DEVICE);
    editor.user.fillsIn(/[Ff]ilter/, (box) => {
      box.enter('/v2/device/1001');
    });
    await explorer.run('ninjaone.explorer.filter');
    propose(/\bid\b/);
    await explorer.run('ninjaone.explorer.run', DEVICE);
    editor.user.picksFrom(/Run which/, (list) => {
      list.type('https://eu.ninjarmm.com/v2/device/1002?expand=true');
      list.accept();
    });
    propose(/\bid\b/);
    await explorer.run('ninjaone.explorer.run');
    explorer.allowWrites();
    editor.user.fillsIn(/[Ff]ilter/, (box) => {
      box.enter('/v2/document-templates/5/archive');
    });
    await explorer.run('ninjaone.explorer.filter');
    propose(/documentTemplateId/);
    await explorer.run('ninjaone.explorer.run', 'POST /v2/document-templates/{documentTemplateId}/archive');
    assert.deepEqual(proposed, [undefined, '1001', '1002', undefined]);
  });

  it('keep the actions above them while a value is unfinished (E6)', async () => {
    await open();
    const document = await explorer.write(LIST);
    const before = await explorer.lenses(document);
    assert.ok(before.includes('Fetch All'));
    editor.workspace.edit(document, `{ "operation": "${LIST}", "query": { "after": 2026-11-2`);
    assert.deepEqual(await explorer.lenses(document), before);
  });

  it('leave out a host that is too long for the line above them (E6)', async () => {
    await open({ connections: [{ ...ACME, instance: 'https://a-rather-long-name.rmmservice.com' }] });
    const [send] = await editor.languages.lensesOf(await explorer.write(LIST));
    const { title, tooltip } = send?.command ?? {};
    assert.deepEqual([title, tooltip], ['Send to Acme', 'Send to Acme (https://a-rather-long-name.rmmservice.com)']);
  });

  describe('with several connections', () => {
    beforeEach(() => open({ connections: [ACME, BETA] }));

    it('stay with the connection for which they were opened (E6)', async () => {
      const document = await explorer.write(LIST);
      await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.match(explorer.sent[0]?.url ?? '', /eu\.ninjarmm\.com/);
    });

    it('have what is used first within the half of a window above them, and the address in a tooltip (E6, E14)', async () => {
      const document = await explorer.write(LIST);
      const titles = await explorer.lenses(document);
      assert.deepEqual(titles, [
        ...['Send to Acme · eu', 'Fetch All', 'Change Connection…', 'Save as Script…', 'Copy As…'],
      ]);
      assert.ok(titles.slice(0, 3).join(' | ').length <= 60);
      const [send] = await editor.languages.lensesOf(document);
      assert.equal(send?.command?.tooltip, 'Send to Acme (https://eu.ninjarmm.com)');
    });

    it('change the connection when the user says so (E6)', async () => {
      const document = await explorer.write(LIST);
      editor.user.answers(/connection/, 'Beta');
      await explorer.press('Change Connection…', document);
      assert.match((await explorer.lenses(document)).join('\n'), /Send to Beta · us/);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.match(explorer.sent[0]?.url ?? '', /app\.ninjarmm\.com/);
    });

    it('ask once for the connection of a saved file (E6)', async () => {
      const document = explorer.saved({ operation: LIST });
      assert.equal((await explorer.lenses(document))[0], 'Send…');
      editor.user.answers(/connection/, 'Beta');
      await explorer.press('Send…', document);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.equal(explorer.sent.filter(({ url }) => url.includes('app.ninjarmm.com')).length, 2);
    });

    it('send nothing of a saved file when the question is left', async () => {
      const document = explorer.saved({ operation: LIST });
      editor.user.closes(/connection/);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.deepEqual(explorer.calls, []);
    });

    it('ask again when the connection is gone, and do not take another one', async () => {
      const document = await explorer.write(LIST);
      editor.configuration.set('ninjaone.connections', [BETA]);
      editor.user.closes(/connection/);
      await explorer.run('ninjaone.request.send', document.uri);
      assert.deepEqual(explorer.calls, []);
    });
  });

  it('take the only connection for a saved file', async () => {
    await open();
    const document = explorer.saved({ operation: LIST });
    await explorer.press('Send to Acme · eu', document);
    assert.deepEqual(explorer.calls, [LIST]);
  });

  it('show and do not send what is saved in a folder that is not trusted (P3)', async () => {
    await open();
    editor.workspace.isTrusted = false;
    const document = explorer.saved({ operation: LIST });
    assert.deepEqual(await explorer.lenses(document), []);
    editor.user.closes(/[Tt]rust/);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.notTrusted']]);
    await explorer.press('Send to Acme · eu', await explorer.write(LIST));
    assert.deepEqual(explorer.calls, [LIST]);
  });
});

/** The value that Enter takes at first: of a list its first row, and of a box its text. */
function proposedBy({ kind, choices, options }: Question): string | undefined {
  return kind === 'list' ? choices[0] : (options as { readonly value?: string }).value;
}
