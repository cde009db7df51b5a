import assert from 'node:assert/strict';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { HOUR } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };
const SERVICE = { ...ACME, name: 'Service', platform: 'api-services' };
const PICK = /connection/i;

describe('commands of the connections', () => {
  const editor = useVscode();
  let host: CommandFixture;
  afterEach(() => host.close());

  const open = async (...connections: readonly unknown[]): Promise<void> => {
    host = await createCommandFixture(editor, connections);
  };
  const settingsOpened = (): number => editor.commands.callsOf('workbench.action.openSettingsJson').length;

  it('Add Connection opens the wizard', async () => {
    await open();
    await host.run('ninjaone.addConnection');
    assert.equal(host.wizards, 1);
  });

  describe('Edit Connection', () => {
    it('edits the connection that is named, by name or by row', async () => {
      await open(ACME, BETA);
      await host.run('ninjaone.editConnection', 'Beta');
      await host.run('ninjaone.editConnection', { kind: 'connection', connection: { name: 'Acme' } });
      assert.deepEqual(
        host.edited.map(({ name }) => name),
        ['Beta', 'Acme'],
      );
    });

    it('lets the user pick one', async () => {
      await open(ACME, BETA);
      editor.user.answers(PICK, 'Beta');
      await host.run('ninjaone.editConnection');
      assert.equal(host.edited[0]?.name, 'Beta');
    });

    it('opens the settings for what is wrong there, and without a connection (C1)', async () => {
      await open();
      await host.run('ninjaone.editConnection');
      await host.run('ninjaone.editConnection', { kind: 'problem' });
      assert.equal(settingsOpened(), 2);
      assert.deepEqual(host.edited, []);
    });
  });

  describe('Remove Connection', () => {
    it('signs out, revokes, and deletes secret, history, write permission and entry (C4)', async () => {
      await open(SERVICE, BETA);
      const [service] = host.settings.connections;
      await host.window.clientSecrets.set(service!.id, 'secret-1');
      const { session } = await host.window.signIn(host.sessions);
      host.writeAccess.unlock(service!, HOUR);
      editor.user.answers(/Service/, choice(/remove/i));
      await host.run('ninjaone.removeConnection', 'Service');
      assert.deepEqual(host.sessions.server.revoked, [session.accessToken]);
      assert.deepEqual(host.window.tokens.listed(), []);
      assert.equal(await host.window.clientSecrets.get(service!.id), undefined);
      assert.deepEqual(host.forgottenHistories, [service!.id]);
      assert.equal(host.writeAccess.mayWrite(service!), false);
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [BETA]);
      assert.doesNotMatch(editor.window.said.at(-1) ?? '', /OAuth Tokens/);
    });

    it('deletes the records of its sessions that cannot be read, and no others (C4, A14)', async () => {
      await open(SERVICE, BETA);
      const [service, beta] = host.settings.connections;
      for (const { id, name } of [service!, beta!]) {
        host.sessions.disk.write(`aside:${name}:1`, JSON.stringify({ connectionId: id, damaged: true }));
      }
      editor.user.answers(/Service/, choice(/remove/i));
      await host.run('ninjaone.removeConnection', 'Service');
      assert.deepEqual(
        [...host.sessions.disk.values.keys()].filter((key) => key.startsWith('aside:')),
        ['aside:Beta:1'],
      );
    });

    it('does nothing without a yes', async () => {
      await open(ACME);
      await host.window.signIn(host.sessions);
      editor.user.closes(/Acme/);
      await host.run('ninjaone.removeConnection');
      assert.equal(host.window.tokens.usable().length, 1);
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [ACME]);
      assert.deepEqual(host.forgottenHistories, []);
    });

    it('says where to look when NinjaOne does not confirm the revocation (A13)', async () => {
      await open(ACME);
      await host.window.signIn(host.sessions);
      host.sessions.server.revokeFailure = offline();
      editor.user.answers(/Acme/, choice(/remove/i));
      await host.run('ninjaone.removeConnection');
      assert.match(editor.window.said.at(-1) ?? '', /OAuth Tokens/);
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), []);
    });

    it('ends a sign-in to it that is under way', async () => {
      await open(ACME, BETA);
      const pending = host.run('ninjaone.signIn', 'Acme');
      await host.browserOpened();
      editor.user.answers(/Acme/, choice(/remove/i));
      await host.run('ninjaone.removeConnection', 'Acme');
      await pending;
      assert.equal(host.browserSignIn.pending, undefined);
    });
  });

  describe('Set Client Secret', () => {
    it('asks in a password box and stores the secret without blanks at its ends (C3)', async () => {
      await open(SERVICE);
      editor.user.answers(/Service/, ' secret-1 ');
      await host.run('ninjaone.setClientSecret');
      assert.equal(await host.window.clientSecrets.get(host.settings.connections[0]!.id), 'secret-1');
      const { options } = editor.user.asked[0]!;
      assert.equal((options as { password?: boolean }).password, true);
      assert.doesNotMatch(editor.window.said.join(), /secret-1/);
    });

    it('takes only what the wizard takes: no empty secret, no invisible characters, not the client ID (C5)', async () => {
      await open(SERVICE);
      editor.user.answers(/Service/, async ({ objectionTo }) => {
        for (const text of ['  ', 'secret\u200b1', 'ä', host.settings.connections[0]!.clientId]) {
          assert.ok(await objectionTo?.(text), text);
        }
        assert.equal(await objectionTo?.(' secret-1 '), undefined);
        return undefined;
      });
      await host.run('ninjaone.setClientSecret');
      assert.equal(await host.window.clientSecrets.get(host.settings.connections[0]!.id), undefined);
      assert.deepEqual(editor.window.messages, []);
    });

    it('says when it replaces another one', async () => {
      await open(SERVICE);
      const ask = async (): Promise<readonly string[]> => {
        editor.user.closes(/Service/);
        await host.run('ninjaone.setClientSecret');
        return editor.user.asked.at(-1)?.texts ?? [];
      };
      const before = await ask();
      await host.window.clientSecrets.set(host.settings.connections[0]!.id, 'secret-1');
      assert.notDeepEqual(await ask(), before);
    });

    it('offers only connections that have a secret', async () => {
      await open(ACME, SERVICE, { ...SERVICE, name: 'Other', clientId: 'client-2' });
      editor.user.closes(PICK);
      await host.run('ninjaone.setClientSecret');
      assert.deepEqual(editor.user.asked[0]?.choices, ['Service', 'Other']);
    });

    for (const [what, connections, argument, message, code] of [
      ['a native connection that is named has none', [ACME], 'Acme', /Acme/, 'connection.takesNoSecret'],
      ['the only connection has none', [ACME], undefined, /Acme/, 'connection.takesNoSecret'],
      [
        'no connection has one',
        [ACME, { ...ACME, name: 'Other', clientId: 'client-2' }],
        undefined,
        // An error without a button.
        undefined,
        'connection.noneTakesSecret',
      ],
      ['there is no connection', [], undefined, /connection/, 'connection.none'],
    ] as const) {
      it(`tells that ${what}`, async () => {
        await open(...connections);
        if (message) {
          editor.user.closes(message);
        }
        await host.run('ninjaone.setClientSecret', argument);
        assert.deepEqual(host.errorCodes, [code]);
      });
    }
  });

  describe('Test Connection', () => {
    it('uses the session that is there, and says that it works (C5)', async () => {
      await open(ACME);
      const { session } = await host.window.signIn(host.sessions);
      await host.run('ninjaone.testConnection');
      assert.equal(host.tested[0]?.session.id, session.id);
      assert.match(editor.window.said[0] ?? '', /Acme/);
      assert.deepEqual(editor.env.opened, []);
    });

    it('signs in when no session may read (C5)', async () => {
      await open(ACME);
      await host.window.signIn(host.sessions, ['management']);
      const done = host.run('ninjaone.testConnection', 'Acme');
      await host.browserReturns();
      await done;
      assert.deepEqual(host.tested[0]?.session.scopes, ['monitoring', 'management']);
    });

    it('shows why it does not work (A16)', async () => {
      await open(ACME);
      await host.window.signIn(host.sessions);
      host.testFailure = offline();
      await host.run('ninjaone.testConnection');
      assert.deepEqual(host.errorCodes, ['network.offline']);
      assert.equal(editor.window.messages[0]?.kind, 'error');
    });

    it('begins with the wizard without a connection, and ends when that is left', async () => {
      await open();
      await host.run('ninjaone.testConnection');
      assert.equal(host.wizards, 1);
      assert.deepEqual(host.errorCodes, ['canceled']);
    });
  });

  describe('Select Connection', () => {
    it('selects what is picked, or named', async () => {
      await open(ACME, BETA);
      editor.user.answers(PICK, 'Beta');
      await host.run('ninjaone.selectConnection');
      const selected = (): string | undefined => host.selection.current?.name;
      assert.equal(selected(), 'Beta');
      await host.run('ninjaone.selectConnection', 'Acme');
      assert.equal(selected(), 'Acme');
    });

    it('adds a connection from the pick, and uses it', async () => {
      await open(ACME);
      host.wizard = () => {
        editor.configuration.set('ninjaone.connections', [ACME, BETA]);
        return Promise.resolve(host.settings.connection('Beta'));
      };
      editor.user.answers(PICK, ({ choices }) => {
        assert.deepEqual(choices, ['Acme', 'Add Connection…']);
        return 'Add Connection…';
      });
      await host.run('ninjaone.selectConnection');
      assert.equal(host.selection.current?.name, 'Beta');
    });

    it('uses the connection of a row without a question', async () => {
      await open(ACME, BETA);
      await host.run('ninjaone.useConnection', host.row(host.settings.connection('Beta')!));
      assert.equal(host.selection.current?.name, 'Beta');
    });

    it('leaves the selection as it is when the pick is left', async () => {
      await open(ACME, BETA);
      editor.user.closes(PICK);
      await host.run('ninjaone.selectConnection');
      assert.equal(host.selection.current?.name, 'Acme');
    });
  });

  it('Show Log shows the log', async () => {
    await open();
    await host.run('ninjaone.showLog');
    assert.equal(host.logsShown, 1);
  });
});
