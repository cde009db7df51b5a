import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { checkJobs } from '../tooling/checkJobs.ts';
import { runStep } from '../tooling/childGroup.ts';
import { filesWithEffort, withLongEffort } from '../tooling/faultSuites.ts';
import { longestFirst, runQueue } from '../tooling/jobQueue.ts';
import { PINNED, projectRoot, vscodePaths, type VscodeVersion } from '../tooling/provisionVscode.ts';
import { parseEvents } from '../tooling/tally.ts';
import { notStarted, runTestJob, type JobResult, type TestJob } from '../tooling/testJob.ts';
import { isGreen, jobHeading, reportOf, summary, type RunReport } from '../tooling/testReport.ts';
import { screenshots } from '../tooling/workbenchDriver.ts';

const HELP = `npm test [-- <flags>]

Runs every test, several jobs side by side, and ends with "N passed, N failed".

  --stage <names>    only these stages, separated by commas: check, oauth, node, node-oldest, host, host-oldest, e2e
  --grep <pattern>   only the tests whose full title matches
  --long             only the test files that use tooling/effort.ts, with many more tries than usual; ends with a table
                     of what they counted (npm run test:faults)
  --workers <n>      jobs at the same time, default 2; with 1 the output appears as it is written
  --report <file>    also writes the result as JSON
  --help             this text`;

/** For a test or hook: several times what the longest takes while other work keeps all cores busy. */
const END_TO_END_TIMEOUT_MS = 120_000;

/** Seconds of each job in earlier runs, which is how the longest are known. Deleting it is safe. */
const durationsFile = path.join(projectRoot, 'artifacts/testDurations.json');

/** The same for a clone in which no test ran yet. They come from a slow computer: only the order of the jobs matters. */
const estimatesFile = path.join(projectRoot, 'tooling/jobSeconds.json');

/** A guess, for a file that is not even there. */
const BYTES_PER_SECOND = 400;

interface Stage {
  readonly name: string;
  /** The VS Code that it runs in, if any. */
  readonly vscode?: 'current' | 'oldest';
  readonly jobs: (grep: string | undefined) => Promise<readonly TestJob[]>;
}

const BUILD = 'build';
const PREPARATION = 'preparation';

const STAGES: readonly Stage[] = [
  { name: 'check', jobs: (grep) => checkStage(grep) },
  {
    name: 'oauth',
    jobs: () => {
      const files = [
        'sandbox/test/**/*.test.ts',
        'test/oauth/**/*.test.ts',
        'test/race/**/*.test.ts',
        'test/desktop/**/*.test.ts',
      ];
      return one({ name: 'oauth', stage: 'oauth', command: mocha(...files) });
    },
  },
  { name: 'node', vscode: 'current', jobs: () => one(nodeJob('node', 'current')) },
  { name: 'node-oldest', vscode: 'oldest', jobs: () => one(nodeJob('node-oldest', 'oldest')) },
  { name: 'host', vscode: 'current', jobs: (grep) => one(hostJob('host', 'current', grep)) },
  { name: 'host-oldest', vscode: 'oldest', jobs: (grep) => one(hostJob('host-oldest', 'oldest', grep)) },
  { name: 'e2e', vscode: 'current', jobs: (grep) => endToEndJobs(grep) },
];

/** What runs with `--long`: each file that uses `tooling/effort.ts`. */
const LONG_STAGES: readonly Stage[] = [
  { name: 'faults', jobs: longJobs },
  { name: 'faults-e2e', vscode: 'current', jobs: longEndToEndJobs },
];

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string' },
      grep: { type: 'string' },
      long: { type: 'boolean', default: false },
      workers: { type: 'string', default: '2' },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1) {
    throw new Error(`--workers takes a number from 1 on, not "${values.workers}".`);
  }
  const stages = values.long ? LONG_STAGES : chooseStages(values.stage);
  const interruption = interruptedBySignals();
  if (values.grep === undefined && stages.some(({ name }) => name === 'e2e')) {
    await rm(screenshots, { recursive: true, force: true });
  }
  const started = Date.now();
  const run = (): Promise<readonly JobResult[]> => {
    return runStages(stages, { grep: values.grep, workers, signal: interruption });
  };
  const { result: results, counts } = values.long ? await withLongEffort(run) : { result: await run() };
  const seconds = (Date.now() - started) / 1000;
  const report = reportOf(results, seconds);
  if (values.report !== undefined) {
    await writeFile(values.report, JSON.stringify(report, null, 2));
  }
  if (values.grep === undefined && !interruption.aborted) {
    await rememberDurations(report);
  }
  if (counts !== undefined) {
    console.log(`\n${counts}`);
  }
  const facts = { seconds, workers, stages: stages.map(({ name }) => name), nodes: nodesOf(stages) };
  console.log(`\n${summary(results, facts)}`);
  return isGreen(results) ? 0 : 1;
}

/** On which Node.js the code under test runs in each stage. */
function nodesOf(stages: readonly Stage[]): ReadonlyMap<string, string> {
  return new Map(
    stages.map(({ name, vscode }) => [
      name,
      vscode === undefined ? process.versions.node : `${PINNED[vscode].node} of VS Code ${PINNED[vscode].codeServer}`,
    ]),
  );
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

interface RunOptions {
  readonly grep: string | undefined;
  readonly workers: number;
  readonly signal: AbortSignal;
}

async function runStages(stages: readonly Stage[], options: RunOptions): Promise<readonly JobResult[]> {
  const { grep, workers, signal } = options;
  const jobsOfStages = await Promise.all(stages.map((stage) => stage.jobs(grep)));
  const tests = jobsOfStages.flat();
  const versions = new Set(stages.flatMap(({ vscode }, index) => (jobsOfStages[index]?.length ? (vscode ?? []) : [])));
  const awaited = new Set(tests.flatMap(({ after = [] }) => after));
  const preparations: readonly TestJob[] = [
    { name: BUILD, command: npm('run', 'build') },
    { name: PREPARATION, command: script('tooling/prepareTests.ts', ...versions) },
  ];
  const durations = { ...(await readDurations(estimatesFile)), ...(await readDurations(durationsFile)) };
  const jobs = longestFirst([...preparations.filter(({ name }) => awaited.has(name)), ...tests], (job) => {
    return durations[job.name] ?? (job.bytes === undefined ? Number.MAX_SAFE_INTEGER : job.bytes / BYTES_PER_SECOND);
  });
  const isLive = workers === 1 || tests.length === 1;
  const results: JobResult[] = [];
  const left = await runQueue(jobs, workers, async (job) => {
    if (signal.aborted) {
      results.push(notStarted(job));
      return false;
    }
    if (isLive) {
      console.log(`\n=== ${job.name} ===`);
    }
    const result = await runTestJob(job, {
      grep,
      signal,
      color: process.stdout.isTTY,
      ...(isLive && { onOutput: (text: string) => process.stdout.write(text) }),
    });
    results.push(result);
    const hasFailed = result.tally.failures.length > 0;
    if (!isLive && (job.stage !== undefined || hasFailed)) {
      console.log(`\n${jobHeading(result)}\n${result.output.trimEnd()}`);
    }
    return !hasFailed;
  });
  return [...results, ...left.map(notStarted)];
}

async function readDurations(file: string): Promise<RunReport['jobs']> {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as RunReport['jobs'];
}

async function rememberDurations({ jobs }: RunReport): Promise<void> {
  await mkdir(path.dirname(durationsFile), { recursive: true });
  await writeFile(durationsFile, JSON.stringify({ ...(await readDurations(durationsFile)), ...jobs }, null, 2));
}

function one(job: TestJob): Promise<readonly TestJob[]> {
  return Promise.resolve([job]);
}

/** A filter of titles leaves only the tests. */
async function checkStage(grep: string | undefined): Promise<readonly TestJob[]> {
  const { scripts } = JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const jobs = checkJobs(scripts, { npm: (name) => npm('run', name), mocha }).filter(
    ({ stage }) => stage !== undefined,
  );
  return grep === undefined ? jobs : jobs.filter(({ hasNoTests }) => !hasNoTests);
}

/**
 * What hostile input must not do, on the Node.js of VS Code instead of the installed one: they parse addresses, compress
 * and speak HTTP differently. The other suites run there in the host stages, or say nothing about Node.js.
 */
function nodeJob(name: string, version: VscodeVersion): TestJob {
  const files = [
    'test/core/{base,connections,http,json,oauth,serverErrors}/**/*.test.ts',
    'test/oauth/callbacks.test.ts',
    'test/oauth/misbehavior.test.ts',
  ];
  const [, ...rest] = mocha(...files);
  return { name, stage: name, command: [vscodePaths(version).node, ...rest], after: [BUILD, PREPARATION] };
}

function hostJob(name: string, version: 'current' | 'oldest', grep: string | undefined): TestJob {
  const filter = grep === undefined ? [] : ['--grep', grep];
  const command = script('tooling/hostRunner.ts', '--version', version, ...filter);
  return { name, stage: name, command, after: [BUILD, PREPARATION] };
}

/** A job for each file in plain Node, so that they run side by side. */
async function longJobs(): Promise<TestJob[]> {
  const files = (await filesWithEffort()).filter((file) => file.endsWith('.test.ts'));
  return files.map((file) => ({ name: `long ${file}`, stage: 'faults', command: mocha(file) }));
}

async function longEndToEndJobs(grep: string | undefined): Promise<TestJob[]> {
  const jobs = await endToEndJobs(grep, await filesWithEffort());
  return jobs.map((job) => ({ ...job, name: `long ${job.name}`, stage: 'faults-e2e' }));
}

/** A job for each file, or each of `only`, with a VS Code, a sandbox and a browser of its own. */
async function endToEndJobs(grep: string | undefined, only?: readonly string[]): Promise<TestJob[]> {
  const folder = 'test/e2e';
  const all = (await readdir(path.join(projectRoot, folder))).filter((file) => {
    return file.endsWith('.e2e.ts') && (only?.includes(`${folder}/${file}`) ?? true);
  });
  // A file that cannot be loaded says so in its own job.
  const files = grep === undefined || all.length === 0 ? all : await filesThatMatch(folder, grep).catch(() => all);
  return Promise.all(
    files
      .filter((file) => all.includes(file))
      .map(async (file) => ({
        name: `e2e ${file}`,
        stage: 'e2e',
        // A workbench that a failed test left open would keep mocha waiting, hence the exit.
        command: mocha(`${folder}/${file}`, '--timeout', String(END_TO_END_TIMEOUT_MS), '--exit'),
        after: [BUILD, PREPARATION],
        bytes: (await stat(path.join(projectRoot, folder, file))).size,
      })),
  );
}

/** Without running a test, because to start mocha for each file takes longer than most filtered runs. */
async function filesThatMatch(folder: string, grep: string): Promise<string[]> {
  const temporary = await mkdtemp(path.join(tmpdir(), 'tally-'));
  try {
    const tally = path.join(temporary, 'tally.jsonl');
    const reporter = path.join(projectRoot, 'tooling/tallyReporter.ts');
    await runStep(mocha(`${folder}/*.e2e.ts`, '--dry-run', '--reporter', reporter, '--grep', grep), {
      env: { TEST_TALLY_FILE: tally },
      signal: new AbortController().signal,
    });
    const events = parseEvents(await readFile(tally, 'utf8'));
    const files = events.flatMap((each) => (each.event === 'plan' ? each.tests.map(({ file }) => file) : []));
    return [...new Set(files)].flatMap((file) => (file === undefined ? [] : path.basename(file)));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function npm(...args: string[]): readonly string[] {
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
}

function mocha(...args: string[]): readonly string[] {
  return [process.execPath, 'node_modules/mocha/bin/mocha.js', ...args];
}

function script(file: string, ...args: string[]): readonly string[] {
  return [process.execPath, '--import', 'tsx', file, ...args];
}

function interruptedBySignals(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }
  if (process.env.npm_lifecycle_event !== undefined) {
    // When npm is ended, the shell between the two ends without a word to this process.
    const launcher = process.ppid;
    setInterval(() => {
      if (process.ppid !== launcher) {
        interruption.abort();
      }
    }, 1_000).unref();
  }
  // A terminal that was closed takes no more text.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return interruption.signal;
}
