import { cellText, type Cell } from '../../core/responses/cells.ts';
import { cellDisplayText, type Column, type Table } from '../../core/responses/tableModel.ts';
import type { CellPosition } from './gridNavigation.ts';

/** Pixels; the same as in VS Code's lists. */
const ROW_HEIGHT = 22;
/** Rows rendered beyond the edges, so that scrolling shows no gaps. */
const MARGIN = 8;
/** Characters per cell. A cell may have millions, but more are never visible. */
const MAX_CHARACTERS = 300;

/** The rows below the header. Visible rows are elements, and so is the row of the active cell, to retain the focus. */
export class GridRows {
  readonly element = document.createElement('div');
  readonly #scroller: HTMLElement;
  readonly #drawn = new Map<number, HTMLElement>();
  #table: Table | undefined;
  #order: readonly number[] = [];

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
    this.element.className = 'body';
    this.element.setAttribute('role', 'rowgroup');
    scroller.style.setProperty('--row-height', `${ROW_HEIGHT}px`);
  }

  show(table: Table, order: readonly number[]): void {
    this.#table = table;
    this.#order = order;
    this.#drawn.clear();
    const widths = document.createElement('div');
    widths.className = 'row widths';
    widths.setAttribute('role', 'presentation');
    this.element.replaceChildren(widths);
    this.element.style.height = `${order.length * ROW_HEIGHT}px`;
  }

  /** Number of visible rows without the header. */
  get pageSize(): number {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / ROW_HEIGHT) - 1);
  }

  bringIntoSight(row: number): void {
    if (row < 0) {
      return;
    }
    const { scrollTop, clientHeight } = this.#scroller;
    const top = row * ROW_HEIGHT;
    const lowest = top + 2 * ROW_HEIGHT - clientHeight;
    this.#scroller.scrollTop = Math.min(top, Math.max(scrollTop, lowest));
  }

  draw({ active, isSelected }: { readonly active: CellPosition; readonly isSelected: (row: number) => boolean }): void {
    const first = Math.floor(this.#scroller.scrollTop / ROW_HEIGHT) - MARGIN;
    const last = first + Math.ceil(this.#scroller.clientHeight / ROW_HEIGHT) + 2 * MARGIN;
    const rendered = new Set<number>();
    for (let row = Math.max(0, first); row <= Math.min(last, this.#order.length - 1); row++) {
      rendered.add(row);
    }
    if (active.row >= 0) {
      rendered.add(active.row);
    }
    for (const [row, element] of this.#drawn) {
      if (!rendered.has(row)) {
        element.remove();
        this.#drawn.delete(row);
      }
    }
    // In display order, for screen readers.
    let after = this.element.firstElementChild;
    for (const row of [...rendered].sort((a, b) => a - b)) {
      const element = this.#drawn.get(row) ?? this.#add(row, after);
      element.setAttribute('aria-selected', String(isSelected(row)));
      for (const [column, cell] of [...element.children].entries()) {
        cell.setAttribute('tabindex', active.row === row && active.column === column ? '0' : '-1');
      }
      after = element;
    }
  }

  #add(row: number, after: Element | null): HTMLElement {
    const element = document.createElement('div');
    element.className = row % 2 === 0 ? 'row' : 'row odd';
    element.setAttribute('role', 'row');
    element.setAttribute('aria-rowindex', String(row + 2));
    element.style.top = `${row * ROW_HEIGHT}px`;
    const cells = this.#table?.rows[this.#order[row] ?? -1] ?? [];
    const { columns = [] } = this.#table ?? {};
    element.append(...columns.map((column, index) => cellElement(cells[index] ?? '', index, column)));
    after?.after(element);
    this.#drawn.set(row, element);
    return element;
  }
}

function cellElement(cell: Cell, index: number, column: Column): Element {
  const text = cellDisplayText(cell, column);
  const element = document.createElement('div');
  element.className = column.isNumeric ? 'cell numeric' : 'cell';
  element.setAttribute('role', 'gridcell');
  element.setAttribute('aria-colindex', String(index + 1));
  element.textContent = text.slice(0, MAX_CHARACTERS);
  if (text !== cellText(cell)) {
    element.title = cellText(cell);
  }
  return element;
}
