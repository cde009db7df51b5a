import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  expectToastButtons,
  inputBox,
  inputField,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toastButton,
  toasts,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import {
  type WorkbenchFixture,
  changeConnection,
  nextResponse,
  runInHost,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { ensureClientSecret, resetExtension, typeSecret } from '../support/workbenchState.ts';

const PASTED = 'https://sandbox.example/callback';
const LISTENED = 'http://localhost:28125/callback';

describe('the redirect to the editor', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) =>
      connections
        .filter(({ clientId }) => /editor|spa|web/.test(clientId))
        .map((connection) => {
          const { platform, redirectUri } = connection;
          return { ...connection, redirectUri: redirectUri === 'editor' ? redirectUri : REDIRECTS[platform] };
        }),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await resetExtension(fixture);
    await changeConnection(fixture, 'Sandbox web', { redirectUri: REDIRECTS['web'] });
  });

  it('of `editor` has the callback address of the editor, byte for byte the same in both steps (A1)', async () => {
    const { page, sandbox, workbench } = fixture;
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox editor/, 'Sign In'));
    await answerSignIn(browser);
    await revealRow(page, /Sandbox editor, signed in/);
    await screenshot(browser, 'way-back-editor');
    const redirectUri = redirectUriOf(fixture);
    assert.ok(redirectUri.startsWith(`${workbench.origin}/`) && redirectUri.includes('vscode-authority='), redirectUri);
    const exchange = sandbox.requests.find(({ form }) => form?.grantType === 'authorization_code');
    assert.equal(exchange?.form?.redirectUri, redirectUri);
    assert.ok(exchange.form.names.includes('code_verifier'));
    assert.ok(!exchange.form.names.includes('client_secret'));

    const callback = sandbox.requests.find(({ location }) => location?.startsWith(redirectUri))?.location ?? '';
    await browser.goto(callback);
    await browser.close();
    // The extension host has got the callback once it has run what was asked of it afterwards.
    await runInHost(fixture, 'workbench.action.togglePanel');
    await runInHost(fixture, 'workbench.action.togglePanel');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1, 'A2: a replayed callback changes nothing');
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('to an address that is not ours is completed by pasting it, and wrong pastes are explained (A4)', async () => {
    const { page, sandbox, workbench } = fixture;
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox SPA/, 'Sign In'));
    await quickInput(page, 'Paste Redirected URL').waitFor();
    await screenshot(page, 'way-back-paste');
    const ended = nextResponse(fixture, ({ location }) => location?.startsWith(PASTED) === true);
    await answerSignIn(browser);
    const { location: address = '' } = await ended;
    const { search, searchParams } = new URL(address);
    const paste = async (text: string, explained: string): Promise<void> => {
      await inputBox(page, text);
      await quickInput(page, explained).waitFor();
    };
    await paste(searchParams.get('code') ?? '', 'The code alone is not enough');
    await screenshot(page, 'way-back-paste-code');
    await paste(`${sandbox.baseUrl}/ws/oauth/sign-in/1`, 'does not contain a response from NinjaOne');
    await paste(`${PASTED}?code=${searchParams.get('code')}`, 'Part of the address is missing');
    await paste(`${PASTED}?code=x&state=${'A'.repeat(43)}`, 'belongs to another sign-in');
    await screenshot(page, 'way-back-paste-other');
    await paste(`https://elsewhere.example/callback${search}`, `must start with ${PASTED}`);
    await revealRow(page, /Sandbox SPA, signing in…/);
    assert.equal(sandbox.tokenCalls['authorization_code'], undefined);

    await inputField(page).fill(` <${address}>\n`);
    await revealRow(page, /Sandbox SPA, signed in/);
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await screenshot(page, 'way-back-pasted');
    assert.equal(redirectUriOf(fixture), PASTED);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    await browser.close();
  });

  it('by the relay carries a one-time nonce in `state`, and the secret goes to the token endpoint only (A1)', async () => {
    const { page, sandbox, workbench } = fixture;
    await treeItemAction(page, /Sandbox web/, 'Sign In');
    await toastButton(page, 'The client secret for "Sandbox web" is not stored', 'Set Client Secret');
    await typeSecret(page, 'Sandbox web', 'sandbox-web-secret');
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox web/, 'Sign In'));
    const relayed = await answerRelay(browser);
    await answerSignIn(browser);
    await revealRow(page, /Sandbox web, signed in/);
    await screenshot(browser, 'way-back-relay');
    const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
    assert.equal(request?.query.get('redirect_uri'), 'https://vscode.dev/redirect');
    assert.match(request.query.get('state') ?? '', /nonce(?:=|%3D)[\w-]{43}/);
    assert.equal(request.query.get('client_secret'), null);
    assert.equal(request.query.get('code_challenge_method'), 'S256');
    assert.deepEqual([...(relayed[0]?.searchParams.keys() ?? [])].sort(), ['code', 'state']);
    assert.equal(relayed.length, 1);
    const exchange = sandbox.requests.find(({ form }) => form?.grantType === 'authorization_code');
    assert.equal(exchange?.form?.redirectUri, 'https://vscode.dev/redirect');
    assert.ok(exchange.form.names.includes('code_verifier'));
    await browser.close();
  });

  it('to a port that is in use is reported, and can be pasted (A5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await useLoopback();
    const { port } = new URL(LISTENED);
    const other = createServer((_, response) => response.end('another program'));
    await once(other.listen(Number(port), '127.0.0.1'), 'listening');
    try {
      await runCommand(page, 'NinjaOne: Sign In…');
      await quickInput(page, 'Sign in to which connection?').waitFor();
      await screenshot(page, 'way-back-pick');
      await quickPick(page, /Sandbox web/);
      const busy = `Another program is using localhost:${port}`;
      await expectToastButtons(page, busy, ['Paste URL']);
      await screenshot(page, 'way-back-port-busy');
      const visits = sandbox.requests.filter((request) => request.path === '/ws/oauth/authorize');
      assert.deepEqual(visits, [], 'the browser is not sent to a port that is not ours unasked');
      const ended = nextResponse(fixture, ({ location }) => location?.startsWith(LISTENED) === true);
      const browser = await pageOpenedBy(workbench.context, () => toastButton(page, busy, 'Paste URL'));
      await answerSignIn(browser);
      const { location = '' } = await ended;
      await quickInput(page, 'Paste Redirected URL').waitFor();
      await inputField(page).fill(location);
      await toast(page, /Signed in to Sandbox web/);
      await browser.close();
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  it('of `web` goes to its registered loopback address, the same in both steps (A1, A5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await useLoopback();
    await runCommand(page, 'NinjaOne: Sign In…');
    const browser = await pageOpenedBy(workbench.context, () =>
      quickPick(page, /Sandbox web/, { prompt: 'Sign in to which connection?' }),
    );
    await answerSignIn(browser);
    await toast(page, /Signed in to Sandbox web/);
    await browser.waitForURL((url) => url.href.startsWith(LISTENED));
    await screenshot(browser, 'way-back-loopback');
    assert.equal(new URL(browser.url()).search, '', 'the code stays neither in the address bar nor in the history');
    assert.equal(redirectUriOf(fixture), LISTENED);
    const exchange = sandbox.requests.find(({ form }) => form?.grantType === 'authorization_code');
    assert.equal(exchange?.form?.redirectUri, LISTENED);
    const callback = sandbox.requests.find(({ location }) => location?.startsWith(LISTENED))?.location ?? '';
    await fetch(callback);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1, 'A2: a replayed callback changes nothing');
    await browser.close();
  });

  /** The web client comes back to an address that the extension listens at. */
  async function useLoopback(): Promise<void> {
    await changeConnection(fixture, 'Sandbox web', { redirectUri: LISTENED });
    await ensureClientSecret(fixture, 'Sandbox web', 'sandbox-web-secret');
  }
});

const REDIRECTS: Readonly<Record<string, string>> = { spa: PASTED, web: 'https://vscode.dev/redirect' };

function redirectUriOf({ sandbox }: WorkbenchFixture): string {
  const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
  return request?.query.get('redirect_uri') ?? '';
}

/**
 * Answers the browser at `https://vscode.dev/redirect` as that page does: 302 to the address in `state`, with code and
 * state added. The request is held before its name is looked up, so no packet leaves the machine. Playwright's own routes
 * do not see where a redirect leads.
 */
async function answerRelay(page: Page): Promise<readonly URL[]> {
  const seen: URL[] = [];
  const session = await page.context().newCDPSession(page);
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    const relay = new URL(request.url);
    seen.push(relay);
    const back = new URL(relay.searchParams.get('state') ?? '');
    for (const name of ['code', 'state']) {
      back.searchParams.set(name, relay.searchParams.get(name) ?? '');
    }
    const responseHeaders = [{ name: 'location', value: back.href }];
    void session.send('Fetch.fulfillRequest', { requestId, responseCode: 302, responseHeaders });
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: 'https://vscode.dev/redirect*' }] });
  return seen;
}
