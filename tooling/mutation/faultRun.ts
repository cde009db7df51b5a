import { pathToFileURL } from 'node:url';
import Mocha, { type Runnable, type Suite, type Test } from 'mocha';
import { SWITCH } from './mutants.ts';

/** What a run without a fault shows: which tests execute which faulty pieces, and how long they take. */
export interface Survey {
  readonly titles: readonly string[];
  /** Milliseconds, in the order of the titles. */
  readonly durations: readonly number[];
  /** For each test, the faults that it executes. */
  readonly reached: readonly (readonly number[])[];
  /** Faults that are executed outside the tests: when modules are loaded, and in hooks of several tests. */
  readonly reachedOutside: readonly number[];
  /** Tests that fail without a fault. */
  readonly failures: readonly string[];
}

export interface FaultRun {
  /** The first test that failed, with its error. */
  readonly failure: string | undefined;
  /** The failure was an error that no test waited for, perhaps one left over from an earlier run. */
  readonly isStray: boolean;
}

export interface FaultRunOptions {
  /** 0 is none. */
  readonly fault: number;
  /** Positions of the tests to run, by default all. */
  readonly tests?: readonly number[] | undefined;
  /** Milliseconds of each test without a fault, by position. */
  readonly durations?: readonly number[] | undefined;
}

/** For a test that a fault keeps waiting, on top of five times what it takes without. */
export const TEST_TIMEOUT_MS = 5000;

/** For a test without a fault. */
const SURVEY_TIMEOUT_MS = 60_000;

/** Titles of tests of speed: code with switches is slower. */
const DURATION = /^needs less than [\d.]+ m?s\b|\btimes the time of\b/;

/** Runs each bundle again and again in this process, each time with fresh modules. */
export class FaultRunner {
  readonly #url: string;
  #runs = 0;

  constructor(bundle: string) {
    this.#url = pathToFileURL(bundle).href;
  }

  async survey(): Promise<Survey> {
    let current = new Set<number>();
    const outside = current;
    provideSwitch((id) => {
      current.add(id);
      return false;
    });
    const mocha = await this.#load({ bail: false, timeout: SURVEY_TIMEOUT_MS });
    const tests = testsOf(mocha.suite);
    const reached = new Map<Runnable, Set<number>>();
    const durations = new Map<Runnable, number>();
    const failures: string[] = [];
    await run(mocha, (runner) => {
      let started = 0;
      runner.on('test', (test) => {
        started = performance.now();
        current = new Set();
        reached.set(test, current);
      });
      runner.on('test end', (test) => durations.set(test, Math.ceil(performance.now() - started)));
      // Hooks after each test still belong to it.
      runner.on('hook', (hook) => {
        if (/^"(?:before|after) all"/.test(hook.title)) {
          current = outside;
        }
      });
      runner.on('fail', (test, error: unknown) => failures.push(describeFailure(test, error)));
    });
    return {
      titles: tests.map((test) => test.fullTitle()),
      durations: tests.map((test) => durations.get(test) ?? 0),
      reached: tests.map((test) => [...(reached.get(test) ?? [])]),
      reachedOutside: [...outside],
      failures,
    };
  }

  async run({ fault, tests, durations = [] }: FaultRunOptions): Promise<FaultRun> {
    provideSwitch((id) => id === fault);
    const mocha = await this.#load({ bail: true, timeout: TEST_TIMEOUT_MS });
    const all = testsOf(mocha.suite);
    all.forEach((test, index) => test.timeout(TEST_TIMEOUT_MS + 5 * (durations[index] ?? 0)));
    if (tests) {
      const chosen = new Set(tests.map((index) => all[index]));
      keepTests(mocha.suite, (test) => chosen.has(test));
    }
    let failure: string | undefined;
    let isStray = false;
    await run(mocha, (runner) => {
      runner.on('fail', (test, error: unknown) => {
        failure ??= describeFailure(test, error);
        isStray ||= (error as { readonly uncaught?: unknown } | undefined)?.uncaught === true;
      });
    });
    return { failure, isStray };
  }

  async #load(options: { readonly bail: boolean; readonly timeout: number }): Promise<Mocha> {
    const mocha = new Mocha({ ...options, reporter: Mocha.reporters.Base });
    mocha.suite.emit('pre-require', globalThis, '', mocha);
    this.#runs += 1;
    await import(`${this.#url}?run=${this.#runs}`);
    keepTests(mocha.suite, (test) => !DURATION.test(test.title));
    return mocha;
  }
}

function provideSwitch(isFaulty: (id: number) => boolean): void {
  Reflect.set(globalThis, SWITCH, isFaulty);
}

function run(mocha: Mocha, observe: (runner: Mocha.Runner) => void): Promise<void> {
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      mocha.dispose();
      resolve();
    });
    observe(runner);
  });
}

function testsOf(suite: Suite): readonly Test[] {
  return [...suite.tests, ...suite.suites.flatMap(testsOf)];
}

function keepTests(suite: Suite, isKept: (test: Test) => boolean): void {
  suite.tests = suite.tests.filter(isKept);
  suite.suites.forEach((nested) => keepTests(nested, isKept));
}

function describeFailure(test: Runnable, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${test.fullTitle()}: ${message.split('\n', 1)[0] ?? ''}`;
}
