import type { RowRange } from './tableProtocol.ts';

/** The selected rows in display order, as ranges, so that all rows of a long list are one. */
export class RowSelection {
  #ranges: readonly RowRange[] = [];
  /** Where an extension of the selection starts. */
  #anchor: number | undefined;

  get ranges(): readonly RowRange[] {
    return this.#ranges;
  }

  get count(): number {
    return this.#ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  has(row: number): boolean {
    return this.#ranges.some(([from, to]) => row >= from && row < to);
  }

  clear(): void {
    this.#ranges = [];
    this.#anchor = undefined;
  }

  selectAll(rows: number): void {
    this.#ranges = rows > 0 ? [[0, rows]] : [];
  }

  /** Selects a row, or no longer. The other rows stay as they are. */
  toggle(row: number): void {
    this.#ranges = this.has(row)
      ? this.#ranges.flatMap(([from, to]) => cut([from, row], [row + 1, to], [from, to], row))
      : joined([...this.#ranges, [row, row + 1]]);
    this.#anchor = row;
  }

  /** Selects the rows between the anchor and `to`; the anchor is `from` if there is none yet. */
  extend(from: number, to: number): void {
    const anchor = this.#anchor ?? from;
    this.#anchor = anchor;
    this.#ranges = [[Math.min(anchor, to), Math.max(anchor, to) + 1]];
  }
}

function cut(before: RowRange, after: RowRange, range: RowRange, row: number): readonly RowRange[] {
  const isIn = row >= range[0] && row < range[1];
  return isIn ? [before, after].filter(([from, to]) => from < to) : [range];
}

/** In order, and without ranges that touch. */
function joined(ranges: readonly RowRange[]): readonly RowRange[] {
  const result: RowRange[] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && last[1] >= from) {
      result[result.length - 1] = [last[0], Math.max(last[1], to)];
    } else {
      result.push([from, to]);
    }
  }
  return result;
}
