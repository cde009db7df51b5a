import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHistory } from '../../../src/core/history/historyEntry.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import type { HttpResponse } from '../../../src/core/http/transport.ts';
import { json, largeAnswer, text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const TICKET = 'POST /v2/ticketing/ticket';
const BODY = { clientId: 1, ticketFormId: 1, subject: 'Printer', status: '1000' };

describe('the outcome of a request', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    explorer.allowWrites();
  });
  afterEach(() => explorer.close());

  /** Answers the next calls of the path when the test says so. */
  function held(path: string): (response: HttpResponse) => void {
    let answer: (response: HttpResponse) => void = () => assert.fail('not called');
    explorer.answers(path, () => new Promise((resolve) => (answer = resolve)));
    return (response) => {
      answer(response);
    };
  }

  const page = '<html>A timeout occurred</html>';
  for (const [name, response] of [
    ['524 of a proxy', text(page, { status: 524, headers: { 'content-type': 'text/html' } })],
    ['500', json({ resultCode: 'FAILURE' }, { status: 500 })],
    ['503', json({}, { status: 503 })],
    ['408', json({}, { status: 408 })],
    ['a web page with 200', text(page, { headers: { 'content-type': 'text/html' } })],
    ['a redirect', text('', { status: 302, headers: { location: 'https://login.example/' } })],
  ] as const) {
    it(`of a write is unknown after ${name}: one message that offers the log, one request, and an entry in the history (E9, E13, T39)`, async () => {
      explorer.answers('/v2/ticketing/ticket', response);
      await explorer.write(TICKET, { body: BODY });
      editor.user.answers(/unknown whether POST/, 'Show Log');
      await explorer.run('ninjaone.request.send');
      assert.deepEqual(explorer.errors, ['api.unknownOutcome']);
      assert.equal(explorer.calls.length, 1);
      const messages = editor.user.asked.filter(({ kind }) => kind === 'message');
      assert.equal(messages.length, 1);
      assert.ok(!messages[0]?.choices.includes('Try Again'), messages[0]?.choices.join());
      await explorer.remembered(1);
      const [entry] = await (await explorer.feature.history()).entries();
      assert.equal(entry?.outcome, 'unknown');
    });
  }

  it('of a write is unknown in the history until the response comes, also when the window closes before (E9, E13)', async () => {
    const answer = held('/v2/ticketing/ticket');
    const document = await explorer.write(TICKET, { body: BODY });
    const sending = explorer.run('ninjaone.request.send', document.uri);
    await until(() => explorer.calls.length === 1);
    const file = join(explorer.host.sessions.directory, 'history', 'entries.jsonl');
    const stored = async (): Promise<readonly unknown[]> =>
      parseHistory(await readFile(file, 'utf8')).map(({ operation, outcome, status }) => [operation, outcome, status]);
    assert.deepEqual(await stored(), [[TICKET, 'unknown', 0]]);
    answer(json({ id: 1 }));
    await sending;
    await (await explorer.feature.history()).entries();
    assert.deepEqual(await stored(), [[TICKET, undefined, 200]]);
  });

  it('of a write that did not leave is not in the history (E9, E13)', async () => {
    explorer.answers('/v2/ticketing/ticket', () => {
      throw networkError('dns', new URL('https://acme.example/'));
    });
    await explorer.write(TICKET, { body: BODY });
    editor.user.closes(/./);
    await explorer.run('ninjaone.request.send');
    assert.deepEqual(explorer.errors, ['network.dns']);
    await explorer.remembered(0);
  });

  it('of a write is failed in the history when its success reports a failure (E9, E13)', async () => {
    explorer.answers('/v2/ticketing/ticket', json({ resultCode: 'FAILURE', errorMessage: 'The form is closed' }));
    await explorer.write(TICKET, { body: BODY });
    editor.user.answers(/HTTP 200, but reports a failure: The form is closed\./, 'Show Log');
    await explorer.run('ninjaone.request.send');
    assert.deepEqual(explorer.errors, ['api.reportedFailure']);
    await explorer.remembered(1);
    editor.user.picksFrom(/History/, (pick) => {
      assert.match(pick.items[0]?.description ?? '', /^200[^·]* · failed · /);
      pick.escape();
    });
    await explorer.run('ninjaone.history.show');
  });

  it('of a write is never followed by the advice to send it again, also if its answer is cut (E7, E9)', async () => {
    const file = join(explorer.host.sessions.directory, 'saved');
    const lines = `{"id":1}\n{"id":2}\n`;
    for (const [body, size, save] of [
      ['{"id":5,', undefined, 'Save as JSON…'],
      [`${lines}{"id":`, undefined, 'Save…'],
      ['[{"id":1},', 9_000_000, 'Save as JSON…'],
    ] as const) {
      explorer.answers('/v2/ticketing/ticket', async ({ overflow }) => {
        await overflow?.start();
        await overflow?.write(Buffer.from(body));
        return { ...text(body), overflow: size };
      });
      for (const message of [/Saved as/, /unknown whether POST/]) {
        editor.user.ignores(message);
      }
      await explorer.write(TICKET, { body: BODY });
      await explorer.run('ninjaone.request.send');
      editor.user.answers(/json/, file);
      await explorer.press(save);
      const said = [...(await explorer.lenses()), ...editor.window.said];
      assert.match(said.join('\n'), /JSON is incomplete|JSON of the last line|middle of its JSON/);
      assert.doesNotMatch(said.join('\n'), /Send the request again/, body);
    }
  });

  it('of a write has no button that repeats it, whatever refused it (E9)', async () => {
    for (const status of [400, 403, 404, 409, 429]) {
      explorer.answers('/v2/ticketing/ticket', text('no', { status }));
      await explorer.write(TICKET, { body: BODY });
      editor.user.closes(/./);
      await explorer.run('ninjaone.request.send');
      assert.ok(!editor.user.asked.at(-1)?.choices.includes('Try Again'), String(status));
    }
  });

  it('is waited for before the same document sends another write (E9)', async () => {
    const answer = held('/v2/ticketing/ticket');
    const document = await explorer.write(TICKET, { body: BODY });
    const first = explorer.run('ninjaone.request.send', document.uri);
    await until(() => explorer.calls.length === 1);
    assert.match(editor.window.statusBarMessages.at(-1) ?? '', /Sending POST \/v2\/ticketing\/ticket/);
    await explorer.run('ninjaone.request.send', document.uri);
    assert.deepEqual([explorer.errors, explorer.calls.length], [['request.alreadyBeingSent'], 1]);
    answer(json({ id: 1 }));
    await first;
    explorer.answers('/v2/ticketing/ticket', json({ id: 2 }));
    await explorer.run('ninjaone.request.send', document.uri);
    assert.equal(explorer.calls.length, 2);
  });

  it('is not waited for by a write from another document, or by a read (E9)', async () => {
    const answer = held('/v2/ticketing/ticket');
    const document = await explorer.write(TICKET, { body: BODY });
    const first = explorer.run('ninjaone.request.send', document.uri);
    await until(() => explorer.calls.length === 1);
    const other = explorer.saved({ operation: 'PATCH /v2/organization/{id}', path: { id: 7 }, body: { name: 'A' } });
    await explorer.run('ninjaone.request.send', other.uri);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.equal(explorer.calls.length, 3);
    answer(json({ id: 1 }));
    await first;
  });

  it('is waited for when an operation without a document is run twice (E9)', async () => {
    const archive = '/v2/document-templates/4/archive';
    const answer = held(archive);
    editor.user.answers('documentTemplateId', '4');
    const first = explorer.run('ninjaone.explorer.run', 'POST /v2/document-templates/{documentTemplateId}/archive');
    await until(() => explorer.calls.length === 1);
    editor.user.answers('documentTemplateId', '4');
    await explorer.run('ninjaone.explorer.run', 'POST /v2/document-templates/{documentTemplateId}/archive');
    assert.deepEqual([explorer.errors, explorer.calls.length], [['request.alreadyBeingSent'], 1]);
    answer(json({}));
    await first;
  });

  it('of a single read says how long NinjaOne is busy, and the wait can be canceled (E8)', async () => {
    explorer.answers('/v2/organizations', json({}, { status: 429, headers: { 'retry-after': '300' } }));
    const sending = explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await until(() => editor.window.progress.length > 0);
    const [progress] = editor.window.progress;
    assert.match(progress?.messages.join() ?? '', /^NinjaOne is busy\. Waiting 300 seconds, until .*\d:\d\d:\d\d.*…$/);
    progress?.cancel();
    await sending;
    assert.deepEqual([explorer.calls.length, explorer.errors], [1, []]);
  });

  describe('that repeats the body of the request', () => {
    const SECRETS = ['Secret1', 'passphrase;two', 'Überraschung"drei'];
    const PARAMETERS = `-Password\t${SECRETS[0]}\n-Other ${SECRETS[1]}\r\n${SECRETS[2]}`;
    const RUN = 'POST /v2/device/{id}/script/run';
    const spellings: readonly (readonly [string, (sent: string) => unknown])[] = [
      ['as it was sent', (sent) => ({ resultCode: 'FAILURE', errorMessage: sent })],
      ['with other white space', (sent) => ({ error: 'x', error_description: sent.replaceAll(/\s+/g, ' ') })],
      ['as a code', (sent) => ({ errorMessage: { code: sent, params: {} } })],
      ['as upper case', (sent) => ({ message: sent.toUpperCase() })],
      ['as an incident', (sent) => ({ incidentId: sent, message: 'no' })],
      ['as part of an incident', () => ({ incidentId: `INC-${SECRETS[0]}`, message: 'no' })],
      ['as a result', (sent) => ({ resultCode: sent })],
      ['as text', (sent) => sent],
    ];
    for (const [spelling, answer] of spellings) {
      it(`${spelling} is shown, and nothing of it is logged or stored (E13, P9)`, async () => {
        const content = answer(PARAMETERS);
        const body = typeof content === 'string' ? content : JSON.stringify(content);
        explorer.answers('/v2/device/7/script/run', text(body, { status: 400 }));
        editor.user.answers(/Send "Run/, 'Run Script on Device');
        editor.user.closes(/./);
        await explorer.write(RUN, { path: { id: 7 }, body: { type: 'SCRIPT', id: 1, parameters: PARAMETERS } });
        await explorer.run('ninjaone.request.send');
        assert.equal(explorer.errors.length, 1);
        const logged = editor.window.channels.flatMap(({ lines }) => lines.map((line) => line.text)).join('\n');
        assert.match(logged, /^(?:api|server)\.\w+: /m);
        await explorer.remembered(1);
        const { directory } = explorer.host.sessions;
        const files = await readdir(join(directory, 'history'), { recursive: true, withFileTypes: true });
        const stored = await Promise.all(
          files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
        );
        assert.equal(stored.length, 1);
        for (const secret of SECRETS.flatMap((each) => each.split(/[\s;"]/))) {
          const text = [logged, ...stored].join('\n').toLowerCase();
          assert.ok(!text.includes(secret.toLowerCase()), `${secret} in ${text}`);
        }
      });
    }
  });

  describe('when it redirects a GET', () => {
    const LOCATION = 'https://files.example/a?X-Amz-Signature=abcdef0123456789';
    beforeEach(async () => {
      explorer.answers('/v2/organizations', text('', { status: 302, headers: { location: LOCATION } }));
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    });

    it('is the target as a masked value, and no complaint about the connection (E7)', async () => {
      assert.deepEqual(explorer.errors, []);
      assert.match(explorer.inFront.text, /"location": "•+"/);
      assert.doesNotMatch(explorer.inFront.text, /X-Amz/);
      const lenses = await explorer.lenses();
      assert.ok(lenses.some((lens) => lens.startsWith('Redirected to files.example')));
      assert.ok(!lenses.some((lens) => /Save as (?!Script)/.test(lens)));
    });

    it('can be copied, and is in no history and no file (E7, E13)', async () => {
      editor.user.answers(/Copy which value/, ({ choices }) => choices[0]);
      await explorer.press('Copy');
      assert.equal(editor.env.clipboardText, LOCATION);
      await explorer.remembered(1);
      const store = await explorer.feature.history();
      const [entry] = await store.entries();
      assert.equal(entry && (await store.exchange(entry)), undefined);
    });
  });

  describe('with a file where the folder for large responses should be', () => {
    const folder = (): string => join(explorer.host.sessions.directory, 'responses');
    beforeEach(async () => {
      await rm(folder(), { recursive: true, force: true });
      await writeFile(folder(), 'a file');
    });

    it('is shown as always (E7)', async () => {
      explorer.answers('/v2/organizations', json([{ id: 1 }]));
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      assert.deepEqual(explorer.errors, []);
      assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1 }]);
    });

    it('is shown in part and can be saved when it has too many items (E7)', async () => {
      editor.configuration.set('ninjaone.response.maxItems', 1);
      explorer.answers('/v2/organizations', json([{ id: 1 }, { id: 2 }]));
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      assert.deepEqual([explorer.errors, JSON.parse(explorer.inFront.text)], [[], [{ id: 1 }]]);
      const available = editor.commands.context.get('ninjaone.response.saveJson.responses');
      assert.deepEqual(available, [explorer.inFront.uri.toString()]);
    });

    it('is shown in part with the name of the folder when it is too large for memory (E7)', async () => {
      const bytes = Buffer.from(JSON.stringify(Array.from({ length: 100 }, (_, id) => ({ id }))));
      explorer.answers('/v2/devices', largeAnswer(bytes, 500));
      await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
      assert.deepEqual(explorer.errors, []);
      assert.match(explorer.inFront.text, /"id": 0/);
      const lenses = (await explorer.lenses()).join('\n');
      assert.ok(lenses.includes(`could not be written to the folder ${folder()} (ENOTDIR)`), lenses);
      assert.ok(!/Save as JSON|save it/.test(lenses), lenses);
      await mkdir(folder(), { recursive: true }).catch(() => {});
    });
  });
});
