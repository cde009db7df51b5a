import type { CellPosition } from './gridNavigation.ts';
import { RowSelection } from './rowSelection.ts';
import type { RowRange } from './tableProtocol.ts';

/** A rectangle of cells in display order, from the first of each pair to before the second. */
export interface CellRange {
  readonly rows: RowRange;
  readonly columns: readonly [from: number, to: number];
}

/** What is selected: rows, or a rectangle of at least two cells, never both. */
export class GridSelection {
  readonly #rows = new RowSelection();
  /** The cell where the rectangle starts, and the one that a person has reached. */
  #cells: { readonly anchor: CellPosition; readonly head: CellPosition } | undefined;

  /** The selected rows. */
  get ranges(): readonly RowRange[] {
    return this.#rows.ranges;
  }

  /** How many rows are selected. */
  get count(): number {
    return this.#rows.count;
  }

  get cells(): CellRange | undefined {
    if (!this.#cells) {
      return undefined;
    }
    const { anchor, head } = this.#cells;
    const between = (a: number, b: number): readonly [number, number] => [Math.min(a, b), Math.max(a, b) + 1];
    return { rows: between(anchor.row, head.row), columns: between(anchor.column, head.column) };
  }

  /** How many rows and columns the rectangle has. */
  get cellCounts(): readonly [rows: number, columns: number] | undefined {
    const { rows, columns } = this.cells ?? {};
    return rows && columns && [rows[1] - rows[0], columns[1] - columns[0]];
  }

  /** Where the next extension of the rectangle begins. */
  get head(): CellPosition | undefined {
    return this.#cells?.head;
  }

  get isEmpty(): boolean {
    return !this.#cells && this.count === 0;
  }

  /** Whether the row is selected as a whole. */
  hasRow(row: number): boolean {
    return this.#rows.has(row);
  }

  has({ row, column }: CellPosition): boolean {
    const { rows, columns } = this.cells ?? NO_CELLS;
    return this.hasRow(row) || (row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1]);
  }

  clear(): void {
    this.clearCells();
    this.#rows.clear();
  }

  /** The places of columns mean others after the columns have changed. */
  clearCells(): void {
    this.#cells = undefined;
  }

  selectAll(rows: number): void {
    this.clearCells();
    this.#rows.selectAll(rows);
  }

  toggleRow(row: number): void {
    this.clearCells();
    this.#rows.toggle(row);
  }

  /** Selects the rows up to `to`, from where the selection of rows began or else from `from`. */
  extendRows(from: number, to: number): void {
    this.clearCells();
    this.#rows.extend(from, to);
  }

  /** Selects the cells up to `to`, from where the rectangle began or else from `from`. */
  extendCells(from: CellPosition, to: CellPosition): void {
    const anchor = this.#cells?.anchor ?? from;
    this.#rows.clear();
    this.#cells = anchor.row === to.row && anchor.column === to.column ? undefined : { anchor, head: to };
  }
}

const NO_CELLS: CellRange = { rows: [0, 0], columns: [0, 0] };
