import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { json, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const LIST = 'GET /v2/organizations';

describe('response documents', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
  });
  afterEach(() => explorer.close());

  const send = async (...responses: Parameters<ExplorerFixture['answers']>[1][]): Promise<void> => {
    explorer.answers('/v2/organizations', ...responses);
    await explorer.run('ninjaone.explorer.run', LIST);
  };
  const lenses = async (): Promise<string> => (await explorer.lenses()).join('\n');

  it('offer no table of JSON that is broken (E7)', async () => {
    for (const [body, offered] of [
      ['[{"id":1}]garbage', false],
      ['[{"id":1,"name":"first"},{"id":2,"na', false],
      ['[{"id":1}]', true],
    ] as const) {
      await send(text(body, { headers: { 'content-type': 'application/json' } }));
      assert.equal((await lenses()).includes('Show as Table'), offered, body);
    }
  });

  it('have status, time, size and items in the line above, then what can be done (E7)', async () => {
    await send(json([{ id: 1 }, { id: 2 }]));
    const [facts, ...actions] = await explorer.lenses();
    assert.match(facts ?? '', /^200 · 0 ms · 19 B · 2 items$/);
    assert.deepEqual(actions, ['Next Page', 'Fetch All', 'Save as JSON…', 'Save as CSV…', 'Show as Table', 'Copy As…']);
  });

  it('offer no page, no table and no file for an empty list (E7)', async () => {
    await send(json([]));
    assert.doesNotMatch(await lenses(), /Next Page|Fetch All|Table|CSV/);
  });

  it('explain an error on top, in a line of its own (E7, E12)', async () => {
    editor.user.closes(/refused/);
    await send(json({ error: 'invalid_id' }, { status: 400 }));
    const [first, second] = await editor.languages.lensesOf(explorer.inFront);
    assert.doesNotMatch(first?.command?.title ?? '', /^400/);
    assert.match(second?.command?.title ?? '', /^400 /);
    assert.deepEqual([first?.range.start.line, second?.range.start.line], [0, 1]);
    assert.equal(explorer.inFront.lineCount > 1, true);
  });

  it('draw no icon that a server has put into its words (T41)', async () => {
    editor.user.closes(/./);
    await send(json({ errorMessage: 'no $(bug) here', resultCode: 'FAILURE' }, { status: 400 }));
    assert.doesNotMatch(await lenses(), /\$\(bug\)/);
  });

  for (const [what, response, ending] of [
    ['JSON without a content type', text('{"a":1}'), '.json'],
    ['a web page', text('<!doctype html><p>hello', { headers: { 'content-type': 'text/html' } }), '.html'],
    ['text', text('hello', { headers: { 'content-type': 'text/plain' } }), '.txt'],
    ['nothing', text('', { status: 204 }), '.txt'],
  ] as const) {
    it(`show ${what} as what it is (E7)`, async () => {
      await send(response);
      assert.equal(explorer.title.endsWith(ending), true, explorer.title);
    });
  }

  it('show the first items of a long list, and say of how many (E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 2);
    await send(json([{ id: 1 }, { id: 2 }, { id: 3 }]));
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1 }, { id: 2 }]);
    assert.match(await lenses(), /2 of 3 items/);
  });

  it('open the next page as a document of its own (E8)', async () => {
    await send(json([{ id: 1 }, { id: 2 }]), json([{ id: 3 }]));
    await explorer.press('Next Page');
    assert.match(explorer.title, /page 2/);
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 3 }]);
    assert.match(await lenses(), /page 2/);
    assert.deepEqual(explorer.calls.slice(1), ['GET /v2/organizations?after=2']);
  });

  it('fetch all pages from the first one, whichever is shown (E8)', async () => {
    await send(json([{ id: 1 }]), json([{ id: 2 }]), json([{ id: 1 }]), json([{ id: 2 }]), json([]));
    await explorer.press('Next Page');
    await explorer.press('Fetch All');
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1 }, { id: 2 }]);
    assert.doesNotMatch(await lenses(), /Fetch All|Next Page/);
  });

  it('say that a list is incomplete when a page fails, and keep what came (E8)', async () => {
    explorer.answers('/v2/organizations', json([{ id: 1 }]), json({ error: 'no' }, { status: 400 }));
    await explorer.write(LIST);
    editor.user.closes(/./);
    await explorer.press('Fetch All');
    assert.match(explorer.title, /incomplete/);
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1 }]);
    assert.match(await lenses(), /1 item \(1 page\) · incomplete/);
  });

  it('say in the line above that a list may be incomplete because nobody knows its paging (E8)', async () => {
    explorer.answers('/v2/devices/search', json({ query: 'srv', devices: [{ id: 1 }, { id: 2 }] }));
    await explorer.write('GET /v2/devices/search', { query: { q: 'srv', limit: 2 } });
    await explorer.press('Send to Acme · eu');
    assert.match(await lenses(), /2 items\nThe list may be incomplete because the API description does not say how/);
    assert.doesNotMatch(await lenses(), /Next Page|Fetch All|complete$/);
    await explorer.run('ninjaone.response.nextPage');
    await explorer.run('ninjaone.response.fetchAll');
    assert.deepEqual(explorer.errors, ['response.noNextPage', 'request.hasNoPages']);
    assert.equal(editor.window.said.filter((each) => each.includes('The list may be incomplete')).length, 2);
  });

  it('are not answered with a page after the last one', async () => {
    await send(json([]));
    await explorer.run('ninjaone.response.nextPage');
    assert.deepEqual(explorer.errors, ['response.noNextPage']);
  });

  it('lead back to the settings when their connection is gone', async () => {
    await send(json([{ id: 1 }]));
    editor.configuration.set('ninjaone.connections', []);
    editor.user.closes(/Acme/);
    await explorer.press('Next Page');
    assert.deepEqual([explorer.calls.length, explorer.errors], [1, ['response.connectionGone']]);
  });

  it('are told to the menus of the editor by what can be done with them', async () => {
    await send(json([{ id: 1 }]));
    const address = explorer.inFront.uri.toString();
    assert.deepEqual(editor.commands.context.get('ninjaone.response.nextPage.responses'), [address]);
    editor.workspace.closeTab(explorer.inFront.uri);
    assert.deepEqual(editor.commands.context.get('ninjaone.response.nextPage.responses'), []);
  });

  it('are gone when their tab was closed', async () => {
    await send(json([{ id: 1 }]));
    const document = explorer.inFront;
    editor.workspace.closeTab(document.uri);
    editor.workspace.close(document);
    assert.doesNotMatch((await editor.workspace.open(document.uri)).text, /"id"/);
    await explorer.run('ninjaone.response.nextPage', document.uri);
    assert.deepEqual(explorer.errors, ['response.none']);
  });

  it('are copied as a command of another tool (E10)', async () => {
    await send(json([{ id: 1 }]));
    editor.user.answers('List organizations', ({ choices }) => choices[0]);
    editor.user.ignores(/NINJAONE_ACCESS_TOKEN/);
    await explorer.press('Copy As…');
    assert.match(editor.env.clipboardText, /curl[^]*\/v2\/organizations/);
  });

  it('say what a number is that is a time (E7)', async () => {
    await send(json([{ id: 1, created: 1735689600.5 }]));
    const { text: shown } = explorer.inFront;
    const place = explorer.inFront.positionAt(shown.indexOf('1735689600') + 2);
    const [hover] = await editor.languages.hoversAt(explorer.inFront, place);
    assert.match((hover?.contents[0] as { value: string }).value, /2025-01-01/);
    const id = explorer.inFront.positionAt(shown.indexOf('"id"') + 6);
    assert.deepEqual(await editor.languages.hoversAt(explorer.inFront, id), []);
  });

  it('know nothing of an address that another extension made up', async () => {
    await explorer.run('ninjaone.response.nextPage', vscode.Uri.parse('ninjaone-response:/x.json?1'));
    await explorer.run('ninjaone.response.saveJson', { toString: 'x' });
    assert.deepEqual(explorer.errors, ['response.none', 'response.none']);
  });
});
