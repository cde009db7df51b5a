import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as bundle, type Plugin } from 'esbuild';
import { projectRoot } from '../provisionVscode.ts';

export interface MutatedTests {
  /** The mutated file, from the root of the project. */
  readonly file: string;
  /** Its text with all faults (`mutate`). */
  readonly text: string;
  /** The test files that must find them. */
  readonly tests: readonly string[];
  /** Where the bundle goes; within the project, because packages are not part of it. */
  readonly output: string;
}

/**
 * Bundles test files and what they test into one ES module, with one file of `src` mutated. No file of the project
 * changes, and each import of the bundle with another query starts from fresh modules.
 */
export async function bundleMutatedTests({ file, text, tests, output }: MutatedTests): Promise<void> {
  const mutated = path.join(projectRoot, file);
  const sources: Plugin = {
    name: 'mutated-source',
    setup(build) {
      // As in plain Node (test/support/loadTests.mjs).
      build.onResolve({ filter: /^vscode$/ }, () => ({ path: path.join(projectRoot, 'test/support/vscode/index.ts') }));
      build.onLoad({ filter: /\.ts$/ }, async ({ path: source }) => {
        const contents = source === mutated ? text : await readFile(source, 'utf8');
        const url = JSON.stringify(pathToFileURL(source).href);
        return { contents: contents.replaceAll('import.meta.url', url), loader: 'ts' };
      });
    },
  };
  await bundle({
    absWorkingDir: projectRoot,
    bundle: true,
    format: 'esm',
    keepNames: true,
    logLevel: 'warning',
    outfile: output,
    packages: 'external',
    platform: 'node',
    plugins: [sources],
    stdin: { contents: tests.map((test) => `import './${test}';`).join('\n'), resolveDir: projectRoot },
    target: 'node20',
  });
}
