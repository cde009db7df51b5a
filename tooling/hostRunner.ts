import { buildHostTests } from './buildTests.ts';
import { projectRoot, type VscodeVersion } from './provisionVscode.ts';
import { within } from '../src/core/base/lifecycle.ts';
import { startHostSurroundings } from './hostFixtures.ts';
import { openResultSink, type Counts } from './resultSink.ts';
import { remoteUri, startWorkbench, type Workbench } from './workbench.ts';

export interface HostRunOptions {
  readonly version?: VscodeVersion;
  readonly grep?: string | undefined;
  /** The extension under test, built. Default this project. */
  readonly extension?: string;
  /** Bundled suites; default all of `test/host`. */
  readonly suites?: readonly string[];
}

/**
 * Runs mocha suites inside the real extension host of a browser workbench and answers the counts. Rejects when the
 * host ends or stays silent before the counts came. With tests in the host, VS Code refuses every modal dialog and
 * shows no toasts: what needs a person's answer is tested from outside, with the test agent.
 */
export async function runHostTests(options: HostRunOptions = {}): Promise<Counts> {
  const built = await buildHostTests();
  const sink = await openResultSink({ suites: options.suites ?? built.suites, grep: options.grep });
  const surroundings = await startHostSurroundings();
  let workbench: Workbench | undefined;
  try {
    let onExit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      onExit = resolve;
    });
    workbench = await startWorkbench({
      version: options.version ?? 'current',
      env: { ...sink.env, ...surroundings.env },
      developmentExtension: options.extension ?? projectRoot,
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
      within(LATE_COUNTS_MS, sink.counts, () => {
        return new Error(`The extension host ended with code ${code} before its tests were done.`);
      }),
    );
    const counts = await within(RUN_TIMEOUT_MS, Promise.race([sink.counts, ended]), () => {
      return new Error(`The host tests were not done within ${RUN_TIMEOUT_MS / 1000} s.`);
    });
    if (workbench.outside.length > 0) {
      console.error(`The workbench asked for hosts outside:\n${workbench.outside.join('\n')}`);
      return { ...counts, failed: counts.failed + 1 };
    }
    return counts;
  } finally {
    await workbench?.stop();
    await surroundings.stop();
    sink.close();
  }
}

const RUN_TIMEOUT_MS = 300_000;

/** The counts and the news of the end come on two ways; the counts were sent first. */
const LATE_COUNTS_MS = 2_000;
