import type { PlacedColumn } from '../../core/responses/columnLayout.ts';
import type { Sort } from '../../core/responses/sortOrder.ts';

export interface HeaderOptions {
  /** Called on a click on the name of a column. */
  readonly onSort: (place: number) => void;
  /** Called with a new width in pixels; undefined for the usual one. */
  readonly onResize: (column: PlacedColumn, pixels: number | undefined) => void;
  /** Called when a column was dragged to the place of another one. */
  readonly onMove: (column: PlacedColumn, target: PlacedColumn) => void;
  /** Called with a column and -1 or 1, to move it to the left or right. */
  readonly onShift: (column: PlacedColumn, by: number) => void;
  readonly onHide: (column: PlacedColumn) => void;
}

/** The names of the columns. Their borders can be dragged to change the width, and the names to move the columns. */
export class GridHeader {
  readonly element = document.createElement('div');
  readonly #options: HeaderOptions;
  #columns: readonly PlacedColumn[] = [];

  constructor(options: HeaderOptions) {
    this.#options = options;
    this.element.className = 'head';
    this.element.setAttribute('role', 'rowgroup');
    this.element.addEventListener('pointerdown', (event) => {
      this.#onPress(event);
    });
    this.element.addEventListener('dblclick', ({ target }) => {
      const column = this.#columns[borderOf(target) ?? -1];
      if (column) {
        options.onResize(column, undefined);
      }
    });
    this.element.addEventListener('click', ({ target }) => {
      const place = placeOf(target);
      if (place !== undefined && borderOf(target) === undefined) {
        options.onSort(place);
      }
    });
  }

  get cells(): readonly HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[role="columnheader"]')];
  }

  show(columns: readonly PlacedColumn[]): void {
    this.#columns = columns;
    const row = document.createElement('div');
    row.className = 'row';
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', '1');
    row.append(...columns.map(headerOf));
    this.element.replaceChildren(row);
  }

  /** The same columns with other widths. */
  update(columns: readonly PlacedColumn[]): void {
    this.#columns = columns;
  }

  mark(sort: Sort | undefined): void {
    for (const [place, header] of this.cells.entries()) {
      header.setAttribute(
        'aria-sort',
        sort?.column === this.#columns[place]?.index ? (sort?.direction ?? 'none') : 'none',
      );
    }
  }

  /** Whether a key that was pressed on the column at a place did something. */
  onKey({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, place: number): boolean {
    const column = this.#columns[place];
    const by = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
    if (!column || altKey) {
      return false;
    }
    if (shiftKey && by !== 0) {
      if (ctrlKey || metaKey) {
        this.#options.onShift(column, by);
      } else {
        this.#options.onResize(column, (this.cells[place]?.offsetWidth ?? 0) + by * RESIZE_STEP);
      }
    } else if (key === 'Enter' || key === ' ') {
      this.#options.onSort(place);
    } else if (key === 'Delete') {
      this.#options.onHide(column);
    } else {
      return false;
    }
    return true;
  }

  #onPress(event: PointerEvent): void {
    const border = borderOf(event.target);
    const place = border ?? placeOf(event.target);
    const column = this.#columns[place ?? -1];
    const header = this.cells[place ?? -1];
    if (event.button !== 0 || !column || !header) {
      return;
    }
    let isDragged = false;
    const start = event.clientX;
    const width = header.offsetWidth;
    const drag =
      border !== undefined
        ? (x: number): void => {
            this.#options.onResize(column, width + x - start);
          }
        : (x: number): void => {
            this.#mark(this.#targetAt(x));
          };
    const move = ({ clientX }: PointerEvent): void => {
      if (!isDragged && Math.abs(clientX - start) > THRESHOLD) {
        isDragged = true;
        // From here on, the release of the button is no click on a header, which would sort.
        this.element.setPointerCapture(event.pointerId);
      }
      if (isDragged) {
        drag(clientX);
      }
    };
    const end = ({ type, clientX }: PointerEvent): void => {
      this.element.removeEventListener('pointermove', move);
      this.element.removeEventListener('pointerup', end);
      this.element.removeEventListener('pointercancel', end);
      this.#mark(undefined);
      const target = this.#columns[this.#targetAt(clientX) ?? -1];
      if (type === 'pointerup' && isDragged && border === undefined && target && target !== column) {
        this.#options.onMove(column, target);
      }
    };
    this.element.addEventListener('pointermove', move);
    this.element.addEventListener('pointerup', end);
    this.element.addEventListener('pointercancel', end);
  }

  #targetAt(x: number): number | undefined {
    const place = this.cells.findIndex((header) => {
      const { left, right } = header.getBoundingClientRect();
      return x >= left && x < right;
    });
    return place < 0 ? undefined : place;
  }

  #mark(target: number | undefined): void {
    for (const [place, header] of this.cells.entries()) {
      header.classList.toggle('target', place === target);
    }
  }
}

/** Pixels that the pointer may move during a click. */
const THRESHOLD = 4;
/** Pixels by which a key changes a width. */
const RESIZE_STEP = 16;

function headerOf({ name, isNumeric }: PlacedColumn, place: number): HTMLElement {
  const header = document.createElement('div');
  header.className = isNumeric ? 'cell numeric' : 'cell';
  header.setAttribute('role', 'columnheader');
  header.setAttribute('aria-colindex', String(place + 1));
  header.title = name;
  const text = document.createElement('span');
  text.className = 'name';
  text.textContent = name;
  const border = document.createElement('span');
  border.className = 'border';
  header.append(text, border);
  if (place > 0) {
    const before = document.createElement('span');
    before.className = 'border before';
    header.append(before);
  }
  return header;
}

/** The place of the column that this border ends; both sides of a line belong to the column before it. */
function borderOf(target: EventTarget | null): number | undefined {
  const place = placeOf(target);
  if (place === undefined || !(target instanceof Element) || !target.classList.contains('border')) {
    return undefined;
  }
  return target.classList.contains('before') ? place - 1 : place;
}

function placeOf(target: EventTarget | null): number | undefined {
  const header = target instanceof Element ? target.closest('[role="columnheader"]') : null;
  return header ? Number(header.getAttribute('aria-colindex')) - 1 : undefined;
}
