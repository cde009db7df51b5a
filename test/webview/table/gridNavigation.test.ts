import assert from 'node:assert/strict';
import { moved, type CellPosition } from '../../../src/webview/table/gridNavigation.ts';

describe('keyboard navigation in a grid', () => {
  const size = { rows: 100, columns: 5, page: 20 };

  const cases: readonly (readonly [key: string, from: readonly [number, number], to: readonly [number, number]])[] = [
    ['ArrowUp', [5, 2], [4, 2]],
    ['ArrowUp', [0, 2], [-1, 2]],
    ['ArrowUp', [-1, 2], [-1, 2]],
    ['ArrowDown', [-1, 2], [0, 2]],
    ['ArrowDown', [99, 2], [99, 2]],
    ['ArrowLeft', [5, 0], [5, 0]],
    ['ArrowRight', [5, 4], [5, 4]],
    ['ArrowRight', [-1, 1], [-1, 2]],
    ['Home', [5, 2], [5, 0]],
    ['End', [5, 2], [5, 4]],
    ['Control+Home', [50, 2], [0, 0]],
    ['Control+End', [50, 2], [99, 4]],
    ['Control+ArrowUp', [50, 2], [0, 2]],
    ['Control+ArrowDown', [50, 2], [99, 2]],
    ['Control+ArrowLeft', [50, 2], [50, 0]],
    ['Meta+ArrowRight', [50, 2], [50, 4]],
    ['PageUp', [50, 2], [30, 2]],
    ['PageUp', [10, 2], [0, 2]],
    ['PageUp', [-1, 2], [-1, 2]],
    ['PageDown', [50, 2], [70, 2]],
    ['PageDown', [95, 2], [99, 2]],
    ['PageDown', [-1, 2], [20, 2]],
  ];
  for (const [key, from, to] of cases) {
    it(`moves with ${key} from ${from.join(', ')} to ${to.join(', ')} (E14)`, () => {
      assert.deepEqual(moved(place(from), pressed(key), size), place(to));
    });
  }

  for (const key of ['Enter', 'a', ' ', 'Tab', 'Escape', 'Alt+ArrowUp', 'F6']) {
    it(`ignores ${JSON.stringify(key)} (E14)`, () => {
      assert.equal(moved(place([5, 2]), pressed(key), size), undefined);
    });
  }

  it('stays in the header if there are no rows (E14)', () => {
    for (const key of ['ArrowDown', 'PageDown', 'PageUp', 'Control+End', 'Control+Home']) {
      assert.equal(moved(place([-1, 2]), pressed(key), { ...size, rows: 0 })?.row, -1, key);
    }
  });
});

function place([row, column]: readonly [number, number]): CellPosition {
  return { row, column };
}

function pressed(name: string): Parameters<typeof moved>[1] {
  const keys = name.split('+');
  return {
    key: keys.at(-1) ?? '',
    ctrlKey: keys.includes('Control'),
    metaKey: keys.includes('Meta'),
    altKey: keys.includes('Alt'),
  };
}
