import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { invalidGrant, offline, wrongSecret } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { MINUTE, until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };

describe('commands of the token', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let acme: UsableSession;
  beforeEach(async () => {
    host = await createCommandFixture(editor, [ACME, BETA]);
    acme = await host.window.signIn(host.sessions);
  });
  afterEach(() => host.close());

  const pickOf = /session/i;

  for (const command of ['ninjaone.copyAccessToken', 'ninjaone.showToken', 'ninjaone.refreshToken'] as const) {
    it(`${command} offers to sign in when nobody is signed in`, async () => {
      await host.window.tokens.signOut(acme.session.id);
      editor.user.closes(/signed in/);
      await host.run(command);
      assert.deepEqual(host.errorCodes, ['session.none']);
    });

    it(`${command} does nothing when the user leaves the pick`, async () => {
      editor.user.closes(pickOf);
      await host.run(command);
      assert.deepEqual(host.errorCodes, ['canceled']);
      assert.deepEqual(host.sessions.server.calls, []);
      assert.equal(editor.env.clipboardText, '');
    });
  }

  describe('Copy Access Token', () => {
    it('asks which one even when there is only one: a program gets no token by itself', async () => {
      editor.user.answers(pickOf, 'Acme');
      await host.run('ninjaone.copyAccessToken', acme.session.id);
      assert.equal(editor.env.clipboardText, acme.session.accessToken);
      assert.match(editor.window.said[0] ?? '', /45/);
    });

    it('takes the token off the clipboard after 45 seconds, and leaves alone what was copied meanwhile (T48)', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        for (const copied of [undefined, 'a shopping list']) {
          editor.user.answers(pickOf, 'Acme');
          await host.run('ninjaone.copyAccessToken', acme.session.id);
          assert.equal(editor.env.clipboardText, acme.session.accessToken);
          editor.env.clipboardText = copied ?? editor.env.clipboardText;
          mock.timers.tick(45_000);
          await new Promise((resolve) => setImmediate(resolve));
          assert.equal(editor.env.clipboardText, copied ?? '');
        }
      } finally {
        mock.timers.reset();
      }
    });

    it('offers only the sessions of the connection that is named', async () => {
      await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connections[1]);
      editor.user.answers(pickOf, 'Beta');
      await host.run('ninjaone.copyAccessToken', 'Beta');
      assert.deepEqual(editor.user.asked[0]?.choices, ['Beta']);
    });

    it('does not say that the token is removed when the settings keep it', async () => {
      editor.configuration.set('ninjaone.clipboard.clearAfter', 0);
      editor.user.answers(pickOf, 'Acme');
      await host.run('ninjaone.copyAccessToken');
      assert.doesNotMatch(editor.window.said[0] ?? '', /remove/);
    });

    it('copies a token that is valid: an old one is renewed before', async () => {
      host.sessions.clock.now += 58 * MINUTE;
      editor.user.answers(pickOf, 'Acme');
      await host.run('ninjaone.copyAccessToken');
      assert.notEqual(editor.env.clipboardText, acme.session.accessToken);
      assert.equal(editor.env.clipboardText, host.window.tokens.find(acme.session.id)?.session.accessToken);
    });

    it('shows the error when there is no valid token, and copies none', async () => {
      host.sessions.clock.now += 61 * MINUTE;
      host.sessions.server.always = invalidGrant();
      editor.user.answers(pickOf, 'Acme');
      editor.user.closes(/sign/i);
      await host.run('ninjaone.copyAccessToken');
      assert.deepEqual(host.errorCodes, ['oauth.invalidGrant']);
      assert.equal(editor.env.clipboardText, '');
    });
  });

  it('Show Token opens the page about it', async () => {
    editor.user.answers(pickOf, 'Acme');
    await host.run('ninjaone.showToken');
    assert.equal(editor.workspace.activeTextEditor?.document.uri.query, acme.session.id);
  });

  describe('Refresh Token', () => {
    const row = () => ({ session: { id: acme.session.id } });

    it('renews the token and says until when it is valid', async () => {
      await host.run('ninjaone.refreshToken', row());
      assert.equal(host.sessions.server.tokenCalls, 1);
      assert.match(editor.window.said[0] ?? '', /Acme/);
    });

    it('renews once a minute, which a person is told (X3)', async () => {
      await host.run('ninjaone.refreshToken', row());
      editor.user.closes(/minute/);
      await host.run('ninjaone.refreshToken', row());
      assert.equal(host.sessions.server.tokenCalls, 1);
      host.sessions.clock.now += MINUTE;
      await host.run('ninjaone.refreshToken', row());
      assert.equal(host.sessions.server.tokenCalls, 2);
    });

    it('can be tried again at once by a person who was offline', async () => {
      host.sessions.server.script.push(offline());
      await host.run('ninjaone.refreshToken', row());
      await host.run('ninjaone.refreshToken', row());
      assert.equal(host.sessions.server.tokenCalls, 2);
      assert.deepEqual(host.errorCodes, ['network.offline']);
    });

    it('renews every session of the connection that is named', async () => {
      await host.window.signIn(host.sessions, ['management']);
      await host.run('ninjaone.refreshToken', 'Acme');
      assert.equal(host.sessions.server.tokenCalls, 2);
    });

    it('tells when NinjaOne has ended the session, with a way to sign in to its connection (A8)', async () => {
      host.sessions.server.always = invalidGrant();
      editor.user.answers(/sign in again/i, ({ choices }) => choices[0] ?? '');
      await host.run('ninjaone.refreshToken', row());
      assert.deepEqual(editor.commands.callsOf('ninjaone.signIn'), [['Acme']]);
      assert.deepEqual(host.window.tokens.usable(), []);
      await host.browserOpened();
    });
  });

  describe('Refresh Token for another extension', () => {
    const refresh = (reference: unknown = sessionOf()): Promise<unknown> =>
      host.run('ninjaone.refreshToken', reference);
    const sessionOf = () => ({ id: acme.session.id, accessToken: acme.session.accessToken });
    const current = (): string | undefined => host.window.tokens.find(acme.session.id)?.session.accessToken;
    afterEach(() => {
      assert.deepEqual(editor.window.messages, []);
      assert.deepEqual(host.errors, []);
    });

    it('takes the session, its id with a token, or its id, and gives no token (X3)', async () => {
      const { id, accessToken } = acme.session;
      for (const reference of [
        { id, accessToken, account: acme.account, scopes: ['monitoring'] },
        { id, accessToken },
        id,
      ]) {
        const before = current();
        host.sessions.clock.now += MINUTE;
        assert.equal(
          await refresh(typeof reference === 'string' ? id : { ...reference, accessToken: before }),
          'refreshed',
        );
        assert.notEqual(current(), before);
      }
      assert.equal(host.sessions.server.tokenCalls, 3);
    });

    it('says that the token was refreshed less than a minute ago (X3)', async () => {
      assert.equal(await refresh(acme.session.id), 'refreshed');
      assert.equal(await refresh(acme.session.id), 'recent');
      assert.equal(await refresh({ id: acme.session.id, accessToken: current() }), 'recent');
      assert.equal(host.sessions.server.tokenCalls, 1);
    });

    it('asks for a new token only if the one that failed is the current one (X3)', async () => {
      await host.window.tokens.getValidToken(acme.session.id, { force: true });
      assert.equal(await refresh(), 'refreshed');
      assert.equal(host.sessions.server.tokenCalls, 1);
    });

    it('sends one request for twenty calls at once (X3)', async () => {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => refresh()));
      assert.deepEqual(new Set(outcomes), new Set(['refreshed']));
      assert.equal(host.sessions.server.tokenCalls, 1);
    });

    it('says that NinjaOne has ended the session (X3)', async () => {
      host.sessions.server.always = invalidGrant();
      assert.equal(await refresh(), 'ended');
      assert.equal(await refresh(), 'unknown');
      assert.deepEqual(host.window.tokens.usable(), []);
    });

    it('says that a session without a refresh token has ended (X3)', async () => {
      const { session } = await host.window.signIn(host.sessions, ['management'], { refreshToken: undefined });
      assert.equal(await refresh(session.id), 'ended');
      host.sessions.clock.now += 61 * MINUTE;
      assert.equal(await refresh(session.id), 'ended');
      assert.deepEqual(host.sessions.server.calls, []);
    });

    it('says that NinjaOne could not be asked, keeps the session, and does not ask again at once (A8, X3)', async () => {
      host.sessions.server.always = offline();
      assert.equal(await refresh(), 'unreachable');
      assert.equal(await refresh(), 'unreachable');
      assert.equal(host.sessions.server.tokenCalls, 1);
      assert.equal(current(), acme.session.accessToken);
      host.sessions.server.always = undefined;
      host.sessions.clock.now += 10_000;
      assert.equal(await refresh(), 'refreshed');
    });

    it('says the same when a setting has to be corrected first (X3)', async () => {
      host.sessions.server.always = wrongSecret();
      assert.equal(await refresh(), 'unreachable');
      assert.equal(current(), acme.session.accessToken);
    });

    it('answers after ten seconds when the server hangs, and keeps what comes later (X3)', async () => {
      let answer: (response: object) => void = () => {};
      host.sessions.server.script.push(() => new Promise((resolve) => (answer = resolve)));
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        const outcome = refresh();
        await until(() => host.sessions.server.tokenCalls === 1);
        mock.timers.tick(10_000);
        assert.equal(await outcome, 'unreachable');
      } finally {
        mock.timers.reset();
      }
      answer({});
      await until(() => current() !== acme.session.accessToken);
    });

    it('knows nothing of what is no session, and of a session whose token the caller does not have (X3)', async () => {
      const { id, accessToken } = acme.session;
      for (const wrong of [
        'no such session',
        '',
        { id },
        { id, accessToken: 'guessed' },
        { id: 'guessed', accessToken },
        { accessToken },
        null,
        1,
        [id],
        {
          get id() {
            throw new Error('hostile');
          },
        },
      ]) {
        assert.equal(await refresh(wrong), 'unknown');
      }
      editor.configuration.set('ninjaone.connections', [BETA]);
      assert.equal(await refresh(id), 'unknown');
      assert.deepEqual(host.sessions.server.calls, []);
    });
  });

  it('Get Connection tells who holds the session what its connection is (X1)', async () => {
    const { id, accessToken } = acme.session;
    assert.equal(((await host.run('ninjaone.getConnection', { id, accessToken })) as { name: string }).name, 'Acme');
    assert.equal(await host.run('ninjaone.getConnection', { id, accessToken: 'guessed' }), undefined);
  });
});
