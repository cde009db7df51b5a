import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatMessage } from '../../../src/core/base/messages.ts';
import { parseDraft } from '../../../src/core/requests/requestDraft.ts';

describe('parseDraft', () => {
  it('reads the operation, path, query and body, and omits empty values (E6)', () => {
    const result = parseDraft({
      $schema: 'ninjaone://schema/1',
      operation: ' GET /v2/devices ',
      path: { id: 1 },
      query: { df: '', after: null, pageSize: 5, offline: false },
      body: null,
    });
    assert.ok(result.ok);
    assert.equal(result.draft.operation, 'GET /v2/devices');
    assert.deepEqual([...result.draft.path], [['id', 1]]);
    assert.deepEqual(
      [...result.draft.query],
      [
        ['pageSize', 5],
        ['offline', false],
      ],
    );
    assert.equal(result.draft.body, null);
  });

  it('distinguishes a missing body from the body null', () => {
    const result = parseDraft({ operation: 'GET /v2/devices' });
    assert.equal(result.ok && result.draft.body, undefined);
  });

  for (const field of [
    'host',
    'Origin',
    'url',
    'headers',
    'Authorization',
    'cookie',
    'token',
    'access_token',
    'clientSecret',
    'connection',
    'method',
  ]) {
    it(`refuses ${field} in a draft (E6, E11)`, () => {
      const [problem] = problemsOf({ operation: 'GET /v2/devices', [field]: 'secret-value-1' });
      assert.deepEqual(problem.location, [field]);
      assert.match(formatMessage(problem.message), /^Remove .* The connection determines the address/);
      assert.doesNotMatch(formatMessage(problem.message), /secret-value-1/);
    });
  }

  const wrong: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['an undefined value', undefined, []],
    ['a list', [], []],
    ['a string', 'GET /v2/devices', []],
    ['a missing operation', {}, ['operation']],
    ['an operation that is not a string', { operation: 1 }, ['operation']],
    ['an unknown field', { operation: 'x', pth: {} }, ['pth']],
    ['a member named __proto__', JSON.parse('{"operation":"x","__proto__":{"path":{}}}'), ['__proto__']],
    ['a list as path', { operation: 'x', path: [] }, ['path']],
    ['a string as query', { operation: 'x', query: 'a=b' }, ['query']],
    ['a list with a comma in an item', { operation: 'x', query: { df: ['a,b'] } }, ['query', 'df']],
    ['a list with an empty item', { operation: 'x', query: { df: ['a', ''] } }, ['query', 'df']],
    ['an empty list', { operation: 'x', query: { df: [] } }, ['query', 'df']],
    ['a list in a list', { operation: 'x', query: { df: [['a']] } }, ['query', 'df']],
    ['an object as a value', { operation: 'x', path: { id: {} } }, ['path', 'id']],
  ];
  for (const [name, value, location] of wrong) {
    it(`reports ${name}`, () => {
      assert.deepEqual(problemsOf(value)[0].location, location);
    });
  }

  it('reads a list as text with commas, as NinjaOne takes it (E2, E6)', () => {
    const result = parseDraft({ operation: 'x', query: { type: ['COMMENT', 'SAVE'], ids: [1, 2] } });
    assert.ok(result.ok);
    assert.deepEqual(Object.fromEntries(result.draft.query), { type: 'COMMENT,SAVE', ids: '1,2' });
  });

  it('ignores inherited members', () => {
    const value = Object.create({ operation: 'GET /v2/devices', body: 1 }) as unknown;
    assert.deepEqual(problemsOf(value)[0].location, ['operation']);
    const result = parseDraft(JSON.parse('{"operation":"x","path":{"__proto__":1}}'));
    assert.ok(result.ok);
    assert.deepEqual([...result.draft.path], [['__proto__', 1]]);
  });

  it('does not throw on any value', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (a, b) => {
        parseDraft(a);
        parseDraft({ operation: 'x', path: a, query: { b }, body: b });
      }),
    );
  });
});

function problemsOf(value: unknown) {
  const result = parseDraft(value);
  assert.ok(!result.ok);
  return result.problems;
}
