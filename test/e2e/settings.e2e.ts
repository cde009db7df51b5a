import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import type { ConnectionSettings } from '../../sandbox/clients.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialog,
  dialogButton,
  expectAccountsMenu,
  expectNoRow,
  expectToastButtons,
  openView,
  press,
  quickInput,
  quickPick,
  quickPickLabels,
  revealRow,
  runCommand,
  screenshot,
  setSection,
  statusBarItem,
  toast,
  toastButton,
  toasts,
  treeItemAction,
  treeItemMenu,
} from '../../tooling/workbenchDriver.ts';
import {
  beginInHost,
  changeConnection,
  changeConnections,
  clearToasts,
  closeEditors,
  configure,
  connectionsSetting,
  nextResponse,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import {
  ensureClientSecret,
  ensureServiceSignedIn,
  ensureSignedIn,
  resetExtension,
} from '../support/workbenchState.ts';

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

describe('connections in the settings', () => {
  let hostile: Sandbox;

  before(async () => {
    hostile = await startSandbox();
  });
  const fixture = useWorkbench(() => ({
    workbench: {
      workspaceSettings: hostileSettings(hostile),
      extensions: [projectRoot, fileURLToPath(new URL('../../tooling/defaults', import.meta.url))],
    },
    connections: goodConnections,
  }));
  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    // The list of problems is long.
    await setSection(fixture.page, 'API Explorer', false);
  });
  beforeEach(async () => {
    await configure(fixture, { 'ninjaone.connections': goodConnections(fixture.sandbox) });
    await resetExtension(fixture);
    await revealRow(fixture.page, /Sandbox native, signed out/);
  });
  after(() => hostile.stop());

  it('lose a client secret when it is moved to the secret storage (C3)', async () => {
    const { page, workbench } = fixture;
    const found = 'Your settings contain the client secret of Sandbox service';
    await configure(fixture, {
      'ninjaone.connections': [
        WRONG,
        'Acme',
        ...goodConnections(fixture.sandbox).map((connection) =>
          connection.platform === 'native' ? connection : { ...connection, clientSecret: 'sandbox-service-secret' },
        ),
      ],
    });
    await toast(page, found);
    await screenshot(page, 'settings-secret-found');
    await toastButton(page, found, 'Move to Secret Storage');
    await toast(page, /Sandbox service was moved to the secret storage.*create a new client secret in NinjaOne/);
    await screenshot(page, 'settings-secret-moved');
    const text = await readFile(workbench.settingsPath, 'utf8');
    assert.ok(!text.includes('sandbox-service-secret') && !text.includes('clientSecret'));
    assert.deepEqual((await connectionsSetting(fixture)).slice(0, 2), [WRONG, 'Acme']);
    await clearToasts(fixture);
    await treeItemAction(page, /Sandbox service/, 'Sign In');
    await revealRow(page, /Sandbox service, signed in/);
  });

  it('are listed with each problem, its field and what to write instead; good ones stay (C1)', async () => {
    const { page, workbench } = fixture;
    await configure(fixture, { 'ninjaone.connections': [WRONG, 'Acme', ...goodConnections(fixture.sandbox)] });
    await revealRow(page, /Sandbox native, signed out/);
    for (const field of Object.keys(WRONG)) {
      await revealRow(page, new RegExp(`^Problem in the connection #1, field ${field}: \\S.*\\.$`));
    }
    await revealRow(page, /^Problem in the connection #2: Enter an object/);
    await screenshot(page, 'settings-problems');
    await press(await revealRow(page, /^Problem in the connection #1, field platform/));
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
      'Enter us, us2',
      'Enter native, spa',
      'client ID',
      'Enter monitoring',
      'https URL',
    ]) {
      assert.ok(
        advice.some((message) => message.includes(part)),
        `the settings editor says it too: ${part}`,
      );
    }
    await changeConnections(fixture, (entries) => entries.slice(2));
    await expectNoRow(page, /^Problem/);
  });

  it('show their names as written in picks, status bar, view and messages, without icon or link (A16, T41)', async () => {
    const { page } = fixture;
    const name = '$(trash) [Bin](command:workbench.action.closeWindow)';
    await changeConnection(fixture, 'Sandbox native', { name });
    const row = await revealRow(page, /Bin.*signed out/);
    assert.ok(asSeen(await row.innerText()).includes(name));
    await runCommand(page, 'NinjaOne: Select Connection…');
    const label = (await quickPickLabels(page)).find((each) => each.includes('Bin')) ?? '';
    assert.equal(asSeen(label), name);
    await screenshot(page, 'settings-hostile-name');
    assert.equal(await quickInput(page).locator('.codicon-trash').count(), 0);
    await quickPick(page, /Bin/);
    const item = statusBarItem(page, /Bin/);
    assert.ok(asSeen(await item.innerText()).includes(name));
    assert.equal(await item.locator('.codicon-trash').count(), 0);
    await runCommand(page, 'NinjaOne: Sign In…');
    await quickPick(page, /Bin/);
    const progress = await toast(page, /Signing in to .*Bin/);
    assert.ok(asSeen(await progress.innerText()).includes(name));
    const links = progress.locator('.notification-list-item-message a, .codicon-trash');
    assert.deepEqual(await links.allInnerTexts(), ['Copy Sign-In Link']);
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
  });

  it('of a trusted workspace, dotted or nested, change nothing and cause no request (C2)', async () => {
    const { page } = fixture;
    await ensureService();
    await revealRow(page, /Sandbox native/);
    await expectNoRow(page, /Evil/);
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'It is removed from the clipboard after 45 seconds.');
    assert.deepEqual(hostile.requests, []);
  });

  it('that another extension sets as the default change nothing and cause no request (C2)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureService();
    const own = await connectionsSetting(fixture);
    sandbox.reset();
    await configure(fixture, { 'ninjaone.connections': undefined });
    const seen = await workbench.host.run((vscode) => {
      const settings = vscode.workspace.getConfiguration('ninjaone');
      return [settings.get<{ readonly name: string }[]>('connections'), settings.get('clipboard.clearAfter')];
    });
    assert.deepEqual(seen, [[{ name: 'Default', instance: 'http://127.0.0.1:9', clientId: 'default' }], 1]);
    await revealRow(
      page,
      /^Sandbox native · .*connection removed or changed|^Sandbox service · .*connection removed or changed/,
    );
    await expectNoRow(page, /Default/);
    await screenshot(page, 'settings-defaults');
    await configure(fixture, { 'ninjaone.connections': own });
    await revealRow(page, /Sandbox service, signed in/);
    await runCommand(page, 'NinjaOne: Copy Access Token…');
    await quickPick(page, /Sandbox service/);
    await toast(page, 'It is removed from the clipboard after 45 seconds.');
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('keep their sessions when they are renamed, and the account has the other name (C4)', async () => {
    const { page, sandbox } = fixture;
    await ensureSignedIn(fixture);
    sandbox.reset();
    await changeConnection(fixture, 'Sandbox native', { name: 'Acme' });
    await revealRow(page, /^Acme, signed in/);
    await screenshot(page, 'settings-renamed');
    await expectAccountsMenu(page, (entries) => entries.some((entry) => entry.startsWith('Acme · ')));
    await expectNoRow(page, /orphaned/);
    assert.deepEqual(tokenTraffic(sandbox), []);
  });

  it('that are deleted by hand leave orphaned sessions, of which nothing is sent until they are back (C4)', async () => {
    const { page, sandbox, workbench } = fixture;
    await ensureSignedIn(fixture);
    sandbox.reset();
    const [native] = await connectionsSetting(fixture);
    await changeConnections(fixture, (entries) => entries.slice(1));
    await revealRow(page, /^Sandbox native · .*connection removed or changed/);
    await screenshot(page, 'settings-orphan');
    await expectAccountsMenu(page, (entries) => !entries.some((entry) => entry.startsWith('Sandbox native · ')));
    const silent = await workbench.host.run(
      async (vscode) =>
        (await vscode.authentication.getSession('ninjaone', ['monitoring', 'management', 'control'], {
          silent: true,
        })) ?? null,
    );
    assert.equal(silent, null);
    assert.deepEqual(tokenTraffic(sandbox), []);

    await changeConnections(fixture, (entries) => [native, ...entries]);
    await revealRow(page, /^Sandbox native, signed in/);
    await expectNoRow(page, /orphaned/);
    await treeItemMenu(page, /^Sandbox native, signed in/, 'Test Connection…');
    await toast(page, 'Connected to Sandbox native');
    assert.deepEqual(sandbox.tokenCalls, {});
  });

  it('that are gone do not keep Sign Out from revoking at the server that issued the token (C4, A13)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    // The same client app at another server: neither its sessions nor its secrets are those of the former.
    await changeConnection(fixture, 'Sandbox native', { instance: hostile.baseUrl });
    await revealRow(page, /^Sandbox native, signed out/);
    const revoked = nextResponse(fixture, '/ws/oauth/revoke');
    await treeItemAction(page, /^Sandbox native · .*connection removed or changed/, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    assert.equal((await revoked).status, 200);
    await expectNoRow(page, /orphaned/);
    assert.deepEqual(hostile.requests, []);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('are signed out, revoked and taken out of the settings by Remove Connection, which asks (C4)', async () => {
    const { page } = fixture;
    await ensureService();
    const revoked = nextResponse(fixture, '/ws/oauth/revoke');
    await treeItemMenu(page, /Sandbox service, signed in/, 'Remove Connection…');
    await dialog(page).waitFor();
    await screenshot(page, 'settings-remove');
    await dialogButton(page, 'Remove', 'Remove the connection Sandbox service?');
    assert.equal((await revoked).status, 200);
    await toast(page, 'Removed Sandbox service.');
    await expectNoRow(page, /Sandbox service/);
    assert.deepEqual(
      (await connectionsSetting(fixture)).map(({ name }) => name),
      ['Sandbox native'],
    );
  });

  it('are all that Reset leaves, which asks and signs out everywhere (A13)', async () => {
    const { page } = fixture;
    await ensureSignedIn(fixture);
    const connections = await connectionsSetting(fixture);
    const revoked = nextResponse(fixture, '/ws/oauth/revoke');
    await runCommand(page, 'NinjaOne: Reset Extension…');
    await dialog(page).waitFor();
    await screenshot(page, 'settings-reset');
    await dialogButton(page, 'Reset');
    assert.equal((await revoked).status, 200);
    await toast(page, 'The NinjaOne extension was reset');
    await revealRow(page, /^Sandbox native, signed out/);
    await expectAccountsMenu(page, (entries) => !entries.some((entry) => entry.includes('(NinjaOne)')));
    assert.deepEqual(await connectionsSetting(fixture), connections);
  });

  it('without a client secret refuse one, with the button Edit Connection (A16)', async () => {
    const { page } = fixture;
    await beginInHost(fixture, 'ninjaone.setClientSecret', 'Sandbox native');
    const refused = 'Sandbox native is a Native connection and needs no client secret.';
    await expectToastButtons(page, refused, ['Edit Connection']);
    await toastButton(page, refused, 'Edit Connection');
    await quickInput(page, 'Edit NinjaOne Connection Sandbox native').waitFor();
  });

  it('that cannot be written stay as they are, with the button Open Settings (A16)', async () => {
    const { page, workbench } = fixture;
    const whole = await readFile(workbench.settingsPath, 'utf8');
    const broken = `${whole} {`;
    await writeFile(workbench.settingsPath, broken);
    try {
      await treeItemMenu(page, /^Sandbox native/, 'Remove Connection…');
      await dialogButton(page, 'Remove', 'Remove the connection Sandbox native?');
      const notWritten = 'Your NinjaOne connections could not be changed.';
      await expectToastButtons(page, notWritten, ['Open Settings']);
      await screenshot(page, 'settings-not-written');
      assert.equal(await readFile(workbench.settingsPath, 'utf8'), broken);
      await toastButton(page, notWritten, 'Open Settings');
      await page.locator('.monaco-editor').filter({ hasText: 'ninjaone.connections' }).waitFor();
    } finally {
      await closeEditors(fixture);
      await writeFile(workbench.settingsPath, whole);
    }
  });

  /** The service connection is signed in. */
  async function ensureService(): Promise<void> {
    await ensureClientSecret(fixture, 'Sandbox service', 'sandbox-service-secret');
    await ensureServiceSignedIn(fixture, 'Sandbox service');
    await revealRow(fixture.page, /Sandbox service, signed in/);
  }
});

for (const workspaceTrust of [false, true]) {
  describe(`a workspace with several folders, ${workspaceTrust ? 'not trusted' : 'trusted'}`, () => {
    let hostile: Sandbox;

    before(async () => {
      hostile = await startSandbox();
    });
    const fixture = useWorkbench(() => {
      const settings = hostileSettings(hostile);
      const { ninjaone, ...dotted } = settings;
      return {
        // Dotted, nested, and both, in folders and in the workspace file.
        workbench: {
          workspaceTrust,
          workspaceSettings: settings,
          folderSettings: [dotted, { ninjaone }, settings],
        },
        connections: goodConnections,
      };
    });
    after(() => hostile.stop());

    it('changes nothing by its settings and causes no request (C2, T50)', async () => {
      const { page, sandbox, workbench } = fixture;
      const folders = await workbench.host.run((vscode) => vscode.workspace.workspaceFolders?.length);
      assert.equal(folders, 4);
      await openView(page, 'NinjaOne');
      await revealRow(page, /Sandbox native, signed out/);
      await ensureClientSecret(fixture, 'Sandbox service', 'sandbox-service-secret');
      await ensureServiceSignedIn(fixture, 'Sandbox service');
      await expectNoRow(page, /Evil/);
      await runCommand(page, 'NinjaOne: Copy Access Token…');
      await quickPick(page, /Sandbox service/);
      await toast(page, 'It is removed from the clipboard after 45 seconds.');
      assert.deepEqual(hostile.requests, []);
      assert.ok(sandbox.requests.length > 0);
    });
  });
}

describe('a folder that is not trusted', () => {
  let hostile: Sandbox;

  before(async () => {
    hostile = await startSandbox();
  });
  const fixture = useWorkbench(() => ({
    workbench: { workspaceTrust: true, workspaceSettings: hostileSettings(hostile) },
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));
  after(() => hostile.stop());

  it('allows a sign-in with the connections of the user only (C2, P4)', async () => {
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
    await expectNoRow(page, /Evil/);
    assert.deepEqual(hostile.requests, []);
  });
});

/** Without the invisible characters that break links and icons. */
function asSeen(text: string): string {
  return text.replaceAll('\u2060', '').replaceAll('\u00a0', ' ');
}

function goodConnections({ connections }: Sandbox): readonly ConnectionSettings[] {
  return connections.filter(({ platform }) => platform === 'native' || platform === 'api-services');
}

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
