import assert from 'node:assert/strict';
import {
  frozenColumns,
  hiddenColumns,
  naming,
  parseLayout,
  placeColumns,
  shownColumns,
  USUAL_LAYOUT,
  withFrozen,
  withHidden,
  withMoved,
  withUsualWidth,
  withWidth,
  type ColumnLayout,
} from '../../../src/core/responses/columnLayout.ts';
import type { Column } from '../../../src/core/responses/tableModel.ts';

const COLUMNS = columns('uid*', 'organizationId', 'systemName', 'id', 'offline', 'displayName', 'ownerUid*');

describe('the columns of a table', () => {
  it('begin with the id and the names, and end with UUIDs (E7)', () => {
    const expected = ['id', 'displayName', 'systemName', 'organizationId', 'offline', 'uid', 'ownerUid'];
    assert.deepEqual(names(), expected);
    assert.equal(naming(COLUMNS)?.name, 'displayName');
    assert.equal(naming(columns('a', 'id'))?.name, 'id');
    assert.equal(naming(columns('a', 'b'))?.name, 'a');
    assert.equal(naming([]), undefined);
  });

  it('keep the index of their cells, wherever they stand (E7)', () => {
    assert.deepEqual(
      placeColumns(COLUMNS, USUAL_LAYOUT).map(({ index }) => index),
      [3, 5, 2, 1, 4, 0, 6],
    );
  });

  it('are where a person moved them, in later responses with other columns, too (E7)', () => {
    const moved = withMoved(COLUMNS, USUAL_LAYOUT, '0 offline', '0 displayName');
    assert.deepEqual(names(moved), ['id', 'offline', 'displayName', 'systemName', 'organizationId', 'uid', 'ownerUid']);
    const right = withMoved(COLUMNS, moved, '0 id', '0 offline');
    assert.deepEqual(names(right).slice(0, 3), ['offline', 'id', 'displayName']);
    const later = columns('new', 'uid*', 'id', 'offline', 'otherUid*', 'systemName');
    assert.deepEqual(names(right, later), ['offline', 'id', 'systemName', 'new', 'uid', 'otherUid']);
    assert.equal(withMoved(COLUMNS, moved, '0 missing', '0 id'), moved);
  });

  it('are hidden and as wide as a person wants, within limits (E7)', () => {
    const hidden = withHidden(USUAL_LAYOUT, ['0 uid', '0 gone']);
    assert.ok(!shownColumns(COLUMNS, hidden).some(({ name }) => name === 'uid'));
    assert.equal(placeColumns(COLUMNS, hidden).length, COLUMNS.length);
    const wide = withWidth(withWidth(USUAL_LAYOUT, '0 id', 123.4), '0 uid', 5);
    assert.deepEqual(wide.widths, { '0 id': 123, '0 uid': 40 });
    assert.equal(shownColumns(COLUMNS, wide)[0]?.pixels, 123);
    assert.deepEqual(withUsualWidth(wide, '0 id').widths, { '0 uid': 40 });
  });

  it('stay in sight as the same columns when others are moved before them or one of them is hidden (E7)', () => {
    const frozen = (layout: ColumnLayout): readonly string[] =>
      shownColumns(COLUMNS, layout)
        .slice(0, frozenColumns(COLUMNS, layout))
        .map(({ name }) => name);
    assert.deepEqual(frozen(USUAL_LAYOUT), ['id', 'displayName']);
    const added = withMoved(COLUMNS, USUAL_LAYOUT, '0 offline', '0 displayName');
    assert.deepEqual(frozen(added), ['id', 'offline', 'displayName']);
    const taken = withMoved(COLUMNS, added, '0 id', '0 systemName');
    assert.deepEqual(frozen(taken), ['offline', 'displayName']);
    assert.deepEqual(frozen(withMoved(COLUMNS, taken, '0 offline', '0 displayName')), ['displayName', 'offline']);
    const hidden = withHidden(taken, ['0 offline']);
    assert.deepEqual(frozen(hidden), ['displayName']);
    assert.deepEqual(frozen(withFrozen(COLUMNS, hidden, '0 id')), ['displayName', 'systemName', 'id']);
    assert.deepEqual(frozen(withHidden(withFrozen(COLUMNS, hidden, '0 id'), [])), [
      'offline',
      'displayName',
      'systemName',
      'id',
    ]);
    assert.equal(frozenColumns(COLUMNS, withFrozen(COLUMNS, USUAL_LAYOUT, '0 ownerUid')), 6);
  });

  it('are counted when they are hidden, if the table has them (E7)', () => {
    assert.equal(hiddenColumns(COLUMNS, withHidden(USUAL_LAYOUT, ['0 uid', '0 gone'])), 1);
  });

  it('are not taken from what is no layout, and nothing else is (E7)', () => {
    for (const value of [undefined, null, 'x', [], {}, { widths: [] }]) {
      assert.equal(parseLayout(value), undefined, JSON.stringify(value));
    }
    const layout = { order: ['0 a'], hidden: ['0 b'], widths: { '0 a': 100 }, frozen: 3 };
    assert.deepEqual(parseLayout(JSON.parse(JSON.stringify(layout))), layout);
    const odd = {
      order: [1, '0 a', 'x'.repeat(300)],
      hidden: 'x',
      widths: { a: 1, b: '7', c: 80 },
      frozen: -1,
      more: 1,
    };
    assert.deepEqual(parseLayout(odd), { order: ['0 a'], hidden: [], widths: { c: 80 }, frozen: 2 });
    const many = parseLayout({ widths: {}, frozen: 1000 });
    assert.equal(many && frozenColumns(COLUMNS, many), 6);
  });
});

function names(layout = USUAL_LAYOUT, all = COLUMNS): readonly string[] {
  return placeColumns(all, layout).map(({ name }) => name);
}

/** A star marks a column of UUIDs. */
function columns(...marked: readonly string[]): readonly Column[] {
  return marked.map((each) => {
    const name = each.replace('*', '');
    return { key: `0 ${name}`, name, isNumeric: false, isUuid: each !== name, width: 10 };
  });
}
