import assert from 'node:assert/strict';
import { createResponseView } from '../../../src/core/responses/responseView.ts';
import { cellText } from '../../../src/core/responses/cells.ts';
import type { ListRows } from '../../../src/core/responses/listRows.ts';
import { looksTabular, cellDisplayText } from '../../../src/core/responses/tableModel.ts';
import { cellsOf, listRows } from '../../support/tables.ts';

describe('the rows of a list', () => {
  it('orders columns by their first appearance, with cells that are numbers or text (E7)', async () => {
    const table = await listRows(
      '[{"id":1,"name":"a"},{"id":2.5,"on":true,"name":null},{"tags":["x"],"id":-3}]',
      undefined,
    );
    assert.deepEqual(namesOf(table), ['id', 'name', 'on', 'tags']);
    assert.deepEqual(await cellsOf(table), [
      [1, 'a', '', ''],
      [2.5, '', 'true', ''],
      [-3, '', '', '["x"]'],
    ]);
  });

  it('takes the list from the member that the operation names, or from the response itself (E7)', async () => {
    const response = '{"cursor":{"count":1},"results":[{"id":7}]}';
    assert.deepEqual(await cellsOf(await listRows(response, 'results')), [[7]]);
    assert.deepEqual(await cellsOf(await listRows('[{"id":7}]', 'results')), [[7]]);
    assert.deepEqual(await cellsOf(await listRows('{"results":null,"results":[{"id":7}]}', 'results')), [[7]]);
    assert.equal((await listRows(response, undefined)).count, 0);
    assert.equal((await listRows(response, '')).count, 0);
    assert.equal((await listRows(response, 'cursor')).count, 0);
  });

  for (const text of ['', '{}', '[]', '[1,2]', '[[1]]', 'null', '"x"', '[{"id":1', '<html>']) {
    it(`makes no table of ${JSON.stringify(text)} (E7)`, async () => {
      assert.equal((await listRows(text)).hasObjects, false);
    });
  }

  it('puts items that are not objects into a column of their own (E7)', async () => {
    const table = await listRows('[{"id":1},"loose",null]', undefined);
    assert.deepEqual(namesOf(table), ['id', 'value']);
    assert.deepEqual(await cellsOf(table), [
      [1, ''],
      ['', 'loose'],
      ['', ''],
    ]);
  });

  it('keeps every digit, escape and duplicate name, in nested values too (E7)', async () => {
    const table = await listRows(
      '[{"id":12345678901234567890,"n":-9007199254740993,"s":"\\"12345678901234567890\\\\","f":0.12345678901234567891,' +
        '"r":1.10,"e":1e400,"z":-0,"d":1,"\\u0064":2,"o": {"id": 12345678901234567890, "\\u0061": [1.50]},"h":"\\ud800"}]',
      undefined,
    );
    assert.deepEqual(namesOf(table), ['id', 'n', 's', 'f', 'r', 'e', 'z', 'd', 'd', 'o', 'h']);
    assert.deepEqual((await cellsOf(table))[0]?.map(cellText), [
      '12345678901234567890',
      '-9007199254740993',
      '"12345678901234567890\\',
      '0.12345678901234567891',
      '1.10',
      '1e400',
      '-0',
      '1',
      '2',
      '{"id":12345678901234567890,"\\u0061":[1.50]}',
      '\\ud800',
    ]);
    assert.equal(table.columns[0]?.isNumeric, true);
    assert.equal((await cellsOf(await listRows('[{"id":9007199254740991}]')))[0]?.[0], 9007199254740991);
  });

  it('masks the values that the document masks (E4)', async () => {
    const body = Buffer.from('[{"name":"admin","secret":"hunter2","pin":4711}]');
    const options = {
      contentType: 'application/json',
      size: body.byteLength,
      items: undefined,
      maxItems: 10,
      mask: true,
    };
    const table = await listRows(createResponseView(body, options).text, undefined);
    assert.deepEqual(await cellsOf(table), [['••••••••', '••••••••', '••••••••']]);
  });

  it('gives capital letters more width (E7)', async () => {
    assert.equal((await listRows('[{"a":"WORKSTATION"}]')).columns[0]?.width, 14);
  });

  it('shows the whole name of a column of UUIDs, but not the whole of these (E7)', async () => {
    const uuid = '5a4db0c5-0000-4000-8000-000000001002';
    const { columns } = await listRows(JSON.stringify([{ uid: uuid, assignedOwnerUid: uuid }]));
    assert.deepEqual(
      columns.map(({ isUuid, width }) => [isUuid, width]),
      [
        [true, 10],
        [true, 20],
      ],
    );
  });

  it('distinguishes number columns from mixed ones, and limits the width (E7)', async () => {
    const long = 'x'.repeat(500);
    const table = await listRows(
      JSON.stringify([
        { id: 1, mixed: 1, long },
        { id: null, mixed: 'a' },
      ]),
      undefined,
    );
    assert.deepEqual(table.columns, [
      { key: '0 id', name: 'id', isNumeric: true, isUuid: false, width: 5 },
      { key: '0 mixed', name: 'mixed', isNumeric: false, isUuid: false, width: 8 },
      { key: '0 long', name: 'long', isNumeric: false, isUuid: false, width: 40 },
    ]);
  });

  it('shows a number under the name of a time as a time, and keeps its value (E7)', async () => {
    const table = await listRows(
      '[{"lastContact":1760000000.75,"created":1760000000123,"updated":7,"id":1760000000}]',
      '',
    );
    const { columns } = table;
    const cells = (await cellsOf(table))[0] ?? [];
    assert.deepEqual(cells, [1_760_000_000.75, 1_760_000_000_123, 7, 1_760_000_000]);
    assert.deepEqual(
      columns.map((column, index) => cellDisplayText(cells[index] ?? '', column)),
      ['2025-10-09 08:53:20 UTC', '2025-10-09 08:53:20 UTC', '7', '1760000000'],
    );
    assert.deepEqual(
      columns.map(({ isNumeric, width }) => [isNumeric, width]),
      [
        [false, 24],
        [false, 24],
        [true, 10],
        [true, 10],
      ],
    );
    assert.equal(cellDisplayText('1760000000', { name: 'created' }), '1760000000');
  });

  it('limits the number of columns and reports how many are hidden (E7)', async () => {
    const table = await listRows(
      JSON.stringify([Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`c${n}`, n]))]),
      '',
    );
    assert.equal(table.columns.length, 200);
    assert.equal((await cellsOf(table))[0]?.length, 200);
    assert.equal(table.columnsLeftOut, 50);
  });

  it('refuses a response that has its list twice, because nobody knows which one counts (E7)', async () => {
    await assert.rejects(listRows('{"results":[{"a":1}],"results":[{"a":2}]}', 'results'), {
      code: 'response.listTwice',
    });
    assert.equal((await listRows('{"results":null,"results":[{"a":2}],"more":[{"a":3}]}', 'results')).count, 1);
  });

  it('treats the names of inherited members like any other name (E7)', async () => {
    const table = await listRows('[{"__proto__":1,"constructor":2,"toString":3}]', undefined);
    assert.deepEqual(namesOf(table), ['__proto__', 'constructor', 'toString']);
    assert.deepEqual(await cellsOf(table), [[1, 2, 3]]);
  });
});

describe('looksTabular', () => {
  for (const [response, items, expected] of [
    ['[{"id":1}]', undefined, true],
    ['[{}]', '', true],
    ['{"results":[{"id":1}],"cursor":1}', 'results', true],
    ['{"cursor":{"results":[{"id":1}]},"results":[1]}', 'results', false],
    ['{"a":"\\n  \\"results\\": [{","results":[]}', 'results', false],
    ['{"results":[{"id":1}]}', undefined, false],
    ['{"abcdefg":[{"id":1}]}', 'results', false],
    ['[1]', undefined, false],
    ['[]', undefined, false],
    ['', undefined, false],
  ] as const) {
    it(`${expected ? 'offers' : 'does not offer'} a table for ${response} (E7)`, () => {
      const body = Buffer.from(response);
      const { text } = createResponseView(body, {
        contentType: 'application/json',
        size: body.byteLength,
        items,
        maxItems: 10,
      });
      assert.equal(looksTabular(text, items), expected);
    });
  }
});

function namesOf(table: ListRows): string[] {
  return table.columns.map(({ name }) => name);
}
