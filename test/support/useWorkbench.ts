import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Tab } from 'vscode';
import type { RequestPredicate, SandboxRequest } from '../../sandbox/requestLog.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { withTimeout } from '../../src/core/base/lifecycle.ts';
import { consumerExtension } from '../../tooling/hostFixtures.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';
import { startWorkbench, type Workbench, type WorkbenchOptions } from '../../tooling/workbench.ts';
import {
  dialog,
  dialogButton,
  dismissPopups,
  eventually,
  expectToBecome,
  screenshot,
  TIMEOUT,
} from '../../tooling/workbenchDriver.ts';
import { shuffleTests } from './shuffleTests.ts';

/** A running workbench that has the extension installed, and a sandbox to sign in to. */
export interface WorkbenchFixture {
  readonly sandbox: Sandbox;
  readonly workbench: Workbench;
  readonly page: Page;
}

export interface FixtureOptions {
  readonly sandbox?: SandboxOptions;
  readonly workbench?: WorkbenchOptions;
  /** The user's setting `ninjaone.connections`; the sandbox's five when nothing is said. */
  readonly connections?: (sandbox: Sandbox) => readonly unknown[];
}

/**
 * Gives the suite that calls this a workbench of its own from before its first test until after its last. After each test,
 * whether it failed or not, the workbench is put back: a screenshot of a failure is kept, whatever the test left open is
 * closed, the sandbox is reset, and nothing but loopback may have been asked for (P4). What the fixture consists of can be
 * read as soon as a hook or a test runs.
 */
export function useWorkbench(options: () => FixtureOptions | Promise<FixtureOptions> = () => ({})): WorkbenchFixture {
  let started: WorkbenchFixture | undefined;
  const present = (): WorkbenchFixture => {
    if (!started) {
      throw new Error('The workbench runs while tests and their hooks do.');
    }
    return started;
  };
  const fixture: WorkbenchFixture = {
    get sandbox() {
      return present().sandbox;
    },
    get workbench() {
      return present().workbench;
    },
    get page() {
      return present().page;
    },
  };
  shuffleTests();
  before(async () => {
    started = await start(await options());
  });
  afterEach(async function () {
    if (started) {
      if (this.currentTest?.state === 'failed') {
        await captureFailure(started, this.currentTest.fullTitle());
      }
      await putBack(started);
    }
  });
  after(async () => {
    await started?.workbench.stop();
    await started?.sandbox.stop();
  });
  return fixture;
}

async function start(options: FixtureOptions): Promise<WorkbenchFixture> {
  const sandbox = await startSandbox(options.sandbox);
  try {
    const workbench = await startWorkbench({
      extensions: [projectRoot, consumerExtension],
      agent: true,
      ...options.workbench,
      userSettings: {
        'ninjaone.connections': options.connections?.(sandbox) ?? sandbox.connections,
        // VS Code in a browser saves by itself, and would hide whether the extension does.
        'files.autoSave': 'off',
        'workbench.reduceMotion': 'on',
        ...options.workbench?.userSettings,
      },
    });
    sandbox.allowRedirectOrigin(workbench.origin);
    return { sandbox, workbench, page: workbench.page };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/** Keeps what the windows show, and what their messages were, beside the other pictures. */
async function captureFailure({ page, workbench }: WorkbenchFixture, title: string): Promise<void> {
  const name = `failed-${title.replace(/\W+/g, '-').slice(0, 80)}`;
  try {
    for (const [index, each] of workbench.context.pages().entries()) {
      await screenshot(each, `${name}-${index + 1}`);
    }
    if (workbench.hasAgent) {
      await runInHost({ workbench }, 'notifications.showList');
      await screenshot(page, `${name}-messages`);
    }
  } catch (error) {
    console.error(`Not all pictures of ${name} could be taken: ${String(error)}`);
  }
}

/** What a test may have left behind is closed, so that the next one begins with an empty screen. */
async function putBack(fixture: WorkbenchFixture): Promise<void> {
  const { page, sandbox, workbench } = fixture;
  await closeOtherPages(fixture);
  await dismissPopups(page);
  if (workbench.hasAgent) {
    // Its progress would stay on the screen.
    await runInHost(fixture, 'ninjaone.cancelSignIn');
    await closeEditors(fixture);
    await clearToasts(fixture);
  }
  sandbox.reset();
  assert.deepEqual(workbench.outside, [], 'Nothing but loopback is asked for (P4).');
}

/** Closes the pages that sign-ins opened. */
export async function closeOtherPages({ page, workbench }: WorkbenchFixture): Promise<void> {
  const others = workbench.context.pages().filter((each) => each !== page);
  if (others.length > 0) {
    await Promise.all(others.map((each) => each.close()));
    // Only the page in front has the clipboard.
    await page.bringToFront();
  }
}

/** Closes every editor and the panel; unsaved changes are lost. */
export async function closeEditors({ page, workbench }: WorkbenchFixture): Promise<void> {
  await eventually(async () => {
    const closing = workbench.host.run(async (vscode) => {
      const tabs = (): readonly Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      // VS Code opens an unsaved file again when no tab shows it, so it is reverted first.
      for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
        await vscode.window.showTextDocument(document, { preview: false });
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      }
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.commands.executeCommand('workbench.action.closePanel');
      const unsaved = vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty);
      return [...tabs().map(({ label }) => label), ...unsaved.map(({ fileName }) => fileName)];
    });
    // An editor that is in no tab, such as a modal one, is closed with a question.
    const question = dialog(page, 'Do you want to save');
    let isClosed = false;
    void closing.finally(() => (isClosed = true)).catch(() => {});
    await eventually(async () => {
      if (await question.isVisible()) {
        await dialogButton(page, "Don't Save", 'Do you want to save');
      }
      assert.ok(isClosed, 'The editors are still being closed.');
    });
    assert.deepEqual(await closing, []);
  });
}

/** Takes every message off the screen and out of the notification center. */
export async function clearToasts({ page, workbench }: WorkbenchFixture): Promise<void> {
  const shown = page.locator('.notification-list-item').filter({ visible: true });
  await eventually(async () => {
    await runInHost({ workbench }, 'notifications.clearAll');
    await runInHost({ workbench }, 'notifications.hideList');
    await shown.first().waitFor({ state: 'hidden', timeout: TIMEOUT.attempt });
  });
}

/** Runs a command to its end, as a key that is bound to it does. */
export async function runInHost(
  { workbench }: Pick<WorkbenchFixture, 'workbench'>,
  command: string,
  ...args: readonly unknown[]
): Promise<void> {
  await workbench.host.run(
    async (vscode, [id, rest]) => {
      await vscode.commands.executeCommand(id, ...rest);
    },
    [command, args] as const,
  );
}

/** Begins a command that ends only when its questions are answered and its messages are gone. */
export async function beginInHost(
  { workbench }: Pick<WorkbenchFixture, 'workbench'>,
  command: string,
  ...args: readonly unknown[]
): Promise<void> {
  await workbench.host.run(
    (vscode, [id, rest]) => {
      void vscode.commands.executeCommand(id, ...rest);
    },
    [command, args] as const,
  );
}

/**
 * Changes settings of the user in the running VS Code; `undefined` takes one away. VS Code refuses while it has not yet
 * read again a settings file that was changed beside it.
 */
export async function configure(
  { workbench }: Pick<WorkbenchFixture, 'workbench'>,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  await eventually(() =>
    workbench.host.run(async (vscode, entries) => {
      for (const [key, value] of entries) {
        await vscode.workspace
          .getConfiguration()
          .update(key, value === null ? undefined : value, vscode.ConfigurationTarget.Global);
      }
    }, Object.entries(settings)),
  );
}

/**
 * Waits until the clipboard satisfies `expected`, and answers it. Run as text: the page's globals are not those of the
 * tests.
 */
export async function expectClipboard(page: Page, expected: string | RegExp): Promise<string> {
  return expectToBecome(() => clipboardText(page), expected);
}

export async function clipboardText(page: Page): Promise<string> {
  // Only the page in front has the clipboard.
  await page.bringToFront();
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/**
 * The next request of this kind that the sandbox has answered. It is to be called before what makes the request; fails by
 * itself, with the requests that were made instead.
 */
export function nextResponse(
  { sandbox }: WorkbenchFixture,
  matches: string | RequestPredicate,
): Promise<SandboxRequest> {
  const predicate: RequestPredicate = typeof matches === 'string' ? ({ path }) => path === matches : matches;
  const answer = withTimeout(2 * TIMEOUT.step, sandbox.nextResponse(predicate), () => {
    const made = sandbox.requests.map(({ method, path, status }) => `${method} ${path} ${String(status)}`);
    return new Error(`No request matched ${matches.toString()}. There were: ${made.join(', ') || 'none'}.`);
  });
  // A test that fails before it waits for the answer reports its own failure only.
  answer.catch(() => {});
  return answer;
}

/**
 * What was asked for tokens and with them. The description of the operations, which needs none, is fetched when the editor
 * likes (E2).
 */
export function tokenTraffic({ requests }: Sandbox): readonly SandboxRequest[] {
  return requests.filter(({ path }) => /^\/(?:ws|v2)\//.test(path));
}

export interface ConnectionEntry {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The user's setting `ninjaone.connections` as it stands in the file. */
export async function connectionsSetting({ workbench }: WorkbenchFixture): Promise<readonly ConnectionEntry[]> {
  const settings = JSON.parse(await readFile(workbench.settingsPath, 'utf8')) as Readonly<Record<string, unknown>>;
  return settings['ninjaone.connections'] as readonly ConnectionEntry[];
}

/** Changes one connection of the setting, which is found by its name. */
export async function changeConnection(
  fixture: WorkbenchFixture,
  name: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  await changeConnections(fixture, (entries) =>
    entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry)),
  );
}

/** Writes the user's setting `ninjaone.connections` as an editor would, all at once. */
export async function changeConnections(
  fixture: WorkbenchFixture,
  change: (entries: readonly ConnectionEntry[]) => readonly unknown[],
): Promise<void> {
  await configure(fixture, { 'ninjaone.connections': change(await connectionsSetting(fixture)) });
}

/**
 * Lets the browser workbench keep secrets over a reload. code-server hands each browser the server's half of the key; the
 * bare server does not, and then the secrets live as long as the page.
 */
export async function keepSecrets(page: Page, { origin }: { readonly origin: string }): Promise<void> {
  await page
    .context()
    .route(`${origin}/mint-key`, (route) =>
      route.fulfill({ contentType: 'application/octet-stream', body: Buffer.alloc(32, 'half of a key') }),
    );
}
