import { isEquivalent } from './equivalentMutants.ts';
import type { Candidates, MutantResult } from './mutationRun.ts';

export interface AreaResults {
  readonly name: string;
  /** All faults of the area, with those that were not tried. */
  readonly total: number;
  readonly results: readonly MutantResult[];
}

export interface MutationReport {
  readonly text: string;
  readonly killed: number;
  readonly survived: number;
  /** Each area reached the goal, and no fault that counts as equivalent was killed. */
  readonly isReached: boolean;
}

/** The survivors, then a Markdown table with a row for each area. `goal` in percent. */
export function mutationReport(areas: readonly AreaResults[], goal: number): MutationReport {
  const rows = areas.map(({ name, total, results }) => {
    const counted = results.filter(({ file, mutant }) => !isEquivalent(file, mutant));
    const killed = counted.filter(({ outcome }) => outcome === 'killed').length;
    const survived = counted.length - killed;
    const score = counted.length === 0 ? 100 : (100 * killed) / counted.length;
    return { name, total, tried: results.length, equivalent: results.length - counted.length, killed, survived, score };
  });
  const results = areas.flatMap((area) => area.results);
  const wrong = results.filter(({ file, mutant, outcome }) => outcome === 'killed' && isEquivalent(file, mutant));
  const survivors = results.filter(
    ({ file, mutant, outcome }) => outcome === 'survived' && !isEquivalent(file, mutant),
  );
  const sum = (key: 'total' | 'tried' | 'equivalent' | 'killed' | 'survived'): number =>
    rows.reduce((total, row) => total + row[key], 0);
  const [killed, survived] = [sum('killed'), sum('survived')];
  const all = {
    name: 'all',
    total: sum('total'),
    tried: sum('tried'),
    equivalent: sum('equivalent'),
    killed,
    survived,
  };
  const score = killed + survived === 0 ? 100 : (100 * killed) / (killed + survived);
  const lines = [
    ...survivors.map((result) => `survived ${describe(result)} (${result.detail})`).sort(byPlace),
    ...wrong.map((result) => `not equivalent ${describe(result)} (${result.detail})`).sort(byPlace),
    '',
    '| area      | mutants | tried | equivalent | killed | survived | score |',
    '| --------- | ------: | ----: | ---------: | -----: | -------: | ----: |',
    ...[...rows, { ...all, score }].map(tableRow),
    ...rows.filter((row) => row.score < goal).map(({ name }) => `${name}: fewer than ${goal} % are killed.`),
  ];
  const isReached = rows.every((row) => row.score >= goal) && wrong.length === 0;
  return { text: lines.join('\n').trim(), killed, survived, isReached };
}

interface Row {
  readonly name: string;
  readonly total: number;
  readonly tried: number;
  readonly equivalent: number;
  readonly killed: number;
  readonly survived: number;
  readonly score: number;
}

function tableRow({ name, total, tried, equivalent, killed, survived, score }: Row): string {
  const figures = [total, tried, equivalent, killed, survived].map((count) => count.toLocaleString('en-US'));
  const widths = [7, 5, 10, 6, 8];
  const cells = figures.map((figure, index) => figure.padStart(widths[index] ?? 0));
  // Rounded down: 100 % means that none survived.
  return `| ${name.padEnd(9)} | ${cells.join(' | ')} | ${`${Math.floor(score)} %`.padStart(5)} |`;
}

function describe({ file, mutant }: MutantResult): string {
  const replacement = mutant.replacement === '' ? '(removed)' : mutant.replacement;
  return `${file}:${mutant.line} ${mutant.place}: ${mutant.original} → ${replacement}`;
}

function byPlace(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** At most so many faults of all the files together, evenly at random; the same ones for the same seed. */
export function sampleOf(files: readonly Candidates[], size: number, seed: number): readonly Candidates[] {
  const keys = files.flatMap(({ file, mutants }) => mutants.map(({ id }) => ({ key: `${file}:${id}`, file, id })));
  if (keys.length <= size) {
    return files;
  }
  const ranked = keys.map((each) => ({ ...each, rank: rankOf(`${seed}:${each.key}`) }));
  const chosen = new Set(
    ranked
      .sort((one, other) => one.rank - other.rank)
      .slice(0, size)
      .map(({ key }) => key),
  );
  return files.map((each) => ({ ...each, mutants: each.mutants.filter(({ id }) => chosen.has(`${each.file}:${id}`)) }));
}

/** FNV-1a with a final mix: a number that looks random, and is always the same for a text. */
function rankOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
