import { compileFunction } from 'node:vm';

/** Runs the text of a CommonJS module that knows no module but `vscode`, and returns what it exports. */
export function loadExtension(code: string, vscode: object): Readonly<Record<string, unknown>> {
  const loaded = { exports: {} as Record<string, unknown> };
  const requireModule = (name: string): object => {
    if (name !== 'vscode') {
      throw new Error(`There is no module ${name}.`);
    }
    return vscode;
  };
  const run = compileFunction(code, ['require', 'module', 'exports']) as (...args: unknown[]) => void;
  run(requireModule, loaded, loaded.exports);
  return loaded.exports;
}
