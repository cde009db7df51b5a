import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '../../support/apiClientFixture.ts';
import { openExplorer, type ExplorerFixture } from '../../support/explorerFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SECRET = 'Hunter2-recovery';

describe('the error text of a request with secrets', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  beforeEach(async () => {
    explorer = await openExplorer(editor);
    explorer.allowWrites();
    editor.user.closesAll();
  });
  afterEach(() => explorer.close());

  const requests: Readonly<Record<string, { readonly path: string; readonly send: () => Promise<void> }>> = {
    'that reads secrets': {
      path: '/v2/device/7/dashboard-url',
      send: async () => {
        editor.user.answers(/\bid\b/, '7');
        editor.user.answers(/Get device link.*reads secrets/, 'Send');
        await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
      },
    },
    'that stores secrets': {
      path: '/v2/related-items/entity/ORGANIZATION/7/secure',
      send: () => {
        editor.user.answers(/^Send "/, ({ choices }) => choices[0]);
        return sendDocument('POST /v2/related-items/entity/{entityType}/{entityId}/secure', {
          path: { entityType: 'ORGANIZATION', entityId: 7 },
          body: { name: 'A', password: SECRET },
        });
      },
    },
    'whose body has a password': {
      path: '/v2/organization/7/custom-fields',
      send: () =>
        sendDocument('PATCH /v2/organization/{id}/custom-fields', {
          path: { id: 7 },
          body: { adminPassword: SECRET },
        }),
    },
  };
  const sendDocument = async (operation: string, request: object): Promise<void> => {
    await explorer.write(operation, request);
    await explorer.run('ninjaone.request.send');
  };

  /** All that a user or the log sees but the document itself. */
  const shown = async (): Promise<string> =>
    [
      ...editor.user.asked.filter(({ kind }) => kind === 'message').map((asked) => JSON.stringify(asked)),
      ...(await explorer.lenses()),
      ...editor.window.channels.flatMap(({ lines }) => lines.map((line) => line.text)),
    ].join('\n');

  const answers: readonly (readonly [name: string, status: number, body: string])[] = [
    ['errorMessage', 400, JSON.stringify({ resultCode: 'FAILURE', errorMessage: `bad ${SECRET}` })],
    ['resultCode', 400, JSON.stringify({ resultCode: SECRET })],
    ['an incident', 400, JSON.stringify({ resultCode: 'FAILURE', incidentId: SECRET })],
    ['error_description', 403, JSON.stringify({ error: 'x', error_description: SECRET })],
    ['a 404', 404, JSON.stringify({ errorMessage: SECRET })],
    ['a 500', 500, JSON.stringify({ errorMessage: SECRET })],
    ['plain text', 400, `bad ${SECRET}`],
  ];
  for (const [kind, { path, send }] of Object.entries(requests)) {
    for (const [name, status, body] of answers) {
      it(`${kind} is in no message, line or log, and masked in the document, with ${name} (E4, P9)`, async () => {
        explorer.answers(path, text(body, { status }));
        await send();
        assert.equal(explorer.errors.length, 1);
        const all = await shown();
        assert.ok(all.includes('HTTP ') || all.includes(`status ${status}`) || all.includes(String(status)), all);
        assert.ok(!all.includes(SECRET), all);
        assert.ok(!explorer.inFront.text.includes(SECRET), explorer.inFront.text);
        assert.ok((await explorer.lenses()).includes('Reveal'));
      });
    }
  }

  it('is deleted from the disk when it was too large for memory (E4, P9)', async () => {
    const { path, send } = requests['whose body has a password'] ?? assert.fail();
    const bytes = Buffer.from(JSON.stringify({ errorMessage: SECRET, more: 'x'.repeat(2000) }));
    explorer.answers(path, async ({ overflow }) => {
      await overflow?.start();
      await overflow?.write(bytes);
      return { ...text('', { status: 400 }), body: bytes.subarray(0, 500), overflow: bytes.byteLength };
    });
    await send();
    assert.ok(!explorer.inFront.text.includes(SECRET));
    const folder = join(explorer.host.sessions.directory, 'responses');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      files.filter((each) => each.isFile()),
      [],
    );
  });

  it('says that it is hidden, and keeps an ID of the support (E4, A16)', async () => {
    const { path, send } = requests['that reads secrets'] ?? assert.fail();
    const incidentId = `WEB_MGMT_SERVICE-${randomUUID()}`;
    explorer.answers(path, text(JSON.stringify({ errorMessage: SECRET, incidentId }), { status: 400 }));
    await send();
    assert.match(
      await shown(),
      /HTTP 400 with an error\. The message is hidden because it may contain secrets\. Send shows it in the response/,
    );
    assert.ok((await shown()).includes(incidentId));
  });
});
