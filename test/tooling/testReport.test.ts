import assert from 'node:assert/strict';
import { EMPTY_TALLY, parseEvents, tallyOf, type Tally } from '../../tooling/tally.ts';
import { notStarted, type JobResult } from '../../tooling/testJob.ts';
import { isGreen, jobHeading, reportLines, reportOf, summary } from '../../tooling/testReport.ts';

function result(name: string, stage: string, seconds: number, tally: Partial<Tally>): JobResult {
  return { job: { name, stage, command: [] }, seconds, output: '', tally: { ...EMPTY_TALLY, ...tally } };
}

const failure = { title: 'a suite signs in', message: 'no sign-in' };
const check = result('check', 'check', 50, { passed: 1000, skipped: 1 });
const history = result('e2e history', 'e2e', 60.04, { passed: 20, failures: [failure], notRun: ['one', 'other'] });
const story = result('e2e story', 'e2e', 9, { passed: 5 });
const preparation: JobResult = {
  job: { name: 'preparation', command: [] },
  seconds: 2,
  output: '',
  tally: EMPTY_TALLY,
};

describe('the report of a test run', () => {
  it('sums jobs to stages, shows failures and what was not run, and ends with the total alone', () => {
    assert.equal(
      summary([story, check, history, preparation], {
        seconds: 70,
        workers: 2,
        stages: ['check', 'e2e'],
        nodes: new Map([
          ['check', '20.20.2'],
          ['e2e', '24.21.0 of VS Code 4.139.1'],
        ]),
      }),
      `   60.0 s  e2e history  20 passed, 1 failed, 2 not run
   50.0 s  check  1000 passed, 0 failed, 1 skipped
    9.0 s  e2e story  5 passed, 0 failed
    2.0 s  preparation

Failed:

1) e2e history: a suite signs in
   no sign-in

Not run, because something before it failed:

e2e history: 2
   one
   other

check        1000 passed, 0 failed, 1 skipped, 50.0 s, on Node.js 20.20.2
e2e          25 passed, 1 failed, 2 not run, 69.0 s, on Node.js 24.21.0 of VS Code 4.139.1
70.0 s on 2 workers

1025 passed, 1 failed, 1 skipped`,
    );
  });

  it('shows no list of jobs for one job', () => {
    assert.equal(
      summary([story], { seconds: 9, workers: 1, stages: ['e2e'] }),
      'e2e          5 passed, 0 failed, 9.0 s\n9.0 s on 1 worker\n\n5 passed, 0 failed',
    );
  });

  it('puts the counts above the output of a job', () => {
    assert.equal(jobHeading(history), '=== e2e history, 20 passed, 1 failed, 2 not run, 60.0 s ===');
    assert.equal(jobHeading(preparation), '=== preparation, 2.0 s ===');
  });

  it('is green only when tests passed and none failed', () => {
    assert.equal(isGreen([check, story]), true);
    assert.equal(isGreen([check, history]), false);
    assert.equal(isGreen([result('e2e story', 'e2e', 1, {})]), false);
  });

  it('names a job that was not started among what was not run', () => {
    assert.match(
      summary([notStarted(story.job)], { seconds: 1, workers: 2, stages: ['e2e'] }),
      /e2e story: 1\n {3}every test of e2e story/,
    );
  });

  it('tells other programs the same, and a person in a few lines', () => {
    const report = reportOf([check, history], 70);
    assert.equal(
      reportLines(report),
      '70 s, 1020 passed, 1 failed, 1 skipped, 2 not run\n  failed: e2e history: a suite signs in',
    );
    assert.deepEqual(report, {
      seconds: 70,
      total: '1020 passed, 1 failed, 1 skipped, 2 not run',
      failures: ['e2e history: a suite signs in'],
      notRun: ['one', 'other'],
      jobs: { check: 50, 'e2e history': 60.04 },
    });
  });
});

describe('the tally of test events', () => {
  const plan = { event: 'plan', tests: [{ title: 'first' }, { title: 'second' }, { title: 'third' }] } as const;

  it('sums several runs of mocha', () => {
    const tally = tallyOf([
      { run: 'a', ...plan },
      { run: 'b', event: 'plan', tests: [{ title: 'alone' }] },
      { run: 'a', event: 'passed', test: 0 },
      { run: 'b', event: 'passed', test: 0 },
      { run: 'a', event: 'skipped', test: 1 },
      { run: 'a', event: 'failed', test: 2, ...failure },
      { run: 'a', event: 'end' },
      { run: 'b', event: 'end' },
    ]);
    assert.deepEqual(tally, {
      passed: 2,
      skipped: 1,
      failures: [failure],
      notRun: [],
      brokeOffIn: undefined,
      isComplete: true,
    });
  });

  it('knows what a run that breaks off did, was doing and did not reach', () => {
    const text = [
      { run: 'a', ...plan },
      { run: 'a', event: 'passed', test: 0 },
      { run: 'a', event: 'started', test: 1 },
    ].map((event) => JSON.stringify(event));
    const tally = tallyOf(parseEvents(`${text.join('\n')}\n{"run":"a","eve`));
    assert.equal(tally.isComplete, false);
    assert.equal(tally.passed, 1);
    assert.equal(tally.brokeOffIn, 'second');
    assert.deepEqual(tally.notRun, ['third']);
  });

  it('counts a hook that fails, but not as a test of the plan', () => {
    const tally = tallyOf([
      { run: 'a', ...plan },
      { run: 'a', event: 'failed', ...failure },
      { run: 'a', event: 'end' },
    ]);
    assert.equal(tally.failures.length, 1);
    assert.deepEqual(tally.notRun, ['first', 'second', 'third']);
  });
});
