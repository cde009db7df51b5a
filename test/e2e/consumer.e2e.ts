import assert from 'node:assert/strict';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  chooseInAccountsMenu,
  dialogButton,
  openAccountsMenu,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toasts,
} from '../../tooling/workbenchDriver.ts';
import { clearToasts, clipboardText, connectionsSetting, tokenTraffic, useWorkbench } from '../support/useWorkbench.ts';
import { typeSecret } from '../support/workbenchState.ts';

const COUNT = 'NinjaOne Consumer: Count Organizations';
const COUNTED = 'NinjaOne has 5 organizations.';
const OFFER = /^Sign in with NinjaOne to use .* \(1\)$/;

/** Commands that another extension may run with whatever it likes. */
const COMMANDS = [
  'signIn',
  'signOut',
  'reset',
  'reopenBrowser',
  'pasteRedirectUrl',
  'cancelSignIn',
  'addConnection',
  'editConnection',
  'removeConnection',
  'setClientSecret',
  'testConnection',
  'selectConnection',
  'copyAccessToken',
  'showToken',
  'refreshToken',
  'getConnection',
];

describe('another extension asks for a session', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) =>
      connections
        .filter(({ platform }) => platform === 'native' || platform === 'api-services')
        .map((connection) => ({ ...connection, scopes: ['monitoring', 'management'] })),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    fixture.sandbox.reset();
    await clearToasts(fixture);
  });

  it('with a connection and nobody signed in, the Accounts menu offers the sign-in, once (A15)', async () => {
    const { page, workbench } = fixture;
    const offered = (await openAccountsMenu(page)).filter((entry) => entry.includes('Sign in with NinjaOne'));
    await screenshot(page, 'consumer-accounts-offer');
    await page.keyboard.press('Escape');
    assert.equal(offered.length, 1, offered.join(' | '));
    assert.match(offered[0] ?? '', OFFER);

    await chooseInAccountsMenu(page, /Sign in with NinjaOne/);
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, 'Sandbox native', { prompt: 'Which NinjaOne connection?' }),
    );
    await answerSignIn(browser);
    await revealRow(page, /Sandbox native, signed in/);
    await browser.close();
    const entries = await openAccountsMenu(page);
    await screenshot(page, 'consumer-accounts');
    await page.keyboard.press('Escape');
    assert.ok(!entries.some((entry) => entry.includes('Sign in with NinjaOne')), entries.join(' | '));
    assert.ok(entries.some((entry) => /^Sandbox native · .* · monitoring, management \(NinjaOne\)$/.test(entry)));
  });

  it('consent is given to the account, whose name says what its token can do; no browser is needed (A11, X2)', async () => {
    const { page, sandbox, workbench } = fixture;
    await runCommand(page, COUNT);
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'consumer-consent');
    assert.match(await dialogButton(page, 'Allow'), /NinjaOne Consumer Example.* wants to sign in using NinjaOne/);
    await quickInput(page, 'wants to access a NinjaOne account').waitFor();
    await screenshot(page, 'consumer-consent-account');
    await quickPick(page, /^Sandbox native · .* · monitoring, management/);
    await toast(page, COUNTED);
    assert.equal(workbench.context.pages().length, 1);
    assert.deepEqual(sandbox.tokenCalls, {}, 'A9: a token with more than five minutes left is handed out as it is');
  });

  it('the second call is silent (A9)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, COUNT);
    await toast(page, COUNTED);
    assert.deepEqual(
      tokenTraffic(sandbox).map(({ path }) => path),
      ['/v2/organizations'],
    );
  });

  it('after a 401 the consumer gets one refresh, and the call works (X3)', async () => {
    const { page, sandbox, workbench } = fixture;
    const token = await workbench.host.run(async (vscode) => {
      const consumer = vscode.extensions.getExtension('ninjaone-community.ninjaone-consumer-example');
      const { session } = consumer?.exports as { session: () => Promise<{ accessToken: string }> };
      return (await session()).accessToken;
    });
    assert.ok(sandbox.expireAccessToken(token));
    await runCommand(page, COUNT);
    await toast(page, COUNTED);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
    assert.deepEqual(
      sandbox.requests.filter(({ path }) => path === '/v2/organizations').map(({ status }) => status),
      [401, 200],
    );
    assert.deepEqual(await toasts(page), [COUNTED]);
  });

  it('only who has a session and its token learns its connection; the exports give no token (X1)', async () => {
    const { workbench, sandbox } = fixture;
    const answers = await workbench.host.run(async (vscode) => {
      const find = (id: string): unknown => vscode.extensions.getExtension(`ninjaone-community.${id}`)?.exports;
      type Session = { readonly id: string; readonly accessToken: string };
      const { session } = find('ninjaone-consumer-example') as { session: () => Promise<Session> };
      const { id, accessToken } = await session();
      const ask = (query: unknown): Thenable<unknown> =>
        vscode.commands.executeCommand('ninjaone.getConnection', query);
      const api = find('ninjaone-authentication') as { getConnection: (query: unknown) => unknown; version: number };
      return {
        right: await ask({ id, accessToken }),
        wrong: [
          await ask({ id, accessToken: `${accessToken}x` }),
          await ask({ id: 'other', accessToken }),
          await ask({ id, accessToken: undefined }),
          await ask(undefined),
          await ask({ id: { toString: () => id }, accessToken: [accessToken] }),
        ].filter((answer) => answer !== undefined && answer !== null),
        version: api.version,
        frozen: Object.isFrozen(api),
        keys: Object.keys(api).sort(),
        direct: api.getConnection({ id, accessToken }),
      };
    });
    const { expiresAt, ...known } = answers.right as { readonly expiresAt: number };
    assert.deepEqual(known, {
      instanceUrl: sandbox.baseUrl,
      apiUrl: `${sandbox.baseUrl}/v2`,
      name: 'Sandbox native',
      platform: 'native',
      scopes: ['monitoring', 'management'],
    });
    assert.ok(expiresAt > Date.now());
    assert.deepEqual(answers.direct, answers.right);
    assert.deepEqual(answers.wrong, []);
    assert.deepEqual(
      { version: answers.version, frozen: answers.frozen, keys: answers.keys },
      { version: 1, frozen: true, keys: ['getConnection', 'onDidChangeConnections', 'version'] },
    );
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('Escape in the pick of connections rejects as canceled, silently (A17)', async () => {
    const { page, sandbox } = fixture;
    const asked = ask(['monitoring'], { forceNewSession: true });
    await dialogButton(page, 'Allow', 'wants you to sign in again');
    await quickInput(page, 'Which NinjaOne connection?').waitFor();
    await screenshot(page, 'consumer-pick');
    await page.keyboard.press('Escape');
    assert.match((await asked).error ?? '', /cancel/i);
    assert.deepEqual(await toasts(page), []);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('for a service our own modal names connection, host and scopes, each time; Cancel is silent (A17)', async () => {
    const { page, sandbox } = fixture;
    await runCommand(page, 'NinjaOne: Set Client Secret…');
    await typeSecret(page, 'Sandbox service', 'sandbox-service-secret');
    await clearToasts(fixture);
    for (const button of ['Cancel', 'Sign In']) {
      const asked = ask(['monitoring'], { forceNewSession: true });
      await dialogButton(page, 'Allow', 'wants you to sign in again');
      await quickPick(page, 'Sandbox service', { prompt: 'Which NinjaOne connection?' });
      await page.locator('.monaco-dialog-box').filter({ hasText: 'as a service' }).waitFor();
      await screenshot(page, 'consumer-service-modal');
      const text = await dialogButton(page, button, 'as a service');
      assert.match(text, /Sandbox service.*127\.0\.0\.1.*monitoring/s);
      const { session, error } = await asked;
      if (button === 'Cancel') {
        assert.match(error ?? '', /cancel/i);
        assert.deepEqual(tokenTraffic(sandbox), []);
      } else {
        assert.match(session?.account.label ?? '', /^Sandbox service · .* · monitoring$/);
        assert.deepEqual(session?.scopes, ['monitoring']);
      }
    }
    const [mint] = tokenTraffic(sandbox);
    assert.equal(mint?.form?.scope, 'monitoring', 'A6, A10: exactly what was asked for');
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('consent to monitoring is none to control: silently nothing, and the missing scope is offered to be added (A10)', async () => {
    const { page, workbench } = fixture;
    assert.deepEqual(await ask(['monitoring', 'control'], { silent: true }), {});
    const asked = ask(['monitoring', 'control'], { createIfNone: true });
    await dialogButton(page, 'Allow', 'wants to sign in using NinjaOne');
    await quickPick(page, 'Sandbox native', { prompt: 'Which NinjaOne connection?' });
    await page.locator('.monaco-dialog-box').filter({ hasText: 'Allow control' }).waitFor();
    await screenshot(page, 'consumer-widen');
    const browser = await pageOpenedBy(workbench.context, async () => {
      await dialogButton(page, 'Add and Sign In', 'Allow control for the connection Sandbox native?');
    });
    await answerSignIn(browser);
    const { session } = await asked;
    await browser.close();
    assert.match(session?.account.label ?? '', /^Sandbox native · .* · monitoring, control$/);
    const [native] = (await connectionsSetting(fixture)) as readonly { readonly scopes: readonly string[] }[];
    assert.deepEqual(native?.scopes, ['monitoring', 'management', 'control']);
    const { session: narrow } = await ask(['monitoring'], { silent: true });
    assert.ok(narrow && !narrow.account.label.includes('control'), narrow?.account.label);
    await revealRow(page, /Session with scopes monitoring, control/);
    await screenshot(page, 'consumer-sessions');
  });

  it('an account that can control is not signed in again for a request that did not name control (A10, A17)', async () => {
    const { page, workbench, sandbox } = fixture;
    sandbox.reset();
    const asked = workbench.host.run(async (vscode) => {
      const accounts = await vscode.authentication.getAccounts('ninjaone');
      const account = accounts.find(({ label }) => label.endsWith('monitoring, control'));
      return vscode.authentication
        .getSession('ninjaone', ['monitoring'], { createIfNone: true, ...(account && { account }) })
        .then(
          () => 'a session',
          () => 'none',
        );
    });
    const browser = await pageOpenedBy(workbench.context, async () => {
      await dialogButton(page, 'Allow');
    });
    const authorize = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
    assert.equal(authorize?.query.get('scope'), 'monitoring offline_access');
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    assert.equal(await asked, 'none');
    await browser.close();
  });

  it('an unknown scope is answered with the three that exist (A10)', async () => {
    const { page } = fixture;
    assert.deepEqual(await ask(['everything'], { silent: true }), {});
    const asked = ask(['everything'], { createIfNone: true });
    await dialogButton(page, 'Allow');
    assert.match((await asked).error ?? '', /no scope “everything”.*monitoring, management or control/);
  });

  it('our own commands do not wait behind a sign-in that another extension has begun (A4, A15)', async () => {
    const { page, sandbox, workbench } = fixture;
    const asked = ask(['management'], { forceNewSession: true });
    await dialogButton(page, 'Allow', 'wants you to sign in again');
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, 'Sandbox native', { prompt: 'Which NinjaOne connection?' }),
    );
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox native.*monitoring, management/);
    await toast(page, 'is on the clipboard');
    assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    assert.match((await asked).error ?? '', /cancel/i);
    assert.deepEqual(await toasts(page, 'errors'), []);
    await browser.close();
  });

  it('commands with hostile arguments ask or do nothing, and give no token (§3)', async () => {
    const { page, sandbox, workbench } = fixture;
    const settings = await connectionsSetting(fixture);
    const accounts = await accountLabels();
    const clipboard = await clipboardText(page);
    const sent = tokenTraffic(sandbox).length;
    for (const command of COMMANDS) {
      const done = workbench.host.run(async (vscode, id) => {
        const hostile = [
          null,
          42,
          '__proto__',
          'Sandbox native\u0000',
          ['Sandbox native'],
          { connection: { name: ['Sandbox native'] } },
          { served: { session: { id: '*' } } },
          { kind: 'orphan', session: { id: { toString: () => 'x' } } },
          new Proxy({}, { getOwnPropertyDescriptor: () => undefined, ownKeys: () => ['connection'] }),
        ];
        const answers: string[] = [];
        for (const argument of hostile) {
          const answer: unknown = await vscode.commands.executeCommand(`ninjaone.${id}`, argument);
          if (answer !== undefined && answer !== null) {
            answers.push(JSON.stringify(answer));
          }
        }
        return answers;
      }, command);
      const over = done.then(
        () => true,
        () => true,
      );
      const question = page.locator('.quick-input-widget:visible, .monaco-dialog-box:visible').first();
      const asked = (): Promise<boolean> =>
        question.waitFor({ timeout: 500 }).then(
          () => false,
          () => false,
        );
      while (!(await Promise.race([over, asked()]))) {
        if (await question.isVisible()) {
          await page.keyboard.press('Escape');
        }
      }
      assert.deepEqual(await done, [], command);
    }
    await screenshot(page, 'consumer-hostile');
    assert.deepEqual(await connectionsSetting(fixture), settings);
    assert.deepEqual(await accountLabels(), accounts);
    assert.equal(await clipboardText(page), clipboard);
    assert.equal(tokenTraffic(sandbox).length, sent);
  });

  interface Asked {
    readonly session?: {
      readonly id: string;
      readonly account: { readonly label: string };
      readonly scopes: readonly string[];
    };
    readonly error?: string;
  }

  /** What an extension that nobody knows gets when it asks. */
  function ask(scopes: readonly string[], options: Readonly<Record<string, boolean>>): Promise<Asked> {
    return fixture.workbench.host.run(
      async (vscode, argument): Promise<Asked> => {
        try {
          const session = await vscode.authentication.getSession('ninjaone', argument.scopes, argument.options);
          return session ? { session: { id: session.id, account: session.account, scopes: session.scopes } } : {};
        } catch (error) {
          return { error: String(error) };
        }
      },
      { scopes, options },
    );
  }

  async function accountLabels(): Promise<string[]> {
    return fixture.workbench.host.run(async (vscode) =>
      (await vscode.authentication.getAccounts('ninjaone')).map(({ label }) => label),
    );
  }
});
