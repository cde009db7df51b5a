// Line coverage of the tests that need nothing but Node, for each part of src on its own: npm run coverage
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../tooling/provisionVscode.ts';

/** Percent of the lines that must run. Files that no test loads count as well, with all of their lines. */
const GOALS = { 'src/core': 90, 'src/host': 70 };

const TESTS = ['test/core/**/*.test.ts', 'test/hostUnit/**/*.test.ts', 'test/webview/**/*.test.ts'];

const folder = mkdtempSync(path.join(tmpdir(), 'coverage-'));
try {
  const tests = run('mocha/bin/mocha.js', ['--reporter', 'dot', ...TESTS], { NODE_V8_COVERAGE: folder });
  const results = Object.entries(GOALS).map(([part, goal]) => report(part, goal));
  console.log(results.map(({ text }) => text).join('\n'));
  process.exitCode = tests === 0 && results.every(({ isReached }) => isReached) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function report(part: string, goal: number): { readonly text: string; readonly isReached: boolean } {
  console.log(`\n${part}`);
  const reports = path.join(folder, path.basename(part));
  const source = ['--all', '--src', part, '--include', `${part}/**`, '--extension', '.ts'];
  const output = ['--reporter', 'text', '--reporter', 'json-summary', '--reports-dir', reports];
  run('c8/bin/c8.js', ['report', '--temp-directory', folder, ...source, ...output]);
  const summary = JSON.parse(readFileSync(path.join(reports, 'coverage-summary.json'), 'utf8')) as Summary;
  const { pct, covered, total } = summary.total.lines;
  const isReached = pct >= goal;
  const text = `${part}: ${pct} % of the lines (${covered} of ${total}), goal ${goal} %${isReached ? '' : ': NOT REACHED'}`;
  return { text, isReached };
}

interface Summary {
  readonly total: { readonly lines: { readonly pct: number; readonly covered: number; readonly total: number } };
}

/** Runs a tool of `node_modules` and answers its exit code. */
function run(tool: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): number | null {
  const { status } = spawnSync(process.execPath, [path.join('node_modules', tool), ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  });
  return status;
}
