import assert from 'node:assert/strict';
import { RowSelection } from '../../../src/webview/table/rowSelection.ts';

describe('selected rows', () => {
  it('are toggled one by one and stay in order (E7)', () => {
    const selection = new RowSelection();
    for (const row of [5, 3, 4, 9]) {
      selection.toggle(row);
    }
    assert.deepEqual(selection.ranges, [
      [3, 6],
      [9, 10],
    ]);
    selection.toggle(4);
    assert.deepEqual(selection.ranges, [
      [3, 4],
      [5, 6],
      [9, 10],
    ]);
    assert.deepEqual([selection.count, selection.has(4), selection.has(5)], [3, false, true]);
    selection.toggle(3);
    assert.equal(selection.count, 2);
  });

  it('are extended from where the selection began, in both directions (E7)', () => {
    const selection = new RowSelection();
    selection.extend(10, 12);
    assert.deepEqual(selection.ranges, [[10, 13]]);
    selection.extend(12, 7);
    assert.deepEqual(selection.ranges, [[7, 11]]);
    selection.toggle(20);
    selection.extend(0, 22);
    assert.deepEqual(selection.ranges, [[20, 23]]);
    selection.clear();
    selection.extend(2, 1);
    assert.deepEqual(selection.ranges, [[1, 3]]);
  });

  it('are all of a long list at once, and none of an empty one (E7)', () => {
    const selection = new RowSelection();
    selection.selectAll(100_000);
    assert.deepEqual([selection.count, selection.ranges.length], [100_000, 1]);
    selection.toggle(500);
    assert.equal(selection.count, 99_999);
    selection.selectAll(0);
    assert.equal(selection.count, 0);
  });
});
