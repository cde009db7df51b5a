import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { findBrowser } from './browser.ts';
import { withTimeout } from '../src/core/base/lifecycle.ts';
import { TIMEOUT } from './eventually.ts';
import { closeOnlyArrivedPages } from './safeClose.ts';
import { startHostAgent, type ExtensionHost, type HostAgent } from './hostAgent.ts';
import { startVscodeServer, type VscodeServer, type VscodeServerOptions } from './vscodeServer.ts';

export interface WorkbenchOptions extends VscodeServerOptions {
  /**
   * Folder of an extension to load as one under development. VS Code takes one, and only with the smoke test driver,
   * which this turns on; `extensions` and `vsix` leave toasts as people see them.
   */
  readonly developmentExtension?: string;
  /** Installs the test agent, so that `host.run` works. Default off. */
  readonly agent?: boolean;
  /** Host names that lead to 127.0.0.1, for example `app.ninja.test`. Every other name is unknown to the browser. */
  readonly loopbackNames?: readonly string[];
  readonly browserArgs?: readonly string[];
  readonly contextOptions?: BrowserContextOptions;
  /** More entries of the workbench's `payload` parameter. */
  readonly payload?: (server: VscodeServer) => readonly (readonly [string, string])[];
  /** Called with the first page before it goes to the workbench. */
  readonly beforeLoad?: (page: Page, server: VscodeServer) => Promise<void>;
}

export interface WorkbenchWindow {
  readonly page: Page;
  /** Whether there is a `host`. */
  readonly hasAgent: boolean;
  /** Only with `agent: true`; throws otherwise. */
  readonly host: ExtensionHost;
  /**
   * Loads the window again, which starts a fresh extension host. With the test agent as the command Reload Window does,
   * which writes down first what is open; a page that is just loaded again forgets up to the last five seconds of it.
   */
  reload(): Promise<void>;
}

export interface Workbench extends WorkbenchWindow, Omit<VscodeServer, 'stop'> {
  readonly context: BrowserContext;
  readonly browser: Browser;
  /** The address that opens the workbench with its folder. */
  readonly url: string;
  /** What the browser asked of anything but loopback; each was refused. Tests assert that it is empty. */
  readonly outside: readonly string[];
  /** Another window on the same folder, with an extension host of its own. */
  openWindow(): Promise<WorkbenchWindow>;
  stop(): Promise<void>;
}

/**
 * A real VS Code in a real browser, usable when this resolves. Everything listens on loopback only, and the browser
 * reaches nothing else: a request to any other host is refused and noted in `outside`. A test may answer such a
 * request itself with `context.route`.
 */
export async function startWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const agent = options.agent ? await startHostAgent() : undefined;
  const cleanups: (() => unknown)[] = [() => agent?.dispose()];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) {
      await cleanup();
    }
  };
  try {
    const server = await startVscodeServer({
      ...options,
      smokeDriver: options.smokeDriver ?? options.developmentExtension !== undefined,
      env: { ...agent?.env, ...options.env },
      extensions: [...(options.extensions ?? []), ...(agent ? [agent.extensionDir] : [])],
    });
    cleanups.push(() => server.stop());
    const browser = await launchBrowser(options);
    cleanups.push(() => browser.close());
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1280, height: 800 },
      ...options.contextOptions,
    });
    context.setDefaultTimeout(TIMEOUT.step);
    closeOnlyArrivedPages(context);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    const outside = await guardLoopback(context, options.loopbackNames ?? []);
    if (options.loopbackLinks === 'proxied') {
      await rewriteProxiedPorts(context, server.origin);
    }
    const page = await context.newPage();
    await options.beforeLoad?.(page, server);
    const url = workbenchUrl(server, options);
    const first = await openWindow(page, url, agent);
    return {
      ...server,
      page,
      context,
      browser,
      url,
      outside,
      hasAgent: first.hasAgent,
      stop,
      reload: () => first.reload(),
      get host() {
        return first.host;
      },
      openWindow: async () => openWindow(await context.newPage(), url, agent),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function workbenchUrl(server: VscodeServer, options: WorkbenchOptions): string {
  const payload: (readonly [string, string])[] = [['skipWelcome', 'true'], ...(options.payload?.(server) ?? [])];
  if (options.developmentExtension) {
    payload.push(['extensionDevelopmentPath', remoteUri(server, options.developmentExtension)]);
  }
  const { workspaceFile, workspaceDir } = server;
  const place: Readonly<Record<string, string>> =
    workspaceFile === undefined ? { folder: workspaceDir } : { workspace: workspaceFile };
  const query = new URLSearchParams({ ...place, payload: JSON.stringify(payload) });
  return `${server.origin}/?${query.toString()}`;
}

/** The name that the browser workbench has for a file on the server. */
export function remoteUri(server: Pick<VscodeServer, 'port'>, file: string): string {
  return `vscode-remote://127.0.0.1:${server.port}${file}`;
}

async function launchBrowser(options: WorkbenchOptions): Promise<Browser> {
  const { executablePath, args, env } = await findBrowser();
  const names = (options.loopbackNames ?? []).map((name) => `MAP ${name} 127.0.0.1`);
  const rules = [...names, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost'];
  return chromium.launch({
    executablePath,
    env,
    args: [...args, `--host-resolver-rules=${rules.join(', ')}`, ...(options.browserArgs ?? [])],
  });
}

async function guardLoopback(context: BrowserContext, loopbackNames: readonly string[]): Promise<string[]> {
  const outside: string[] = [];
  const inside = new Set(['127.0.0.1', 'localhost', ...loopbackNames]);
  const isOutside = (url: URL): boolean => /^(https?|wss?):$/.test(url.protocol) && !inside.has(url.hostname);
  await context.route(isOutside, async (route) => {
    outside.push(route.request().url());
    await route.abort('blockedbyclient');
  });
  return outside;
}

/** code-server's front answers `/proxy/<port>/…`; the bare server has no front, so the browser is sent to the port. */
async function rewriteProxiedPorts(context: BrowserContext, origin: string): Promise<void> {
  const prefix = `${origin}/proxy/`;
  await context.route(
    (url) => url.href.startsWith(prefix),
    async (route) => {
      // The text is cut and not parsed, so that what is encoded in it stays as it is.
      const [, port, rest] = /^(\d+)(.*)$/s.exec(route.request().url().slice(prefix.length)) ?? [];
      if (port === undefined) {
        await route.continue();
      } else {
        await route.fulfill({ status: 302, headers: { location: `http://127.0.0.1:${port}${rest}` } });
      }
    },
  );
}

async function openWindow(page: Page, url: string, agent: HostAgent | undefined): Promise<WorkbenchWindow> {
  let host: ExtensionHost | undefined;
  const load = async (navigate: () => Promise<unknown>): Promise<void> => {
    // A window that a test opened by itself has left its own.
    agent?.skipStarted();
    await navigate();
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: TIMEOUT.window });
    host =
      agent && (await withTimeout(TIMEOUT.window, agent.nextHost(), () => new Error('No extension host started.')));
  };
  await load(() => page.goto(url));
  return {
    page,
    hasAgent: agent !== undefined,
    reload: () => load(() => (host ? reloadWindow(page, host) : page.reload())),
    get host() {
      if (!host) {
        throw new Error('This workbench has no test agent: start it with `agent: true`.');
      }
      return host;
    },
  };
}

async function reloadWindow(page: Page, host: ExtensionHost): Promise<void> {
  const loaded = page.waitForEvent('load', { timeout: TIMEOUT.window });
  // The extension host goes away before it can answer.
  host.run((vscode) => vscode.commands.executeCommand('workbench.action.reloadWindow')).catch(() => {});
  await loaded;
}
