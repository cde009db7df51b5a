import assert from 'node:assert/strict';
import type { HttpRequest, HttpResponse } from '../../../src/core/http/transport.ts';
import { json, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
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

  it('asks for a missing value of the path as Run does, and writes it into the document (E19, E5)', async () => {
    const document = await explorer.write(DEVICE, { path: { id: '' }, body: {} });
    editor.user.answers('Update device', '7');
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

  function answerOf({ method, body }: HttpRequest): HttpResponse {
    if (method === 'PATCH') {
      Object.assign(device, JSON.parse(String(body)) as object);
      return { ...text(''), status: 204 };
    }
    return json(device);
  }

  async function load(): Promise<void> {
    await explorer.write(DEVICE, { path: { id: 7 }, body: {} });
    await explorer.press(LOAD);
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
