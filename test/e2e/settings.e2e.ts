import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialogButton,
  expectNoRow,
  expectToastButtons,
  openAccountsMenu,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toastButton,
  toasts,
  treeItem,
  treeItemAction,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import {
  changeConnection,
  changeConnections,
  clearToasts,
  connectionsSetting,
  nextAnswer,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';

/** A connection with nothing right in it. */
const WRONG = {
  name: '\u202eAcme',
  instance: 'http://eu.ninjarmm.com',
  platform: 'natve',
  clientId: 'abc\r\ndef',
  scopes: ['monitor'],
  offlineAccess: 'yes',
  redirectUri: 'https://acme.example/callback#here',
};

describe('a person writes the settings by hand', () => {
  let hostile: Sandbox;

  before(async () => {
    hostile = await startSandbox();
  });
  const fixture = useWorkbench(() => ({
    workbench: {
      workspaceSettings: hostileSettings(hostile),
      extensions: [projectRoot, fileURLToPath(new URL('../../tooling/defaults', import.meta.url))],
    },
    connections: ({ connections }) => [
      WRONG,
      'Acme',
      ...connections
        .filter(({ platform }) => platform === 'native' || platform === 'api-services')
        .map((connection) =>
          connection.platform === 'native' ? connection : { ...connection, clientSecret: 'sandbox-service-secret' },
        ),
    ],
  }));
  before(async () => {
    const { page } = fixture;
    await openView(page, 'NinjaOne');
    // The list of problems is long, and only rows in sight are there to be found.
    await page.getByRole('button', { name: 'API Explorer Section' }).click();
    await expectNoRow(page, /^Devices,/);
  });
  after(() => hostile.stop());

  it('a client secret in the settings is offered to be moved, and is gone from the file afterwards (C3)', async () => {
    const { page, workbench } = fixture;
    const found = 'The client secret of Sandbox service stands in your settings';
    await toast(page, found);
    await screenshot(page, 'settings-secret-found');
    await toastButton(page, found, 'Move to Secret Storage');
    await toast(page, /The client secret is moved.*renew it in NinjaOne/);
    await screenshot(page, 'settings-secret-moved');
    const text = await readFile(workbench.settingsPath, 'utf8');
    assert.ok(!text.includes('sandbox-service-secret') && !text.includes('clientSecret'));
    assert.deepEqual(((await connectionsSetting(fixture)) as readonly unknown[]).slice(0, 2), [WRONG, 'Acme']);
    await clearToasts(fixture);
    await treeItemAction(page, /Sandbox service/, 'Sign In');
    await revealRow(page, /Sandbox service, signed in/);
  });

  it('every problem is listed with connection, field and what to write instead; good connections stay (C1)', async () => {
    const { page, workbench } = fixture;
    await clearToasts(fixture);
    await revealRow(page, /Sandbox native, signed out/);
    for (const field of Object.keys(WRONG)) {
      await revealRow(page, new RegExp(`^Problem in #1, ${field}: \\S.*\\.$`));
    }
    await revealRow(page, /^Problem in #2: Write an object/);
    await screenshot(page, 'settings-problems');
    await treeItem(page, /^Problem in #1, platform/).click();
    const editor = page.locator('.monaco-editor').filter({ hasText: 'ninjaone.connections' });
    await editor.waitFor();
    const advice = await workbench.host.run(
      (vscode) =>
        new Promise<string[]>((resolve) => {
          const look = (): void => {
            const found = vscode.languages
              .getDiagnostics()
              .filter(([uri]) => uri.path.endsWith('/User/settings.json'))
              .flatMap(([, diagnostics]) => diagnostics.map(({ message }) => message))
              .filter((message) => message !== 'Unknown Configuration Setting');
            if (found.length > 0) {
              subscription.dispose();
              resolve(found);
            }
          };
          const subscription = vscode.languages.onDidChangeDiagnostics(look);
          look();
        }),
    );
    await screenshot(page, 'settings-problems-editor');
    assert.deepEqual(
      advice.filter((message) => message.includes('%')),
      [],
      'VS Code puts the texts in the place of their keys, in the schema of a setting too',
    );
    for (const part of [
      'name of 1 to 64',
      'Write us, us2',
      'Write native, spa',
      'client ID',
      'Write monitoring',
      'https URL',
    ]) {
      assert.ok(
        advice.some((message) => message.includes(part)),
        `the settings editor says it too: ${part}`,
      );
    }
    await workbench.host.run(async (vscode) => {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });
    await editor.waitFor({ state: 'detached' });
    await changeConnections(fixture, (entries) => entries.slice(2));
    await treeItem(page, /^Problem/)
      .first()
      .waitFor({ state: 'detached' });
  });

  it('what a trusted workspace sets, dotted or nested, changes nothing and causes no request (C2)', async () => {
    const { page } = fixture;
    await revealRow(page, /Sandbox native/);
    assert.equal(await treeItem(page, /Evil/).count(), 0);
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'It is removed after 45 seconds.');
    assert.deepEqual(hostile.requests, []);
  });

  it('what another extension sets as the default changes nothing and causes no request (C2)', async () => {
    const { page, sandbox, workbench } = fixture;
    const own = await connectionsSetting(fixture);
    sandbox.reset();
    const change = (value: unknown): Promise<void> =>
      workbench.host.run(async (vscode, entries) => {
        const settings = vscode.workspace.getConfiguration('ninjaone');
        await settings.update('connections', entries ?? undefined, true);
      }, value);
    await change(null);
    const seen = await workbench.host.run((vscode) => {
      const settings = vscode.workspace.getConfiguration('ninjaone');
      return [settings.get<{ readonly name: string }[]>('connections'), settings.get('clipboard.clearAfter')];
    });
    assert.deepEqual(seen, [[{ name: 'Default', instance: 'http://127.0.0.1:9', clientId: 'default' }], 1]);
    await revealRow(page, /^Sandbox native · .*orphaned|^Sandbox service · .*orphaned/);
    assert.equal(await treeItem(page, /Default/).count(), 0);
    await screenshot(page, 'settings-defaults');
    await change(own);
    await revealRow(page, /Sandbox service, signed in/);
    await clearToasts(fixture);
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'It is removed after 45 seconds.');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('renaming keeps the session, and the account has the other name (C4)', async () => {
    const { page, sandbox, workbench } = fixture;
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, /Sandbox native, signed in/);
    await browser.close();
    sandbox.reset();
    await changeConnection(fixture, 'Sandbox native', { name: 'Acme' });
    await revealRow(page, /^Acme, signed in/);
    await screenshot(page, 'settings-renamed');
    assert.ok((await accounts()).some((entry) => entry.startsWith('Acme · ')));
    assert.equal(await treeItem(page, /orphaned/).count(), 0);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('a connection deleted by hand leaves an orphaned session, of which nothing is sent, and works when it is back (C4)', async () => {
    const { page, sandbox, workbench } = fixture;
    const [acme] = (await connectionsSetting(fixture)) as readonly unknown[];
    await clearToasts(fixture);
    await changeConnections(fixture, (entries) => entries.slice(1));
    await revealRow(page, /^Sandbox native · .*orphaned/);
    await screenshot(page, 'settings-orphan');
    assert.ok(!(await accounts()).some((entry) => entry.startsWith('Acme · ')));
    const silent = await workbench.host.run(
      async (vscode) =>
        (await vscode.authentication.getSession('ninjaone', ['monitoring', 'management', 'control'], {
          silent: true,
        })) ?? null,
    );
    assert.equal(silent, null);
    assert.deepEqual(tokenTraffic(sandbox), []);

    await changeConnections(fixture, (entries) => [acme, ...entries]);
    await revealRow(page, /^Acme, signed in/);
    await expectNoRow(page, /orphaned/);
    await treeItemMenu(page, /^Acme, signed in/, 'Test Connection');
    await toast(page, 'Acme works');
    assert.deepEqual(sandbox.tokenCalls, {});
  });

  it('Sign Out of an orphaned session revokes at the server that issued it, and the row goes (C4, A13)', async () => {
    const { page, sandbox } = fixture;
    await clearToasts(fixture);
    // The same client app at another server: neither its sessions nor its secrets are those of the former.
    await changeConnection(fixture, 'Acme', { instance: hostile.baseUrl });
    await revealRow(page, /^Acme, signed out/);
    const orphan = treeItem(page, /^Sandbox native · .*orphaned/);
    await orphan.waitFor();
    const revoked = nextAnswer(fixture, '/ws/oauth/revoke');
    await treeItemAction(page, /^Sandbox native · .*orphaned/, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    assert.equal((await revoked).status, 200);
    await orphan.waitFor({ state: 'detached' });
    assert.deepEqual(hostile.requests, []);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('Remove Connection asks, signs out, revokes, and takes the connection out of the settings (C4)', async () => {
    const { page, sandbox } = fixture;
    await clearToasts(fixture);
    const revoked = nextAnswer(fixture, '/ws/oauth/revoke');
    await treeItemMenu(page, /Sandbox service, signed in/, 'Remove Connection…');
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'settings-remove');
    await dialogButton(page, 'Remove', 'Remove the connection Sandbox service?');
    assert.equal((await revoked).status, 200);
    await toast(page, 'Removed Sandbox service.');
    await expectNoRow(page, /Sandbox service/);
    assert.deepEqual(
      ((await connectionsSetting(fixture)) as readonly { name: string }[]).map(({ name }) => name),
      ['Acme'],
    );
  });

  it('Reset asks, signs out everywhere and deletes everything but the connections (A13)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    await changeConnection(fixture, 'Acme', { instance: sandbox.baseUrl });
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /^Acme/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, /^Acme, signed in/);
    await browser.close();
    const revoked = nextAnswer(fixture, '/ws/oauth/revoke');
    await runCommand(page, 'NinjaOne: Reset: Sign Out Everywhere and Delete Secrets…');
    await page.locator('.monaco-dialog-box').waitFor();
    await screenshot(page, 'settings-reset');
    await dialogButton(page, 'Reset');
    assert.equal((await revoked).status, 200);
    await toast(page, 'everything was signed out and deleted');
    await revealRow(page, /^Acme, signed out/);
    assert.deepEqual(
      (await accounts()).filter((entry) => entry.includes('(NinjaOne)')),
      [],
    );
  });

  it('a client secret for a connection that has none is refused, with the button Edit Connection (A16)', async () => {
    const { page, workbench } = fixture;
    await clearToasts(fixture);
    await workbench.host.run((vscode) => void vscode.commands.executeCommand('ninjaone.setClientSecret', 'Acme'));
    const refused = 'Acme is a native connection, which has no client secret.';
    await expectToastButtons(page, refused, ['Edit Connection']);
    await toastButton(page, refused, 'Edit Connection');
    await quickInput(page, 'Edit NinjaOne Connection Acme').waitFor();
    await page.keyboard.press('Escape');
  });

  it('settings that cannot be written stay as they are, with the button Open Settings (A16)', async () => {
    const { page, workbench } = fixture;
    await clearToasts(fixture);
    const broken = `${await readFile(workbench.settingsPath, 'utf8')} {`;
    await writeFile(workbench.settingsPath, broken);
    await treeItemMenu(page, /^Acme/, 'Remove Connection…');
    await dialogButton(page, 'Remove', 'Remove the connection Acme?');
    const notWritten = 'Your NinjaOne connections could not be changed.';
    await expectToastButtons(page, notWritten, ['Open Settings']);
    await screenshot(page, 'settings-not-written');
    assert.equal(await readFile(workbench.settingsPath, 'utf8'), broken);
    await toastButton(page, notWritten, 'Open Settings');
    await page.locator('.monaco-editor').filter({ hasText: 'ninjaone.connections' }).waitFor();
  });

  async function accounts(): Promise<string[]> {
    const entries = await openAccountsMenu(fixture.page);
    await fixture.page.keyboard.press('Escape');
    return entries;
  }
});

describe('a person opens a folder that they do not trust', () => {
  let hostile: Sandbox;

  before(async () => {
    hostile = await startSandbox();
  });
  const fixture = useWorkbench(() => ({
    workbench: { workspaceTrust: true, workspaceSettings: hostileSettings(hostile) },
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));
  after(() => hostile.stop());

  it('signing in works in Restricted Mode, with the user’s own connections only (C2, §0)', async () => {
    const { page, workbench } = fixture;
    await openView(page, 'NinjaOne');
    await page
      .getByRole('button', { name: /Restricted Mode/ })
      .first()
      .waitFor();
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox native/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, /Sandbox native, signed in/);
    await screenshot(page, 'settings-restricted');
    assert.equal(await treeItem(page, /Evil/).count(), 0);
    assert.deepEqual(hostile.requests, []);
  });
});

/** What the settings of a folder may try: another server under a known name, and the rest of our settings. */
function hostileSettings({ baseUrl, connections }: Sandbox): Readonly<Record<string, unknown>> {
  const evil = connections.map((connection) => ({ ...connection, name: `Evil ${connection.name}`, instance: baseUrl }));
  return {
    'ninjaone.connections': evil,
    'ninjaone.clipboard.clearAfter': 0,
    'ninjaone.http.timeout': 1,
    ninjaone: { connections: evil, clipboard: { clearAfter: 0 }, http: { timeout: 1 } },
  };
}
