import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import type { CellPosition } from './gridNavigation.ts';
import type { GridSelection } from './gridSelection.ts';
import type { RowCache } from './rowCache.ts';
import type { PageCell } from './tableProtocol.ts';

/** Pixels; the same as in VS Code's lists. */
const ROW_HEIGHT = 22;
/** Rows rendered beyond the edges, so that scrolling shows no gaps. */
const MARGIN = 8;

export interface DrawOptions {
  readonly active: CellPosition;
  readonly selection: Pick<GridSelection, 'cells' | 'hasRow'>;
}

/** The rows below the header. Visible rows are elements, and so is the row of the active cell, to retain the focus. */
export class GridRows {
  readonly element = document.createElement('div');
  readonly #scroller: HTMLElement;
  readonly #cache: RowCache;
  readonly #drawn = new Map<number, HTMLElement>();
  /** Rows whose cells have not arrived. */
  readonly #empty = new Set<number>();
  #columns: readonly PlacedColumn[] = [];
  #naming: string | undefined;

  constructor(scroller: HTMLElement, cache: RowCache) {
    this.#scroller = scroller;
    this.#cache = cache;
    this.element.className = 'body';
    this.element.setAttribute('role', 'rowgroup');
    scroller.style.setProperty('--row-height', `${ROW_HEIGHT}px`);
  }

  /** `naming` is the key of the column whose cells name their rows. */
  show(columns: readonly PlacedColumn[], naming: string | undefined): void {
    this.#columns = columns;
    this.#naming = naming;
    this.#drawn.clear();
    this.#empty.clear();
    const widths = document.createElement('div');
    widths.className = 'row widths';
    widths.setAttribute('role', 'presentation');
    this.element.replaceChildren(widths);
    this.resize();
  }

  /** Takes over how many rows there are by now. */
  resize(): void {
    this.element.style.height = `${this.#cache.count * ROW_HEIGHT}px`;
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

  draw({ active, selection }: DrawOptions): void {
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / ROW_HEIGHT) - MARGIN);
    const end = Math.min(first + Math.ceil(this.#scroller.clientHeight / ROW_HEIGHT) + 2 * MARGIN, this.#cache.count);
    const rendered = new Set<number>();
    for (let row = first; row < end; row++) {
      rendered.add(row);
    }
    if (active.row >= 0) {
      rendered.add(active.row);
      this.#cache.want(active.row, active.row + 1);
    }
    this.#cache.want(first, end);
    for (const [row, element] of this.#drawn) {
      if (!rendered.has(row)) {
        element.remove();
        this.#drawn.delete(row);
        this.#empty.delete(row);
      }
    }
    const { cells } = selection;
    // In display order, for screen readers.
    let after = this.element.firstElementChild;
    for (const row of [...rendered].sort((a, b) => a - b)) {
      const element = this.#drawn.get(row) ?? this.#add(row, after);
      this.#fill(row, element);
      element.setAttribute('aria-selected', String(selection.hasRow(row)));
      const inRange = cells && row >= cells.rows[0] && row < cells.rows[1] ? cells.columns : undefined;
      for (const [place, cell] of [...element.children].entries()) {
        cell.setAttribute('tabindex', active.row === row && active.column === place ? '0' : '-1');
        if (inRange && place >= inRange[0] && place < inRange[1]) {
          cell.setAttribute('aria-selected', 'true');
        } else {
          cell.removeAttribute('aria-selected');
        }
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
    element.append(
      ...this.#columns.map((column, place) => {
        const cell = document.createElement('div');
        cell.className = column.isNumeric ? 'cell numeric' : 'cell';
        cell.setAttribute('role', column.key === this.#naming ? 'rowheader' : 'gridcell');
        cell.setAttribute('aria-colindex', String(place + 1));
        return cell;
      }),
    );
    after?.after(element);
    this.#drawn.set(row, element);
    this.#empty.add(row);
    return element;
  }

  /** In place, so that a cell keeps the focus when its text arrives. */
  #fill(row: number, element: HTMLElement): void {
    const cells = this.#empty.has(row) ? this.#cache.row(row) : undefined;
    element.setAttribute('aria-busy', String(this.#empty.has(row) && !cells));
    if (!cells) {
      return;
    }
    this.#empty.delete(row);
    for (const [place, cell] of [...element.children].entries()) {
      const content = cells[this.#columns[place]?.index ?? -1] ?? '';
      cell.textContent = shownText(content);
      if (cell instanceof HTMLElement && typeof content !== 'string') {
        cell.title = content[1];
      }
    }
  }
}

export function shownText(cell: PageCell): string {
  return typeof cell === 'string' ? cell : cell[0];
}

export function valueText(cell: PageCell): string {
  return typeof cell === 'string' ? cell : cell[1];
}

/** The cell of an element in it, also in the header. */
export function positionOf(target: EventTarget | null): CellPosition | undefined {
  const cell = target instanceof Element ? target.closest('[aria-colindex]') : null;
  const row = cell?.closest('[aria-rowindex]');
  return cell && row
    ? { row: Number(row.getAttribute('aria-rowindex')) - 2, column: Number(cell.getAttribute('aria-colindex')) - 1 }
    : undefined;
}
