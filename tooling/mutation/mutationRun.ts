import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../provisionVscode.ts';
import { TEST_TIMEOUT_MS, type FaultRun, type Survey } from './faultRun.ts';
import { FaultWorker } from './faultWorker.ts';
import { mutate, type Mutant } from './mutants.ts';
import { bundleMutatedTests } from './mutatedTests.ts';
import type { MutatedFile } from './mutationAreas.ts';

/** The faults of a file, and the bundle that has all of them. */
export interface Candidates {
  readonly file: string;
  readonly bundle: string;
  readonly mutants: readonly Mutant[];
}

export interface MutantResult {
  readonly file: string;
  readonly mutant: Mutant;
  readonly outcome: 'killed' | 'survived';
  /** The test that found it, `timeout`, or why none did. */
  readonly detail: string;
}

/** So many faults of one file are tried before the tests must pass again without a fault. */
const CHUNK = 40;

/** Milliseconds for a test and hooks that a fault keeps waiting. With bail, no other test comes after it. */
const LONGEST_HANG_MS = 4 * TEST_TIMEOUT_MS;

/** Calls `run` with a folder for bundles, and deletes it afterwards. */
export async function withBundleFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const artifacts = path.join(projectRoot, 'artifacts');
  await mkdir(artifacts, { recursive: true });
  const folder = await mkdtemp(path.join(artifacts, 'mutation-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes the faults of a file, and the bundle in `folder`. */
export async function findCandidates({ file, tests, only }: MutatedFile, folder: string): Promise<Candidates> {
  const { mutants, text } = mutate(await readFile(path.join(projectRoot, file), 'utf8'));
  const bundle = path.join(folder, `${path.basename(file, '.ts')}.mjs`);
  await bundleMutatedTests({ file, text, tests, output: bundle });
  const isChosen = ({ place }: Mutant): boolean =>
    only?.some((name) => place === name || place.startsWith(`${name}.`)) ?? true;
  return { file, bundle, mutants: mutants.filter(isChosen) };
}

export interface MutationRunOptions {
  readonly workers: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called after each chunk. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Tries all candidates. Rejects if tests fail without a fault. */
export async function tryMutants(files: readonly Candidates[], options: MutationRunOptions): Promise<MutantResult[]> {
  const workers = Array.from({ length: options.workers }, () => new FaultWorker(options.seed));
  const stop = (): void => void Promise.all(workers.map((worker) => worker.stop()));
  options.signal.addEventListener('abort', stop);
  const results: MutantResult[] = [];
  const total = files.reduce((sum, { mutants }) => sum + mutants.length, 0);
  try {
    const chunks: Chunk[] = [];
    await share(files, workers, options.signal, async (worker, candidates) => {
      const survey = await worker.survey(candidates.bundle);
      if (survey.failures.length > 0) {
        throw new Error(`Without a fault, tests of ${candidates.file} fail:\n${survey.failures.join('\n')}`);
      }
      chunks.push(...chunksOf(candidates, survey));
    });
    // The longest first, so that no worker has a long one left when the others are done.
    chunks.sort((one, other) => other.weight - one.weight);
    await share(chunks, workers, options.signal, async (worker, chunk) => {
      results.push(...(await tryChunk(worker, chunk)));
      options.onProgress(results.length, total);
    });
    return results;
  } finally {
    options.signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** Each worker takes the next item when it is done with the one before. */
async function share<Item>(
  items: readonly Item[],
  workers: readonly FaultWorker[],
  signal: AbortSignal,
  run: (worker: FaultWorker, item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  await Promise.all(
    workers.map(async (worker) => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) {
        signal.throwIfAborted();
        await run(worker, item);
      }
    }),
  );
}

interface Chunk {
  readonly candidates: Candidates;
  readonly durations: Survey['durations'];
  readonly tries: readonly Try[];
  /** Milliseconds if no test finds anything. */
  readonly weight: number;
}

interface Try {
  readonly mutant: Mutant;
  /** Positions; `undefined` for all tests of the file. */
  readonly tests: readonly number[] | undefined;
  /** Milliseconds that the tests take without a fault. */
  readonly duration: number;
}

function chunksOf(candidates: Candidates, survey: Survey): Chunk[] {
  const outside = new Set(survey.reachedOutside);
  const reached = survey.reached.map((ids) => new Set(ids));
  const tries = candidates.mutants.map((mutant): Try => {
    const tests = reached.flatMap((ids, index) => (ids.has(mutant.id) ? [index] : []));
    const chosen = outside.has(mutant.id) ? survey.durations.map((_, index) => index) : tests;
    const duration = chosen.reduce((sum, index) => sum + (survey.durations[index] ?? 0), 0);
    return { mutant, tests: outside.has(mutant.id) ? undefined : tests, duration };
  });
  return Array.from({ length: Math.ceil(tries.length / CHUNK) }, (_, index) => {
    const part = tries.slice(index * CHUNK, (index + 1) * CHUNK);
    return {
      candidates,
      durations: survey.durations,
      tries: part,
      weight: part.reduce((sum, { duration }) => sum + duration, 0),
    };
  });
}

async function tryChunk(worker: FaultWorker, chunk: Chunk): Promise<MutantResult[]> {
  const { file, bundle } = chunk.candidates;
  const tryAll = async (isAlone: boolean): Promise<MutantResult[]> => {
    const results: MutantResult[] = [];
    for (const each of chunk.tries) {
      if (isAlone) {
        await worker.stop();
      }
      results.push({ file, mutant: each.mutant, ...(await tryMutant(worker, chunk, each)) });
    }
    return results;
  };
  const results = await tryAll(false);
  const { durations } = chunk;
  const control = await worker.run(bundle, { fault: 0, durations }, limitOf(durations));
  // Unless the tests still pass without a fault, one of the faults left something behind.
  return control !== 'timeout' && control.failure === undefined ? results : tryAll(true);
}

async function tryMutant(
  worker: FaultWorker,
  { candidates, durations }: Chunk,
  { mutant, tests }: Try,
): Promise<Pick<MutantResult, 'outcome' | 'detail'>> {
  if (tests?.length === 0) {
    return { outcome: 'survived', detail: 'no test executes it' };
  }
  const limit = limitOf(tests?.map((index) => durations[index] ?? 0) ?? durations);
  const attempt = (): Promise<FaultRun | 'timeout'> =>
    worker.run(candidates.bundle, { fault: mutant.id, tests, durations }, limit);
  const { isFresh } = worker;
  let run = await attempt();
  if (run !== 'timeout' && run.isStray && !isFresh) {
    await worker.stop();
    run = await attempt();
  }
  if (run === 'timeout') {
    return { outcome: 'killed', detail: run };
  }
  return run.failure === undefined
    ? { outcome: 'survived', detail: 'all tests pass' }
    : { outcome: 'killed', detail: run.failure };
}

function limitOf(durations: readonly number[]): number {
  return LONGEST_HANG_MS + 5 * durations.reduce((sum, duration) => sum + duration, 0);
}
