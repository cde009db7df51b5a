import assert from 'node:assert/strict';
import { isNinjaOneError } from '../../../src/core/base/errors.ts';
import type { ConnectionRow } from '../../../src/host/connections/connectionRows.ts';
import { CommandTargets, notSignedIn } from '../../../src/host/selection/commandTargets.ts';
import { BETA } from '../../support/explorerFixture.ts';
import { ACME, createHost, type HostFixture } from '../../support/hostFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const isCanceled = (error: unknown): boolean => isNinjaOneError(error) && error.intent === 'canceled';

describe('what a command is about', () => {
  const editor = useVscode();
  let host: HostFixture;
  let targets: CommandTargets;
  const open = async (connections?: readonly object[]): Promise<void> => {
    host = await createHost(editor, connections);
    const { settings, selection, window } = host;
    targets = new CommandTargets({ settings, selection, tokens: window.tokens });
  };
  afterEach(() => host.close());

  it('is the connection that a name or a row of the view names, without a question', async () => {
    await open([ACME, BETA]);
    for (const argument of ['Beta', { connection: { name: 'Beta' } }, { usable: { connection: { name: 'Beta' } } }]) {
      assert.equal((await targets.connection(argument)).name, 'Beta');
    }
  });

  it('takes nothing but the name from what another extension made up (P7)', async () => {
    await open([ACME, BETA]);
    const made = { connection: { name: 'Beta', instance: { origin: 'https://evil.example' } } };
    assert.equal((await targets.connection(made)).instance.origin, 'https://app.ninjarmm.com');
    for (const other of [5, null, {}, { connection: 'Beta' }, { connection: { name: 5 } }]) {
      assert.equal(targets.namedConnection(other), undefined);
    }
  });

  it('is the only connection, or the one that the user picks', async () => {
    await open([ACME, BETA]);
    editor.user.answers(/connection/, 'Beta');
    assert.equal((await targets.connection(undefined)).name, 'Beta');
    editor.user.closes(/connection/);
    await assert.rejects(targets.connection(undefined), isCanceled);
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.equal((await targets.connection(undefined)).name, 'Acme');
    assert.equal(editor.user.asked.length, 2);
  });

  it('is nothing without a connection, and the error offers to add one', async () => {
    await open([]);
    await assert.rejects(
      targets.connection(undefined),
      (error) => isNinjaOneError(error) && error.code === 'connection.none' && error.action === 'addConnection',
    );
    assert.equal(notSignedIn().action, 'signIn');
  });

  it('is one session by its id, or all of a connection', async () => {
    await open([ACME, BETA]);
    const { session: one } = await host.window.signIn(host.sessions, ['monitoring']);
    const { session: two } = await host.window.signIn(host.sessions, ['monitoring', 'management']);
    assert.deepEqual(targets.namedSessions(one.id), [one.id]);
    assert.deepEqual(targets.namedSessions({ session: { id: two.id } }), [two.id]);
    assert.deepEqual([...targets.namedSessions('Acme')].sort(), [one.id, two.id].sort());
    assert.deepEqual(targets.namedSessions('Beta'), []);
    assert.deepEqual(targets.namedSessions({ session: { id: 'made up' } }), []);
  });

  it('asks for a session even if there is only one, with connection, host and scopes (P7)', async () => {
    await open();
    const { session } = await host.window.signIn(host.sessions, ['monitoring']);
    editor.user.answers('Which session?', ({ choices, options }) => {
      assert.deepEqual(choices, ['Acme']);
      assert.equal(typeof options, 'object');
      return 'Acme';
    });
    assert.equal((await targets.pickSession('Which session?')).session.id, session.id);
    editor.user.closes('Which session?');
    await assert.rejects(targets.pickSession('Which session?'), isCanceled);
  });

  it('offers the session with the fewest scopes first, of those that are named', async () => {
    await open([ACME, BETA]);
    await host.window.signIn(host.sessions, ['monitoring', 'management']);
    const { session } = await host.window.signIn(host.sessions, ['monitoring']);
    await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connection('Beta'));
    editor.user.answers('Which?', ({ choices }) => {
      assert.deepEqual(choices, ['Acme', 'Acme']);
      return choices[0];
    });
    const picked = await targets.pickSession('Which?', targets.namedSessions('Acme'));
    assert.equal(picked.session.id, session.id);
  });

  it('offers the active connection first, and says that it is active and who is signed in (E14)', async () => {
    await open([ACME, BETA, { ...ACME, name: 'Gamma', clientId: 'client-3' }]);
    await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connection('Gamma'));
    await host.selection.select(host.settings.connection('Beta')!);
    editor.user.answers('Which?', ({ choices, notes }) => {
      assert.deepEqual(choices, ['Beta', 'Acme', 'Gamma']);
      const descriptions = notes?.filter((each) => each.includes('signed'));
      assert.deepEqual(descriptions, ['active · signed out · us', 'signed out · eu', 'signed in · eu']);
      return 'Beta';
    });
    await targets.connection(undefined, 'Which?');
  });

  it('offers sessions in the order of the connections, those of the active one first', async () => {
    await open([ACME, BETA, { ...ACME, name: 'Gamma', clientId: 'client-3' }]);
    for (const name of ['Gamma', 'Beta', 'Acme']) {
      await host.window.signIn(host.sessions, ['monitoring', 'management'], {}, host.settings.connection(name));
    }
    await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connection('Beta'));
    const offered = async (): Promise<readonly string[]> => {
      editor.user.answers('Which?', ({ choices }) => choices[0]);
      await targets.pickSession('Which?');
      return editor.user.asked.at(-1)?.choices ?? [];
    };
    assert.deepEqual(await offered(), ['Acme', 'Beta', 'Beta', 'Gamma']);
    await host.selection.select(host.settings.connection('Beta')!);
    assert.deepEqual(await offered(), ['Beta', 'Beta', 'Acme', 'Gamma']);
    assert.equal(editor.user.asked.at(-1)?.notes?.[0], 'active · monitoring');
  });

  it('keeps the selected connection of a window, and falls back to the first one', async () => {
    await open([ACME, BETA]);
    let changes = 0;
    host.selection.onDidChange(() => {
      changes += 1;
    });
    assert.equal(host.selection.current?.name, 'Acme');
    await host.selection.select(host.settings.connection('Beta')!);
    assert.deepEqual([host.selection.current.name, changes], ['Beta', 1]);
    editor.configuration.set('ninjaone.connections', [ACME]);
    assert.deepEqual([host.selection.current.name, changes], ['Acme', 2]);
  });

  it('is found from every kind of row in the Connections view (C1)', async () => {
    await open();
    await host.window.signIn(host.sessions);
    const [usable] = host.window.tokens.usable();
    assert.ok(usable);
    const rows: readonly ConnectionRow[] = [
      { kind: 'connection', connection: usable.connection },
      { kind: 'session', usable },
    ];
    for (const row of rows) {
      assert.equal(targets.namedConnection(row)?.name, 'Acme', row.kind);
      assert.deepEqual(targets.namedSessions(row), [usable.session.id], row.kind);
    }
  });
});
