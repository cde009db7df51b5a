import type { PlacedColumn } from '../../core/responses/columnLayout.ts';

/** The widths of the columns, and those that stay in sight when the others are scrolled. */
export class GridColumns {
  readonly #element: HTMLElement;
  #frozen = 0;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(columns: readonly PlacedColumn[], frozen: number): void {
    this.#frozen = Math.min(frozen, columns.length - 1);
    const widths = columns.map(({ pixels, width }) =>
      pixels === undefined ? `calc(${width}ch + 24px)` : `${pixels}px`,
    );
    const last = columns.at(-1)?.pixels === undefined ? `minmax(${widths.at(-1) ?? '0'}, 1fr)` : (widths.at(-1) ?? '');
    this.#element.style.setProperty('--columns', [...widths.slice(0, -1), last].join(' '));
  }

  /** Keeps as many columns in sight as leave room for the others. The header has its widths. */
  fit(headers: readonly HTMLElement[]): void {
    const room = this.#element.clientWidth * MOST_FROZEN;
    let left = 0;
    let count = 0;
    for (const header of headers.slice(0, this.#frozen)) {
      if (left + header.offsetWidth > room) {
        break;
      }
      this.#element.style.setProperty(`--left-${count}`, `${left}px`);
      left += header.offsetWidth;
      count++;
    }
    this.#element.dataset['frozen'] = String(count);
    this.#element.style.scrollPaddingLeft = `${left}px`;
  }
}

/** Share of the width of the table. */
const MOST_FROZEN = 0.6;
