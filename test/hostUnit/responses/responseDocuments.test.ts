import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
import { json, largeAnswer, text, type FakeResponse } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { TabInputText } from '../../support/vscode/values.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const LIST = 'GET /v2/organizations';

const HTML = { 'content-type': 'text/html' };

/** What is decided about the place of a response. */
function partOf(options: vscode.TextDocumentShowOptions | undefined): object {
  return { viewColumn: options?.viewColumn, preserveFocus: options?.preserveFocus };
}

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
  const tabs = (): readonly string[] =>
    editor.workspace.tabs.flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : []));
  const spooled = async (): Promise<readonly string[]> => {
    const folder = join(explorer.host.sessions.directory, 'responses');
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
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

  it('have status, time and items in the line above, then what is done most, which fits half a window (E7)', async () => {
    await send(json([{ id: 1 }, { id: 2 }]));
    const [facts, ...actions] = await explorer.lenses();
    assert.equal(facts, '200 · 0 ms · 2 items');
    assert.deepEqual(actions, ['Show as Table', 'Fetch All', 'Save as CSV…', 'Save as Script…']);
    assert.ok(actions.join(' | ').length <= 60);
    await send(json({ id: 1 }));
    assert.deepEqual(await explorer.lenses(), ['200 · 0 ms · 8 B', 'Save as Script…', 'Save as JSON…', 'Copy As…']);
  });

  it('offer no page, no table and no file for an empty list (E7)', async () => {
    await send(json([]));
    assert.doesNotMatch(await lenses(), /Next Page|Fetch All|Table|CSV/);
  });

  it('explain an error on top, behind its status, and have their actions in a line of their own (E7, E12)', async () => {
    editor.user.closes(/refused/);
    await send(json({ error: 'invalid_id' }, { status: 400 }));
    const shown = await editor.languages.lensesOf(explorer.inFront);
    assert.deepEqual(
      shown.map(({ command, range }) => [range.start.line, command?.title]),
      [
        [0, '400 Bad Request · 0 ms'],
        [0, 'List organizations: NinjaOne refused the request (400): invalid_id. Check its values.'],
        [1, 'Save as Script…'],
        [1, 'Save as JSON…'],
        [1, 'Copy As…'],
      ],
    );
    editor.user.closes(/refused/);
    // A text of one line has only one place for them, and is not changed to get another one.
    await send(text('no', { status: 400 }));
    const ofText = await editor.languages.lensesOf(explorer.inFront);
    assert.deepEqual(new Set(ofText.map(({ range }) => range.start.line)), new Set([0]));
    assert.equal(explorer.inFront.text, 'no');
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

  for (const [key, status, said] of [
    ['PATCH /v2/organization/{id}', 204, 'Update organization 1: done (204).'],
    ['PATCH /v2/organization/{id}', 202, 'Update organization 1: accepted (202). NinjaOne may still be working on it.'],
    ['GET /v2/organization/{id}', 200, 'Get organization 1: the response has no body (200).'],
  ] as const) {
    it(`are not opened without a body: "${said}" (E7)`, async () => {
      explorer.answers('/v2/organization/1', text('', { status }));
      explorer.allowWrites();
      const request = await explorer.write(key, { path: { id: 1 }, ...(key.startsWith('GET') ? {} : { body: {} }) });
      await explorer.press('Send to Acme · eu');
      assert.deepEqual(editor.window.said, [said]);
      assert.equal(explorer.inFront, request);
      await explorer.remembered(1);
    });
  }

  it('use their tab when the same request is sent again, and another request has another tab (E7)', async () => {
    await send(json([{ id: 1 }]), json([{ id: 2 }]), text('<!doctype html><p>', { headers: HTML }), json([{ id: 4 }]));
    const { uri } = explorer.inFront;
    await explorer.run('ninjaone.explorer.run', LIST);
    assert.equal(explorer.inFront.uri.toString(), uri.toString());
    await until(() => explorer.inFront.text.includes('"id": 2'));
    assert.match(await lenses(), /1 item/);
    // A document cannot change its language, so the tab of the first ones is closed.
    await explorer.run('ninjaone.explorer.run', LIST);
    assert.match(explorer.title, /\.html$/);
    assert.deepEqual(tabs(), [explorer.inFront.uri.toString()]);
    await explorer.write(LIST, { query: { pageSize: 5 } });
    await explorer.press('Send to Acme · eu');
    assert.equal(tabs().filter((address) => address.startsWith('ninjaone-response:')).length, 2);
  });

  it('are announced when they leave the focus in the request, and errors only by their message (E14)', async () => {
    const announced = () => editor.window.statusBarItems.filter(({ id }) => id === 'ninjaone.response');
    await send(
      json([{ id: 1 }]),
      json([{ id: 1 }, { id: 2 }]),
      json([{ id: 3 }]),
      json({ error: 'x' }, { status: 400 }),
    );
    assert.deepEqual(announced(), [], 'the focus is in the response');
    await explorer.write(LIST, { query: { pageSize: 5 } });
    const request = explorer.inFront;
    await explorer.press('Send to Acme · eu');
    const [first] = announced();
    assert.equal(first?.text, 'List organizations pageSize=5: response received, 200 · 0 ms · 2 items');
    assert.deepEqual(first.accessibilityInformation, { label: first.text, role: 'alert' });
    assert.equal(first.isVisible, true);
    await explorer.press('Send to Acme · eu', request);
    assert.deepEqual(
      announced().map(({ isDisposed }) => isDisposed),
      [true, false],
      'a new item, because screen readers speak only what is new',
    );
    editor.user.closes(/refused/);
    await explorer.press('Send to Acme · eu', request);
    assert.equal(announced().length, 2);
  });

  it('mask every value again when they use their tab again (E4, E7)', async () => {
    const key = 'GET /v2/queries/custom-fields';
    const answer = (pin: string) => json({ results: [{ deviceId: 1, fields: { pin } }] });
    explorer.answers('/v2/queries/custom-fields', answer('one'), answer('two'));
    const request = await explorer.write(key, { query: { showSecureValues: true } });
    const sendOnce = async (): Promise<void> => {
      editor.user.answers(/secret/i, 'Send');
      await explorer.press('Send to Acme · eu', request);
    };
    await sendOnce();
    editor.user.answers('Reveal which value?', ({ choices }) => choices.at(-1));
    await explorer.run('ninjaone.response.revealValue', explorer.inFront.uri);
    await until(() => explorer.inFront.text.includes('one'));
    await sendOnce();
    await until(() => !explorer.inFront.text.includes('one'));
    assert.doesNotMatch(explorer.inFront.text, /two/);
  });

  describe('to an earlier Send that come late', () => {
    /** Sends twice. The first response comes after the second one. */
    const sendTwice = async (key: string, path: string, late: FakeResponse): Promise<void> => {
      let arrive = (): void => {};
      const arrival = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      explorer.answers(
        path,
        async (request) => {
          await arrival;
          return typeof late === 'function' ? late(request) : (late as HttpResponse);
        },
        json([{ id: 'later' }]),
      );
      const first = explorer.run('ninjaone.explorer.run', key);
      await until(() => explorer.sent.length === 1);
      explorer.host.sessions.clock.now += 1000;
      await explorer.run('ninjaone.explorer.run', key);
      explorer.host.sessions.clock.now += 1000;
      arrive();
      await first;
    };

    it('do not replace that to a later one, are told, and are before it in the history (E7, E13)', async () => {
      await sendTwice(LIST, '/v2/organizations', json([{ id: 'earlier' }]));
      assert.match(explorer.inFront.text, /later/);
      assert.equal(tabs().length, 1);
      assert.deepEqual(editor.window.said, [
        'List organizations: the response to an earlier Send came only now. Its tab shows the response to the later one. Look for the earlier one in the history.',
      ]);
      await explorer.remembered(2);
      const history = await explorer.feature.history();
      const entries = await history.entries();
      const bodies = await Promise.all(entries.map(async (entry) => (await history.exchange(entry))?.responseBody));
      assert.deepEqual(
        bodies.map((body) => Buffer.from(body ?? []).toString()),
        ['[{"id":"later"}]', '[{"id":"earlier"}]'],
      );
      // The next one replaces it as always.
      explorer.answers('/v2/organizations', json([{ id: 'last' }]));
      await explorer.run('ninjaone.explorer.run', LIST);
      assert.equal(tabs().length, 1);
      await until(() => explorer.inFront.text.includes('last'));
    });

    it('leave no file (E7)', async () => {
      editor.configuration.set('ninjaone.response.maxItems', 1);
      await sendTwice(LIST, '/v2/organizations', json([{ id: 1 }, { id: 2 }]));
      assert.match(editor.window.said[0] ?? '', /history/);
      assert.deepEqual(await spooled(), []);
    });

    it('have a tab of their own if the history does not keep them (E7, E13)', async () => {
      const bytes = Buffer.from(JSON.stringify([{ id: 'earlier' }, { id: 2 }]));
      await sendTwice(LIST, '/v2/organizations', largeAnswer(bytes, 20));
      assert.equal(tabs().length, 2);
      assert.match(explorer.inFront.text, /earlier/);
      assert.deepEqual(editor.window.said, [
        'List organizations: the response to an earlier Send came only now. It has a tab of its own.',
      ]);
    });
  });

  it('delete the file of the response whose tab they use (E7)', async () => {
    editor.configuration.set('ninjaone.response.maxItems', 1);
    await send(json([{ id: 1 }, { id: 2 }]), json([{ id: 3 }]));
    assert.equal((await spooled()).length, 1);
    await explorer.run('ninjaone.explorer.run', LIST);
    await until(async () => (await spooled()).length === 0);
  });

  it('say in their name which values the request had, but no secret and no cursor (E4, E7)', async () => {
    const named = async (key: string, request: object): Promise<string> => {
      await explorer.write(key, request);
      await explorer.press('Send to Acme · eu');
      return explorer.title;
    };
    explorer.answers('/v2/device/1001', json({ id: 1001 }));
    assert.equal(await named('GET /v2/device/{id}', { path: { id: 1001 } }), 'Get device 1001 · Acme.json');
    explorer.answers('/v2/organizations', json([{ id: 9 }]));
    const query = { pageSize: 5, after: 7 };
    assert.equal(await named(LIST, { query }), 'List organizations pageSize=5 · Acme · from a cursor on.json');
  });

  it('open beside their request document, and leave the focus there (E7)', async () => {
    const request = await explorer.write(LIST);
    await explorer.press('Send to Acme · eu');
    const beside = { viewColumn: 2, preserveFocus: true };
    assert.deepEqual(partOf(editor.workspace.shownWith), beside);
    editor.workspace.closeTab(explorer.inFront.uri);
    explorer.answers('/v2/organizations', json([{ id: 1 }]), json([]));
    await explorer.press('Fetch All', request);
    assert.deepEqual(partOf(editor.workspace.shownWith), beside);
    // Without a document, it takes the place and the focus of what is in front.
    await explorer.run('ninjaone.explorer.run', LIST);
    assert.deepEqual(partOf(editor.workspace.shownWith), { viewColumn: undefined, preserveFocus: false });
  });

  it('say that there is no page after the last one, instead of opening an empty one (E8)', async () => {
    await send(json([{ id: 1 }, { id: 2 }]), json([]));
    const before = tabs();
    await explorer.run('ninjaone.response.nextPage');
    assert.deepEqual(editor.window.said, ['This was the last page.']);
    assert.deepEqual(tabs(), before);
    assert.deepEqual(editor.commands.context.get('ninjaone.response.nextPage.responses'), []);
    assert.doesNotMatch(await lenses(), /Fetch All/);
  });

  for (const [count, pageSize, isOffered] of [
    [3, 5, false],
    [5, 5, true],
    // Can be a limit of the server.
    [10, 100, true],
    [3, undefined, true],
  ] as const) {
    it(`${isOffered ? 'offer' : 'hide'} the next page after ${count} items of ${pageSize ?? 'any number'} (E8)`, async () => {
      const items = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
      explorer.answers('/v2/organizations', json(items));
      await explorer.write(LIST, { query: pageSize === undefined ? {} : { pageSize } });
      await explorer.press('Send to Acme · eu');
      const offered = editor.commands.context.get('ninjaone.response.nextPage.responses');
      assert.equal((offered as readonly string[]).length, isOffered ? 1 : 0);
      assert.match(await lenses(), /Fetch All/, 'which makes sure');
    });
  }

  it('are saved as a script from their line, for their own request and from its first page on (E7, E10)', async () => {
    explorer.answers('/v2/device/1001/activities', json({ activities: [{ id: 5 }], lastActivityId: 5 }));
    await explorer.write('GET /v2/device/{id}/activities', { path: { id: 1001 } });
    await explorer.press('Send to Acme · eu');
    const file = explorer.savesAs(/List-device-activities\.ps1/);
    await explorer.press('Save as Script…');
    assert.match(await readFile(file, 'utf8'), /\/v2\/device\/\{id\}\/activities|1001/);
    assert.equal(explorer.calls.length, 1);
    explorer.savesAs(/List-device-activities\.ps1/);
    await explorer.run('ninjaone.explorer.saveAsPowerShell');
    await send(json([{ id: 1 }, { id: 2 }]), json([{ id: 3 }]));
    const script = async (): Promise<string> => {
      const saved = explorer.savesAs(/List-organizations\.ps1/);
      await explorer.run('ninjaone.explorer.saveAsPowerShell');
      return readFile(saved, 'utf8');
    };
    const ofFirst = await script();
    await explorer.run('ninjaone.response.nextPage');
    assert.match(explorer.title, /page 2/);
    assert.equal(await script(), ofFirst);
  });

  it('open the next page as a document of its own (E8)', async () => {
    await send(json([{ id: 1 }, { id: 2 }]), json([{ id: 3 }]));
    await explorer.run('ninjaone.response.nextPage');
    assert.match(explorer.title, /page 2/);
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 3 }]);
    assert.match(await lenses(), /page 2/);
    assert.deepEqual(explorer.calls.slice(1), ['GET /v2/organizations?after=2']);
  });

  it('fetch all pages from the first one, whichever is shown (E8)', async () => {
    await send(json([{ id: 1 }]), json([{ id: 2 }]), json([{ id: 1 }]), json([{ id: 2 }]), json([]));
    await explorer.run('ninjaone.response.nextPage');
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
    assert.match(
      await lenses(),
      /2 items · may be incomplete\nThe list may be incomplete because the API description does not say how/,
    );
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
    await explorer.run('ninjaone.response.nextPage');
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
    await explorer.run('ninjaone.request.copyAs');
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
