// Loaded by mocha before any test (.mocharc.json).
import { register } from 'node:module';
// Mocha requires its reporter, which is in TypeScript, and imports the tests.
import 'tsx/cjs';
import 'tsx/esm';

// What a host test imports as "vscode" is the fake: there is no such package outside the editor.
register('./vscode/resolve.mjs', import.meta.url);

// Where Node can require ES modules, mocha does so, and then a module that the product loads by `import()` exists twice:
// two copies of each class, and a coverage report that mixes both. With this, mocha imports the tests.
Object.defineProperty(process.features, 'require_module', { value: false });
