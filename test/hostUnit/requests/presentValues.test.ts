import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { json, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import type { FakeTextDocument } from '../../support/vscode/textDocument.ts';
import type { Question } from '../../support/vscode/user.ts';

const DEVICE = 'PATCH /v2/device/{id}';
const FIELDS = 'PATCH /v2/device/{id}/custom-fields';
const LICENSE = 'PUT /v2/software-license/{licenseId}';
const LOAD = 'Load Current Value';

describe('editing the current value of an object', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  let device: Record<string, unknown>;

  beforeEach(async () => {
    explorer = await openExplorer(editor);
    explorer.allowWrites();
    device = { id: 7, displayName: 'A', nodeRoleId: 1, userData: { room: '1' }, lastContact: 1.5 };
    explorer.answers('/v2/device/7', (request: HttpRequest) => Promise.resolve(answerOf(request)));
  });
  afterEach(() => explorer.close());

  it('fills the body with the writable members, with one request and as one edit (E19)', async () => {
    const document = await explorer.write(DEVICE, { path: { id: 7 }, body: {} });
    const { version } = document;
    await explorer.press(LOAD);
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
    assert.equal(document.version, version + 1);
    assert.deepEqual(JSON.parse(document.text), {
      operation: DEVICE,
      path: { id: 7 },
      body: { displayName: 'A', nodeRoleId: 1, userData: { room: '1' } },
    });
  });

  it('keeps every digit and adds the body where there is none (E19)', async () => {
    explorer.answers('/v2/device/7', text('{"displayName": "\\u0041", "nodeRoleId": 12345678901234567890}'));
    const document = await explorer.write(DEVICE, { path: { id: '7' } });
    await explorer.run('ninjaone.request.loadCurrentValue', document.uri);
    assert.match(
      document.text,
      /"body": \{\n {4}"displayName": "\\u0041",\n {4}"nodeRoleId": 12345678901234567890\n {2}\}/,
    );
  });

  it('asks for a missing value of the path as Run does, and writes it into the document (E19, E16, E5)', async () => {
    const document = await explorer.write(DEVICE, { path: { id: '' }, body: {} });
    editor.user.answers('Update device', ({ kind }) => {
      // Names are offered.
      assert.equal(kind, 'list');
      return '7';
    });
    await explorer.press(LOAD);
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
    assert.deepEqual((JSON.parse(document.text) as { path: unknown }).path, { id: 7 });
    const before = (await explorer.write(DEVICE, { path: { id: '' }, body: { displayName: 'mine' } })).text;
    editor.user.closes('Update device');
    await explorer.press(LOAD);
    assert.equal(explorer.inFront.text, before);
    assert.equal(explorer.calls.length, 1);
  });

  it('never writes a secret into the document, and says what it left out (E19, E4)', async () => {
    explorer.answers('/v2/device/7/custom-fields', json({ room: '1', adminPassword: 'CANARY' }));
    const document = await explorer.write(FIELDS, { path: { id: 7 }, body: {} });
    await explorer.press(LOAD);
    assert.deepEqual((JSON.parse(document.text) as { body: unknown }).body, { room: '1' });
    assert.deepEqual(editor.window.said.at(-1), 'Not loaded because it contains secrets: "adminPassword".');
  });

  it('is offered above documents and in their menu only where there is something to load (E19)', async () => {
    const offered = (): unknown => editor.commands.context.get('ninjaone.request.loadCurrentValue.documents');
    const document = await explorer.write(DEVICE, { path: { id: 7 }, body: {} });
    assert.ok((await explorer.lenses()).includes(LOAD));
    assert.deepEqual(offered(), [document.uri.toString()]);
    const other = await explorer.write('POST /v2/organizations', { body: { name: 'x' } });
    assert.ok(!(await explorer.lenses()).includes(LOAD));
    await explorer.run('ninjaone.request.loadCurrentValue', other.uri);
    assert.deepEqual(explorer.errors, ['request.hasNoValue']);
    assert.deepEqual(explorer.calls, []);
  });

  it('leaves the document as it is after an error or a response of another kind (E19)', async () => {
    const document = await explorer.write(DEVICE, { path: { id: 7 }, body: { displayName: 'mine' } });
    const before = document.text;
    for (const [response, code] of [
      [json({ resultCode: 'FAILURE' }, { status: 404 }), 'api.notFound'],
      [json([device]), 'request.returnedNothing'],
      [text('<html>'), 'request.returnedNothing'],
    ] as const) {
      explorer.answers('/v2/device/7', response);
      if (code === 'api.notFound') {
        editor.user.closes(/has no object with id 7/);
      }
      await explorer.press(LOAD);
      assert.equal(explorer.errors.at(-1), code);
      assert.equal(document.text, before);
    }
  });

  it('does not overwrite a document that names another operation by now (E19)', async () => {
    const document = await explorer.write(DEVICE, { path: { id: 7 }, body: {} });
    const other = JSON.stringify({ operation: 'GET /v2/devices' });
    explorer.answers('/v2/device/7', () => {
      editor.workspace.edit(document, other);
      return Promise.resolve(json(device));
    });
    await explorer.run('ninjaone.request.loadCurrentValue', document.uri);
    assert.equal(document.text, other);
  });

  it('sends only what was changed, after the difference and a question that names it (E19, E9)', async () => {
    await load();
    change('"A"', '"B"');
    const question = confirms();
    leaves(/Update device 7: done/);
    await explorer.press('Send to Acme · eu');
    // The load, the names of the question, the look right before the write, and the write.
    assert.deepEqual(explorer.calls, [
      'GET /v2/device/7',
      'GET /v2/device/7',
      'GET /v2/device/7',
      'PATCH /v2/device/7',
    ]);
    assert.equal(explorer.sent.at(-1)?.body, '{"displayName":"B"}');
    const { detail = '' } = await question;
    assert.match(detail, /\ndisplayName: "A" → "B"\n/);
    assert.doesNotMatch(detail, /Body:|nodeRoleId/);
    const [[left, right, title] = []] = editor.commands.callsOf('vscode.diff');
    assert.equal(title, 'Update device 7: loaded value and what is sent');
    assert.deepEqual(await sidesOf(left, right), [
      { displayName: 'A', nodeRoleId: 1, userData: { room: '1' } },
      { displayName: 'B', nodeRoleId: 1, userData: { room: '1' } },
    ]);
  });

  it('asks before a plain change, too, and sends nothing when that is declined (E19)', async () => {
    explorer.answers('/v2/organization/1', json({ id: 1, name: 'One', description: 'x' }));
    const document = await explorer.write('PATCH /v2/organization/{id}', { path: { id: 1 }, body: {} });
    await explorer.press(LOAD);
    editor.workspace.edit(document, document.text.replace('"One"', '"Two"'));
    editor.user.closes(/changes data/);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(
      explorer.calls.filter((call) => call.startsWith('PATCH')),
      [],
    );
  });

  it('says that nothing was changed, and sends nothing (E19)', async () => {
    await load();
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.errors, ['request.nothingChanged']);
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
  });

  for (const [choice, sent] of [
    ['Send Anyway', true],
    ['Show Difference', false],
    [undefined, false],
  ] as const) {
    it(`says what somebody else changed meanwhile: ${choice ?? 'Cancel'} (E19)`, async () => {
      await load();
      change('"A"', '"B"');
      device = { ...device, displayName: 'C', lastContact: 2 };
      void confirms();
      if (choice === undefined) {
        editor.user.closes(/the object has changed since its value was loaded/);
      } else {
        editor.user.answers(/the object has changed since its value was loaded/, ({ detail }) => {
          assert.equal(detail, 'displayName: "A" → "C"');
          return choice;
        });
      }
      if (sent) {
        leaves(/Update device 7: done/);
      }
      await explorer.press('Send to Acme · eu');
      assert.equal(explorer.calls.includes('PATCH /v2/device/7'), sent);
      const [left, right, title] = editor.commands.callsOf('vscode.diff').at(-1) ?? [];
      if (choice === 'Show Difference') {
        assert.equal(title, 'Update device 7: what is there now and what is sent');
        assert.deepEqual(
          (await sidesOf(left, right)).map((side) => (side as { displayName: string }).displayName),
          ['C', 'B'],
        );
      }
    });
  }

  it('says that it is unknown whether somebody else has changed it, and why (E19)', async () => {
    await load();
    change('"A"', '"B"');
    void confirms();
    // The first GET is for the name in the question.
    let reads = 0;
    explorer.answers('/v2/device/7', (request) => {
      reads += request.method === 'GET' ? 1 : 0;
      return Promise.resolve(reads > 1 && request.method === 'GET' ? json({}, { status: 403 }) : answerOf(request));
    });
    editor.user.answers(/it is unknown whether the object has changed/, ({ detail = '' }) => {
      assert.match(detail, /403|permission|allow/i);
      return 'Send Anyway';
    });
    leaves(/Update device 7: done/);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.calls.slice(-2), ['GET /v2/device/7', 'PATCH /v2/device/7']);
    change('"B"', '"C"');
    void confirms();
    editor.user.closes(/it is unknown whether the object has changed/);
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.calls.filter((call) => call.startsWith('PATCH')).length, 1);
  });

  it('compares the next Send with what was sent, and offers to load or to show it (E19)', async () => {
    const document = await load();
    change('"A"', '"B"');
    void confirms();
    editor.user.answers(/Update device 7: done/, 'Show Current Value');
    await explorer.press('Send to Acme · eu');
    await until(() => explorer.title === 'Get device 7 · Acme.json');
    assert.equal((JSON.parse(explorer.inFront.text) as { displayName: string }).displayName, 'B');
    await editor.workspace.show(document);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.errors, ['request.nothingChanged']);
    change('"room": "1"', '"room": "2"');
    void confirms();
    editor.user.answers(/Update device 7: done/, 'Load Again');
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.sent.filter(({ method }) => method === 'PATCH').at(-1)?.body, '{"userData":{"room":"2"}}');
    await until(() => explorer.calls.filter((call) => call === 'GET /v2/device/7').length === 7);
  });

  it('keeps the loaded value after a failed write (E19)', async () => {
    await load();
    change('"A"', '"B"');
    void confirms();
    explorer.answers('/v2/device/7', (request) =>
      Promise.resolve(request.method === 'PATCH' ? json({}, { status: 400 }) : json(device)),
    );
    editor.user.closes(/\(400\)/);
    await explorer.press('Send to Acme · eu');
    explorer.answers('/v2/device/7', (request) => Promise.resolve(answerOf(request)));
    await editor.workspace.show(editor.workspace.documents.find(({ uri }) => uri.scheme === 'ninjaone-request')!);
    void confirms();
    leaves(/Update device 7: done/);
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.sent.at(-1)?.body, '{"displayName":"B"}');
  });

  it('of a PUT sends the whole body, and names what is not in it (E19)', async () => {
    const license = { id: 3, name: 'L', description: 'd', type: 'OTHER', quantity: 5, note: null };
    explorer.answers('/v2/software-license/3', (request) =>
      Promise.resolve(request.method === 'PUT' ? { ...text(''), status: 204 } : json(license)),
    );
    const document = await explorer.write(LICENSE, { path: { licenseId: 3 }, body: {} });
    await explorer.press(LOAD);
    editor.workspace.edit(document, document.text.replace('5', '6'));
    // The first Send tells that required members are missing.
    editor.user.closes(/./);
    await explorer.press('Send to Acme · eu');
    editor.user.answers(/has no value for/, 'Use Anyway');
    editor.user.answers(/Send "Update software license/i, ({ detail = '', choices }) => {
      assert.match(detail, /\nquantity: 5 → 6\nNot in the body, so NinjaOne may clear it: purchaseDate, publisherId/);
      return choices[0] ?? '';
    });
    leaves(/: done/);
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.sent.at(-1)?.body, '{"name":"L","description":"d","type":"OTHER","quantity":6,"note":null}');
  });

  it('says that the body was loaded from another object, and then sends all of it (E19)', async () => {
    await load();
    change('"id": 7', '"id": 8');
    editor.user.answers('Send "Update device"?', ({ detail = '' }) => {
      assert.match(detail, /The body was loaded from another object: \/v2\/device\/7\. All of it is sent\./);
      return 'Update Device';
    });
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.sent.at(-1)?.url.endsWith('/v2/device/8'), true);
    assert.match(explorer.sent.at(-1)?.body ?? '', /"displayName":"A","nodeRoleId":1/);
    assert.deepEqual(editor.commands.callsOf('vscode.diff'), []);
  });

  it('forgets the value after a sign-out, and says so before all of the body is sent (E19, A13)', async () => {
    await load();
    change('"A"', '"B"');
    await explorer.host.window.tokens.signOut(explorer.host.window.tokens.usable()[0]!.session.id);
    await explorer.host.window.signIn(
      explorer.host.sessions,
      ['monitoring', 'management'],
      {},
      explorer.host.settings.connections[0],
    );
    editor.user.answers('Send "Update device"?', ({ detail = '' }) => {
      assert.match(detail, /The value that was loaded is not known any more, so the whole body is sent\./);
      return 'Update Device';
    });
    await explorer.press('Send to Acme · eu');
    assert.match(written().at(-1) ?? '', /"displayName":"B","nodeRoleId":1/);
  });

  it('is not known after a reload, which is said before all of the body is sent (E19)', async () => {
    explorer.answers('/v2/organization/1', json({ id: 1, name: 'One' }));
    const before = await explorer.write('PATCH /v2/organization/{id}', { path: { id: 1 }, body: {} });
    await explorer.press(LOAD);
    const { workspaceState } = explorer.host.extension;
    const drafts = (): string => JSON.stringify(workspaceState.get('request.drafts'));
    await until(() => drafts().includes('One'));
    const kept = workspaceState.get('request.drafts');
    await explorer.close();
    explorer = await openExplorer(editor);
    explorer.allowWrites();
    await explorer.host.extension.workspaceState.update('request.drafts', kept);
    await explorer.open();
    editor.user.answers(/Send "Update organization"/, ({ detail = '', choices }) => {
      assert.match(detail, /The value that was loaded is not known any more, so the whole body is sent\./);
      return choices[0] ?? '';
    });
    await explorer.run('ninjaone.request.send', before.uri);
    assert.equal(explorer.sent.at(-1)?.body, '{"name":"One"}');
  });

  it('is forgotten when the document begins anew (E19)', async () => {
    const document = await load();
    editor.workspace.closeTab(document.uri);
    const again = await explorer.write(DEVICE, { path: { id: 7 }, body: { displayName: 'A' } });
    assert.equal(again.uri.toString(), document.uri.toString());
    editor.user.answers('Send "Update device"?', ({ detail = '' }) => {
      assert.match(detail, /Body: \{"displayName":"A"\}/);
      return 'Update Device';
    });
    await explorer.press('Send to Acme · eu');
    assert.equal(explorer.sent.at(-1)?.body, '{"displayName":"A"}');
  });

  it('is not sent twice at the same time (E19, E9)', async () => {
    const document = await load();
    change('"A"', '"B"');
    editor.user.answers('Send "Update device"?', async () => {
      await explorer.run('ninjaone.request.send', document.uri);
      return 'Update Device';
    });
    leaves(/Update device 7: done/);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.errors, ['request.alreadyBeingSent']);
    assert.equal(explorer.calls.filter((call) => call.startsWith('PATCH')).length, 1);
  });

  it('is refused without write access before anything is asked or read (E19, E9)', async () => {
    await load();
    change('"A"', '"B"');
    explorer.writeAccess.lock(explorer.host.settings.connections[0]!);
    editor.user.closes(/read-only/);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
    assert.deepEqual(editor.commands.callsOf('vscode.diff'), []);
  });

  it('is copied as Send sends it (E19, E10)', async () => {
    const document = await load();
    change('"A"', '"B"');
    editor.user.answers(/Copy "Update device" As/, 'curl (bash)');
    leaves(/Copied as curl/);
    await explorer.run('ninjaone.request.copyAs', document.uri);
    assert.match(editor.env.clipboardText, /\{"displayName":"B"\}/);
    const file = explorer.savesAs(/Save as PowerShell/);
    await explorer.run('ninjaone.explorer.saveAsPowerShell', document.uri);
    const script = await readFile(file, 'utf8');
    assert.match(script, /displayName/);
    assert.doesNotMatch(script, /nodeRoleId/);
  });

  it('is copied as it was sent, and as a whole before that, if nothing has changed since (E19, E10)', async () => {
    const document = await load();
    const copied = async (): Promise<string> => {
      editor.user.answers(/Copy "Update device" As/, 'curl (bash)');
      leaves(/Copied as curl/);
      await explorer.run('ninjaone.request.copyAs', document.uri);
      return editor.env.clipboardText;
    };
    assert.match(await copied(), /"displayName":"A","nodeRoleId":1/);
    change('"A"', '"B"');
    void confirms();
    leaves(/done \(204\)/);
    await explorer.press('Send to Acme · eu');
    assert.deepEqual(written(), ['{"displayName":"B"}']);
    assert.match(await copied(), /\{"displayName":"B"\}/);
  });

  /** The bodies of the writes so far. */
  function written(): readonly string[] {
    return explorer.sent.flatMap(({ method, body }) => (method === 'PATCH' ? [String(body)] : []));
  }

  function answerOf({ method, body }: HttpRequest): HttpResponse {
    if (method === 'PATCH') {
      Object.assign(device, JSON.parse(String(body)) as object);
      return { ...text(''), status: 204 };
    }
    return json(device);
  }

  async function load(): Promise<FakeTextDocument> {
    const document = await explorer.write(DEVICE, { path: { id: 7 }, body: {} });
    await explorer.press(LOAD);
    return document;
  }

  function change(from: string, to: string): void {
    editor.workspace.edit(explorer.inFront, explorer.inFront.text.replace(from, to));
  }

  function confirms(): Promise<Question> {
    return new Promise((resolve) => {
      editor.user.answers('Send "Update device"?', (question) => {
        resolve(question);
        return 'Update Device';
      });
    });
  }

  function leaves(message: RegExp): void {
    editor.user.ignores(message);
  }

  function sidesOf(...sides: readonly unknown[]): Promise<unknown[]> {
    return Promise.all(
      sides.map(async (uri) => JSON.parse((await editor.workspace.open(uri as never)).text) as unknown),
    );
  }
});
