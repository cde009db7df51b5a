import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Page } from 'playwright-core';
import {
  openView,
  quickPick,
  runCommand,
  screenshot,
  toast,
  toastButton,
  treeItem,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import {
  clearToasts,
  deskOfSuite,
  quickInput,
  toastButtons,
  toasts,
  type Desk,
  pressInRow,
} from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

const NATIVE = /Sandbox native/;
const CANCEL_TAKES = 200;
const RENEWAL_TIMEOUTS = 'The sign-in to Sandbox native waits for your browser.';

describe('a sign-in is interrupted', () => {
  const desk = deskOfSuite(() => ({
    connections: ({ connections }) => connections.filter(({ clientId }) => /native|editor/.test(clientId)),
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
  });

  beforeEach(async () => {
    desk.sandbox.reset();
    await clearToasts(desk.page);
  });

  afterEach(async () => {
    const [, ...browsers] = desk.workbench.context.pages();
    await Promise.all(browsers.map((browser) => browser.close()));
  });

  const begin = (): Promise<Page> =>
    pageOpenedBy(desk.workbench.context, () => pressInRow(desk.page, NATIVE, 'Sign In'));

  const canceled = async (redirectUri: string): Promise<void> => {
    await treeItem(desk.page, /Sandbox native, signed out/).waitFor();
    await assert.rejects(fetch(redirectUri), 'the port is free');
    assert.deepEqual(await toasts(desk.page, 'errors'), []);
    assert.deepEqual(desk.sandbox.tokenCalls, {});
  };

  it('A4: Cancel in the progress frees the port, without a word', async () => {
    const { page, sandbox, workbench } = desk;
    const browser = await begin();
    await browser.getByRole('button', { name: 'Sign in' }).waitFor();
    await toast(page, 'Signing in to Sandbox native…');
    await treeItem(page, /Sandbox native, signing in…/).waitFor();
    await screenshot(page, 'interrupted-progress');
    const redirectUri = redirectUriOf(desk);
    assert.match(await (await fetch(redirectUri)).text(), /Nothing to do here/);
    await toastButton(page, 'Signing in to Sandbox native…', 'Cancel');
    await canceled(redirectUri);
    await screenshot(page, 'interrupted-canceled');

    const late = sandbox.nextResponse(({ location }) => location?.startsWith(redirectUri) === true);
    await answerSignIn(browser);
    await late;
    await canceled(redirectUri);
    assert.deepEqual(workbench.outside, []);
  });

  it(`A4: a click on Cancel frees the port within ${CANCEL_TAKES} ms`, async () => {
    const { page } = desk;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    const waiting = await toast(page, 'Signing in to Sandbox native…');
    await waiting.getByRole('button', { name: 'Cancel' }).hover();
    await page.mouse.down();
    const free = portFree(redirectUriOf(desk));
    const clicked = performance.now();
    await page.mouse.up();
    const took = (await free) - clicked;
    assert.ok(took <= CANCEL_TAKES, `it took ${took} ms`);
    await canceled(redirectUriOf(desk));
  });

  it('A4: Cancel Sign-In in the view frees the port', async () => {
    const { page } = desk;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await treeItemAction(page, NATIVE, 'Cancel Sign-In');
    await canceled(redirectUriOf(desk));
  });

  it('A4: Cancel Sign-In in the palette frees the port, and is there only meanwhile', async () => {
    const { page } = desk;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    await canceled(redirectUriOf(desk));
    await page.keyboard.press('F1');
    await page.locator('.quick-input-box input').fill('>NinjaOne: Cancel Sign-In');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'NinjaOne: Cancel Sign-In' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  it('A3, A16: a consent that was denied ends the sign-in with one sentence and the button Sign In', async () => {
    const { page, sandbox } = desk;
    const browser = await begin();
    await answerSignIn(browser, 'Deny');
    const denied = 'Access for "Sandbox native" was denied in the browser.';
    assert.deepEqual(await toastButtons(page, denied), ['Sign In']);
    await screenshot(page, 'interrupted-denied');
    await screenshot(browser, 'interrupted-denied-browser');
    await treeItem(page, /Sandbox native, signed out/).waitFor();
    assert.deepEqual(sandbox.tokenCalls, {});
    assert.equal((await toasts(page, 'errors')).length, 1);
  });

  it('A3: what the server says is shown as plain text', async () => {
    const { page, sandbox } = desk;
    const description = '[Click here](command:workbench.action.closeWindow) <b>now</b>\u202e';
    sandbox.misbehave({ authorize: { kind: 'refuse', error: 'odd_error', description, times: 1 } });
    const browser = await begin();
    await answerSignIn(browser);
    const refused = await toast(page, 'NinjaOne refused "Sandbox native"');
    await screenshot(page, 'interrupted-refused');
    assert.equal(await refused.locator('.notification-list-item-message a').count(), 0);
    assert.equal(await refused.locator('.notification-list-item-message b').count(), 0);
    assert.ok(!(await refused.innerText()).includes('\u202e'));
  });

  it('A4: Reopen Browser opens the same sign-in once more, from the view and the palette', async () => {
    const { page, sandbox, workbench } = desk;
    const first = await begin();
    await first.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    const second = await pageOpenedBy(workbench.context, () =>
      treeItemAction(page, NATIVE, 'Reopen Browser for Sign-In'),
    );
    await second.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await first.close();
    const third = await pageOpenedBy(workbench.context, () => runCommand(page, 'NinjaOne: Reopen Browser for Sign-In'));
    await answerSignIn(third);
    await toast(page, 'Signed in to Sandbox native');
    const states = sandbox.requests.filter(({ path }) => path === '/ws/oauth/authorize');
    assert.equal(states.length, 3);
    assert.equal(new Set(states.map(({ query }) => query.get('state'))).size, 1);
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('A4: a second sign-in to the same connection joins the first, one to another replaces it, without an error', async () => {
    const { page, sandbox, workbench } = desk;
    const again = (): Promise<Page> =>
      pageOpenedBy(workbench.context, async () => {
        await runCommand(page, 'NinjaOne: Sign In');
        await quickPick(page, 'Sandbox native');
      });
    const first = await again();
    await first.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    const second = await again();
    await second.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    const [one, two] = sandbox.requests.filter(({ path }) => path === '/ws/oauth/authorize');
    assert.equal(two?.query.get('state'), one?.query.get('state'));
    assert.equal((await toasts(page)).filter((text) => text.includes('Signing in')).length, 1);

    const replaced = await pageOpenedBy(workbench.context, () => pressInRow(page, /Sandbox editor/, 'Sign In'));
    await treeItem(page, /Sandbox editor, signing in…/).waitFor();
    assert.equal(await treeItem(page, /Sandbox native, signing in…/).count(), 0);
    await screenshot(page, 'interrupted-replaced');
    await answerSignIn(replaced);
    await toast(page, 'Signed in to Sandbox editor');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('A4: after ten seconds a message offers to reopen the browser, to paste, to wait and to cancel', async () => {
    const { page } = desk;
    const browser = await pageOpenedBy(desk.workbench.context, async () => {
      await runCommand(page, 'NinjaOne: Sign In');
      await quickPick(page, 'Sandbox native');
    });
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    assert.deepEqual(await toastButtons(page, RENEWAL_TIMEOUTS), [
      'Reopen Browser',
      'Paste URL',
      'Keep Waiting',
      'Cancel',
    ]);
    await screenshot(page, 'interrupted-help');
    await toastButton(page, RENEWAL_TIMEOUTS, 'Paste URL');
    await quickInput(page, 'Paste the redirected URL').waitFor();
    await screenshot(page, 'interrupted-help-paste');
    await page.keyboard.press('Escape');
    await treeItem(page, /Sandbox native, signing in…/).waitFor();
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    await treeItem(page, /Sandbox native, signed (?:in|out)/).waitFor();
    await assert.rejects(fetch(redirectUriOf(desk)), 'the port is free');
    assert.deepEqual(await toasts(page, 'errors'), []);
  });
});

/** When nobody listens at the address any more, on the clock of `performance`. Asks without a pause. */
async function portFree(address: string): Promise<number> {
  const { hostname, port } = new URL(address);
  for (;;) {
    const socket = connect(Number(port), hostname);
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (!isUp) {
      return performance.now();
    }
  }
}

function redirectUriOf({ sandbox }: Desk): string {
  const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
  return request?.query.get('redirect_uri') ?? '';
}
