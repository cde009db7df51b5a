import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(import.meta.url);

/** The HTTP parser, a WebAssembly module, next to the code that loads it. */
const PARSER = 'llhttp.wasm';

/**
 * undici has its parser twice as base64, which is a third longer: with and without SIMD. Every CPU that a supported VS Code
 * runs on has SIMD, so one file stands for both.
 */
export function httpParser() {
  return { path: resolve('dist', PARSER), contents: require('undici/lib/llhttp/llhttp_simd-wasm.js') };
}

/** What our requests never reach, because of how the transport opens connections and of what `fetch` hands to it. */
const LEFT_OUT = {
  // For bodies that are a FormData; those of `fetch` are bytes by then.
  'web/fetch/body.js': `exports.extractBody = () => { throw new Error('A FormData is not supported here.'); };`,
  // For connections that were opened with `allowH2`.
  'dispatcher/client-h2.js': `module.exports = () => { throw new Error('HTTP/2 is not supported here.'); };`,
};

/** An esbuild plugin. Without it, the package would have 65 kB more, which nothing uses. */
export const smallerUndici = {
  name: 'smaller-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/llhttp-wasm\.js$/ }, ({ path, resolveDir }) => {
      return { path: resolve(resolveDir, path.replace('llhttp-wasm', 'llhttp_simd-wasm')) };
    });
    onLoad({ filter: /[\\/]undici[\\/]lib[\\/]llhttp[\\/]llhttp_simd-wasm\.js$/ }, () => {
      const file = `require('node:path').join(__dirname, '${PARSER}')`;
      return { contents: `module.exports = require('node:fs').readFileSync(${file});` };
    });
    onResolve({ filter: /(?:fetch\/body|\/client-h2)\.js$/ }, ({ path, importer }) => {
      const part = Object.keys(LEFT_OUT).find((each) => each.endsWith(path.replace(/^(?:\.\.?\/)+/, '')));
      const isOfUndici = /[\\/]undici[\\/]lib[\\/]/.test(importer);
      return isOfUndici && part !== undefined ? { path: part, namespace: 'left-out' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT[path] }));
  },
};
