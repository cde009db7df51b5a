import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { parseConnections } from '../../../src/core/connections/parseConnections.ts';
import { createSession, serializeSession } from '../../../src/core/sessions/session.ts';
import { activate } from '../../../src/extension.ts';
import { ACME } from '../../support/hostFixture.ts';
import { until } from '../../support/sessionFixture.ts';
import { createContext, type FakeContext } from '../../support/vscode/extensionContext.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const SERVICE = { ...ACME, name: 'Service', clientId: 'client-of-the-service', platform: 'api-services' };

describe('Diagnose Sign-In Problems', () => {
  const editor = useVscode();
  let storage: string;
  let extension: FakeContext;
  let requests: { readonly url: string; readonly text: string }[];
  /** Answers instead of the instance. */
  let respond: ((url: string) => Promise<Response>) | undefined;
  const environment = { ...process.env };

  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), 'ninjaone-diagnosis-'));
    extension = createContext({ storage });
    requests = [];
    respond = undefined;
    mock.method(globalThis, 'fetch', (url: string, { body, headers }: RequestInit = {}) => {
      const sent = typeof body === 'string' ? body : '';
      requests.push({ url, text: sent + JSON.stringify([...new Headers(headers)]) });
      const headersOut = { date: new Date().toUTCString() };
      return (
        respond?.(url) ??
        Promise.resolve(
          url.endsWith('/app-version.txt')
            ? new Response('13.0.20', { headers: headersOut })
            : Response.json({ error: 'invalid_grant' }, { status: 400, headers: headersOut }),
        )
      );
    });
  });

  afterEach(async () => {
    mock.restoreAll();
    for (const name of Object.keys(process.env).filter((each) => !(each in environment))) {
      Reflect.deleteProperty(process.env, name);
    }
    await extension.dispose();
    await rm(storage, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  });

  async function diagnosed(connections: readonly unknown[] = [ACME], argument?: unknown): Promise<string> {
    editor.configuration.set('ninjaone.connections', connections);
    activate(extension.context);
    return run(argument);
  }

  async function run(argument?: unknown): Promise<string> {
    await editor.commands.run('ninjaone.diagnose', ...(argument === undefined ? [] : [argument]));
    return editor.workspace.activeTextEditor?.document.getText() ?? '';
  }

  /** A signed-in session and a client secret, as an earlier start left them. */
  async function store(setting: object, token: string, secret: string): Promise<void> {
    const [connection] = parseConnections([setting]).connections;
    const tokens = { accessToken: token, refreshToken: `${token}-refresh`, issuedAt: Date.now() };
    const session = createSession(connection!, ['monitoring'], { ...tokens, expiresAt: Date.now() + 3_600_000 });
    await extension.secrets.store(`session:${session.id}`, serializeSession(session));
    await extension.secrets.store(`clientSecret:${connection!.id}`, secret);
  }

  it('opens a report about every connection, the secret storage, the network and the editor (P7)', async () => {
    const text = await diagnosed([ACME, SERVICE]);
    for (const part of [
      /^## Acme \(https:\/\/eu.ninjarmm.com, native\)$/m,
      /^## Service \(https:\/\/eu.ninjarmm.com, api-services\)$/m,
      /^- \*\*OK\*\* Client ID: eu.ninjarmm.com knows the client ID clie…vice.$/m,
      /^- \*\*Problem\*\* Client secret: There is no client secret on this computer. Run NinjaOne: Set Client Secret/m,
      /^- \*\*OK\*\* Round trip: A random value was written, read and deleted.$/m,
      /^- http.proxy: Not set.$/m,
      /^- Extension: 9.9.9$/m,
      /^- Editor: Visual Studio Code 1.105.0 \(desktop\)$/m,
      /^- Requests: They are sent from this computer.$/m,
      /^- Folder: Trusted.$/m,
    ]) {
      assert.match(text, part);
    }
    const { document } = editor.workspace.activeTextEditor!;
    assert.equal(document.uri.scheme, 'ninjaone-diagnosis');
    assert.deepEqual(editor.window.said, []);
  });

  it('works with no connection and sends nothing then (P4, P7)', async () => {
    assert.match(await diagnosed([]), /There is no connection that works. Run NinjaOne: Add Connection/);
    assert.deepEqual(requests, []);
  });

  it('works offline, and only about the connection that is named (P7)', async () => {
    respond = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));
    const text = await diagnosed([ACME, SERVICE], 'Service');
    assert.match(text, /^- \*\*Problem\*\* DNS: Could not find the host eu.ninjarmm.com. Check your network/m);
    assert.doesNotMatch(text, /^## Acme/m);
    assert.match(text, /Only 1 connection was checked/);
  });

  it('names no token, secret, password or full client ID in any form (P9, T46)', async () => {
    const markers = ['marker-token-1', 'marker-secret-1', 'marker-password-1', 'marker-variable-1', 'marker-auth-1'];
    await store(SERVICE, 'marker-token-1', 'marker-secret-1');
    editor.configuration.set('http.proxy', 'http://tech:marker-password-1@proxy.example:8080');
    editor.configuration.set('http.proxyAuthorization', 'Basic marker-auth-1');
    process.env['ALL_PROXY'] = 'http://tech:80#marker-variable-1@proxy.example';
    // A hostile server repeats what it knows, and what it was sent.
    respond = () =>
      Promise.resolve(
        Response.json(
          {
            error: 'other',
            error_description: `access_token=marker-token-1 and marker-secret-1, client-of-the-service`,
          },
          { status: 503 },
        ),
      );
    const offer = /contain the client secret of Plain/;
    editor.user.ignores(offer);
    const offered = editor.user.wasAsked(offer);
    const text = await diagnosed([SERVICE, { ...ACME, name: 'Plain', clientSecret: 'marker-secret-1' }]);
    assert.match(text, /Signed in with the scopes monitoring/);
    assert.match(text, /^- \*\*OK\*\* Proxy: The host was reached/m);
    assert.match(text, /http:\/\/…@proxy.example:8080/);
    assert.match(text, /eu.ninjarmm.com reported a problem: access_token=\\\[redacted\\\]/);
    await offered;
    await editor.commands.run('ninjaone.copyDiagnosis');
    const log = editor.window.channels.flatMap(({ lines }) => lines.map(({ text: entry }) => entry)).join('\n');
    for (const marker of [...markers, 'client-of-the-service']) {
      for (const form of [
        marker,
        encodeURIComponent(marker),
        Buffer.from(marker).toString('base64').replace(/=+$/, ''),
      ]) {
        assert.ok(!text.includes(form) && !editor.env.clipboardText.includes(form), `${form} in the report`);
        assert.ok(marker === 'client-of-the-service' || !log.includes(form), `${form} in the log`);
      }
    }
    for (const { text: sent } of requests) {
      assert.doesNotMatch(sent, /marker-|"authorization"/);
    }
  });

  it('takes nothing from the folder (C2)', async () => {
    for (const key of ['http.proxy', 'http.noProxy', 'workbench.externalBrowser', 'ninjaone.connections']) {
      editor.configuration.set(key, 'http://from-the-folder.example', 'workspace');
    }
    assert.doesNotMatch(await diagnosed(), /from-the-folder/);
    assert.ok(requests.every(({ url }) => url.startsWith('https://eu.ninjarmm.com/')));
  });

  it('sends nothing to a host that was not confirmed, and does not ask (P5)', async () => {
    const text = await diagnosed([{ ...ACME, instance: 'https://console.acme.example' }]);
    assert.match(text, /^- \*\*Unknown\*\* Server: Not checked, because you have not confirmed this host yet/m);
    assert.deepEqual(requests, []);
  });

  it('changes nothing: neither settings, secrets nor clipboard, and opens no browser (P7)', async () => {
    await store(SERVICE, 'token-1', 'secret-1');
    const before = new Map(extension.secrets.disk.values);
    await diagnosed([SERVICE]);
    assert.deepEqual(extension.secrets.disk.values, before);
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [SERVICE]);
    assert.deepEqual([editor.env.opened, editor.env.clipboardText], [[], '']);
  });

  it('returns nothing to another extension, whatever it passes (P7, T54)', async () => {
    await store(SERVICE, 'token-1', 'secret-1');
    await diagnosed([SERVICE]);
    for (const argument of [null, 42, '__proto__', ['Service'], { connection: { name: ['Service'] } }]) {
      assert.equal(await editor.commands.run('ninjaone.diagnose', argument), undefined);
      assert.equal(await editor.commands.run('ninjaone.copyDiagnosis', argument), undefined);
    }
    assert.deepEqual(editor.window.said, []);
  });

  it('copies what it shows (E14)', async () => {
    const text = await diagnosed();
    const lenses = await editor.languages.lensesOf(editor.workspace.activeTextEditor!.document);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['ninjaone.copyDiagnosis', 'ninjaone.diagnose'],
    );
    await editor.commands.run('ninjaone.copyDiagnosis');
    assert.equal(editor.env.clipboardText, text);
    assert.deepEqual(editor.window.statusBarMessages, ['Copied the report.']);
  });

  it('shows a second result in the same document (E14)', async () => {
    await diagnosed();
    editor.configuration.set('ninjaone.connections', [SERVICE]);
    await run();
    await until(() => /^## Service/m.test(editor.workspace.activeTextEditor?.document.getText() ?? ''));
    assert.equal(editor.workspace.tabs.length, 1);
    const { document } = editor.workspace.activeTextEditor!;
    await until(() =>
      (editor.workspace.decorations.get('editorError.foreground') ?? []).some(
        (range) => document.getText(range as vscode.Range) === '**Problem**',
      ),
    );
  });

  it('says how to get a report that VS Code restored without its text', async () => {
    activate(extension.context);
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: 'ninjaone-diagnosis', path: '/NinjaOne sign-in diagnosis.md' }),
    );
    assert.match(document.getText(), /^Run NinjaOne: Diagnose Sign-In Problems/);
    const lenses = await editor.languages.lensesOf(document);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['ninjaone.diagnose'],
    );
    await editor.commands.run('ninjaone.copyDiagnosis');
    assert.deepEqual(editor.window.said, [
      'There is no report to copy. Run NinjaOne: Diagnose Sign-In Problems first.',
    ]);
    assert.equal(editor.env.clipboardText, '');
  });

  it('shows a progress with Cancel, and no report after it (P7)', async () => {
    respond = () => new Promise(() => {});
    const running = diagnosed();
    await until(() => editor.window.progress.length === 1);
    editor.window.progress[0]?.cancel();
    assert.equal(await running, '');
    assert.deepEqual(editor.window.said, []);
  });

  for (const [name, prepare, expected] of [
    [
      'the browser of the setting',
      () => {},
      /Links: They open in \\~\/firefox, as the setting workbench.externalBrowser/,
    ],
    [
      'a remote window with the extension on the other side',
      () => {
        editor.env.remoteName = 'ssh-remote';
      },
      /Requests: They are sent from the remote computer \(ssh-remote\)/,
    ],
    [
      'a remote window whose name is an address',
      () => {
        editor.env.remoteName = 'console.acme.example:8080';
      },
      /Requests: They are sent from the remote computer \(remote\)/,
    ],
    [
      'a browser window',
      () => {
        editor.env.uiKind = vscode.UIKind.Web;
      },
      /Requests: They are sent from the server of this browser window/,
    ],
    [
      'Restricted Mode',
      () => {
        editor.workspace.isTrusted = false;
      },
      /Folder: Not trusted/,
    ],
  ] as const) {
    it(`tells about ${name}`, async () => {
      editor.configuration.set('workbench.externalBrowser', join(homedir(), 'firefox'));
      prepare();
      assert.match(await diagnosed(), expected);
    });
  }

  it('tells that a window is remote and the extension is not (P6)', async () => {
    extension = createContext({ storage, extensionKind: vscode.ExtensionKind.UI });
    editor.env.remoteName = 'wsl';
    assert.match(await diagnosed(), /They are sent from this computer, not from the remote one \(wsl\)/);
  });
});
