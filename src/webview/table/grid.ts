import { naming, type PlacedColumn } from '../../core/responses/columnLayout.ts';
import type { Sort } from '../../core/responses/sortOrder.ts';
import { GridColumns } from './gridColumns.ts';
import { GridHeader, type HeaderOptions } from './gridHeader.ts';
import { moved, type CellPosition, type GridSize } from './gridNavigation.ts';
import { GridRows, positionOf } from './gridRows.ts';
import { GridSelection } from './gridSelection.ts';
import type { RowCache } from './rowCache.ts';

export interface GridOptions extends HeaderOptions {
  readonly cache: RowCache;
  /** Called when another cell is active. */
  readonly onActivate: () => void;
  readonly onScroll: () => void;
  /** Called when a person presses, moves or selects, which may change the selection. */
  readonly onSelect: () => void;
  /** Called on Enter or a double click on a cell. */
  readonly onOpen: () => void;
}

/** Pixels that are scrolled out of sight. */
export interface ScrollPosition {
  readonly top: number;
  readonly left: number;
}

export interface GridContent {
  /** From left to right. */
  readonly columns: readonly PlacedColumn[];
  /** Number of columns that stay in sight. */
  readonly frozen: number;
  readonly label: string;
  readonly sort: Sort | undefined;
}

/**
 * A grid that follows the ARIA Authoring Practices: one cell is in the tab order, arrow keys move between cells, and
 * Enter on a header sorts. Only visible rows are elements, so that 100,000 rows scroll as fast as ten.
 */
export class Grid {
  readonly selection = new GridSelection();
  readonly #element: HTMLElement;
  readonly #options: GridOptions;
  readonly #header: GridHeader;
  readonly #rows: GridRows;
  readonly #layout: GridColumns;
  #columns: readonly PlacedColumn[] = [];
  #active: CellPosition = { row: 0, column: 0 };
  #frozen = 0;
  /** The cell that the pointer reached with its button down; cells on its way are selected. */
  #dragged: CellPosition | undefined;

  constructor(element: HTMLElement, options: GridOptions) {
    this.#element = element;
    this.#options = options;
    this.#header = new GridHeader(options);
    this.#layout = new GridColumns(element);
    this.#rows = new GridRows(element, options.cache);
    element.append(this.#header.element, this.#rows.element);
    element.addEventListener('keydown', (event) => {
      if (this.#onKey(event)) {
        event.preventDefault();
        // VS Code would take it for one of its own shortcuts, too.
        event.stopPropagation();
      }
    });
    element.addEventListener('mousedown', (event) => {
      this.#onPress(event);
    });
    element.addEventListener('mousemove', ({ target, buttons }) => {
      const to = positionOf(target);
      if (buttons === 1 && to) {
        this.#onDrag(to);
      }
    });
    element.addEventListener('dblclick', ({ target }) => {
      if ((positionOf(target)?.row ?? -1) >= 0) {
        options.onOpen();
      }
    });
    element.addEventListener('scroll', () => {
      this.redraw();
      options.onScroll();
    });
    new ResizeObserver(() => {
      this.#layout.fit(this.#header.cells);
      this.redraw();
    }).observe(element);
  }

  /** `row` is the row in display order, or -1 for the header. */
  get active(): CellPosition {
    return this.#active;
  }

  get activeColumn(): PlacedColumn | undefined {
    return this.#columns[this.#active.column];
  }

  get hasFocus(): boolean {
    return this.#element.contains(document.activeElement);
  }

  /** Shows columns, and rows anew. */
  show({ columns, frozen, label, sort }: GridContent, active: CellPosition = this.#active): void {
    const hadFocus = this.hasFocus;
    this.#columns = columns;
    this.#frozen = frozen;
    this.selection.clearCells();
    this.#element.setAttribute('aria-label', label);
    this.#element.setAttribute('aria-colcount', String(columns.length));
    this.#header.show(columns);
    this.#header.mark(sort);
    this.#layout.show(columns, frozen);
    this.#layout.fit(this.#header.cells);
    this.#rows.show(columns, naming(columns)?.key);
    this.grow();
    this.#activate(active, { focus: hadFocus });
  }

  /** Takes over how many rows there are by now. */
  grow(): void {
    this.#element.setAttribute('aria-rowcount', String(this.#options.cache.count + 1));
    this.#rows.resize();
    this.redraw();
  }

  /** Changes widths only, as often as the pointer moves. */
  resize(columns: readonly PlacedColumn[], frozen: number): void {
    this.#columns = columns;
    this.#header.update(columns);
    this.#layout.show(columns, frozen);
    this.#layout.fit(this.#header.cells);
  }

  /** Focuses the active cell; `scroll` brings it into sight. */
  focus({ scroll }: { readonly scroll: boolean }): void {
    if (scroll) {
      this.#activate(this.#active, { focus: true });
    } else {
      this.#activeElement?.focus({ preventScroll: true });
    }
  }

  get scrolled(): ScrollPosition {
    const { scrollTop, scrollLeft } = this.#element;
    return { top: scrollTop, left: scrollLeft };
  }

  scrollTo({ top, left }: ScrollPosition): void {
    this.#element.scrollTo({ top, left });
    this.redraw();
  }

  redraw(): void {
    this.#rows.draw({ active: this.#active, selection: this.selection });
    for (const [place, header] of this.#header.cells.entries()) {
      header.setAttribute('tabindex', this.#active.row < 0 && this.#active.column === place ? '0' : '-1');
    }
  }

  get #activeElement(): HTMLElement | null {
    return this.#element.querySelector<HTMLElement>('[tabindex="0"]');
  }

  /** Whether the key did something. */
  #onKey(event: KeyboardEvent): boolean {
    const { row, column } = this.#active;
    return (row < 0 && this.#header.onKey(event, column)) || this.#onSelectionKey(event) || this.#onMoveKey(event);
  }

  #onSelectionKey({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if ((ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === 'a') {
      this.selection.selectAll(this.#options.cache.count);
    } else if (key === ' ' && shiftKey && this.#active.row >= 0) {
      this.selection.toggleRow(this.#active.row);
    } else if (key === 'Escape' && !this.selection.isEmpty) {
      this.selection.clear();
    } else if (key === 'Enter' && this.#active.row >= 0) {
      this.#options.onOpen();
      return true;
    } else {
      return false;
    }
    this.#selectionChanged();
    return true;
  }

  #onMoveKey(event: KeyboardEvent): boolean {
    const { selection } = this;
    const from = this.#active;
    // With Shift, the selection grows: by rows if rows are selected, else by cells. Any other movement clears it.
    const isExtended = event.shiftKey && from.row >= 0;
    const to = moved((isExtended && selection.head) || from, event, this.#size);
    if (!to) {
      return false;
    }
    const reached = isExtended ? { ...to, row: Math.max(0, to.row) } : to;
    if (!isExtended) {
      selection.clear();
    } else if (selection.count === 0) {
      selection.extendCells(from, reached);
    } else if (reached.row !== from.row) {
      selection.extendRows(from.row, reached.row);
    }
    this.#activate(reached, { focus: true });
    this.#selectionChanged();
    return true;
  }

  #onDrag(to: CellPosition): void {
    const from = this.#active;
    const isElsewhere = to.row !== this.#dragged?.row || to.column !== this.#dragged.column;
    if (isElsewhere && to.row >= 0 && from.row >= 0) {
      this.#dragged = to;
      this.selection.extendCells(from, to);
      this.#rows.bringIntoSight(to.row);
      this.#selectionChanged();
    }
  }

  #onPress(event: MouseEvent): void {
    const position = positionOf(event.target);
    if (!position) {
      return;
    }
    event.preventDefault();
    const { row } = position;
    this.#dragged = position;
    if (event.button === 2) {
      // The menu is about this cell, or about what is selected if it is in there.
      if (!this.selection.has(position)) {
        this.selection.clear();
      }
      this.#tellContext(row);
    } else if (event.button !== 0) {
      return;
    } else if (row >= 0 && (event.ctrlKey || event.metaKey)) {
      this.selection.toggleRow(row);
    } else if (row >= 0 && event.shiftKey && this.selection.cells) {
      this.selection.extendCells(this.#active, position);
    } else if (row >= 0 && event.shiftKey) {
      this.selection.extendRows(Math.max(0, this.#active.row), row);
    } else if (row >= 0) {
      this.selection.clear();
    }
    this.#activate(position, { focus: true });
    this.#selectionChanged();
  }

  #selectionChanged(): void {
    this.redraw();
    this.#options.onSelect();
  }

  get #size(): GridSize {
    return { rows: this.#options.cache.count, columns: this.#columns.length, page: this.#rows.pageSize };
  }

  /** Tells VS Code what the context menu is about. */
  #tellContext(row: number): void {
    this.#element.dataset['vscodeContext'] = JSON.stringify({
      webviewSection: row < 0 ? 'header' : 'cell',
      tableIsFrozen: this.#frozen > 0,
      preventDefaultContextMenuItems: true,
    });
  }

  #activate({ row, column }: CellPosition, { focus }: { readonly focus: boolean }): void {
    const { rows, columns } = this.#size;
    this.#active = { row: Math.min(row, rows - 1), column: Math.max(0, Math.min(column, columns - 1)) };
    // Also for the menu key, which presses no button.
    this.#tellContext(this.#active.row);
    if (focus) {
      this.#rows.bringIntoSight(this.#active.row);
    }
    this.redraw();
    if (focus) {
      const cell = this.#activeElement;
      cell?.focus({ preventScroll: true });
      cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    this.#options.onActivate();
  }
}
