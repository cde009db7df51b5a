import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';
import * as vscode from 'vscode';
import { canceled } from '../../../src/core/base/errors.ts';
import type { Connection } from '../../../src/core/connections/connection.ts';
import type { TokenSet } from '../../../src/core/sessions/tokenRequests.ts';
import { QuestionTime } from '../../../src/host/signIn/questionTime.ts';
import {
  callbackQuery,
  createCommandFixture,
  type CommandFixture,
  type CommandFixtureOptions,
} from '../../support/commandFixture.ts';
import { ACME } from '../../support/hostFixture.ts';
import { freePort } from '../../support/freePorts.ts';
import { until } from '../../support/sessionFixture.ts';
import { choice } from '../../support/vscode/choice.ts';
import type { FakeInputBox } from '../../support/vscode/quickInput.ts';
import { useVscode } from '../../support/vscode/fakeVscode.ts';

const WEB = { ...ACME, platform: 'web', redirectUri: 'https://acme.example/callback' };
const SERVICE = { ...ACME, platform: 'api-services' };
const RELAY = { ...ACME, platform: 'spa', redirectUri: 'https://vscode.dev/redirect' };

const PASTE_BOX = /URL/;

describe('sign-in', () => {
  const editor = useVscode();
  let host: CommandFixture;
  let connection: Connection;

  const open = async (connections?: readonly unknown[], options?: CommandFixtureOptions): Promise<void> => {
    host = await createCommandFixture(editor, connections, options);
    connection = host.settings.connections[0]!;
  };
  const acquire = (): Promise<TokenSet> => host.browserSignIn.acquire(connection, ['monitoring'], new QuestionTime());
  /** Starts a sign-in that nobody waits for. */
  const start = (): Promise<TokenSet> => {
    const pending = acquire();
    pending.catch(() => {});
    return pending;
  };

  afterEach(async () => {
    mock.timers.reset();
    await host.close();
  });

  describe('through the browser', () => {
    it('asks for the scopes with PKCE and a random state, and exchanges the code with the verifier (A1)', async () => {
      await open();
      const pending = acquire();
      const { origin, pathname, searchParams: sent } = await host.browserOpened();
      assert.equal(origin + pathname, 'https://eu.ninjarmm.com/ws/oauth/authorize');
      assert.equal(sent.get('client_id'), 'client-1');
      assert.equal(sent.get('scope'), 'monitoring offline_access');
      assert.equal(sent.get('code_challenge_method'), 'S256');
      assert.match(sent.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.equal(Buffer.from(sent.get('state') ?? '', 'base64url').length, 32);
      await host.browserReturns();
      const { accessToken } = await pending;
      const [{ url, form } = { url: '', form: new URLSearchParams() }, ...others] = host.endpoint.requests;
      assert.equal(url, 'https://eu.ninjarmm.com/ws/oauth/token');
      assert.equal(form.get('code'), 'code-1');
      assert.equal(form.get('redirect_uri'), sent.get('redirect_uri'));
      assert.equal(
        createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url'),
        sent.get('code_challenge'),
      );
      assert.match(accessToken, /^access-token/);
      assert.deepEqual(others, []);
    });

    it('takes the callback of the browser at its listener, and frees the port for the next sign-in (A5)', async () => {
      await open();
      const pending = acquire();
      const request = await host.browserOpened();
      const redirectUri = request.searchParams.get('redirect_uri') ?? '';
      const response = await fetch(`${redirectUri}/?${callbackQuery(request, { code: 'code-1' })}`);
      assert.equal(response.status, 200);
      await pending;
      // The page stays up for a moment, but not into the next sign-in.
      void start();
      await host.browserOpened(2);
      await assert.rejects(fetch(redirectUri));
    });

    it('ignores a callback with another state, and waits on (A2)', async () => {
      await open();
      const pending = acquire();
      await host.browserOpened();
      assert.equal(host.browserSignIn.settle('code=stolen&state=other'), 'ignored');
      assert.equal(host.endpoint.requests.length, 0);
      await host.browserReturns();
      await pending;
      assert.equal(host.endpoint.requests[0]?.form.get('code'), 'code-1');
    });

    it('makes one exchange of a callback that is delivered again and again (A2)', async () => {
      await open();
      const pending = acquire();
      const query = callbackQuery(await host.browserOpened(), { code: 'code-1' });
      const outcomes = Array.from({ length: 50 }, () => host.browserSignIn.settle(query));
      await pending;
      assert.deepEqual(outcomes.filter((each) => each === 'settled').length, 1);
      assert.equal(host.endpoint.requests.length, 1);
    });

    it('ends with what NinjaOne refused, as plain text (A3)', async () => {
      await open();
      const pending = acquire();
      await host.browserReturns({ error: 'access_denied', error_description: '[click](command:evil)' });
      await assert.rejects(pending, (error: Error) => !error.message.includes('[click]'));
      assert.deepEqual(host.endpoint.requests, []);
    });

    it('sends nobody to a host that the user does not trust', async () => {
      await open([ACME], { confirmHost: () => Promise.reject(canceled()) });
      await assert.rejects(acquire(), { code: 'canceled' });
      assert.deepEqual(editor.env.opened, []);
      assert.equal(host.browserSignIn.pending, undefined);
    });

    it('does not open the browser for a web app without its client secret', async () => {
      await open([WEB]);
      await assert.rejects(acquire(), { action: 'setClientSecret' });
      assert.deepEqual(editor.env.opened, []);
    });
  });

  describe('while it waits', () => {
    it('is told of by a progress, a context key and an event, until it ends (A4)', async () => {
      await open();
      let changes = 0;
      host.browserSignIn.onDidChangePending(() => {
        changes += 1;
      });
      const pending = acquire();
      await host.browserOpened();
      assert.equal(editor.commands.context.get('ninjaone.signingIn'), true);
      assert.equal(host.browserSignIn.pending?.connection.name, 'Acme');
      assert.match(editor.window.progress[0]?.title ?? '', /Acme/);
      assert.equal(changes, 1);
      await host.browserReturns();
      await pending;
      assert.equal(editor.commands.context.get('ninjaone.signingIn'), false);
      assert.equal(editor.window.progress[0]?.isDone, true);
      assert.equal(changes, 2);
    });

    it('says before the browser opens who signs in there, with a link that copies the address (A4)', async () => {
      const name = '[x](command:workbench.action.quit)';
      await open([{ ...ACME, name }]);
      editor.env.canOpen = () => {
        const { title = '' } = editor.window.progress[0] ?? {};
        assert.match(title, /whoever is signed in to NinjaOne in the browser/);
        assert.match(title, / \[Copy Sign-In Link\]\(command:ninjaone\.copySignInLink\)$/);
        assert.equal(title.match(/\]\(/g)?.length, 1, 'the name of the connection is no link');
        return Promise.resolve(true);
      };
      const pending = acquire();
      await host.browserReturns();
      await pending;
    });

    it('copies the link when there is one, if it is asked for before (A4)', async () => {
      await open();
      const pending = acquire();
      await until(() => host.browserSignIn.pending !== undefined);
      await host.browserSignIn.copySignInLink();
      assert.equal(editor.env.clipboardText, '');
      const address = await host.browserOpened();
      await until(() => editor.env.clipboardText === address.href);
      await host.browserReturns();
      await pending;
    });

    it('ends without an error when the user presses Cancel, and frees the port (A4)', async () => {
      await open();
      const pending = start();
      const redirectUri = (await host.browserOpened()).searchParams.get('redirect_uri') ?? '';
      editor.window.progress[0]?.cancel();
      await assert.rejects(pending, { code: 'canceled' });
      await assert.rejects(fetch(redirectUri));
      assert.equal(host.browserSignIn.pending, undefined);
    });

    it('is joined by a second request for the same, which shows the browser again (A4)', async () => {
      await open();
      const first = acquire();
      await host.browserOpened();
      const second = acquire();
      assert.equal((await host.browserOpened(2)).href, (await host.browserOpened()).href);
      await host.browserReturns();
      assert.equal(await first, await second);
      assert.equal(host.endpoint.requests.length, 1);
    });

    it('is replaced by a request for other scopes (A4)', async () => {
      await open();
      const first = start();
      await host.browserOpened();
      const second = host.browserSignIn.acquire(connection, ['management'], new QuestionTime());
      await assert.rejects(first, { code: 'canceled' });
      await host.browserReturns({ code: 'code-2' }, 2);
      await second;
      assert.equal(host.endpoint.requests.length, 1);
    });

    it('ends with the extension', async () => {
      await open();
      const pending = start();
      await host.browserOpened();
      host.browserSignIn.dispose();
      await assert.rejects(pending, { code: 'canceled' });
    });
  });

  describe('help', () => {
    const help = /Acme/;
    beforeEach(() => {
      mock.timers.enable({ apis: ['setTimeout'] });
    });
    const wait = (milliseconds: number): void => {
      mock.timers.tick(milliseconds);
    };
    /** Time goes by until the sign-in has started to count it. */
    const openedAndCounting = async (): Promise<void> => {
      await host.browserOpened();
      await new Promise((resolve) => setImmediate(resolve));
    };

    it('comes after ten seconds, and not before (A4)', async () => {
      await open();
      void start();
      await openedAndCounting();
      wait(9_999);
      assert.deepEqual(editor.user.asked, []);
      editor.user.closes(help);
      wait(1);
      assert.equal((await editor.user.wasAsked(help)).choices.length, 5);
    });

    for (const [label, command] of [
      [/browser/i, 'ninjaone.reopenBrowser'],
      [/link/i, 'ninjaone.copySignInLink'],
      [/paste/i, 'ninjaone.pasteRedirectUrl'],
    ] as const) {
      it(`runs ${command} from its button (A4)`, async () => {
        await open();
        void start();
        await openedAndCounting();
        editor.user.answers(help, choice(label));
        if (command === 'ninjaone.pasteRedirectUrl') {
          editor.user.fillsIn(PASTE_BOX, (box) => {
            box.escape();
          });
        }
        wait(10_000);
        await until(() => editor.commands.callsOf(command).length === 1);
      });
    }

    it('cancels from its button (A4)', async () => {
      await open();
      const pending = start();
      await openedAndCounting();
      editor.user.answers(help, choice(/cancel/i));
      wait(10_000);
      await assert.rejects(pending, { code: 'canceled' });
    });

    it('comes as soon as the user is back at the window, which then has a minute (A4)', async () => {
      await open();
      const pending = start();
      await openedAndCounting();
      editor.user.ignores(help);
      editor.window.focus(true);
      await editor.user.wasAsked(help);
      wait(59_999);
      assert.notEqual(host.browserSignIn.pending, undefined);
      wait(1);
      await assert.rejects(pending, { code: 'signIn.timeout', intent: 'transient' });
    });

    it('is not asked for twice while its message stands', async () => {
      await open();
      void start();
      await openedAndCounting();
      editor.user.ignores(help);
      editor.window.focus(true);
      editor.window.focus(true);
      await editor.user.wasAsked(help);
      assert.equal(editor.user.asked.length, 1);
    });

    it('waits for more than a minute when the user says so (A4)', async () => {
      await open();
      const pending = acquire();
      await openedAndCounting();
      editor.user.answers(help, choice(/wait/i));
      editor.window.focus(true);
      await editor.user.wasAsked(help);
      await new Promise((resolve) => setImmediate(resolve));
      wait(61_000);
      assert.notEqual(host.browserSignIn.pending, undefined);
      await host.browserReturns();
      await pending;
    });

    it('gives up after three minutes without a callback (A4)', async () => {
      await open();
      const pending = start();
      await openedAndCounting();
      editor.user.ignores(help);
      wait(180_000);
      await assert.rejects(pending, { code: 'signIn.timeout' });
    });

    it('does nothing when its message is answered after the end', async () => {
      await open();
      const pending = acquire();
      await openedAndCounting();
      let answer: (label: string) => void = () => {};
      const late = new Promise<string>((resolve) => (answer = resolve));
      editor.user.answers(help, () => late);
      wait(10_000);
      const { choices } = await editor.user.wasAsked(help);
      await host.browserReturns();
      await pending;
      answer(choices.find((each) => /browser/i.test(each)) ?? '');
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(editor.commands.callsOf('ninjaone.reopenBrowser'), []);
    });
  });

  describe('redirect', () => {
    it('goes through vscode.dev with the callback address of the editor in the state (A1)', async () => {
      await open([RELAY]);
      const pending = acquire();
      const { searchParams: sent } = await host.browserOpened();
      assert.equal(sent.get('redirect_uri'), 'https://vscode.dev/redirect');
      const address = new URL(sent.get('state') ?? '');
      assert.match(address.href, /^vscode:\/\/ninjaone-community\.ninjaone-authentication\/callback\?/);
      assert.equal(Buffer.from(address.searchParams.get('nonce') ?? '', 'base64url').length, 32);
      await host.browserReturns();
      await pending;
    });

    it('is the address of the editor itself where the connection says so', async () => {
      await open([{ ...RELAY, instance: 'https://ninja.acme.example', redirectUri: 'editor' }]);
      editor.env.externalUri = (uri) => uri.with({ query: 'windowId=7' });
      const pending = acquire();
      const { searchParams: sent } = await host.browserOpened();
      assert.equal(sent.get('redirect_uri'), 'vscode://ninjaone-community.ninjaone-authentication/callback?windowId=7');
      await host.browserReturns();
      await pending;
    });

    it('is pasted at once where nobody listens, and what is wrong with it is said (A4)', async () => {
      await open([{ ...WEB, platform: 'spa' }]);
      const objections: (string | undefined)[] = [];
      editor.user.fillsIn(PASTE_BOX, async (box) => {
        const request = await host.browserOpened();
        box.enter('https://acme.example/callback');
        objections.push(box.objection);
        box.type('');
        objections.push(box.objection);
        // Typed, and taken without Enter.
        box.type(`https://acme.example/callback?${callbackQuery(request, { code: 'code-1' })}`);
      });
      await acquire();
      assert.ok(objections[0]);
      assert.equal(objections[1], undefined);
      assert.equal(host.endpoint.requests[0]?.form.get('redirect_uri'), 'https://acme.example/callback');
    });

    it('can be pasted in any sign-in, and its box closes with the sign-in (A4)', async () => {
      await open();
      const pending = acquire();
      await host.browserOpened();
      let box: FakeInputBox | undefined;
      editor.user.fillsIn(PASTE_BOX, (shown) => {
        box = shown;
      });
      const pasting = host.browserSignIn.pasteRedirectUrl();
      await until(() => box !== undefined);
      await host.browserReturns();
      await pending;
      await pasting;
      assert.equal(box?.isDisposed, true);
    });

    it('can be pasted when no browser was opened (A4)', async () => {
      await open();
      editor.env.canOpen = false;
      editor.user.answers(/not opened/, choice(/paste/i));
      editor.user.fillsIn(PASTE_BOX, async (box) => {
        const request = await host.browserOpened();
        box.type(`${request.searchParams.get('redirect_uri') ?? ''}/?${callbackQuery(request, { code: 'code-1' })}`);
      });
      await acquire();
    });

    it('uses the forwarded port of a remote window (A1, P6, T58)', async () => {
      await open([ACME], { remote: true });
      editor.env.externalUri = () => vscode.Uri.parse('http://localhost:7777/');
      const pending = acquire();
      assert.equal((await host.browserOpened()).searchParams.get('redirect_uri'), 'http://127.0.0.1:7777');
      await host.browserReturns();
      await pending;
    });

    const elsewhere: readonly (readonly [what: string, answer: () => vscode.Uri | Promise<vscode.Uri>])[] = [
      ['a path of a web server', () => vscode.Uri.parse('https://code.acme.example/proxy/7777/')],
      ['a path on this machine', () => vscode.Uri.parse('http://localhost:7777/proxy/7777/')],
      ['a tunnel', () => vscode.Uri.parse('https://abc-7777.euw.devtunnels.ms/')],
      ['another machine', () => vscode.Uri.parse('http://10.0.0.1:7777/')],
      ['a name that begins like this machine', () => vscode.Uri.parse('http://localhost.evil.example:7777/')],
      ['a user name that looks like this machine', () => vscode.Uri.parse('http://localhost:7777@evil.example:7777/')],
      ['an address of the editor', () => vscode.Uri.parse('vscode://vscode-remote/127.0.0.1')],
      ['no address at all', () => Promise.reject(new Error('Could not resolve external URI'))],
    ];
    for (const [what, answer] of elsewhere) {
      it(`stays the own address, to be pasted at once, where a remote window forwards to ${what} (P6, T58)`, async () => {
        await open([ACME], { remote: true });
        editor.env.externalUri = answer;
        editor.user.fillsIn(PASTE_BOX, async (box) => {
          const { searchParams } = await host.browserOpened();
          const redirectUri = searchParams.get('redirect_uri') ?? '';
          assert.match(redirectUri, /^http:\/\/127\.0\.0\.1:(?!7777)\d+$/);
          box.type(`${redirectUri}/?${callbackQuery(await host.browserOpened(), { code: 'code-1' })}`);
        });
        assert.match((await acquire()).accessToken, /^access-token/);
        assert.equal(host.endpoint.requests.length, 1);
      });
    }

    for (const isForwarded of [true, false]) {
      const what = isForwarded ? 'where a remote window forwards it' : 'and pasted at once where it is another one';
      it(`of a registered port is sent unchanged, ${what} (P6, T58)`, async () => {
        const redirectUri = `http://localhost:${await freePort()}/callback`;
        await open([{ ...RELAY, redirectUri }], { remote: true });
        editor.env.externalUri = (uri) => (isForwarded ? uri : uri.with({ authority: 'localhost:7777' }));
        const isPasted = (): boolean => editor.user.asked.some(({ texts }) => PASTE_BOX.test(texts.join()));
        if (!isForwarded) {
          editor.user.fillsIn(PASTE_BOX, () => undefined);
        }
        const pending = acquire();
        assert.equal((await host.browserOpened()).searchParams.get('redirect_uri'), redirectUri);
        await host.browserReturns();
        await pending;
        assert.equal(isPasted(), !isForwarded);
      });
    }

    it('at the forwarded port is answered under that address only (A5, P6, T58)', async () => {
      await open([ACME], { remote: true });
      let listener = '';
      editor.env.externalUri = (uri) => {
        listener = uri.toString(true);
        return vscode.Uri.parse('http://127.0.0.1:7777/');
      };
      const pending = acquire();
      const request = await host.browserOpened();
      const query = callbackQuery(request, { code: 'code-1' });
      assert.equal(await visit(`${listener}?${query}`, new URL(listener).host), 403);
      assert.equal(await visit(`${listener}?${query}`, '127.0.0.1:7777'), 303);
      await pending;
      assert.equal(host.endpoint.requests[0]?.form.get('redirect_uri'), 'http://127.0.0.1:7777');
    });

    describe('to a port that is taken', () => {
      let other: Server;
      let redirectUri: string;
      const busy = /port|address|localhost|127/i;
      beforeEach(async () => {
        other = createServer();
        await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
        redirectUri = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
        await open([{ ...RELAY, redirectUri }]);
      });
      afterEach(() => {
        other.close();
      });

      it('is never another port: the user may paste the address instead (A5, T19)', async () => {
        editor.user.answers(busy, choice(/paste/i));
        editor.user.fillsIn(PASTE_BOX, async (box) => {
          const request = await host.browserOpened();
          assert.equal(request.searchParams.get('redirect_uri'), redirectUri);
          box.type(`${redirectUri}?${callbackQuery(request, { code: 'code-1' })}`);
        });
        await acquire();
      });

      it('opens no browser when the user does not want to paste (A5)', async () => {
        editor.user.closes(busy);
        await assert.rejects(acquire(), { code: 'canceled' });
        assert.deepEqual(editor.env.opened, []);
      });
    });
  });

  describe('with client credentials', () => {
    it('gets a token for exactly the scopes, without a browser (A6)', async () => {
      await open([SERVICE]);
      await host.window.clientSecrets.set(connection.id, 'secret-1');
      const { refreshToken } = await acquire();
      assert.equal(refreshToken, undefined);
      assert.deepEqual(editor.env.opened, []);
      const [call] = host.sessions.server.calls;
      assert.deepEqual([call?.kind, call?.scopes], ['mint', ['monitoring']]);
    });

    it('asks for the client secret when there is none (A6)', async () => {
      await open([SERVICE]);
      await assert.rejects(acquire(), { action: 'setClientSecret' });
      assert.deepEqual(host.sessions.server.calls, []);
    });
  });

  it('without one, a callback is nobody’s and the commands do nothing', async () => {
    await open();
    assert.equal(host.browserSignIn.settle('code=1&state=2'), 'ignored');
    host.browserSignIn.reopenBrowser();
    host.browserSignIn.cancel();
    await host.browserSignIn.pasteRedirectUrl();
    assert.deepEqual(editor.env.opened, []);
  });
});

/** The status of the answer to a browser that knows the listener by this name. */
async function visit(url: string, host: string): Promise<number | undefined> {
  const call = httpRequest(url, { headers: { host } }).end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
