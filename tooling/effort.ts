import { appendFileSync } from 'node:fs';

/**
 * For suites that prove the same thing with few or with many tries. `npm test` runs the short version of each and
 * `npm run test:faults` the long one. A test file belongs to `test:faults` if it imports this module.
 *
 *     const ROUNDS = effort({ short: 20, long: 500 });
 *     …
 *     after(() => reportCounts('race of windows', { rounds: ROUNDS, 'sessions lost': lost }));
 */
export function effort<Value>({ short, long }: { readonly short: Value; readonly long: Value }): Value {
  return process.env[EFFORT_VARIABLE] === 'long' ? long : short;
}

/**
 * Adds what a suite did to the table at the end of `npm run test:faults`. The table adds up all reports of one suite,
 * so a suite may report after each test. Does nothing elsewhere.
 */
export function reportCounts(suite: string, counts: Counts): void {
  const file = process.env[COUNTS_VARIABLE];
  if (file !== undefined) {
    const report: CountsReport = { suite, counts };
    appendFileSync(file, `${JSON.stringify(report)}\n`);
  }
}

/** One row each of the table, in its order. Add one when no other fits. */
export const COUNT_KINDS = [
  'windows raced',
  'rounds',
  'sequences',
  'steps',
  'faults injected',
  'inputs fuzzed',
  'surfaces scanned',
  'secrets planted and found',
  'hours simulated',
  'sessions lost',
  /** A response with a rotated token was lost on the way, so nobody can know the token (A7). */
  'sign-ins after a lost response',
  'secrets leaked',
  'mutants killed',
  'mutants survived',
] as const;

export type CountKind = (typeof COUNT_KINDS)[number];

export type Counts = { readonly [Kind in CountKind]?: number };

/** A line of the file that `COUNTS_VARIABLE` names. */
export interface CountsReport {
  readonly suite: string;
  readonly counts: Counts;
}

/** Set by the runner: `long`, or not set. */
export const EFFORT_VARIABLE = 'TEST_EFFORT';

/** Set by the runner: the file to which suites append their counts, a line of JSON each. */
export const COUNTS_VARIABLE = 'TEST_COUNTS_FILE';
