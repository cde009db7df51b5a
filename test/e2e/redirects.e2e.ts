import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { openView, runCommand, screenshot, toast, toastButton, treeItem } from '../../tooling/workbenchDriver.ts';
import {
  answerRelay,
  changeConnection,
  clearToasts,
  deskOfSuite,
  quickInput,
  toastButtons,
  toasts,
  typeSecret,
  type Desk,
  pressInRow,
  tokenTraffic,
} from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

const PASTED = 'https://sandbox.example/callback';
const LISTENED = 'http://localhost:48125/callback';

describe('the browser finds its way back', () => {
  const desk = deskOfSuite(() => ({
    connections: ({ connections }) =>
      connections
        .filter(({ clientId }) => /editor|spa|web/.test(clientId))
        .map((connection) => {
          const { platform, redirectUri } = connection;
          return { ...connection, redirectUri: redirectUri === 'editor' ? redirectUri : REDIRECTS[platform] };
        }),
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
  });

  beforeEach(() => {
    desk.sandbox.reset();
  });

  it('A1: `editor` sends the address of the editor’s own callback, byte for byte the same in both steps', async () => {
    const { page, sandbox, workbench } = desk;
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox editor/, 'Sign In'));
    await answerSignIn(browser);
    await treeItem(page, /Sandbox editor, signed in/).waitFor();
    await screenshot(browser, 'way-back-editor');
    const redirectUri = redirectUriOf(desk);
    assert.ok(redirectUri.startsWith(`${workbench.origin}/`) && redirectUri.includes('vscode-authority='), redirectUri);
    const exchange = sandbox.requests.find(({ form }) => form?.grantType === 'authorization_code');
    assert.equal(exchange?.form?.redirectUri, redirectUri);
    assert.ok(exchange.form.names.includes('code_verifier'));
    assert.ok(!exchange.form.names.includes('client_secret'));

    const callback = sandbox.requests.find(({ location }) => location?.startsWith(redirectUri))?.location ?? '';
    await browser.goto(callback);
    await browser.close();
    await runCommand(page, 'View: Toggle Panel Visibility');
    await runCommand(page, 'View: Toggle Panel Visibility');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1, 'A2: a replayed callback changes nothing');
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('A4: from an address that is not ours the person pastes where the browser ended; wrong pastes are explained', async () => {
    const { page, sandbox, workbench } = desk;
    await clearToasts(page);
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox SPA/, 'Sign In'));
    await quickInput(page, 'Paste the redirected URL').waitFor();
    await screenshot(page, 'way-back-paste');
    const ended = sandbox.nextResponse(({ location }) => location?.startsWith(PASTED) === true);
    await answerSignIn(browser);
    const { location: address = '' } = await ended;
    const { search, searchParams } = new URL(address);
    const paste = async (text: string, explained: string): Promise<void> => {
      await page.locator('.quick-input-box input').fill(text);
      await page.keyboard.press('Enter');
      await quickInput(page, explained).waitFor();
    };
    await paste(searchParams.get('code') ?? '', 'not only the code');
    await screenshot(page, 'way-back-paste-code');
    await paste(`${sandbox.baseUrl}/ws/oauth/sign-in/1`, 'has no answer of NinjaOne');
    await paste(`${PASTED}?code=${searchParams.get('code')}`, 'A part of this address is missing');
    await paste(`${PASTED}?code=x&state=${'A'.repeat(43)}`, 'belongs to another sign-in');
    await screenshot(page, 'way-back-paste-other');
    await paste(`https://elsewhere.example/callback${search}`, `has to begin with ${PASTED}`);
    await treeItem(page, /Sandbox SPA, signing in…/).waitFor();
    assert.equal(sandbox.tokenCalls['authorization_code'], undefined);

    await page.locator('.quick-input-box input').fill(` <${address}>\n`);
    await treeItem(page, /Sandbox SPA, signed in/).waitFor();
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await screenshot(page, 'way-back-pasted');
    assert.equal(redirectUriOf(desk), PASTED);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    await browser.close();
  });

  it('A1: the relay carries a one-time nonce in `state`; the secret goes to the token endpoint only', async () => {
    const { page, sandbox, workbench } = desk;
    await clearToasts(page);
    await pressInRow(page, /Sandbox web/, 'Sign In');
    await toastButton(page, 'The client secret of Sandbox web is not stored', 'Set Client Secret');
    await typeSecret(page, 'Sandbox web', 'sandbox-web-secret');
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox web/, 'Sign In'));
    const relayed = await answerRelay(browser);
    await answerSignIn(browser);
    await treeItem(page, /Sandbox web, signed in/).waitFor();
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

  it('A5: a busy registered port is told, and pasting is the way on', async () => {
    const { page, sandbox, workbench } = desk;
    await clearToasts(page);
    await changeConnection(desk, 'Sandbox web', { redirectUri: LISTENED });
    const { port } = new URL(LISTENED);
    const other = createServer((_, response) => response.end('another program'));
    await once(other.listen(Number(port), '127.0.0.1'), 'listening');
    try {
      await runCommand(page, 'NinjaOne: Sign In');
      await quickInput(page, 'Which NinjaOne connection?').waitFor();
      await screenshot(page, 'way-back-pick');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Sandbox web' }).click();
      const busy = `Another program uses localhost:${port}`;
      assert.deepEqual(await toastButtons(page, busy), ['Paste URL']);
      await screenshot(page, 'way-back-port-busy');
      assert.deepEqual(tokenTraffic(sandbox), [], 'the browser is not sent to a port that is not ours unasked');
      const ended = sandbox.nextResponse(({ location }) => location?.startsWith(LISTENED) === true);
      const browser = await pageOpenedBy(workbench.context, () => toastButton(page, busy, 'Paste URL'));
      await answerSignIn(browser);
      const { location = '' } = await ended;
      await quickInput(page, 'Paste the redirected URL').waitFor();
      await page.locator('.quick-input-box input').fill(location);
      await toast(page, /Signed in to Sandbox web/);
      await browser.close();
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });

  it('A1, A5: `web` comes back to its registered loopback address, which is the same in both steps', async () => {
    const { page, sandbox, workbench } = desk;
    await clearToasts(page);
    await runCommand(page, 'NinjaOne: Sign In');
    const browser = await pageOpenedBy(workbench.context, () =>
      page.locator('.quick-input-list .monaco-list-row', { hasText: 'Sandbox web' }).click(),
    );
    await answerSignIn(browser);
    await toast(page, /Signed in to Sandbox web/);
    await browser.waitForURL((url) => url.href.startsWith(LISTENED));
    await screenshot(browser, 'way-back-loopback');
    assert.equal(new URL(browser.url()).search, '', 'the code stays neither in the address bar nor in the history');
    assert.equal(redirectUriOf(desk), LISTENED);
    const exchange = sandbox.requests.find(({ form }) => form?.grantType === 'authorization_code');
    assert.equal(exchange?.form?.redirectUri, LISTENED);
    const callback = sandbox.requests.find(({ location }) => location?.startsWith(LISTENED))?.location ?? '';
    await fetch(callback);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1, 'A2: a replayed callback changes nothing');
    await browser.close();
  });

  it('§0: nothing but loopback was asked for', () => {
    assert.deepEqual(desk.workbench.outside, []);
  });
});

const REDIRECTS: Readonly<Record<string, string>> = { spa: PASTED, web: 'https://vscode.dev/redirect' };

function redirectUriOf({ sandbox }: Desk): string {
  const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
  return request?.query.get('redirect_uri') ?? '';
}
