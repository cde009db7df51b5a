import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import type { SandboxRequest } from '../../sandbox/requestLog.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { consumerExtension } from '../../tooling/hostFixtures.ts';
import { startWorkbench, type Workbench, type WorkbenchOptions } from '../../tooling/workbench.ts';
import {
  captureFailures,
  inputBox,
  runCommand,
  toast,
  treeItem,
  treeItemAction,
} from '../../tooling/workbenchDriver.ts';
import { projectRoot } from '../../tooling/provisionVscode.ts';

/** A person at a workbench, with the extension installed and a NinjaOne look-alike to sign in to. */
export interface Desk {
  readonly sandbox: Sandbox;
  readonly workbench: Workbench;
  readonly page: Page;
  clear(): Promise<void>;
}

export interface DeskOptions {
  readonly sandbox?: SandboxOptions;
  readonly workbench?: WorkbenchOptions;
  /** The user's setting `ninjaone.connections`; the sandbox's five when nothing is said. */
  readonly connections?: (sandbox: Sandbox) => readonly unknown[];
}

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const sandbox = await startSandbox(options.sandbox);
  try {
    const workbench = await startWorkbench({
      extensions: [projectRoot, consumerExtension],
      agent: true,
      ...options.workbench,
      userSettings: {
        'ninjaone.connections': options.connections?.(sandbox) ?? sandbox.connections,
        ...options.workbench?.userSettings,
      },
    });
    sandbox.allowRedirectOrigin(workbench.origin);
    return {
      sandbox,
      workbench,
      page: workbench.page,
      clear: async () => {
        await workbench.stop();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

/**
 * The desk of the suite that calls this: open before its first test, cleared after its last, with a screenshot of whatever
 * fails. Its parts are there as soon as a hook or test runs.
 */
export function deskOfSuite(options: () => DeskOptions | Promise<DeskOptions> = () => ({})): Desk {
  let desk: Desk | undefined;
  const present = (): Desk => {
    if (!desk) {
      throw new Error('The desk is open while tests and their hooks run.');
    }
    return desk;
  };
  before(async () => {
    desk = await openDesk(await options());
  });
  after(() => desk?.clear());
  captureFailures(() => desk?.workbench.context.pages() ?? []);
  return {
    get sandbox() {
      return present().sandbox;
    },
    get workbench() {
      return present().workbench;
    },
    get page() {
      return present().page;
    },
    clear: () => present().clear(),
  };
}

/** What a person would paste now. Run as text: the page's globals are not those of the tests. */
export function clipboardText(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()');
}

/** The open pick or input while it shows this text, as title, message or placeholder. */
export function quickInput(page: Page, text: string): Locator {
  const widget = page.locator('.quick-input-widget:visible');
  return widget.filter({ hasText: text }).or(widget.filter({ has: page.getByPlaceholder(text) }));
}

/** The user's setting `ninjaone.connections` as it stands in the file. */
export async function connectionsSetting({ workbench }: Desk): Promise<unknown> {
  const settings = JSON.parse(await readFile(workbench.settingsPath, 'utf8')) as Readonly<Record<string, unknown>>;
  return settings['ninjaone.connections'];
}

/**
 * What was asked for tokens and with them. The description of the operations, which needs none, is fetched when the editor
 * likes (E2).
 */
export function tokenTraffic({ requests }: Sandbox): readonly SandboxRequest[] {
  return requests.filter(({ path }) => /^\/(?:ws|v2)\//.test(path));
}

/** The texts of the toasts on the screen; `errors` only those with the sign of an error. */
export function toasts(page: Page, kind: 'all' | 'errors' = 'all'): Promise<string[]> {
  const shown = page.locator('.notifications-toasts .notification-toast');
  const wanted = kind === 'all' ? shown : shown.filter({ has: page.locator('.codicon-error') });
  return wanted.locator('.notification-list-item-message').allInnerTexts();
}

/** The labels of the buttons that a toast offers. */
export async function toastButtons(page: Page, text: string | RegExp): Promise<string[]> {
  return (await toast(page, text)).locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
}

export async function clearToasts(page: Page): Promise<void> {
  const shown = page.locator('.notifications-toasts .notification-toast').filter({ visible: true });
  // What is said while the palette is open, and after the command, is cleared by the next one.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await runCommand(page, 'Notifications: Clear All Notifications');
    const isClear = await shown
      .first()
      .waitFor({ state: 'hidden', timeout: 3_000 })
      .then(
        () => true,
        () => false,
      );
    if (isClear) {
      return;
    }
  }
  throw new Error(`These messages stay: ${(await shown.allInnerTexts()).join(' | ')}`);
}

/** What a person does to store a client secret when a message has asked for it. */
export async function typeSecret(page: Page, connection: string, secret: string): Promise<void> {
  await inputBox(page, secret, { prompt: `Client secret of ${connection}` });
  await toast(page, `The client secret of ${connection} is stored.`);
}

/**
 * Answers the browser at `https://vscode.dev/redirect` as that page does: 302 to the address in `state`, with code and
 * state added. The request is held before its name is looked up, so no packet leaves the machine. Playwright's own routes
 * do not see where a redirect leads.
 */
export async function answerRelay(page: Page): Promise<readonly URL[]> {
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

/** What a person does in `settings.json`: changes one connection, which is found by its name. */
export async function changeConnection(
  desk: Desk,
  name: string,
  change: Readonly<Record<string, unknown>>,
): Promise<void> {
  await changeConnections(desk, (entries) =>
    entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry)),
  );
}

export interface ConnectionEntry {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Writes the user's setting `ninjaone.connections` as an editor would, all at once. */
export async function changeConnections(
  desk: Desk,
  change: (entries: readonly ConnectionEntry[]) => readonly unknown[],
): Promise<void> {
  const entries = (await connectionsSetting(desk)) as readonly ConnectionEntry[];
  await desk.workbench.host.run(async (vscode, value) => {
    await vscode.workspace.getConfiguration('ninjaone').update('connections', value, true);
  }, change(entries));
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

/**
 * Presses an inline action of a row that opens something or says something. A press on a row that is being drawn again at
 * that moment is lost now and then; a person who sees nothing happen presses once more.
 */
export async function pressInRow(page: Page, row: RegExp, action: string): Promise<void> {
  const opened = page.locator('.monaco-dialog-box, .quick-input-widget').filter({ visible: true });
  const before = await toasts(page);
  const hasReacted = async (): Promise<boolean> => {
    const said = await toasts(page);
    // Those that were there may go meanwhile, so they are told apart by what they say.
    const isNews = said.length > before.length || said.some((text) => !before.includes(text));
    return isNews || (await opened.count()) > 0 || (await treeItem(page, /, signing in…/).count()) > 0;
  };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await treeItemAction(page, row, action);
    const end = Date.now() + 5_000;
    while (Date.now() < end) {
      if (await hasReacted()) {
        return;
      }
      await pause(50);
    }
  }
}
