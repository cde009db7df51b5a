import type { Table } from '../../core/responses/tableModel.ts';
import type { Sort } from '../../core/responses/tableQuery.ts';
import { GridRows } from './gridRows.ts';
import { moved, type GridSize, type CellPosition } from './gridNavigation.ts';

export interface GridOptions {
  /** Called on Enter, Space, or a click on a column header. */
  readonly onSort: (column: number) => void;
  readonly onMove: () => void;
  readonly onScroll: () => void;
  /** Called with the number of selected rows. */
  readonly onSelect: (rows: number) => void;
}

/** Pixels that are scrolled out of sight. */
export interface ScrollPosition {
  readonly top: number;
  readonly left: number;
}

export interface GridContent {
  readonly table: Table;
  readonly label: string;
  /** Row indexes in display order. */
  readonly order: readonly number[];
  readonly sort: Sort | undefined;
}

/**
 * A grid that follows the ARIA Authoring Practices: one cell is in the tab order, arrow keys move between cells, and
 * Enter on a header sorts. Only visible rows are elements, so that 10,000 rows scroll as fast as ten.
 */
export class Grid {
  readonly #element: HTMLElement;
  readonly #options: GridOptions;
  readonly #head = rowGroup('head');
  readonly #rows: GridRows;
  #content: GridContent | undefined;
  #active: CellPosition = { row: 0, column: 0 };
  /** Start of the selection; it ends at the active row. */
  #anchor: number | undefined;

  constructor(element: HTMLElement, options: GridOptions) {
    this.#element = element;
    this.#options = options;
    this.#rows = new GridRows(element);
    element.append(this.#head, this.#rows.element);
    element.addEventListener('keydown', (event) => {
      this.#onKey(event);
    });
    element.addEventListener('mousedown', (event) => {
      this.#onPress(event);
    });
    this.#head.addEventListener('click', ({ target }) => {
      const position = positionOf(target);
      if (position) {
        options.onSort(position.column);
      }
    });
    element.addEventListener('scroll', () => {
      this.#draw();
      options.onScroll();
    });
    new ResizeObserver(() => {
      this.#draw();
    }).observe(element);
  }

  /** `row` is the row in display order, or -1 for the header. */
  get active(): CellPosition {
    return this.#active;
  }

  /** Indexes of the selected table rows, in display order. */
  get selected(): readonly number[] {
    const [from, to] = this.#range();
    return this.#content?.order.slice(from, to) ?? [];
  }

  show(content: GridContent, active: CellPosition = this.#active): void {
    const hadFocus = this.hasFocus;
    const isOther = content.table !== this.#content?.table;
    this.#content = content;
    const { table, order, label, sort } = content;
    this.#element.setAttribute('aria-label', label);
    this.#element.setAttribute('aria-colcount', String(table.columns.length));
    this.#element.setAttribute('aria-rowcount', String(order.length + 1));
    if (isOther) {
      this.#element.style.setProperty('--columns', columnsOf(table));
      this.#head.replaceChildren(headerOf(table));
    }
    markSort(this.#head, sort);
    this.#rows.show(table, order);
    this.#anchor = undefined;
    this.#activate(active, { focus: hadFocus });
  }

  get hasFocus(): boolean {
    return this.#element.contains(document.activeElement);
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
    this.#draw();
  }

  get #activeElement(): HTMLElement | null {
    return this.#element.querySelector<HTMLElement>('[tabindex="0"]');
  }

  #onKey(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const to = this.#content && moved(this.#active, event, this.#size);
    if (to) {
      // Shift extends the selection; any other movement clears it.
      this.#anchor =
        shiftKey && key.startsWith('Arrow') && to.row >= 0 ? (this.#anchor ?? this.#active.row) : undefined;
      this.#activate(to, { focus: true });
      this.#options.onSelect(this.selected.length);
    } else if (this.#active.row < 0 && (key === 'Enter' || key === ' ')) {
      this.#options.onSort(this.#active.column);
    } else if (key === ' ' && shiftKey) {
      this.#anchor = this.#anchor === undefined ? this.#active.row : undefined;
      this.#draw();
      this.#options.onSelect(this.selected.length);
    } else if (key === 'Escape' && this.#anchor !== undefined) {
      this.#anchor = undefined;
      this.#draw();
      this.#options.onSelect(0);
    } else {
      return;
    }
    event.preventDefault();
  }

  #onPress(event: MouseEvent): void {
    const position = positionOf(event.target);
    if (!position || event.button !== 0) {
      return;
    }
    event.preventDefault();
    this.#anchor = event.shiftKey && position.row >= 0 ? (this.#anchor ?? Math.max(0, this.#active.row)) : undefined;
    this.#activate(position, { focus: true });
    this.#options.onSelect(this.selected.length);
  }

  get #size(): GridSize {
    const { order, table } = this.#content ?? {};
    return { rows: order?.length ?? 0, columns: table?.columns.length ?? 0, page: this.#rows.pageSize };
  }

  #activate({ row, column }: CellPosition, { focus }: { readonly focus: boolean }): void {
    const { rows, columns } = this.#size;
    this.#active = { row: Math.min(row, rows - 1), column: Math.max(0, Math.min(column, columns - 1)) };
    if (focus) {
      this.#rows.bringIntoSight(this.#active.row);
    }
    this.#draw();
    if (focus) {
      const cell = this.#activeElement;
      cell?.focus({ preventScroll: true });
      cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
    this.#options.onMove();
  }

  /** Start and end of the selection in display order. */
  #range(): readonly [number, number] {
    if (this.#anchor === undefined) {
      return [0, 0];
    }
    return [Math.min(this.#anchor, this.#active.row), Math.max(this.#anchor, this.#active.row) + 1];
  }

  #draw(): void {
    const [from, to] = this.#range();
    this.#rows.draw({ active: this.#active, isSelected: (row) => row >= from && row < to });
    for (const [column, header] of [...this.#head.querySelectorAll('[role="columnheader"]')].entries()) {
      header.setAttribute('tabindex', this.#active.row < 0 && this.#active.column === column ? '0' : '-1');
    }
  }
}

function rowGroup(className: string): HTMLElement {
  const group = document.createElement('div');
  group.className = className;
  group.setAttribute('role', 'rowgroup');
  return group;
}

function columnsOf({ columns }: Table): string {
  const widths = columns.map(({ width }) => `calc(${width}ch + 24px)`);
  return [...widths.slice(0, -1), `minmax(${widths.at(-1) ?? '0'}, 1fr)`].join(' ');
}

function headerOf({ columns }: Table): HTMLElement {
  const row = document.createElement('div');
  row.className = 'row';
  row.setAttribute('role', 'row');
  row.setAttribute('aria-rowindex', '1');
  row.append(
    ...columns.map(({ name, isNumeric }, column) => {
      const header = document.createElement('div');
      header.className = isNumeric ? 'cell numeric' : 'cell';
      header.setAttribute('role', 'columnheader');
      header.setAttribute('aria-colindex', String(column + 1));
      header.title = name;
      const text = document.createElement('span');
      text.className = 'name';
      text.textContent = name;
      header.append(text);
      return header;
    }),
  );
  return row;
}

function markSort(head: HTMLElement, sort: Sort | undefined): void {
  for (const [column, header] of [...head.querySelectorAll('[role="columnheader"]')].entries()) {
    header.setAttribute('aria-sort', sort?.column === column ? sort.direction : 'none');
  }
}

function positionOf(target: EventTarget | null): CellPosition | undefined {
  const cell = target instanceof Element ? target.closest('[aria-colindex]') : null;
  const row = cell?.closest('[aria-rowindex]');
  return cell && row
    ? { row: Number(row.getAttribute('aria-rowindex')) - 2, column: Number(cell.getAttribute('aria-colindex')) - 1 }
    : undefined;
}
