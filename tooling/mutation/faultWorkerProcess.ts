// Started by faultWorker.ts.
import fc from 'fast-check';
import { FaultRunner } from './faultRun.ts';
import type { WorkerAnswer, WorkerRequest } from './faultWorker.ts';

const runners = new Map<string, FaultRunner>();

// A fault may leave work behind that fails after its run.
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (request: WorkerRequest) => {
  void answer(request)
    .catch((error: unknown): WorkerAnswer => ({ error: String(error) }))
    .then((result) => process.send?.(result));
});
process.send?.('ready');

async function answer({ bundle, seed, run }: WorkerRequest): Promise<WorkerAnswer> {
  fc.configureGlobal({ seed });
  const runner = runners.get(bundle) ?? new FaultRunner(bundle);
  runners.set(bundle, runner);
  return run ? { run: await runner.run(run) } : { survey: await runner.survey() };
}
