import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { AuthenticationSession } from 'vscode';
import type { ConnectionSettings } from '../../sandbox/clients.ts';
import type { NinjaOneErrorName } from '../../ninjaone.d.ts';
import { connectionId } from '../../src/core/connections/connection.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import { cancelQuickInput, dialogButton, openView, quickInput, toasts } from '../../tooling/workbenchDriver.ts';
import { changeConnection, closeOtherPages, configure, runInHost, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

/** What reaches the other extension: VS Code passes on the name and the message of an error, or a text. */
interface Outcome {
  readonly isError: boolean;
  readonly name?: string;
  readonly message: string;
  readonly session?: AuthenticationSession;
  readonly connectionId?: string;
}

type Options = Readonly<Record<string, unknown>>;

for (const version of ['current', 'oldest'] as const) {
  describe(`requests of another extension in the ${version} VS Code`, () => {
    const fixture = useWorkbench(() => ({
      workbench: { version },
      connections: (sandbox) => native(sandbox.connections),
    }));
    const native = (connections: readonly ConnectionSettings[]): readonly ConnectionSettings[] =>
      connections
        .filter(({ name }) => name === 'Sandbox native')
        .map((each) => ({ ...each, scopes: ['monitoring', 'management'] }));

    before(async () => {
      await openView(fixture.page, 'NinjaOne');
    });

    beforeEach(async () => {
      await configure(fixture, { 'ninjaone.connections': native(fixture.sandbox.connections) });
      await resetExtension(fixture);
    });

    afterEach(async () => {
      // For a failed request of another extension only that extension shows a message (X6).
      assert.deepEqual(await toasts(fixture.page, 'errors'), []);
    });

    /** What an extension that nobody knows gets when it asks. */
    const ask = (scopes: readonly string[], options: Options = { createIfNone: true }): Promise<Outcome> =>
      fixture.workbench.host.run(
        async (vscode, argument): Promise<Outcome> => {
          try {
            const session = await vscode.authentication.getSession('ninjaone', argument.scopes, argument.options);
            const connection = await vscode.commands.executeCommand<{ readonly id: string } | undefined>(
              'ninjaone.getConnection',
              session,
            );
            return {
              isError: false,
              message: session ? `a session of ${session.account.label}` : 'no session',
              ...(session && { session }),
              ...(connection && { connectionId: connection.id }),
            };
          } catch (error) {
            return error instanceof Error
              ? { isError: true, name: error.name, message: error.message }
              : { isError: false, message: String(error) };
          }
        },
        { scopes, options },
      );

    const allow = (): Promise<string> => dialogButton(fixture.page, 'Allow', /wants (?:to|you to) sign in/);

    /** Allows the request, and answers it in the browser. */
    const signIn = async (
      asked: Promise<Outcome>,
      answer: (browser: Page) => Promise<unknown> = answerSignIn,
    ): Promise<Outcome> => {
      const browser = await pageOpenedBy(fixture.workbench.context, allow);
      await answer(browser);
      const outcome = await asked;
      await closeOtherPages(fixture);
      return outcome;
    };

    const assertNamed = (outcome: Outcome, name: NinjaOneErrorName, message: RegExp): void => {
      assert.deepEqual([outcome.isError, outcome.name], [true, name], outcome.message);
      assert.match(outcome.message, message);
    };

    it('say that the user canceled in the three ways of VS Code (X6)', async () => {
      const { page } = fixture;
      const refused = ask(['monitoring']);
      await dialogButton(page, 'Cancel', /wants to sign in/);
      assert.deepEqual(await refused, { isError: true, name: 'Error', message: 'User did not consent to login.' });

      const [connection] = native(fixture.sandbox.connections);
      await configure(fixture, {
        'ninjaone.connections': [connection, { ...connection, name: 'Other', clientId: 'x' }],
      });
      const left = ask(['monitoring']);
      await allow();
      await quickInput(page, 'Sign in to which connection?').waitFor();
      await cancelQuickInput(page);
      assertNamed(await left, 'Canceled', /^Canceled$/);

      await ensureSignedIn(fixture);
      const closed = ask(['monitoring']);
      await allow();
      await quickInput(page, 'wants to access a NinjaOne account').waitFor();
      await cancelQuickInput(page);
      assert.deepEqual(await closed, { isError: false, message: 'User did not consent to account access' });
    });

    it('say that nobody came back from the browser (A4, X6)', async () => {
      await changeTimers('shorten');
      try {
        const outcome = await signIn(ask(['monitoring']), (browser) => browser.waitForLoadState());
        assertNamed(outcome, 'NinjaOneTimedOut', /Sandbox native/);
      } finally {
        await changeTimers('restore');
      }
    });

    it('say that access was refused in the browser (X6)', async () => {
      const outcome = await signIn(ask(['monitoring']), (browser) => answerSignIn(browser, 'Deny'));
      assertNamed(outcome, 'NinjaOneAccessDenied', /denied/);
    });

    it('say that NinjaOne cannot be reached (X6)', async () => {
      fixture.sandbox.misbehave({ token: { kind: 'unavailable', grantType: 'authorization_code' } });
      assertNamed(await signIn(ask(['monitoring'])), 'NinjaOneUnreachable', /503/);
    });

    it('say that a scope was not granted (A10, X6)', async () => {
      fixture.sandbox.misbehave({ token: { kind: 'fewerScopes', scopes: ['monitoring'] } });
      assertNamed(await signIn(ask(['monitoring', 'management'])), 'NinjaOneScopeNotGranted', /management/);
    });

    it('say that a scope does not exist (A10, X6)', async () => {
      const asked = ask(['everything']);
      await allow();
      assertNamed(await asked, 'NinjaOneUnknownScope', /everything/);
    });

    it('say that the user has to add a connection first, and the wizard opens (A17, X6)', async () => {
      await configure(fixture, { 'ninjaone.connections': [] });
      const asked = ask(['monitoring']);
      await allow();
      assertNamed(await asked, 'NinjaOneNeedsSetup', /no connection/);
      await quickInput(fixture.page).waitFor();
      await cancelQuickInput(fixture.page);
    });

    it('say that the connection of a request is gone (X6, X7)', async () => {
      assert.equal((await ask(['connection:gone'], { silent: true })).message, 'no session');
      const asked = ask(['connection:gone']);
      await allow();
      assertNamed(await asked, 'NinjaOneAccountGone', /removed or changed/);
    });

    it('say that an account has too few scopes, before a browser opens (A17, X6, X7)', async () => {
      const account = (await signIn(ask(['monitoring']))).session?.account;
      assert.match(account?.label ?? '', /^Sandbox native · .* · monitoring$/);
      const asked = ask(['monitoring', 'management'], { createIfNone: true, account });
      await allow();
      assertNamed(await asked, 'NinjaOneAccountLacksScopes', /Sandbox native/);
      assert.equal(fixture.workbench.context.pages().length, 1);
    });

    it('say that something else failed (X6)', async () => {
      const body = { error: 'invalid_grant' };
      fixture.sandbox.misbehave({
        token: { kind: 'response', status: 400, body, grantType: 'authorization_code' },
      });
      assertNamed(await signIn(ask(['monitoring'])), 'NinjaOneFailed', /Sandbox native/);
    });

    it('never get the session of another customer after a sign-out, an end, and a new name (X3, X7)', async () => {
      const { page, sandbox, workbench } = fixture;
      const [first] = native(sandbox.connections);
      const editor = sandbox.connections.find(({ name }) => name === 'Sandbox editor');
      assert.ok(first && editor);
      const entries = [
        { ...first, name: 'Acme' },
        { ...first, name: 'Bolt', instance: sandbox.baseUrl.replace('127.0.0.1', 'localhost') },
        { ...editor, name: 'Corp', scopes: ['monitoring', 'management'] },
      ];
      await configure(fixture, { 'ninjaone.connections': entries });
      const ids = entries.map(({ instance, clientId, platform }) => connectionId(instance, clientId, platform));
      const sessions: AuthenticationSession[] = [];
      const isOf = (outcome: Outcome, customer: number): boolean => outcome.connectionId === ids[customer];
      for (const [customer, id] of ids.entries()) {
        const outcome = await signIn(ask(['monitoring', `connection:${id}`]));
        assert.ok(isOf(outcome, customer) && outcome.session, outcome.message);
        sessions.push(outcome.session);
      }
      const silently = (customer: number, scopes: readonly string[], hasAccount: boolean): Promise<Outcome> =>
        ask([...scopes, `connection:${ids[customer] ?? ''}`], {
          silent: true,
          ...(hasAccount && { account: sessions[customer]?.account }),
        });
      assert.ok(isOf(await silently(1, ['monitoring'], true), 1));

      const signedOut = runInHost(fixture, 'ninjaone.signOut', 'Bolt');
      await dialogButton(page, 'Sign Out');
      await signedOut;
      sandbox.misbehave({ token: { kind: 'response', status: 400, body: { error: 'invalid_grant' } } });
      const outcome = await workbench.host.run(
        async (vscode, session) => vscode.commands.executeCommand<string>('ninjaone.refreshToken', session),
        sessions[2],
      );
      assert.equal(outcome, 'ended');
      sandbox.reset();
      await changeConnection(fixture, 'Acme', { name: 'Acme Corp' });
      const renamed = ask(['monitoring', `connection:${ids[0] ?? ''}`], {
        createIfNone: true,
        account: sessions[0]?.account,
      });
      await allow();
      assert.ok(isOf(await renamed, 0));

      for (let round = 0; round < 3; round += 1) {
        for (const hasAccount of [true, false]) {
          assert.ok(isOf(await silently(0, ['monitoring'], hasAccount), 0));
          for (const customer of [1, 2]) {
            assert.equal((await silently(customer, ['monitoring'], hasAccount)).message, 'no session');
          }
        }
      }
      // The account of a session that has ended leads to its own connection, and so does a request for more scopes.
      const again = await signIn(ask(['monitoring'], { createIfNone: true, account: sessions[2]?.account }));
      assert.ok(isOf(again, 2), again.message);
      assert.equal(again.session?.account.label, sessions[2]?.account.label);
      const more = await signIn(ask(['monitoring', 'management', `connection:${ids[1] ?? ''}`]));
      assert.ok(isOf(more, 1), more.message);
      for (const customer of [0, 2]) {
        assert.ok(isOf(await silently(customer, ['monitoring'], true), customer));
      }
      assert.ok(isOf(await ask(['management', `connection:${ids[1] ?? ''}`], { silent: true }), 1));
    });

    /** In the extension host: what would take a minute or more takes a tenth of a second. */
    async function changeTimers(change: 'shorten' | 'restore'): Promise<void> {
      await fixture.workbench.host.run((_, how) => {
        const scope = globalThis as unknown as { setTimeout: (...args: unknown[]) => unknown; ownSetTimeout?: unknown };
        if (how === 'restore') {
          scope.setTimeout = scope.ownSetTimeout as typeof scope.setTimeout;
          return Promise.resolve();
        }
        const own = scope.setTimeout;
        scope.ownSetTimeout = own;
        scope.setTimeout = (task: unknown, delay: unknown, ...rest: unknown[]) =>
          own(task, typeof delay === 'number' && delay >= 60_000 ? 100 : delay, ...rest);
        return Promise.resolve();
      }, change);
    }
  });
}
