import assert from 'node:assert/strict';
import { GridSelection } from '../../../src/webview/table/gridSelection.ts';

describe('the selection of the table', () => {
  const at = (row: number, column: number): { row: number; column: number } => ({ row, column });

  it('is a rectangle that grows and turns around the cell where it began (E7)', () => {
    const selection = new GridSelection();
    selection.extendCells(at(5, 3), at(6, 4));
    assert.deepEqual(selection.cells, { rows: [5, 7], columns: [3, 5] });
    selection.extendCells(at(6, 4), at(3, 1));
    assert.deepEqual(selection.cells, { rows: [3, 6], columns: [1, 4] });
    assert.deepEqual(selection.cellCounts, [3, 3]);
    assert.deepEqual(selection.head, at(3, 1));
    assert.deepEqual(
      [at(3, 1), at(5, 3), at(6, 3), at(5, 4), at(2, 1), at(3, 0)].map((cell) => selection.has(cell)),
      [true, true, false, false, false, false],
    );
    assert.equal(selection.hasRow(4), false, 'its rows are not selected as a whole');
    selection.extendCells(at(3, 1), at(5, 3));
    assert.deepEqual([selection.cells, selection.cellCounts, selection.isEmpty], [undefined, undefined, true]);
  });

  it('is either cells or rows (E7)', () => {
    const selection = new GridSelection();
    selection.extendCells(at(0, 0), at(1, 1));
    selection.toggleRow(4);
    assert.deepEqual([selection.cells, selection.ranges], [undefined, [[4, 5]]]);
    selection.extendCells(at(0, 0), at(1, 1));
    assert.deepEqual([selection.cells, selection.ranges], [{ rows: [0, 2], columns: [0, 2] }, []]);
    selection.extendRows(2, 3);
    assert.deepEqual([selection.cells, selection.count], [undefined, 2]);
    selection.extendCells(at(0, 0), at(0, 1));
    selection.selectAll(9);
    assert.deepEqual([selection.cells, selection.count], [undefined, 9]);
  });

  it('keeps rows and forgets cells when columns change (E7)', () => {
    const selection = new GridSelection();
    selection.toggleRow(4);
    selection.clearCells();
    assert.equal(selection.count, 1);
    selection.extendCells(at(0, 0), at(1, 1));
    selection.clearCells();
    assert.equal(selection.isEmpty, true);
  });
});
