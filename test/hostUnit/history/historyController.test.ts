import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
import { json, text } from '../../support/apiClientFixture.ts';
import {
  BETA,
  openExplorer,
  type ExplorerFixture,
  type ExplorerFixtureOptions,
} from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const LIST = 'GET /v2/organizations';
const ARCHIVE = 'POST /v2/document-templates/{documentTemplateId}/archive';

describe('history', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
  };
  afterEach(() => explorer.close());

  /** Sends a read, a minute after the last one, and waits until it is remembered. */
  const send = async (count: number, value: unknown = [{ id: count }]): Promise<void> => {
    explorer.answers('/v2/organizations', json(value));
    explorer.host.sessions.clock.now += 60_000;
    await explorer.run('ninjaone.explorer.run', LIST);
    await explorer.remembered(count);
  };

  const archive = async (count = 1): Promise<void> => {
    explorer.host.sessions.clock.now += 60_000;
    explorer.allowWrites();
    editor.user.answers('documentTemplateId', '4');
    await explorer.run('ninjaone.explorer.run', ARCHIVE);
    await explorer.remembered(count);
  };

  it('says that it is empty, also instead of asking whether to clear it (E13)', async () => {
    await open();
    for (const command of ['show', 'rerun', 'compare', 'clear'] as const) {
      await explorer.run(`ninjaone.history.${command}`);
    }
    const said = { kind: 'information', text: 'No requests yet.' };
    assert.deepEqual(
      editor.window.messages.map(({ kind, text }) => ({ kind, text })),
      [said, said, said, said],
    );
    assert.deepEqual(editor.user.asked, []);
  });

  it('lists operation, status, duration, size, connection and address, the newest first (E13)', async () => {
    await open();
    await send(1);
    await archive(2);
    explorer.host.sessions.clock.now += 60_000;
    editor.user.picksFrom(/History/, (pick) => {
      assert.deepEqual(pick.labels, ['Archive document template by ID', 'List organizations']);
      const [newest, oldest] = pick.items;
      assert.match(newest?.detail ?? '', /POST \/v2\/document-templates\/4\/archive/);
      for (const part of ['200', '0 ms', '10 B', 'Acme', 'minute']) {
        assert.match(oldest?.description ?? '', new RegExp(part));
      }
      pick.escape();
    });
    await explorer.run('ninjaone.history.show');
    assert.deepEqual(explorer.errors, []);
  });

  it('opens a response that is still kept, and sends nothing (E13)', async () => {
    await open();
    await send(1, [{ id: 1 }]);
    await send(2, [{ id: 2 }]);
    editor.user.picksFrom(/History/, (pick) => {
      assert.doesNotMatch(pick.items[1]?.detail ?? '', /not kept/);
      pick.activeItems = pick.items.slice(1);
      pick.accept();
    });
    await explorer.run('ninjaone.history.show');
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1 }]);
    assert.equal(explorer.sent.length, 2);
  });

  it('sends a request again from the list (E13)', async () => {
    await open();
    await send(1);
    editor.user.picksFrom(/History/, (pick) => {
      pick.pressOn('List organizations', 'Run Again');
    });
    await explorer.run('ninjaone.history.show');
    assert.deepEqual(explorer.calls, [LIST, LIST]);
  });

  it('sends the request of the response in front again (E13)', async () => {
    await open();
    await send(1);
    await explorer.run('ninjaone.history.rerun');
    assert.deepEqual(explorer.calls, [LIST, LIST]);
  });

  it('asks for the connection before it sends a request again while another one is active (E13)', async () => {
    await open({ connections: [ACME, BETA] });
    await send(1);
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    const choose = (name: string): void => {
      editor.user.answers(/to which connection/, name);
    };
    editor.user.closes(/to which connection/);
    await explorer.run('ninjaone.history.rerun');
    assert.equal(explorer.sent.length, 1, 'nothing is sent without an answer');
    choose('Acme');
    await explorer.run('ninjaone.history.rerun');
    await explorer.remembered(2);
    choose('Beta');
    await explorer.run('ninjaone.history.rerun');
    await explorer.remembered(3);
    const hosts = explorer.sent.map(({ url }) => new URL(url).host);
    assert.equal(hosts[1], hosts[0]);
    assert.notEqual(hosts[2], hosts[0]);
    assert.match(explorer.title, /Beta/);
    // The response in front is that of the active connection, so there is nothing to ask.
    await explorer.run('ninjaone.history.rerun');
    assert.equal(explorer.sent.length, 4);
  });

  it('asks about a parameter that the API description lacks before it sends it to another connection (E2, E13)', async () => {
    await open({ connections: [ACME, BETA] });
    explorer.answers('/v2/organizations', json([{ id: 1 }]), json([{ id: 2 }]), json([{ id: 3 }]));
    const document = await explorer.write(LIST, { query: { newFilter: 'x' } });
    const question = /^The API description does not have the query parameter "newFilter"/;
    editor.user.answers(question, 'Use Anyway');
    await explorer.run('ninjaone.request.send', document.uri);
    await explorer.remembered(1);
    const again = async (connection: string): Promise<void> => {
      editor.user.picksFrom(/again/, (pick) => {
        pick.accept();
      });
      editor.user.answers(/to which connection/, connection);
      await explorer.run('ninjaone.history.rerun');
    };
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    editor.workspace.closeTab(explorer.inFront.uri);
    editor.user.closes(question);
    await again('Beta');
    assert.equal(explorer.sent.length, 1, 'nothing is sent without an agreement');
    // The user agreed to it for this connection.
    await again('Acme');
    assert.equal(explorer.sent.length, 2);
  });

  it('asks which request to send again when none is in front (E13)', async () => {
    await open();
    await send(1);
    editor.workspace.closeTab(explorer.inFront.uri);
    editor.user.picksFrom(/again/, (pick) => {
      pick.accept();
    });
    await explorer.run('ninjaone.history.rerun');
    assert.equal(explorer.sent.length, 2);
  });

  it('asks before it sends a write once more (E9, E13)', async () => {
    await open();
    await archive();
    editor.user.closes(/Archive document template by ID/);
    await explorer.run('ninjaone.history.rerun');
    assert.equal(explorer.sent.length, 1);
    editor.user.answers(/Archive document template by ID/, 'Send Again');
    await explorer.run('ninjaone.history.rerun');
    assert.deepEqual(explorer.calls, [
      'POST /v2/document-templates/4/archive',
      'POST /v2/document-templates/4/archive',
    ]);
  });

  it('sends no write again while the connection is read-only (E9)', async () => {
    await open();
    await archive();
    await explorer.run('ninjaone.lockWrites');
    editor.user.closes(/read-only/);
    await explorer.run('ninjaone.history.rerun');
    assert.deepEqual([explorer.sent.length, explorer.errors], [1, ['api.readOnly']]);
  });

  it('sends nothing again when the connection is gone', async () => {
    await open({ connections: [ACME, BETA] });
    await send(1);
    editor.configuration.set('ninjaone.connections', [BETA]);
    await explorer.run('ninjaone.history.rerun');
    assert.deepEqual([explorer.sent.length, explorer.errors], [1, ['history.gone']]);
  });

  it('compares the response in front with the previous one of its operation (E13)', async () => {
    await open();
    await send(1, [{ id: 1 }]);
    await send(2, [{ id: 2 }]);
    await explorer.run('ninjaone.history.compare');
    const [[left, right, title] = []] = editor.commands.callsOf('vscode.diff');
    const texts = await Promise.all([left, right].map((uri) => editor.workspace.open(uri as never)));
    assert.deepEqual(
      texts.map(({ text }) => JSON.parse(text) as unknown),
      [[{ id: 1 }], [{ id: 2 }]],
    );
    assert.match(String(title), /List organizations · Acme/);
    editor.workspace.close(texts[0]!);
    assert.doesNotMatch((await editor.workspace.open(left as never)).text, /"id"/);
  });

  it('compares the response in front with the previous one of the same request, and says of which (E13)', async () => {
    await open();
    const organization = async (id: string, count: number): Promise<void> => {
      explorer.answers(`/v2/organization/${id}`, json({ id, count }));
      explorer.host.sessions.clock.now += 60_000;
      editor.user.answers('id', id);
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organization/{id}');
      await explorer.remembered(count);
    };
    await organization('1', 1);
    await organization('2', 2);
    await organization('1', 3);
    await organization('1', 4);
    const compared = async (...args: readonly unknown[]): Promise<{ counts: unknown[]; title: string }> => {
      await explorer.run('ninjaone.history.compare', ...args);
      const [left, right, title] = editor.commands.callsOf('vscode.diff').at(-1) ?? [];
      const texts = await Promise.all([left, right].map((uri) => editor.workspace.open(uri as never)));
      return { counts: texts.map(({ text }) => (JSON.parse(text) as { count: unknown }).count), title: String(title) };
    };
    const ofFront = await compared();
    assert.deepEqual(ofFront.counts, [3, 4]);
    assert.match(ofFront.title, /^Get organization · Acme · id 1: /);
    // The response that is named, not the newest one of its request.
    const latest = explorer.inFront.uri;
    editor.user.picksFrom(/History/, (pick) => {
      pick.activeItems = pick.items.slice(1, 2);
      pick.accept();
    });
    await explorer.run('ninjaone.history.show');
    assert.notEqual(explorer.inFront.uri.toString(), latest.toString(), 'has a tab of its own');
    assert.deepEqual((await compared(explorer.inFront.uri)).counts, [1, 3]);
    await organization('2', 5);
    assert.deepEqual((await compared()).counts, [2, 5]);
    await organization('3', 6);
    editor.user.picksFrom(/Compare with which/, (pick) => {
      assert.deepEqual(pick.labels, ['id 2', 'id 1', 'id 1', 'id 2', 'id 1']);
      pick.activeItems = pick.items.slice(-1);
      pick.accept();
    });
    const chosen = await compared();
    assert.deepEqual(chosen.counts, [1, 6]);
    assert.match(chosen.title, /^Get organization · Acme: id 1 · .+ and id 3 · /);
  });

  it('takes another page for another request, and names it by its cursor (E13)', async () => {
    await open();
    for (const [index, query] of [{}, { after: 5 }].entries()) {
      explorer.answers('/v2/organizations', json([{ id: index }]));
      explorer.host.sessions.clock.now += 60_000;
      await explorer.run('ninjaone.request.send', (await explorer.write(LIST, { query })).uri);
      await explorer.remembered(index + 1);
    }
    editor.user.picksFrom(/Compare with which/, (pick) => {
      assert.deepEqual(pick.labels, ['without after']);
      pick.accept();
    });
    await explorer.run('ninjaone.history.compare');
    const [[, , title] = []] = editor.commands.callsOf('vscode.diff');
    assert.match(String(title), /: without after · .+ and after 5 · /);
  });

  it('takes a request with another body for another request (E13)', async () => {
    await open();
    for (const [index, pageSize] of [10, 20, 10, 30].entries()) {
      explorer.answers('/v2/ticketing/trigger/board/1/run', json({ data: [], count: index + 1 }));
      explorer.host.sessions.clock.now += 60_000;
      const request = { path: { boardId: 1 }, body: { pageSize } };
      const document = await explorer.write('POST /v2/ticketing/trigger/board/{boardId}/run', request);
      await explorer.run('ninjaone.request.send', document.uri);
      await explorer.remembered(index + 1);
      if (pageSize === 30) {
        editor.user.picksFrom(/Compare with which/, (pick) => {
          assert.deepEqual(pick.labels, ['another body', 'another body', 'another body']);
          pick.escape();
        });
      }
      if (index > 1) {
        await explorer.run('ninjaone.history.compare');
      }
    }
    const [[left] = []] = editor.commands.callsOf('vscode.diff');
    assert.match((await editor.workspace.open(left as never)).text, /"count": 1/);
    assert.equal(editor.commands.callsOf('vscode.diff').length, 1);
  });

  it('compares every digit, duplicate and item, also of a long response (E7, E13)', async () => {
    await open();
    const bodies = ['12345678901234567890', '12345678901234567891'].map(
      (last) => `[{"a":1.10,"a":1.1,"b":"\\ud800"},${'[1],'.repeat(400_000)}{"id":${last}}]`,
    );
    for (const [index, body] of bodies.entries()) {
      explorer.answers('/v2/organizations', { ...json([]), body: Buffer.from(body) });
      explorer.host.sessions.clock.now += 60_000;
      await explorer.run('ninjaone.explorer.run', LIST);
      await explorer.remembered(index + 1);
    }
    await explorer.run('ninjaone.history.compare');
    const [[left, right] = []] = editor.commands.callsOf('vscode.diff');
    for (const [index, uri] of [left, right].entries()) {
      const { text } = await editor.workspace.open(uri as never);
      assert.equal(text.replaceAll(/\s/g, ''), bodies[index]);
    }
  });

  it('compares two responses that the user picks, of two connections (E13)', async () => {
    await open({ connections: [ACME, BETA] });
    await send(1, [{ id: 1 }]);
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    await send(2, [{ id: 2 }]);
    editor.workspace.closeTab(explorer.inFront.uri);
    for (const [step, connection] of [
      ['Compare which', 'Beta'],
      ['Compare with which', 'Acme'],
    ] as const) {
      editor.user.picksFrom(new RegExp(step), (pick) => {
        pick.activeItems = pick.items.filter(({ description = '' }) => description.includes(connection));
        pick.accept();
      });
    }
    await explorer.run('ninjaone.history.compare');
    const [[, , title] = []] = editor.commands.callsOf('vscode.diff');
    assert.match(String(title), /Acme .*Beta /);
  });

  it('compares no other responses than the one in front, although its body is no longer kept (E13)', async () => {
    await open();
    await send(1, [{ id: 1 }]);
    // Opened from the history, it has a tab of its own.
    editor.user.picksFrom(/History/, (pick) => {
      pick.accept();
    });
    await explorer.run('ninjaone.history.show');
    const first = explorer.inFront.uri;
    const long = 'x'.repeat(4_900_000);
    for (const count of [2, 3, 4, 5, 6]) {
      await send(count, [{ id: count, long }]);
    }
    await explorer.run('ninjaone.history.compare', first);
    assert.deepEqual(explorer.errors, ['history.notKept']);
    assert.deepEqual(editor.commands.callsOf('vscode.diff'), []);
  });

  it('says so when there is nothing to compare', async () => {
    await open();
    await send(1);
    await explorer.run('ninjaone.history.compare');
    editor.workspace.closeTab(explorer.inFront.uri);
    await explorer.run('ninjaone.history.compare');
    assert.deepEqual(explorer.errors, ['history.nothingToCompare', 'history.nothingToCompare']);
  });

  it('compares from the list', async () => {
    await open();
    await send(1);
    await send(2);
    editor.user.picksFrom(/History/, (pick) => {
      pick.pressOn('List organizations', 'Compare with Previous');
    });
    await explorer.run('ninjaone.history.show');
    assert.equal(editor.commands.callsOf('vscode.diff').length, 1);
    assert.equal(explorer.sent.length, 2);
  });

  it('is cleared after a question (E13)', async () => {
    await open();
    await send(1);
    editor.user.closes(/[Cc]lear/);
    await explorer.run('ninjaone.history.clear');
    await explorer.remembered(1);
    editor.user.answers(/[Cc]lear/, 'Clear');
    await explorer.run('ninjaone.history.clear');
    await explorer.remembered(0);
  });

  it('does not name an entry by a text that another extension made up', async () => {
    await open();
    await send(1);
    editor.user.picksFrom(/again/, (pick) => {
      pick.escape();
    });
    await explorer.run('ninjaone.history.rerun', 'no such entry');
    assert.equal(explorer.sent.length, 1);
  });

  /** As in another window, which knows only what is on the disk. */
  const restart = async (): Promise<void> => {
    const { directory } = explorer.host.sessions;
    const kept = await readFolder(join(directory, 'history'));
    const { clock } = explorer.host.sessions;
    await explorer.close();
    await open();
    explorer.host.sessions.clock.now = clock.now;
    for (const [name, text] of kept) {
      const file = join(explorer.host.sessions.directory, 'history', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  };

  it('opens a response of an earlier window when bodies are kept (E13)', async () => {
    editor.configuration.set('ninjaone.history.keepBodies', true);
    await open();
    await send(1, [{ id: 5 }]);
    await restart();
    editor.user.picksFrom(/History/, (pick) => {
      pick.accept();
    });
    await explorer.run('ninjaone.history.show');
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 5 }]);
    assert.deepEqual(explorer.calls, []);
  });

  it('says of a response of an earlier window what was said of it then (E8, E13)', async () => {
    editor.configuration.set('ninjaone.history.keepBodies', true);
    const saved = { 'content-disposition': 'attachment; filename="page.html"' };
    const shown: readonly (readonly [HttpResponse, RegExp | undefined])[] = [
      [json([{ id: 1 }], { headers: { 'x-total-count': '500' } }), /may be incomplete/],
      [json([{ id: 1 }], { headers: { link: '</v2/users?page=2>; rel="next"' } }), /may be incomplete/],
      [text('<!doctype html><p>Hello', { headers: { ...saved, 'content-type': 'text/html' } }), undefined],
      [text('<!doctype html><p>Hello', { headers: { 'content-type': 'text/html' } }), /web page instead of data/],
      [text('hello there', { headers: { 'content-type': 'text/plain; charset=UTF-8' } }), undefined],
      [text('hello there', { headers: { 'content-type': 'application/json' } }), /not valid JSON/],
    ];
    for (const [response, words] of shown) {
      await open();
      explorer.answers('/v2/users', response);
      await explorer.run('ninjaone.explorer.run', 'GET /v2/users');
      await explorer.remembered(1);
      const before = await explorer.lenses();
      assert.match(before.join('\n'), words ?? /^(?![^]*(?:may be|not valid|instead of))/);
      await restart();
      editor.user.picksFrom(/History/, (pick) => {
        pick.accept();
      });
      await explorer.run('ninjaone.history.show');
      assert.deepEqual(await explorer.lenses(), before);
      await explorer.close();
    }
    await open();
  });

  it('says which responses are not kept, and offers to send their requests again without a dialog (E13)', async () => {
    await open();
    await send(1);
    await restart();
    for (const reply of [undefined, 'Run Again']) {
      editor.user.picksFrom(/History/, (pick) => {
        const [item] = pick.items;
        assert.match(item?.detail ?? '', / · response not kept$/);
        assert.deepEqual(
          item?.buttons?.map(({ tooltip }) => tooltip),
          ['Run Again'],
        );
        pick.accept();
      });
      editor.user.answers('Run "List organizations" Again', ({ kind, notes }) => {
        assert.equal(kind, 'list');
        assert.match(notes?.[0] ?? '', /was not kept.*ninjaone\.history\.keepBodies/);
        return reply;
      });
      await explorer.run('ninjaone.history.show');
      assert.equal(explorer.sent.length, reply === undefined ? 0 : 1);
    }
  });
});

async function readFolder(folder: string): Promise<readonly (readonly [string, string])[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    found
      .filter((each) => each.isFile())
      .map(async ({ parentPath, name }) => {
        const file = join(parentPath, name);
        return [relative(folder, file), await readFile(file, 'utf8')] as const;
      }),
  );
}
