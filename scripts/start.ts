import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { sandboxClients } from '../sandbox/clients.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { startVscodeServer } from '../tooling/vscodeServer.ts';
import { runStep } from '../tooling/childGroup.ts';
import { findDesktopVscode, openDesktopVscode } from '../tooling/desktopVscode.ts';
import { projectRoot, welcomeExtension } from '../tooling/provisionVscode.ts';

const HELP = `npm start [-- <flags>]

Builds the extension, starts a NinjaOne look-alike (the sandbox) and opens VS Code with the extension and one
connection of each platform, at the walkthrough. Everything listens on 127.0.0.1 only. Ctrl+C stops everything and deletes its data.

  (no flag)  the desktop VS Code, if the command "code" is on the PATH, else as with --web
  --web      the VS Code from npm in your browser; its URL is printed
  --smoke    as --web, but without a person: signs in once in a hidden browser, prints the account and ends
  --help     this text`;

/** The port that people may have in a setting already; any other will do. */
const SANDBOX_PORT = 8765;

interface Flags {
  readonly web: boolean;
  readonly smoke: boolean;
}

/** Called in reverse order, whatever happened. */
type Cleanups = (() => Promise<void>)[];

process.exitCode = await main();

async function main(): Promise<number> {
  const flags = readFlags();
  if (typeof flags === 'number') {
    return flags;
  }
  const interruption = new AbortController();
  // A signal may come twice, from the terminal and from npm, and must not cut the clean-up short.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort());
  }
  // When npm is ended, the shell between the two ends without a word to this process.
  const launcher = process.ppid;
  setInterval(() => {
    if (process.ppid !== launcher) {
      interruption.abort();
    }
  }, 1_000).unref();
  // A terminal that was closed takes no more text, which is no reason to leave anything behind.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  const cleanups: Cleanups = [];
  try {
    await run(flags, interruption.signal, cleanups);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      return 130;
    }
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    for (const cleanup of cleanups.reverse()) {
      await cleanup().catch(console.error);
    }
    if (interruption.signal.aborted) {
      console.log('\nStopped.');
    }
  }
}

function readFlags(): Flags | number {
  try {
    const { values } = parseArgs({
      options: {
        web: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!values.help) {
      return values;
    }
    console.log(HELP);
    return 0;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 1;
  }
}

async function run({ web, smoke }: Flags, signal: AbortSignal, cleanups: Cleanups): Promise<void> {
  const code = web || smoke ? undefined : await findDesktopVscode();
  console.log('Building the extension…');
  await runStep([process.platform === 'win32' ? 'npm.cmd' : 'npm', 'run', '--silent', 'build'], { signal });
  if (code === undefined) {
    const provision = [process.execPath, '--import', 'tsx', 'scripts/provisionStart.ts'];
    await runStep([...provision, ...(smoke ? ['--browser'] : [])], { signal, output: 'shown' });
  }
  const sandbox = await startSandbox({ port: SANDBOX_PORT }).catch(() => startSandbox());
  cleanups.push(() => sandbox.stop());
  signal.throwIfAborted();
  if (code !== undefined) {
    await useDesktop(code, sandbox, signal, cleanups);
    return;
  }
  const url = await startWeb(sandbox, cleanups);
  signal.throwIfAborted();
  if (smoke) {
    // Loaded here because nobody else needs what drives a browser.
    const { signInOnce } = await import('./smoke.ts');
    console.log(`Signed in: ${await signInOnce(url, signal)}`);
  } else {
    console.log(`\nOpen VS Code in your browser: ${url}\n\n${whatToTry()}`);
    await interrupted(signal);
  }
}

async function useDesktop(code: string, sandbox: Sandbox, signal: AbortSignal, cleanups: Cleanups): Promise<void> {
  const editor = await openDesktopVscode(code, userSettings(sandbox));
  cleanups.push(() => editor.stop());
  console.log(`\nVS Code opens on your desktop (${code}).\n\n${whatToTry()}`);
  await Promise.race([editor.closed, interrupted(signal)]);
}

/**
 * The browser workbench would turn a link to `http://127.0.0.1:<port>/…` into `/proxy/<port>/…` of its own origin, and
 * on the way decode what is encoded in the query: a redirect URI with a query of its own loses its end there, and a
 * server that answers `/proxy/` could not mend it. With `direct` the workbench opens the link as it is, byte for byte.
 * That is right here, because browser, extension host and sandbox are on one machine; so nothing has to stand in front.
 */
async function startWeb(sandbox: Sandbox, cleanups: Cleanups): Promise<string> {
  // The editor can run anything as this person, and other users of the machine can reach its port.
  const connectionToken = randomBytes(24).toString('hex');
  const server = await startVscodeServer({
    connectionToken,
    extensions: [projectRoot, welcomeExtension],
    loopbackLinks: 'direct',
    userSettings: userSettings(sandbox),
  });
  cleanups.push(() => server.stop());
  sandbox.allowRedirectOrigin(server.origin);
  return `${server.origin}/?${new URLSearchParams({ tkn: connectionToken, folder: server.workspaceDir }).toString()}`;
}

function userSettings(sandbox: Sandbox): Readonly<Record<string, unknown>> {
  return { 'ninjaone.connections': sandbox.connections };
}

function whatToTry(): string {
  const secrets = sandboxClients.flatMap(({ name, clientSecret }) => (clientSecret ? `${name}: ${clientSecret}` : []));
  return [
    "With NinjaOne, IT companies look after the computers of their customers. The sandbox plays NinjaOne's part with made-up",
    'customers and devices. Nothing leaves this computer.',
    '',
    '1. VS Code shows the walkthrough "Get Started with NinjaOne". The connections exist already: go on with "Sign in".',
    '   Select "Sandbox native". In the browser, any password will do, then select Allow.',
    '2. In the walkthrough, select "List Organizations". Organizations are the customers. Select "Show as Table" above the',
    '   response, or "Save as Script..." for PowerShell.',
    '3. Select the NinjaOne icon in the Activity Bar. The API Explorer lists every operation: filter it by "devices".',
    '4. Try a change, for example "Reboot device": you have to allow changes first, and to confirm each one.',
    `5. Connections with a client secret ask for it at the first sign-in: ${secrets.join(', ')}.`,
    '',
    'Ctrl+C here stops everything and deletes its data.',
  ].join('\n');
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
