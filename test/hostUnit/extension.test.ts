import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import type { NinjaOneApi } from '../../ninjaone.d.ts';
import { activate, deactivate } from '../../src/extension.ts';
import { COMMANDS } from '../../src/host/platform/contributions.ts';
import { callbackQuery } from '../support/commandFixture.ts';
import { ACME } from '../support/hostFixture.ts';
import { SecretDisk, MemorySecrets } from '../support/memorySecrets.ts';
import { until } from '../support/sessionFixture.ts';
import { choice } from '../support/vscode/choice.ts';
import { createContext, type FakeContext } from '../support/vscode/extensionContext.ts';
import { useVscode } from '../support/vscode/fakeVscode.ts';

const SERVICE = { ...ACME, name: 'Service', platform: 'api-services' };

describe('extension', () => {
  const editor = useVscode();
  let storage: string;
  let disk: SecretDisk;
  let extension: FakeContext | undefined;
  let api: NinjaOneApi;
  let requests: { readonly url: string; readonly form: URLSearchParams }[];
  let unhandled: unknown[];
  /** What the token endpoint answers instead of tokens. */
  let refusal: { readonly status: number; readonly error: string } | undefined;
  /** Until then the server answers nothing. */
  let held: Promise<void> | undefined;
  let isOffline: boolean;
  const onUnhandled = (reason: unknown): void => {
    unhandled.push(reason);
  };

  beforeEach(async () => {
    storage = await mkdtemp(join(tmpdir(), 'ninjaone-extension-'));
    disk = new SecretDisk();
    requests = [];
    unhandled = [];
    refusal = undefined;
    held = undefined;
    isOffline = false;
    process.on('unhandledRejection', onUnhandled);
    mock.method(globalThis, 'fetch', async (url: string, { body }: { readonly body?: unknown } = {}) => {
      requests.push({ url, form: new URLSearchParams(typeof body === 'string' ? body : '') });
      const { pathname } = new URL(url);
      await held;
      if (isOffline) {
        return Promise.reject(new TypeError('fetch failed'));
      }
      if (pathname === '/ws/oauth/token' && refusal) {
        return Promise.resolve(Response.json({ error: refusal.error }, { status: refusal.status }));
      }
      return Promise.resolve(
        pathname === '/ws/oauth/token'
          ? Response.json({
              access_token: `access-token-${requests.length}`,
              refresh_token: `refresh-token-${requests.length}`,
              token_type: 'Bearer',
              expires_in: 3600,
            })
          : pathname === '/v2/organizations'
            ? Response.json([{ id: 1, name: 'Acme' }])
            : new Response('', { status: pathname === '/ws/oauth/revoke' ? 200 : 404 }),
      );
    });
  });
  afterEach(async () => {
    await extension?.dispose();
    extension?.secrets.crash();
    extension = undefined;
    mock.restoreAll();
    process.off('unhandledRejection', onUnhandled);
    await rm(storage, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
    assert.deepEqual(unhandled, []);
  });

  const start = (connections?: readonly unknown[], secrets = new MemorySecrets({ disk })): void => {
    if (connections) {
      editor.configuration.set('ninjaone.connections', connections);
    }
    editor.configuration.reads.length = 0;
    extension = createContext({ storage, secrets });
    api = activate(extension.context);
  };
  /** All that the start has begun is done. */
  const ready = async (): Promise<void> => {
    await editor.commands.run('ninjaone.getConnection');
  };
  /** Without requests that only ask whether the client ID is known. */
  const sent = (path: string): number =>
    requests.filter(({ url, form }) => new URL(url).pathname === path && form.get('code') !== 'none').length;
  const getSession = (): Thenable<vscode.AuthenticationSession> =>
    vscode.authentication.getSession('ninjaone', ['monitoring'], { createIfNone: true });
  const signIn = async (): Promise<vscode.AuthenticationSession> => {
    const pending = getSession();
    await until(() => editor.env.opened.length > 0);
    const query = callbackQuery(new URL(editor.env.opened[0] ?? ''), { code: 'code-1' });
    editor.window.openUri(`vscode://ninjaone-community.ninjaone-authentication/callback?${query}`);
    return pending;
  };

  describe('at its start', () => {
    it('registers commands, provider, URI handler, views and documents before anything is awaited (A9)', () => {
      start();
      assert.deepEqual(editor.commands.registered.toSorted(), COMMANDS.toSorted());
      assert.deepEqual([...editor.authentication.providers.keys()], ['ninjaone']);
      assert.equal(editor.authentication.providers.get('ninjaone')?.options?.supportsMultipleAccounts, true);
      assert.ok(editor.window.uriHandler);
      assert.deepEqual([...editor.window.treeViews.keys()].toSorted(), ['ninjaone.connections', 'ninjaone.explorer']);
      assert.ok(editor.workspace.fileSystem('ninjaone-request'));
    });

    it('reads one setting, asks nobody for anything, and says nothing without a connection', async () => {
      start();
      assert.deepEqual([...new Set(editor.configuration.reads)], ['ninjaone.connections']);
      await ready();
      assert.deepEqual(requests, []);
      assert.deepEqual(editor.authentication.requests, []);
      assert.deepEqual(editor.window.messages, []);
      assert.equal(editor.commands.context.get('ninjaone.hasConnection'), false);
      assert.equal(editor.commands.context.get('ninjaone.signedIn'), false);
    });

    it('asks no network with a connection, and puts the sign-in into the Accounts menu (A15)', async () => {
      start([ACME]);
      await until(() => editor.authentication.requests.length > 0);
      assert.deepEqual(editor.authentication.requests[0]?.options, {});
      assert.equal(editor.commands.context.get('ninjaone.hasConnection'), true);
      assert.deepEqual(requests, []);
      assert.deepEqual(editor.user.asked, []);
    });

    it('offers to move a client secret out of the settings, once in a window (C3)', async () => {
      editor.user.closes(/Service/);
      start([{ ...SERVICE, clientSecret: 'secret-1' }]);
      await editor.user.wasAsked(/Service/);
      editor.configuration.set('ninjaone.connections', [{ ...SERVICE, clientSecret: 'secret-2' }]);
      await ready();
      assert.equal(editor.user.asked.length, 1);
    });

    it('ignores a callback that VS Code kept until the start, and keeps nothing of it (T11)', async () => {
      start([ACME]);
      // VS Code delivers it as soon as there is a handler.
      editor.window.openUri('vscode://ninjaone-community.ninjaone-authentication/callback?code=early&state=early');
      await ready();
      const callbacks = (): readonly string[] => [...disk.values.keys()].filter((key) => key.startsWith('callback:'));
      await until(() => callbacks().length === 0);
      assert.equal(requests.length, 0);
      assert.deepEqual(editor.window.messages, []);
      // It does not end a later sign-in either.
      const { id } = await signIn();
      assert.ok(id);
      assert.ok(!requests.some(({ form }) => form.get('code') === 'early'));
    });

    it('offers it again when the connection of the client secret is corrected (C3)', async () => {
      editor.user.closes(/Service.*problem/);
      start([{ ...SERVICE, scopes: ['read'], clientSecret: 'secret-1' }]);
      await editor.user.wasAsked(/Service/);
      editor.user.closes(/settings contain/);
      editor.configuration.set('ninjaone.connections', [{ ...SERVICE, clientSecret: 'secret-1' }]);
      await editor.user.wasAsked(/settings contain/);
    });

    it('reads the sessions of the last time offline and without a request, and erases old callbacks (A2, A9, T57)', async () => {
      start([ACME]);
      const { id, accessToken } = await signIn();
      await extension?.dispose();
      disk.write('callback:1', 'code=1&state=2');
      requests = [];
      isOffline = true;
      start();
      const provider = editor.authentication.providers.get('ninjaone')?.provider;
      for (const scopes of [undefined, ['monitoring']]) {
        const [session] = (await provider?.getSessions(scopes, {})) ?? [];
        assert.deepEqual([session?.id, session?.accessToken], [id, accessToken]);
      }
      await until(() => !disk.values.has('callback:1'));
      assert.deepEqual(requests, []);
      assert.deepEqual(editor.window.messages, []);
    });
  });

  it('waits for the sessions of the last time when chat asks at once (X4)', async () => {
    start([ACME]);
    await signIn();
    // Loads the code, so that the turns below are enough for an answer that does not wait.
    await editor.languageModels.invoke('ninjaone_search_operations', { query: 'devices' });
    await extension?.dispose();
    const secrets = new MemorySecrets({ disk });
    secrets.fail('get', 'lag', { key: 'session:' });
    start([ACME], secrets);
    editor.user.closes(/^Let chat read data of/);
    const answer = editor.languageModels.invoke('ninjaone_read', { operation: 'GET /v2/devices' });
    for (let turn = 0; turn < 2000; turn++) {
      await new Promise(setImmediate);
    }
    secrets.heal();
    assert.match(await answer, /^The user declined/);
  });

  it('signs in for another extension through the browser, and tells it of its connection (X1)', async () => {
    start([ACME]);
    let changes = 0;
    api.onDidChangeConnections(() => (changes += 1));
    const { id, accessToken, account } = await signIn();
    assert.equal(account.label, 'Acme · eu · monitoring');
    assert.equal(api.getConnection({ id, accessToken })?.instanceUrl, 'https://eu.ninjarmm.com');
    assert.equal(sent('/ws/oauth/token'), 1);
    assert.equal(changes, 0, 'a session is no connection');
    assert.equal(editor.commands.context.get('ninjaone.signedIn'), true);
    // The next request is answered without the network.
    assert.equal((await getSession()).id, id);
    assert.equal(sent('/ws/oauth/token'), 1);
  });

  it('sends nothing through a fetch that another extension put in place of the global one (P4, P9)', async () => {
    start([ACME]);
    const stolen: unknown[] = [];
    // Put back by hand, because the mock of the suite is restored first.
    const { fetch: own } = globalThis;
    globalThis.fetch = (...args) => {
      stolen.push(args);
      return Promise.reject(new Error('stolen'));
    };
    try {
      await signIn();
    } finally {
      globalThis.fetch = own;
    }
    assert.equal(sent('/ws/oauth/token'), 1);
    assert.deepEqual(stolen, []);
  });

  it('returns a token that cannot be renewed, and says why once it is not valid, with what to do (A8, A16)', async () => {
    const { now } = Date;
    let later = 0;
    mock.method(Date, 'now', () => now() + later);
    start([ACME]);
    const { id } = await signIn();
    later = 57 * 60_000;
    refusal = { status: 400, error: 'invalid_scope' };
    // The token that is there is good for three more minutes.
    assert.equal((await getSession()).id, id);
    assert.equal(editor.window.statusBarItem('ninjaone.connection').text, '$(warning) Acme · eu');
    assert.equal(editor.window.messages.length, 0);
    later = 61 * 60_000;
    editor.user.closes(/Acme/);
    await assert.rejects(Promise.resolve(getSession()), { name: 'NinjaOneScopeNotGranted' });
    await editor.user.wasAsked(/Acme/);
    await assert.rejects(Promise.resolve(getSession()), { name: 'NinjaOneScopeNotGranted' });
    assert.deepEqual(
      editor.window.messages.map(({ kind, buttons }) => [kind, buttons.length]),
      [['error', 1]],
    );
  });

  describe('when a session has ended', () => {
    const ended = 'Your session for "Acme" has ended. Sign in again.';
    /** Presses the button of the message, when the test says so. */
    const press = async (): Promise<() => void> => {
      const { now } = Date;
      let later = 0;
      mock.method(Date, 'now', () => now() + later);
      start([ACME]);
      await signIn();
      later = 61 * 60_000;
      refusal = { status: 400, error: 'invalid_grant' };
      let answer: () => void = () => {};
      editor.user.answers(
        ended,
        () =>
          new Promise(
            (resolve) =>
              (answer = () => {
                resolve('Sign In');
              }),
          ),
      );
      await editor.authentication.providers.get('ninjaone')?.provider.getSessions(['monitoring'], {});
      await editor.user.wasAsked(ended);
      refusal = undefined;
      return answer;
    };

    it('signs in with the button of its message (A8)', async () => {
      const answer = await press();
      answer();
      await until(() => editor.env.opened.length === 2);
      await editor.commands.run('ninjaone.cancelSignIn');
    });

    it('opens no browser from its message after a sign-in elsewhere (A8)', async () => {
      const answer = await press();
      const pending = editor.commands.run('ninjaone.signIn', 'Acme');
      await until(() => editor.env.opened.length === 2);
      const query = callbackQuery(new URL(editor.env.opened[1] ?? ''), { code: 'code-2' });
      editor.window.openUri(`vscode://ninjaone-community.ninjaone-authentication/callback?${query}`);
      await pending;
      answer();
      await until(() => editor.window.said.includes('You are signed in to Acme again.'));
      assert.equal(editor.env.opened.length, 2);
      assert.equal(editor.window.uriHandlersRegistered, 1, 'after two sign-ins');
    });
  });

  it('tests a connection with one call of the API (C5)', async () => {
    start([ACME]);
    await signIn();
    await editor.commands.run('ninjaone.testConnection');
    assert.equal(sent('/v2/organizations'), 1);
    assert.equal(editor.window.messages.at(-1)?.kind, 'information');
  });

  it('adds a connection with its wizard, up to the first call (C5)', async () => {
    start([]);
    editor.user.picksFrom(/NinjaOne/, (pick) => {
      pick.choose(pick.labels.find((label) => /^Europe/.test(label)) ?? '');
    });
    editor.user.picksFrom(/NinjaOne/, (pick) => {
      pick.choose(pick.labels.find((label) => /^API/.test(label)) ?? '');
    });
    for (const text of ['client-1', 'secret-1']) {
      editor.user.fillsIn(/NinjaOne/, (input) => {
        input.enter(text);
      });
    }
    editor.user.picksFrom(/NinjaOne/, (pick) => {
      pick.accept();
    });
    editor.user.ignores(/Connected to NinjaOne EU/);
    await editor.commands.run('ninjaone.addConnection');
    // The client ID was asked about first, without the secret.
    assert.equal(requests[0]?.form.get('client_secret'), null);
    assert.equal(sent('/v2/organizations'), 1);
    const withSecret = requests.filter(({ form }) => form.get('client_secret') === 'secret-1');
    // The response to that was not clear, so the secret was not sent to be checked.
    assert.deepEqual(
      withSecret.map(({ form }) => form.get('grant_type')),
      ['client_credentials'],
    );
    assert.equal(editor.commands.context.get('ninjaone.signedIn'), true);
  });

  it('ends a sign-in that was started with another client secret', async () => {
    start([{ ...SERVICE, platform: 'web', redirectUri: 'https://acme.example/' }]);
    disk.write(`clientSecret:${(await connectionId()) ?? ''}`, 'secret-1');
    editor.user.fillsIn(/URL/, () => undefined);
    const pending = editor.commands.run('ninjaone.signIn');
    await until(() => editor.env.opened.length > 0);
    disk.write(`clientSecret:${(await connectionId()) ?? ''}`, 'secret-2');
    await pending;
    assert.equal(editor.commands.context.get('ninjaone.signingIn'), false);
    assert.equal(sent('/ws/oauth/token'), 0);
  });

  it('deletes every secret and revokes every token at a reset (A13)', async () => {
    start([ACME]);
    await signIn();
    // Of a connection that is gone, too.
    disk.write('clientSecret:gone', 'secret-1');
    editor.user.answers(/Reset/, choice(/reset/i));
    await editor.commands.run('ninjaone.reset');
    assert.equal(sent('/ws/oauth/revoke'), 2);
    assert.deepEqual([...disk.values.keys()], []);
    assert.equal(editor.commands.context.get('ninjaone.signedIn'), false);
    assert.deepEqual(editor.configuration.user('ninjaone.connections'), [ACME]);
  });

  it('does not give the label of a client app to another one, also after a reset and a restart (A13, A19, T52)', async () => {
    start([ACME]);
    assert.equal((await signIn()).account.label, 'Acme · eu · monitoring');
    editor.user.answers(/Reset/, choice(/reset/i));
    await editor.commands.run('ninjaone.reset');
    editor.env.opened.length = 0;
    editor.configuration.set('ninjaone.connections', [{ ...ACME, clientId: 'client-2' }]);
    assert.equal((await signIn()).account.label, 'Acme (2) · eu · monitoring');
    await extension?.dispose();
    start();
    assert.equal((await getSession()).account.label, 'Acme (2) · eu · monitoring');
  });

  describe('when another extension has the id of the provider', () => {
    const rival = (): vscode.AuthenticationProvider => ({
      onDidChangeSessions: new vscode.EventEmitter<never>().event,
      getSessions: () => Promise.resolve([]),
      createSession: () => Promise.reject(new Error('The rival signs nobody in.')),
      removeSession: () => Promise.resolve(),
    });
    const told = /Another extension provides accounts/;

    it('says so once, works on, and does not remove the other at its end (A9, T55)', async () => {
      const provider = rival();
      vscode.authentication.registerAuthenticationProvider('ninjaone', 'Rival', provider);
      editor.user.answers(told, choice(/extensions/i));
      start([ACME]);
      await editor.user.wasAsked(told);
      editor.configuration.set('ninjaone.connections', [ACME, SERVICE]);
      await ready();
      assert.equal(editor.user.asked.length, 1);
      assert.equal(editor.commands.callsOf('workbench.view.extensions').length, 1);
      void editor.commands.run('ninjaone.signIn', 'Acme');
      await until(() => editor.env.opened.length > 0);
      const query = callbackQuery(new URL(editor.env.opened[0] ?? ''), { code: 'code-1' });
      editor.window.openUri(`vscode://ninjaone-community.ninjaone-authentication/callback?${query}`);
      await until(() => editor.commands.context.get('ninjaone.signedIn') === true);
      await extension?.dispose();
      assert.equal(editor.authentication.providers.get('ninjaone')?.provider, provider);
    });

    it('says nothing to a rival that comes later, and has its own sessions (A9, T55)', async () => {
      start([ACME]);
      vscode.authentication.registerAuthenticationProvider('ninjaone', 'Rival', rival());
      await ready();
      assert.equal((await signIn()).account.label, 'Acme · eu · monitoring');
      assert.deepEqual(editor.user.asked, []);
    });

    it('does not ask VS Code without a connection (P2, T55)', async () => {
      vscode.authentication.registerAuthenticationProvider('ninjaone', 'Rival', rival());
      start([]);
      await ready();
      assert.deepEqual(editor.user.asked, []);
    });
  });

  it('leaves nothing behind when it is deactivated', async () => {
    start([ACME]);
    await signIn();
    const deactivated = deactivate();
    await extension?.dispose();
    await deactivated;
    assert.deepEqual(editor.commands.registered, []);
    assert.deepEqual([...editor.authentication.providers.keys()], []);
    assert.equal(editor.window.uriHandler, undefined);
    assert.equal(sent('/ws/oauth/revoke'), 0);
    assert.equal([...disk.values.keys()].filter((key) => key.startsWith('session:')).length, 1);
    assert.ok(editor.window.statusBarItems.every(({ isDisposed }) => isDisposed));
    assert.deepEqual(editor.languages.lensProviders, []);
    assert.deepEqual(editor.languages.hoverProviders, []);
    assert.throws(() => editor.workspace.fileSystem('ninjaone-request'));
    // What happens later reaches nobody.
    const said = editor.window.messages.length;
    editor.configuration.set('ninjaone.connections', [{ ...SERVICE, clientSecret: 'secret-1' }]);
    disk.write('session:1', '{');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(editor.window.messages.length, said);
  });

  it('waits at its end for a token response, and sends no more requests (A7, T60)', async () => {
    start([ACME]);
    const { id } = await signIn();
    const tokenRequests = sent('/ws/oauth/token');
    let respond = (): void => {};
    held = new Promise((resolve) => {
      respond = resolve;
    });
    void editor.commands.run('ninjaone.refreshToken', id).catch(() => {});
    await until(() => sent('/ws/oauth/token') > tokenRequests);
    let isOver = false;
    const deactivated = deactivate().then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isOver, false);
    respond();
    await deactivated;
    await editor.commands.run('ninjaone.refreshToken', id).catch(() => {});
    assert.equal(sent('/ws/oauth/token'), tokenRequests + 1);
  });

  it('ends although no token response comes (P2, T60)', async () => {
    start([ACME]);
    const { id } = await signIn();
    const tokenRequests = sent('/ws/oauth/token');
    let respond = (): void => {};
    held = new Promise((resolve) => {
      respond = resolve;
    });
    const renewing = editor.commands.run('ninjaone.refreshToken', id).catch(() => {});
    await until(() => sent('/ws/oauth/token') > tokenRequests);
    const started = performance.now();
    // VS Code ends the extension host after 5 seconds.
    await deactivate();
    assert.ok(performance.now() - started < 4500);
    respond();
    await renewing;
  }).timeout(10_000);

  /** The id that secrets are kept by, of the first connection. */
  async function connectionId(): Promise<string | undefined> {
    const { parseConnections } = await import('../../src/core/connections/parseConnections.ts');
    return parseConnections(editor.configuration.user('ninjaone.connections')).connections[0]?.id;
  }
});
