import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialogButton,
  expectToastButtons,
  openView,
  revealRow,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toasts,
  treeItem,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { type WorkbenchFixture, clearToasts, keepSecrets, useWorkbench } from '../support/useWorkbench.ts';

const US = 'ninjaone-community.ninjaone-authentication';
const NATIVE = /Sandbox native/;
const SIGNED_IN = /Sandbox native, signed in/;

describe('what the editor keeps is not what it was', () => {
  const fixture = useWorkbench(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await clearToasts(fixture);
    if (!(await treeItem(fixture.page, SIGNED_IN).isVisible())) {
      await signIn(fixture, NATIVE);
    }
  });

  /** As after an hour with a client app that gives no refresh token. */
  const letExpire = (): Promise<void> =>
    fixture.workbench.host.run(async (_vscode, us, _require, secretsOf) => {
      const secrets = secretsOf(us);
      const key = (await secrets.keys()).find((each) => each.startsWith('session:')) ?? '';
      const record = JSON.parse((await secrets.get(key)) ?? '') as Readonly<Record<string, unknown>>;
      const expiresAt = Date.now() - 1000;
      const ended = { ...record, refreshToken: undefined, issuedAt: expiresAt - 3_600_000, expiresAt };
      await secrets.store(key, JSON.stringify(ended));
    }, US);

  const ask = (): Promise<string | undefined> =>
    fixture.workbench.host.run(
      async (vscode) => (await vscode.authentication.getSession('ninjaone', ['monitoring'], { silent: true }))?.id,
    );

  it('a session that has expired without a refresh token is shown as such, answers nobody, and is signed in again (A9, A10)', async () => {
    const { page, workbench } = fixture;
    await letExpire();
    await revealRow(page, /Sandbox native, expired, sign in again/);
    await revealRow(page, /^Session with scopes .*, expired, sign in again/);
    await statusBarItem(page, 'Sandbox native').locator('.codicon-circle-outline').waitFor();
    await screenshot(page, 'storage-expired');
    assert.equal(await ask(), undefined);
    const browser = await pageOpenedBy(workbench.context, () =>
      treeItemAction(page, /^Session with scopes/, 'Sign In'),
    );
    await answerSignIn(browser);
    await revealRow(page, SIGNED_IN);
    await revealRow(page, /^Session with scopes .*, token until/);
    assert.equal(await treeItem(page, /expired/).count(), 0);
    await browser.close();
  });

  it('Sign Out takes a session that has expired off the list (A13)', async () => {
    const { page } = fixture;
    await letExpire();
    const expired = /^Session with scopes .*, expired, sign in again/;
    await revealRow(page, expired);
    await treeItemAction(page, expired, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await revealRow(page, /Sandbox native, signed out/);
    assert.equal(await treeItem(page, expired).count(), 0);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('a record that cannot be read is told once and set aside; the other session lives on (A14)', async () => {
    const { page, workbench } = fixture;
    await workbench.host.run(async (_vscode, us, _require, secretsOf) => {
      await secretsOf(us).store('session:broken', '{"vers');
    }, US);
    const told = 'A stored NinjaOne session cannot be read. It is set aside for 30 days and the others work';
    await expectToastButtons(page, told, ['Sign In']);
    await revealRow(page, SIGNED_IN);
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
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
    await signIn(fixture, NATIVE);
    await age(fixture);
  });

  it('another browser at the same server, which never had the session, is told nothing (A14)', async () => {
    const { workbench } = fixture;
    const other = await workbench.browser.newContext({ locale: 'en-US' });
    try {
      const page = await other.newPage();
      await page.goto(workbench.url);
      await openView(page, 'NinjaOne');
      await revealRow(page, /Sandbox native, signed out/);
      // It asks when the sessions were looked through.
      await runCommand(page, 'NinjaOne: Remove Connection…');
      await dialogButton(page, 'Cancel', 'Remove the connection Sandbox native?');
      assert.deepEqual(await toasts(page), []);
      assert.equal((await marks(fixture)).length, 1);
    } finally {
      await other.close();
    }
  });

  it('the one that had it says, once, which session was not kept and why (A14)', async () => {
    const { page, workbench } = fixture;
    await workbench.reload();
    const told = 'Your editor did not keep these NinjaOne sessions: Sandbox native';
    assert.match(
      await (await toast(page, told)).innerText(),
      /It has no working keyring, or it runs in a browser that forgets/,
    );
    await expectToastButtons(page, told, ['How to Fix']);
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native, signed out/);
    await screenshot(page, 'storage-forgotten');
    assert.deepEqual((await toasts(page)).length, 1, (await toasts(page)).join(' | '));
    assert.deepEqual(await marks(fixture), [], 'so that the next start has nothing to tell');
  });
});

async function signIn({ page, workbench }: WorkbenchFixture, row: RegExp): Promise<void> {
  const browser = await pageOpenedBy(workbench.context, () => treeItemAction(page, row, 'Sign In'));
  await answerSignIn(browser);
  await revealRow(page, SIGNED_IN);
  await browser.close();
}

/** The marks beside the secrets: what a start goes by that finds secrets missing. */
async function marks({ workbench }: WorkbenchFixture): Promise<string[]> {
  const folder = path.join(workbench.dataDir, 'data/User/globalStorage', US, 'sessions');
  return (await readdir(folder)).filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
}

/** Sets the marks back by an hour: one that was written a moment ago is not missed yet. */
async function age(fixture: WorkbenchFixture): Promise<void> {
  for (const file of await marks(fixture)) {
    const mark = JSON.parse(await readFile(file, 'utf8')) as { readonly writtenAt: number };
    await writeFile(file, JSON.stringify({ ...mark, writtenAt: mark.writtenAt - 3_600_000 }));
  }
}
