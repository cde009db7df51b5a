import assert from 'node:assert/strict';
import { parsePageMessage, type PageMessage } from '../../../src/webview/table/tableProtocol.ts';

describe('messages of the page', () => {
  const messages: readonly PageMessage[] = [
    { type: 'ready' },
    { type: 'chooseColumns' },
    { type: 'query', query: 1, filter: 'x', sort: undefined },
    { type: 'query', query: 2, filter: '', sort: { column: 3, direction: 'descending' } },
    { type: 'rows', query: 1, from: 0, to: 100 },
    { type: 'cell', query: 1, row: 0, column: 2 },
    { type: 'open', query: 1, row: 0, column: 2 },
    { type: 'openInNinjaOne', query: 1, row: 0, column: 2 },
    { type: 'reveal', query: 1, row: 0, column: 2 },
    { type: 'copyCell', query: 1, row: 0, column: 2 },
    {
      type: 'copyRows',
      query: 1,
      ranges: [
        [0, 1],
        [5, 9],
      ],
    },
    { type: 'copyColumn', query: 1, column: 2 },
    { type: 'copyCells', query: 1, rows: [2, 5], columns: [0, 7] },
    { type: 'layout', layout: { order: ['0 a'], hidden: [], widths: {}, frozen: 2 } },
  ];
  for (const message of messages) {
    it(`are taken: ${JSON.stringify(message)} (E7)`, () => {
      assert.deepEqual(parsePageMessage(structuredClone(message)), message);
    });
  }

  it('are not taken if they are none of ours (E7)', () => {
    const others = [
      ...[undefined, null, '', 'ready', 1, [], ['ready'], {}, { type: 'other' }, { type: ['ready'] }],
      ...[
        { type: 'query', query: 1 },
        { type: 'query', query: -1, filter: '' },
        { type: 'query', query: 0.5, filter: '' },
      ],
      ...[
        { type: 'rows', query: 1, from: 0, to: 1e9 },
        { type: 'rows', query: 1, from: '0', to: 1 },
      ],
      ...[
        { type: 'cell', query: 1, row: -1, column: 0 },
        { type: 'cell', query: 1, row: 0 },
      ],
      ...[
        { type: 'copyCells', query: 1, rows: [0, -1], columns: [1] },
        { type: 'copyCells', rows: [0, 1] },
      ],
      ...[{ type: 'copyRows' }, { type: 'copyColumn', query: 1 }, { type: 'layout', layout: [] }],
    ];
    for (const message of others) {
      assert.equal(parsePageMessage(message), undefined, JSON.stringify(message));
    }
    assert.deepEqual(parsePageMessage({ type: 'copyRows', query: 1, ranges: [[0, 'x'], 7, [1, 2]] }), {
      type: 'copyRows',
      query: 1,
      ranges: [[1, 2]],
    });
    assert.deepEqual(parsePageMessage({ type: 'query', query: 1, filter: '', sort: { column: 0, direction: 'x' } }), {
      type: 'query',
      query: 1,
      filter: '',
      sort: undefined,
    });
  });
});
