import assert from 'node:assert/strict';
import { sortInSlices } from '../../../src/core/responses/slowSort.ts';
import { nextSort, type Sort } from '../../../src/core/responses/sortOrder.ts';
import { valueTerm } from '../../../src/core/responses/rowFilter.ts';
import { findRows } from '../../../src/core/responses/tableQuery.ts';
import { copiedText, tableCsv } from '../../../src/core/responses/tableText.ts';
import type { CsvSeparator } from '../../../src/core/responses/csv.ts';
import type { ListRows } from '../../../src/core/responses/listRows.ts';
import { made, rowsOf } from '../../support/tables.ts';

describe('the rows of a response table', () => {
  const table = made([
    { id: 10, name: 'Front 10', site: 'Köln' },
    { id: 9, name: 'front 9', site: '' },
    { id: 100, name: 'Äpfel', site: 'Aachen' },
    { id: null, name: 'Zoo', site: 'Bonn' },
  ]);
  const UP = { column: 0, direction: 'ascending' } as const;
  const sorted = async (rows: ListRows | Promise<ListRows>, sort: Sort | undefined): Promise<readonly number[]> =>
    found(await rows, '', sort);

  for (const [sort, expected] of [
    [undefined, [0, 1, 2, 3]],
    [{ column: 0, direction: 'ascending' }, [1, 0, 2, 3]],
    [{ column: 0, direction: 'descending' }, [2, 0, 1, 3]],
    [{ column: 1, direction: 'ascending' }, [2, 1, 0, 3]],
    [{ column: 1, direction: 'descending' }, [3, 0, 1, 2]],
    [{ column: 2, direction: 'ascending' }, [2, 3, 0, 1]],
    [{ column: 2, direction: 'descending' }, [0, 3, 2, 1]],
  ] satisfies (readonly [Sort | undefined, number[]])[]) {
    it(`${sort === undefined ? 'keep their order without sorting' : `are sorted by ${JSON.stringify(sort)} as numbers or by language, with empty cells last`} (E7)`, async () => {
      assert.deepEqual(await sorted(table, sort), expected);
    });
  }

  it('are found in upper and lower case in every language of VS Code, also by names of the API (E7)', async () => {
    const classes = await made([{ nodeClass: 'WINDOWS_SERVER' }, { nodeClass: 'LINUX' }, { nodeClass: 'İzmir ışık' }]);
    for (const [locale, filter, expected] of [
      ['tr', 'windows', [0]],
      ['tr', 'linux', [1]],
      ['az', 'LINUX', [1]],
      ['tr', 'izmir IŞIK', [2]],
      ['en', 'linux', [1]],
      ['en', 'izmirx', []],
    ] as const) {
      const indexes = await findRows(classes, { filter, sort: undefined }, { locale });
      assert.deepEqual(indexes, expected, `${locale} ${filter}`);
    }
  });

  it('match a time as it is shown and as its number (E7)', async () => {
    const times = await made([{ created: 1_760_000_000 }, { created: 1_740_000_000_000 }, { created: 5 }]);
    assert.deepEqual(await found(times, '2025-10-09 08:53'), [0]);
    assert.deepEqual(await found(times, '1740000000'), [1]);
    assert.deepEqual(await found(times, 'created:"2025-10-09 08:53:20 UTC"'), [0]);
    assert.deepEqual(await found(times, 'created:"1760000000"'), [0]);
    assert.deepEqual(await found(times, 'created:2025-10'), [0]);
  });

  it('are sorted by the moment of a time, whatever its unit is, after other numbers and before text (E7)', async () => {
    const times = rowsOf(
      'created',
      ...['1640995200000', '1672531200', '1577836800', '"2021-06-01T00:00:00+02:00"', '"2021-05-31T22:00:00.5Z"'],
      ...['1672531200.0000000001', '1672531200000.00000001', '5', '"soon"', '""', '"2021-05-31T22:00"', '16725312e2'],
    );
    assert.deepEqual(await sorted(times, UP), [7, 2, 3, 10, 4, 0, 1, 11, 6, 5, 8, 9]);
  });

  it('have times copied as ISO 8601 with the whole fraction and the zone, and texts unchanged (E7)', async () => {
    const times = await rowsOf(
      'created',
      ...['1740000000', '1740000000.123456789', '1740000000250', '1740000000250.5', '1.74e9', '174000000025e1', '7'],
      '"2025-02-19 22:20 +01:00"',
    );
    const lines = [
      'created',
      '2025-02-19T21:20:00Z',
      '2025-02-19T21:20:00.123456789Z',
      '2025-02-19T21:20:00.250Z',
      '2025-02-19T21:20:00.2505Z',
      '2025-02-19T21:20:00Z',
      '2025-02-19T21:20:00.25Z',
      '7',
      '2025-02-19 22:20 +01:00',
    ];
    assert.deepEqual((await copied(times, undefined, ','))?.split('\n'), lines);
    let file = '';
    for await (const part of tableCsv({ rows: times, indexes: undefined, columns: columnsOf(times) }, ',')) {
      file += part;
    }
    assert.equal(file, `\ufeff${lines.join('\r\n')}\r\n`);
  });

  it('are sorted by all digits of a number (E7)', async () => {
    const numbers = rowsOf(
      'n',
      ...['9007199254740993', '9007199254740992', '1e400', '-1e400', '10e399', '2e400', '-9007199254740993'],
      ...['9007199254740992.5', '-0', '0.10', '0.1'],
    );
    assert.deepEqual(await sorted(numbers, UP), [3, 6, 8, 9, 10, 1, 7, 0, 2, 4, 5]);
  });

  it('keep their order when they are equal, and have numbers before text (E7)', async () => {
    const mixed = made([{ a: 'x' }, { a: 2 }, { a: 'x' }, { a: 1 }]);
    assert.deepEqual(await sorted(mixed, UP), [3, 1, 0, 2]);
    assert.deepEqual(await sorted(mixed, { column: 0, direction: 'descending' }), [0, 2, 1, 3]);
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
    ['"front 1"', [0]],
    ['"FRONT 1" köln', [0]],
    ['"unclosed', []],
    ['name:"Zoo"', [3]],
    ['name:"zoo"', []],
    ['name:"Front"', []],
    ['site:""', [1]],
    ['id:"10"', [0]],
    ['site:"Bonn" zoo', [3]],
    ['other:"Zoo"', []],
    ['name:fro', [0, 1]],
    ['Name:FRO', [0, 1]],
    ['NAME:"Zoo"', [3]],
    ['site:zoo', []],
    ['name:', [0, 1, 2, 3]],
    ['other:zoo', []],
  ] as const) {
    it(`match the filter ${JSON.stringify(filter)} if they contain all of its words and values (E7)`, async () => {
      assert.deepEqual(await found(await table, filter), expected);
    });
  }

  it('sort negative, fractional and large numbers by value (E7)', async () => {
    const numbers = made([2.5, -10, 1e21, -5, 10, 2.25].map((n) => ({ n })));
    assert.deepEqual(await sorted(numbers, UP), [1, 3, 5, 0, 4, 2]);
  });

  it('are sorted when they are filtered (E7)', async () => {
    assert.deepEqual(await found(await table, 'front', UP), [1, 0]);
  });

  it('are sorted by a column header in ascending order, in descending order, and not at all (E7)', () => {
    const up = nextSort(undefined, 2);
    const down = nextSort(up, 2);
    assert.deepEqual(up, { column: 2, direction: 'ascending' });
    assert.deepEqual(down, { column: 2, direction: 'descending' });
    assert.equal(nextSort(down, 2), undefined);
    assert.deepEqual(nextSort(down, 1), { column: 1, direction: 'ascending' });
  });

  it('are copied with column names and quoted for spreadsheets, without formulas (E7, T43)', async () => {
    const hostile = await made([
      { id: -5, '=name': '=cmd|x', note: 'a\tb\n"c"' },
      { id: 2, '=name': 'plain', note: '' },
    ]);
    assert.equal(await copied(hostile, [1, 0], '\t'), `id\t'=name\tnote\n2\tplain\t\n-5\t'=cmd|x\t"a\tb\n""c"""`);
    assert.equal(await copied(hostile, [1], ';'), "id;'=name;note\n2;plain;");
  });

  it('are found by the value of a cell, whatever characters it has (E21)', async () => {
    const values = ['a "b" c', 'x:y', '', ' spaced ', '"', '-5', 'ä\nb'];
    const rows = await made(values.map((name) => ({ name, 'odd name': name })));
    for (const [index, value] of values.entries()) {
      assert.deepEqual(await found(rows, valueTerm('name', value)), [index], value);
    }
    assert.deepEqual(await found(rows, valueTerm('odd name', 'x:y')), [1]);
  });

  it('stop being looked for when another query comes (E7)', async () => {
    const rows = await made([{ id: 1 }]);
    await assert.rejects(findRows(rows, { filter: '1', sort: UP }, { locale: 'en', signal: AbortSignal.abort() }));
  });

  it('are sorted in slices as at once, and equal ones keep their order (E7)', async () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({ index, key: (index * 7919) % 13 }));
    const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key;
    assert.deepEqual(await sortInSlices(items, byKey), items.toSorted(byKey));
    assert.deepEqual(await sortInSlices([], byKey), []);
  });
});

async function found(rows: ListRows, filter: string, sort?: Sort): Promise<readonly number[]> {
  const indexes = await findRows(rows, { filter, sort }, { locale: 'en' });
  return indexes ?? Array.from({ length: rows.count }, (_, index) => index);
}

async function copied(
  rows: ListRows,
  indexes: readonly number[] | undefined,
  separator: CsvSeparator | '\t',
): Promise<string | undefined> {
  return copiedText({ rows, indexes, columns: columnsOf(rows) }, separator);
}

function columnsOf(rows: ListRows): { readonly name: string; readonly index: number }[] {
  return rows.columns.map(({ name }, index) => ({ name, index }));
}
