import {
  frozenColumns,
  hiddenColumns,
  shownColumns,
  USUAL_LAYOUT,
  withFrozen,
  withHidden,
  withMoved,
  withUsualWidth,
  withWidth,
  type ColumnLayout,
  type PlacedColumn,
} from '../../core/responses/columnLayout.ts';
import type { Column } from '../../core/responses/tableModel.ts';
import type { GridOptions } from './grid.ts';
import type { TableTexts } from './tableProtocol.ts';

export interface PageColumnsOptions {
  /** Called with each new layout. */
  readonly onChange: (layout: ColumnLayout) => void;
  /** Shows the columns again; `place` is that of the active one, if it changed. */
  readonly show: (place?: number) => void;
  /** Shows other widths. */
  readonly resize: () => void;
  readonly announce: (text: string) => void;
  readonly fill: (text: keyof TableTexts, ...args: readonly (string | number)[]) => string;
}

/** The columns of the table, and what a person changes about them. */
export class PageColumns {
  readonly #options: PageColumnsOptions;
  #all: readonly Column[] = [];
  #layout: ColumnLayout = USUAL_LAYOUT;

  constructor(options: PageColumnsOptions) {
    this.#options = options;
  }

  /** For the grid. */
  readonly handlers: Pick<GridOptions, 'onResize' | 'onMove' | 'onShift' | 'onHide'> = {
    onResize: (column, pixels) => this.resize(column, pixels),
    onMove: (column, target) => this.move(column, target),
    onShift: (column, by) => this.shift(column, by),
    onHide: (column) => this.hide(column),
  };

  /** From left to right. */
  get shown(): readonly PlacedColumn[] {
    return shownColumns(this.#all, this.#layout);
  }

  /** How many columns of this table are hidden. */
  get hidden(): number {
    return hiddenColumns(this.#all, this.#layout);
  }

  get frozen(): number {
    return frozenColumns(this.#all, this.#layout);
  }

  /** Whether that is another table than before. */
  take(all: readonly Column[], layout: ColumnLayout): boolean {
    const before = JSON.stringify([this.#all, this.#layout]);
    this.#all = all;
    this.#layout = layout;
    return JSON.stringify([all, layout]) !== before;
  }

  /** Pixels; undefined for the usual width. */
  resize({ key, name }: PlacedColumn, pixels: number | undefined): void {
    this.#arrange(pixels === undefined ? withUsualWidth(this.#layout, key) : withWidth(this.#layout, key, pixels));
    this.#options.resize();
    const width = this.#layout.widths[key];
    this.#options.announce(width === undefined ? '' : this.#options.fill('width', name, width));
  }

  /** Puts a column at the place of another one. */
  move({ key, name }: PlacedColumn, target: PlacedColumn): void {
    this.#arrange(withMoved(this.#all, this.#layout, key, target.key));
    const { shown } = this;
    const place = shown.findIndex((column) => column.key === key);
    this.#options.show(place);
    this.#options.announce(this.#options.fill('moved', name, place + 1, shown.length));
  }

  /** Moves a column to the left or right. */
  shift(column: PlacedColumn, by: number): void {
    const { shown } = this;
    const target = shown[shown.findIndex(({ key }) => key === column.key) + by];
    if (target) {
      this.move(column, target);
    }
  }

  hide({ key, name }: PlacedColumn): void {
    if (this.shown.length > 1) {
      this.#arrange(withHidden(this.#layout, [...this.#layout.hidden, key]));
      this.#options.show();
      this.#options.announce(this.#options.fill('hidden', name));
    }
  }

  /** Keeps the columns up to this one in sight; undefined for none. */
  freeze(last: PlacedColumn | undefined): void {
    this.#arrange(last ? withFrozen(this.#all, this.#layout, last.key) : { ...this.#layout, frozen: 0 });
    this.#options.show();
    this.#options.announce(this.#options.fill('frozen', this.frozen));
  }

  #arrange(layout: ColumnLayout): void {
    this.#layout = layout;
    this.#options.onChange(layout);
  }
}
