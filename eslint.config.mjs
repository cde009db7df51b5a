import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { localization } from './tooling/eslintLocalization.mjs';

/** The layers, lowest first: a folder may import from the lines above its own, and from itself. */
const CORE = [
  ['base'],
  ['json', 'connections', 'http'],
  ['files'],
  ['serverErrors', 'catalog'],
  ['oauth', 'api'],
  ['sessions', 'requests', 'responses', 'export'],
  ['history', 'diagnostics', 'names', 'resources', 'deviceFilter'],
  ['languageModel'],
];
const HOST = [
  ['platform'],
  ['selection', 'exports'],
  ['signIn', 'writeAccess', 'catalog', 'names', 'responses', 'terminals'],
  ['accounts', 'connections', 'requests', 'diagnostics'],
  ['history', 'explorer', 'resources', 'languageModel'],
];

const UNDICI = { group: ['undici', 'undici/*'], message: 'Only src/core/http/transport.ts touches undici.' };
const VSCODE = { name: 'vscode', message: 'src/core/ and src/webview/ run without it.' };
const ABOVE_CORE = { group: ['**/host/*', '**/extension.ts'], message: 'src/core/ does not know its host.' };
const OUTSIDE = {
  group: ['**/test/**', '**/sandbox/**', '**/tooling/**', '**/scripts/**'],
  message: 'src/ does not know its tests.',
};

function mayNotImport(root, layers, folder, level, always) {
  const others = layers.flatMap((line, index) => (index >= level ? line : [])).filter((other) => other !== folder);
  const patterns = others.map((other) => ({
    group: [`../${other}/**`, `../../${other}/**`],
    message: `${root}/${folder}/ is below or beside ${other}/.`,
  }));
  return {
    files: [`${root}/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { ...always, patterns: [...(folder === 'http' ? [] : [UNDICI]), OUTSIDE, ...always.patterns, ...patterns] },
      ],
    },
  };
}

/** The files directly in `src/host/` put features together; a feature does not know them. */
const WIRING = { regex: '^(?:\\.\\./)+\\w+\\.ts$', message: 'A feature does not know who wires it.' };

function zones(root, layers, always) {
  return layers.flatMap((line, level) => line.map((folder) => mayNotImport(root, layers, folder, level, always)));
}

/** Calls that have one owner, so that each is made in one way. */
const BANS = {
  registerCommand: [
    "CallExpression[callee.property.name='registerCommand']",
    'host/contributions.ts registers commands.',
  ],
  getConfiguration: ["CallExpression[callee.property.name='getConfiguration']", 'host/settings.ts reads settings.'],
  setContext: ["Literal[value='setContext']", 'host/contributions.ts sets context keys.'],
  fetch: [
    "CallExpression[callee.name='fetch'], MemberExpression[object.name='globalThis'][property.name='fetch']",
    'Only the transport makes requests; extension.ts hands it the fetch of the host.',
  ],
  notification: [
    'CallExpression[callee.property.type="Identifier"][callee.property.name=/^(?:show(?:Information|Warning|Error)Message|withProgress|setStatusBarMessage)$/]',
    'host/platform/windowMessages.ts and confirm.ts show messages: VS Code renders links and icons in them, so names must be made plain.',
  ],
  quickInput: [
    'CallExpression[callee.property.name=/^show(?:QuickPick|InputBox)$/]',
    'host/platform/quickInputs.ts shows lists and input boxes: VS Code renders links and icons in them.',
  ],
  plainItem: [
    'CallExpression[callee.property.name=/^create(?:QuickPick|InputBox|StatusBarItem)$/], NewExpression[callee.property.name=/^(?:TreeItem|CodeLens|Hover)$/]',
    'The owner of such an item (OWNERS) makes its texts plain, because VS Code renders links and icons in them.',
  ],
  openExternal: [
    "CallExpression[callee.property.name='openExternal']",
    'host/platform/navigation.ts opens the browser.',
  ],
  createTerminal: [
    "CallExpression[callee.property.name='createTerminal']",
    'host/terminals/tokenTerminals.ts opens terminals.',
  ],
  random: [
    "MemberExpression[object.name='Math'][property.name='random']",
    'Secrets come from node:crypto; a jitter says so.',
  ],
  keptImport: [
    "AssignmentExpression[operator='??='] ImportExpression",
    'A promise that is kept after it failed is dead until the window is reloaded; lazy() in lifecycle.ts loads again.',
  ],
  markdown: ["NewExpression[callee.property.name='MarkdownString']", 'What a server said is shown as plain text.'],
  moduleVariable: [
    ":matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind='let']",
    'No module has mutable state; a class or a closure holds it.',
  ],
  moduleCollection: [
    ':matches(Program, ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly/]) > NewExpression[callee.name=/^(?:Weak)?(?:Map|Set)$/]',
    'No module has mutable state; write ReadonlyMap or ReadonlySet.',
  ],
  errorClass: [
    "BinaryExpression[operator='instanceof'][right.name='NinjaOneError']",
    'Parts that load later have a class of their own: use isNinjaOneError().',
  ],
  lastIndex: ["MemberExpression[property.name='lastIndex']", 'A regular expression with a position is mutable state.'],
};
const OWNERS = {
  'src/host/platform/contributions.ts': ['registerCommand', 'setContext'],
  'src/host/platform/settings.ts': ['getConfiguration'],
  'src/host/platform/windowMessages.ts': ['notification'],
  'src/host/platform/confirm.ts': ['notification'],
  'src/host/platform/quickInputs.ts': ['quickInput'],
  'src/host/platform/livePick.ts': ['plainItem'],
  'src/host/platform/codeLenses.ts': ['plainItem'],
  'src/host/connections/connectionItems.ts': ['plainItem'],
  'src/host/connections/connectionStatusBar.ts': ['plainItem'],
  'src/host/connections/wizard/wizardInputs.ts': ['plainItem'],
  'src/host/explorer/explorerFilter.ts': ['plainItem'],
  'src/host/explorer/explorerTree.ts': ['plainItem'],
  'src/host/history/historyPick.ts': ['plainItem'],
  'src/host/requests/deviceFilterHints.ts': ['plainItem'],
  'src/host/requests/requestHints.ts': ['plainItem'],
  'src/host/resources/resourceItems.ts': ['plainItem'],
  'src/host/responses/responseAnnouncement.ts': ['plainItem'],
  'src/host/responses/timestampHovers.ts': ['plainItem'],
  'src/host/signIn/pasteUrlBox.ts': ['plainItem'],
  'src/host/terminals/tokenTerminals.ts': ['createTerminal'],
  'src/host/writeAccess/writeAccess.ts': ['plainItem'],
  'src/host/platform/navigation.ts': ['openExternal'],
  'src/host/platform/createPlatform.ts': ['fetch'],
  'src/core/sessions/refreshLock.ts': ['random'],
};

function bans(allowed = []) {
  return {
    'no-restricted-syntax': [
      'error',
      ...Object.entries(BANS)
        .filter(([name]) => !allowed.includes(name))
        .map(([, [selector, message]]) => ({ selector, message })),
    ],
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.vscode-test*/', 'artifacts/', 'examples/**/*.js', 'examples/**/*.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    // `projectService`, which is made for editors, takes 40 % longer for the same.
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/webview/**/*.ts'],
    languageOptions: { parserOptions: { project: './src/webview/tsconfig.json' } },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      ...bans(),
      'max-lines': ['error', { max: 300 }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { localization },
    rules: { 'localization/extractable': 'error', 'localization/ui-text': 'error' },
  },
  { files: ['src/host/platform/localize.ts'], rules: { 'localization/extractable': 'off' } },
  ...Object.entries(OWNERS).map(([file, allowed]) => ({ files: [file], rules: bans(allowed) })),
  {
    files: ['src/host/**/*.ts', 'src/extension.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [UNDICI, OUTSIDE] }],
    },
  },
  ...zones('src/core', CORE, { paths: [VSCODE], patterns: [ABOVE_CORE] }),
  ...zones('src/host', HOST, { patterns: [WIRING] }),
  {
    files: ['src/webview/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [VSCODE],
          patterns: [UNDICI, ABOVE_CORE, OUTSIDE, { group: ['node:*'], message: 'It is a browser.' }],
        },
      ],
    },
  },
  {
    files: ['sandbox/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/src/**'], message: 'The sandbox stands for NinjaOne and does not know the product.' },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**/*.ts', 'tooling/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/test/**'], message: 'What scripts and tests share is in sandbox/ or tooling/.' }] },
      ],
    },
  },
  {
    files: [
      'test/core/**/*.ts',
      'test/webview/**/*.ts',
      'test/oauth/**/*.ts',
      'test/race/**/*.ts',
      'test/desktop/**/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [VSCODE],
          patterns: [{ group: ['**/src/host/**', '**/support/vscode/**'], message: 'That is for test/hostUnit/.' }],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'sandbox/**/*.ts', 'tooling/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      'no-control-regex': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [] }],
    },
  },
  {
    // The classes and enumerations of the fake stand for those of the editor.
    files: ['test/support/vscode/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['**/*.d.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        require: 'readonly',
        module: 'writable',
        exports: 'writable',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearTimeout: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
);
