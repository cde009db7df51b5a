import { build, transform } from 'esbuild';
import { basename } from 'node:path';

/**
 * Bundles the entry points as CommonJS files that share the code they have in common, so that it is shipped and loaded
 * once. esbuild splits modules only, so it makes those first, and each becomes CommonJS afterwards. Answers the files with
 * their source maps, and the metafile. `minify`, `target`, `supported` and the rest are esbuild's.
 */
export async function splitBundle({ minify, target, supported, ...options }) {
  const { outputFiles, metafile } = await build({
    ...options,
    target,
    minify,
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    metafile: true,
    sourcemap: 'inline',
    write: false,
  });
  const files = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path);
      const sourcemap = options.sourcemap === undefined ? {} : { sourcemap: 'external', sourcefile: name };
      const settings = {
        ...sourcemap,
        sourcesContent: false,
        format: 'cjs',
        platform: 'node',
        minify,
        target,
        supported,
      };
      const { code, map } = await transform(text, settings);
      return [
        { path, contents: Buffer.from(`${code}//# sourceMappingURL=${name}.map\n`) },
        { path: `${path}.map`, contents: Buffer.from(map) },
      ];
    }),
  );
  return { outputFiles: files.flat(), metafile };
}
