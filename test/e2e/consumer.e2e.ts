import assert from 'node:assert/strict';
import type { ConnectionSettings } from '../../sandbox/clients.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  chooseInAccountsMenu,
  dialog,
  dialogButton,
  eventually,
  expectAccountsMenu,
  expectToBecome,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toasts,
} from '../../tooling/workbenchDriver.ts';
import {
  changeConnection,
  changeConnections,
  clearToasts,
  clipboardText,
  configure,
  connectionsSetting,
  runInHost,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { accountLabels, ensureClientSecret, ensureSignedIn, resetExtension } from '../support/workbenchState.ts';

const COUNT = 'NinjaOne Consumer: Count Organizations';
const COUNTED = 'has 5 organizations.';
const OFFER = /^Sign in with NinjaOne to use .* \(1\)$/;

/** VS Code says it in the second way to who has a session already. */
const SIGN_IN_DIALOG = /wants (?:to sign in using NinjaOne|you to sign in again)/;
const ACCOUNT_PICK = 'wants to access a NinjaOne account';

/** Commands that another extension may run with whatever it likes. */
const COMMANDS = [
  'signIn',
  'signOut',
  'reset',
  'reopenBrowser',
  'copySignInLink',
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

describe('a session for another extension', () => {
  const connections = (sandbox: Sandbox): readonly ConnectionSettings[] =>
    sandbox.connections
      .filter(({ platform }) => platform === 'native' || platform === 'api-services')
      .map((connection) => ({ ...connection, scopes: ['monitoring', 'management'] }));
  const fixture = useWorkbench(() => ({ connections }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(() => configure(fixture, { 'ninjaone.connections': connections(fixture.sandbox) }));

  it('is offered once in the Accounts menu while nobody is signed in (A15)', async () => {
    const { page, workbench } = fixture;
    await resetExtension(fixture);
    // The extension asks for it when it starts.
    await workbench.reload();
    await openView(page, 'NinjaOne');
    const isOffer = (entry: string): boolean => entry.includes('Sign in with NinjaOne');
    const offered = await expectAccountsMenu(page, (entries) => entries.some(isOffer), 'consumer-accounts-offer');
    assert.equal(offered.filter(isOffer).length, 1, offered.join(' | '));
    assert.match(offered.find(isOffer) ?? '', OFFER);

    await chooseInAccountsMenu(page, /Sign in with NinjaOne/);
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, 'Sandbox native', { prompt: 'Sign in to which connection?' }),
    );
    await answerSignIn(browser);
    await revealRow(page, /Sandbox native, signed in/);
    await browser.close();
    await expectAccountsMenu(
      page,
      (entries) =>
        !entries.some(isOffer) &&
        entries.some((entry) => /^Sandbox native · .* · monitoring, management \(NinjaOne\)$/.test(entry)),
      'consumer-accounts',
    );
  });

  it('needs consent to the account, whose name has its scopes, and no browser (A11, X2)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureSignedIn(fixture);
    // The example asks which account to use only while it has no customer.
    await runInHost(fixture, 'ninjaoneConsumer.forgetCustomer');
    sandbox.reset();
    // VS Code remembers a consent by the name of the account.
    await changeConnection(fixture, 'Sandbox native', { name: 'Sandbox renamed' });
    await expectToBecome(
      () => accountLabels(fixture),
      (labels) => labels.some((label) => label.startsWith('Sandbox renamed · ')),
    );
    await runCommand(page, COUNT);
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'consumer-consent');
    assert.match(await dialogButton(page, 'Allow'), /NinjaOne Consumer Example.* wants to sign in using NinjaOne/);
    await quickInput(page, ACCOUNT_PICK).waitFor();
    await screenshot(page, 'consumer-consent-account');
    await quickPick(page, /^Sandbox renamed · .* · monitoring, management/);
    await toast(page, COUNTED);
    assert.equal(workbench.context.pages().length, 1);
    assert.deepEqual(sandbox.tokenCalls, {}, 'A9: a token with more than five minutes left is handed out as it is');
  });

  it('is not handed out silently without consent, and a consent does not reach to another label (A11, T52)', async () => {
    const { page, sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    sandbox.reset();
    // No name that an earlier test has given consent to.
    const name = `Sandbox ${Date.now()}`;
    await changeConnection(fixture, 'Sandbox native', { name });
    const [label = ''] = await expectToBecome(
      () => accountLabels(fixture),
      (labels) => labels.some((each) => each.startsWith(`${name} · `)),
    );
    assert.deepEqual(await ask(['monitoring'], { silent: true }), {});
    assert.match(label, / · monitoring, management$/);
    const accounts = await workbench.host.run(async (vscode) => vscode.authentication.getAccounts('ninjaone'));
    assert.doesNotMatch(JSON.stringify(accounts), /@|refresh|secret/i);

    await answerConsent(ask(['monitoring'], { createIfNone: true }), new RegExp(`^${name} · `));
    assert.equal((await ask(['monitoring'], { silent: true })).session?.account.label, label);
    await changeConnection(fixture, name, { name: `${name} again` });
    await expectToBecome(
      () => accountLabels(fixture),
      (labels) => labels.some((each) => each.startsWith(`${name} again · `)),
    );
    assert.deepEqual(await ask(['monitoring'], { silent: true }), {});
    assert.deepEqual(await toasts(page), []);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('is handed out silently after the consent (A9)', async () => {
    const { page, sandbox } = fixture;
    await ensureConsent();
    await runCommand(page, COUNT);
    await toast(page, COUNTED);
    assert.deepEqual(
      tokenTraffic(sandbox).map(({ path }) => path),
      ['/v2/organizations'],
    );
  });

  it('is refreshed once after a 401, and the call works (X3)', async () => {
    const { page, sandbox } = fixture;
    await ensureConsent();
    sandbox.misbehave({ api: { kind: 'response', status: 401, times: 1, path: '/v2/organizations' } });
    await runCommand(page, COUNT);
    await toast(page, COUNTED);
    assert.deepEqual(sandbox.tokenCalls, { refresh_token: 1 });
    assert.deepEqual(
      sandbox.requests.filter(({ path }) => path === '/v2/organizations').map(({ status }) => status),
      [401, 200],
    );
    assert.deepEqual(await toasts(page), [`Sandbox native ${COUNTED}`]);
  });

  it('and its token are needed to learn its connection; the exports give no token (X1)', async () => {
    const { workbench, sandbox } = fixture;
    await ensureSignedIn(fixture);
    await answerConsent(ask(['monitoring'], { createIfNone: true }));
    sandbox.reset();
    const answers = await workbench.host.run(async (vscode) => {
      const session = await vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true });
      const { id = '', accessToken = '' } = session ?? {};
      const ask = (query: unknown): Thenable<unknown> =>
        vscode.commands.executeCommand('ninjaone.getConnection', query);
      const own = vscode.extensions.getExtension('ninjaone-community.ninjaone-authentication');
      const api = own?.exports as { getConnection: (query: unknown) => unknown; version: number };
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
    const { id, expiresAt, ...known } = answers.right as { readonly id: string; readonly expiresAt: number };
    assert.match(id, /^\w{32}$/);
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

  it('is rejected as canceled without a message for Escape in the pick of connections (A17)', async () => {
    const { page, sandbox } = fixture;
    const asked = ask(['monitoring'], { forceNewSession: true, clearSessionPreference: true });
    await dialogButton(page, 'Allow', SIGN_IN_DIALOG);
    await quickInput(page, 'Sign in to which connection?').waitFor();
    await screenshot(page, 'consumer-pick');
    await page.keyboard.press('Escape');
    assert.match((await asked).error ?? '', /cancel/i);
    assert.deepEqual(await toasts(page), []);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('needs our own dialog each time for a service, which names connection, host and scopes (A17)', async () => {
    const { page, sandbox } = fixture;
    await ensureClientSecret(fixture, 'Sandbox service', 'sandbox-service-secret');
    for (const button of ['Cancel', 'Sign In']) {
      const asked = ask(['monitoring'], { forceNewSession: true, clearSessionPreference: true });
      await dialogButton(page, 'Allow', SIGN_IN_DIALOG);
      await quickPick(page, 'Sandbox service', { prompt: 'Sign in to which connection?' });
      await dialog(page, 'as a service').waitFor();
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

  it('with control is not covered by a consent to monitoring; the missing scope is offered (A10, T53)', async () => {
    const { page } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    await answerConsent(ask(['monitoring'], { createIfNone: true }));
    assert.deepEqual(await ask(['monitoring', 'control'], { silent: true }), {});
    const { session } = await askForControl();
    assert.match(session?.account.label ?? '', /^Sandbox native · .* · monitoring, control$/);
    const [native] = await connectionsSetting(fixture);
    assert.deepEqual(native?.['scopes'], ['monitoring', 'management', 'control']);
    const { session: narrow } = await ask(['monitoring'], { silent: true });
    assert.ok(narrow && !narrow.account.label.includes('control'), narrow?.account.label);
    await revealRow(page, /Session with the scopes monitoring, control/);
    await screenshot(page, 'consumer-sessions');
  });

  it('without control is not taken from an account with control (A10, A17)', async () => {
    const { page, workbench, sandbox } = fixture;
    await resetExtension(fixture);
    await askForControl();
    sandbox.reset();
    const refused = workbench.host.run(async (vscode) => {
      const accounts = await vscode.authentication.getAccounts('ninjaone');
      const account = accounts.find(({ label }) => label.endsWith('monitoring, control'));
      return vscode.authentication
        .getSession('ninjaone', ['monitoring'], { createIfNone: true, ...(account && { account }) })
        .then(
          () => 'a session',
          (error: unknown) => (error as Error).name,
        );
    });
    await dialogButton(page, 'Allow');
    assert.equal(await refused, 'NinjaOneAccountLacksScopes');
    assert.deepEqual(tokenTraffic(sandbox), []);
    const asked = ask(['monitoring'], { createIfNone: true });
    await dialogButton(page, 'Allow');
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, 'Sandbox native', { prompt: 'Sign in to which connection?' }),
    );
    const authorize = await expectToBecome(
      () => sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize'),
      (request) => request !== undefined,
    );
    assert.equal(authorize?.query.get('scope'), 'monitoring offline_access');
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    assert.match((await asked).error ?? '', /cancel/i);
    await browser.close();
  });

  it('with an unknown scope is rejected with the three that exist (A10)', async () => {
    const { page } = fixture;
    assert.deepEqual(await ask(['everything'], { silent: true }), {});
    const asked = ask(['everything'], { createIfNone: true });
    await dialogButton(page, 'Allow');
    assert.match((await asked).error ?? '', /does not have the scope everything.*monitoring, management, or control/);
  });

  it('that waits for the browser does not hold up our own commands (A4, A15)', async () => {
    const { page, sandbox, workbench } = fixture;
    await resetExtension(fixture);
    await ensureSignedIn(fixture);
    // Another scope than those of the session: one that was made a moment ago would be handed out.
    await changeConnections(fixture, (entries) =>
      entries.map((entry) => ({ ...entry, scopes: ['monitoring', 'management', 'control'] })),
    );
    const asked = ask(['control'], { forceNewSession: true });
    await dialogButton(page, 'Allow', SIGN_IN_DIALOG);
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, 'Sandbox native', { prompt: 'Sign in to which connection?' }),
    );
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox native.*monitoring, management/);
    await toast(page, 'Copied the access token of');
    assert.ok(await sandbox.isAccessTokenAlive(await clipboardText(page)));
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    assert.match((await asked).error ?? '', /cancel/i);
    assert.deepEqual(await toasts(page, 'errors'), []);
    await browser.close();
  });

  it('and no token are given by commands with hostile arguments (P7)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureSignedIn(fixture);
    const settings = await connectionsSetting(fixture);
    const accounts = await accountLabels(fixture);
    const clipboard = await clipboardText(page);
    const sent = tokenTraffic(sandbox).length;
    const question = page.locator('.quick-input-widget, .monaco-dialog-box').filter({ visible: true }).first();
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
          // The answer to a program that names no session (X3).
          if (answer !== undefined && answer !== null && answer !== 'unknown') {
            answers.push(JSON.stringify(answer));
          }
        }
        return answers;
      }, command);
      let isOver = false;
      done.then(
        () => (isOver = true),
        () => (isOver = true),
      );
      await eventually(async () => {
        if (!isOver && (await question.isVisible())) {
          await page.keyboard.press('Escape');
        }
        assert.ok(isOver, `${command} waits for an answer.`);
      });
      assert.deepEqual(await done, [], command);
    }
    await screenshot(page, 'consumer-hostile');
    assert.deepEqual(await connectionsSetting(fixture), settings);
    assert.deepEqual(await accountLabels(fixture), accounts);
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

  /** Asks for control, which the connection does not allow yet, and adds it. */
  async function askForControl(): Promise<Asked> {
    const { page, workbench } = fixture;
    const asked = ask(['monitoring', 'control'], { createIfNone: true });
    await dialogButton(page, 'Allow', SIGN_IN_DIALOG);
    await quickPick(page, 'Sandbox native', { prompt: 'Sign in to which connection?' });
    await dialog(page, 'Allow control').waitFor();
    await screenshot(page, 'consumer-widen');
    const browser = await pageOpenedBy(workbench.context, () =>
      dialogButton(page, 'Add Scope and Sign In', 'Allow control for the connection Sandbox native?'),
    );
    await answerSignIn(browser);
    const answer = await asked;
    await browser.close();
    return answer;
  }

  /** Signed in, with consent to the example consumer. */
  async function ensureConsent(): Promise<void> {
    await ensureSignedIn(fixture);
    await answerConsent(runInHost(fixture, 'ninjaoneConsumer.countOrganizations'));
    await clearToasts(fixture);
    fixture.sandbox.reset();
  }

  /** Gives VS Code's own consents, as far as they are asked for, until the request is answered. */
  async function answerConsent(
    request: Promise<unknown>,
    account = /^Sandbox native · .* · monitoring, management/,
  ): Promise<void> {
    const { page } = fixture;
    let isAnswered = false;
    const answered = request.then(() => {
      isAnswered = true;
    });
    answered.catch(() => {});
    await eventually(async () => {
      if (await dialog(page, 'wants to').isVisible()) {
        await dialogButton(page, 'Allow');
      } else if (await quickInput(page, ACCOUNT_PICK).isVisible()) {
        await quickPick(page, account);
        await quickInput(page, ACCOUNT_PICK).waitFor({ state: 'hidden' });
      }
      assert.ok(isAnswered, 'The request waits for an answer.');
    });
    await answered;
  }
});
