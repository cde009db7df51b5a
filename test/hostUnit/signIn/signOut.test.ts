import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SERVICE = { ...ACME, name: 'Service', platform: 'api-services' };
const QUESTION = /sign out/i;

describe('sign-out', () => {
  const editor = useVscode();
  let host: CommandFixture;
  afterEach(async () => {
    mock.timers.reset();
    await host.close();
  });

  const signedIn = async (connections: readonly unknown[] = [ACME]): Promise<UsableSession> => {
    host = await createCommandFixture(editor, connections);
    const [connection] = host.settings.connections;
    await host.window.clientSecrets.set(connection!.id, 'secret-1');
    return host.window.signIn(host.sessions);
  };
  const ask = ({ session }: UsableSession): Promise<void> =>
    host.signOut.ask([session.id], host.window.tokens.listed());
  const storedSecret = (): Promise<string | undefined> =>
    host.window.clientSecrets.get(host.settings.connections[0]!.id);

  it('revokes the refresh token first, then the access token, and deletes the session (A13)', async () => {
    const usable = await signedIn();
    editor.user.answers(QUESTION, choice(/^sign out$/i));
    await ask(usable);
    assert.deepEqual(host.window.tokens.usable(), []);
    await until(() => host.sessions.server.revoked.length === 2);
    assert.deepEqual(host.sessions.server.revoked, [usable.session.refreshToken, usable.session.accessToken]);
    assert.deepEqual(
      [...host.sessions.disk.values.keys()].filter((key) => key.startsWith('session:')),
      [],
    );
  });

  it('names the account in its question, and does nothing without a yes', async () => {
    const usable = await signedIn();
    editor.user.closes(QUESTION);
    await assert.rejects(ask(usable), { code: 'canceled' });
    assert.ok(editor.user.asked[0]?.detail?.includes(usable.account.label));
    assert.equal(host.window.tokens.usable().length, 1);
    assert.deepEqual(host.sessions.server.revoked, []);
  });

  it('makes the connection read-only when nobody is signed in anymore (E9, A13)', async () => {
    const usable = await signedIn();
    const other = await host.window.signIn(host.sessions, ['management']);
    const [connection] = host.settings.connections;
    host.writeAccess.unlock(connection!, Infinity);
    const [first, second] = [usable, other].map(({ session }) => session.id);
    await host.signOut.run(first!, 'keepSecret');
    assert.ok(host.writeAccess.mayWrite(connection!));
    await host.signOut.run(second!, 'keepSecret');
    assert.deepEqual(host.writeAccess.unlocked, []);
  });

  it('takes the token off the clipboard (A13)', async () => {
    const usable = await signedIn();
    await host.clipboard.copy(usable.session.id, usable.session.accessToken, 0);
    await host.signOut.run(usable.session.id, 'keepSecret');
    await until(() => editor.env.clipboardText === '');
  });

  it('does not wait for a clipboard that asks the user first (A8)', async () => {
    const usable = await signedIn();
    await host.clipboard.copy(usable.session.id, usable.session.accessToken, 0);
    editor.env.api.clipboard.readText = () => new Promise(() => {});
    await host.signOut.run(usable.session.id, 'keepSecret');
    assert.equal(host.window.tokens.usable().length, 0);
  });

  it('does not wait for NinjaOne (A13)', async () => {
    const usable = await signedIn();
    host.sessions.server.revokeFailure = offline();
    editor.user.ignores(/Acme/);
    await host.signOut.run(usable.session.id, 'keepSecret');
    assert.deepEqual(host.window.tokens.usable(), []);
    await editor.user.wasAsked(/Acme/);
  });

  it('says where to revoke by hand when NinjaOne does not confirm, and opens that page (A13)', async () => {
    const usable = await signedIn();
    host.sessions.server.revokeFailure = offline();
    editor.user.answers(/OAuth Tokens/, choice(/open/i));
    await host.signOut.run(usable.session.id, 'keepSecret');
    await until(() => editor.env.opened.length > 0);
    assert.deepEqual(editor.env.opened, ['https://eu.ninjarmm.com/#/administration/apps/api']);
  });

  it('offers to forget the client secret of a service, after the revocation that needs it (A13)', async () => {
    const usable = await signedIn([SERVICE]);
    editor.user.answers(QUESTION, choice(/secret/i));
    await ask(usable);
    await until(async () => (await storedSecret()) === undefined);
    assert.deepEqual(host.sessions.server.revoked, [usable.session.accessToken]);
  });

  it('keeps the client secret of a service otherwise (A13)', async () => {
    const usable = await signedIn([SERVICE]);
    editor.user.answers(QUESTION, choice(/^sign out$/i));
    await ask(usable);
    await until(() => host.sessions.server.revoked.length === 1);
    assert.equal(await storedSecret(), 'secret-1');
  });

  it('offers no secret to forget where there is none', async () => {
    const usable = await signedIn();
    editor.user.closes(QUESTION);
    await assert.rejects(ask(usable));
    assert.equal(editor.user.asked[0]?.choices.length, 1);
  });

  it('shows an error when the secret cannot be deleted', async () => {
    const usable = await signedIn([SERVICE]);
    host.window.secrets.fail('delete', 'throw', { key: 'clientSecret:' });
    editor.user.closes(/secret storage/);
    await host.signOut.run(usable.session.id, 'forgetSecret');
    await editor.user.wasAsked(/secret storage/);
    assert.equal(editor.window.messages[0]?.kind, 'error');
  });

  it('does nothing about a session that is gone', async () => {
    const { session } = await signedIn();
    await host.signOut.run('no such session', 'keepSecret');
    assert.deepEqual(host.sessions.server.revoked, []);
    assert.ok(host.window.tokens.find(session.id));
  });

  describe('of several sessions before their secrets are deleted', () => {
    it('answers that all were revoked', async () => {
      const { session } = await signedIn();
      const other = await host.window.signIn(host.sessions, ['management']);
      assert.equal(await host.signOut.runAll([session.id, other.session.id, 'no such session']), true);
      assert.equal(host.sessions.server.revoked.length, 4);
      assert.deepEqual(host.window.tokens.usable(), []);
    });

    it('answers that one was not revoked', async () => {
      const { session } = await signedIn();
      host.sessions.server.revokeFailure = offline();
      assert.equal(await host.signOut.runAll([session.id]), false);
    });

    it('waits three seconds for a server that does not answer, and no longer (A13)', async () => {
      const { session } = await signedIn();
      // The storage check of the session has a time limit of its own, which must not run out.
      host.sessions.server.steps.revokeToken = () => new Promise(() => {});
      mock.timers.enable({ apis: ['setTimeout'] });
      let answer: boolean | undefined;
      const all = host.signOut.runAll([session.id]).then((revoked) => (answer = revoked));
      await until(() => host.window.tokens.usable().length === 0);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(answer, undefined);
      await until(() => {
        mock.timers.tick(3_000);
        return answer !== undefined;
      });
      assert.equal(await all, false);
    });
  });
});
