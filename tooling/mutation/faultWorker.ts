import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../provisionVscode.ts';
import type { FaultRun, FaultRunOptions, Survey } from './faultRun.ts';

/** What a worker process is asked: a run, or else a survey. */
export interface WorkerRequest {
  readonly bundle: string;
  readonly seed: number;
  readonly run?: FaultRunOptions;
}

export type WorkerAnswer = { readonly survey: Survey } | { readonly run: FaultRun } | { readonly error: string };

/** A survey that takes longer hangs. */
const SURVEY_LIMIT_MS = 120_000;

/** Each run keeps its modules in memory. */
const RUNS_PER_PROCESS = 300;

const entry = fileURLToPath(new URL('faultWorkerProcess.ts', import.meta.url));

/** A process that runs tests with faults, one run at a time. It is replaced when a run does not end. */
export class FaultWorker {
  /** For tests with random values. */
  readonly seed: number;
  #child: ChildProcess | undefined;
  #runs = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  async survey(bundle: string): Promise<Survey> {
    const answer = await this.#ask({ bundle, seed: this.seed }, SURVEY_LIMIT_MS);
    if (answer === 'timeout' || !('survey' in answer)) {
      throw new Error(
        `The tests cannot run without a fault: ${answer === 'timeout' ? answer : JSON.stringify(answer)}`,
      );
    }
    return answer.survey;
  }

  /** `limit` in milliseconds, for all tests together. A fault with which no test can be loaded is a failure. */
  async run(bundle: string, run: FaultRunOptions, limit: number): Promise<FaultRun | 'timeout'> {
    if (this.#runs >= RUNS_PER_PROCESS) {
      await this.stop();
    }
    const answer = await this.#ask({ bundle, seed: this.seed, run }, limit);
    if (answer === 'timeout') {
      return answer;
    }
    return 'run' in answer ? answer.run : { failure: JSON.stringify(answer), isStray: false };
  }

  /** Whether the next run shares its process with none before it. */
  get isFresh(): boolean {
    return this.#runs === 0;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#runs = 0;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  async #ask(request: WorkerRequest, limit: number): Promise<WorkerAnswer | 'timeout'> {
    const child = this.#child ?? (await this.#start());
    this.#runs += 1;
    const answer = await new Promise<WorkerAnswer | 'timeout'>((resolve) => {
      const timer = setTimeout(() => done('timeout'), limit);
      const onExit = (code: number | null): void => done({ error: `the process ended with code ${code ?? 'none'}` });
      const done = (result: WorkerAnswer | 'timeout'): void => {
        clearTimeout(timer);
        child.off('message', done).off('exit', onExit);
        resolve(result);
      };
      child.once('message', done).once('exit', onExit);
      child.send(request);
    });
    if (answer === 'timeout' || 'error' in answer) {
      await this.stop();
    }
    return answer;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(entry, {
      cwd: projectRoot,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    await once(child, 'message');
    return child;
  }
}
