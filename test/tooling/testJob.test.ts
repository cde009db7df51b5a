import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { countsLine, EMPTY_TALLY } from '../../tooling/tally.ts';
import { judge, runTestJob, type JobOptions, type JobResult } from '../../tooling/testJob.ts';

/** Each starts a mocha of its own, which takes a second or more. */
const CHILD_TIMEOUT_MS = 60_000;

async function runFixture(name: string, options: JobOptions = {}): Promise<JobResult> {
  const file = fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
  const command = [process.execPath, 'node_modules/mocha/bin/mocha.js', file];
  return runTestJob({ name, stage: 'fixtures', command }, options);
}

describe('a test job', function () {
  this.timeout(CHILD_TIMEOUT_MS);

  it('reports the tests after a failed setup step as not run, those of inner suites too', async () => {
    const { tally } = await runFixture('failingStep');
    assert.equal(countsLine(tally), '2 passed, 1 failed, 3 not run');
    assert.deepEqual(
      tally.failures.map(({ title }) => title),
      ['a suite signs in'],
    );
    assert.match(tally.failures[0]?.message ?? '', /^no sign-in\nat .*failingStep\.ts/);
    assert.deepEqual(tally.notRun, [
      'a suite needs the sign-in',
      'a suite is left out on purpose',
      'a suite inside needs the sign-in too',
    ]);
  });

  it('reports the tests after a setup step that was too slow as not run', async () => {
    const { tally } = await runFixture('timedOutStep');
    assert.equal(countsLine(tally), '0 passed, 1 failed, 1 not run');
  });

  it('counts setup steps that pass as tests', async () => {
    const { tally } = await runFixture('passingSteps');
    assert.equal(countsLine(tally), '6 passed, 0 failed');
  });

  it('runs the setup steps before a test when a filter leaves them out', async () => {
    const { tally } = await runFixture('passingSteps', { grep: 'sees' });
    assert.equal(countsLine(tally), '2 passed, 0 failed');
  });

  it('reports the tests after a failed hook as not run', async () => {
    const { tally } = await runFixture('failingHooks');
    assert.equal(countsLine(tally), '1 passed, 2 failed, 4 not run');
    assert.deepEqual(
      tally.failures.map(({ title }) => title),
      [
        'a suite whose start fails "before all" hook for "needs the editor"',
        'a suite that fails before a test "before each" hook for "second"',
      ],
    );
  });

  it('ends a job that prints nothing for too long', async () => {
    const command = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
    const { tally } = await runTestJob({ name: 'silent', stage: 'fixtures', command }, { silenceMs: 100 });
    assert.equal(countsLine(tally), '0 passed, 1 failed');
    assert.equal(tally.failures[0]?.message, 'It printed nothing for 0.1 s and was ended.');
  });

  it('ends a test that blocks its process, and names it', async () => {
    const interruption = new AbortController();
    const { tally } = await runFixture('hanging', {
      signal: interruption.signal,
      onOutput: (text) => text.includes('Blocking.') && interruption.abort(),
    });
    assert.equal(countsLine(tally), '1 passed, 1 failed, 1 not run');
    assert.equal(tally.failures[0]?.message, 'It was interrupted. This test was running: a suite blocks');
    assert.deepEqual(tally.notRun, ['a suite comes after']);
  });

  it('counts a process that ends in the middle as a failure, whatever its exit code', async () => {
    const { tally } = await runFixture('crashing');
    assert.equal(countsLine(tally), '1 passed, 1 failed, 1 not run');
    assert.match(tally.failures[0]?.message ?? '', /^It ended with code 0 .*running: a suite ends the process$/);
  });

  it('expects no test of a job that only checks the code, and counts its failure', () => {
    const end = { code: 0, tally: EMPTY_TALLY, isFiltered: false };
    const lint = { name: 'lint', stage: 'check', hasNoTests: true };
    assert.deepEqual(judge(lint, end), EMPTY_TALLY);
    assert.deepEqual(
      judge(lint, { ...end, code: 1 }).failures.map(({ message }) => message),
      ['It ended with code 1.'],
    );
  });

  it('counts a job that ran no test as a failure, unless a filter explains it', async () => {
    assert.equal(countsLine((await runFixture('empty')).tally), '0 passed, 1 failed');
    assert.equal(countsLine((await runFixture('empty', { grep: 'nothing' })).tally), '0 passed, 0 failed');
  });

  it('counts a command that cannot be started as a failure', async () => {
    const { tally } = await runTestJob({ name: 'none', stage: 'fixtures', command: ['./no-such-command'] });
    assert.equal(countsLine(tally), '0 passed, 1 failed');
  });
});
