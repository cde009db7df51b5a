/** What happened in a run of mocha, an event a line of JSON, so that a run that breaks off is counted up to there. */
export type TallyEvent = { readonly run: string } & (
  | { readonly event: 'plan'; readonly tests: readonly PlannedTest[] }
  | { readonly event: 'started' | 'passed' | 'skipped'; readonly test: number }
  | ({ readonly event: 'failed'; readonly test?: number | undefined } & Failure)
  | { readonly event: 'end' }
);

/** A test that the filter lets through. Events name it by its place in the plan. */
export interface PlannedTest {
  readonly title: string;
  readonly file?: string | undefined;
}

/** A test or a hook that failed. */
export interface Failure {
  readonly title: string;
  readonly message: string;
}

export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  /** Titles of the tests that were not reached, because something that they need had failed before. */
  readonly notRun: readonly string[];
  /** Title of the test that was running when its run broke off. */
  readonly brokeOffIn?: string | undefined;
  readonly isComplete: boolean;
}

export const EMPTY_TALLY: Tally = { passed: 0, skipped: 0, failures: [], notRun: [], isComplete: true };

/** Sums the events of one or more runs of mocha. */
export function tallyOf(events: readonly TallyEvent[]): Tally {
  const runs = [...new Set(events.map(({ run }) => run))];
  return sumTallies(runs.map((run) => tallyOfRun(events.filter((event) => event.run === run))));
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    skipped: tallies.reduce((sum, { skipped }) => sum + skipped, 0),
    failures: tallies.flatMap(({ failures }) => failures),
    notRun: tallies.flatMap(({ notRun }) => notRun),
    brokeOffIn: tallies.find(({ brokeOffIn }) => brokeOffIn !== undefined)?.brokeOffIn,
    isComplete: tallies.every(({ isComplete }) => isComplete),
  };
}

/** `N passed, N failed`, and `, N skipped` when there are some: the last line of a run. */
export function totalLine({ passed, failures, skipped }: Tally): string {
  return `${passed} passed, ${failures.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** The same with the tests that were not run, which neither failed nor were skipped on purpose. */
export function countsLine(tally: Tally): string {
  return `${totalLine(tally)}${tally.notRun.length > 0 ? `, ${tally.notRun.length} not run` : ''}`;
}

/** Reads lines of JSON, without a last line that was cut off when its writer was ended. */
export function parseEvents(text: string): TallyEvent[] {
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = complete.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as TallyEvent);
}

function tallyOfRun(events: readonly TallyEvent[]): Tally {
  const plan = events.flatMap((each) => (each.event === 'plan' ? each.tests : []));
  const isComplete = events.some(({ event }) => event === 'end');
  const started = events.flatMap((each) => (each.event === 'started' ? each.test : [])).at(-1);
  const settled = new Set<number | undefined>();
  for (const each of events) {
    if (each.event === 'passed' || each.event === 'skipped' || each.event === 'failed') {
      settled.add(each.test);
    }
  }
  const running = isComplete || settled.has(started) ? undefined : started;
  return {
    passed: events.filter(({ event }) => event === 'passed').length,
    skipped: events.filter(({ event }) => event === 'skipped').length,
    failures: events.flatMap((each) => (each.event === 'failed' ? [{ title: each.title, message: each.message }] : [])),
    notRun: plan.filter((_, test) => !settled.has(test) && test !== running).map(({ title }) => title),
    brokeOffIn: running === undefined ? undefined : plan[running]?.title,
    isComplete,
  };
}
