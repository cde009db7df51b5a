import assert from 'node:assert/strict';
import ts from 'typescript';
import { mutate, SWITCH } from '../../../tooling/mutation/mutants.ts';
import { regexpVariants } from '../../../tooling/mutation/regexpVariants.ts';

/** The faults of a source as `piece → replacement`. */
function faultsOf(source: string): string[] {
  return mutate(source).mutants.map(({ original, replacement }) => `${original} → ${replacement}`);
}

describe('the faults of a source', () => {
  it('negate and replace conditions, and drop or swap their parts', () => {
    assert.deepEqual(faultsOf('if (a && !b) c = 1;'), [
      'a && !b → (a) || (!b)',
      'a && !b → a',
      'a && !b → !b',
      'a && !b → true',
      'a && !b → false',
      '!b → b',
      'c = 1; → ',
    ]);
    assert.deepEqual(faultsOf('const x = a ? 1 : 2;'), ['a → true', 'a → false', 'a → !(a)']);
    assert.deepEqual(faultsOf('const x = a ?? b;'), ['a ?? b → a', 'a ?? b → b']);
    assert.deepEqual(faultsOf('while (a) {}'), ['a → false']);
  });

  it('move the boundary of a comparison and turn it around', () => {
    assert.deepEqual(faultsOf('const x = a < b;'), ['a < b → a <= b', 'a < b → a >= b']);
    assert.deepEqual(faultsOf("const x = a === 'b';"), ["a === 'b' → a !== 'b'"]);
  });

  it('leave out calls and throws, and change what is returned', () => {
    assert.deepEqual(faultsOf('async () => { await save(); throw failure; }'), [
      'await save(); → ',
      'throw failure; → ',
    ]);
    assert.deepEqual(faultsOf('function f() { return make(1); }'), ['make(1) → undefined']);
    assert.deepEqual(faultsOf('const f = () => a !== b;'), ['a !== b → a === b', 'a !== b → true', 'a !== b → false']);
  });

  it('change numbers, texts, lists and chains', () => {
    assert.deepEqual(faultsOf('const x = a + b * 2;'), ['a + b * 2 → a - b * 2', 'b * 2 → b / 2']);
    assert.deepEqual(faultsOf("const x = ['a', b];"), ["['a', b] → []", "['a', b] → ['a']", "'a' → ''"]);
    assert.deepEqual(faultsOf('const x = a?.b.c?.(d);'), ['a?.b.c?.(d) → a?.b.c(d)', 'a?.b.c?.(d) → a.b.c?.(d)']);
    assert.deepEqual(faultsOf('const x = Math.min(a, 1);'), ['Math.min(a, 1) → Math.max(a, 1)']);
    assert.deepEqual(faultsOf('const x = `a${b}`;'), ["`a${b}` → ''"]);
  });

  it('are none in types, imports, texts for users, log calls and internal errors', () => {
    const source = `import { a } from 'b';
      interface B { readonly c: 'd' | 'e'; }
      const x: 'f' = y as 'f';
      const text = l10n.t('Sign in again.');
      const more = vscode.l10n.t({ message: 'Sign in to {0}.', args: [name], comment: '{0} is a name.' });
      this.#options.logger.warn('It failed: ' + reason);
      const z = new Error('cannot happen');`;
    assert.deepEqual(faultsOf(source), ['[name] → []']);
  });

  it('say where they are', () => {
    const { mutants } = mutate('class Lock {\n  async #take() {\n    this.open();\n  }\n}');
    assert.deepEqual(mutants, [{ id: 1, line: 3, original: 'this.open();', replacement: '', place: 'Lock.#take' }]);
  });

  it('can be switched on one by one in the same text, which does the same as before without one', () => {
    const source = `(list: number[] | undefined, limit: number) => {
      const calls: string[] = [];
      for (let at = 0; at < limit; at++) { if (list?.[at] === undefined) { continue; } calls.push('x' + list[at]); }
      return calls.length > 1 || !list ? calls.join('') : /^a+$/i.test('AA');
    };`;
    const { text, mutants } = mutate(source);
    let on = 0;
    Reflect.set(globalThis, SWITCH, (id: number) => id === on);
    try {
      const results = Array.from({ length: mutants.length + 1 }, (_, id) => {
        on = id;
        const run = runScript(text);
        return JSON.stringify([run([1, 2], 2), attempt(() => run(undefined, 1)), run([3], 1)]);
      });
      assert.equal(results[0], '["x1x2","",true]');
      assert.ok(new Set(results).size > 8, results.join('\n'));
    } finally {
      Reflect.deleteProperty(globalThis, SWITCH);
    }
  });
});

function runScript(text: string): (...args: unknown[]) => unknown {
  const { outputText } = ts.transpileModule(`module.exports = ${text}`, {});
  const module: { exports?: unknown } = {};
  Reflect.apply(Reflect.construct(Function, ['module', outputText]) as () => void, undefined, [module]);
  return module.exports as (...args: unknown[]) => unknown;
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

describe('the faults of a regular expression', () => {
  it('lose an anchor, a quantifier, a flag or an alternative, or turn a class or lookahead around', () => {
    assert.deepEqual(regexpVariants('/^(?:ab|[c|]+)$/i'), [
      '/(?:ab|[c|]+)$/i',
      '/^(?:ab|[^c|]+)$/i',
      '/^(?:ab|[c|])$/i',
      '/^(?:ab|[c|]+)/i',
      '/^(?:[c|]+)$/i',
      '/^(?:ab)$/i',
      '/^(?:ab|[c|]+)$/',
    ]);
    assert.deepEqual(regexpVariants('/\\d(?!x)/'), ['/\\D(?!x)/', '/\\d(?=x)/']);
    assert.deepEqual(regexpVariants('/a|b|c/'), ['/b|c/', '/a|c/', '/a|b/']);
  });

  it('are valid', () => {
    for (const literal of ['/(?<host>[^\\s\\p{C}]+)?:\\/{2,}/iu', '/\\\\u{1f600}*?/u', '/^$/']) {
      for (const variant of regexpVariants(literal)) {
        const end = variant.lastIndexOf('/');
        assert.ok(new RegExp(variant.slice(1, end), variant.slice(end + 1)));
      }
    }
  });
});
