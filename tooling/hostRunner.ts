import { appendFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildHostTests } from './buildTests.ts';
import { packVsix } from './packVsix.ts';
import type { VscodeVersion } from './provisionVscode.ts';
import { withTimeout } from '../src/core/base/lifecycle.ts';
import { startHostSurroundings } from './hostFixtures.ts';
import { openResultSink } from './resultSink.ts';
import type { Tally, TallyEvent } from './tally.ts';
import { remoteUri, startWorkbench, type Workbench } from './workbench.ts';

export interface HostRunOptions {
  readonly version?: VscodeVersion;
  readonly grep?: string | undefined;
  /**
   * The package under test, or a folder with one. Default: it is packed from what was built, so that what is tested is
   * what people install.
   */
  readonly vsix?: string | undefined;
  /** Bundled suites; default all of `test/host`. */
  readonly suites?: readonly string[];
  readonly onEvent?: (event: TallyEvent) => void;
}

/**
 * Runs mocha suites inside the real extension host of a browser workbench, where the extension is installed from its
 * package, and returns what happened. Rejects when the
 * host ends or stays silent before its tests are done, and when the workbench asked for anything but loopback. With
 * tests in the host, VS Code refuses every modal dialog and shows no toasts: what needs a person's answer is tested
 * from outside, with the test agent.
 */
export async function runHostTests(options: HostRunOptions = {}): Promise<Tally> {
  const built = await buildHostTests();
  const sink = await openResultSink({ ...options, suites: options.suites ?? built.suites });
  const surroundings = await startHostSurroundings();
  const packed = await mkdtemp(path.join(tmpdir(), 'vsix-'));
  let workbench: Workbench | undefined;
  try {
    let onExit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      onExit = resolve;
    });
    workbench = await startWorkbench({
      version: options.version ?? 'current',
      env: { ...sink.env, ...surroundings.env },
      developmentExtension: harness,
      vsix: [await findVsix(options.vsix, packed)],
      extensions: surroundings.extensions,
      userSettings: surroundings.settings,
      serverArgs: surroundings.args,
      beforeLoad: async (page) => {
        // The workbench calls these two; without the second it complains at each line.
        await page.exposeFunction('codeAutomationExit', onExit);
        await page.exposeFunction('codeAutomationLog', () => {});
      },
      payload: (server) => [['extensionTestsPath', remoteUri(server, built.index)]],
    });
    const ended = exited.then((code) =>
      withTimeout(LATE_NEWS_MS, sink.done, () => {
        return new Error(`The extension host ended with code ${code} before its tests were done.`);
      }),
    );
    await withTimeout(RUN_TIMEOUT_MS, Promise.race([sink.done, ended]), () => {
      return new Error(`The host tests were not done within ${RUN_TIMEOUT_MS / 1000} s.`);
    });
    if (workbench.outside.length > 0) {
      throw new Error(`The workbench asked for hosts outside:\n${workbench.outside.join('\n')}`);
    }
    return sink.tally();
  } finally {
    await workbench?.stop();
    await surroundings.stop();
    sink.close();
    await rm(packed, { recursive: true, force: true });
  }
}

const harness = fileURLToPath(new URL('harness', import.meta.url));

async function findVsix(given: string | undefined, folder: string): Promise<string> {
  if (given === undefined) {
    const file = path.join(folder, 'packed.vsix');
    await packVsix(file);
    return file;
  }
  if (given.endsWith('.vsix')) {
    return path.resolve(given);
  }
  const found = (await readdir(given)).filter((name) => name.endsWith('.vsix'));
  if (found.length !== 1) {
    throw new Error(`${given} has ${found.length} files that end in .vsix instead of one.`);
  }
  return path.resolve(given, found.join(''));
}

const RUN_TIMEOUT_MS = 300_000;

/** The results and the news of the end come on two ways; the results were sent first. */
const LATE_NEWS_MS = 10_000;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { version: { type: 'string' }, grep: { type: 'string' } } });
  const file = process.env.TEST_TALLY_FILE;
  const { failures } = await runHostTests({
    version: values.version === 'oldest' ? 'oldest' : 'current',
    grep: values.grep,
    vsix: process.env.TEST_VSIX,
    onEvent: (event) => file !== undefined && appendFileSync(file, `${JSON.stringify(event)}\n`),
  });
  process.exitCode = failures.length > 0 ? 1 : 0;
}
