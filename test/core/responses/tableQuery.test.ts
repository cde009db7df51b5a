import assert from 'node:assert/strict';
import { createTable, type Table } from '../../../src/core/responses/tableModel.ts';
import { nextSort, rowFinder, rowsAsText, type Sort } from '../../../src/core/responses/tableQuery.ts';

describe('the rows of a response table', () => {
  const table = made([
    { id: 10, name: 'Front 10', site: 'Köln' },
    { id: 9, name: 'front 9', site: '' },
    { id: 100, name: 'Äpfel', site: 'Aachen' },
    { id: null, name: 'Zoo', site: 'Bonn' },
  ]);

  for (const [sort, expected] of [
    [undefined, [0, 1, 2, 3]],
    [{ column: 0, direction: 'ascending' }, [1, 0, 2, 3]],
    [{ column: 0, direction: 'descending' }, [2, 0, 1, 3]],
    [{ column: 1, direction: 'ascending' }, [2, 1, 0, 3]],
    [{ column: 1, direction: 'descending' }, [3, 0, 1, 2]],
    [{ column: 2, direction: 'ascending' }, [2, 3, 0, 1]],
    [{ column: 2, direction: 'descending' }, [0, 3, 2, 1]],
  ] satisfies (readonly [Sort | undefined, number[]])[]) {
    it(`${sort === undefined ? 'keep their order without sorting' : `are sorted by ${JSON.stringify(sort)} as numbers or by language, with empty cells last`} (E7)`, () => {
      assert.deepEqual(rowFinder(table, 'en')({ filter: '', sort }), expected);
    });
  }

  it('match a time as it is shown and as its number (E7)', () => {
    const find = rowFinder(made([{ created: 1_760_000_000 }, { created: 1_740_000_000_000 }, { created: 5 }]), 'en');
    assert.deepEqual(find({ filter: '2025-10-09 08:53', sort: undefined }), [0]);
    assert.deepEqual(find({ filter: '1740000000', sort: undefined }), [1]);
  });

  it('are sorted by the moment of a time, whatever its unit is, after other numbers and before text (E7)', () => {
    const times = madeOf(
      ...['1640995200000', '1672531200', '1577836800', '"2021-06-01T00:00:00+02:00"', '"2021-05-31T22:00:00.5Z"'],
      ...['1672531200.0000000001', '1672531200000.00000001', '5', '"soon"', '""', '"2021-05-31T22:00"', '16725312e2'],
    );
    const found = rowFinder(times, 'en')({ filter: '', sort: { column: 0, direction: 'ascending' } });
    assert.deepEqual(found, [7, 2, 3, 10, 4, 0, 1, 11, 6, 5, 8, 9]);
  });

  it('have times copied as ISO 8601 with the whole fraction and the zone, and texts unchanged (E7)', () => {
    const times = madeOf(
      ...['1740000000', '1740000000.123456789', '1740000000250', '1740000000250.5', '1.74e9', '174000000025e1', '7'],
      '"2025-02-19 22:20 +01:00"',
    );
    assert.deepEqual(rowsAsText(times, [0, 1, 2, 3, 4, 5, 6, 7], ',').split('\n'), [
      'created',
      '2025-02-19T21:20:00Z',
      '2025-02-19T21:20:00.123456789Z',
      '2025-02-19T21:20:00.250Z',
      '2025-02-19T21:20:00.2505Z',
      '2025-02-19T21:20:00Z',
      '2025-02-19T21:20:00.25Z',
      '7',
      '2025-02-19 22:20 +01:00',
    ]);
  });

  it('are sorted by all digits of a number (E7)', () => {
    const numbers = madeOf(
      ...['9007199254740993', '9007199254740992', '1e400', '-1e400', '10e399', '2e400', '-9007199254740993'],
      ...['9007199254740992.5', '-0', '0.10', '0.1'],
      { name: 'n' },
    );
    const sort = { column: 0, direction: 'ascending' } as const;
    const found = rowFinder(numbers, 'en')({ filter: '', sort });
    assert.deepEqual(found, [3, 6, 8, 9, 10, 1, 7, 0, 2, 4, 5]);
  });

  it('keep their order when they are equal, and have numbers before text (E7)', () => {
    const mixed = made([{ a: 'x' }, { a: 2 }, { a: 'x' }, { a: 1 }]);
    const find = rowFinder(mixed, 'en');
    assert.deepEqual(find({ filter: '', sort: { column: 0, direction: 'ascending' } }), [3, 1, 0, 2]);
    assert.deepEqual(find({ filter: '', sort: { column: 0, direction: 'descending' } }), [0, 2, 1, 3]);
  });

  for (const [filter, expected] of [
    ['', [0, 1, 2, 3]],
    ['  ', [0, 1, 2, 3]],
    ['FRONT', [0, 1]],
    ['front köln', [0]],
    ['köln front', [0]],
    ['100', [2]],
    ['front zoo', []],
    ['.*', []],
  ] as const) {
    it(`match the filter ${JSON.stringify(filter)} if they contain all of its words (E7)`, () => {
      assert.deepEqual(rowFinder(table, 'en')({ filter, sort: undefined }), expected);
    });
  }

  it('sort negative, fractional and large numbers by value (E7)', () => {
    const numbers = made([2.5, -10, 1e21, -5, 10, 2.25].map((n) => ({ n })));
    const found = rowFinder(numbers, 'en')({ filter: '', sort: { column: 0, direction: 'ascending' } });
    assert.deepEqual(found, [1, 3, 5, 0, 4, 2]);
  });

  it('are sorted when they are filtered (E7)', () => {
    const find = rowFinder(table, 'en');
    assert.deepEqual(find({ filter: 'front', sort: { column: 0, direction: 'ascending' } }), [1, 0]);
  });

  it('are sorted by a column header in ascending order, in descending order, and not at all (E7)', () => {
    const up = nextSort(undefined, 2);
    const down = nextSort(up, 2);
    assert.deepEqual(up, { column: 2, direction: 'ascending' });
    assert.deepEqual(down, { column: 2, direction: 'descending' });
    assert.equal(nextSort(down, 2), undefined);
    assert.deepEqual(nextSort(down, 1), { column: 1, direction: 'ascending' });
  });

  it('are copied with column names and quoted for spreadsheets, without formulas (E7, T43)', () => {
    const hostile = made([
      { id: -5, '=name': '=cmd|x', note: 'a\tb\n"c"' },
      { id: 2, '=name': 'plain', note: '' },
    ]);
    assert.equal(rowsAsText(hostile, [1, 0], '\t'), `id\t'=name\tnote\n2\tplain\t\n-5\t'=cmd|x\t"a\tb\n""c"""`);
    assert.equal(rowsAsText(hostile, [1], ';'), "id;'=name;note\n2;plain;");
  });
});

/** A table with one column of these JSON values. */
function madeOf(...values: readonly (string | { readonly name: string })[]): Table {
  const { name } = values.find((value) => typeof value === 'object') ?? { name: 'created' };
  const items = values.flatMap((value) => (typeof value === 'string' ? [`{"${name}":${value}}`] : []));
  const table = createTable(`[${items.join(',')}]`, undefined);
  assert.ok(table);
  return table;
}

function made(items: readonly object[]): Table {
  const table = createTable(JSON.stringify(items), undefined);
  assert.ok(table);
  return table;
}
