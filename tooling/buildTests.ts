import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as bundle, type Plugin } from 'esbuild';
import { projectRoot } from './provisionVscode.ts';
import { writeOutputs } from './writeOutputs.mjs';

export interface BuiltHostTests {
  /** What VS Code gets as `extensionTestsPath`. */
  readonly index: string;
  readonly suites: readonly string[];
}

/**
 * Bundles `test/host/**` to `out/test/host` as CommonJS, which is what every extension host loads. `vscode` comes from
 * the host, and packages (mocha among them) from `node_modules`.
 */
export async function buildHostTests(): Promise<BuiltHostTests> {
  const source = path.join(projectRoot, 'test/host');
  const output = path.join(projectRoot, 'out/test/host');
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.test.ts')).sort();
  const { outputFiles } = await bundle({
    absWorkingDir: projectRoot,
    bundle: true,
    entryPoints: ['index.ts', ...files].map((file) => path.join(source, file)),
    external: ['vscode'],
    format: 'cjs',
    logLevel: 'warning',
    outbase: source,
    outdir: output,
    outExtension: { '.js': '.cjs' },
    packages: 'external',
    platform: 'node',
    plugins: [sourceUrls],
    sourcemap: 'inline',
    target: 'node22',
    // Both versions of VS Code may be running these files at the same time.
    write: false,
  });
  await writeOutputs(outputFiles, path.join(projectRoot, 'out'));
  return {
    index: path.join(output, 'index.cjs'),
    suites: files.map((file) => path.join(output, file.replace(/\.ts$/, '.cjs'))),
  };
}

/** A bundled file finds what lies beside its source: CommonJS has no `import.meta`. */
const sourceUrls: Plugin = {
  name: 'source-urls',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const url = JSON.stringify(pathToFileURL(file).href);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { suites } = await buildHostTests();
  console.log(`${suites.length} host suites built.`);
}
