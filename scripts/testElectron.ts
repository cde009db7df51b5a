import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { startChildGroup } from '../tooling/childGroup.ts';
import { DESKTOP_VARIABLE } from '../tooling/desktopWindows.ts';
import { startHostSurroundings } from '../tooling/hostFixtures.ts';
import { openResultSink } from '../tooling/resultSink.ts';
import { countsLine } from '../tooling/tally.ts';
import { buildHostTests } from '../tooling/buildTests.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';

/**
 * The host suites in a desktop VS Code, then the suites that open several of its windows. It is the VS Code that
 * `VSCODE_PATH` names, else a downloaded one (`VSCODE_VERSION`, default stable), and needs a display (under Linux for
 * example
 * `xvfb-run npm run test:electron`).
 */
async function main(): Promise<boolean> {
  const executable = process.env.VSCODE_PATH ?? (await downloadAndUnzipVSCode(process.env.VSCODE_VERSION));
  const isHostGreen = await runHostSuites(executable);
  return (await runWindowSuites(executable)) && isHostGreen;
}

async function runHostSuites(executable: string): Promise<boolean> {
  const { index, suites } = await buildHostTests();
  const sink = await openResultSink({ suites });
  const surroundings = await startHostSurroundings();
  // The default folder below the project makes socket names that are longer than the system allows.
  const profile = await mkdtemp(path.join(tmpdir(), 'vscode-'));
  try {
    const workspace = path.join(profile, 'workspace');
    await mkdir(workspace);
    const user = path.join(profile, 'data/User');
    await mkdir(user, { recursive: true });
    await writeFile(path.join(user, 'settings.json'), JSON.stringify(surroundings.settings));
    const code = await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: [projectRoot, ...surroundings.extensions],
      extensionTestsPath: index,
      extensionTestsEnv: { ...sink.env, ...surroundings.env },
      launchArgs: [
        workspace,
        ...surroundings.args,
        ...['--user-data-dir', path.join(profile, 'data'), '--extensions-dir', path.join(profile, 'extensions')],
      ],
    });
    if (!sink.isDone()) {
      throw new Error(`VS Code ended with code ${code} before its tests were done.`);
    }
    const tally = sink.tally();
    console.log(countsLine(tally));
    return tally.failures.length === 0 && tally.passed > 0;
  } finally {
    sink.close();
    await surroundings.stop();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The suites that drive several windows from outside, which an extension host cannot. */
async function runWindowSuites(executable: string): Promise<boolean> {
  const mocha = path.join(projectRoot, 'node_modules/mocha/bin/mocha.js');
  const run = startChildGroup([process.execPath, mocha, 'test/desktop/**/*.test.ts', '--exit'], {
    output: 'shown',
    env: { [DESKTOP_VARIABLE]: executable },
  });
  return (await run.closed) === 0;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!process.env.VSCODE_PATH && /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|getaddrinfo/.test(message)) {
    return `VS Code could not be downloaded (${message}). Name an installed one in VSCODE_PATH, or run "npm run test:host", which needs npm only.`;
  }
  return message;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
