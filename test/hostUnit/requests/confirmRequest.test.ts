import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { ApiRequest } from '../../../src/core/api/apiRequest.ts';
import { askRequestConfirmation } from '../../../src/host/requests/confirmRequest.ts';
import { requestOf } from '../../support/apiClientFixture.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { until } from '../../support/sessionFixture.ts';
import { UNKNOWN_READ, UNKNOWN_TRAITS } from '../../../src/core/catalog/overlay.ts';
import {
  DASHBOARD_URL,
  DELETE_FIELD,
  operationOf,
  parameterOf,
  REBOOT,
  SECURE_FIELDS,
} from '../../support/operationFixtures.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('confirming a request', () => {
  const editor = useVscode();
  const ask = (request: ApiRequest, name?: string): Promise<boolean> =>
    askRequestConfirmation(request, () => Promise.resolve({ name, owners: [] }));
  const lines = (): readonly string[] => editor.user.asked.at(-1)?.detail?.split('\n') ?? [];

  it('shows method, path and query, the targets, the body and the connection, a line each (E9, T39)', async () => {
    editor.user.answers(/^Send "Operation"\? [A-Z][^{}]+\.$/, 'Operation');
    const operation = {
      ...REBOOT,
      parameters: REBOOT.parameters.map((each) => (each.name === 'id' ? { ...each, kind: 'device' as const } : each)),
    };
    const request = requestOf(operation, { query: '?why=x', body: '{"reason":"a"}' });
    assert.equal(await ask(request, 'SRV-1'), true);
    assert.deepEqual(lines(), [
      'POST /v2/device/1/reboot/1?why=x',
      'Device: SRV-1 (1)',
      'Mode: 1',
      'Body: {"reason":"a"}',
      'Connection: Acme (eu.ninjarmm.com)',
    ]);
  });

  it('has a button that names the change, and Send for what only reads or what nobody knows (E9)', async () => {
    for (const [operation, button] of [
      [{ ...REBOOT, title: 'Run script on device' }, 'Run Script on Device'],
      [{ ...REBOOT, title: 'Submit OS patch scan' }, 'Submit OS Patch Scan'],
      [SECURE_FIELDS, 'Send'],
    ] as const) {
      editor.user.answers(/^Send/, button);
      assert.equal(await ask(requestOf(operation)), true);
    }
  });

  it('shows dots in place of passwords in the body and the query (E4, E9)', async () => {
    for (const [body, query, shown] of [
      [
        '{"q":"x","password":"hunter2pw","apiKey":"AKIA"}',
        '?a=1',
        '{"q":"x","password":"••••••••","apiKey":"••••••••"}',
      ],
      [
        '{"fields":[{"name":"adminPassword","value":"hunter2pw"}]}',
        '',
        '{"fields":[{"name":"adminPassword","value":"••••••••"}]}',
      ],
      ['{"a":1}', '?hook=https%3A%2F%2Fme%3Ahunter2pw%40host&a=1', '{"a":1}'],
      ['{"special":"hunter2pw"}', '?token=hunter2pw&a=1', '{"special":"••••••••"}'],
      ['not JSON, hunter2pw', '?a=1&client%53ecret=hunter2pw', '••••••••'],
    ] as const) {
      editor.user.answers(/^Send/, ({ choices }) => choices[0]);
      const operation = { ...REBOOT, traits: { ...REBOOT.traits, passwords: ['special'] } };
      assert.equal(await ask(requestOf(operation, { query, body })), true);
      assert.ok(lines().includes(`Body: ${shown}`), lines().join('\n'));
      assert.match(lines()[0] ?? '', new RegExp(`^POST /v2/device/1/reboot/1${query === '' ? '' : '\\?'}`));
      assert.doesNotMatch(lines().join('\n'), /hunter2/);
    }
  });

  it('says how many items each list of the body has, which may be cut (E9)', async () => {
    for (const [value, line] of [
      [{ tagIds: Array.from({ length: 300 }, (_, id) => id), one: [1] }, 'tagIds: 300 items'],
      [[1, 2], '2 items'],
    ] as const) {
      editor.user.answers(/^Send/, ({ choices }) => choices[0]);
      assert.equal(await ask(requestOf(REBOOT, { body: JSON.stringify(value) })), true);
      assert.deepEqual(
        lines().filter((each) => each.endsWith(' items')),
        [line],
      );
    }
  });

  it('claims nothing of an operation that only an instance describes (E2, E9)', async () => {
    const change = operationOf('POST /v2/x', { traits: UNKNOWN_TRAITS });
    editor.user.answers('Operation · Acme', 'POST x');
    editor.user.answers(/^Send "Operation"\? It is not known what this request does\. It may destroy data/, 'Send');
    assert.equal(await ask(requestOf(change)), true);
    assert.doesNotMatch(lines().join('\n'), /contains secrets/);
    editor.user.answers(
      /^Send "Operation"\? It is not known what this request returns\. It may read secrets\./,
      'Send',
    );
    assert.equal(await ask(requestOf(operationOf('GET /v2/x', { traits: UNKNOWN_READ }))), true);
  });

  it('shows the port of an instance on this computer (E9)', async () => {
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    const origin = 'http://127.0.0.1:8443';
    const instance = { origin, label: '127.0.0.1:8443', kind: 'loopback', host: '127.0.0.1' } as const;
    const url = `${origin}/v2/device/1/reboot/1`;
    assert.equal(await ask({ ...requestOf(REBOOT), connection: connectionOf({ instance }), url }), true);
    assert.equal(lines().at(-1), 'Connection: Acme (127.0.0.1:8443)');
  });

  it('says that patches cannot be chosen before it installs them on a device (E9)', async () => {
    for (const kind of ['os', 'software']) {
      editor.user.answers(/^Send/, ({ choices }) => choices[0]);
      const key = `POST /v2/device/{id}/patch/${kind}/apply`;
      assert.equal(await ask(requestOf(operationOf(key, { traits: { riskLevel: 'deviceAction' } }))), true);
      assert.ok(
        lines().some((line) => /^Every approved patch of the device is installed\. .* only some/.test(line)),
        lines().join('\n'),
      );
    }
  });

  it('shows neither the query nor the targets of a read (E4, E9)', async () => {
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    assert.equal(await ask(requestOf(DASHBOARD_URL, { query: '?cursor=2' })), true);
    assert.deepEqual(lines(), ['GET /v2/device/1/dashboard-url', 'Connection: Acme (eu.ninjarmm.com)']);
  });

  it('says which parameter makes a read return secrets (E4)', async () => {
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    assert.equal(await ask(requestOf(SECURE_FIELDS, { query: '?showSecureValues=true&pageSize=5' })), true);
    assert.deepEqual(lines(), [
      'GET /v2/queries/custom-fields',
      'The parameter showSecureValues asks for secret values.',
      'Connection: Acme (eu.ninjarmm.com)',
    ]);
  });

  it('says when the name of an object is not available (E9)', async () => {
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    const parameters = [parameterOf('org', { in: 'path', required: true, kind: 'organization' })];
    const operation = operationOf('POST /v2/organization/{org}/x', {
      parameters,
      traits: { riskLevel: 'deviceAction' },
    });
    assert.equal(await ask(requestOf(operation)), true);
    assert.ok(lines().includes('Organization: 1 (name not available)'), lines().join('\n'));
  });

  it('can be canceled while the names are looked up, and then asks nothing (E9)', async () => {
    const parameters = [parameterOf('id', { in: 'path', required: true, kind: 'device' })];
    const request = requestOf(operationOf('POST /v2/device/{id}/x', { parameters }));
    const asking = askRequestConfirmation(
      request,
      (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve({ name: undefined, owners: [] });
          });
        }),
    );
    await until(() => editor.window.progress.length > 0);
    const [progress] = editor.window.progress;
    assert.match(progress?.title ?? '', /^Looking up the names/);
    progress?.cancel();
    await assert.rejects(asking, { code: 'canceled' });
    assert.deepEqual(editor.user.asked, []);
  });

  it('sends nothing when the dialog is closed (E9)', async () => {
    editor.user.closes(/^Send/);
    assert.equal(await ask(requestOf(REBOOT)), false);
  });

  it('wants the name of the target of a deletion typed before the dialog, and stays open meanwhile (E9)', async () => {
    editor.user.answers('Operation · Acme', async ({ kind, options, objectionTo }) => {
      assert.equal(kind, 'input');
      assert.equal((options as { readonly ignoreFocusOut?: unknown } | undefined)?.ignoreFocusOut, true);
      assert.equal(await objectionTo?.(''), undefined);
      assert.equal(await objectionTo?.('1'), undefined);
      assert.equal(await objectionTo?.('2'), 'Type 1 to continue.');
      return '1';
    });
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    assert.equal(await ask(requestOf(DELETE_FIELD)), true);
  });

  it('wants the name of a device typed, and shows to which organization it belongs (E9, T39)', async () => {
    const parameters = [parameterOf('id', { in: 'path', required: true, kind: 'device' })];
    const request = requestOf(
      operationOf('DELETE /v2/device/{id}', { parameters, traits: { riskLevel: 'destructive' } }),
    );
    const owner = { name: 'organization', kind: 'organization', id: '3' };
    editor.user.answers('Operation · Acme', 'SRV-1');
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    const lookUp = (ownerName: string | undefined) => () =>
      Promise.resolve({ name: 'SRV-1', owners: [{ ...owner, ownerName }] });
    assert.equal(await askRequestConfirmation(request, lookUp('Umbrella')), true);
    assert.deepEqual(lines().slice(1, 3), ['Device: SRV-1 (1)', 'Organization: Umbrella (3)']);
    editor.user.answers('Operation · Acme', 'SRV-1');
    editor.user.closes(/^Send/);
    assert.equal(await askRequestConfirmation(request, lookUp(undefined)), false);
    assert.equal(lines()[2], 'Organization: 3 (name not available)');
  });

  it('wants the id typed when the name cannot be read (E9)', async () => {
    const parameters = [parameterOf('id', { in: 'path', required: true, kind: 'device' })];
    editor.user.answers('Operation · Acme', '1');
    editor.user.closes(/^Send/);
    assert.equal(await ask(requestOf(operationOf('DELETE /v2/device/{id}', { parameters }))), false);
    assert.equal(editor.user.asked.length, 2);
  });

  it('wants a word of the path typed for a deletion whose path names no object (E9)', async () => {
    editor.user.answers('Operation · Acme', 'trash');
    editor.user.answers(/^Send/, ({ choices }) => choices[0]);
    assert.equal(await ask(requestOf(operationOf('DELETE /v2/trash'))), true);
  });

  it('sends nothing when the editor accepts another text than the input box does (E9)', async () => {
    // An extension or a test driver can accept an input box whose text is marked as wrong.
    const showInputBox = mock.method(editor.window.api, 'showInputBox', () => Promise.resolve('2'));
    try {
      assert.equal(await ask(requestOf(DELETE_FIELD)), false);
      assert.equal(showInputBox.mock.callCount(), 1);
      assert.deepEqual(editor.user.asked, []);
    } finally {
      showInputBox.mock.restore();
    }
  });

  for (const key of ['POST /v2/checklist/archive', 'POST /v2/organization/{id}/checklists/archive']) {
    it(`wants a word of the path typed for the bulk change ${key}, and sends nothing without it (E9)`, async () => {
      editor.user.answers('Operation · Acme', async ({ objectionTo }) => {
        assert.equal(await objectionTo?.('1'), 'Type archive to continue.');
        assert.equal(await objectionTo?.('archive'), undefined);
        return undefined;
      });
      assert.equal(await ask(requestOf(operationOf(key, { traits: { bulk: true } }))), false);
      assert.equal(editor.user.asked.length, 1);
    });
  }
});
