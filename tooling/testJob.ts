import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChildGroup, type ChildGroup } from './childGroup.ts';
import type { QueuedJob } from './jobQueue.ts';
import { EMPTY_TALLY, parseEvents, tallyOf, type Failure, type Tally } from './tally.ts';

/** A command that runs mocha, in whatever depth, or that prepares what other jobs need. */
export interface TestJob extends QueuedJob {
  /** None for a preparation, which runs no test. */
  readonly stage?: string;
  readonly command: readonly string[];
  /** It checks the code, and runs no mocha. */
  readonly hasNoTests?: boolean;
  /** What a test file weighs tells how long it may take; unknown for a job of many files. */
  readonly bytes?: number;
}

export interface JobResult {
  readonly job: TestJob;
  readonly seconds: number;
  readonly tally: Tally;
  readonly output: string;
}

export interface JobOptions {
  readonly grep?: string | undefined;
  readonly color?: boolean;
  readonly onOutput?: (text: string) => void;
  /** A job that prints nothing for so long hangs. Every test and hook has a shorter limit of its own. */
  readonly silenceMs?: number;
  readonly limitMs?: number;
  /** Ends the job. */
  readonly signal?: AbortSignal;
}

/** Four times what the slowest step takes while other work keeps all cores busy. */
const SILENCE_MS = 5 * 60_000;
const LIMIT_MS = 20 * 60_000;

const leader = fileURLToPath(new URL('groupLeader.cjs', import.meta.url));
const reporter = fileURLToPath(new URL('tallyReporter.ts', import.meta.url));

/**
 * Runs a job in a process group of its own and counts what the mochas in it did. A job that crashes, hangs or runs no
 * test has one failure more. Does not reject.
 */
export async function runTestJob(job: TestJob, options: JobOptions = {}): Promise<JobResult> {
  const started = Date.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'tally-'));
  const file = path.join(folder, 'tally.jsonl');
  const grep = options.grep === undefined ? [] : ['--grep', options.grep];
  const mochaOptions = ['--reporter', reporter, ...(options.color ? ['--color'] : []), ...grep];
  let lastSign = started;
  const group = startChildGroup([process.execPath, leader, ...job.command], {
    env: { MOCHA_OPTIONS: mochaOptions.map(quote).join(' '), TEST_TALLY_FILE: file },
    onOutput: (text) => {
      lastSign = Date.now();
      options.onOutput?.(text);
    },
  });
  const { limitMs = LIMIT_MS } = options;
  // A lint prints nothing until it is done.
  const { silenceMs = job.hasNoTests ? limitMs : SILENCE_MS } = options;
  const end = await endOf(group, options.signal, () => {
    if (Date.now() - lastSign > silenceMs) {
      return `It printed nothing for ${silenceMs / 1000} s and was ended.`;
    }
    return Date.now() - started > limitMs ? `It was ended after ${limitMs / 1000} s.` : undefined;
  });
  const tally = tallyOf(parseEvents(await readFile(file, 'utf8').catch(() => '')));
  await rm(folder, { recursive: true, force: true });
  return {
    job,
    seconds: (Date.now() - started) / 1000,
    tally: judge(job, { ...end, tally, isFiltered: options.grep !== undefined }),
    output: group.output(),
  };
}

export interface JobEnd {
  readonly code: number | null;
  /** Why it was ended from outside. */
  readonly reason?: string | undefined;
  readonly tally: Tally;
  readonly isFiltered: boolean;
}

/** Adds a failure when the end of the job says more than its tests do. */
export function judge(
  job: Pick<TestJob, 'name' | 'stage' | 'hasNoTests'>,
  { code, reason, tally, isFiltered }: JobEnd,
): Tally {
  const add = (message: string): Tally => {
    const place = tally.brokeOffIn === undefined ? '' : ` This test was running: ${tally.brokeOffIn}`;
    const failure: Failure = { title: job.name, message: `${message}${place}` };
    return { ...tally, failures: [...tally.failures, failure] };
  };
  if (reason !== undefined) {
    return add(reason);
  }
  if (!tally.isComplete) {
    return add(`It ended with code ${code} before its tests were done.`);
  }
  if (code !== 0 && tally.failures.length === 0) {
    return add(`It ended with code ${code}.`);
  }
  if (job.stage !== undefined && !job.hasNoTests && !isFiltered && tally.passed + tally.failures.length === 0) {
    return add('It ran no test.');
  }
  return tally;
}

/** For a job that was not started. */
export function notStarted(job: TestJob): JobResult {
  return { job, seconds: 0, output: '', tally: { ...EMPTY_TALLY, notRun: [`every test of ${job.name}`] } };
}

/** Waits for the end of the group, and brings it about when `check` gives a reason. */
async function endOf(
  group: ChildGroup,
  signal: AbortSignal | undefined,
  check: () => string | undefined,
): Promise<Pick<JobEnd, 'code' | 'reason'>> {
  let reason: string | undefined;
  let isLeft: () => void = () => {};
  // What has left the group may hold its output open for ever.
  const left = new Promise<null>((resolve) => {
    isLeft = () => setTimeout(() => resolve(null), 10_000).unref();
  });
  const stop = (why: string): void => {
    if (reason === undefined) {
      reason = why;
      void group.stop();
      isLeft();
    }
  };
  const onAbort = (): void => stop('It was interrupted.');
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) {
    onAbort();
  }
  const timer = setInterval(() => {
    const why = check();
    if (why !== undefined) {
      stop(why);
    }
  }, 200);
  try {
    const code = await Promise.race([group.closed, left]);
    return { code, reason };
  } catch (error) {
    return { code: null, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** As mocha reads its options from the environment: backslash and double quotes. */
function quote(option: string): string {
  return `"${option.replace(/["\\]/g, '\\$&')}"`;
}
