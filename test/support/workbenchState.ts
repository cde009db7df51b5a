import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import {
  dialogButton,
  eventually,
  expectToBecome,
  inputBox,
  inputField,
  quickInput,
  runCommand,
  statusBarItem,
  toast,
  viewMessage,
} from '../../tooling/workbenchDriver.ts';
import { TIMEOUT } from '../../tooling/eventually.ts';
import { pageOpenedBy } from '../../tooling/pageActions.ts';
import {
  beginInHost,
  clearToasts,
  closeOtherPages,
  connectionsSetting,
  runInHost,
  type WorkbenchFixture,
} from './useWorkbench.ts';

/*
 * What a test needs before it begins. Each of these can be called whatever the state is, so that a test needs none of the
 * tests before it.
 */

/** The labels of the accounts that are signed in. */
export function accountLabels({ workbench }: WorkbenchFixture): Promise<string[]> {
  return workbench.host.run(async (vscode) =>
    (await vscode.authentication.getAccounts('ninjaone')).map(({ label }) => label),
  );
}

/** Signs in to a connection through the browser, unless it is signed in; the first connection when none is named. */
export async function ensureSignedIn(
  fixture: WorkbenchFixture,
  connection = fixture.sandbox.connections[0]?.name ?? '',
): Promise<void> {
  const { page, workbench } = fixture;
  const isSignedIn = async (): Promise<boolean> =>
    (await accountLabels(fixture)).some((label) => label.startsWith(`${connection} · `));
  if (await isSignedIn()) {
    return;
  }
  const browser = await pageOpenedBy(workbench.context, () => beginInHost(fixture, 'ninjaone.signIn', connection));
  await allow(browser, isSignedIn);
  await toast(page, `Signed in to ${connection}`);
  await closeOtherPages(fixture);
  await clearToasts(fixture);
}

/** Answers NinjaOne's pages, if the sandbox shows any, until the sign-in is done. */
async function allow(browser: Page, isDone: () => Promise<boolean>): Promise<void> {
  const password = browser.getByLabel('Password');
  const next = browser.getByRole('button', { name: /^(?:Sign in|Allow)$/ });
  await eventually(async () => {
    if (await isDone()) {
      return;
    }
    if (await password.isVisible()) {
      await password.fill('correct horse');
    }
    if (await next.isVisible()) {
      await next.click();
    }
    assert.ok(await isDone(), 'The sign-in is not done.');
  });
}

/** Signs in to a connection of an API Services client, which needs no browser. Its secret is stored. */
export async function ensureServiceSignedIn(fixture: WorkbenchFixture, connection: string): Promise<void> {
  const { page } = fixture;
  if ((await accountLabels(fixture)).some((label) => label.startsWith(`${connection} · `))) {
    return;
  }
  await beginInHost(fixture, 'ninjaone.signIn', connection);
  // A program asks for it here, and a service has no page to consent on (A17).
  await dialogButton(page, 'Sign In', 'as a service');
  await toast(page, `Signed in to ${connection}`);
  await clearToasts(fixture);
}

/** Stores the client secret of a connection. */
export async function ensureClientSecret(fixture: WorkbenchFixture, connection: string, secret: string): Promise<void> {
  await beginInHost(fixture, 'ninjaone.setClientSecret', connection);
  await typeSecret(fixture.page, connection, secret);
  await clearToasts(fixture);
}

/** Answers the open box that asks for a client secret. */
export async function typeSecret(page: Page, connection: string, secret: string): Promise<void> {
  await inputBox(page, secret, { prompt: `Client secret of ${connection}` });
  await toast(page, `Stored the client secret of ${connection}.`);
}

/** Signs out of everything and deletes what the extension keeps; the connections in the settings stay. */
export async function resetExtension(fixture: WorkbenchFixture): Promise<void> {
  await beginInHost(fixture, 'ninjaone.reset');
  await dialogButton(fixture.page, 'Reset', 'Reset the NinjaOne extension?');
  await toast(fixture.page, 'The NinjaOne extension was reset');
  await clearToasts(fixture);
  await expectToBecome(() => accountLabels(fixture), []);
  fixture.sandbox.reset();
}

/** Allows writes for a connection for fifteen minutes. */
export async function ensureWritesAllowed(fixture: WorkbenchFixture, connection: string): Promise<void> {
  await beginInHost(fixture, 'ninjaone.unlockWrites', connection);
  await dialogButton(fixture.page, 'For 15 Minutes', 'to change data?');
  await statusBarItem(fixture.page, /writes allowed/).waitFor();
}

/** Takes the permission to write from every connection. */
export async function ensureReadOnly(fixture: WorkbenchFixture): Promise<void> {
  if ((await statusBarItem(fixture.page, /writes allowed/).count()) > 0) {
    // One that the settings do not have would be asked about.
    for (const { name } of await connectionsSetting(fixture)) {
      await runInHost(fixture, 'ninjaone.lockWrites', name);
    }
    await statusBarItem(fixture.page, /writes allowed/).waitFor({ state: 'detached' });
  }
}

/** Filters the operations of the explorer and keeps the filter. */
export async function keepFilter(fixture: WorkbenchFixture, words: string): Promise<void> {
  const { page } = fixture;
  const box = quickInput(page, 'Filter Operations');
  const shown = viewMessage(page, / of \d+ operations/).filter({ hasText: `"${words.slice(0, SHOWN)}` });
  // The tree takes the focus for the row that is found, which closes every list that is open then. Only if the focus was
  // elsewhere before does the tree's focus tell that this is over.
  await runInHost(fixture, 'workbench.action.focusActiveEditorGroup');
  await eventually(async () => {
    if (!(await box.isVisible())) {
      await runCommand(page, 'NinjaOne: Filter Operations…');
      await box.waitFor({ timeout: TIMEOUT.attempt });
    }
    const timeout = TIMEOUT.attempt;
    await inputField(page).fill(words, { timeout });
    await inputField(page).press('Enter', { timeout });
    await box.waitFor({ state: 'hidden', timeout });
    await shown.waitFor({ timeout });
  });
  await page.locator('.part.sidebar .monaco-list:focus').waitFor();
}

/** The message has so many characters of a filter at least. */
const SHOWN = 15;

export async function clearFilter(fixture: WorkbenchFixture): Promise<void> {
  await runInHost(fixture, 'ninjaone.explorer.clearFilter');
  await viewMessage(fixture.page, / of \d+ operations/).waitFor({ state: 'hidden' });
}
