import { countsLine, sumTallies, totalLine, type Tally } from './tally.ts';
import type { JobResult } from './testJob.ts';

/** What a run says of itself, for `scripts/testUnderLoad.ts` and for the estimates of the next run. */
export interface RunReport {
  readonly seconds: number;
  readonly total: string;
  readonly failures: readonly string[];
  readonly notRun: readonly string[];
  /** Seconds of each job. */
  readonly jobs: Readonly<Record<string, number>>;
}

export function reportOf(results: readonly JobResult[], seconds: number): RunReport {
  const total = sumTallies(results.map(({ tally }) => tally));
  return {
    seconds,
    total: countsLine(total),
    failures: results.flatMap(({ job, tally }) => tally.failures.map(({ title }) => `${job.name}: ${title}`)),
    notRun: total.notRun,
    jobs: Object.fromEntries(results.map(({ job, seconds: spent }) => [job.name, spent])),
  };
}

/** A report in a few lines: duration, counts and what failed. */
export function reportLines({ seconds, total, failures }: RunReport): string {
  return [`${seconds.toFixed(0)} s, ${total}`, ...failures.map((title) => `  failed: ${title}`)].join('\n');
}

export function isGreen(results: readonly JobResult[]): boolean {
  const { passed, failures } = sumTallies(results.map(({ tally }) => tally));
  return failures.length === 0 && passed > 0;
}

/** What stands above the output of a job. */
export function jobHeading({ job, tally, seconds }: JobResult): string {
  const counts = job.stage === undefined ? [] : [countsLine(tally)];
  return `=== ${[job.name, ...counts, `${seconds.toFixed(1)} s`].join(', ')} ===`;
}

export interface RunFacts {
  readonly seconds: number;
  readonly workers: number;
  /** In the order in which they are shown. */
  readonly stages: readonly string[];
  /** The version of Node.js that the code under test ran on, of each stage. */
  readonly nodes?: ReadonlyMap<string, string>;
}

/** The end of a run: the jobs by their duration, what failed and what was not run, the stages, and the total alone. */
export function summary(results: readonly JobResult[], { seconds, workers, stages, nodes }: RunFacts): string {
  const parts = [
    results.length > stages.length ? durations(results) : '',
    failuresOf(results),
    notRunOf(results),
    ...stages.map((stage) => stageLine(stage, results, nodes?.get(stage))),
    `${seconds.toFixed(1)} s on ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    '',
    totalLine(sumTallies(results.map(({ tally }) => tally))),
  ];
  return parts.filter((part, index) => part !== '' || index === parts.length - 2).join('\n');
}

function stageLine(stage: string, results: readonly JobResult[], node: string | undefined): string {
  const jobs = results.filter(({ job }) => job.stage === stage);
  const spent = jobs.reduce((sum, { seconds }) => sum + seconds, 0);
  const on = node === undefined ? '' : `, on Node.js ${node}`;
  return `${stage.padEnd(12)} ${countsLine(sumTallies(jobs.map(({ tally }) => tally)))}, ${spent.toFixed(1)} s${on}`;
}

function durations(results: readonly JobResult[]): string {
  const lines = [...results]
    .sort((one, other) => other.seconds - one.seconds)
    .map(({ job, seconds, tally }) => {
      const counts = job.stage === undefined ? '' : `  ${countsLine(tally)}`;
      return `${seconds.toFixed(1).padStart(7)} s  ${job.name}${counts}`;
    });
  return `${lines.join('\n')}\n`;
}

function failuresOf(results: readonly JobResult[]): string {
  const failures = results.flatMap(({ job, tally }) => tally.failures.map((failure) => ({ job, ...failure })));
  const texts = failures.map(({ job, title, message }, index) => {
    return `${index + 1}) ${job.name}: ${title}\n${indent(cut(message))}\n`;
  });
  return texts.length > 0 ? `Failed:\n\n${texts.join('\n')}` : '';
}

function notRunOf(results: readonly JobResult[]): string {
  const texts = results.map(({ job, tally }) => notRunOfJob(job.name, tally)).filter((text) => text !== '');
  return texts.length > 0 ? `Not run, because something before it failed:\n\n${texts.join('\n')}\n` : '';
}

function notRunOfJob(name: string, { notRun }: Tally): string {
  return notRun.length > 0 ? `${name}: ${notRun.length}\n${indent(notRun.join('\n'))}` : '';
}

const MAX_LINES = 30;

function cut(text: string): string {
  const lines = text.split('\n');
  return lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '…'].join('\n') : text;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '   ');
}
