import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { countsTable, parseCounts } from './countsTable.ts';
import { COUNTS_VARIABLE, EFFORT_VARIABLE } from './effort.ts';
import { projectRoot } from './provisionVscode.ts';

/** The test files that import `tooling/effort.ts`, as paths within the project with `/`. */
export async function filesWithEffort(): Promise<string[]> {
  const folders = await Promise.all(
    ['test', 'sandbox/test'].map(async (folder) => {
      const files = await readdir(path.join(projectRoot, folder), { recursive: true });
      return files.map((file) => [folder, ...file.split(path.sep)].join('/'));
    }),
  );
  // The tests of the tooling prove nothing about the extension.
  const tests = folders
    .flat()
    .filter((file) => /\.(?:test|e2e)\.ts$/.test(file) && !file.startsWith('test/tooling/'))
    .sort();
  const texts = await Promise.all(tests.map((file) => readFile(path.join(projectRoot, file), 'utf8')));
  return tests.filter((_, index) => /from '[./]+\/tooling\/effort\.ts'/.test(texts[index] ?? ''));
}

/** Calls `run`, whose jobs make the long effort, and returns the table of what they counted, too. */
export async function withLongEffort<Result>(
  run: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly counts: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'counts-'));
  const file = path.join(folder, 'counts.jsonl');
  // Every job inherits both.
  process.env[EFFORT_VARIABLE] = 'long';
  process.env[COUNTS_VARIABLE] = file;
  try {
    const result = await run();
    return { result, counts: countsTable(parseCounts(await readFile(file, 'utf8').catch(() => ''))) };
  } finally {
    Reflect.deleteProperty(process.env, EFFORT_VARIABLE);
    Reflect.deleteProperty(process.env, COUNTS_VARIABLE);
    await rm(folder, { recursive: true, force: true });
  }
}
