import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  dialogButton,
  openView,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  treeItem,
} from '../../tooling/workbenchDriver.ts';
import {
  clearToasts,
  keepSecrets,
  deskOfSuite,
  pressInRow,
  toastButtons,
  toasts,
  type Desk,
} from '../support/useWorkbench.ts';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';

const US = 'ninjaone-community.ninjaone-authentication';
const NATIVE = /Sandbox native/;
const SIGNED_IN = /Sandbox native, signed in/;

describe('what the editor keeps is not what it was', () => {
  const desk = deskOfSuite(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await clearToasts(desk.page);
    if (!(await treeItem(desk.page, SIGNED_IN).isVisible())) {
      await signIn(desk, NATIVE);
    }
  });

  /** As after an hour with a client app that gives no refresh token. */
  const letExpire = (): Promise<void> =>
    desk.workbench.host.run(async (_vscode, us, _require, secretsOf) => {
      const secrets = secretsOf(us);
      const key = (await secrets.keys()).find((each) => each.startsWith('session:')) ?? '';
      const record = JSON.parse((await secrets.get(key)) ?? '') as Readonly<Record<string, unknown>>;
      const expiresAt = Date.now() - 1000;
      const ended = { ...record, refreshToken: undefined, issuedAt: expiresAt - 3_600_000, expiresAt };
      await secrets.store(key, JSON.stringify(ended));
    }, US);

  const ask = (): Promise<string | undefined> =>
    desk.workbench.host.run(
      async (vscode) => (await vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true }))?.id,
    );

  it('A9, A10: a session that has expired without a refresh token is shown as such, answers nobody, and is signed in again', async () => {
    const { page, workbench } = desk;
    await letExpire();
    await treeItem(page, /Sandbox native, expired, sign in again/).waitFor();
    await treeItem(page, /^Session with scopes .*, expired, sign in again/).waitFor();
    await statusBarItem(page, 'Sandbox native').locator('.codicon-circle-outline').waitFor();
    await screenshot(page, 'storage-expired');
    assert.equal(await ask(), undefined);
    const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, /^Session with scopes/, 'Sign In'));
    await answerSignIn(browser);
    await treeItem(page, SIGNED_IN).waitFor();
    await treeItem(page, /^Session with scopes .*, token until/).waitFor();
    assert.equal(await treeItem(page, /expired/).count(), 0);
    await browser.close();
  });

  it('A13: Sign Out takes a session that has expired off the list', async () => {
    const { page } = desk;
    await letExpire();
    const expired = /^Session with scopes .*, expired, sign in again/;
    await treeItem(page, expired).waitFor();
    await pressInRow(page, expired, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await treeItem(page, /Sandbox native, signed out/).waitFor();
    assert.equal(await treeItem(page, expired).count(), 0);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('A14: a record that cannot be read is told once and set aside; the other session lives on', async () => {
    const { page, workbench } = desk;
    await workbench.host.run(async (_vscode, us, _require, secretsOf) => {
      await secretsOf(us).store('session:broken', '{"vers');
    }, US);
    const told = 'A stored NinjaOne session cannot be read. It is set aside for 30 days and the others work';
    assert.deepEqual(await toastButtons(page, told), ['Sign In']);
    await treeItem(page, SIGNED_IN).waitFor();
    await screenshot(page, 'storage-unreadable');
    const keys = await workbench.host.run(
      async (_vscode, us, _require, secretsOf) =>
        (await secretsOf(us).keys()).map((key) => key.split(':', 2).join(':')),
      US,
    );
    assert.ok(keys.includes('aside:broken') && !keys.includes('session:broken'), keys.join());
    assert.equal((await toasts(page)).filter((text) => text.includes('cannot be read')).length, 1);
  });
});

describe('the browser forgets what the editor keeps', () => {
  const desk = deskOfSuite(() => ({
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  before(async () => {
    await openView(desk.page, 'NinjaOne');
    await signIn(desk, NATIVE);
    await age(desk);
  });

  it('A14: another browser at the same server, which never had the session, is told nothing', async () => {
    const { workbench } = desk;
    const other = await workbench.browser.newContext({ locale: 'en-US' });
    try {
      const page = await other.newPage();
      await page.goto(workbench.url);
      await openView(page, 'NinjaOne');
      await treeItem(page, /Sandbox native, signed out/).waitFor();
      // It asks when the sessions were looked through.
      await runCommand(page, 'NinjaOne: Remove Connection…');
      await dialogButton(page, 'Cancel', 'Remove the connection Sandbox native?');
      assert.deepEqual(await toasts(page), []);
      assert.equal((await markers(desk)).length, 1);
    } finally {
      await other.close();
    }
  });

  it('A14: the one that had it says, once, which session was not kept and why', async () => {
    const { page, workbench } = desk;
    await workbench.reload();
    const told = 'Your editor did not keep these NinjaOne sessions: Sandbox native';
    assert.match(
      await (await toast(page, told)).innerText(),
      /It has no working keyring, or it runs in a browser that forgets/,
    );
    assert.deepEqual(await toastButtons(page, told), ['How to Fix']);
    await openView(page, 'NinjaOne');
    await treeItem(page, /Sandbox native, signed out/).waitFor();
    await screenshot(page, 'storage-forgotten');
    assert.deepEqual((await toasts(page)).length, 1, (await toasts(page)).join(' | '));
    assert.deepEqual(await markers(desk), [], 'so that the next start has nothing to tell');
    assert.deepEqual(workbench.outside, []);
  });
});

async function signIn({ page, workbench }: Desk, row: RegExp): Promise<void> {
  const browser = await pageOpenedBy(workbench.context, () => pressInRow(page, row, 'Sign In'));
  await answerSignIn(browser);
  await treeItem(page, SIGNED_IN).waitFor();
  await browser.close();
}

/** The marks beside the secrets: what a start goes by that finds secrets missing. */
async function markers({ workbench }: Desk): Promise<string[]> {
  const folder = path.join(workbench.dataDir, 'data/User/globalStorage', US, 'sessions');
  return (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
}

/** Sets the marks back by an hour: one that was written a moment ago is not missed yet. */
async function age(desk: Desk): Promise<void> {
  for (const file of await markers(desk)) {
    const mark = JSON.parse(await readFile(file, 'utf8')) as { readonly writtenAt: number };
    await writeFile(file, JSON.stringify({ ...mark, writtenAt: mark.writtenAt - 3_600_000 }));
  }
}
