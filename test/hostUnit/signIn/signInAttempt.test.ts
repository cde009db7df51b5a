import assert from 'node:assert/strict';
import { Server } from 'node:net';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import type { Connection } from '../../../src/core/connections/connection.ts';
import { networkError } from '../../../src/core/http/networkErrors.ts';
import type { TokenSet } from '../../../src/core/sessions/tokenRequests.ts';
import { CallbackUriHandler } from '../../../src/host/signIn/uriHandler.ts';
import { QuestionTime } from '../../../src/host/signIn/questionTime.ts';
import { silentLogger } from '../../../tooling/silentLogger.ts';
import {
  callbackQuery,
  createCommandFixture,
  type CommandFixture,
  type CommandFixtureOptions,
} from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { MemorySecrets, SecretDisk } from '../../support/memorySecrets.ts';
import { freePort, isFree } from '../../support/freePorts.ts';
import { until } from '../../support/sessionFixture.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const PASTE_BOX = /Paste Redirected URL/;
const WAITING = 'The sign-in to Acme is waiting for your browser.';
const NOT_OPENED =
  'The browser was not opened for the sign-in to Acme. Copy the sign-in link and open it in a browser.';
const ENDED = 'The browser returned to a sign-in that has ended. To sign in, start again.';

describe('one sign-in', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let connection: Connection;

  const open = async (connections?: readonly unknown[], options?: CommandFixtureOptions): Promise<void> => {
    host = await createCommandFixture(editor, connections, options);
    connection = host.settings.connections[0]!;
  };
  /** Starts a sign-in whose failure nobody has to await. */
  const start = (): Promise<TokenSet> => {
    const pending = host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime());
    pending.catch(() => {});
    return pending;
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  afterEach(async () => {
    mock.restoreAll();
    mock.timers.reset();
    await host.close();
  });

  describe('while VS Code asks whether to open the address', () => {
    let answer: (isOpened: boolean) => void;
    beforeEach(async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      await open();
      editor.env.canOpen = () => new Promise((resolve) => (answer = resolve));
    });

    it('offers help after ten seconds, with the link to copy (A4)', async () => {
      void start();
      const address = await host.browserOpened();
      await turn();
      editor.user.answers(WAITING, 'Copy Sign-In Link');
      mock.timers.tick(10_000);
      await until(() => editor.env.clipboardText !== '');
      assert.equal(editor.env.clipboardText, address.href);
      assert.match(editor.window.statusBarMessages.join(), /copied/);
    });

    it('ends after three minutes (A4)', async () => {
      const pending = start();
      await host.browserOpened();
      await turn();
      editor.user.ignores(WAITING);
      mock.timers.tick(179_999);
      await turn();
      assert.notEqual(host.browserSignIn.pending, undefined);
      mock.timers.tick(1);
      await assert.rejects(pending, { code: 'signIn.timeout' });
      // An answer that comes too late changes nothing.
      answer(false);
      await turn();
      assert.equal(editor.user.asked.length, 1);
    });

    it('ends with a callback that comes meanwhile (A4)', async () => {
      const pending = start();
      await host.browserReturns();
      assert.match((await pending).accessToken, /^access-token/);
      assert.equal(host.browserSignIn.pending, undefined);
    });

    it('does not take its question for a return to the window (A4)', async () => {
      const pending = start();
      await host.browserOpened();
      await turn();
      // A dialog of the system takes the focus and gives it back.
      editor.window.focus(false);
      editor.window.focus(true);
      assert.deepEqual(editor.user.asked, []);
      editor.user.ignores(WAITING);
      mock.timers.tick(61_000);
      await turn();
      assert.notEqual(host.browserSignIn.pending, undefined);
      answer(true);
      await turn();
      editor.window.focus(false);
      editor.window.focus(true);
      mock.timers.tick(60_000);
      await assert.rejects(pending, { code: 'signIn.timeout' });
    });
  });

  for (const [what, canOpen] of [
    ['is not opened', () => Promise.resolve(false)],
    ['fails to open', () => Promise.reject(new Error('no handler for https'))],
    [
      'fails at once',
      () => {
        throw new Error('no openers');
      },
    ],
  ] as const) {
    it(`goes on with a link to copy when the browser ${what}, and takes the callback (A4)`, async () => {
      await open();
      editor.env.canOpen = canOpen;
      editor.user.answers(NOT_OPENED, 'Copy Sign-In Link');
      const pending = start();
      const { choices } = await editor.user.wasAsked(NOT_OPENED);
      assert.deepEqual(choices, ['Reopen Browser', 'Copy Sign-In Link', 'Paste URL', 'Keep Waiting', 'Cancel']);
      const address = await host.browserOpened();
      await until(() => editor.env.clipboardText === address.href);
      await host.browserReturns();
      await pending;
      assert.deepEqual(host.errors, []);
    });
  }

  describe('a copied link', () => {
    const copied = async (): Promise<{ link: string; pending: Promise<unknown> }> => {
      await open();
      const pending = start();
      const { href } = await host.browserOpened();
      await host.browserSignIn.copySignInLink();
      assert.equal(editor.env.clipboardText, href);
      return { link: href, pending };
    };

    it('is taken off the clipboard when the sign-in succeeds (A4)', async () => {
      const { pending } = await copied();
      await host.browserReturns();
      await pending;
      await until(() => editor.env.clipboardText === '');
    });

    it('is taken off the clipboard when the sign-in is canceled (A4)', async () => {
      const { pending } = await copied();
      host.browserSignIn.cancel();
      await assert.rejects(pending, { code: 'canceled' });
      await until(() => editor.env.clipboardText === '');
    });

    for (const [what, change, left] of [
      ['what the user copied since', () => (editor.env.clipboardText = 'a shopping list'), 'a shopping list'],
      ['the link in a browser, which would ask first', () => (editor.env.uiKind = vscode.UIKind.Web), undefined],
      ['the link if the clipboard cannot be read', () => (editor.env.mayReadClipboard = false), undefined],
    ] as const) {
      it(`leaves ${what} on the clipboard (A4)`, async () => {
        const { link, pending } = await copied();
        change();
        await host.browserReturns();
        await pending;
        await turn();
        assert.equal(editor.env.clipboardText, left ?? link);
        assert.deepEqual(host.errors, []);
      });
    }
  });

  describe('when VS Code does not say how the browser reaches it', () => {
    let isAsked = false;
    beforeEach(() => {
      isAsked = false;
      mock.timers.enable({ apis: ['setTimeout'] });
      editor.env.externalUri = () => {
        isAsked = true;
        return new Promise(() => {});
      };
    });
    const wait = async (): Promise<void> => {
      await until(() => isAsked);
      mock.timers.tick(15_000);
    };

    it('uses the address of the listener, and offers to paste at once (A4)', async () => {
      await open([ACME], { remote: true });
      editor.user.fillsIn(PASTE_BOX, () => undefined);
      const pending = start();
      await wait();
      const request = await host.browserOpened();
      assert.match(request.searchParams.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
      await host.browserReturns();
      await pending;
    });

    it('ends a sign-in that would return through VS Code (A4, A17)', async () => {
      await open([{ ...ACME, platform: 'spa', redirectUri: 'https://vscode.dev/redirect' }]);
      const failed = assert.rejects(start(), { code: 'signIn.noAddress', action: 'editConnection' });
      await wait();
      await failed;
      assert.deepEqual(editor.env.opened, []);
    });
  });

  it('counts only the time in which the window is in front (A4)', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    await open();
    const pending = start();
    await host.browserOpened();
    await turn();
    editor.user.ignores(WAITING);
    editor.window.focus(true);
    await editor.user.wasAsked(WAITING);
    mock.timers.tick(59_000);
    editor.window.focus(false);
    mock.timers.tick(90_000);
    await turn();
    assert.notEqual(host.browserSignIn.pending, undefined, 'the user approves on the phone');
    await host.browserReturns();
    await pending;
  });

  it('no longer opens its page once the browser has returned (A4)', async () => {
    await open();
    host.endpoint.isSilent = true;
    void start();
    await host.browserReturns();
    await until(() => host.endpoint.requests.length === 1);
    host.browserSignIn.reopenBrowser();
    await host.browserSignIn.copySignInLink();
    await turn();
    assert.equal(editor.env.opened.length, 1);
    assert.equal(editor.env.clipboardText, '');
  });

  describe('before the browser opens', () => {
    const unknown = { status: 404, content: { resultCode: 'Client app not exist', incidentId: 'WEB-1' } };

    it('says at once that NinjaOne does not know the client ID, and opens no browser (A16)', async () => {
      await open();
      host.endpoint.probeOutcome = () => Promise.resolve(unknown);
      await assert.rejects(start(), { code: 'oauth.wrongRegion', action: 'editConnection' });
      assert.deepEqual(editor.env.opened, []);
      assert.deepEqual(host.endpoint.requests, []);
    });

    it('sends no secret to ask for it (A16)', async () => {
      await open([{ ...ACME, platform: 'web', redirectUri: 'https://vscode.dev/redirect' }]);
      await host.window.clientSecrets.set(connection.id, 'secret-1');
      const pending = start();
      await host.browserOpened();
      assert.equal(host.endpoint.probes.length, 1);
      assert.doesNotMatch(JSON.stringify(host.endpoint.probes), /secret/);
      await host.browserReturns();
      await pending;
      assert.equal(host.endpoint.requests[0]?.form.get('client_secret'), 'secret-1');
    });

    it('goes on when NinjaOne cannot be asked, and gives the question at most three seconds (A16)', async () => {
      await open();
      host.endpoint.probeOutcome = () => Promise.reject(networkError('timeout', new URL('https://eu.ninjarmm.com')));
      const pending = start();
      await host.browserReturns();
      await pending;
      assert.deepEqual(
        host.endpoint.probes.map(({ timeout }) => timeout),
        [3000],
      );
    });
  });

  describe('with a native app whose listener cannot listen', () => {
    beforeEach(async () => {
      await open();
      mock.method(Server.prototype, 'listen', function (this: Server) {
        queueMicrotask(() => this.emit('error', Object.assign(new Error('too many files'), { code: 'EMFILE' })));
        return this;
      });
    });

    it('goes on with pasting, and with a high port in the redirect URI (A4, A5)', async () => {
      editor.user.answers(/^Could not listen on 127\.0\.0\.1 \(EMFILE\)/, 'Paste URL');
      editor.user.fillsIn(PASTE_BOX, async (box) => {
        const request = await host.browserOpened();
        const redirectUri = request.searchParams.get('redirect_uri') ?? '';
        const port = Number(/^http:\/\/127\.0\.0\.1:(\d+)$/.exec(redirectUri)?.[1]);
        assert.ok(port >= 49_152 && port <= 65_535, redirectUri);
        box.type(`${redirectUri}/?${callbackQuery(request, { code: 'code-1' })}`);
      });
      await host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime());
      const [request] = host.endpoint.requests;
      assert.equal(request?.form.get('redirect_uri'), (await host.browserOpened()).searchParams.get('redirect_uri'));
    });

    it('opens no browser when the user does not want to paste (A5)', async () => {
      editor.user.closes(/Could not listen/);
      await assert.rejects(host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime()), {
        code: 'canceled',
      });
      assert.deepEqual(editor.env.opened, []);
    });
  });

  describe('that has ended', () => {
    it('says so to a page that returns through VS Code, and how to start again (A4)', async () => {
      await open([{ ...ACME, platform: 'spa', redirectUri: 'https://vscode.dev/redirect' }]);
      const pending = start();
      const late = callbackQuery(await host.browserOpened(), { code: 'code-1' });
      host.browserSignIn.cancel();
      await assert.rejects(pending, { code: 'canceled' });
      let press: (label: string) => void = () => {};
      editor.user.answers(ENDED, () => new Promise((resolve) => (press = resolve)));
      for (let time = 0; time < 3; time++) {
        assert.equal(host.browserSignIn.settle(late), 'ended');
      }
      assert.deepEqual((await editor.user.wasAsked(ENDED)).choices, ['Sign In']);
      press('Sign In');
      await until(() => editor.commands.callsOf('ninjaone.signIn').length === 1);
      assert.equal(editor.window.said.filter((text) => text === ENDED).length, 1);
      assert.deepEqual(host.endpoint.requests, []);
      host.browserSignIn.cancel();
    });

    it('is answered by the listener of the next one at the same address (A4)', async () => {
      const port = await freePort();
      await open([{ ...ACME, platform: 'spa', redirectUri: `http://localhost:${port}/callback` }]);
      const first = start();
      const late = callbackQuery(await host.browserOpened(), { code: 'code-1' });
      const second = host.browserSignIn.acquire(connection, ['management'], new QuestionTime());
      await assert.rejects(first, { code: 'canceled' });
      await host.browserOpened(2);
      const response = await fetch(`http://localhost:${port}/callback?${late}`);
      assert.equal(response.status, 410);
      assert.match(await response.text(), /This sign-in has ended.*NinjaOne: Sign In/s);
      assert.deepEqual(host.endpoint.requests, []);
      await host.browserReturns({ code: 'code-2' }, 2);
      await second;
    });
  });

  it('is completed by a callback that lands in another window, which shows nothing (A2, T10)', async () => {
    await open([{ ...ACME, platform: 'spa', redirectUri: 'https://vscode.dev/redirect' }]);
    const disk = new SecretDisk();
    const windows = [
      { secrets: new MemorySecrets({ disk }), signIn: host.browserSignIn },
      { secrets: new MemorySecrets({ disk }), signIn: host.signIn },
    ];
    const handlers = windows.map(
      ({ secrets, signIn }) => new CallbackUriHandler((query) => signIn.settle(query), secrets, silentLogger),
    );
    // The other window has a sign-in of its own, which goes on.
    const others = host.signIn.acquire(connection, ['management'], new QuestionTime());
    others.catch(() => {});
    await until(() => host.signIn.pending !== undefined);
    const pending = start();
    const address = await browserOpenedFor('monitoring');
    vscode.window.registerUriHandler(handlers[1]!);
    const query = callbackQuery(address, { code: 'code-1' });
    editor.window.openUri(`vscode://ninjaone-community.ninjaone-authentication/callback?${query}`);
    assert.match((await pending).accessToken, /^access-token/);
    await until(() => disk.values.size === 0);
    assert.equal(host.endpoint.requests.length, 1);
    assert.notEqual(host.signIn.pending, undefined);
    assert.deepEqual(editor.window.messages, []);
    host.signIn.cancel();
    for (const handler of handlers) {
      handler.dispose();
    }
  });

  /** The address of the sign-in page that was asked for with this scope. */
  const browserOpenedFor = async (scope: string): Promise<URL> => {
    const found = (): string | undefined =>
      editor.env.opened.find((url) => new URL(url).searchParams.get('scope')?.startsWith(scope));
    await until(() => found() !== undefined);
    return new URL(found() ?? '');
  };

  for (const changes of [
    { clientId: 'a&b=c#d%20+e' },
    { clientId: '$(calc)' },
    { platform: 'spa', redirectUri: 'https://acme.example/?a=b&c=%20' },
    { platform: 'spa', redirectUri: 'https://vscode.dev/redirect' },
    { instance: 'https://app.ninjarmm.com' },
  ]) {
    it(`opens only the sign-in page of its own instance, with ${JSON.stringify(changes)} (A1, T20)`, async () => {
      await open([{ ...ACME, ...changes }]);
      const paste = 'redirectUri' in changes && changes.redirectUri.startsWith('https://acme');
      if (paste) {
        editor.user.fillsIn(PASTE_BOX, () => {});
      }
      const pending = start();
      await host.browserOpened();
      host.browserSignIn.reopenBrowser();
      await host.browserOpened(2);
      assert.equal(new Set(editor.env.opened).size, 1);
      const [opened = ''] = editor.env.opened;
      const { origin } = connection.instance;
      assert.ok(opened.startsWith(`${origin}/ws/oauth/authorize?`), opened);
      assert.match(opened, /^https:[\w/.?&=%*-]+$/);
      assert.equal(new URL(opened).searchParams.get('client_id'), connection.clientId);
      assert.deepEqual(new URL(opened).searchParams.getAll('client_id').length, 1);
      host.browserSignIn.cancel();
      await assert.rejects(pending, { code: 'canceled' });
    });
  }

  describe('that is stopped', () => {
    interface Step {
      readonly name: string;
      readonly connection?: object;
      /** Resolves when the sign-in has come this far and stays there. */
      readonly reached: () => Promise<unknown>;
      readonly options?: () => CommandFixtureOptions;
      readonly prepare?: () => void;
    }
    const forever = (): Promise<never> => new Promise(() => {});
    let arrived: (() => void) | undefined;
    let arrival: Promise<void>;
    /** At which the sign-in listens. */
    let port: number;
    /** Whether what holds the sign-in lets the next one pass. */
    let isPassing: boolean;
    beforeEach(() => {
      isPassing = false;
    });
    const stay = (): Promise<never> => {
      arrived?.();
      return forever();
    };
    const stayUnlessPassing = (): Promise<void> => (isPassing ? Promise.resolve() : stay());
    const spa = (port: number): object => ({ ...ACME, platform: 'spa', redirectUri: `http://localhost:${port}/` });

    const steps: readonly Step[] = [
      {
        name: 'at the question about the host',
        options: () => ({ confirmHost: stayUnlessPassing }),
        reached: () => arrival,
      },
      { name: 'at once', reached: () => Promise.resolve() },
      {
        name: 'while the client secret is read',
        options: () => ({ readSecret: stayUnlessPassing }),
        reached: () => arrival,
      },
      {
        name: 'while the client ID is checked',
        prepare: () => {
          host.endpoint.probeOutcome = stay;
        },
        reached: () => arrival,
      },
      {
        name: 'while the port is forwarded',
        options: () => ({ remote: true }),
        prepare: () => {
          editor.env.externalUri = (uri) => {
            port = Number(new URL(uri.toString()).port);
            return stay();
          };
        },
        reached: () => arrival,
      },
      {
        name: 'at the question of VS Code',
        prepare: () => {
          editor.env.canOpen = forever;
        },
        reached: () => host.browserOpened(),
      },
      { name: 'while the browser is open', reached: () => host.browserOpened() },
      {
        name: 'while the box for the address is open',
        reached: async () => {
          await host.browserOpened();
          editor.user.fillsIn(PASTE_BOX, () => {});
          void host.browserSignIn.pasteRedirectUrl();
          await editor.user.wasAsked(PASTE_BOX);
        },
      },
      {
        name: 'while the code is exchanged',
        prepare: () => {
          host.endpoint.isSilent = true;
        },
        reached: async () => {
          const address = await host.browserOpened();
          const redirectUri = address.searchParams.get('redirect_uri') ?? '';
          const query = callbackQuery(address, { code: 'code-1' });
          await fetch(`${redirectUri}?${query}`, { redirect: 'manual' });
          await until(() => host.endpoint.requests.length === 1);
        },
      },
    ];

    /** A callback that comes now has no effect but a message, if it is the first for that sign-in. */
    const isForgotten = async (address: string): Promise<void> => {
      const requests = host.endpoint.requests.length;
      if (requests === 0) {
        editor.user.ignores(ENDED);
      }
      const outcome = host.browserSignIn.settle(callbackQuery(new URL(address), { code: 'code-1' }));
      assert.equal(outcome, requests === 0 ? 'ended' : 'ignored');
      if (requests === 0) {
        await editor.user.wasAsked(ENDED);
      }
      assert.equal(host.endpoint.requests.length, requests);
    };

    it('by its time-out leaves no port, timer or state (A4, T09)', async () => {
      mock.timers.enable({ apis: ['setTimeout'] });
      port = await freePort();
      await open([spa(port)]);
      const pending = start();
      const { href } = await host.browserOpened();
      await turn();
      editor.user.ignores(WAITING);
      const started = performance.now();
      mock.timers.tick(180_000);
      await assert.rejects(pending, { code: 'signIn.timeout' });
      await until(() => isFree(port));
      assert.ok(performance.now() - started < 200);
      assert.equal(host.browserSignIn.pending, undefined);
      await isForgotten(href);
    });

    it('frees the port of its page when the window closes right after it succeeded (A5, T09)', async () => {
      port = await freePort();
      await open([spa(port)]);
      const pending = start();
      const address = await host.browserOpened();
      await fetch(`http://localhost:${port}/?${callbackQuery(address, { code: 'code-1' })}`, { redirect: 'manual' });
      await pending;
      assert.equal(await isFree(port), false);
      host.browserSignIn.dispose();
      await until(() => isFree(port));
      await assert.rejects(host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime()), {
        code: 'canceled',
      });
    });

    for (const { name, options, prepare, reached } of steps) {
      it(`by another sign-in ${name} gives it the registered port, without an error (A4, T13)`, async () => {
        arrival = new Promise((resolve) => (arrived = resolve));
        const isRemote = options?.().remote === true;
        port = await freePort();
        await open([isRemote ? ACME : spa(port)], options?.());
        const { probeOutcome } = host.endpoint;
        const { externalUri } = editor.env;
        prepare?.();
        const first = start();
        await reached();
        const opened = editor.env.opened.length;
        // The second one is not stopped where the first one was.
        isPassing = true;
        editor.env.canOpen = true;
        editor.env.externalUri = externalUri;
        Object.assign(host.endpoint, { probeOutcome, isSilent: false });
        const second = host.browserSignIn.acquire(connection, ['management'], new QuestionTime());
        await assert.rejects(first, { code: 'canceled' });
        const address = await host.browserOpened(opened + 1);
        assert.equal(address.searchParams.get('scope')?.split(' ')[0], 'management');
        const redirectUri = address.searchParams.get('redirect_uri') ?? '';
        const query = callbackQuery(address, { code: 'code-2' });
        const { status } = await fetch(`${redirectUri}?${query}`, { redirect: 'manual' });
        assert.equal(status, 303);
        assert.match((await second).accessToken, /^access-token/);
        assert.deepEqual(host.errors, []);
        assert.deepEqual(editor.window.messages, []);
      });

      for (const how of ['cancel', 'dispose'] as const) {
        it(`${how === 'cancel' ? 'by Cancel' : 'with its window'} ${name} leaves no port, timer or state (A4, T09)`, async () => {
          arrival = new Promise((resolve) => (arrived = resolve));
          port = await freePort();
          await open([options?.().remote === true ? ACME : spa(port)], options?.());
          prepare?.();
          const timers = timerCount();
          let rejections = 0;
          const pending = host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime());
          const outcome = pending.then(
            () => 'tokens',
            (error: unknown) => {
              rejections += 1;
              return (error as { readonly code?: unknown }).code;
            },
          );
          await reached();
          const started = performance.now();
          host.browserSignIn[how]();
          assert.equal(await outcome, 'canceled');
          await until(() => host.browserSignIn.pending === undefined);
          await until(() => isFree(port));
          assert.ok(performance.now() - started < 200, `${Math.round(performance.now() - started)} ms`);
          await until(() => timerCount() <= timers);
          assert.equal(rejections, 1);
          assert.ok(editor.window.progress.every(({ isDone }) => isDone));
          const [address] = editor.env.opened;
          if (address !== undefined) {
            await isForgotten(address);
          }
        });
      }
    }
  });
});

function timerCount(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
