import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NinjaOneError } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import type { Scope } from '../../../src/core/connections/connection.ts';
import { json, largeAnswer, text } from '../../support/apiClientFixture.ts';
import {
  BETA,
  openExplorer,
  type ExplorerFixture,
  type ExplorerFixtureOptions,
} from '../../support/explorerFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

describe('running operations', () => {
  const editor = useVscode();
  let explorer: ExplorerFixture;
  const open = async (options?: ExplorerFixtureOptions): Promise<void> => {
    explorer = await openExplorer(editor, options);
  };
  afterEach(() => explorer.close());

  const timedOut = (): Error =>
    new NinjaOneError({ code: 'network.timeout', intent: 'transient', message: l10n.t('Too slow.') });

  it('sends a read, and opens the response as a document (E5)', async () => {
    await open();
    explorer.answers('/v2/organizations', json([{ id: 1, name: 'One' }]));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.deepEqual(explorer.calls, ['GET /v2/organizations']);
    assert.match(explorer.sent[0]?.headers?.['authorization'] ?? '', /^Bearer ./);
    assert.deepEqual(JSON.parse(explorer.inFront.text), [{ id: 1, name: 'One' }]);
    assert.equal(explorer.title, 'List organizations · Acme.json');
  });

  it('says whether it waits because NinjaOne is busy or because the connection failed (E8)', async () => {
    await open();
    for (const [first, said] of [
      [timedOut(), /^The connection failed\. Trying again in 1 second…$/],
      [text('', { status: 429, headers: { 'retry-after': '1' } }), /^NinjaOne is busy\. Waiting 1 second, until /],
    ] as const) {
      explorer.answers('/v2/organizations', first, json([]));
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      const messages = editor.window.progress.at(-1)?.messages ?? [];
      assert.ok(
        messages.some((message) => said.test(message)),
        messages.join(),
      );
    }
  });

  it('asks for a required value and takes only one that fits (E5)', async () => {
    await open();
    editor.user.picksFrom(/\bid\b/, (list) => {
      list.type('seven');
      list.accept();
      assert.equal(list.isVisible, true);
      list.type('7');
      list.accept();
    });
    await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}');
    assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
  });

  it('offers the values that the API knows, one question after the other (E5)', async () => {
    await open();
    editor.user.answers('entityType', ({ choices }) => {
      assert.deepEqual(choices.slice(0, 1), ['ORGANIZATION']);
      return 'ORGANIZATION';
    });
    editor.user.answers('entityId', '3');
    editor.user.answers(/This request reads secrets/, 'Send');
    await explorer.run('ninjaone.explorer.run', 'GET /v2/related-items/with-entity/{entityType}/{entityId}');
    assert.deepEqual(explorer.calls, ['GET /v2/related-items/with-entity/ORGANIZATION/3']);
  });

  it('sends nothing and says nothing when a question is left', async () => {
    await open();
    editor.user.closes(/\bid\b/);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}');
    assert.deepEqual([explorer.calls, editor.window.said], [[], []]);
  });

  it('asks which operation, the recent ones first', async () => {
    await open();
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    editor.user.picksFrom(/which operation/i, (pick) => {
      pick.accept();
    });
    await explorer.run('ninjaone.explorer.run');
    assert.deepEqual(explorer.calls, ['GET /v2/organizations', 'GET /v2/organizations']);
  });

  it('sends a request of the connection that is selected, with its token', async () => {
    await open({ connections: [ACME, BETA] });
    await explorer.host.selection.select(explorer.host.settings.connection('Beta')!);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.match(explorer.sent[0]?.url ?? '', /^https:\/\/app\.ninjarmm\.com\//);
  });

  describe('that change something', () => {
    const ARCHIVE = 'POST /v2/document-templates/{documentTemplateId}/archive';

    it('refuses while the connection is read-only, and asks for no value before (E9)', async () => {
      await open();
      editor.user.closes(/./);
      await explorer.run('ninjaone.explorer.run', ARCHIVE);
      assert.deepEqual([explorer.calls, explorer.errors], [[], ['api.readOnly']]);
    });

    it('offers to allow writes where it refuses (E9)', async () => {
      await open();
      editor.user.answers(/read-only/, ({ choices }) => choices[0]);
      editor.user.closes(/Allow Acme/);
      await explorer.run('ninjaone.explorer.run', ARCHIVE);
      await editor.user.wasAsked(/Allow Acme/);
    });

    it('sends a plain write while writes are allowed, without another question (E9)', async () => {
      await open();
      explorer.allowWrites();
      editor.user.answers('documentTemplateId', '4');
      await explorer.run('ninjaone.explorer.run', ARCHIVE);
      assert.deepEqual(explorer.calls, ['POST /v2/document-templates/4/archive']);
      assert.equal(editor.user.asked.length, 1);
    });

    it('leads to the request document when the operation takes a body (E5)', async () => {
      await open();
      explorer.allowWrites();
      await explorer.run('ninjaone.explorer.run', 'PATCH /v2/device/{id}');
      assert.equal(explorer.inFront.uri.scheme, 'ninjaone-request');
      assert.match(explorer.inFront.text, /PATCH \/v2\/device\/\{id\}/);
      const { selection } = editor.workspace.shownWith ?? {};
      const text = explorer.inFront.text;
      assert.match(text.slice(explorer.inFront.offsetAt(selection!.start) - 7), /^"id": ""/);
      assert.deepEqual([explorer.calls, editor.window.said], [[], []]);
    });

    it('leads to it also while the connection is read-only, because nothing is sent (E5, E9)', async () => {
      await open();
      await explorer.run('ninjaone.explorer.run', 'PATCH /v2/device/{id}');
      assert.equal(explorer.inFront.uri.scheme, 'ninjaone-request');
      assert.deepEqual([explorer.calls, explorer.errors], [[], []]);
    });

    it('asks before an action on a device, with method, path, name, connection and host (E9)', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/device/7', json({ id: 7, systemName: 'SRV-1' }));
      editor.user.answers(/\bid\b/, '7');
      editor.user.answers('Submit OS patch scan', 'Submit OS Patch Scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      const { kind, detail = '' } = editor.user.asked.at(-1) ?? {};
      assert.equal(kind, 'modal');
      for (const part of ['POST /v2/device/7/patch/os/scan', 'SRV-1 (7)', 'Acme', 'eu.ninjarmm.com']) {
        assert.ok(detail.includes(part), `${part} in ${detail}`);
      }
      assert.deepEqual(explorer.calls, ['GET /v2/device/7', 'POST /v2/device/7/patch/os/scan']);
    });

    it('names the organization and the location of a device, because others can have its name (E9, T39)', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/device/7', json({ id: 7, systemName: 'SRV-1', organizationId: 3, locationId: 9 }));
      explorer.answers('/v2/organization/3', json({ id: 3, name: 'Umbrella' }));
      explorer.answers(
        '/v2/organization/3/locations',
        json([
          { id: 8, name: 'Lab' },
          { id: 9, name: 'Hive' },
        ]),
      );
      editor.user.answers(/\bid\b/, '7');
      editor.user.closes('Submit OS patch scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      const lines = editor.user.asked.at(-1)?.detail?.split('\n') ?? [];
      assert.deepEqual(lines.slice(1, 4), ['Device: SRV-1 (7)', 'Organization: Umbrella (3)', 'Location: Hive (9)']);
    });

    it('shows the ids of the organization and the location whose names cannot be read (E9)', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/device/7', json({ id: 7, systemName: 'SRV-1', organizationId: 3, locationId: 9 }));
      explorer.answers('/v2/organization/3', json({}, { status: 403 }));
      explorer.answers('/v2/organization/3/locations', json([]));
      editor.user.answers(/\bid\b/, '7');
      editor.user.closes('Submit OS patch scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      const detail = editor.user.asked.at(-1)?.detail ?? '';
      assert.match(detail, /Organization: 3 \(name not available\)\nLocation: 9 \(name not available\)/);
    });

    it('names each object that has a name, also one that NinjaOne returns only in a list (E9, E16)', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/policies', json([{ id: 3, name: 'Servers' }]));
      editor.user.answers(/policy_id/, '3');
      editor.user.answers(/condition_id/, '7c0d1e2f-0000-4000-8000-000000000001');
      editor.user.closes(/Type /);
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/policies/{policy_id}/condition/{condition_id}');
      assert.deepEqual(explorer.calls, ['GET /v2/policies']);
      explorer.answers('/v2/user/technician/4', json({ id: 4, firstName: 'Tess', lastName: 'Technician' }));
      editor.user.answers(/\bid\b/, '4');
      editor.user.answers(/Type Tess Technician/, 'Tess Technician');
      editor.user.closes(/^Send "/);
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/user/technician/{id}');
      assert.match(editor.user.asked.at(-1)?.detail ?? '', /\nTechnician: Tess Technician \(4\)\n/);
    });

    it('takes no name from an answer about another device or organization (E9, T39)', async () => {
      await open();
      explorer.allowWrites();
      for (const id of [8, '7a', undefined]) {
        explorer.answers('/v2/device/7', json({ id, systemName: 'SRV-8', organizationId: 3 }));
        editor.user.answers(/\bid\b/, '7');
        editor.user.closes('Submit OS patch scan');
        await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
        const lines = editor.user.asked.at(-1)?.detail?.split('\n') ?? [];
        assert.equal(lines[1], 'Device: 7 (name not available)');
        assert.doesNotMatch(lines.join('\n'), /SRV-8|organization/);
      }
      explorer.answers('/v2/device/7', json({ id: 7, systemName: 'SRV-7', organizationId: 3 }));
      explorer.answers('/v2/organization/3', json({ id: 4, name: 'Umbrella' }));
      editor.user.answers(/\bid\b/, '7');
      editor.user.closes('Submit OS patch scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      const detail = editor.user.asked.at(-1)?.detail ?? '';
      assert.match(detail, /Device: SRV-7 \(7\)\nOrganization: 3 \(name not available\)/);
    });

    it('does not send what nobody confirms (E9)', async () => {
      await open();
      explorer.allowWrites();
      editor.user.answers(/\bid\b/, '7');
      editor.user.closes('Submit OS patch scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      assert.deepEqual(explorer.calls, ['GET /v2/device/7']);
    });

    it('says that the name of a device could not be read, and goes on with its id', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/device/7', json({ error: 'no' }, { status: 404 }));
      editor.user.answers(/\bid\b/, '7');
      editor.user.closes('Submit OS patch scan');
      await explorer.run('ninjaone.explorer.run', 'POST /v2/device/{id}/patch/os/scan');
      assert.match(editor.user.asked.at(-1)?.detail ?? '', /: 7 \(/);
    });

    it('wants the object of a deletion typed, then asks (E9, T39)', async () => {
      await open();
      explorer.allowWrites();
      editor.user.answers('tagId', '5');
      editor.user.answers(/Type 5/, async ({ objectionTo }) => {
        assert.notEqual(await objectionTo?.('6'), undefined);
        return '5';
      });
      editor.user.answers(/Delete tag by ID.*destroys data/, 'Delete Tag by ID');
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/tag/{tagId}');
      assert.deepEqual(explorer.calls, ['DELETE /v2/tag/5']);
      assert.deepEqual(
        editor.user.asked.map(({ kind }) => kind),
        ['input', 'input', 'modal'],
      );
    });

    it('asks nothing more when the object of a deletion is not typed (E9)', async () => {
      await open();
      explorer.allowWrites();
      editor.user.answers('tagId', '5');
      editor.user.closes(/Type 5/);
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/tag/{tagId}');
      assert.deepEqual([explorer.calls, editor.window.said], [[], []]);
    });

    it('wants a word of the path typed for a bulk change (E9, T39)', async () => {
      await open();
      explorer.allowWrites();
      editor.user.answers('fieldNames', 'rack');
      editor.user.answers(/Type bulk/, 'bulk');
      editor.user.answers(/Bulk delete.*destroys data/, 'Bulk Delete Node Attributes');
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/custom-fields/bulk');
      assert.deepEqual(explorer.calls, ['DELETE /v2/custom-fields/bulk?fieldNames=rack']);
    });

    it('says that the result of a write without a response is unknown, also in the history (E9)', async () => {
      await open();
      explorer.allowWrites();
      explorer.answers('/v2/document-templates/4/archive', timedOut());
      editor.user.answers('documentTemplateId', '4');
      editor.user.closes(/unknown/);
      await explorer.run('ninjaone.explorer.run', ARCHIVE);
      assert.deepEqual(explorer.errors, ['api.unknownOutcome']);
      assert.equal(explorer.sent.length, 1);
      await explorer.remembered(1);
      const [entry] = await (await explorer.feature.history()).entries();
      assert.equal(entry?.outcome, 'unknown');
    });
  });

  it('asks before it reads secrets, and shows them as dots (E4)', async () => {
    await open();
    explorer.answers('/v2/device/7/dashboard-url', json({ url: 'https://secret.example' }));
    editor.user.answers(/\bid\b/, '7');
    editor.user.answers(/Get device link.*reads secrets/, 'Send');
    await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
    assert.match(explorer.inFront.text, /"url": "[^a-z]+"/);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    await explorer.remembered(1);
  });

  it('reads no secrets when the question is left (E4)', async () => {
    await open();
    editor.user.answers(/\bid\b/, '7');
    editor.user.closes(/Get device link.*reads secrets/);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/device/{id}/dashboard-url');
    assert.deepEqual([explorer.calls, explorer.errors], [[], []]);
  });

  it('explains a refusal and shows the response (E12)', async () => {
    await open();
    explorer.answers('/v2/organizations', json({ error: 'insufficient_privileges' }, { status: 403 }));
    editor.user.closes(/Acme/);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.deepEqual(explorer.errors, ['api.missingRight']);
    assert.match((await explorer.lenses())[1] ?? '', /Acme/);
    assert.match(explorer.inFront.text, /insufficient_privileges/);
  });

  describe('that NinjaOne refuses although the scope is there', () => {
    const SCRIPTS = 'GET /v2/device/{id}/scripting/options';
    const refused = json({ error: 'insufficient_privileges' }, { status: 401 });
    const openWith = async (...scopes: readonly (readonly Scope[])[]): Promise<void> => {
      await open({
        connections: [{ ...ACME, scopes: ['monitoring', 'management', 'control'] }],
        scopes: ['monitoring'],
      });
      const { window, sessions, settings } = explorer.host;
      for (const each of scopes) {
        await window.signIn(sessions, each, {}, settings.connections[0]);
      }
    };
    const run = async (operation: string): Promise<void> => {
      editor.user.answers(/\bid\b/i, '7');
      await explorer.run('ninjaone.explorer.run', operation);
    };
    const tokens = (): readonly unknown[] => explorer.sent.map(({ headers }) => headers?.['authorization']);

    it('tries a read once with the next wider session where the scope is a guess, and goes on with it (E4)', async () => {
      await openWith(['monitoring', 'management', 'control'], ['monitoring', 'management']);
      explorer.answers('/v2/device/7/scripting/options', refused, json({ categories: [] }));
      await run(SCRIPTS);
      assert.deepEqual(explorer.errors, []);
      assert.match(explorer.inFront.text, /categories/);
      const wide = explorer.host.window.tokens.usable().find(({ session }) => session.scopes.length === 2);
      assert.equal(tokens().length, 2);
      assert.equal(tokens()[1], `Bearer ${wide?.session.accessToken}`);
    });

    it('tries no third session, and says that the scope is probably right (E4, E12)', async () => {
      await openWith(['monitoring', 'management'], ['monitoring', 'management', 'control']);
      explorer.answers('/v2/device/7/scripting/options', refused);
      editor.user.closes(/probably/);
      await run(SCRIPTS);
      assert.deepEqual([explorer.sent.length, explorer.errors], [2, ['api.missingRight']]);
    });

    it('sends it once if there is no wider session, or if the scope is known (E4)', async () => {
      await openWith(['management']);
      explorer.answers('/v2/device/7/scripting/options', refused);
      editor.user.closes(/probably/);
      await run(SCRIPTS);
      assert.equal(explorer.sent.length, 1);

      const { window, sessions, settings } = explorer.host;
      await window.signIn(sessions, ['monitoring', 'management'], {}, settings.connections[0]);
      explorer.answers('/v2/device/7/last-logged-on-user', refused);
      editor.user.closes(/Acme/);
      await run('GET /v2/device/{id}/last-logged-on-user');
      assert.equal(explorer.calls.filter((call) => call.includes('/v2/device')).length, 2);
    });

    it('never sends a change again (E4, E9)', async () => {
      await openWith(['management'], ['monitoring', 'management']);
      explorer.allowWrites();
      explorer.answers('/v2/document-templates/7/archive', refused);
      editor.user.closes(/probably/);
      await run('POST /v2/document-templates/{documentTemplateId}/archive');
      assert.deepEqual(explorer.calls, ['POST /v2/document-templates/7/archive']);
    });
  });

  it('shows no document when the network fails', async () => {
    await open();
    explorer.answers(
      '/v2/organizations',
      new NinjaOneError({
        code: 'network.forbidden',
        intent: 'invalidInput',
        message: l10n.t('Not sent.'),
      }),
    );
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.deepEqual(explorer.errors, ['network.forbidden']);
    assert.deepEqual(editor.workspace.documents, []);
  });

  it('refuses an operation whose scope the connection does not have', async () => {
    await open({ connections: [{ ...ACME, scopes: ['management'] }], scopes: ['management'] });
    editor.user.closes(/monitoring/);
    await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
    assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.lacksScope']]);
  });

  describe('while signed out', () => {
    const SERVICE = { name: 'Service', instance: 'eu', clientId: 'client-3', platform: 'api-services' };

    it('signs in to a service after a question, then sends (A17)', async () => {
      await open({ connections: [SERVICE], scopes: [] });
      const [service] = explorer.host.settings.connections;
      await explorer.host.window.clientSecrets.set(service!.id, 'the client secret');
      editor.configuration.set('ninjaone.explorer.liveCatalog', false);
      editor.user.answers(/Service/, 'Sign In');
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      assert.deepEqual(explorer.calls, ['GET /v2/organizations']);
      assert.deepEqual(
        explorer.host.sessions.server.calls.map(({ kind }) => kind),
        ['mint'],
      );
    });

    it('sends nothing when the sign-in is refused', async () => {
      await open({ connections: [SERVICE], scopes: [] });
      editor.user.closes(/Service/);
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      assert.deepEqual([explorer.calls, explorer.errors], [[], []]);
    });

    it('offers to add a connection when there is none', async () => {
      await open({ connections: [] });
      editor.user.picksFrom(/NinjaOne/, (wizard) => {
        wizard.escape();
      });
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      assert.deepEqual([explorer.calls, explorer.errors], [[], []]);
    });
  });

  describe('fetching all pages', () => {
    it('reads page after page into one list, and says how many pages it had (E8)', async () => {
      await open();
      const page = (first: number): object[] => Array.from({ length: 2 }, (_, index) => ({ id: first + index }));
      explorer.answers('/v2/organizations', json(page(1)), json(page(3)), json([]));
      await explorer.write('GET /v2/organizations');
      await explorer.press('Fetch All');
      assert.deepEqual(
        (JSON.parse(explorer.inFront.text) as { id: number }[]).map(({ id }) => id),
        [1, 2, 3, 4],
      );
      assert.deepEqual(
        explorer.calls.map((call) => /after=(\d+)/.exec(call)?.[1]),
        [undefined, '2', '4'],
      );
      assert.match(explorer.title, /all pages/);
      assert.match((await explorer.lenses()).join('\n'), /4 items \(2 pages\).* complete/);
    });

    it('does not say that a list is complete which begins at a cursor, and names the tab so (E8)', async () => {
      await open();
      explorer.answers('/v2/organizations', json([{ id: 21 }]), json([{ id: 21 }]), json([]));
      await explorer.write('GET /v2/organizations', { query: { after: 20 } });
      await explorer.press('Send to Acme · eu');
      assert.match(explorer.title, /from a cursor on/);
      await explorer.write('GET /v2/organizations', { query: { after: 20 } });
      await explorer.press('Fetch All');
      assert.match(explorer.title, /from a cursor on/);
      assert.doesNotMatch(explorer.title, /all pages/);
      assert.match((await explorer.lenses()).join('\n'), /complete from the cursor on\nThe list has no items before/);
    });

    it('waits and goes on when NinjaOne throttles in the middle, in any form (E8)', async () => {
      await open();
      const headers = { 'retry-after': '0' };
      const throttled = [
        text('"Too many requests"', { headers: { ...headers, 'content-type': 'application/json' } }),
        text('Rate limit exceeded', { headers }),
        text('<html>Request limit exceeded</html>', { headers }),
      ];
      for (const response of throttled) {
        explorer.answers('/v2/organizations', json([{ id: 1 }]), response, json([{ id: 2 }]), json([]));
        await explorer.write('GET /v2/organizations');
        await explorer.press('Fetch All');
        assert.match((await explorer.lenses()).join('\n'), /2 items \(2 pages\).* complete/);
      }
    });

    it('refuses what is not paged (E8)', async () => {
      await open();
      await explorer.write('GET /v2/device/{id}', { path: { id: 7 } });
      await explorer.run('ninjaone.request.fetchAll');
      assert.deepEqual([explorer.calls, explorer.errors], [[], ['request.hasNoPages']]);
    });
  });

  it('keeps a response that is too large for memory in a file until its tab is closed (E7)', async () => {
    await open();
    const items = Array.from({ length: 100 }, (_, id) => ({ id, name: 'x'.repeat(50) }));
    const bytes = Buffer.from(JSON.stringify(items));
    explorer.answers('/v2/devices', largeAnswer(bytes));
    await explorer.run('ninjaone.explorer.run', 'GET /v2/devices');
    const folder = join(explorer.host.sessions.directory, 'responses');
    const files = async (): Promise<string[]> =>
      (await readdir(folder, { recursive: true, withFileTypes: true })).flatMap((each) =>
        each.isFile() ? [each.name] : [],
      );
    assert.equal((await files()).length, 1);
    assert.deepEqual(editor.commands.context.get('ninjaone.response.saveJson.responses'), [
      explorer.inFront.uri.toString(),
    ]);
    editor.workspace.closeTab(explorer.inFront.uri);
    await until(async () => (await files()).length === 0);
  });
});
