import assert from 'node:assert/strict';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };
const SERVICE = { ...ACME, platform: 'api-services' };

describe('commands of the sign-in', () => {
  const editor = useVscode();
  let host: CommandFixture;
  afterEach(() => host.close());

  const open = async (connections?: readonly unknown[]): Promise<void> => {
    host = await createCommandFixture(editor, connections);
  };
  const scopesOf = (): readonly (readonly string[])[] =>
    host.window.tokens.usable().map(({ session }) => session.scopes);

  describe('Sign In', () => {
    it('gets everything that the connection allows, and says what that is (A10)', async () => {
      await open();
      const done = host.run('ninjaone.signIn');
      await host.browserReturns();
      await done;
      assert.deepEqual(scopesOf(), [['monitoring', 'management']]);
      assert.match(editor.window.said.join(), /Acme.*monitoring and management/);
      assert.equal(editor.window.messages[0]?.kind, 'information');
    });

    it('warns when NinjaOne gave no refresh token although one was asked for, and says how to get one (A16, T08)', async () => {
      await open();
      host.endpoint.changes = { refresh_token: undefined };
      const done = host.run('ninjaone.signIn', 'Acme');
      await host.browserReturns();
      await done;
      assert.deepEqual(
        editor.window.messages.map(({ kind }) => kind),
        ['warning'],
      );
      assert.match(
        editor.window.said[0] ?? '',
        /did not issue a refresh token.*select Refresh Token in the client app/,
      );
      // The session is the one that was granted, and works until its token expires.
      assert.deepEqual(scopesOf(), [['monitoring', 'management']]);
    });

    it('does not warn when no refresh token was asked for', async () => {
      await open([{ ...ACME, offlineAccess: false }]);
      host.endpoint.changes = { refresh_token: undefined };
      const done = host.run('ninjaone.signIn');
      await host.browserReturns();
      await done;
      assert.equal(editor.window.messages[0]?.kind, 'information');
    });

    it('is for the connection that is named, or else picked', async () => {
      await open([ACME, BETA]);
      const named = host.run('ninjaone.signIn', 'Beta');
      await host.browserReturns();
      await named;
      editor.user.answers(/connection/i, 'Acme');
      const picked = host.run('ninjaone.signIn', 'no such connection');
      await host.browserReturns({ code: 'code-2' }, 2);
      await picked;
      assert.deepEqual(
        host.window.tokens.usable().map(({ connection }) => connection.name),
        ['Beta', 'Acme'],
      );
    });

    it('adds the first connection, whose wizard signs in by itself (C5)', async () => {
      await open([]);
      host.wizard = () => {
        editor.configuration.set('ninjaone.connections', [ACME]);
        return Promise.resolve(host.settings.connections[0]);
      };
      await host.run('ninjaone.signIn');
      assert.deepEqual(editor.env.opened, []);
      assert.deepEqual(host.errors, []);
    });

    it('says nothing when the user cancels', async () => {
      await open();
      const done = host.run('ninjaone.signIn');
      await host.browserOpened();
      await host.run('ninjaone.cancelSignIn');
      await done;
      assert.deepEqual(host.errorCodes, ['canceled']);
      assert.deepEqual(editor.window.messages, []);
    });

    it('asks before a program signs a service in, and not when a person pressed its row (A17)', async () => {
      await open([SERVICE]);
      const [connection] = host.settings.connections;
      await host.window.clientSecrets.set(connection!.id, 'secret-1');
      editor.user.closes(/service/);
      await host.run('ninjaone.signIn', 'Acme');
      assert.deepEqual(scopesOf(), []);
      await host.run('ninjaone.signIn', host.row(connection!));
      assert.deepEqual(scopesOf(), [['monitoring', 'management']]);
    });

    it('makes the connection active whose row was pressed, and no other, and says so', async () => {
      await open([SERVICE, { ...SERVICE, name: 'Beta', clientId: 'client-2' }]);
      const [acme, beta] = host.settings.connections;
      for (const { id } of [acme!, beta!]) {
        await host.window.clientSecrets.set(id, 'secret-1');
      }
      editor.user.answers(/service/, choice(/./));
      await host.run('ninjaone.signIn', 'Beta');
      assert.equal(host.selection.current?.name, 'Acme');
      await host.run('ninjaone.signIn', host.row(beta!));
      assert.equal(host.selection.current.name, 'Beta');
      assert.equal(editor.window.said.at(-1), 'Signed in to Beta. It is the active connection now.');
    });

    it('shows a failure as one sentence with one button (A16)', async () => {
      await open();
      editor.user.answers(/NinjaOne|Acme/, choice(/./));
      host.endpoint.refusal = { status: 400, error: 'invalid_scope' };
      const done = host.run('ninjaone.signIn');
      await host.browserReturns();
      await done;
      assert.equal(editor.window.messages.length, 1);
      assert.equal(editor.window.messages[0]?.kind, 'error');
      assert.equal(editor.window.messages[0].buttons.length, 1);
      assert.deepEqual(scopesOf(), []);
    });
  });

  describe('Sign Out', () => {
    it('tells who is not signed in so, and offers to sign in', async () => {
      await open();
      editor.user.closes(/./);
      await host.run('ninjaone.signOut');
      assert.deepEqual(host.errorCodes, ['session.none']);
      assert.match(editor.window.messages[0]?.buttons.join() ?? '', /sign in/i);
    });

    it('lets the user pick the session, and asks before it ends (A13)', async () => {
      await open([ACME, BETA]);
      await host.window.signIn(host.sessions);
      await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connections[1]);
      editor.user.answers(/session/i, 'Beta');
      editor.user.answers(/sign out/i, choice(/^sign out$/i));
      await host.run('ninjaone.signOut');
      assert.deepEqual(
        host.window.tokens.usable().map(({ connection }) => connection.name),
        ['Acme'],
      );
    });

    it('ends every session of the connection that is named, in one question', async () => {
      await open();
      await host.window.signIn(host.sessions, ['monitoring']);
      await host.window.signIn(host.sessions, ['management']);
      editor.user.answers(/sign out/i, choice(/^sign out$/i));
      await host.run('ninjaone.signOut', 'Acme');
      assert.deepEqual(scopesOf(), []);
    });

    it('ends a session whose connection is gone, whose tokens go to the host that issued them (C4)', async () => {
      await open();
      const { session } = await host.window.signIn(host.sessions);
      editor.configuration.set('ninjaone.connections', [BETA]);
      editor.user.answers(/sign out/i, choice(/^sign out$/i));
      await host.run('ninjaone.signOut', { session: { id: session.id } });
      await until(() => host.sessions.server.revoked.length === 2);
      assert.ok(host.sessions.server.calls.every(({ origin }) => origin === 'https://eu.ninjarmm.com'));
      assert.deepEqual(host.window.tokens.listed(), []);
    });
  });

  describe('Reset', () => {
    it('asks first (A13)', async () => {
      await open();
      editor.user.closes(/Reset/);
      await host.run('ninjaone.reset');
      assert.equal(host.resets, 0);
      assert.deepEqual(editor.window.messages.length, 1);
      assert.match(editor.user.asked[0]?.detail ?? '', /Client secrets/);
    });

    for (const [what, revokes] of [
      ['says that everything is gone', true],
      ['says where to look when NinjaOne did not confirm all revocations', false],
    ] as const) {
      it(`${what} (A13)`, async () => {
        await open();
        host.resetRevokes = revokes;
        editor.user.answers(/Reset/, choice(/reset/i));
        await host.run('ninjaone.reset');
        assert.equal(host.resets, 1);
        assert.equal(/OAuth Tokens/.test(editor.window.said.at(-1) ?? ''), !revokes);
      });
    }
  });

  it('says what a reset could not delete (A13)', async () => {
    await open();
    host.resetLeaves = ['history', 'trusted hosts'];
    editor.user.answers(/Reset/, choice(/reset/i));
    const shown = editor.user.wasAsked(/could not delete: history and trusted hosts\. Run Reset again/);
    editor.user.closes(/could not delete/);
    await host.run('ninjaone.reset');
    await shown;
  });

  it('opens the browser again, and takes a pasted address, while a sign-in waits (A4)', async () => {
    await open();
    const done = host.run('ninjaone.signIn');
    const request = await host.browserOpened();
    await host.run('ninjaone.reopenBrowser');
    assert.equal((await host.browserOpened(2)).href, request.href);
    editor.user.fillsIn(/URL/, (box) => {
      const { searchParams } = request;
      box.enter(`${searchParams.get('redirect_uri') ?? ''}/?code=code-1&state=${searchParams.get('state') ?? ''}`);
    });
    await host.run('ninjaone.pasteRedirectUrl');
    await done;
    assert.equal(scopesOf().length, 1);
  });

  it('tries a command again from the button of its failure (A16)', async () => {
    await open([SERVICE]);
    await host.window.clientSecrets.set(host.settings.connections[0]!.id, 'secret-1');
    const failure = Object.assign(offline(), { action: 'retry' });
    host.sessions.server.script.push(failure);
    editor.user.answers(/offline/i, choice(/again/i));
    await host.run('ninjaone.signIn', host.row(host.settings.connections[0]!));
    await until(() => scopesOf().length === 1);
  });
});
