import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { Page } from 'playwright-core';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  expectToastButtons,
  expectToastCount,
  openView,
  quickInput,
  quickPick,
  revealRow,
  runCommand,
  screenshot,
  toast,
  toastButton,
  toasts,
  treeItem,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { type WorkbenchFixture, clearToasts, nextAnswer, useWorkbench } from '../support/useWorkbench.ts';

const NATIVE = /Sandbox native/;
const CANCEL_TAKES = 200;
const WAITS = 'The sign-in to Sandbox native waits for your browser.';

describe('a sign-in is interrupted', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) => connections.filter(({ clientId }) => /native|editor/.test(clientId)),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    fixture.sandbox.reset();
    await clearToasts(fixture);
  });

  afterEach(async () => {
    const [, ...browsers] = fixture.workbench.context.pages();
    await Promise.all(browsers.map((browser) => browser.close()));
  });

  const begin = (): Promise<Page> =>
    pageOpenedBy(fixture.workbench.context, () => treeItemAction(fixture.page, NATIVE, 'Sign In'));

  const canceled = async (redirectUri: string): Promise<void> => {
    await revealRow(fixture.page, /Sandbox native, signed out/);
    await assert.rejects(fetch(redirectUri), 'the port is free');
    assert.deepEqual(await toasts(fixture.page, 'errors'), []);
    assert.deepEqual(fixture.sandbox.tokenCalls, {});
  };

  it('Cancel in the progress frees the port, without a word (A4)', async () => {
    const { page, sandbox, workbench } = fixture;
    const browser = await begin();
    await browser.getByRole('button', { name: 'Sign in' }).waitFor();
    await toast(page, 'Signing in to Sandbox native…');
    await revealRow(page, /Sandbox native, signing in…/);
    await screenshot(page, 'interrupted-progress');
    const redirectUri = redirectUriOf(fixture);
    assert.match(await (await fetch(redirectUri)).text(), /Nothing to do here/);
    await toastButton(page, 'Signing in to Sandbox native…', 'Cancel');
    await canceled(redirectUri);
    await screenshot(page, 'interrupted-canceled');

    const late = nextAnswer(fixture, ({ location }) => location?.startsWith(redirectUri) === true);
    await answerSignIn(browser);
    await late;
    await canceled(redirectUri);
  });

  it(`a click on Cancel frees the port within ${CANCEL_TAKES} ms (A4)`, async () => {
    const { page } = fixture;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    const waiting = await toast(page, 'Signing in to Sandbox native…');
    await waiting.getByRole('button', { name: 'Cancel' }).hover();
    await page.mouse.down();
    const free = portFree(redirectUriOf(fixture));
    const clicked = performance.now();
    await page.mouse.up();
    const took = (await free) - clicked;
    assert.ok(took <= CANCEL_TAKES, `it took ${took} ms`);
    await canceled(redirectUriOf(fixture));
  });

  it('Cancel Sign-In in the view frees the port (A4)', async () => {
    const { page } = fixture;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await treeItemAction(page, NATIVE, 'Cancel Sign-In');
    await canceled(redirectUriOf(fixture));
  });

  it('Cancel Sign-In in the palette frees the port, and is there only meanwhile (A4)', async () => {
    const { page } = fixture;
    const browser = await begin();
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    await canceled(redirectUriOf(fixture));
    await page.keyboard.press('F1');
    await page.locator('.quick-input-box input').fill('>NinjaOne: Cancel Sign-In');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: 'NinjaOne: Cancel Sign-In' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  });

  it('a consent that was denied ends the sign-in with one sentence and the button Sign In (A3, A16)', async () => {
    const { page, sandbox } = fixture;
    const browser = await begin();
    await answerSignIn(browser, 'Deny');
    const denied = 'Access for "Sandbox native" was denied in the browser.';
    await expectToastButtons(page, denied, ['Sign In']);
    await screenshot(page, 'interrupted-denied');
    await screenshot(browser, 'interrupted-denied-browser');
    await revealRow(page, /Sandbox native, signed out/);
    assert.deepEqual(sandbox.tokenCalls, {});
    await expectToastCount(page, 'errors', 1);
  });

  it('what the server says is shown as plain text (A3)', async () => {
    const { page, sandbox } = fixture;
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

  it('Reopen Browser opens the same sign-in once more, from the view and the palette (A4)', async () => {
    const { page, sandbox, workbench } = fixture;
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

  it('a second sign-in to the same connection joins the first, one to another replaces it, without an error (A4)', async () => {
    const { page, sandbox, workbench } = fixture;
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

    const replaced = await pageOpenedBy(workbench.context, () => treeItemAction(page, /Sandbox editor/, 'Sign In'));
    await revealRow(page, /Sandbox editor, signing in…/);
    assert.equal(await treeItem(page, /Sandbox native, signing in…/).count(), 0);
    await screenshot(page, 'interrupted-replaced');
    await answerSignIn(replaced);
    await toast(page, 'Signed in to Sandbox editor');
    assert.equal(sandbox.tokenCalls['authorization_code'], 1);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('after ten seconds a message offers to reopen the browser, to paste, to wait and to cancel (A4)', async () => {
    const { page } = fixture;
    const browser = await pageOpenedBy(fixture.workbench.context, async () => {
      await runCommand(page, 'NinjaOne: Sign In');
      await quickPick(page, 'Sandbox native');
    });
    await browser.getByRole('button', { name: /Sign in|Allow/ }).waitFor();
    await expectToastButtons(page, WAITS, ['Reopen Browser', 'Paste URL', 'Keep Waiting', 'Cancel']);
    await screenshot(page, 'interrupted-help');
    await toastButton(page, WAITS, 'Paste URL');
    await quickInput(page, 'Paste the redirected URL').waitFor();
    await screenshot(page, 'interrupted-help-paste');
    await page.keyboard.press('Escape');
    await revealRow(page, /Sandbox native, signing in…/);
    await runCommand(page, 'NinjaOne: Cancel Sign-In');
    await revealRow(page, /Sandbox native, signed (?:in|out)/);
    await assert.rejects(fetch(redirectUriOf(fixture)), 'the port is free');
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

function redirectUriOf({ sandbox }: WorkbenchFixture): string {
  const request = sandbox.requests.find(({ path }) => path === '/ws/oauth/authorize');
  return request?.query.get('redirect_uri') ?? '';
}
