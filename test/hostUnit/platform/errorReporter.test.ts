import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { canceled, NinjaOneError, type Action } from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';
import { ERROR_ACTIONS } from '../../../src/host/platform/errorActions.ts';
import { ErrorReporter, localizedErrorMessage, offerAlternative } from '../../../src/host/platform/errorReporter.ts';
import { connectionOf } from '../../support/connectionFixtures.ts';
import { ShownErrors } from '../../support/shownErrors.ts';
import { choice } from '../../support/vscode/choice.ts';
import { FakeLogChannel } from '../../support/vscode/views.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

type Options = Partial<ConstructorParameters<typeof NinjaOneError>[0]>;

const errorOf = (options: Options = {}): NinjaOneError =>
  new NinjaOneError({ code: 'test.failed', intent: 'transient', message: l10n.t('It did not work.'), ...options });

describe('error reporter', () => {
  const editor = useVscode();
  let log: FakeLogChannel;
  let reporter: ErrorReporter;
  let shown: ShownErrors;
  beforeEach(() => {
    log = new FakeLogChannel('test');
    reporter = new ErrorReporter(log);
    shown = new ShownErrors(editor);
  });
  const show = async (...args: Parameters<ErrorReporter['show']>): Promise<void> => {
    shown.counting((...each) => {
      reporter.show(...each);
    })(...args);
    await shown.settled();
  };

  it('does not wait until somebody closes the message (A8)', async () => {
    editor.user.ignores(/works?/);
    await show(errorOf({ action: 'signIn' }), connectionOf());
    assert.equal(editor.window.messages[0]?.buttons.length, 1);
  });

  it('shows one sentence, without a button when there is nothing to do (A16)', async () => {
    await show(errorOf());
    assert.deepEqual(
      editor.window.messages.map(({ kind, text, buttons }) => [kind, text, buttons]),
      [['error', 'It did not work.', []]],
    );
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['error'],
    );
  });

  for (const [what, error] of [
    ['what the user canceled', canceled()],
    ['the cancellation of VS Code', new vscode.CancellationError()],
  ] as const) {
    it(`shows and logs nothing about ${what} (A16)`, async () => {
      await show(error);
      assert.deepEqual(editor.window.messages, []);
      assert.deepEqual(log.lines, []);
    });
  }

  it('offers one button, which does nothing when the message is closed (A16)', async () => {
    editor.user.closes(/works?/);
    await show(errorOf({ action: 'signIn' }), connectionOf());
    assert.equal(editor.window.messages[0]?.buttons.length, 1);
    assert.deepEqual(editor.commands.executed, []);
  });

  it('tries again what failed, and signs in when nobody said how', async () => {
    let retries = 0;
    editor.user.answers(/works?/, choice(/./));
    editor.user.answers(/works?/, choice(/./));
    await show(errorOf({ action: 'retry' }), connectionOf(), { retry: () => (retries += 1) });
    assert.equal(retries, 1);
    assert.deepEqual(editor.commands.executed, []);
    await show(errorOf({ action: 'retry' }), connectionOf());
    assert.deepEqual(editor.commands.callsOf('ninjaone.signIn'), [['Acme']]);
  });

  it('leads to the log after an error that nobody expected, whose text is not shown', async () => {
    editor.user.answers(/./, choice(/log/i));
    await show(new TypeError('access_token=hunter22'));
    assert.doesNotMatch(editor.window.said[0] ?? '', /hunter22/);
    assert.match(log.lines[0]?.text ?? '', /TypeError/);
    assert.equal(editor.commands.callsOf('ninjaone.showLog').length, 1);
  });

  it('does not log what is thrown and is no error', async () => {
    editor.user.closes(/./);
    await show('a secret text');
    assert.doesNotMatch(log.lines[0]?.text ?? '', /secret text/);
  });

  it('has the IDs for NinjaOne support in the log and behind a second button, and not in the text (A16)', async () => {
    const error = errorOf({ support: { incidentId: 'WEB-1', requestId: 'abc' }, action: 'showLog' });
    editor.user.answers(/did not work/, choice(/Copy Support IDs/));
    await show(error);
    assert.equal(editor.env.clipboardText, 'incident WEB-1, request abc');
    assert.deepEqual(editor.user.asked[0]?.choices, ['Show Log', 'Copy Support IDs']);
    assert.doesNotMatch(editor.window.said[0] ?? '', /WEB-1|abc/);
    assert.match(log.lines[0]?.text ?? '', /test\.failed.*\(incident WEB-1, request abc\)/);
  });

  it('renders nothing of a text that comes from outside (A16, T41)', () => {
    const text = localizedErrorMessage(errorOf({ message: l10n.t('No: {0}', '[x](command:evil) $(bug)\u202e\nnext') }));
    assert.doesNotMatch(text, /\]\(|\$\(|\u202e|\n/);
  });

  it('asks whether another way is taken', async () => {
    editor.user.answers(/works?/, 'Paste');
    editor.user.closes(/works?/);
    assert.equal(await offerAlternative(errorOf(), 'Paste'), true);
    assert.equal(await offerAlternative(errorOf(), 'Paste'), false);
  });

  describe('button', () => {
    const commands: { readonly [A in Action]?: readonly [command: string, ...args: unknown[]] } = {
      signIn: ['ninjaone.signIn', 'Acme'],
      retry: ['ninjaone.signIn', 'Acme'],
      addConnection: ['ninjaone.addConnection'],
      editConnection: ['ninjaone.editConnection', 'Acme'],
      setClientSecret: ['ninjaone.setClientSecret', 'Acme'],
      openProxySettings: ['workbench.action.openSettings', 'http.proxy'],
      openSettings: ['workbench.action.openSettingsJson', { revealSetting: { key: 'ninjaone.connections' } }],
      showToken: ['ninjaone.showToken', 'Acme'],
      unlockWrites: ['ninjaone.unlockWrites', 'Acme'],
      showProblems: ['workbench.actions.view.problems'],
      manageTrust: ['workbench.trust.manage'],
      refreshOperations: ['ninjaone.explorer.refresh'],
      showLog: ['ninjaone.showLog'],
    };
    const pages: { readonly [A in Action]?: string } = {
      openClientApps: 'https://eu.ninjarmm.com/#/administration/apps/api/client',
      openTokenPage: 'https://eu.ninjarmm.com/#/administration/apps/api',
    };
    for (const action of Object.keys(ERROR_ACTIONS) as Action[]) {
      it(`for ${action} does what it says (A16)`, async () => {
        const [command, ...args] = commands[action] ?? [];
        ERROR_ACTIONS[action](connectionOf()).run();
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(editor.commands.executed, command === undefined ? [] : [{ command, args }]);
        assert.deepEqual(editor.env.opened, pages[action] === undefined ? [] : [pages[action]]);
      });
    }

    it('that opens a page leads to the connections when nobody knows whose', async () => {
      ERROR_ACTIONS.openClientApps(undefined).run();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(editor.env.opened, []);
      assert.equal(editor.commands.callsOf('ninjaone.editConnection').length, 1);
    });

    it('has a label of its own for each', () => {
      const labels = (Object.keys(ERROR_ACTIONS) as Action[]).map((action) => ERROR_ACTIONS[action](undefined).label);
      assert.equal(new Set(labels).size, labels.length);
    });
  });
});
