import { build, transform } from 'esbuild';
import { basename, dirname, join } from 'node:path';

/** The file with the code that several parts use. */
const SHARED = 'shared.cjs';

const PIECE = /^shared-[0-9A-Z]{8}\.cjs$/;

/**
 * Bundles the entry points as CommonJS files that share the code they have in common, so that it is shipped and loaded
 * once. esbuild splits modules only, and makes a file for each set of entry points that have code in common: dozens,
 * which cost much of the package. So each becomes CommonJS afterwards, and those files become one. Answers the files
 * with their source maps, and the metafile. `minify`, `target`, `supported` and the rest are esbuild's.
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
  const parts = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path);
      const { code, map } = await transform(text, {
        sourcemap: 'external',
        sourcefile: name,
        sourcesContent: false,
        format: 'cjs',
        platform: 'node',
        minify,
        target,
        supported,
      });
      return { folder: dirname(path), name, code, map };
    }),
  );
  const pieces = parts.filter(({ name }) => PIECE.test(name)).sort((one, other) => (one.name < other.name ? -1 : 1));
  const numbers = new Map(pieces.map(({ name }, index) => [name, index]));
  // As long as what it replaces, because the columns of the source maps count from the start of the line.
  const linked = (code, shared) =>
    code.replace(/\brequire\("\.\/(shared-[0-9A-Z]{8}\.cjs)"\)/g, (text, name) => {
      const number = String(numbers.get(name));
      return `${shared}(${number.padStart(text.length - shared.length - '()'.length)})`;
    });
  const files = parts
    .filter(({ name }) => !PIECE.test(name))
    .map((part) => ({ ...part, code: linked(part.code, `require("./${SHARED}")`) }));
  if (pieces.length > 0) {
    files.push({ folder: pieces[0].folder, name: SHARED, ...joined(pieces, (code) => linked(code, 'shared')) });
  }
  return {
    outputFiles: files.flatMap(({ folder, name, code, map }) => [
      { path: join(folder, name), contents: Buffer.from(`${code}//# sourceMappingURL=${name}.map\n`) },
      { path: join(folder, `${name}.map`), contents: Buffer.from(map) },
    ]),
    metafile,
  };
}

/**
 * A module whose value is a function from the number of a piece to what it exports. A piece runs when it is first asked
 * for, as the file that it was would have done.
 */
function joined(pieces, linked) {
  const lines = [LOADER];
  const sections = [];
  for (const { code, map } of pieces) {
    lines.push('(module,exports)=>{');
    sections.push({ offset: { line: lines.length, column: 0 }, map: JSON.parse(map) });
    lines.push(...linked(code).trimEnd().split('\n'), '},');
  }
  return { code: `${lines.join('\n')}\n];\n`, map: JSON.stringify({ version: 3, sections }) };
}

const LOADER = `"use strict";
const loaded=[];
const shared=module.exports=(number)=>{
let piece=loaded[number];
if(!piece){piece=loaded[number]={exports:{}};pieces[number](piece,piece.exports)}
return piece.exports};
const pieces=[`.replaceAll('\n', '');
