import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  expectToastButtons,
  openView,
  quickInput,
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
  clearToasts,
  nextAnswer,
  tokenTraffic,
  useWorkbench,
} from '../support/useWorkbench.ts';
import { typeSecret } from '../support/workbenchState.ts';

const PASTED = 'https://sandbox.example/callback';
const LISTENED = 'http://localhost:48125/callback';

describe('the browser finds its way back', () => {
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

  beforeEach(() => {
    fixture.sandbox.reset();
  });

  it('`editor` sends the address of the editor’s own callback, byte for byte the same in both steps (A1)', async () => {
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
    await runCommand(page, 'View: Toggle Panel Visibility');
    await runCommand(page, 'View: Toggle Panel Visibility');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1, 'A2: a replayed callback changes nothing');
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('from an address that is not ours the person pastes where the browser ended; wrong pastes are explained (A4)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox SPA/, 'Sign In'));
    await quickInput(page, 'Paste the redirected URL').waitFor();
    await screenshot(page, 'way-back-paste');
    const ended = nextAnswer(fixture, ({ location }) => location?.startsWith(PASTED) === true);
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
    await revealRow(page, /Sandbox SPA, signing in…/);
    assert.equal(sandbox.tokenCalls['authorization_code'], undefined);

    await page.locator('.quick-input-box input').fill(` <${address}>\n`);
    await revealRow(page, /Sandbox SPA, signed in/);
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await screenshot(page, 'way-back-pasted');
    assert.equal(redirectUriOf(fixture), PASTED);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    await browser.close();
  });

  it('the relay carries a one-time nonce in `state`; the secret goes to the token endpoint only (A1)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    await treeItemAction(page, /Sandbox web/, 'Sign In');
    await toastButton(page, 'The client secret of Sandbox web is not stored', 'Set Client Secret');
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

  it('a busy registered port is told, and pasting is the way on (A5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    await changeConnection(fixture, 'Sandbox web', { redirectUri: LISTENED });
    const { port } = new URL(LISTENED);
    const other = createServer((_, response) => response.end('another program'));
    await once(other.listen(Number(port), '127.0.0.1'), 'listening');
    try {
      await runCommand(page, 'NinjaOne: Sign In');
      await quickInput(page, 'Which NinjaOne connection?').waitFor();
      await screenshot(page, 'way-back-pick');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Sandbox web' }).click();
      const busy = `Another program uses localhost:${port}`;
      await expectToastButtons(page, busy, ['Paste URL']);
      await screenshot(page, 'way-back-port-busy');
      assert.deepEqual(tokenTraffic(sandbox), [], 'the browser is not sent to a port that is not ours unasked');
      const ended = nextAnswer(fixture, ({ location }) => location?.startsWith(LISTENED) === true);
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

  it('`web` comes back to its registered loopback address, which is the same in both steps (A1, A5)', async () => {
    const { page, sandbox, workbench } = fixture;
    await clearToasts(fixture);
    await runCommand(page, 'NinjaOne: Sign In');
    const browser = await pageOpenedBy(workbench.context, () =>
      page.locator('.quick-input-list .monaco-list-row', { hasText: 'Sandbox web' }).click(),
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
});

const REDIRECTS: Readonly<Record<string, string>> = { spa: PASTED, web: 'https://vscode.dev/redirect' };

function redirectUriOf({ sandbox }: WorkbenchFixture): string {
  const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
  return request?.query.get('redirect_uri') ?? '';
}
