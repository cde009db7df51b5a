import type { Context, Suite, Test } from 'mocha';
import type { Skippable } from '../../tooling/tallyObserver.ts';

interface Step {
  readonly test: Test;
  readonly run: StepFunction;
  hasRun: boolean;
}

type StepFunction = (this: Context) => void | Promise<void>;

const stepsOf = new WeakMap<Suite, Step[]>();

/**
 * A test that the later tests of its `describe` need, for example the one that signs in. When it fails, they are
 * reported as not run. When a filter (`--grep`) leaves it out, it runs before the first test that needs it.
 */
export function setupStep(title: string, run: StepFunction): void {
  const step: Step = {
    test: it(title, function () {
      step.hasRun = true;
      return run.call(this);
    }),
    run,
    hasRun: false,
  };
  const { parent: suite } = step.test;
  if (!suite) {
    throw new Error('A setup step stands in a describe.');
  }
  const steps = stepsOf.get(suite);
  if (steps) {
    steps.push(step);
  } else {
    stepsOf.set(suite, [step]);
    addHooks(suite);
  }
}

function addHooks(suite: Suite): void {
  beforeEach('steps that this test needs', async function () {
    for (const step of stepsBefore(suite, this.currentTest)) {
      if (!step.hasRun) {
        step.hasRun = true;
        await step.run.call(this);
      }
    }
  });
  afterEach(function () {
    const failed = (stepsOf.get(suite) ?? []).find(({ test }) => test === this.currentTest && test.isFailed());
    if (failed) {
      leaveOutAfter(suite, failed.test);
    }
  });
}

function stepsBefore(suite: Suite, current: Test | undefined): readonly Step[] {
  const steps = stepsOf.get(suite) ?? [];
  if (current?.parent !== suite) {
    // Mocha runs the tests of a suite before those of the suites in it.
    return steps;
  }
  const place = suite.tests.indexOf(current);
  return steps.filter(({ test }) => suite.tests.indexOf(test) < place);
}

function leaveOutAfter(suite: Suite, failed: Test): void {
  const left: readonly (Test | Suite)[] = [...suite.tests.slice(suite.tests.indexOf(failed) + 1), ...suite.suites];
  for (const each of left) {
    each.pending = true;
    (each as Skippable).isNotRun = true;
  }
}
