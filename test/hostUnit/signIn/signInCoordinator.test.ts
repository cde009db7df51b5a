import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { mock } from 'node:test';
import { parseScopeRequest } from '../../../src/core/sessions/scopeRequest.ts';
import { throwUnlessAnswered, type SignInRequest } from '../../../src/core/sessions/signInTarget.ts';
import type { Account } from '../../../src/core/sessions/session.ts';
import { TrustedHosts } from '../../../src/host/platform/trustedHosts.ts';
import { offline } from '../../support/fakeTokenServer.ts';
import { createCommandFixture, type CommandFixture, type CommandFixtureOptions } from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { MINUTE, until } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };
const SERVICE = { ...ACME, platform: 'api-services' };

describe('sign-in coordinator', () => {
  const editor = useVscode();
  let host: CommandFixture;
  afterEach(() => host.close());

  const open = async (connections?: readonly unknown[], options?: CommandFixtureOptions): Promise<void> => {
    host = await createCommandFixture(editor, connections, options);
  };
  const start = (scopes: readonly string[] = ['monitoring'], account?: Account) =>
    host.coordinator.start({ ...parseScopeRequest(scopes), account });
  const scopesSent = async (count = 1): Promise<string | null> =>
    (await host.browserOpened(count)).searchParams.get('scope');

  describe('for another extension', () => {
    it('asks NinjaOne for exactly the scopes of the request, without a question (A10, A17)', async () => {
      await open();
      const pending = start(['management']);
      assert.equal(await scopesSent(), 'management offline_access');
      await host.browserReturns();
      const { session, connection } = await pending;
      assert.equal(connection.name, 'Acme');
      assert.deepEqual(session.scopes, ['management']);
      assert.deepEqual(editor.user.asked, []);
    });

    it('answers with the name of the account in the settings when it was renamed meanwhile (A11, C4)', async () => {
      await open();
      const pending = start(['monitoring']);
      await host.browserOpened();
      editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Acme Corp' }]);
      await host.browserReturns();
      const { account, connection } = await pending;
      assert.equal(account.label, 'Acme Corp · eu · monitoring');
      assert.equal(connection.name, 'Acme Corp');
      assert.deepEqual(
        host.window.tokens.usable().map((usable) => usable.account),
        [account],
      );
    });

    it('takes the one connection that allows the scopes (A17)', async () => {
      await open([{ ...ACME, scopes: ['monitoring'] }, BETA]);
      const pending = start(['management']);
      await host.browserReturns();
      assert.equal((await pending).connection.name, 'Beta');
    });

    it('lets the user pick where several connections allow the scopes (A17)', async () => {
      await open([ACME, BETA, { ...ACME, name: 'Narrow', clientId: 'client-2', scopes: ['control'] }]);
      editor.user.answers(/connection/i, 'Beta');
      const pending = start();
      await host.browserReturns();
      assert.equal((await pending).connection.name, 'Beta');
      assert.deepEqual(editor.user.asked[0]?.choices, ['Acme', 'Beta']);
    });

    it('lists the connections with a session first (A17)', async () => {
      await open([ACME, BETA]);
      const [, beta] = host.settings.connections;
      await host.window.signIn(host.sessions, ['management'], {}, beta);
      editor.user.answers(/connection/, choice(/Beta/));
      const pending = start();
      await host.browserReturns();
      await pending;
      assert.deepEqual(editor.user.asked[0]?.choices, ['Beta', 'Acme']);
    });

    it('ends as canceled when the user leaves the pick (A17)', async () => {
      await open([ACME, BETA]);
      editor.user.closes(/connection/i);
      await assert.rejects(start(), { code: 'canceled' });
      assert.deepEqual(editor.env.opened, []);
    });

    it('offers to add the scopes to a connection, and writes nothing else of its entry (A17)', async () => {
      await open([{ ...ACME, note: 'kept' }, 'no connection']);
      editor.user.answers(/control/, choice(/add/i));
      const pending = start(['monitoring', 'control']);
      assert.equal(await scopesSent(), 'monitoring control offline_access');
      await host.browserReturns();
      assert.deepEqual((await pending).session.scopes, ['monitoring', 'control']);
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [
        { ...ACME, scopes: ['monitoring', 'management', 'control'], note: 'kept' },
        'no connection',
      ]);
    });

    it('asks which connection to widen where there are several (A17)', async () => {
      await open([ACME, BETA]);
      editor.user.answers(/connection/i, 'Beta');
      editor.user.answers(/Beta/, choice(/add/i));
      const pending = start(['control']);
      await host.browserReturns();
      assert.equal((await pending).connection.name, 'Beta');
    });

    it('changes nothing when the user does not want more scopes (A17)', async () => {
      await open();
      editor.user.closes(/control/);
      await assert.rejects(start(['control']), { code: 'canceled' });
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), [ACME]);
      assert.deepEqual(editor.env.opened, []);
    });

    it('fails with a way to the settings when they cannot be written', async () => {
      await open();
      editor.configuration.refuseWrites();
      editor.user.answers(/control/, choice(/add/i));
      await assert.rejects(start(['control']), { code: 'settings.notWritten', action: 'openSettings' });
    });

    it('signs the account of the request in again with its own scopes, so that its label stays (A17)', async () => {
      await open([ACME, BETA]);
      const { account } = await host.window.signIn(host.sessions, ['monitoring', 'management']);
      // What was signed in a moment ago is not signed in again.
      host.sessions.clock.now += MINUTE;
      const pending = start(['monitoring'], account);
      assert.equal(await scopesSent(), 'monitoring management offline_access');
      await host.browserReturns();
      assert.equal((await pending).account.label, account.label);
    });

    it('finds the account of a session that has ended, and signs in to its connection (A17)', async () => {
      await open([ACME, BETA]);
      const [, beta] = host.settings.connections;
      const { account, session } = await host.window.signIn(host.sessions, ['monitoring', 'management'], {}, beta);
      await host.window.tokens.signOut(session.id);
      const pending = start(['monitoring'], account);
      assert.equal(await scopesSent(), 'monitoring management offline_access');
      await host.browserReturns();
      assert.deepEqual((await pending).account, account);
      assert.deepEqual(editor.user.asked, []);
    });

    it('refuses more scopes than the account has, before a browser opens (A17, X7)', async () => {
      await open([{ ...ACME, scopes: ['monitoring', 'management', 'control'] }, BETA]);
      const narrow = await host.window.signIn(host.sessions, ['monitoring']);
      const control = await host.window.signIn(host.sessions, ['monitoring', 'control']);
      const error = { code: 'request.accountLacksScopes' };
      await assert.rejects(start(['monitoring', 'management'], narrow.account), error);
      await assert.rejects(start(['monitoring'], control.account), error, 'a session with control serves only control');
      assert.deepEqual([editor.env.opened, editor.user.asked], [[], []]);
    });

    it('refuses an account whose scopes the connection no longer allows (A17)', async () => {
      await open();
      const { account } = await host.window.signIn(host.sessions, ['monitoring', 'management']);
      editor.configuration.set('ninjaone.connections', [{ ...ACME, scopes: ['monitoring'] }]);
      await assert.rejects(start(['monitoring'], account), { code: 'request.accountLacksScopes' });
      assert.deepEqual(editor.env.opened, []);
    });

    it('refuses an account without its connection, and offers no other one (X7)', async () => {
      await open([ACME, BETA]);
      const [, beta] = host.settings.connections;
      const { account } = await host.window.signIn(host.sessions, ['monitoring'], {}, beta);
      editor.configuration.set('ninjaone.connections', [ACME]);
      await assert.rejects(start(['monitoring'], account), { code: 'request.accountGone', message: /Beta/ });
      await assert.rejects(start(['monitoring'], { id: 'of another provider', label: 'me' }), {
        code: 'request.accountGone',
      });
      editor.configuration.set('ninjaone.connections', []);
      await assert.rejects(start(['monitoring'], account), { code: 'request.accountGone' });
      assert.deepEqual([editor.env.opened, editor.user.asked, host.wizards], [[], [], 0]);
    });

    it('signs in to the connection that the scopes name, without a pick (X7)', async () => {
      await open([ACME, BETA]);
      const [, beta] = host.settings.connections;
      const pending = start(['management', `connection:${beta!.id}`]);
      assert.equal(await scopesSent(), 'management offline_access');
      await host.browserReturns();
      assert.equal((await pending).connection.name, 'Beta');
      assert.deepEqual(editor.user.asked, []);
    });

    it('offers to add a scope to the connection that is named, and to no other one (A10, X7)', async () => {
      await open([ACME, { ...BETA, scopes: ['monitoring'] }]);
      const [, beta] = host.settings.connections;
      editor.user.answers(/Beta/, choice(/add/i));
      const pending = start(['management', `connection:${beta!.id}`]);
      await host.browserReturns();
      assert.equal((await pending).connection.name, 'Beta');
      assert.equal(editor.user.asked.length, 1);
    });

    it('adds the scope to the named connection, also when names change before the user answers (X7)', async () => {
      await open([ACME, { ...BETA, scopes: ['monitoring', 'control'] }]);
      const [acme] = host.settings.connections;
      editor.user.answers(/Allow control/, () => {
        editor.configuration.set('ninjaone.connections', [
          { ...ACME, name: 'Acme old' },
          { ...BETA, name: 'Acme', scopes: ['monitoring', 'control'] },
        ]);
        return 'Add Scope and Sign In';
      });
      const pending = start(['control', `connection:${acme!.id}`]);
      await host.browserReturns();
      const { connection } = await pending;
      assert.deepEqual([connection.id, connection.name], [acme!.id, 'Acme old']);
    });

    it('refuses when another connection has the name before the user answers, and writes nothing (X7)', async () => {
      await open([ACME]);
      const [acme] = host.settings.connections;
      const now = [{ ...BETA, name: 'Acme' }];
      editor.user.answers(/Allow control/, () => {
        editor.configuration.set('ninjaone.connections', now);
        return 'Add Scope and Sign In';
      });
      await assert.rejects(start(['control', `connection:${acme!.id}`]), { code: 'request.connectionGone' });
      assert.deepEqual(editor.configuration.user('ninjaone.connections'), now);
      assert.deepEqual(editor.env.opened, []);
    });

    it('refuses the session when NinjaOne grants other scopes than those of the account (A11, X7)', async () => {
      await open();
      const { account } = await host.window.signIn(host.sessions, ['monitoring']);
      host.sessions.clock.now += MINUTE;
      host.endpoint.changes = { scope: 'monitoring management offline_access' };
      const failed = assert.rejects(start(['monitoring'], account), { code: 'request.otherAccount', message: /Acme/ });
      await host.browserReturns();
      await failed;
    });

    it('refuses a session of another connection than the one that the request names (X7)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections;
      const usable = await host.window.signIn(host.sessions, ['monitoring'], {}, acme);
      const naming = (id: string): SignInRequest => parseScopeRequest([`connection:${id}`]);
      throwUnlessAnswered(naming(acme!.id), usable);
      assert.throws(
        () => {
          throwUnlessAnswered(naming(beta!.id), usable);
        },
        { code: 'request.connectionGone' },
      );
    });

    it('refuses a name without a connection, two names, and a name that contradicts the account (X7)', async () => {
      await open([ACME, BETA]);
      const [acme, beta] = host.settings.connections.map(({ id }) => `connection:${id}`);
      const { account } = await host.window.signIn(host.sessions, ['monitoring']);
      await assert.rejects(start(['connection:gone']), { code: 'request.connectionGone' });
      await assert.rejects(start(['connection:']), { code: 'request.connectionGone' });
      await assert.rejects(start([acme!, beta!]), { code: 'request.contradictory' });
      await assert.rejects(start([beta!], account), { code: 'request.contradictory' });
      assert.deepEqual([editor.env.opened, editor.user.asked], [[], []]);
    });

    it('opens one browser for two extensions that ask at once (A17)', async () => {
      await open();
      const first = start();
      await host.browserReturns();
      const { session } = await first;
      // VS Code asks for the second one when the first has ended.
      assert.equal((await start()).session.id, session.id);
      assert.equal(editor.env.opened.length, 1);
    });

    it('opens another browser for an extension that asks later', async () => {
      await open();
      const first = start();
      await host.browserReturns();
      await first;
      host.sessions.clock.now += MINUTE;
      const second = start();
      await host.browserReturns({ code: 'code-2' }, 2);
      await second;
      assert.equal(host.endpoint.requests.length, 2);
    });
  });

  describe('without a connection', () => {
    it('opens the wizard, does not wait for it, and says that setup is needed (A17)', async () => {
      await open([]);
      host.wizard = () => new Promise(() => {});
      await assert.rejects(start(), { code: 'request.setupRequired', action: 'addConnection' });
      assert.equal(host.wizards, 1);
      assert.deepEqual(editor.env.opened, []);
    });
  });

  describe('with a question that nobody answers', () => {
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] });
    });
    afterEach(() => {
      mock.restoreAll();
      mock.timers.reset();
    });
    const timesOut = async (pending: Promise<unknown>, question: RegExp): Promise<void> => {
      await editor.user.wasAsked(question);
      const failed = assert.rejects(pending, { code: 'signIn.unanswered' });
      for (let seconds = 0; seconds <= 180; seconds += 10) {
        await new Promise((resolve) => setImmediate(resolve));
        mock.timers.tick(10_000);
      }
      await failed;
    };

    it('ends after three minutes (A17)', async () => {
      await open([ACME, BETA]);
      editor.user.ignores(/connection/);
      await timesOut(start(), /connection/);
      assert.equal(editor.user.asked.length, 1);
      assert.deepEqual(editor.env.opened, []);
    });

    it('ends after three minutes of all its questions together (A17)', async () => {
      await open([SERVICE, { ...SERVICE, name: 'Beta', instance: 'us' }]);
      let elapsed = 0;
      mock.method(performance, 'now', () => elapsed);
      editor.user.answers(/connection/, () => {
        elapsed = 170_000;
        return Promise.resolve('Beta');
      });
      editor.user.ignores(/as a service/);
      const failed = assert.rejects(start(), { code: 'signIn.unanswered' });
      await editor.user.wasAsked(/as a service/);
      mock.timers.tick(10_000);
      await failed;
      assert.equal(host.endpoint.requests.length, 0);
    });

    it('about the host changes nothing when the answer comes after the sign-in was canceled (A4, A17, P5)', async () => {
      let answer: (reply: string) => void = () => {};
      const asked = new Promise<void>((isAsked) => {
        editor.user.answers(/Do you trust/, () => {
          isAsked();
          return new Promise((resolve) => (answer = resolve));
        });
      });
      const hosts = (): TrustedHosts => new TrustedHosts(host.extension.globalState);
      let late: Promise<void> | undefined;
      await open([{ ...ACME, instance: 'https://ninja.example.com' }], {
        confirmHost: (connection, over) => (late = hosts().confirm(connection, over)),
      });
      const failed = assert.rejects(start(), { code: 'canceled' });
      await asked;
      host.browserSignIn.cancel();
      await failed;
      answer('Trust This Host');
      await assert.rejects(late!, { code: 'canceled' });
      assert.equal(hosts().isConfirmed(host.settings.connections[0]!), false);
      assert.deepEqual(editor.env.opened, []);
    });

    it('about the host ends, and so does the sign-in that has joined it (A4, A17)', async () => {
      let questions = 0;
      await open([ACME], {
        confirmHost: () => {
          questions += 1;
          return new Promise(() => {});
        },
      });
      const [first, second] = [start(), start()];
      const failed = [first, second].map((each) => assert.rejects(each, { code: 'signIn.unanswered' }));
      // The code that asks is loaded first, which takes its time in the first test that needs it.
      await until(() => questions === 2);
      await new Promise((resolve) => setImmediate(resolve));
      for (let seconds = 0; seconds <= 180; seconds += 10) {
        await new Promise((resolve) => setImmediate(resolve));
        mock.timers.tick(10_000);
      }
      await Promise.all(failed);
      assert.deepEqual(editor.env.opened, []);
    });

    it('about a port that is taken ends the sign-in (A4, A5, A17)', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      try {
        const redirectUri = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
        await open([{ ...ACME, platform: 'spa', redirectUri }]);
        editor.user.ignores(/Another program is using/);
        await timesOut(start(), /Another program is using/);
        assert.deepEqual(editor.env.opened, []);
        assert.equal(host.browserSignIn.pending, undefined);
      } finally {
        other.close();
      }
    });

    it('adds no scope when the answer comes later (A17)', async () => {
      await open([{ ...ACME, scopes: ['monitoring'] }]);
      let answer: (reply: string) => void = () => {};
      editor.user.answers(
        /Allow management/,
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      );
      await timesOut(start(['management']), /Allow management/);
      answer('Add Scope and Sign In');
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(host.settings.connections[0]?.scopes, ['monitoring']);
    });
  });

  describe('of a service', () => {
    beforeEach(async () => {
      await open([SERVICE]);
      await host.window.clientSecrets.set(host.settings.connections[0]!.id, 'secret-1');
    });

    it('asks the user, who is told host and scopes, before another extension gets a token (A17)', async () => {
      editor.user.answers(/Acme/, choice(/sign in/i));
      const { session } = await start();
      assert.deepEqual(session.scopes, ['monitoring']);
      const [question] = editor.user.asked;
      assert.equal(question?.kind, 'modal');
      assert.match(question.detail ?? '', /eu\.ninjarmm\.com/);
      assert.match(question.detail ?? '', /monitoring/);
    });

    it('sends nothing when the user says no, and asks again the next time (A17)', async () => {
      editor.user.closes(/Acme/);
      editor.user.closes(/Acme/);
      await assert.rejects(start(), { code: 'canceled' });
      await assert.rejects(start(), { code: 'canceled' });
      assert.deepEqual(host.sessions.server.calls, []);
    });

    it('asks for the client secret if there is none, after the user has agreed (A17)', async () => {
      await host.window.clientSecrets.delete(host.settings.connections[0]!.id);
      editor.user.answers(/Acme as a service/, choice(/sign in/i));
      editor.user.answers(/Client secret of Acme/, ' secret-2 ');
      const { session } = await start();
      assert.deepEqual(session.scopes, ['monitoring']);
      assert.equal(await host.window.clientSecrets.get(session.connectionId), 'secret-2');
      assert.equal(editor.user.asked[1]?.kind, 'input');
    });

    it('ends as canceled when the user does not enter the client secret (A17)', async () => {
      await host.window.clientSecrets.delete(host.settings.connections[0]!.id);
      editor.user.answers(/Acme as a service/, choice(/sign in/i));
      editor.user.closes(/Client secret of Acme/);
      await assert.rejects(start(), { code: 'canceled' });
      assert.deepEqual(host.sessions.server.calls, []);
    });

    it('does not ask a person who pressed Sign In, and gets everything that the connection allows (A10)', async () => {
      const { session } = await host.coordinator.signInTo(host.settings.connections[0]!, 'user');
      assert.deepEqual(session.scopes, ['monitoring', 'management']);
    });

    it('asks when a program runs the command (A17)', async () => {
      editor.user.closes(/Acme/);
      await assert.rejects(host.coordinator.signInTo(host.settings.connections[0]!, 'extension'), { code: 'canceled' });
    });

    it('ends with the failure of the server', async () => {
      host.sessions.server.always = offline();
      await assert.rejects(host.coordinator.signInTo(host.settings.connections[0]!, 'user'), {
        code: 'network.offline',
      });
    });
  });
});
