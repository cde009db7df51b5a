import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import { showStorageFindings } from '../../src/host/accounts/storageMessages.ts';
import { showSpecWarnings } from '../../src/host/catalog/specWarnings.ts';
import { ConnectionStatusBar } from '../../src/host/connections/connectionStatusBar.ts';
import { ConnectionsView } from '../../src/host/connections/connectionsView.ts';
import { editConnection } from '../../src/host/connections/wizard/connectionWizard.ts';
import { TrustedHosts } from '../../src/host/platform/trustedHosts.ts';
import { l10n } from '../../src/core/base/l10n.ts';
import { json } from '../support/apiClientFixture.ts';
import { createCommandFixture, type CommandFixture } from '../support/commandFixture.ts';
import { BETA, openExplorer } from '../support/explorerFixture.ts';
import { ACME } from '../support/hostFixture.ts';
import { until } from '../support/sessionFixture.ts';
import { assertPlain, shownTexts } from '../support/shownTexts.ts';
import { choice } from '../support/vscode/choice.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';

/** Names that the settings accept. */
const NAMES = [
  '[Acme](command:workbench.action.quit)',
  '[Acme](https://example.com "NinjaOne")',
  '$(trash) Bin',
  '$(sync~spin)](command:x)',
  '<img src=x onerror=alert(1)>',
  '**b** `c` _d_ | # e',
  '{0} {1, plural, one {#} other {#}}',
  `${'[x](command:y)'.repeat(4)}$(bug)ab`,
  'a\u00a0b & c',
];

/** Names that the settings refuse, so that they appear in a problem at most. */
const REFUSED = ['a\u0007b', 'Acme\nSigned in', '\u202eemcA', 'a\u200bb', '\u2066a\u2069', '[x](command:y)'.repeat(5)];

describe('names from settings', () => {
  const editor = useVscode();
  let close: (() => Promise<void> | void)[] = [];
  beforeEach(() => {
    close = [];
  });
  afterEach(async () => {
    for (const each of close.reverse()) {
      await each();
    }
  });

  const openCommands = async (entries: readonly unknown[]): Promise<CommandFixture> => {
    const host = await createCommandFixture(editor, entries);
    close.push(() => host.close());
    return host;
  };

  const openView = (host: CommandFixture): ConnectionsView => {
    const { settings, window, selection, browserSignIn: signIn, writeAccess: writes } = host;
    const options = { settings, tokens: window.tokens, signIn, selection, writes };
    const onDidChangeSessions = window.store.onDidChange;
    const view = new ConnectionsView({ ...options, onDidChangeSessions, now: () => host.sessions.clock.now });
    const bar = new ConnectionStatusBar({ selection, tokens: window.tokens, signIn, onDidChangeSessions });
    close.push(() => {
      view.dispose();
      bar.dispose();
    });
    return view;
  };

  const rowsOf = async (view: ConnectionsView): Promise<readonly TreeItem[]> => {
    const rows = await view.getChildren();
    const children = await Promise.all(rows.map((row) => view.getChildren(row)));
    return Promise.all(
      [...rows, ...children.flat()].map(async (row) => view.resolveTreeItem(await view.getTreeItem(row), row)),
    );
  };

  for (const name of NAMES) {
    const shown = name.replaceAll('\u00a0', ' ');

    it(`are shown as written by commands, messages, picks and views: ${JSON.stringify(name)} (A16, T41)`, async () => {
      const entry = { ...ACME, name, platform: 'web', redirectUri: 'https://example.com/callback' };
      const host = await openCommands([entry, { ...ACME, name: 'Beta', instance: 'us' }]);
      const { window, settings } = host;
      const [connection] = settings.connections;
      const view = openView(host);
      await window.clientSecrets.set(connection!.id, 'secret-1');
      // The browser sign-in, with its progress and the box for the URL.
      editor.user.fillsIn(/./, (box) => box.type(`${entry.redirectUri}?code=a&state=wrong`));
      const signingIn = host.run('ninjaone.signIn', name);
      await host.browserReturns();
      await signingIn;
      editor.user.answers(/secret/i, (question) => {
        void question.objectionTo?.('');
        return 'secret-2';
      });
      await host.run('ninjaone.setClientSecret', name);
      for (const command of ['ninjaone.selectConnection', 'ninjaone.testConnection'] as const) {
        editor.user.answers(/connection/i, choice(/^(?!Beta)/));
        await host.run(command);
      }
      editor.user.answers(/session/i, choice(/./));
      await host.run('ninjaone.copyAccessToken');
      await host.run('ninjaone.refreshToken', name);
      editor.user.answers(/session/i, choice(/./));
      await host.run('ninjaone.showToken');
      editor.user.answers(/change data/, choice(/15/));
      await host.run('ninjaone.unlockWrites', name);
      const rows = await rowsOf(view);
      // Orphaned, and then removed.
      host.endpoint.refusal = { status: 400, error: 'server_error' };
      window.tokens.signOut = () =>
        Promise.resolve({ session: window.store.all()[0]!, revoked: Promise.resolve(false) });
      editor.user.answers(/Sign out/, choice(/Sign Out/));
      editor.user.closes(/revoked/);
      await host.run('ninjaone.signOut', name);
      await until(() => editor.window.said.some((text) => text.includes('OAuth Tokens')));
      editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Beta', instance: 'us' }]);
      const orphans = await rowsOf(view);
      editor.configuration.set('ninjaone.connections', [{ ...entry, scopes: ['monitoring', 'x'] }]);
      const problems = await rowsOf(view);
      editor.configuration.set('ninjaone.connections', [entry]);
      editor.user.answers(/Remove/, 'Remove');
      await host.run('ninjaone.removeConnection', name);
      const texts = await shownTexts(editor, [...rows, ...orphans, ...problems]);
      assertPlain(texts);
      const withName = texts.filter((text) => text.replaceAll('\u2060', '').includes(shown));
      assert.ok(withName.length >= 20, `${withName.length} texts with the name`);
    });

    it(`are shown as written by questions, the wizard and the explorer: ${JSON.stringify(name)} (A16, T41)`, async () => {
      const connections = [{ ...ACME, name, platform: 'api-services', clientSecret: 'secret-1' }, BETA];
      // Offered as soon as the setting is read.
      editor.user.ignores(/client secret/);
      const explorer = await openExplorer(editor, { connections });
      close.push(() => explorer.close());
      const { host } = explorer;
      const [connection] = host.settings.connections;
      const trusted = new TrustedHosts(host.extension.globalState);
      const instance = { ...connection!.instance, kind: 'custom' as const };
      editor.user.closes(/trust/);
      await assert.rejects(trusted.confirm({ name, instance }));
      editor.user.ignores(/lost/);
      void showStorageFindings({
        storageFailed: false,
        lost: [`${name} · eu`],
        keepsSecrets: true,
        unreadable: 0,
        newer: 0,
      });
      editor.user.ignores(/API description/);
      const skipped = [{ where: '/v2/x', why: l10n.t('Canceled') }];
      void showSpecWarnings({ skipped } as unknown as Parameters<typeof showSpecWarnings>[0], name);
      editor.user.picksFrom(/Edit/, (pick) => pick.escape());
      await editConnection(
        {
          settings: host.settings,
          clientSecrets: host.window.clientSecrets,
          confirmHost: () => Promise.resolve(),
          probe: () => Promise.resolve('known'),
          probeSecret: () => Promise.resolve('accepted'),
          signInAndTest: () => Promise.resolve(),
          showError: () => {},
        },
        connection!,
      );
      await explorer.run('ninjaone.explorer.open', 'GET /v2/organizations');
      await explorer.run('ninjaone.explorer.run', 'GET /v2/organizations');
      await explorer.remembered(1);
      editor.user.picksFrom(/History/, (pick) => pick.escape());
      await explorer.run('ninjaone.history.show');
      explorer.allowWrites(name);
      explorer.answers('/v2/device/7', json({ id: 7, displayName: name }));
      editor.user.answers(/device ID/, '7');
      // Types the name as the user reads it, without the invisible characters.
      editor.user.answers(/Type /, shown);
      editor.user.closes(/Send/);
      await explorer.run('ninjaone.explorer.run', 'DELETE /v2/device/{id}/owner');
      const texts = await shownTexts(editor);
      assertPlain(texts);
      const withName = texts.filter((text) => text.replaceAll('\u2060', '').includes(shown));
      assert.ok(withName.length >= 8, `${withName.length} texts with the name`);
    });
  }

  it('that are refused appear in no text (C1, T41)', async () => {
    const host = await openCommands([
      ACME,
      ...REFUSED.map((name, index) => ({ ...ACME, name, clientId: `c${index}` })),
    ]);
    const view = openView(host);
    const rows = await rowsOf(view);
    assert.equal(rows.length, 1 + REFUSED.length);
    assertPlain(await shownTexts(editor, rows));
  });
});
