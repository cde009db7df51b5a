export interface QueuedJob {
  readonly name: string;
  /** Names of the jobs that must have succeeded before. */
  readonly after?: readonly string[];
}

/**
 * Runs jobs side by side in their order, except that a job waits for those that it comes after. `run` answers whether the
 * job succeeded; it does not reject. Returns the jobs that were not run because one before them failed.
 */
export function runQueue<Job extends QueuedJob>(
  jobs: readonly Job[],
  workers: number,
  run: (job: Job) => Promise<boolean>,
): Promise<readonly Job[]> {
  const waiting = [...jobs];
  const succeeded = new Set<string>();
  let running = 0;
  return new Promise((resolve) => {
    const startNext = (): void => {
      while (running < workers) {
        const ready = waiting.findIndex(({ after = [] }) => after.every((name) => succeeded.has(name)));
        const [job] = ready < 0 ? [] : waiting.splice(ready, 1);
        if (!job) {
          break;
        }
        running += 1;
        void run(job).then((isSuccess) => {
          running -= 1;
          if (isSuccess) {
            succeeded.add(job.name);
          }
          startNext();
        });
      }
      if (running === 0) {
        resolve(waiting);
      }
    };
    startNext();
  });
}

/** So that no worker has a long job left when the others are done: what others wait for, then the longest first. */
export function longestFirst<Job extends QueuedJob>(jobs: readonly Job[], seconds: (job: Job) => number): Job[] {
  const awaited = new Set(jobs.flatMap(({ after = [] }) => after));
  const weight = (job: Job): number => (awaited.has(job.name) ? Number.MAX_VALUE : seconds(job));
  return [...jobs].sort((one, other) => weight(other) - weight(one) || one.name.localeCompare(other.name));
}
