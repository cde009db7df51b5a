import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import type { Runner, Runnable, Suite, Test } from 'mocha';
import type { TallyEvent } from './tally.ts';

/** A test that will not run because a setup step failed carries this mark, and so may a suite; see `setupStep`. */
export interface Skippable {
  isNotRun?: boolean;
}

type Said = TallyEvent extends infer Event ? (Event extends TallyEvent ? Omit<Event, 'run'> : never) : never;

/** Tells what happens in a run of mocha that has not begun yet. */
export function observeRun(runner: Runner, emit: (event: TallyEvent) => void): void {
  const run = randomUUID();
  const places = new Map<Test, number>();
  const say = (said: Said): void => emit({ run, ...said });
  const sayOf = (event: 'started' | 'passed' | 'skipped', test: Test): void => {
    const place = places.get(test);
    if (place !== undefined) {
      say({ event, test: place });
    }
  };
  // Not sooner: the filter is set after the reporter was made.
  runner.once('start', () => {
    const tests = plannedTests(runner);
    tests.forEach((test, place) => places.set(test, place));
    say({ event: 'plan', tests: tests.map((test) => ({ title: test.fullTitle(), file: test.file })) });
  });
  runner.on('test', (test) => sayOf('started', test));
  runner.on('pass', (test) => sayOf('passed', test));
  runner.on('pending', (test) => {
    if (!isNotRun(test)) {
      sayOf('skipped', test);
    }
  });
  runner.on('fail', (failed: Test, error: unknown) => {
    say({ event: 'failed', test: places.get(failed), title: failed.fullTitle(), message: explain(failed, error) });
  });
  runner.once('end', () => say({ event: 'end' }));
}

/** As mocha decides it; the filter is a private part of its runner. */
function plannedTests(runner: Runner): Test[] {
  const { _grep: filter, _invert: isInverted } = runner as unknown as { _grep: RegExp; _invert?: boolean };
  const tests: Test[] = [];
  runner.suite.eachTest((test) => {
    if (filter.test(test.fullTitle()) !== Boolean(isInverted)) {
      tests.push(test);
    }
  });
  return tests;
}

function isNotRun(test: Test): boolean {
  for (let each: (Test | Suite) | undefined = test; each; each = each.parent) {
    if ((each as Skippable).isNotRun) {
      return true;
    }
  }
  return false;
}

/** The message, and the first place in a file of ours. */
function explain(failed: Runnable, error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const places = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = places.find((line) => !/node_modules|node:/.test(line)) ?? failed.file;
  // Playwright writes in colors.
  return stripVTControlCharacters([error.message, own?.trim()].filter((part) => part).join('\n'));
}
