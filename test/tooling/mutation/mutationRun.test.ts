import assert from 'node:assert/strict';
import { isEquivalent, staleEquivalents, type Equivalent } from '../../../tooling/mutation/equivalentMutants.ts';
import { AREAS } from '../../../tooling/mutation/mutationAreas.ts';
import { mutationReport, sampleOf } from '../../../tooling/mutation/mutationReport.ts';
import {
  findCandidates,
  tryMutants,
  withBundleFolder,
  type MutantResult,
} from '../../../tooling/mutation/mutationRun.ts';

const FIXTURE = {
  file: 'test/tooling/fixtures/mutated/limit.ts',
  tests: ['test/tooling/fixtures/mutated/limitChecks.ts'],
};

describe('a run with faults', function () {
  this.timeout(60_000);

  it('kills what a test notices, also when modules are loaded, and names what survives', async () => {
    const results = await withBundleFolder(async (folder) => {
      const candidates = await findCandidates({ ...FIXTURE, only: ['limit', 'ROUNDING'] }, folder);
      const { signal } = new AbortController();
      return tryMutants([candidates], { workers: 1, seed: 1, signal, onProgress: () => {} });
    });
    const outcomes = results.map(({ mutant, outcome }) => `${mutant.original} → ${mutant.replacement}: ${outcome}`);
    assert.deepEqual(outcomes, [
      'value > most → value >= most: survived',
      'value > most → value <= most: killed',
      'value > most → true: killed',
      'value > most → false: killed',
      'most → undefined: killed',
      'value + ROUNDING → value - ROUNDING: survived',
      'value + ROUNDING → undefined: killed',
      "'0' → '': survived",
    ]);
    assert.match(results[1]?.detail ?? '', /^the limit (?:holds|lets smaller values pass): /);
  });
});

describe('the result of a run with faults', () => {
  const result = (id: number, outcome: 'killed' | 'survived'): MutantResult => {
    const mutant = { id, line: id, original: 'a', replacement: 'b', place: 'f' };
    return { file: 'src/x.ts', mutant, outcome, detail: 'all tests pass' };
  };

  it('is the share of the killed ones in each area', () => {
    const killed = [1, 2, 3, 4].map((id) => result(id, 'killed'));
    const report = (results: MutantResult[]): ReturnType<typeof mutationReport> =>
      mutationReport([{ name: 'writes', total: 9, results }], 80);
    const good = report([...killed, result(5, 'survived')]);
    assert.equal(good.isReached, true);
    assert.match(good.text, /^survived src\/x\.ts:5 f: a → b \(all tests pass\)$/m);
    assert.match(good.text, /^\| writes {4}\| {7}9 \| {5}5 \| {10}0 \| {6}4 \| {8}1 \| {2}80 % \|$/m);
    const bad = report([...killed, result(5, 'survived'), result(6, 'survived')]);
    assert.equal(bad.isReached, false);
    assert.match(bad.text, /^writes: fewer than 80 % are killed\.$/m);
  });

  it('is about the same sample for the same seed', () => {
    const mutants = Array.from({ length: 50 }, (_, id) => result(id, 'killed').mutant);
    const files = [{ file: 'src/x.ts', bundle: '', mutants }];
    const sample = (size: number, seed: number): number[] =>
      sampleOf(files, size, seed).flatMap((each) => each.mutants.map(({ id }) => id));
    assert.equal(sample(10, 1).length, 10);
    assert.deepEqual(sample(10, 1), sample(10, 1));
    assert.notDeepEqual(sample(10, 1), sample(10, 2));
    assert.equal(sample(99, 1).length, 50);
  });
});

describe('the list of equivalent faults', () => {
  const entry: Equivalent = { file: 'src/x.ts', place: 'f', original: 'a', replacements: ['b', 'c'], reason: 'same' };
  const mutant = { id: 1, line: 7, original: 'a', replacement: 'b', place: 'f' };

  it('names a fault by its file, function and text, and says when there is no such fault any longer', () => {
    assert.equal(isEquivalent('src/x.ts', mutant, [entry]), true);
    assert.equal(isEquivalent('src/y.ts', mutant, [entry]), false);
    assert.equal(isEquivalent('src/x.ts', { ...mutant, place: 'g' }, [entry]), false);
    assert.deepEqual(staleEquivalents('src/x.ts', [mutant], [entry]), ['src/x.ts: f: a → c']);
  });

  it('is complete: each one exists, and so does each file and function of the areas', async () => {
    await withBundleFolder(async (folder) => {
      for (const area of Object.values(AREAS).flat()) {
        const { mutants } = await findCandidates(area, folder);
        assert.deepEqual(staleEquivalents(area.file, mutants), []);
        for (const name of area.only ?? ['']) {
          assert.ok(
            mutants.some(({ place }) => place.startsWith(name)),
            `${area.file} ${name}`,
          );
        }
      }
    });
  });
});
