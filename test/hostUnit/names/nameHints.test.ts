import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { json } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture, type ExplorerFixtureOptions } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTextDocument } from '../../support/vscode/textDocument.ts';

const ORGANIZATION = 'GET /v2/organization/{id}';
const DEVICE = 'GET /v2/device/{id}';
const TICKET = 'POST /v2/ticketing/ticket';

describe('names in a request document', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
    explorer.answers(
      '/v2/organizations',
      json([
        { id: 1, name: 'Acme Dental' },
        { id: 2, name: 'Birch' },
      ]),
    );
    explorer.answers('/v2/device/7', json({ id: 7, displayName: 'SRV-7', organizationId: 2 }));
  };
  afterEach(() => explorer.close());

  /** Behind the text. */
  const behind = (document: FakeTextDocument, text: string): vscode.Position =>
    document.positionAt(document.text.indexOf(text) + text.length);

  const offered = async (document: FakeTextDocument, text: string) =>
    (await editor.languages.completionsAt(document, behind(document, text))).map(
      ({ label, insertText, range, detail }) => ({
        label: typeof label === 'string' ? label : label.label,
        description: typeof label === 'string' ? detail : label.description,
        text: insertText,
        replaced: document.getText(range as vscode.Range),
      }),
    );

  const hover = async (document: FakeTextDocument, text: string): Promise<string> => {
    const hovers = await editor.languages.hoversAt(document, behind(document, text));
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (content as { readonly value: string }).value)
      .join('\n');
  };

  it('are offered for an ID in the path, and its ID is inserted, with one request for both (E16)', async () => {
    await open();
    const document = await explorer.write(ORGANIZATION, { path: { id: '' } });
    assert.deepEqual(await offered(document, '"id": "'), [
      { label: 'Acme Dental', description: '1', text: '"1"', replaced: '""' },
      { label: 'Birch', description: '2', text: '"2"', replaced: '""' },
    ]);
    editor.workspace.edit(document, document.text.replace('""', 'bir'));
    assert.deepEqual(await offered(document, '"id": bir'), [
      { label: 'Birch', description: '2', text: '2', replaced: 'bir' },
    ]);
    assert.deepEqual(explorer.calls, ['GET /v2/organizations?pageSize=1000']);
  });

  it('are offered for members of the body, also in lists and saved documents (E16)', async () => {
    await open();
    await explorer.open();
    const ticket = explorer.saved({ operation: TICKET, body: { clientId: null, subject: '' } });
    assert.deepEqual(
      (await offered(ticket, '"clientId": ')).map(({ text }) => text),
      ['1', '2'],
    );
    assert.deepEqual(await offered(ticket, '"subject": "'), []);
    explorer.answers('/v2/automation/scripts', json([{ id: 501, name: 'Clean up', language: 'powershell' }]));
    const script = await explorer.write('POST /v2/device/{id}/script/run', { body: { id: null } });
    assert.deepEqual(
      (await offered(script, '"id": ')).map(({ label, text }) => [label, text]),
      [['Clean up', '501']],
    );
    explorer.answers('/v2/noderole/list', json([{ id: 3, name: 'Server' }]));
    const roles = await explorer.write('POST /v2/noderole/delete', { body: { ids: [null] } });
    assert.deepEqual(
      (await offered(roles, '"ids": [\n      ')).map(({ label }) => label),
      ['Server'],
    );
  });

  it('are told apart by organization and location if they are equal, with two more requests (E16)', async () => {
    await open();
    explorer.answers('/v2/locations', json([{ id: 11, name: 'Branch' }]));
    explorer.answers(
      '/v2/devices',
      json([
        { id: 7, displayName: 'SRV', organizationId: 1, locationId: 11 },
        { id: 8, displayName: 'SRV', organizationId: 2 },
      ]),
    );
    const document = await explorer.write(DEVICE, { path: { id: '' } });
    assert.deepEqual(
      (await offered(document, '"id": "')).map(({ description }) => description),
      ['7 · Acme Dental · Branch', '8 · Birch'],
    );
    assert.equal(explorer.calls.length, 3);
  });

  it('are offered for each ID of a text with several (E16)', async () => {
    await open();
    const document = await explorer.write('GET /v2/organization/documents', {
      query: { organizationIds: '1,bir' },
    });
    assert.deepEqual(
      (await offered(document, '"1,bir')).map(({ text, replaced }) => [text, replaced]),
      [['2', 'bir']],
    );
    assert.equal(await hover(document, '"organizationIds": "'), 'Acme Dental');
  });

  it('are not asked for while an ID is typed, by a user who is signed out, or for a folder without trust (E16)', async () => {
    await open({ scopes: [] });
    const document = await explorer.write(ORGANIZATION, { path: { id: '' } });
    assert.deepEqual(await offered(document, '"id": "'), []);
    await explorer.close();
    await open();
    const typed = await explorer.write(ORGANIZATION, { path: { id: 12 } });
    assert.deepEqual(await offered(typed, '"id": 1'), []);
    editor.workspace.isTrusted = false;
    const saved = explorer.saved({ operation: ORGANIZATION, path: { id: '' } });
    assert.deepEqual(await offered(saved, '"id": "'), []);
    assert.equal(await hover(explorer.saved({ operation: DEVICE, path: { id: 7 } }), '"id": '), '');
    assert.deepEqual(explorer.calls, []);
  });

  it('are shown on hover, with one request the first time and none after it (E16)', async () => {
    await open();
    const document = await explorer.write(DEVICE, { path: { id: 7 } });
    assert.equal(await hover(document, '"id": '), 'SRV-7');
    assert.equal(await hover(document, '"id": '), 'SRV-7');
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
  });

  it('say on hover that there is no such object, or why it is not known (E16)', async () => {
    await open();
    explorer.answers('/v2/device/8', json({ resultCode: 'FAILURE' }, { status: 404 }));
    explorer.answers('/v2/organization/9', json({}, { status: 403 }));
    assert.equal(await hover(await explorer.write(DEVICE, { path: { id: 8 } }), '"id": '), 'No device has this ID');
    const other = await explorer.write(ORGANIZATION, { path: { id: 9 } });
    assert.match(await hover(other, '"id": '), /^Names are not available\n./);
  });

  it('say in the list why they are missing, and change nothing (E16)', async () => {
    await open();
    explorer.answers('/v2/organizations', json({}, { status: 429 }));
    const document = await explorer.write(ORGANIZATION, { path: { id: 'bir' } });
    for (let stroke = 0; stroke < 10; stroke += 1) {
      const [item, ...more] = await offered(document, '"id": "bi');
      assert.deepEqual([item?.label, item?.text, more], ['Names are not available', '"bir"', []]);
    }
    assert.equal(explorer.calls.length, 1);
    assert.deepEqual(editor.window.said, []);
  });
});
