import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileTypeScript } from './support/authors/compileTypeScript.ts';

const TYPES = readFileSync('ninjaone.d.ts', 'utf8');

/** Every way to find a module that TypeScript has, each as an author writes it into `tsconfig.json`. */
const SETTINGS: Readonly<Record<string, object>> = {
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  'bundler with esnext': { module: 'esnext', moduleResolution: 'bundler' },
  'bundler with preserve': { module: 'preserve' },
  'bundler with commonjs': { module: 'commonjs', moduleResolution: 'bundler' },
  'node10 with commonjs': { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
};

/** Without `vscode` and Node: the types need no others. */
const STRICT = {
  target: 'ES2022',
  lib: ['ES2022'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  isolatedModules: true,
  skipLibCheck: false,
};

const USE = `import type {
  ConnectionInfo, ConnectionScope, NinjaOneApi, NinjaOneErrorLike, NinjaOneErrorName, NinjaOneScope,
  RefreshOutcome, SessionReference,
} from './ninjaone.js';

declare const api: NinjaOneApi;
declare const session: SessionReference;
declare const outcome: RefreshOutcome;

export const connection: ConnectionInfo | undefined = api.getConnection(session);
export const scopes: (NinjaOneScope | ConnectionScope)[] = ['monitoring', \`connection:\${connection?.id ?? ''}\`];
export const disposables: { dispose(): unknown }[] = [];
api.onDidChangeConnections(() => undefined, undefined, disposables).dispose();
export const isNew: boolean = outcome === 'refreshed';
export const nameOf = ({ name }: NinjaOneErrorLike): NinjaOneErrorName => name;
`;

describe('ninjaone.d.ts', () => {
  it('has no type that the test below does not use (X1)', () => {
    const names = [...TYPES.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
    const [, used = ''] = /import type \{([^}]*)\}/.exec(USE) ?? [];
    assert.deepEqual(names.sort(), used.match(/\w+/g)?.sort());
    assert.equal(TYPES.match(/^(?:export|declare|import)\b/gm)?.length, names.length, 'nothing else is declared');
  });

  for (const [name, settings] of Object.entries(SETTINGS)) {
    for (const type of ['commonjs', 'module']) {
      it(`compiles alone and strictly with ${name} in a package of the type ${type} (X1)`, function () {
        this.timeout(60_000);
        const files = { 'main.ts': USE, 'ninjaone.d.ts': TYPES, 'package.json': JSON.stringify({ type }) };
        assert.deepEqual(compileTypeScript(files, { ...STRICT, ...settings }).problems, []);
      });
    }
  }

  it('lets the compiler find a connection that may be undefined, and a scope that does not exist (X1)', function () {
    this.timeout(60_000);
    const wrong = `${USE}
api.getConnection(session).apiUrl;
export const typo: NinjaOneScope = 'Monitoring';
`;
    const { problems } = compileTypeScript(
      { 'main.ts': wrong, 'ninjaone.d.ts': TYPES },
      { ...STRICT, module: 'node16' },
    );
    assert.deepEqual(
      problems.map((problem) => /TS\d+/.exec(problem)?.[0]),
      ['TS2532', 'TS2820'],
    );
  });
});
