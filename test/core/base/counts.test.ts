import assert from 'node:assert/strict';
import { items, operations, pages, rows, seconds } from '../../../src/core/base/counts.ts';
import { formatMessage } from '../../../src/core/base/messages.ts';

describe('a counted noun', () => {
  it('has a singular and a plural form (E8)', () => {
    assert.deepEqual(
      [items, pages, rows, operations, seconds].map((count) => [0, 1, 2].map((number) => formatMessage(count(number)))),
      ['item', 'page', 'row', 'operation', 'second'].map((word) => [`0 ${word}s`, `1 ${word}`, `2 ${word}s`]),
    );
  });
});
