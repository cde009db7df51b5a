import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answerSignIn, pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  dialogButton,
  expectNoRow,
  expectToBecome,
  expectToastButtons,
  expectToastCount,
  openView,
  revealRow,
  runCommand,
  screenshot,
  statusBarItem,
  toast,
  toasts,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { type WorkbenchFixture, keepSecrets, useWorkbench } from '../support/useWorkbench.ts';
import { ensureSignedIn } from '../support/workbenchState.ts';

const US = 'ninjaone-community.ninjaone-authentication';
const SIGNED_IN = /Sandbox native, signed in/;

describe('stored sessions', () => {
  const fixture = useWorkbench(() => ({
    workbench: { beforeLoad: keepSecrets },
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  before(async () => {
    await openView(fixture.page, 'NinjaOne');
  });

  beforeEach(async () => {
    await ensureSignedIn(fixture);
    await revealRow(fixture.page, SIGNED_IN);
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

  it('show an expired one without a refresh token as such until it is signed in again (A9, A10)', async () => {
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
    await expectNoRow(page, /expired/);
    await browser.close();
  });

  it('lose an expired one by Sign Out (A13)', async () => {
    const { page } = fixture;
    await letExpire();
    const expired = /^Session with scopes .*, expired, sign in again/;
    await revealRow(page, expired);
    await treeItemAction(page, expired, 'Sign Out');
    await dialogButton(page, 'Sign Out');
    await revealRow(page, /Sandbox native, signed out/);
    await expectNoRow(page, expired);
    assert.deepEqual(await toasts(page, 'errors'), []);
  });

  it('set an unreadable one aside with one message and keep the others (A14)', async () => {
    const { page, workbench } = fixture;
    await workbench.host.run(async (_vscode, us, _require, secretsOf) => {
      await secretsOf(us).store('session:broken', '{"vers');
    }, US);
    const told = 'A stored NinjaOne session cannot be read. It is set aside for 30 days and the others work';
    await expectToastButtons(page, told, ['Sign In']);
    await revealRow(page, SIGNED_IN);
    await screenshot(page, 'storage-unreadable');
    await expectToBecome(
      () =>
        workbench.host.run(
          async (_vscode, us, _require, secretsOf) =>
            (await secretsOf(us).keys()).map((key) => key.split(':', 2).join(':')),
          US,
        ),
      (keys) => keys.includes('aside:broken') && !keys.includes('session:broken'),
    );
    assert.equal((await toasts(page)).filter((text) => text.includes('cannot be read')).length, 1);
  });
});

describe('sessions that the browser forgot', () => {
  const fixture = useWorkbench(() => ({
    connections: ({ connections }) => connections.filter(({ platform }) => platform === 'native'),
  }));

  beforeEach(async () => {
    await openView(fixture.page, 'NinjaOne');
    await ensureSignedIn(fixture);
    await age(fixture);
  });

  it('are not reported to another browser, which never had them (A14)', async () => {
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

  it('are reported once to the browser that had them, with the reason (A14)', async () => {
    const { page, workbench } = fixture;
    await workbench.reload();
    const told = 'Your editor did not keep these NinjaOne sessions: Sandbox native';
    await toast(page, /It has no working keyring, or it runs in a browser that forgets/);
    await expectToastButtons(page, told, ['How to Fix']);
    await openView(page, 'NinjaOne');
    await revealRow(page, /Sandbox native, signed out/);
    await screenshot(page, 'storage-forgotten');
    await expectToastCount(page, 'all', 1);
    // So that the next start has nothing to report.
    await expectToBecome(() => marks(fixture), []);
  });
});

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
