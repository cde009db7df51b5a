// Bundles the extension: one file that is loaded at activation, and the parts that are loaded when they are needed.
import { build, context } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { bundledPackages, noticesText } from './tooling/thirdParty.mjs';
import { httpParser, smallerUndici } from './tooling/smallerUndici.mjs';
import { splitBundle } from './tooling/splitBundle.mjs';
import { removeStale, writeOutputs } from './tooling/writeOutputs.mjs';

/** esbuild splits no CommonJS, so a part that `import()` loads later is an entry point of its own. */
const LAZY = [
  'src/core/base/redaction.ts',
  'src/core/http/transport.ts',
  'src/core/oauth/oauthClient.ts',
  'src/core/oauth/loopbackServer.ts',
  'src/host/commandTable.ts',
  'src/core/catalog/yaml.ts',
  'src/core/catalog/searchOperations.ts',
  'src/host/connections/wizard/connectionWizard.ts',
  'src/host/connections/setupGuide.ts',
  'src/host/apiExplorer.ts',
  'src/host/explorer/openExplorerTree.ts',
  'src/host/signIn/signInAttempt.ts',
  'src/host/signIn/signOut.ts',
  'src/host/signIn/chooseConnection.ts',
  'src/host/signIn/signInQuestions.ts',
  'src/host/platform/errorActions.ts',
  'src/host/connections/connectionItems.ts',
  'src/host/connections/migrateClientSecrets.ts',
  'src/host/accounts/tokenDocumentContent.ts',
  'src/core/sessions/storageCheck.ts',
  'src/core/sessions/tokenGrants.ts',
  'src/host/accounts/publicErrors.ts',
  'src/host/signIn/signInMessages.ts',
  'src/host/accounts/storageMessages.ts',
  'src/core/sessions/connectionTest.ts',
  'src/core/history/historyStore.ts',
  'src/host/responses/responseTablePanel.ts',
  'src/core/files/tempFiles.ts',
  'src/host/resetExtension.ts',
  'src/host/loadViews.ts',
  'src/host/languageModel/openModelTools.ts',
  'src/host/resources/resourcesView.ts',
  'src/host/diagnostics/signInDiagnosis.ts',
  'src/core/export/savedScript.ts',
];

const lazyParts = {
  name: 'lazy-parts',
  setup({ onResolve }) {
    const parts = new Map(LAZY.map((path) => [resolve(path), `./${basename(path, '.ts')}.cjs`]));
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
      const part = kind === 'dynamic-import' ? parts.get(resolve(resolveDir, path)) : undefined;
      if (kind === 'dynamic-import' && !part) {
        return { errors: [{ text: `${path} is loaded lazily but is not in LAZY` }] };
      }
      return part ? { path: part, external: true } : undefined;
    });
  },
};

/** The package as modules instead of CommonJS: esbuild leaves out what nobody uses, and shortens more names. */
const YAML = './node_modules/yaml/browser/dist/index.js';

const options = {
  entryPoints: ['src/extension.ts', ...LAZY],
  entryNames: '[name]',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  platform: 'node',
  // VS Code has 22 or later; the tests load the bundle on 20, too. It would be the same for 22.
  target: 'node20',
  format: 'cjs',
  // The extension host resolves `require('vscode')`, and `require` of the parts keeps them inside its module loader.
  supported: { 'dynamic-import': false },
  external: ['vscode'],
  metafile: true,
  legalComments: 'none',
  logLevel: 'info',
  alias: { yaml: YAML },
  plugins: [lazyParts, smallerUndici],
};

/** What runs in a webview: a browser, which loads these files and nothing else. */
const pages = {
  entryPoints: [
    { in: 'src/webview/table/tablePage.ts', out: 'table' },
    { in: 'src/webview/table/table.css', out: 'table' },
  ],
  outdir: 'dist/webview',
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  metafile: true,
  legalComments: 'none',
  logLevel: 'info',
};

/** The operations that the tree shows at first, so that the extension host need not read an API description for them. */
async function bundledOperations() {
  const { outputFiles } = await build({
    entryPoints: ['src/core/catalog/preparedCatalog.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  const { bundledOperationsFile } = await import(`data:text/javascript;base64,${code}`);
  const media = await Promise.all(['catalog', 'overlay'].map((name) => readFile(`media/${name}.json`, 'utf8')));
  return { path: resolve('dist/operations.json'), contents: Buffer.from(bundledOperationsFile(...media)) };
}

/** Their licenses want their text in every copy. */
async function notices(metafiles) {
  const text = noticesText(await bundledPackages(metafiles));
  return { path: resolve('dist/THIRD-PARTY-NOTICES.txt'), contents: Buffer.from(text) };
}

if (process.argv.includes('--watch')) {
  await writeOutputs([await bundledOperations(), httpParser()], 'out');

  for (const each of [options, pages]) {
    await (await context({ ...each, minify: false })).watch();
  }
} else {
  // `npm run check` and `npm start` build too, while the tests of others have the bundle loaded.
  const results = await Promise.all([
    build({ ...options, entryPoints: ['src/extension.ts'], write: false }),
    splitBundle({ ...options, entryPoints: LAZY }),
    build({ ...pages, write: false }),
  ]);
  const metafiles = results.map(({ metafile }) => metafile);
  const outputFiles = [
    ...results.flatMap((result) => result.outputFiles),
    await bundledOperations(),
    httpParser(),
    await notices(metafiles),
  ];
  // For the list of components and the tests: says which file each byte comes from.
  const origins = { path: resolve('out/metafiles.json'), contents: Buffer.from(JSON.stringify(metafiles)) };
  await writeOutputs([...outputFiles, origins], 'out');
  await removeStale('dist', outputFiles);
}
