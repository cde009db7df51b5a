import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { mock } from 'node:test';
import { POWERSHELL_FOLDERS } from '../../../src/host/terminals/powershellShell.ts';
import type { UsableSession } from '../../../src/core/sessions/usableSessions.ts';
import { createCommandFixture, type CommandFixture } from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { MINUTE, until } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';
import { Uri } from '../../support/vscode/values.ts';

const BETA = { ...ACME, name: 'Beta', instance: 'us' };
const SERVICE = { ...ACME, name: 'Service', clientId: 'client-3', platform: 'api-services' };
const OPEN = /terminal with the access token of/;
const TASK = /task or launch configuration/;
const NAME_OF_TERMINAL = /^(.*) until \S/;

describe('a token for a terminal or a task', () => {
  const { platform } = process;
  const { PATH: path, HOME: home } = process.env;
  const editor = useVscode();
  let host: CommandFixture;
  let acme: UsableSession;
  beforeEach(async () => {
    host = await createCommandFixture(editor, [ACME, BETA, SERVICE]);
    acme = await host.window.signIn(host.sessions, ['monitoring', 'management']);
  });
  afterEach(async () => {
    mock.timers.reset();
    await host.close();
  });

  const connectionOf = (name: string) => host.settings.connections.find((each) => each.name === name)!;
  const lastQuestion = () => editor.user.asked.at(-1)!;
  const openTerminal = async (argument?: unknown): Promise<void> => {
    editor.user.answers(OPEN, 'Open Terminal');
    await host.run('ninjaone.openTerminal', argument);
  };

  describe('Open Terminal', () => {
    it('puts the token and the address into the environment after a question that names what it allows (P7, T49)', async () => {
      await openTerminal();
      const [terminal] = editor.window.terminals;
      assert.deepEqual(terminal?.creationOptions.env, {
        NINJAONE_ACCESS_TOKEN: acme.session.accessToken,
        NINJAONE_BASE_URL: 'https://eu.ninjarmm.com',
      });
      assert.equal(terminal.creationOptions.isTransient, true);
      assert.equal(terminal.isShown, true);
      assert.equal(NAME_OF_TERMINAL.exec(terminal.name)?.[1], 'Acme');
      const { kind, texts, detail } = lastQuestion();
      assert.equal(kind, 'modal');
      assert.match(texts[0] ?? '', /Acme/);
      assert.match(detail ?? '', /Host: eu\.ninjarmm\.com\nScopes: monitoring, management\n/);
      assert.doesNotMatch(detail ?? '', /Remote/);
    });

    it('names the host with its port, as everywhere else (P7)', async () => {
      await host.close();
      host = await createCommandFixture(editor, [{ ...ACME, instance: 'http://127.0.0.1:46813' }]);
      await host.window.signIn(host.sessions);
      await openTerminal();
      assert.match(lastQuestion().detail ?? '', /Host: 127\.0\.0\.1:46813\n/);
    });

    it('asks each time, and opens nothing without a yes (T49)', async () => {
      await openTerminal('Acme');
      editor.user.closes(OPEN);
      await host.run('ninjaone.openTerminal', 'Acme');
      assert.equal(editor.window.terminals.length, 1);
      assert.deepEqual(host.errorCodes, ['canceled']);
    });

    it('names the computer that gets the token in a remote window (P7)', async () => {
      editor.env.remoteName = 'ssh-remote';
      const folder = { uri: Uri.parse('vscode-remote://ssh-remote+build.example/home'), name: 'home', index: 0 };
      editor.workspace.folders = [folder];
      await openTerminal();
      assert.match(lastQuestion().detail ?? '', /Remote computer: build\.example \(ssh-remote\)\./);

      editor.workspace.folders = [
        { ...folder, uri: Uri.parse(`vscode-remote://dev-container+${'7b22'.repeat(20)}/home`) },
      ];
      await openTerminal();
      assert.match(lastQuestion().detail ?? '', /Remote computer: ssh-remote\./);
    });

    it('names the computer on which the extension runs (P7)', async () => {
      await host.close();
      host = await createCommandFixture(editor, [ACME], { remote: true });
      await host.window.signIn(host.sessions);
      editor.env.remoteName = 'wsl';
      await openTerminal();
      assert.ok(lastQuestion().detail?.includes(`Remote computer: ${hostname()}.`));
    });

    it('lists the sessions of the named connection, that with the fewest scopes first (P7)', async () => {
      await host.window.signIn(host.sessions, ['monitoring']);
      await host.window.signIn(host.sessions, ['monitoring'], {}, connectionOf('Beta'));
      editor.user.answers(/which session/, ({ choices, notes }) => {
        assert.deepEqual(choices, ['Acme', 'Acme']);
        assert.match(notes?.[0] ?? '', /monitoring$/);
        return 'Acme';
      });
      await openTerminal('Acme');
      assert.match(lastQuestion().detail ?? '', /Scopes: monitoring\n/);
    });

    it('offers to sign in to a named connection without a session, and no other one (X7)', async () => {
      editor.user.answers(/not signed in/, 'Sign In');
      await host.run('ninjaone.openTerminal', 'Beta');
      assert.deepEqual(editor.commands.callsOf('ninjaone.signIn'), [['Beta']]);
      await host.browserOpened();
      assert.deepEqual(editor.window.terminals, []);
    });

    it('renews a token that expires soon, and uses none that allows more than was shown (P7)', async () => {
      host.sessions.clock.now += 58 * MINUTE;
      await openTerminal();
      assert.notEqual(
        editor.window.terminals[0]?.creationOptions.env?.['NINJAONE_ACCESS_TOKEN'],
        acme.session.accessToken,
      );

      const narrow = await host.window.signIn(host.sessions, ['monitoring'], {}, connectionOf('Beta'));
      host.sessions.clock.now += 58 * MINUTE;
      host.sessions.server.script.push({ scopes: ['monitoring', 'management'] });
      await openTerminal(narrow.session.id);
      assert.equal(editor.window.terminals.length, 1);
      assert.deepEqual(host.errorCodes, ['token.moreScopes']);
    });

    it('offers a fresh terminal when the token has expired, once and with the question (P7, T49)', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      await openTerminal();
      editor.user.answers(/has expired/, 'Open Fresh Terminal');
      editor.user.answers(OPEN, 'Open Terminal');
      mock.timers.tick(59 * MINUTE);
      assert.equal(editor.window.terminals.length, 1);
      host.sessions.clock.now += 60 * MINUTE;
      mock.timers.tick(MINUTE);
      mock.timers.reset();
      await until(() => editor.window.terminals.length === 2);
      const tokens = editor.window.terminals.map(
        ({ creationOptions }) => creationOptions.env?.['NINJAONE_ACCESS_TOKEN'],
      );
      assert.equal(new Set(tokens).size, 2, 'the first terminal keeps its old token');
    });

    it('says nothing about a terminal that was closed', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      await openTerminal();
      editor.window.terminals[0]?.dispose();
      mock.timers.tick(61 * MINUTE);
      await host.window.tokens.signOut(acme.session.id);
      assert.deepEqual(
        editor.window.said.filter((text) => /expired|ended/.test(text)),
        [],
      );
    });
  });

  describe('after the end of the session', () => {
    it('closing the terminals that were opened with its token is offered, and no other (A13)', async () => {
      await openTerminal('Acme');
      await openTerminal('Acme');
      await host.window.signIn(host.sessions, ['monitoring'], {}, connectionOf('Beta'));
      await openTerminal('Beta');
      editor.user.answers(/sign out/i, choice(/^sign out$/i));
      editor.user.answers(/2 terminals still have its token/, 'Close Terminals');
      await host.run('ninjaone.signOut', 'Acme');
      await until(() => editor.window.terminals.length === 1);
      assert.match(editor.window.terminals[0]?.name ?? '', /^Beta/);
    });

    it('sign-out does not wait for the answer, and the terminal stays without one (A8, A13)', async () => {
      await openTerminal('Acme');
      editor.user.ignores(/a terminal still has its token/);
      await host.signOut.run(acme.session.id, 'keepSecret');
      await editor.user.wasAsked(/a terminal still has its token/);
      assert.equal(editor.window.terminals.length, 1);
    });

    it('nothing is offered when a session is only renewed or renamed', async () => {
      await openTerminal('Acme');
      await host.window.tokens.getValidToken(acme.session.id, { force: true });
      editor.configuration.set('ninjaone.connections', [{ ...ACME, name: 'Other name' }]);
      assert.deepEqual(
        editor.window.said.filter((text) => /ended/.test(text)),
        [],
      );
    });
  });

  describe('Get Access Token', () => {
    const getToken = (argument?: unknown): Promise<unknown> => host.run('ninjaone.getAccessToken', argument);

    it('returns the token of a session with only monitoring, after a question each time (P7)', async () => {
      const narrow = await host.window.signIn(host.sessions, ['monitoring']);
      for (const answer of ['Use Token', undefined]) {
        editor.user.answers(TASK, () => answer);
        assert.equal(await getToken('Acme'), answer && narrow.session.accessToken);
      }
      const { kind, texts, detail } = lastQuestion();
      assert.equal(kind, 'modal');
      assert.match(texts[0] ?? '', /Acme/);
      assert.match(detail ?? '', /Host: eu\.ninjarmm\.com\nScopes: monitoring\n/);
    });

    it('offers a wider token by a button that names its scopes (P7)', async () => {
      editor.user.answers(TASK, ({ choices }) => {
        assert.deepEqual(choices, ['Use Token with monitoring and management']);
        return choices[0];
      });
      assert.equal(await getToken('Acme'), acme.session.accessToken);
      assert.match(lastQuestion().detail ?? '', /allows more/);
    });

    it('gets a new token of a service that can only read, without a browser, and uses it again (P7)', async () => {
      await host.window.clientSecrets.set(connectionOf('Service').id, 'secret-1');
      const { length } = host.sessions.server.calls;
      editor.user.answers(TASK, 'Use Token');
      const token = await getToken('Service');
      assert.equal(host.sessions.server.calls.length, length + 1);
      const minted = host.window.tokens.usable().find(({ connection }) => connection.name === 'Service');
      assert.deepEqual(minted?.session.scopes, ['monitoring']);
      assert.equal(token, minted.session.accessToken);
      editor.user.answers(TASK, 'Use Token');
      assert.equal(await getToken('Service'), token);
      assert.deepEqual(editor.env.opened, []);
    });

    it('opens no browser for a connection without a session, and says what to do (P7)', async () => {
      editor.user.closes(/not signed in/);
      assert.equal(await getToken('Beta'), undefined);
      assert.deepEqual(editor.env.opened, []);
      assert.deepEqual(host.errorCodes, ['session.none']);
    });

    it('ignores everything but a name, such as a launch configuration: the user chooses the connection (P7)', async () => {
      editor.user.answers(/which connection/, 'Acme');
      editor.user.closes(TASK);
      await getToken({ connection: { name: 'Beta' }, name: 'Beta', scopes: ['control'] });
      assert.match(lastQuestion().texts[0] ?? '', /Acme/);
    });

    it('refuses a name that no connection has, instead of another customer (X7)', async () => {
      editor.user.closes(/no NinjaOne connection "Acmee"/);
      assert.equal(await getToken('Acmee'), undefined);
      assert.deepEqual(host.errorCodes, ['connection.unknown']);
    });
  });

  describe('Run in NinjaOne Terminal', () => {
    let folder: string;
    let file: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ninjaone-script-'));
      file = join(folder, 'List $(devices).ps1');
      await writeFile(file, script('https://eu.ninjarmm.com'));
      process.env['PATH'] = ['bin', folder].join(delimiter);
      await writeFile(join(folder, 'pwsh'), '', { mode: 0o755 });
    });
    afterEach(async () => {
      Object.defineProperty(process, 'platform', { value: platform });
      process.env['PATH'] = path;
      if (home === undefined) {
        delete process.env['HOME'];
      } else {
        process.env['HOME'] = home;
      }
      await rm(folder, { recursive: true, force: true });
    });

    /** A computer with only this folder. */
    const useSystem = (system: NodeJS.Platform): void => {
      Object.defineProperty(process, 'platform', { value: system });
      process.env['HOME'] = folder;
    };

    const runOn = async (system: NodeJS.Platform, uri = Uri.file(file)): Promise<string | undefined> => {
      useSystem(system);
      editor.user.answers(/Run this script/, 'Run Script');
      await host.run('ninjaone.runScript', uri);
      return editor.window.terminals.at(-1)?.creationOptions.shellPath;
    };

    it('finds PowerShell on the path and where its installers put it, not in the current folder (P7, E10)', async () => {
      assert.equal(await runOn('linux'), join(folder, 'pwsh'));
      const tools = join(folder, '.dotnet', 'tools');
      await mkdir(tools, { recursive: true });
      await rename(join(folder, 'pwsh'), join(tools, 'pwsh'));
      assert.equal(await runOn('linux'), join(tools, 'pwsh'));
      assert.equal(await runOn('win32'), 'powershell.exe');
      editor.env.remoteName = 'ssh-remote';
      const there = Uri.parse('vscode-remote://ssh-remote+server/scripts/list.ps1');
      editor.workspace.have(there, script('https://eu.ninjarmm.com'));
      assert.equal(await runOn('linux', there), 'pwsh', 'the remote computer cannot be looked at from here');
    });

    it('runs no script of this computer in a terminal of another one, which may have another at its path (P7)', async () => {
      editor.env.remoteName = 'ssh-remote';
      await host.run('ninjaone.runScript', Uri.file(file));
      assert.deepEqual(host.errorCodes, ['terminal.scriptNotThere']);
      assert.deepEqual([editor.user.asked, editor.window.terminals], [[], []]);
    });

    it('says what to install before it asks for the token if there is no PowerShell (P7, E10)', async function () {
      await rm(join(folder, 'pwsh'));
      if (POWERSHELL_FOLDERS.some((usual) => existsSync(join(usual, 'pwsh')))) {
        this.skip(); // PowerShell is installed for everybody.
      }
      useSystem('linux');
      await host.run('ninjaone.runScript', Uri.file(file));
      assert.deepEqual(host.errorCodes, ['terminal.noPowershell']);
      assert.match(String(host.errors.at(-1)), /Install PowerShell 7/);
      assert.deepEqual(editor.user.asked, []);
      assert.deepEqual(editor.window.terminals, []);
    });

    it('runs the script in PowerShell, its path as an argument, after a question that names it (P7, E10)', async () => {
      editor.user.answers(/Run this script/, 'Run Script');
      await host.run('ninjaone.runScript', Uri.file(file));
      const options = editor.window.terminals[0]?.creationOptions;
      assert.match(options?.shellPath ?? '', /(?:pwsh|powershell\.exe)$/);
      assert.deepEqual(options?.shellArgs?.slice(-2), ['-File', file]);
      assert.equal(options.env?.['NINJAONE_ACCESS_TOKEN'], acme.session.accessToken);
      assert.match(lastQuestion().detail ?? '', /Script: .*devices/);
    });

    it('offers only sessions of the instance for which the script was saved (X7)', async () => {
      await host.window.signIn(host.sessions, ['monitoring'], {}, connectionOf('Beta'));
      await writeFile(file, script('https://app.ninjarmm.com'));
      editor.user.answers(/Run this script.*Beta/, 'Run Script');
      await host.run('ninjaone.runScript', Uri.file(file));
      assert.equal(editor.window.terminals[0]?.creationOptions.env?.['NINJAONE_BASE_URL'], 'https://app.ninjarmm.com');

      await writeFile(join(folder, 'other.ps1'), script('https://ca.ninjarmm.com'));
      editor.user.closes(/ca\.ninjarmm\.com, where you are not signed in/);
      await host.run('ninjaone.runScript', Uri.file(join(folder, 'other.ps1')));
      assert.equal(editor.window.terminals.length, 1);
    });

    it('runs no other file (P7)', async () => {
      await writeFile(join(folder, 'foreign.ps1'), 'Get-Process');
      for (const uri of [
        Uri.file(join(folder, 'foreign.ps1')),
        Uri.file('/etc/hosts'),
        Uri.parse('https://example.com/x.ps1'),
        { fsPath: file },
      ]) {
        await host.run('ninjaone.runScript', uri);
      }
      assert.deepEqual(host.errorCodes, Array(4).fill('terminal.noScript'));
      assert.deepEqual(editor.window.terminals, []);
    });
  });

  for (const command of ['ninjaone.openTerminal', 'ninjaone.getAccessToken', 'ninjaone.runScript'] as const) {
    it(`${command} is off in Restricted Mode, and leads to the trust settings (P3)`, async () => {
      editor.workspace.isTrusted = false;
      editor.user.answers(/trust the folder/, 'Manage Workspace Trust');
      assert.equal(await host.run(command, 'Acme'), undefined);
      assert.equal(editor.commands.callsOf('workbench.trust.manage').length, 1);
      assert.deepEqual(editor.window.terminals, []);
    });
  }
});

/** As much of a saved script as is looked at. */
function script(origin: string): string {
  return `\ufeff#Requires -Version 5.1

param(
    [string] $Instance = '${origin}',
    [long] $PageSize
)

$token = $env:NINJAONE_ACCESS_TOKEN
`;
}
