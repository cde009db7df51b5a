import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runHostTests } from '../tooling/hostRunner.ts';
import type { Counts } from '../tooling/resultSink.ts';
import { screenshots } from '../tooling/workbenchDriver.ts';
import { projectRoot } from '../tooling/provisionVscode.ts';

interface Stage {
  readonly name: string;
  /** Whether the bundle of the extension must be there. */
  readonly needsBundle?: boolean;
  readonly run: (grep: string | undefined) => Promise<Counts>;
}

/** What `npm test` runs, in this order: the quick ones first. */
const STAGES: readonly Stage[] = [
  { name: 'check', run: (grep) => runCounted(npm('run', 'check'), grep) },
  {
    name: 'oauth',
    run: (grep) => runMocha(['sandbox/test/**/*.test.ts', 'test/oauth/**/*.test.ts', 'test/race/**/*.test.ts'], grep),
  },
  { name: 'host', needsBundle: true, run: (grep) => runHostTests({ grep }) },
  { name: 'host-oldest', needsBundle: true, run: (grep) => runHostTests({ grep, version: 'oldest' }) },
  { name: 'e2e', needsBundle: true, run: runEndToEnd },
];

/** A stage that hangs is ended, so that a run always ends with its counts. */
const STAGE_TIMEOUT_MS = 20 * 60_000;

const children = new Set<number>();

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stage: { type: 'string' }, grep: { type: 'string' } } });
  const stages = chooseStages(values.stage);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      children.forEach(endGroup);
      process.exit(1);
    });
  }
  const total = { passed: 0, failed: 0 };
  const summary: string[] = [];
  let bundle: Promise<void> | undefined;
  for (const stage of stages) {
    console.log(`\n=== ${stage.name} ===`);
    const started = Date.now();
    const counts = await runStage(async () => {
      if (stage.needsBundle) {
        await (bundle ??= buildBundle());
      }
      return stage.run(values.grep);
    }, values.grep);
    total.passed += counts.passed;
    total.failed += counts.failed;
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    summary.push(`${stage.name.padEnd(12)} ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
  }
  console.log(`\n${summary.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function chooseStages(names: string | undefined): readonly Stage[] {
  if (names === undefined) {
    return STAGES;
  }
  return names.split(',').map((name) => {
    const stage = STAGES.find((candidate) => candidate.name === name);
    if (!stage) {
      throw new Error(`There is no stage "${name}"; the stages are ${STAGES.map((each) => each.name).join(', ')}.`);
    }
    return stage;
  });
}

/** A stage that crashed counts as one failure, and so does one that ran no test, unless a filter explains it. */
async function runStage(run: () => Promise<Counts>, grep: string | undefined): Promise<Counts> {
  try {
    const counts = await run();
    if (counts.passed + counts.failed === 0 && grep === undefined) {
      throw new Error('The stage ran no test.');
    }
    return counts;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  }
}

async function buildBundle(): Promise<void> {
  if ((await runCounted(npm('run', '--silent', 'build'), undefined)).failed > 0) {
    throw new Error('The extension could not be built.');
  }
}

function npm(...args: string[]): readonly string[] {
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
}

function runMocha(args: readonly string[], grep: string | undefined): Promise<Counts> {
  return runCounted([process.execPath, 'node_modules/mocha/bin/mocha.js', ...args], grep);
}

async function runEndToEnd(grep: string | undefined): Promise<Counts> {
  if (grep === undefined) {
    await rm(screenshots, { recursive: true, force: true });
  }
  // A workbench that a failed test left open would keep mocha waiting, hence the exit.
  return runMocha(['test/e2e/**/*.e2e.ts', '--timeout', '120000', '--exit'], grep);
}

/** Runs a command in a process group of its own and answers what the mochas in it counted. */
async function runCounted(command: readonly string[], grep: string | undefined): Promise<Counts> {
  const [executable = '', ...args] = command;
  const folder = await mkdtemp(path.join(tmpdir(), 'tally-'));
  try {
    const tally = path.join(folder, 'tally.jsonl');
    const options = ['--reporter', path.join(projectRoot, 'tooling/tallyReporter.cjs')];
    const child = spawn(executable, args, {
      cwd: projectRoot,
      detached: true,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        MOCHA_OPTIONS: [...options, ...(grep === undefined ? [] : ['--grep', grep])].map(quote).join(' '),
        TEST_TALLY_FILE: tally,
      },
    });
    const code = await exitCode(child.pid ?? 0, once(child, 'exit') as Promise<[number | null]>);
    const counts = sum(await readFile(tally, 'utf8').catch(() => ''));
    if (code === 0 || counts.failed > 0) {
      return counts;
    }
    console.error(`"${path.basename(executable)} ${args.join(' ')}" ended with code ${code}.`);
    return { ...counts, failed: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exitCode(pid: number, exited: Promise<[number | null]>): Promise<number | null> {
  children.add(pid);
  const timer = setTimeout(() => {
    console.error(`The stage was ended after ${STAGE_TIMEOUT_MS / 60_000} minutes.`);
    endGroup(pid);
  }, STAGE_TIMEOUT_MS);
  try {
    return (await exited)[0];
  } finally {
    clearTimeout(timer);
    children.delete(pid);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function sum(tally: string): Counts {
  const total = { passed: 0, failed: 0 };
  for (const line of tally.split('\n').filter((text) => text !== '')) {
    const counts = JSON.parse(line) as Counts;
    total.passed += counts.passed;
    total.failed += counts.failed;
  }
  return total;
}

/** As mocha reads its options from the environment: backslash and double quotes. */
function quote(option: string): string {
  return `"${option.replace(/["\\]/g, '\\$&')}"`;
}
