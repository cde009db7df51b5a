import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { NinjaOneAuthenticationProvider } from '../../../src/host/accounts/authenticationProvider.ts';
import type { Account } from '../../../src/core/sessions/session.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { invalidGrant, offline, wrongSecret } from '../../support/fakeTokenServer.ts';
import { ACME } from '../../support/hostFixture.ts';
import { HOUR, MINUTE } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };

describe('authentication provider', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let provider: NinjaOneAuthenticationProvider;
  let events: vscode.AuthenticationProviderAuthenticationSessionsChangeEvent[];
  let setReady: () => void;
  const logged: string[] = [];

  const open = async (connections?: readonly unknown[], ready = Promise.resolve()): Promise<void> => {
    host = await createCommandFixture(editor, connections);
    const { window, coordinator } = host;
    provider = new NinjaOneAuthenticationProvider({
      tokens: window.tokens,
      coordinator,
      ready,
      signOut: (id) => host.signOut.run(id, 'keepSecret'),
      logger: { ...silentLogger, warn: (message) => logged.push(message) },
    });
    logged.length = 0;
    events = [];
    provider.onDidChangeSessions((event) => events.push(event));
  };
  afterEach(async () => {
    provider.dispose();
    await host.close();
  });

  const ids = (sessions: readonly vscode.AuthenticationSession[]): readonly string[] => sessions.map(({ id }) => id);

  describe('when it is asked for two sessions at once', () => {
    it('answers both with the one session of one sign-in, without an error (A17, T13)', async () => {
      await open();
      const both = Promise.all([
        provider.createSession(['monitoring'], {}),
        provider.createSession(['monitoring'], {}),
      ]);
      await host.browserReturns();
      const [first, second] = await both;
      assert.equal(editor.env.opened.length, 1);
      assert.deepEqual(first, second);
      assert.equal(host.endpoint.requests.length, 1);
      assert.deepEqual(ids(await provider.getSessions(undefined, {})), [first.id]);
      assert.deepEqual(editor.window.messages, []);
      assert.deepEqual(host.errors, []);
    });

    it('answers the second, which VS Code kept back, without a browser (A17, T13)', async () => {
      await open();
      const first = provider.createSession(['monitoring'], {});
      await host.browserReturns();
      const { id } = await first;
      assert.equal((await provider.createSession(['monitoring'], {})).id, id);
      assert.equal(editor.env.opened.length, 1);
      assert.equal(host.endpoint.requests.length, 1);
    });
  });

  describe('when it is asked for a new session although there is one', () => {
    it('signs in again, also within seconds of the last sign-in (A17)', async () => {
      await open();
      const first = provider.createSession(['monitoring'], {});
      await host.browserReturns();
      const { id, account } = await first;
      // VS Code looks for a session first, whatever the other extension wants.
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], {})), [id]);
      const forced = provider.createSession(['monitoring'], {});
      await host.browserReturns({ code: 'code-2' }, 2);
      assert.equal((await forced).id, id);
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], { account })), [id]);
      const withAccount = provider.createSession(['monitoring'], { account });
      await host.browserReturns({ code: 'code-3' }, 3);
      assert.equal((await withAccount).id, id);
      assert.equal(host.endpoint.requests.length, 3);
    });

    it('does not count a list of all accounts, which VS Code asks for after each sign-in (A17)', async () => {
      await open();
      const first = provider.createSession(['monitoring'], {});
      await host.browserReturns();
      const { id } = await first;
      await provider.getSessions(undefined, {});
      assert.equal((await provider.createSession(['monitoring'], {})).id, id);
      assert.equal(editor.env.opened.length, 1);
    });
  });

  describe('when VS Code asks for sessions', () => {
    it('returns a valid token without a network call, with the scopes as they were asked for (A9, A10)', async () => {
      await open();
      const { session, account } = await host.window.signIn(host.sessions, ['monitoring', 'management']);
      const [found, ...others] = await provider.getSessions(['management', 'monitoring', 'monitoring'], {});
      assert.deepEqual(found, {
        id: session.id,
        accessToken: session.accessToken,
        account,
        scopes: ['management', 'monitoring', 'monitoring'],
      });
      assert.deepEqual(others, []);
      assert.deepEqual(host.sessions.server.calls, []);
    });

    it('lists every account without the network, also those whose tokens are due (A9, T57)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      const first = await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      const second = await host.window.signIn(host.sessions, ['management'], {}, beta);
      host.sessions.clock.now += HOUR;
      assert.deepEqual(ids(await provider.getSessions(undefined, {})), [first.session.id, second.session.id]);
      assert.deepEqual(ids(await provider.getSessions(undefined, { account: second.account })), [second.session.id]);
      assert.deepEqual(host.sessions.server.calls, []);
    });

    it('renews a token that has five minutes or less (A9)', async () => {
      await open();
      const { session } = await host.window.signIn(host.sessions);
      host.sessions.clock.now += 56 * MINUTE;
      const [found] = await provider.getSessions(['monitoring'], {});
      assert.equal(found?.id, session.id);
      assert.notEqual(found.accessToken, session.accessToken);
    });

    it('takes the session with the fewest scopes, one of each connection (A10)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      await host.window.signIn(host.sessions, ['monitoring', 'management'], {}, acme);
      const narrow = await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      const other = await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], {})).toSorted(), [
        ...[narrow.session.id, other.session.id].toSorted(),
      ]);
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], { account: other.account })), [other.session.id]);
    });

    it('gives no session with control to who did not name it (A10, T53)', async () => {
      await open([{ ...ACME, scopes: ['monitoring', 'control'] }]);
      await host.window.signIn(host.sessions, ['monitoring', 'control']);
      assert.deepEqual(await provider.getSessions(['monitoring'], {}), []);
      assert.equal((await provider.getSessions(['control'], {})).length, 1);
    });

    it('knows an account by its id, whichever copy of it VS Code hands over (A10)', async () => {
      await open([ACME, BETA]);
      await host.window.signIn(host.sessions, ['monitoring']);
      const other = await host.window.signIn(host.sessions, ['monitoring'], {}, host.settings.connections[1]);
      const account = JSON.parse(JSON.stringify(other.account)) as vscode.AuthenticationSessionAccountInformation;
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], { account })), [other.session.id]);
      assert.deepEqual(ids(await provider.getSessions(['monitoring'], { account: { ...account, id: 'other' } })), []);
    });

    for (const account of [{}, { id: undefined }, { id: null }, { id: 7 }, { id: '' }, { id: ['x'] }]) {
      it(`takes an account with the id ${JSON.stringify(account.id)} for none that it has (A10, X7)`, async () => {
        await open([ACME, BETA]);
        const [acme, beta] = host.settings.connections;
        await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
        const { label } = (await host.window.signIn(host.sessions, ['monitoring'], {}, beta)).account;
        const options = { account: { ...account, label } as unknown as Account };
        assert.deepEqual(await provider.getSessions(['monitoring'], options), []);
        assert.deepEqual(await provider.getSessions(undefined, options), []);
        await assert.rejects(provider.createSession(['monitoring'], options), { name: 'NinjaOneAccountGone' });
        assert.deepEqual([editor.env.opened, editor.user.asked], [[], []]);
      });
    }

    it('answers none for a scope that NinjaOne does not have, and logs it once (A10, X6)', async () => {
      await open();
      await host.window.signIn(host.sessions);
      assert.deepEqual(await provider.getSessions(['everything', 'monitoring'], {}), []);
      assert.deepEqual(await provider.getSessions(['everything'], {}), []);
      assert.deepEqual(await provider.getSessions(['Monitoring'], {}), []);
      assert.equal(logged.length, 2);
      assert.match(logged[0] ?? '', /everything/);
      assert.match(logged[1] ?? '', /Monitoring/);
    });

    it('does not log or show a token that is passed as a scope, also not its beginning (P9, X6)', async () => {
      await open();
      const accessToken = randomBytes(200).toString('base64url');
      await host.window.signIn(host.sessions, ['monitoring'], { accessToken });
      assert.deepEqual(await provider.getSessions([accessToken], {}), []);
      await assert.rejects(provider.createSession([accessToken], {}), (error: Error) => {
        assert.equal(error.name, 'NinjaOneUnknownScope');
        assert.equal(error.message.includes(accessToken.slice(0, 8)), false);
        return true;
      });
      assert.equal(logged.length, 2);
      assert.equal(logged.join().includes(accessToken.slice(0, 8)), false);
    });

    it('answers with the connection that the scopes name, and with no other one (X7)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      const other = await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      const named = `connection:${beta!.id}`;
      const [found, ...others] = await provider.getSessions([named, 'monitoring'], {});
      assert.equal(found?.id, other.session.id);
      assert.deepEqual(found.scopes, [named, 'monitoring']);
      assert.deepEqual(others, []);
      assert.deepEqual(ids(await provider.getSessions([named], {})), [other.session.id]);
      assert.deepEqual(ids(await provider.getSessions([named], { account: other.account })), [other.session.id]);
      await provider.removeSession(other.session.id);
      assert.deepEqual(await provider.getSessions([named], {}), []);
      assert.deepEqual(await provider.getSessions(['monitoring'], { account: other.account }), []);
    });

    it('answers none for an unknown connection, two connections, or one that contradicts the account (X7)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      const { account } = await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      assert.deepEqual(await provider.getSessions(['connection:gone'], {}), []);
      assert.deepEqual(await provider.getSessions(['connection:'], {}), []);
      assert.deepEqual(await provider.getSessions([`connection:${acme!.id}`, `connection:${beta!.id}`], {}), []);
      assert.deepEqual(await provider.getSessions([`connection:${beta!.id}`], { account }), []);
    });

    it('keeps a session that cannot be renewed for the moment, and drops one that NinjaOne has ended (A8)', async () => {
      await open();
      await host.window.signIn(host.sessions);
      host.sessions.clock.now += 56 * MINUTE;
      host.sessions.server.script.push(offline());
      assert.equal((await provider.getSessions(['monitoring'], {})).length, 1);
      host.sessions.clock.now += 10 * MINUTE;
      host.sessions.server.always = invalidGrant();
      assert.deepEqual(await provider.getSessions(['monitoring'], {}), []);
    });

    it('explains what is wrong with the only connection, in an error that VS Code can show (A16)', async () => {
      await open([{ ...ACME, platform: 'api-services' }]);
      await host.window.clientSecrets.set(host.settings.connections[0]!.id, 'secret-1');
      await host.window.signIn(host.sessions);
      host.sessions.clock.now += 2 * HOUR;
      host.sessions.server.always = wrongSecret();
      await assert.rejects(provider.getSessions(['monitoring'], {}), (error: Error) => {
        assert.equal(error.name, 'NinjaOneNeedsSetup');
        assert.match(error.message, /secret/);
        return true;
      });
    });

    it('waits until the stored sessions are read (A9)', async () => {
      await open(undefined, new Promise<void>((resolve) => (setReady = resolve)));
      await host.window.signIn(host.sessions);
      let answer: readonly vscode.AuthenticationSession[] | undefined;
      const asked = provider.getSessions(undefined, {}).then((sessions) => (answer = sessions));
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(answer, undefined);
      setReady();
      assert.equal((await asked).length, 1);
    });
  });

  describe('when the secret storage is slow', () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] });
    });
    afterEach(() => {
      mock.timers.reset();
    });
    const pass = async (milliseconds: number): Promise<void> => {
      mock.timers.tick(milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
    };

    for (const scopes of [['monitoring'], undefined]) {
      it(`answers ${scopes ? 'a request' : 'a list of all'} with what is there after 10 seconds (A9)`, async () => {
        await open(undefined, new Promise(() => {}));
        const { session } = await host.window.signIn(host.sessions);
        const answers: (readonly string[])[] = [];
        void provider.getSessions(scopes, {}).then((sessions) => answers.push(ids(sessions)));
        await pass(9900);
        assert.deepEqual(answers, []);
        await pass(100);
        assert.deepEqual(answers, [[session.id]]);
      });
    }

    it('renews for the rest of that time only (A9)', async () => {
      await open([ACME, BETA], new Promise<void>((resolve) => (setReady = resolve)));
      const [acme, beta] = host.settings.connections;
      const { session, account } = await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      host.sessions.clock.now += 56 * MINUTE;
      host.sessions.server.always = () => new Promise(() => {});
      const named = [`connection:${acme!.id}`];
      const answers: (readonly string[])[] = [];
      for (const pending of [provider.getSessions(named, {}), provider.getSessions(['monitoring'], { account })]) {
        void pending.then((sessions) => answers.push(ids(sessions)));
      }
      await pass(9000);
      setReady();
      await pass(900);
      assert.deepEqual(answers, []);
      await pass(100);
      assert.deepEqual(answers, [[session.id], [session.id]]);
    });

    it('tells VS Code later of a session that was not there in time (A9, A12)', async () => {
      await open(undefined, new Promise(() => {}));
      const pending = provider.getSessions(['monitoring', 'monitoring'], {});
      await pass(10_000);
      assert.deepEqual(await pending, []);
      await host.window.signIn(host.sessions);
      assert.deepEqual(
        events[0]?.added?.map(({ scopes }) => scopes),
        [['monitoring'], ['monitoring', 'monitoring']],
      );
    });
  });

  describe('when VS Code asks for a new session', () => {
    it('signs in and returns a copy with the scopes as they were asked for (A10)', async () => {
      await open();
      const pending = provider.createSession([], {});
      await host.browserReturns();
      const { scopes, account } = await pending;
      assert.deepEqual(scopes, []);
      assert.equal(account.label, 'Acme · eu · monitoring');
    });

    it('puts neither a refresh token nor a secret into the session (A11, T52)', async () => {
      await open();
      const pending = provider.createSession(['monitoring'], {});
      await host.browserReturns();
      assert.deepEqual(Object.keys(await pending).toSorted(), ['accessToken', 'account', 'id', 'scopes']);
    });

    it('names the scope that NinjaOne does not have', async () => {
      await open();
      await assert.rejects(provider.createSession(['monitoring', 'everything'], {}), {
        name: 'NinjaOneUnknownScope',
        message: /everything/,
      });
    });

    it('writes one short line to the log, whatever label the account has (P9)', async () => {
      await open();
      const [acme] = host.settings.connections;
      const label = `a\n2026-01-01 [error] forged\r\u2028 ${'x'.repeat(10_000)}`;
      for (const id of ['gone/monitoring', `${acme!.id}/management`]) {
        await assert.rejects(provider.createSession(['monitoring'], { account: { id, label } }));
      }
      assert.equal(logged.length, 2);
      for (const line of logged) {
        assert.doesNotMatch(line, /[\n\r\u2028]/);
        assert.ok(line.length < 400, line);
      }
    });

    it('ends as VS Code’s own cancellation when the user cancels (A17)', async () => {
      await open([ACME, { ...ACME, name: 'Beta', instance: 'us' }]);
      editor.user.closes(/connection/);
      await assert.rejects(provider.createSession(['monitoring'], {}), vscode.CancellationError);
    });

    it('keeps nothing when NinjaOne grants less than was asked for (A10)', async () => {
      await open();
      host.endpoint.changes = { scope: 'monitoring offline_access' };
      const pending = provider.createSession(['management'], {});
      await host.browserReturns();
      await assert.rejects(pending, { name: 'NinjaOneScopeNotGranted', message: /management/ });
      assert.deepEqual(host.window.tokens.usable(), []);
      assert.equal(host.sessions.server.revoked.length, 2);
    });
  });

  it('signs out when VS Code removes a session (A13)', async () => {
    await open();
    const { session } = await host.window.signIn(host.sessions);
    await provider.removeSession(session.id);
    assert.deepEqual(await provider.getSessions(undefined, {}), []);
    assert.deepEqual(ids(events.at(-1)?.removed ?? []), [session.id]);
  });

  it('rejects by name when VS Code cannot remove a session (X6)', async () => {
    await open();
    const failing = new NinjaOneAuthenticationProvider({
      tokens: host.window.tokens,
      coordinator: host.coordinator,
      ready: Promise.resolve(),
      signOut: () => Promise.reject(new Error('a defect with a secret in it')),
      logger: silentLogger,
    });
    await assert.rejects(failing.removeSession('1'), { name: 'NinjaOneFailed', message: /unexpected error/ });
    failing.dispose();
  });

  describe('tells VS Code', () => {
    it('of a session that is added, changed and removed (A12)', async () => {
      await open();
      const { session } = await host.window.signIn(host.sessions);
      await host.window.tokens.getValidToken(session.id, { force: true });
      editor.configuration.set('ninjaone.connections', []);
      assert.deepEqual(
        events.map(({ added, changed, removed }) => [added, changed, removed].map((each) => each?.length)),
        [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      );
    });

    it('of a copy for our own request with the first sign-in, whatever its scopes are (A15)', async () => {
      await open();
      provider.menuRequest = ['monitoring', 'management'];
      await host.window.signIn(host.sessions, ['monitoring']);
      await host.window.signIn(host.sessions, ['management']);
      assert.deepEqual(
        events.flatMap(({ added }) => added ?? []).map(({ scopes }) => scopes),
        [['monitoring'], ['monitoring', 'management'], ['management']],
      );
    });

    it('of a copy for each request that had no answer and now has one, once (A12)', async () => {
      await open();
      const asked = [['monitoring'], ['management', 'monitoring'], ['control']];
      for (const scopes of asked) {
        await provider.getSessions(scopes, {});
      }
      await host.window.signIn(host.sessions, ['monitoring', 'management']);
      assert.deepEqual(
        events[0]?.added?.map(({ scopes }) => scopes),
        [['monitoring', 'management'], ['monitoring'], ['management', 'monitoring']],
      );
      assert.equal(new Set(ids(events[0].added)).size, 1);
      const [usable] = host.window.tokens.usable();
      await host.window.tokens.getValidToken(usable!.session.id, { force: true });
      assert.deepEqual(events[1]?.added, []);
    });

    it('of a copy for a request that names a connection, for that connection only (A12, X7)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      const named = [`connection:${beta!.id}`, 'monitoring'];
      await provider.getSessions(named, {});
      await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      assert.deepEqual(
        events.map(({ added }) => added?.map(({ scopes }) => scopes)),
        [[['monitoring']], [['monitoring'], named]],
      );
    });

    it('nothing after the extension has ended', async () => {
      await open();
      provider.dispose();
      await host.window.signIn(host.sessions);
      assert.deepEqual(events, []);
    });
  });
});
