import { parseArgs } from 'node:util';
import { reportCounts } from '../tooling/effort.ts';
import { isEquivalent, staleEquivalents } from '../tooling/mutation/equivalentMutants.ts';
import { AREAS } from '../tooling/mutation/mutationAreas.ts';
import { mutationReport, sampleOf } from '../tooling/mutation/mutationReport.ts';
import { findCandidates, tryMutants, withBundleFolder, type Candidates } from '../tooling/mutation/mutationRun.ts';

const HELP = `npm run test:mutation [-- <flags>]

Puts small faults into the code on which the safety of tokens and data depends, one at a time, and runs the tests that
belong to it. A fault is killed when a test fails. Prints the faults that survived, and fails when fewer than 80 % are
killed in one of the areas. No file is changed.

  --area <names>   only these areas, separated by commas: ${Object.keys(AREAS).join(', ')}
  --file <text>    only files whose path contains the text
  --sample <n>     at most so many faults for each area, chosen at random
  --seed <n>       for the sample and for tests with random values; default 1
  --workers <n>    processes that run tests at the same time, default 2
  --list           prints the faults, and tries none
  --help           this text`;

/** Percent that must be killed in each area. */
const GOAL = 80;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      area: { type: 'string' },
      file: { type: 'string', default: '' },
      sample: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [sample, seed, workers] = [Number(values.sample), Number(values.seed), Number(values.workers)];
  if (!(sample >= 1 && Number.isInteger(seed) && Number.isInteger(workers) && workers >= 1)) {
    throw new Error('--sample, --seed and --workers take numbers, and the first and the last are at least 1.');
  }
  return withBundleFolder(async (folder) => {
    const areas = await Promise.all(
      chooseAreas(values.area).map(async (name) => {
        const files = (AREAS[name] ?? []).filter(({ file }) => file.includes(values.file));
        const all = await Promise.all(files.map((file) => findCandidates(file, folder)));
        return { name, all, files: sampleOf(all, sample, seed) };
      }),
    );
    const stale = areas.flatMap(({ all }) => all.flatMap(({ file, mutants }) => staleEquivalents(file, mutants)));
    if (stale.length > 0) {
      console.log(`tooling/mutation/equivalentMutants.ts names faults that no longer exist:\n${stale.join('\n')}`);
      return 1;
    }
    if (values.list) {
      areas.forEach(({ files }) => files.forEach(list));
      return 0;
    }
    return tryAndReport(areas, { workers, seed });
  });
}

interface Area {
  readonly name: string;
  readonly all: readonly Candidates[];
  /** Those to try. */
  readonly files: readonly Candidates[];
}

async function tryAndReport(
  areas: readonly Area[],
  options: { readonly workers: number; readonly seed: number },
): Promise<number> {
  const started = Date.now();
  const interruption = new AbortController();
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => process.once(signal, () => interruption.abort()));
  const results = await tryMutants(
    areas.flatMap(({ files }) => files),
    { ...options, signal: interruption.signal, onProgress: showProgress },
  ).catch((error: unknown) => {
    if (interruption.signal.aborted) {
      return undefined;
    }
    throw error;
  });
  if (!results) {
    console.log('\nInterrupted.');
    return 1;
  }
  const { text, killed, survived, isReached } = mutationReport(
    areas.map(({ name, all, files }) => ({
      name,
      total: all.reduce((sum, { mutants }) => sum + mutants.length, 0),
      results: results.filter(({ file }) => files.some((each) => each.file === file)),
    })),
    GOAL,
  );
  reportCounts('mutation', { 'mutants killed': killed, 'mutants survived': survived });
  console.log(`\n${text}\n\n${Math.round((Date.now() - started) / 1000)} s with ${options.workers} workers`);
  return isReached ? 0 : 1;
}

function chooseAreas(names: string | undefined): readonly string[] {
  const chosen = names?.split(',') ?? Object.keys(AREAS);
  const unknown = chosen.find((name) => !Object.hasOwn(AREAS, name));
  if (unknown !== undefined) {
    throw new Error(`There is no area "${unknown}"; the areas are ${Object.keys(AREAS).join(', ')}.`);
  }
  return chosen;
}

function list({ file, mutants }: Candidates): void {
  for (const mutant of mutants) {
    const mark = isEquivalent(file, mutant) ? ' (equivalent)' : '';
    console.log(`${file}:${mutant.line} ${mutant.place}: ${mutant.original} → ${mutant.replacement}${mark}`);
  }
}

function showProgress(done: number, total: number): void {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r${done} of ${total}`);
  }
}
