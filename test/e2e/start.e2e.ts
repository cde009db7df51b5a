import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot, welcomeExtension } from '../../tooling/provisionVscode.ts';
import { assertNothingLeft, npmStart, pathWithoutCode, type StartRun } from '../support/npmStart.ts';
import { startFakeDesktop, type FakeDesktop } from '../support/fakeDesktop.ts';

/** What is said after everything was ended; npm itself ends by the signal, whatever the code of its script. */
const STOPPED = /\nStopped\.\n$/;

describe('npm start', () => {
  let folder: string;
  /** The temporary folder of one run, so that what it leaves behind is seen. */
  let temporary: string;
  let latest: StartRun | undefined;

  before(async () => {
    // The system's own folder has a name short enough for the sockets of VS Code below it; under macOS the user's has not.
    folder = await mkdtemp(path.join(process.platform === 'win32' ? tmpdir() : '/tmp', 's-'));
  });

  beforeEach(async () => {
    temporary = await mkdtemp(path.join(folder, 't-'));
  });

  afterEach(async () => {
    await latest?.dispose();
    await assertNothingLeft(temporary);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const start = (flags: readonly string[], env: NodeJS.ProcessEnv = {}): StartRun => {
    latest = npmStart(flags, { ...env, TMPDIR: temporary });
    return latest;
  };

  it('explains its flags for --help and starts nothing', async () => {
    const { code, output } = await start(['--help']).ended;
    assert.equal(code, 0, output);
    assert.match(output, /--web .*\n *--smoke /);
    assert.doesNotMatch(output, /Building/);
  });

  it('fails for an unknown flag and shows the known ones', async () => {
    const { code, output } = await start(['--desktop']).ended;
    assert.equal(code, 1, output);
    assert.match(output, /Unknown option '--desktop'[\s\S]*--web/);
  });

  it('ends on Ctrl+C in the middle of the start and leaves nothing', async () => {
    const run = start(['--web']);
    await run.says(/Building the extension/);
    run.interrupt();
    const { output } = await run.ended;
    assert.match(output, /^Building the extension…\n\nStopped\.$/m);
  });

  it('ends everything when npm is ended', async () => {
    const run = start(['--web']);
    await run.says(/in your browser: http:/);
    run.endNpm();
    assert.match((await run.ended).output, STOPPED);
  });

  it('signs in for --smoke and prints the account, also when the usual port is in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => {
      // An error says that somebody else holds the port already, which is as good.
      holder.once('error', () => resolve()).listen(8765, '127.0.0.1', resolve);
    });
    try {
      const { code, output } = await start(['--smoke']).ended;
      assert.equal(code, 0, output);
      const account = /^Signed in: Sandbox native · 127\.0\.0\.1:(\d+) · monitoring, management, control$/m;
      const [, port] = account.exec(output) ?? assert.fail(output);
      assert.notEqual(port, '8765');
    } finally {
      holder.close();
    }
  });

  it('fails for --smoke when it cannot sign in', async () => {
    const { code, output } = await start(['--smoke'], { CHROME_PATH: path.join(folder, 'no-browser') }).ended;
    assert.equal(code, 1, output);
    assert.match(output, /CHROME_PATH names/);
    assert.doesNotMatch(output, /Signed in/);
  });

  it('serves VS Code to the browser until Ctrl+C when there is no `code` on the PATH', async () => {
    const run = start([], { PATH: await pathWithoutCode(path.join(folder, 'no-code')) });
    const { input: output } = await run.says(/Ctrl\+C here stops everything and deletes its data\.\n/);
    assert.match(output, /^1\. [\s\S]*^2\. [\s\S]*^5\. .*sandbox-web-secret.*sandbox-service-secret/m);
    const url = /in your browser: (http:\/\/127\.0\.0\.1:\d+\/\S+)/.exec(output)?.[1] ?? assert.fail(output);
    // The address carries a secret: who only finds the port gets nothing.
    assert.equal((await fetch(new URL('/', url), { redirect: 'manual' })).status, 403);
    // A browser gets the secret as a cookie and is sent to the same address without it.
    const entry = await fetch(url, { redirect: 'manual' });
    const cookie = entry.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const page = await (await fetch(new URL(entry.headers.get('location') ?? '', url), { headers: { cookie } })).text();
    // A template would send links to loopback to `/proxy/<port>/…`, which nobody answers.
    assert.match(page, /&quot;proxyEndpointTemplate&quot;:&quot;&quot;/);
    run.interrupt();
    assert.match((await run.ended).output, STOPPED);
    await assert.rejects(fetch(url));
  });

  describe('with `code` on the PATH', () => {
    let desktop: FakeDesktop;

    before(async function () {
      if (process.platform === 'win32') {
        // The stand-in is a script that is started by its first line.
        this.skip();
      }
      desktop = await startFakeDesktop(path.join(folder, 'bin'));
    });

    after(() => {
      desktop.dispose();
    });

    it('opens the desktop VS Code with the extension and one connection of each platform until it is closed', async () => {
      const run = start([], desktop.env);
      const { args, settings, close } = await desktop.nextEditor();
      await run.says(
        /VS Code opens on your desktop.*\n\nWith NinjaOne, [\s\S]*\n\n1\. [\s\S]*\n2\. [\s\S]*\n3\. [\s\S]*\n\nCtrl\+C here/,
      );
      const data = args[args.indexOf('--user-data-dir') + 1] ?? assert.fail(args.join(' '));
      const profile = path.dirname(data);
      assert.equal(path.dirname(profile), temporary);
      assert.equal(args[args.indexOf('--extensions-dir') + 1], path.join(profile, 'extensions'));
      assert.ok(args.includes('--wait'));
      assert.ok(args.includes(`--extensionDevelopmentPath=${projectRoot}`), args.join(' '));
      assert.ok(args.includes(`--extensionDevelopmentPath=${welcomeExtension}`), args.join(' '));
      assert.equal(args.at(-1), path.join(profile, 'workspace'));
      const connections = settings['ninjaone.connections'] as readonly Record<string, string>[];
      const platforms = new Set(connections.map(({ platform }) => platform));
      assert.deepEqual(platforms, new Set(['native', 'spa', 'web', 'api-services']));
      const sandbox = `${connections[0]?.instance ?? ''}/app-version.txt`;
      assert.equal((await fetch(sandbox)).status, 200);
      close();
      const { code, output } = await run.ended;
      assert.equal(code, 0, output);
      await assert.rejects(fetch(sandbox));
    });

    it('ends the desktop VS Code too on Ctrl+C', async () => {
      const run = start([], desktop.env);
      const editor = await desktop.nextEditor();
      run.interrupt();
      await editor.gone;
      assert.match((await run.ended).output, STOPPED);
    });

    it('fails with a hint at --web when the desktop VS Code cannot open', async () => {
      const { code, output } = await start([], { ...desktop.env, FAKE_CODE_EXIT_CODE: '3' }).ended;
      assert.equal(code, 1, output);
      assert.match(output, /ended with code 3\. Run "npm start -- --web".*The display could not be opened/);
    });

    it('does not open it for --web', async () => {
      const opened = desktop.count();
      const run = start(['--web'], desktop.env);
      await run.says(/in your browser: http:/);
      run.interrupt();
      assert.match((await run.ended).output, STOPPED);
      assert.equal(desktop.count(), opened);
    });
  });
});
